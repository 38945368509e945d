"""The numbers of the report: what became of the needs, needs against offers by area, and coverage by group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from matching.records import Need
from matching.reference import Geography, Reference, Taxonomy
from matching.report.disclosure import Disclosure
from matching.results import Reading, RunResult
from matching.sentences import N_
from matching.vocabulary import UnmetReason

FEWEST_BY_ID_ONLY: Final = 3
"""Fewer needs than this that are shown by id only are not counted in a group: the row would tell whose they are."""

STATUS_GROUPS: Final = ("LDC", "LLDC", "SIDS")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRow:
    """How many needs were served (``reason`` is None) or are unmet for one reason; ``share`` is of all needs."""

    reason: UnmetReason | None
    n_needs: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaRow:
    """One top-level area, or none (``code`` is None): needs and offers in it, each with its share of all."""

    code: str | None
    title: str
    n_needs: int
    n_served: int
    need_share: float
    n_offers: int
    n_places: int
    offer_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """One group of States: its share of all needs beside its share of the served needs."""

    title: str
    n_needs: int
    need_share: float
    n_served: int
    served_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All numbers of the report."""

    n_needs: int
    n_offers: int
    n_places: int
    n_served: int
    n_possible_pairs: int
    outcomes: tuple[OutcomeRow, ...]
    areas: tuple[AreaRow, ...]
    regional_groups: tuple[GroupRow, ...]
    status_groups: tuple[GroupRow, ...]


def compute_figures(result: RunResult, reference: Reference, disclosure: Disclosure) -> Figures:
    """Return the numbers of a run.

    Parameters
    ----------
    result
        What the engine returned.
    reference
        The States, groups and areas that the run used.
    disclosure
        Which records may be named; private ones are not counted.

    Returns
    -------
    Figures
        Shares are in [0, 1], and 0 where there is nothing to share.
    """
    needs, offers = disclosure.needs, disclosure.offers
    served_ids = disclosure.served_need_ids
    return Figures(
        n_needs=len(needs),
        n_offers=len(offers),
        n_places=sum(offer.capacity for offer in offers),
        n_served=len(served_ids),
        n_possible_pairs=len(needs) * len(offers),
        outcomes=_outcomes(result, disclosure, served_ids),
        areas=_areas(result, reference.taxonomy, disclosure, served_ids),
        regional_groups=_coverage(needs, served_ids, _regional_groups(reference.geography)),
        status_groups=_coverage(needs, served_ids, _status_groups(reference.geography)),
    )


def _outcomes(result: RunResult, disclosure: Disclosure, served_ids: frozenset[str]) -> tuple[OutcomeRow, ...]:
    counts = Counter(unmet.reason for unmet in result.unmet if disclosure.has_need(unmet.need_id))
    total = len(served_ids) + counts.total()
    reasons: tuple[UnmetReason | None, ...] = (None, *UnmetReason)
    numbers = [len(served_ids) if reason is None else counts[reason] for reason in reasons]
    return tuple(
        OutcomeRow(reason=reason, n_needs=number, share=share_of(number, total))
        for reason, number in zip(reasons, numbers, strict=True)
    )


def _areas(
    result: RunResult, taxonomy: Taxonomy, disclosure: Disclosure, served_ids: frozenset[str]
) -> tuple[AreaRow, ...]:
    needs, offers, places, served = (
        Counter[str | None](),
        Counter[str | None](),
        Counter[str | None](),
        Counter[str | None](),
    )
    for need in disclosure.needs:
        for code in _top_codes(result.reading_by_need_id[need.need_id], taxonomy):
            needs[code] += 1
            served[code] += need.need_id in served_ids
    for offer in disclosure.offers:
        for code in _top_codes(result.reading_by_offer_id[offer.offer_id], taxonomy):
            offers[code] += 1
            places[code] += offer.capacity
    codes: tuple[str | None, ...] = (*taxonomy.top_codes, None)
    return tuple(
        AreaRow(
            code=code,
            title=N_("No area") if code is None else taxonomy.area_by_code[code].title(),
            n_needs=needs[code],
            n_served=served[code],
            need_share=share_of(needs[code], len(disclosure.needs)),
            n_offers=offers[code],
            n_places=places[code],
            offer_share=share_of(offers[code], len(disclosure.offers)),
        )
        for code in codes
    )


def _top_codes(reading: Reading, taxonomy: Taxonomy) -> frozenset[str | None]:
    """Return the top-level areas that a record touches, each once; None stands for no area."""
    known = (taxonomy.resolve(code) for code in reading.area_codes)
    return frozenset(taxonomy.area_by_code[code].top_code for code in known if code is not None) or frozenset({None})


def _regional_groups(geography: Geography) -> Mapping[str, frozenset[str]]:
    """Return the States of every UN regional group by its title, in code order, and those without one."""
    codes = sorted({group for group in geography.group_by_state.values() if group})
    groups = {
        geography.name(code): frozenset(state for state, group in geography.group_by_state.items() if group == code)
        for code in codes
    }
    without = frozenset(state for state in geography.state_by_code if not geography.group_by_state.get(state))
    return {**groups, N_("No regional group"): without}


def _status_groups(geography: Geography) -> Mapping[str, frozenset[str]]:
    """Return the States of each status group by its title, and those in none of them."""
    groups = {geography.name(code): geography.members_by_token.get(code, frozenset()) for code in STATUS_GROUPS}
    others = frozenset(geography.state_by_code).difference(*groups.values())
    return {**groups, N_("None of the three"): others}


def _coverage(
    needs: Sequence[Need], served_ids: frozenset[str], groups: Mapping[str, frozenset[str]]
) -> tuple[GroupRow, ...]:
    """Return a row for each group that has States, and one for the needs whose group is not told."""
    rows: list[tuple[str, Sequence[Need]]] = []
    withheld: dict[str, Need] = {}
    for title, states in groups.items():
        inside = [need for need in needs if states.intersection(need.states)]
        hidden = [need for need in inside if not need.visibility.is_for_members]
        if len(hidden) < FEWEST_BY_ID_ONLY:
            inside = [need for need in inside if need.visibility.is_for_members]
            withheld.update((need.need_id, need) for need in hidden)
        if states:
            rows.append((title, inside))
    if withheld:
        rows.append((N_("Shown by id only, group not told"), tuple(withheld.values())))
    return tuple(_group_row(title, inside, n_needs=len(needs), served_ids=served_ids) for title, inside in rows)


def _group_row(title: str, inside: Iterable[Need], *, n_needs: int, served_ids: frozenset[str]) -> GroupRow:
    ids = [need.need_id for need in inside]
    n_served = sum(need_id in served_ids for need_id in ids)
    return GroupRow(
        title=title,
        n_needs=len(ids),
        need_share=share_of(len(ids), n_needs),
        n_served=n_served,
        served_share=share_of(n_served, len(served_ids)),
    )


def share_of(part: int, whole: int) -> float:
    """Return part / whole in [0, 1], and 0 where there is no whole."""
    return part / whole if whole else 0.0
