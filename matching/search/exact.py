"""The scores of some pairs, to the bit as the comparisons and the scorer define them.

Every function here repeats the arithmetic of a comparison in the same order; ``tests/matching/test_search.py`` holds
them together. They take many pairs at once: to hand a model over costs more than to score a pair.
"""

from __future__ import annotations

import numpy as np

from matching.arrays import Floats, Integers, Rows
from matching.comparisons.budget import MOST_TIMES
from matching.compiling import compiled
from matching.packed import Codes, Records, Sums, Table, Windows
from matching.search.packed import Packed, Scale, Texts
from matching.spreading import Spreads, cosine_with_laid, lay


@compiled
def score_pairs(
    packed: Packed, spreads: Spreads, pairs: tuple[Rows, Rows, Rows, Floats], dense: Floats, scores: Floats
) -> None:
    """Write the scores of some pairs, with six decimals.

    Parameters
    ----------
    spreads
        Those of the needs.
    pairs : each of shape (n_pairs,)
        The place of the need among those that are spread, needs, of which those of one stand together, offers, and how
        closely each offer is meant for the States of its need.
    dense : shape (n_stems,)
        Room to work in, zeros before and after.
    scores : shape (n_pairs,)
        Filled.
    """
    places, needs, offers, closeness = pairs
    values = np.empty(len(offers))
    scores[:] = 0.0
    _codes(packed.area, needs, offers, values)
    _add(packed.scale, 0, values, scores)
    _text(packed.text, spreads, (places, needs, offers), packed.scale.full_likeness, dense, values)
    _add(packed.scale, 1, values, scores)
    values[:] = 0.0
    _add_table(packed.mode, needs, offers, values)
    _add_table(packed.audience, needs, offers, values)
    _add(packed.scale, 2, values, scores)
    values[:] = 0.0
    _add_table(packed.language, needs, offers, values)
    _add(packed.scale, 3, values, scores)
    _add(packed.scale, 4, closeness, scores)
    _time(packed.time, needs, offers, values)
    _add(packed.scale, 5, values, scores)
    _budget(packed.sums, needs, offers, values)
    _add(packed.scale, 6, values, scores)
    _record(packed.records, needs, offers, values)
    _add(packed.scale, 7, values, scores)
    _add(packed.scale, 8, packed.freshness[offers], scores)
    for at in range(len(offers)):
        scores[at] = np.rint(scores[at] * 1e6) / 1e6


@compiled
def _add(scale: Scale, component: int, values: Floats, scores: Floats) -> None:
    """Add what a component adds: its value with six decimals, or the neutral one, by its weight."""
    weight, neutral, total = scale.weights[component], scale.neutral[component], scale.total
    for at in range(len(values)):
        value = neutral if np.isnan(values[at]) else np.rint(values[at] * 1e6) / 1e6
        scores[at] += value * weight / total


@compiled
def _codes(codes: Codes, needs: Rows, offers: Rows, values: Floats) -> None:
    starts, own_codes, shares, table = codes.starts, codes.codes, codes.shares, codes.values
    is_need_silent, is_offer_silent = codes.is_need_silent, codes.is_offer_silent
    for at in range(len(offers)):
        need, offer, total = needs[at], offers[at], 0.0
        for place in range(starts[need], starts[need + 1]):
            total += shares[place] * table[own_codes[place], offer]
        values[at] = np.nan if is_need_silent[need] or is_offer_silent[offer] else min(np.sqrt(total), 1.0)


@compiled
def _add_table(table: Table, needs: Rows, offers: Rows, values: Floats) -> None:
    need_kind, offer_kind, of_kinds = table.need_kind, table.offer_kind, table.values
    for at in range(len(offers)):
        values[at] += of_kinds[need_kind[needs[at]], offer_kind[offers[at]]]


@compiled
def _text(
    texts: Texts, spreads: Spreads, pairs: tuple[Rows, Rows, Rows], full_likeness: float, dense: Floats, values: Floats
) -> None:
    places, needs, offers = pairs
    copied_starts, copied_offers, copied_cosines = texts.copied_starts, texts.copied_offers, texts.copied_cosines
    is_need_empty, is_offer_empty, last_place = texts.is_need_empty, texts.is_offer_empty, -1
    for at in range(len(offers)):
        need, offer = needs[at], offers[at]
        if places[at] != last_place:
            lay(spreads, last_place, dense, 0.0)
            lay(spreads, places[at], dense, 1.0)
            last_place = places[at]
        cosine = cosine_with_laid(texts.offers, offer, dense)
        for place in range(copied_starts[need], copied_starts[need + 1]):
            if copied_offers[place] == offer:
                cosine -= copied_cosines[place]
        likeness = np.sqrt(min(max(cosine / full_likeness, 0.0), 1.0))
        values[at] = np.nan if is_need_empty[need] or is_offer_empty[offer] else likeness
    lay(spreads, last_place, dense, 0.0)


@compiled
def _time(windows: Windows, needs: Rows, offers: Rows, values: Floats) -> None:
    need_from, need_until, is_need_special = windows.need_from, windows.need_until, windows.is_need_special
    offer_from, offer_until, is_offer_special = windows.offer_from, windows.offer_until, windows.is_offer_special
    for at in range(len(offers)):
        need, offer = needs[at], offers[at]
        start, end = max(need_from[need], offer_from[offer]), min(need_until[need], offer_until[offer])
        n_days = max(need_until[need] - need_from[need] + 1, 1)
        share = min(max((end - start + 1) / n_days, 0.0), 1.0)
        values[at] = np.nan if is_need_special[need] or is_offer_special[offer] else share


@compiled
def _budget(sums: Sums, needs: Rows, offers: Rows, values: Floats) -> None:
    all_sought, need_currency = sums.sought, sums.need_currency
    all_given, offer_currency = sums.given, sums.offer_currency
    for at in range(len(offers)):
        sought, given = all_sought[needs[at]], all_given[offers[at]]
        is_silent = np.isnan(sought) or np.isnan(given)
        is_silent = is_silent or need_currency[needs[at]] != offer_currency[offers[at]]
        share = given / sought if sought > 0 else 1.0
        values[at] = np.nan if is_silent or share > MOST_TIMES else min(share, 1.0)


@compiled
def _record(records: Records, needs: Rows, offers: Integers, values: Floats) -> None:
    kind, of_kinds = records.kind, records.values
    for at in range(len(offers)):
        values[at] = of_kinds[kind[needs[at]], offers[at]]
