"""An upper bound of the score of some needs with every offer, laid over all offers in a few passes without a branch."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.arrays import Floats, Rows
from matching.compiling import compiled
from matching.packed import Excluded, Places, Singles
from matching.search.packed import Laid, LaidCodes, LaidSums, LaidTable, LaidTexts, LaidWindows
from matching.spreading import Spreads

REFUSED = np.float32(-1e30)


class Nearness(NamedTuple):
    """How closely offers are meant for some needs of the same States, which differ by the neighbours that they name.

    ``closeness`` has shape (n_different, n_offers), 0 where an offer is not open to the States; ``row``, of shape
    (n_needs,), says which of its rows is that of each need.
    """

    closeness: Floats
    row: Places


@compiled
def lay_bounds(laid: Laid, near: Nearness, spreads: Spreads, needs: Rows, bounds: Singles) -> None:
    """Lay the bounds of some needs of the same States.

    Parameters
    ----------
    near, spreads
        How closely each offer is meant for each of the needs, and what their texts amount to.
    needs : shape (n_needs,)
    bounds : shape (n_needs, n_offers)
        Filled: at least the score less one hundred-thousandth, far below 0 where the offer is not open to the need.
    """
    rest, posted = np.zeros(len(needs), dtype=np.float32), np.empty(bounds.shape[1], dtype=np.float32)
    for at in range(len(needs)):
        own, closeness = bounds[at], near.closeness[near.row[at]]
        for offer in range(len(own)):
            reached = laid.brought[offer] + np.float32(closeness[offer] * laid.reached)
            own[offer] = reached if closeness[offer] > 0 else REFUSED
    _refuse_by_days(laid.opening, needs, bounds)
    _add_codes(laid.area, needs, bounds, rest, posted)
    _add_table(laid.mode, needs, bounds)
    _add_table(laid.audience, needs, bounds)
    _add_table(laid.language, needs, bounds)
    _add_time(laid.time, needs, bounds, rest)
    _add_sums(laid.sums, needs, bounds, rest)
    _add_records(laid.record_kind, laid.records, needs, bounds)
    _add_text(laid.text, spreads, needs, bounds, (rest, posted))
    _refuse_excluded(laid.excluded, needs, bounds)


@compiled
def is_open(bound: np.float32) -> bool:
    """Return whether a bound, or a gain that it was turned into, is one of an offer that is open to the need."""
    return bool(bound > REFUSED / np.float32(2))


@compiled
def _refuse_by_days(windows: LaidWindows, needs: Rows, bounds: Singles) -> None:
    offer_from, offer_until, is_open_today = windows.offer_from, windows.offer_until, windows.is_said
    for at in range(len(needs)):
        own, start, end = bounds[at], windows.need_from[needs[at]], windows.need_until[needs[at]]
        if windows.is_need_special[needs[at]]:
            own[:] = REFUSED
            continue
        for offer in range(len(own)):
            is_met = max(start, offer_from[offer]) <= min(end, offer_until[offer])
            own[offer] = own[offer] if is_met and is_open_today[offer] else REFUSED


@compiled
def _add_codes(codes: LaidCodes, needs: Rows, bounds: Singles, rest: Singles, posted: Singles) -> None:
    weight, one = np.float32(codes.weight), np.float32(1)
    for at in range(len(needs)):
        own, need = bounds[at], needs[at]
        if codes.is_need_silent[need]:
            rest[at] += np.float32(codes.silent)
            continue
        posted[:] = np.float32(0)
        for place in range(codes.starts[need], codes.starts[need + 1]):
            share, parts = codes.shares[place], codes.parts[codes.codes[place]]
            for offer in range(len(posted)):
                posted[offer] += share * parts[offer]
        for offer in range(len(own)):
            own[offer] += weight * np.sqrt(min(one, posted[offer]))


@compiled
def _add_table(table: LaidTable, needs: Rows, bounds: Singles) -> None:
    offer_kind = table.offer_kind
    for at in range(len(needs)):
        own, parts = bounds[at], table.parts[table.need_kind[needs[at]]]
        for offer in range(len(own)):
            own[offer] += parts[offer_kind[offer]]


@compiled
def _add_time(windows: LaidWindows, needs: Rows, bounds: Singles, rest: Singles) -> None:
    offer_from, offer_until, is_said = windows.offer_from, windows.offer_until, windows.is_said
    weight, silent, one, none = np.float32(windows.weight), np.float32(windows.silent), np.float32(1), np.float32(0)
    for at in range(len(needs)):
        own, start, end = bounds[at], windows.need_from[needs[at]], windows.need_until[needs[at]]
        rest[at] += silent
        if windows.is_need_special[needs[at]]:
            continue
        per_day = weight / max(end - start + one, one)
        for offer in range(len(own)):
            days = min(end, offer_until[offer]) - max(start, offer_from[offer]) + one
            part = days * per_day if days > none else none
            own[offer] += is_said[offer] * (part - silent)


@compiled
def _add_sums(sums: LaidSums, needs: Rows, bounds: Singles, rest: Singles) -> None:
    given, currencies, is_said = sums.given, sums.offer_currency, sums.is_said
    weight, silent, none = np.float32(sums.weight), np.float32(sums.silent), np.float32(0)
    for at in range(len(needs)):
        own, sought, currency = bounds[at], sums.sought[needs[at]], sums.need_currency[needs[at]]
        rest[at] += silent
        if np.isnan(sought):
            continue
        per_unit = np.float32(weight / sought) if sought > 0 else none
        least = none if sought > 0 else weight
        for offer in range(len(own)):
            is_comparable = is_said[offer] if currencies[offer] == currency else none
            part = given[offer] * per_unit + least
            own[offer] += is_comparable * ((min(weight, part)) - silent)


@compiled
def _add_records(kind: Places, records: Singles, needs: Rows, bounds: Singles) -> None:
    for at in range(len(needs)):
        own, row = bounds[at], records[kind[needs[at]]]
        for offer in range(len(own)):
            own[offer] += row[offer]


@compiled
def _add_text(texts: LaidTexts, spreads: Spreads, needs: Rows, bounds: Singles, rooms: tuple[Singles, Singles]) -> None:
    """Add what the texts give, and the rest, which is the first of the rooms; the second is to work in."""
    rest, posted = rooms
    is_empty, stretch, one = texts.is_offer_empty, np.float32(texts.stretch), np.float32(1)
    weight, silent = np.float32(texts.weight), np.float32(texts.silent)
    for at in range(len(needs)):
        own, more, need = bounds[at], rest[at], needs[at]
        if texts.is_need_empty[need]:
            for offer in range(len(own)):
                own[offer] += silent + more
            continue
        _post(texts, spreads, at, posted)
        for offer in range(len(own)):
            cosine = posted[offer] * stretch
            likeness = np.sqrt(min(one, cosine))  # with min() it would not be done by many at once
            own[offer] += more + (silent if is_empty[offer] else weight * likeness)


@compiled
def _post(texts: LaidTexts, spreads: Spreads, at: int, posted: Singles) -> None:
    """Add up what each stem of a need gives, along the row or the list of the offers in which it stands.

    Everything is named before the loops: to take an array out of a tuple costs more than a list of three offers, and
    what might change within a loop is not done by many at once.
    """
    row, rows, starts = texts.row, texts.rows, texts.posting_starts
    offers, weights = texts.posting_offers, texts.posting_weights
    stems, own_weights, n_offers = spreads.stems, spreads.weights, len(posted)
    posted[:] = np.float32(0)
    for own in range(spreads.starts[at], spreads.starts[at + 1]):
        stem, weight = stems[own], np.float32(own_weights[own])
        own_row = row[stem]
        if own_row >= 0:
            for offer in range(n_offers):
                posted[offer] += weight * rows[own_row, offer]
        else:
            for place in range(starts[stem], starts[stem + 1]):
                posted[offers[place]] += weight * weights[place]


@compiled
def _refuse_excluded(excluded: Excluded, needs: Rows, bounds: Singles) -> None:
    for at in range(len(needs)):
        for place in range(excluded.starts[needs[at]], excluded.starts[needs[at] + 1]):
            bounds[at, excluded.offers[place]] = REFUSED
