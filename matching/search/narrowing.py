"""A model laid out over some of its offers: those that may be open to the needs of some States."""

from __future__ import annotations

import numpy as np

from matching.arrays import Integers
from matching.compiling import compiled
from matching.packed import Excluded, Places, Singles
from matching.search.packed import Laid, LaidCodes, LaidSums, LaidTable, LaidTexts, LaidWindows


@compiled
def narrowed(laid: Laid, offers: Integers) -> Laid:
    """Return the model laid out over some offers only.

    Parameters
    ----------
    offers : shape (n_kept,)
        Positions among those it is laid out over, in ascending order.
    """
    place = np.full(len(laid.offers), -1, dtype=np.int32)
    for at in range(len(offers)):
        place[offers[at]] = at
    return Laid(
        laid.offers[offers],
        laid.brought[offers],
        laid.reached,
        _codes(laid.area, offers),
        _texts(laid.text, offers, place),
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
def _texts(texts: LaidTexts, offers: Integers, place: Places) -> LaidTexts:
    starts, listed, weights = texts.posting_starts, texts.posting_offers, texts.posting_weights
    kept_starts, kept_offers, kept_weights = np.zeros_like(starts), np.empty_like(listed), np.empty_like(weights)
    n_kept = 0
    for stem in range(len(starts) - 1):
        for at in range(starts[stem], starts[stem + 1]):
            if place[listed[at]] >= 0:
                kept_offers[n_kept], kept_weights[n_kept] = place[listed[at]], weights[at]
                n_kept += 1
        kept_starts[stem + 1] = n_kept
    return LaidTexts(
        texts.is_need_empty,
        texts.is_offer_empty[offers],
        texts.row,
        _columns(texts.rows, offers),
        kept_starts,
        kept_offers,
        kept_weights,
        texts.stretch,
        texts.weight,
        texts.silent,
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
