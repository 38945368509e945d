"""What a run answers beside its matches, as its page shows it, and as files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from app.actor import Actor
from app.fields import render_sentence
from app.matches import answer_queries as queries
from app.matches import queries as matches
from app.matches.answer_models import Answer, ChangeList, Coalition, PoolChange, Sensitivity
from app.matches.models import MatchRun
from app.needs.models import Need
from app.offers.models import Offer
from app.reports.page_tables import ClearIds
from app.tables import Cell, Table
from matching.output import COALITION_COLUMNS

CHANGE_COLUMNS: Final = (
    "list",
    "rank",
    "edit",
    "change",
    "needs_gained",
    "need_ids",
    "lost_need_ids",
    "offer_ids",
    "places",
)
SENSITIVITY_COLUMNS: Final = (
    *("need_id", "need", "first_offer_id", "first_offer", "second_offer_id", "margin"),
    *("trials", "first", "toss_up", "rival_offer_ids", "sentences"),
)
FAIRNESS_COLUMNS: Final = ("group", "floor", "open", "needed", "served", "served_without", "reached")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAnswers:
    """The further answers of a run with the rows that they name; ``told`` says which questions it answers."""

    told: frozenset[str]
    is_withheld: bool
    changes_by_list: Mapping[str, tuple[PoolChange, ...]]
    toss_ups: tuple[Sensitivity, ...]
    n_first_places: int
    n_toss_ups: int
    coalitions: tuple[Coalition, ...]
    need_by_id: Mapping[str, Need]
    offer_by_id: Mapping[str, Offer]


def answers_of_run(session: Session, actor: Actor, run: MatchRun, *, limit: int) -> PageAnswers:
    """Return the further answers of a run, at most so many rows of each."""
    changes = queries.changes_of_run(session, actor, run.id)
    toss_ups = queries.toss_ups_of_run(session, actor, run.id, limit=limit)
    coalitions = queries.coalitions_of_run(session, actor, run.id, limit=limit)
    n_first_places, n_toss_ups = queries.count_first_places(session, actor, run.id)
    told = frozenset(run.answers or ())
    return PageAnswers(
        told=told,
        is_withheld=_is_withheld(run),
        changes_by_list={
            listing.value: tuple(row for row in changes if row.listing is listing) for listing in ChangeList
        },
        toss_ups=toss_ups,
        n_first_places=n_first_places,
        n_toss_ups=n_toss_ups,
        coalitions=coalitions,
        need_by_id=queries.needs_by_id(session, actor, (one for row in changes for one in row.need_ids)),
        offer_by_id=queries.offers_by_id(session, actor, _named_offers(changes, toss_ups, coalitions)),
    )


def changes_table(session: Session, actor: Actor, run_id: UUID) -> Table:
    """Return the changes to offers that would serve the most needs, as ``changes.csv`` has them."""
    rows = queries.changes_of_run(session, actor, run_id)
    names = _Names(session, actor)
    names.learn(
        (one for row in rows for one in (*row.need_ids, *row.lost_need_ids)),
        (one for row in rows for one in row.offer_ids),
    )
    return Table(name="changes", columns=CHANGE_COLUMNS, rows=(_change_cells(row, names) for row in rows))


def sensitivities_table(session: Session, actor: Actor, run_id: UUID) -> Table:
    """Return how firmly each first place of a run stands."""
    rows = queries.sensitivities_of_run(session, actor, run_id)
    names = _Names(session, actor)
    named = (str(one) for row in rows for one in (row.first_offer_id, row.second_offer_id) if one)
    names.learn((str(row.need_id) for row in rows), (*named, *(one for row in rows for one in row.rival_offer_ids)))
    return Table(name="sensitivities", columns=SENSITIVITY_COLUMNS, rows=(_firmness_cells(row, names) for row in rows))


def coalitions_table(session: Session, actor: Actor, run_id: UUID) -> Table:
    """Return the coalitions of a run, a row for each offer, as ``coalitions.csv`` has them."""
    rows = queries.coalitions_of_run(session, actor, run_id)
    names = _Names(session, actor)
    names.learn((str(row.need_id) for row in rows), _named_offers((), (), rows))
    return Table(
        name="coalitions", columns=COALITION_COLUMNS, rows=(cells for row in rows for cells in _partners(row, names))
    )


def fairness_table(session: Session, actor: Actor, run_id: UUID) -> Table:
    """Return what each floor of a run asked for and got."""
    fairness = matches.get_run(session, actor, run_id).fairness or {"groups": []}
    rows = ([row[column] for column in FAIRNESS_COLUMNS] for row in fairness["groups"])
    return Table(name="fairness", columns=FAIRNESS_COLUMNS, rows=rows)


class _Names:
    """Gives the records that answers name the ids that they have in every other table."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self._session, self._actor, self._clear = session, actor, ClearIds(session, actor)
        self._needs: Mapping[str, Need] = {}
        self._offers: Mapping[str, Offer] = {}

    def learn(self, need_ids: Iterator[str], offer_ids: Iterator[str] | Sequence[str]) -> None:
        """Read the records of these ids."""
        self._needs = queries.needs_by_id(self._session, self._actor, need_ids)
        self._offers = queries.offers_by_id(self._session, self._actor, offer_ids)

    def need(self, need_id: UUID | str) -> str:
        """Return the id of a need as files have it."""
        return self._clear.of(self._needs[str(need_id)])

    def offer(self, offer_id: UUID | str) -> str:
        """Return the id of an offer as files have it."""
        return self._clear.of(self._offers[str(offer_id)])


def _is_withheld(run: MatchRun) -> bool:
    """Return whether a run was asked for something that it does not tell: a State excludes a provider in it."""
    floors = run.asked.equity_floor or run.profile.document.get("equity_floor") or {}
    has_floor = any(share > 0 for share in floors.values())
    wanted_coalitions = run.asked.max_coalition > 1
    told = run.answers or ()
    is_silent = (wanted_coalitions and Answer.COALITIONS.value not in told) or (has_floor and run.fairness is None)
    return run.answers is not None and (is_silent or (run.asked.needs_changes and Answer.CHANGES.value not in told))


def _named_offers(
    changes: Sequence[PoolChange], toss_ups: Sequence[Sensitivity], coalitions: Sequence[Coalition]
) -> Iterator[str]:
    yield from (one for row in changes for one in row.offer_ids)
    yield from (one for row in toss_ups for one in row.rival_offer_ids)
    yield from (partner["offer_id"] for row in coalitions for partner in row.partners)


def _change_cells(row: PoolChange, names: _Names) -> Sequence[Cell]:
    ids = (";".join(map(names.need, some)) for some in (row.need_ids, row.lost_need_ids))
    offers = ";".join(map(names.offer, row.offer_ids))
    change = render_sentence(row.told)
    return (row.listing.value, row.rank, row.edit.value, change, row.n_gained, *ids, offers, row.n_places or None)


def _firmness_cells(row: Sensitivity, names: _Names) -> Sequence[Cell]:
    return (
        *(names.need(row.need_id), row.need.title, names.offer(row.first_offer_id), row.first_offer.title),
        *(
            row.second_offer_id and names.offer(row.second_offer_id),
            None if row.margin is None else f"{row.margin:.6f}",
        ),
        *(row.n_trials, row.n_first, row.is_toss_up, ";".join(map(names.offer, row.rival_offer_ids))),
        " ".join(map(render_sentence, row.told)),
    )


def _partners(row: Coalition, names: _Names) -> Iterator[Sequence[Cell]]:
    for partner in row.partners:
        parts = ";".join(f"{part['area_code'] or ''}/{part['mode'] or ''}" for part in partner["parts"])
        numbers = (f"{number:.6f}" for number in (partner["adds"], row.value, row.alone))
        yield (names.need(row.need_id), names.offer(partner["offer_id"]), partner["is_allocated"], parts, *numbers)
