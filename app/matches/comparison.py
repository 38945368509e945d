"""Two runs side by side: who gains an offer, who loses one, who gets another one, and why.

Both runs have to be open to the reader, and a run closes with any of its records; so a comparison names nothing that
the reader may not see. It is made of what the runs tell their readers, and so knows no exclusions either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from app.actor import Actor
from app.fields import render_sentence
from app.matches.models import Match, MatchRun, UnmetNeed
from app.matches.options import profile_as_run
from app.matches.queries import get_run
from app.needs.models import Need
from app.offers.models import Offer
from app.organizations.importing import IDS_PER_QUERY, engine_ids
from app.organizations.models import Organization
from matching.differences import Change, NeedDifference, PairView, RunView, UnmetView, compare_runs
from matching.vocabulary import Component

Told = Callable[[Mapping[str, Any]], str]
"""Returns a stored sentence in the language of the reader."""

CHANGED: Final = tuple(change for change in Change if change is not Change.SAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunComparison:
    """Two runs and what became of every need, with the rows that the names in it stand for.

    ``need_by_name`` holds the needs whose outcome differs, ``offer_by_name`` every offer that has a need in either run.
    """

    before: MatchRun
    after: MatchRun
    settings: Mapping[str, tuple[str, str]]
    n_by_change: Mapping[Change, int]
    needs: tuple[NeedDifference, ...]
    need_by_name: Mapping[str, Need]
    offer_by_name: Mapping[str, Offer]

    def befallen_by(self, change: Change) -> tuple[NeedDifference, ...]:
        """Return the needs that a change befell, by id."""
        return tuple(need for need in self.needs if need.change is change)

    @property
    def changed(self) -> tuple[NeedDifference, ...]:
        """The needs whose outcome differs, by id."""
        return tuple(need for need in self.needs if need.change is not Change.SAME)

    @property
    def has_one_profile(self) -> bool:
        """Whether scores of the two runs may be compared: both were made with the same weights."""
        return self.before.profile_id == self.after.profile_id


def compare(
    session: Session, actor: Actor, before_id: UUID, after_id: UUID, *, told: Told = render_sentence
) -> RunComparison:
    """Return two runs side by side.

    Parameters
    ----------
    told
        How a reason that the second run gives for an unmet need is written.

    Raises
    ------
    NotFoundError
        When there is no such run that the actor may see.
    """
    runs = get_run(session, actor, before_id), get_run(session, actor, after_id)
    reader = _ViewReader(session, runs, told)
    difference = compare_runs(*map(reader.view, runs))
    changed = [need.need_id for need in difference.needs if need.change is not Change.SAME]
    return RunComparison(
        before=runs[0],
        after=runs[1],
        settings=difference.settings,
        n_by_change=difference.number_by_change,
        needs=difference.needs,
        need_by_name=reader.needs_called(changed),
        offer_by_name=reader.offers(),
    )


class _ViewReader:
    """Reads of two runs what is compared: the pairs that either of them allocated, and the unmet needs of both."""

    def __init__(self, session: Session, runs: tuple[MatchRun, MatchRun], told: Told) -> None:
        self._session, self._told = session, told
        self._run_ids = [run.id for run in runs]
        self._need_names = engine_ids(self._identities(Need, _need_ids(self._run_ids)))
        self._offer_names = engine_ids(self._identities(Offer, _offer_ids(self._run_ids)))

    def view(self, run: MatchRun) -> RunView:
        """Return a run as it is compared."""
        return RunView(
            engine_version=run.engine_version,
            profile=profile_as_run(run.profile.document, run.asked),
            as_of_on=run.as_of_on,
            rule=run.allocation,
            inputs=tuple((entry["name"], entry["sha256"]) for entry in run.inputs),
            pairs_by_need_id=self._pairs(run.id),
            unmet_by_need_id=self._unmet(run.id),
        )

    def needs_called(self, names: Iterable[str]) -> Mapping[str, Need]:
        """Return the needs of these names, with their States."""
        id_by_name = {name: need_id for need_id, name in self._need_names.items()}
        return self._rows(Need, [id_by_name[name] for name in names], self._need_names)

    def offers(self) -> Mapping[str, Offer]:
        """Return every offer that has a need in either run, by name."""
        return self._rows(Offer, list(self._offer_names), self._offer_names)

    def _rows(self, model: type[Any], ids: list[UUID], name_by_id: Mapping[UUID, str]) -> dict[str, Any]:
        batches = [ids[start : start + IDS_PER_QUERY] for start in range(0, len(ids), IDS_PER_QUERY)]
        found = (row for batch in batches for row in self._session.scalars(select(model).where(model.id.in_(batch))))
        return {name_by_id[row.id]: row for row in found}

    def _identities(self, model: type[Any], ids: Select[UUID]) -> list[tuple[UUID, str, str]]:
        statement = select(model.id, Organization.code, model.external_id).join(model.organization)
        return [tuple(row) for row in self._session.execute(statement.where(model.id.in_(ids)))]

    def _pairs(self, run_id: UUID) -> dict[str, tuple[PairView, ...]]:
        """Return the pairs of a run that it or the other run allocated: no other one is asked for."""
        held = aliased(Match)
        is_held = (
            select(held.id)
            .where(held.run_id.in_(self._run_ids), held.is_allocated)
            .where(held.need_id == Match.need_id, held.offer_id == Match.offer_id)
            .exists()
        )
        columns = (Match.need_id, Match.offer_id, Match.rank, Match.score, Match.is_allocated, Match.contributions)
        statement = select(*columns).where(Match.run_id == run_id, is_held).order_by(Match.need_id, Match.rank)
        pairs: dict[str, list[PairView]] = defaultdict(list)
        for need_id, offer_id, rank, score, is_allocated, contributions in self._session.execute(statement):
            pairs[self._need_names[need_id]].append(
                PairView(
                    offer_id=self._offer_names[offer_id],
                    rank=rank,
                    score=score,
                    is_allocated=is_allocated,
                    values=dict.fromkeys(Component)
                    | {Component(part["component"]): part["value"] for part in contributions},
                )
            )
        return {name: tuple(found) for name, found in pairs.items()}

    def _unmet(self, run_id: UUID) -> dict[str, UnmetView]:
        statement = select(UnmetNeed.need_id, UnmetNeed.reason, UnmetNeed.detail).where(UnmetNeed.run_id == run_id)
        return {
            self._need_names[need_id]: UnmetView(reason=reason, detail=self._told(detail))
            for need_id, reason, detail in self._session.execute(statement)
        }


def _need_ids(run_ids: list[UUID]) -> Select[UUID]:
    allocated = select(Match.need_id).where(Match.run_id.in_(run_ids), Match.is_allocated)
    unmet = select(UnmetNeed.need_id).where(UnmetNeed.run_id.in_(run_ids))
    return allocated.union(unmet)  # type: ignore[return-value]  # a union is selected from in the same way


def _offer_ids(run_ids: list[UUID]) -> Select[UUID]:
    return select(Match.offer_id).where(Match.run_id.in_(run_ids), Match.is_allocated)
