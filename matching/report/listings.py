"""The tables of the report: allocated pairs, needs without one, and tandems, each line with what it may say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matching.answers import PoolChange
from matching.records import Need, Offer
from matching.report.disclosure import Disclosure, states_of
from matching.report.figures import FEWEST_BY_ID_ONLY
from matching.results import JointNeed, RunResult, Tandem, UnmetNeed
from matching.sentences import Sentence
from matching.vocabulary import UnmetReason


@dataclass(frozen=True, slots=True, kw_only=True)
class PairLine:
    """One allocated pair; ``need`` and ``offer`` are None where only their id may be shown."""

    need_id: str
    need: Need | None
    offer_id: str
    offer: Offer | None
    score: float
    reason: Sentence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetLine:
    """One need without an allocation; what is None may not be shown or is not there."""

    need_id: str
    need: Need | None
    reason: UnmetReason
    detail: Sentence | None
    nearest_offer_id: str | None
    nearest_offer: Offer | None
    would_match_if: Sentence | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TandemLine:
    """One tandem; ``states`` is empty where they may not be named, ``reasons`` and ``draft`` where they may not be told."""

    tandem: Tandem
    states: tuple[str, ...]
    reasons: tuple[Sentence, ...]
    draft: JointNeed | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One change to offers: whom it would serve, as far as they may be named, and how many others."""

    sentence: Sentence
    n_gained: int
    need_ids: tuple[str, ...]
    n_by_id_only: int
    offer_ids: tuple[str, ...]
    n_places: int


def list_changes(changes: Sequence[PoolChange], disclosure: Disclosure) -> tuple[ChangeLine, ...]:
    """Return changes in their order, without those that would tell what one of few hidden needs asks for."""
    lines = [_change_line(change, disclosure) for change in changes]
    return tuple(line for line in lines if line.n_by_id_only == 0 or line.n_by_id_only >= FEWEST_BY_ID_ONLY)


def _change_line(change: PoolChange, disclosure: Disclosure) -> ChangeLine:
    touched = (*change.need_ids, *change.lost_need_ids)
    return ChangeLine(
        sentence=change.sentence,
        n_gained=change.n_gained,
        need_ids=tuple(need_id for need_id in change.need_ids if disclosure.named_need(need_id) is not None),
        n_by_id_only=sum(disclosure.named_need(need_id) is None for need_id in touched),
        offer_ids=change.offer_ids,
        n_places=change.n_places,
    )


def list_pairs(disclosure: Disclosure, *, max_full_rows: int) -> tuple[PairLine, ...]:
    """Return the allocated pairs by need id, without reasons where there are more than ``max_full_rows``."""
    briefs = disclosure.allocated_briefs(with_reasons=len(disclosure.served_need_ids) <= max_full_rows)
    return tuple(
        PairLine(
            need_id=brief.need_id,
            need=disclosure.named_need(brief.need_id),
            offer_id=brief.offer_id,
            offer=disclosure.offer_beside(brief.need_id, brief.offer_id),
            score=brief.score,
            reason=brief.reason if disclosure.may_explain(brief.need_id, brief.offer_id) else None,
        )
        for brief in briefs
    )


def list_unmet(result: RunResult, disclosure: Disclosure) -> tuple[UnmetLine, ...]:
    """Return the needs without an allocation by need id."""
    return tuple(_unmet_line(unmet, disclosure) for unmet in result.unmet if disclosure.has_need(unmet.need_id))


def _unmet_line(unmet: UnmetNeed, disclosure: Disclosure) -> UnmetLine:
    """Return the line of a need; a change that would match is told only where need and nearest offer may be named."""
    need = disclosure.named_need(unmet.need_id)
    nearest = unmet.nearest_offer_id
    if nearest is not None and not disclosure.has_offer(nearest):
        nearest = None
    nearest_offer = None if nearest is None else disclosure.offer_beside(unmet.need_id, nearest)
    may_tell_change = need is not None and (unmet.nearest_offer_id is None or nearest_offer is not None)
    return UnmetLine(
        need_id=unmet.need_id,
        need=need,
        reason=unmet.reason,
        detail=None if need is None else unmet.detail,
        nearest_offer_id=nearest,
        nearest_offer=nearest_offer,
        would_match_if=unmet.would_match_if if may_tell_change else None,
    )


def list_tandems(result: RunResult, disclosure: Disclosure) -> tuple[TandemLine, ...]:
    """Return the tandems in the order of the run."""
    return tuple(_tandem_line(tandem, disclosure) for tandem in result.tandems)


def _tandem_line(tandem: Tandem, disclosure: Disclosure) -> TandemLine:
    may_explain = disclosure.may_explain_tandem(tandem)
    may_show_needs = all(disclosure.named_need(need_id) is not None for need_id in tandem.need_ids)
    return TandemLine(
        tandem=tandem,
        states=states_of(tandem) if disclosure.may_name_tandem(tandem) else (),
        reasons=tandem.reasons if may_explain else (),
        draft=tandem.joint_need if may_explain and may_show_needs else None,
    )
