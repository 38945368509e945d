"""Finds likely duplicates among needs, among offers, and between needs and projects under way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

import numpy as np

from matching.arrays import NO_END, NO_START, Bools, Floats, Integers, ordinals
from matching.duplicates.likeness import likeness_of_pairs, needs_bridge
from matching.duplicates.places import PlaceReader
from matching.duplicates.search import Pairs, ordered_pairs, pairs_within
from matching.duplicates.texts import Record, Texts, read_texts
from matching.duplicates.values import Duplicate, DuplicateKind, Project, Suggestion
from matching.duplicates.wording import advice_of, reasons_of
from matching.eligibility import provider_key
from matching.records import Need, Offer
from matching.reference import Geography, Reference
from matching.text import Vectorizer
from matching.words import TokenMemory

LEAST_OF_NEEDS: Final = 0.45
"""From which likeness two needs of one State, or a need and a project there, are told; see ``benchmarks/README.md``."""

LEAST_OF_OFFERS: Final = 0.65
"""From which likeness two offers are told: providers of one field write alike."""

FEW_TEXTS: Final = 400
"""Up to which number all pairs are looked at: that takes less time than making the search ready."""

NEAR_COPY: Final = 0.8
"""From which likeness one of two records says hardly more than the other."""


@dataclass(frozen=True, slots=True)
class _Compared:
    """Records with their texts, row by row."""

    records: Sequence[Record]
    texts: Texts


def duplicate_needs(
    needs: Sequence[Need], reference: Reference, *, as_of_on: date, memory: TokenMemory | None = None
) -> list[Duplicate]:
    """Return needs that share a State and probably say the same, the likest first.

    Parameters
    ----------
    needs
        In any order. Those that have closed before the day are left out, private ones are not: give only what one
        person may see, all of it.

    Returns
    -------
    list of Duplicate
        Pairs whose likeness is at least ``LEAST_OF_NEEDS`` and whose dates meet.
    """
    open_needs = [need for need in sorted(needs, key=lambda need: need.need_id) if not need.has_closed_on(as_of_on)]
    rows_by_state = _rows_by_state(open_needs)
    if not any(len(rows) > 1 for rows in rows_by_state.values()):
        return []
    texts = read_texts(open_needs, reference, memory=memory)
    pairs = _meeting(_likely(texts, rows_by_state.values(), LEAST_OF_NEEDS), _windows(open_needs))
    pairs = _sharing_a_state(pairs, open_needs)
    return _told(_Compared(open_needs, texts), pairs, LEAST_OF_NEEDS, DuplicateKind.NEEDS, reference=reference)


def duplicate_offers(
    offers: Sequence[Offer], reference: Reference, *, as_of_on: date, memory: TokenMemory | None = None
) -> list[Duplicate]:
    """Return offers that probably say the same, the likest first.

    Offers of one provider are compared in whatever languages they are written, those of two providers in one language
    only. Two offers are never told where no State may have both, where their dates do not meet, or where each names
    States in its text and they share none.

    Parameters
    ----------
    offers
        In any order. Those that have closed before the day are left out.

    Returns
    -------
    list of Duplicate
        Pairs whose likeness is at least ``LEAST_OF_OFFERS``; all of them, whatever the number of offers.
    """
    open_offers = [
        offer
        for offer in sorted(offers, key=lambda offer: offer.offer_id)
        if offer.available_until_on is None or offer.available_until_on >= as_of_on
    ]
    texts = read_texts(open_offers, reference, memory=memory)
    pairs = _likely(texts, _rows_by_provider(open_offers).values(), LEAST_OF_OFFERS)
    pairs = _meeting(pairs, _windows(open_offers))
    pairs = _for_the_same(pairs, open_offers, texts, reference=reference)
    return _told(_Compared(open_offers, texts), pairs, LEAST_OF_OFFERS, DuplicateKind.OFFERS, reference=reference)


def overlaps_with_projects(
    needs: Sequence[Need],
    projects: Sequence[Project],
    reference: Reference,
    *,
    as_of_on: date,
    memory: TokenMemory | None = None,
) -> list[Duplicate]:
    """Return needs that ask for what is probably under way in one of their States, the likest first.

    Parameters
    ----------
    needs
        In any order; those that have closed before the day are left out.
    projects
        What is under way; those that have ended before the day are left out.

    Returns
    -------
    list of Duplicate
        ``one_id`` is the need and ``other_id`` the project; likeness is at least ``LEAST_OF_NEEDS``.
    """
    open_needs = [need for need in sorted(needs, key=lambda need: need.need_id) if not need.has_closed_on(as_of_on)]
    running = sorted(
        (item for item in projects if item.ends_on is None or item.ends_on >= as_of_on),
        key=lambda item: (item.project_id, item.need_id),
    )
    records: list[Record] = [*open_needs, *running]
    first = len(open_needs)
    rows_by_state = _rows_by_state(open_needs)
    at = [
        (row, first + column)
        for column, project in enumerate(running)
        for row in sorted({row for state in project.states for row in rows_by_state.get(state, ())})
        if open_needs[row].need_id != project.need_id
    ]
    rows, columns = np.array(at, dtype=np.int64).reshape(-1, 2).T
    pairs = _meeting((rows, columns), _windows(records))
    if not len(pairs[0]):
        return []
    compared = _Compared(records, read_texts(records, reference, memory=memory))
    return _told(compared, pairs, LEAST_OF_NEEDS, DuplicateKind.PROJECT, reference=reference)


def _rows_by_state(needs: Sequence[Need]) -> Mapping[str, list[int]]:
    rows_by_state: dict[str, list[int]] = {}
    for row, need in enumerate(needs):
        for state in need.states:
            rows_by_state.setdefault(state, []).append(row)
    return rows_by_state


def _rows_by_provider(offers: Sequence[Offer]) -> Mapping[str, list[int]]:
    rows_by_provider: dict[str, list[int]] = {}
    for row, offer in enumerate(offers):
        rows_by_provider.setdefault(provider_key(offer.provider), []).append(row)
    return rows_by_provider


def _likely(texts: Texts, groups: Iterable[Sequence[int]], least: float) -> Pairs:
    """Return all pairs in one language that reach a threshold, and those of each group that share no words.

    Of few texts, all pairs in one language.
    """
    bridge = partial(needs_bridge, texts, texts)
    apart = pairs_within(groups, bridge)
    n_texts = len(texts.languages)
    if n_texts > FEW_TEXTS:
        from matching.duplicates.joining import alike_texts  # noqa: PLC0415 – takes a second to load

        return ordered_pairs([alike_texts(texts, least), apart])
    rows, columns = pairs_within([range(n_texts)])
    is_in_words = ~bridge(rows, columns=columns)
    return ordered_pairs([(rows[is_in_words], columns[is_in_words]), apart])


def _sharing_a_state(pairs: Pairs, needs: Sequence[Need]) -> Pairs:
    rows, columns = pairs
    shares: Bools = np.array(
        [not set(needs[one].states).isdisjoint(needs[other].states) for one, other in zip(rows, columns, strict=True)],
        dtype=np.bool_,
    )
    return rows[shares], columns[shares]


def _windows(records: Sequence[Record]) -> tuple[Integers, Integers]:
    """Return the first and the last day of each record as day numbers; shapes (n_records,)."""
    days = [_window(record) for record in records]
    starts = ordinals((start for start, _ in days), absent=NO_START)
    return starts, ordinals((end for _, end in days), absent=NO_END)


def _window(record: Record) -> tuple[date | None, date | None]:
    match record:
        case Need():
            return record.earliest_on, record.latest_on
        case Offer():
            return record.available_from_on, record.available_until_on
        case Project():
            return record.starts_on, record.ends_on


def _meeting(pairs: Pairs, windows: tuple[Integers, Integers]) -> Pairs:
    """Return the pairs whose dates meet."""
    (rows, columns), (starts, ends) = pairs, windows
    meets = np.maximum(starts[rows], starts[columns]) <= np.minimum(ends[rows], ends[columns])
    return rows[meets], columns[meets]


def _for_the_same(pairs: Pairs, offers: Sequence[Offer], texts: Texts, *, reference: Reference) -> Pairs:
    """Return the pairs of offers that reach the threshold and that one State may have both of."""
    rows, columns = pairs
    is_alike = likeness_of_pairs(texts, texts, rows, columns=columns) >= LEAST_OF_OFFERS
    rows, columns = rows[is_alike], columns[is_alike]
    reader = PlaceReader(reference.geography, Vectorizer(reference.background).tokenizer)
    named = {row: reader.named_in(f"{offers[row].title}\n{offers[row].description}") for row in {*rows, *columns}}
    open_to = {row: _open_to(offers[row], reference.geography) for row in named}
    keeps: Bools = np.array(
        [
            not open_to[one].isdisjoint(open_to[other])
            and (not named[one] or not named[other] or not named[one].isdisjoint(named[other]))
            for one, other in zip(rows, columns, strict=True)
        ],
        dtype=np.bool_,
    )
    return rows[keeps], columns[keeps]


def _open_to(offer: Offer, geography: Geography) -> frozenset[str]:
    return frozenset().union(*(geography.members_by_token.get(token, frozenset()) for token in offer.eligible))


def _told(
    compared: _Compared, pairs: Pairs, least: float, kind: DuplicateKind, *, reference: Reference
) -> list[Duplicate]:
    texts, (rows, columns) = compared.texts, pairs
    likeness: Floats = likeness_of_pairs(texts, texts, rows, columns=columns)
    is_bridged = needs_bridge(texts, texts, rows, columns=columns)
    found = []
    for at in np.flatnonzero(likeness >= least):
        where = int(rows[at]), int(columns[at])
        records = compared.records[where[0]], compared.records[where[1]]
        suggestion = _suggestion(*records, likeness=float(likeness[at]))
        found.append(
            Duplicate(
                kind=kind,
                one_id=_id_of(records[0]),
                other_id=_id_of(records[1]),
                likeness=round(float(likeness[at]), 6),
                reasons=reasons_of(records, texts, where, reference=reference, is_bridged=bool(is_bridged[at])),
                suggestion=suggestion,
                advice=advice_of(suggestion),
            )
        )
    return sorted(found, key=lambda item: (-item.likeness, item.one_id, item.other_id))


def _suggestion(one: Record, other: Record, *, likeness: float) -> Suggestion:
    if isinstance(other, Project):
        return Suggestion.ASK_PROJECT
    if (
        isinstance(one, Offer)
        and isinstance(other, Offer)
        and provider_key(one.provider) != provider_key(other.provider)
    ):
        return Suggestion.COORDINATE
    if isinstance(one, Need) and isinstance(other, Need) and one.states != other.states:
        return Suggestion.JOINT_NEED
    return Suggestion.KEEP_ONE if likeness >= NEAR_COPY else Suggestion.JOIN


def _id_of(record: Record) -> str:
    match record:
        case Need():
            return record.need_id
        case Offer():
            return record.offer_id
        case Project():
            return record.project_id
