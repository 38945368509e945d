"""A model laid out over some of its offers: those that may be open to the needs of some States."""

from __future__ import annotations

import numpy as np

from matching.arrays import Integers
from matching.compiling import compiled
from matching.packed import Excluded, Places, Singles
from matching.search.packed import Laid, LaidCodes, LaidSums, LaidTable, LaidTexts, LaidWindows, Texts
from matching.search.postings import post


@compiled
def narrowed(laid: Laid, texts: Texts, offers: Integers) -> Laid:
    """Return the model laid out over some offers only.

    Parameters
    ----------
    laid
        Over all offers.
    texts
        What the offers' texts are laid out from.
    offers : shape (n_kept,)
        Positions, in ascending order.
    """
    place = np.full(len(laid.offers), -1, dtype=np.int32)
    for at in range(len(offers)):
        place[offers[at]] = at
    return Laid(
        laid.offers[offers],
        laid.brought[offers],
        laid.reached,
        _codes(laid.area, offers),
        _texts(laid.text, texts, offers),
        _table(laid.mode, offers),
        _table(laid.audience, offers),
        _table(laid.language, offers),
        _windows(laid.time, offers),
        _windows(laid.opening, offers),
        _sums(laid.sums, offers),
        laid.record_kind,
        _columns(laid.records, offers),
        _excluded(laid.excluded, place),
    )


@compiled
def _columns(table: Singles, offers: Integers) -> Singles:
    """Return some columns of a table."""
    kept = np.empty((len(table), len(offers)), dtype=np.float32)
    for row in range(len(table)):
        for at in range(len(offers)):
            kept[row, at] = table[row, offers[at]]
    return kept


@compiled
def _codes(codes: LaidCodes, offers: Integers) -> LaidCodes:
    parts = _columns(codes.parts, offers)
    return LaidCodes(codes.starts, codes.codes, codes.shares, parts, codes.is_need_silent, codes.weight, codes.silent)


@compiled
def _table(table: LaidTable, offers: Integers) -> LaidTable:
    return LaidTable(table.need_kind, table.offer_kind[offers], table.parts)


@compiled
def _windows(windows: LaidWindows, offers: Integers) -> LaidWindows:
    return LaidWindows(
        windows.need_from,
        windows.need_until,
        windows.is_need_special,
        windows.offer_from[offers],
        windows.offer_until[offers],
        windows.is_said[offers],
        windows.weight,
        windows.silent,
    )


@compiled
def _sums(sums: LaidSums, offers: Integers) -> LaidSums:
    return LaidSums(
        sums.sought,
        sums.need_currency,
        sums.given[offers],
        sums.offer_currency[offers],
        sums.is_said[offers],
        sums.weight,
        sums.silent,
    )


@compiled
def _texts(laid: LaidTexts, texts: Texts, offers: Integers) -> LaidTexts:
    """Lay the stems of some offers out anew: to go through theirs is quicker than through the lists of all offers."""
    posted = post(texts, laid.row, len(laid.rows), offers)
    return LaidTexts(
        laid.is_need_empty,
        laid.is_offer_empty[offers],
        laid.row,
        posted.rows,
        posted.starts,
        posted.offers,
        posted.weights,
        laid.stretch,
        laid.weight,
        laid.silent,
    )


@compiled
def _excluded(excluded: Excluded, place: Places) -> Excluded:
    starts, listed = excluded.starts, excluded.offers
    kept_starts, kept_offers = np.zeros_like(starts), np.empty_like(listed)
    n_kept = 0
    for need in range(len(starts) - 1):
        for at in range(starts[need], starts[need + 1]):
            if place[listed[at]] >= 0:
                kept_offers[n_kept] = place[listed[at]]
                n_kept += 1
        kept_starts[need + 1] = n_kept
    return Excluded(kept_starts, kept_offers)
