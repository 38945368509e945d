"""The best offers of each need: bounds over all offers, exact scores where a bound lets an offer in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.arrays import Bools, Floats, Integers, Rows
from matching.compiling import compiled
from matching.packed import Singles
from matching.search.bounds import REFUSED, Nearness, is_open, lay_bounds
from matching.search.exact import score_pairs
from matching.search.packed import Laid, Packed
from matching.spreading import spread

_GROUP = 32  # needs that are looked at together
_BLOCK = 8  # offers whose highest bound is noted
_SLACK = np.float32(30)  # millionths by which single precision and rounding may put a bound too low


class Goal(NamedTuple):
    """What counts as best: ``factor`` x score in millionths, at least ``least_worth``, less the offer's price.

    ``factor`` and ``least`` have shape (n_needs,), ``price`` has shape (n_offers,). A pair counts where its score is at
    least ``minimum_score`` and what it gains is above the need's ``least``.
    """

    factor: Floats
    least: Integers
    price: Integers
    least_worth: int
    minimum_score: float


class Found(NamedTuple):
    """The best offers of some needs, best first, ties by column; -1 behind the last one.

    ``columns``, ``scores`` and ``gains`` have shape (n_rows, n_kept), ``n_open`` and ``n_found`` have shape (n_rows,):
    how many are open to the need, and how many of these stand in the lists.
    """

    columns: Integers
    scores: Floats
    gains: Integers
    n_open: Integers
    n_found: Integers


class _Chosen(NamedTuple):
    """Pairs to be scored: the place of the need in its group, need and offer, and how close they are."""

    places: Integers
    needs: Rows
    offers: Rows
    closeness: Floats


@compiled
def search(packed: Packed, laid: Laid, goal: Goal, near: Nearness, rows: Rows, sizes: tuple[int, int]) -> Found:
    """Return the best offers of some needs of the same States, exactly.

    Offers with high bounds are scored first. What the last of them that is kept gains is a floor under which no other
    offer matters, so that of the others only those whose bound reaches it remain to be scored.

    Parameters
    ----------
    near
        How closely each offer that is laid out is meant for each of the needs.
    rows : shape (n_rows,)
    sizes
        How many offers to keep, at least 1, and the length of the vocabulary.
    """
    n_kept, n_stems = sizes
    n_offers = len(laid.offers)
    found = Found(
        np.full((len(rows), n_kept), -1, dtype=np.int64),
        np.full((len(rows), n_kept), -1.0),
        np.zeros((len(rows), n_kept), dtype=np.int64),
        np.zeros(len(rows), dtype=np.int64),
        np.zeros(len(rows), dtype=np.int64),
    )
    bounds = np.empty((_GROUP, n_offers), dtype=np.float32)
    peaks = np.empty((_GROUP, (n_offers + _BLOCK - 1) // _BLOCK), dtype=np.float32)
    price, dense = goal.price[laid.offers].astype(np.float32), np.zeros(n_stems)
    for first in range(0, len(rows), _GROUP):
        needs = rows[first : first + _GROUP]
        last = first + len(needs)
        own, spreads = Nearness(near.closeness, near.row[first:last]), spread(packed.text.words, needs, dense)
        lay_bounds(laid, own, spreads, needs, bounds[: len(needs)])
        found.n_open[first:last] = _to_gains(goal, needs, price, bounds, peaks)
        least = goal.least[needs].astype(np.float32) + np.float32(1) - _SLACK
        ceilings = np.full(len(needs), np.inf, dtype=np.float32)
        floors = np.maximum(_first_floors(peaks, len(needs), n_kept), least)
        for _ in range(2):
            chosen = _choose(laid, own, needs, bounds, peaks, (floors, ceilings))
            scores = np.empty(len(chosen.offers))
            pairs = chosen.places, chosen.needs, chosen.offers, chosen.closeness
            score_pairs(packed, spreads, pairs, dense, scores)
            _keep(goal, chosen, scores, found, first)
            ceilings[:] = floors
            for at in range(len(needs)):
                is_full = found.n_found[first + at] == n_kept
                reached = np.float32(found.gains[first + at, n_kept - 1]) - _SLACK
                floors[at] = max(reached, least[at]) if is_full else least[at]
    return found


@compiled
def reaching(packed: Packed, laid: Laid, near: Nearness, rows: Rows, sizes: tuple[float, int]) -> Bools:
    """Return which offers are open to some needs of the same States and reach a score; laid out over all offers.

    Parameters
    ----------
    near
        How closely each offer is meant for each of the needs.
    rows : shape (n_rows,)
    sizes
        The score, and the length of the vocabulary.

    Returns
    -------
    shape (n_rows, n_offers)
    """
    least, n_stems = sizes
    floor, n_offers = np.float32(least * 1e6) - _SLACK, len(laid.offers)
    reached = np.zeros((len(rows), n_offers), dtype=np.bool_)
    bounds, dense = np.empty((1, n_offers), dtype=np.float32), np.zeros(n_stems)
    for at in range(len(rows)):
        need = rows[at : at + 1]
        own, spreads = Nearness(near.closeness, near.row[at : at + 1]), spread(packed.text.words, need, dense)
        lay_bounds(laid, own, spreads, need, bounds)
        is_near = (bounds[0] > REFUSED / np.float32(2)) & (bounds[0] * np.float32(1e6) >= floor)
        offers = np.flatnonzero(is_near)
        scores = np.empty(len(offers))
        closeness = near.closeness[near.row[at]][offers]
        pairs = np.zeros(len(offers), dtype=np.int64), np.full(len(offers), rows[at]), offers, closeness
        score_pairs(packed, spreads, pairs, dense, scores)
        reached[at, offers] = scores >= least
    return reached


@compiled
def _to_gains(goal: Goal, needs: Rows, price: Singles, bounds: Singles, peaks: Singles) -> Integers:
    """Turn bounds of scores into bounds of gains, note the highest of each block; return how many offers are open."""
    n_open = np.zeros(len(needs), dtype=np.int64)
    for at in range(len(needs)):
        own, factor, count = bounds[at], np.float32(goal.factor[needs[at]] * 1e6), 0
        for offer in range(len(own)):
            count += is_open(own[offer])
            own[offer] = own[offer] * factor - price[offer]
        n_open[at] = count
        for block in range(peaks.shape[1]):
            peak = np.float32(-np.inf)
            for offer in range(block * _BLOCK, min((block + 1) * _BLOCK, len(own))):
                peak = max(peak, own[offer])
            peaks[at, block] = peak
    return n_open


@compiled
def _first_floors(peaks: Singles, n_needs: int, n_kept: int) -> Singles:
    """Return for each need a bound that at least so many offers reach: each of as many blocks holds one."""
    floors = np.full(n_needs, -np.inf, dtype=np.float32)
    if peaks.shape[1] >= n_kept:
        for at in range(n_needs):
            floors[at] = np.partition(peaks[at], peaks.shape[1] - n_kept)[peaks.shape[1] - n_kept]
    return floors


@compiled
def _choose(
    laid: Laid, near: Nearness, needs: Rows, bounds: Singles, peaks: Singles, limits: tuple[Singles, Singles]
) -> _Chosen:
    """List the pairs that are open and whose bound reaches the first limit of the need and not the second."""
    room = 256
    places, at_offers = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
    n_chosen = 0
    for at in range(len(needs)):
        floor, ceiling, own = limits[0][at], limits[1][at], bounds[at]
        for block in range(peaks.shape[1]):
            if peaks[at, block] < floor or not is_open(peaks[at, block]):
                continue
            if n_chosen + _BLOCK > room:
                room *= 2
                places, at_offers = _widened(places, room), _widened(at_offers, room)
            for offer in range(block * _BLOCK, min((block + 1) * _BLOCK, len(own))):
                if floor <= own[offer] < ceiling and is_open(own[offer]):
                    places[n_chosen], at_offers[n_chosen] = at, offer
                    n_chosen += 1
    places, at_offers = places[:n_chosen], at_offers[:n_chosen]
    closeness = np.empty(n_chosen)
    for pair in range(n_chosen):
        closeness[pair] = near.closeness[near.row[places[pair]], at_offers[pair]]
    return _Chosen(places, needs[places], laid.offers[at_offers], closeness)


@compiled
def _widened(values: Integers, room: int) -> Integers:
    wide = np.empty(room, dtype=np.int64)
    wide[: len(values)] = values
    return wide


@compiled
def _keep(goal: Goal, chosen: _Chosen, scores: Floats, found: Found, first: int) -> None:
    """Put the offers that gain enough among those found, best first, ties by column."""
    n_kept, minimum_score, least_worth = found.columns.shape[1], goal.minimum_score, goal.least_worth
    columns, kept, gains, n_found = found.columns, found.scores, found.gains, found.n_found
    places, needs, offers = chosen.places, chosen.needs, chosen.offers
    factors, leasts, prices = goal.factor, goal.least, goal.price
    for pair in range(len(scores)):
        need, offer, score, row = needs[pair], offers[pair], scores[pair], first + places[pair]
        worth = np.int64(np.rint(score * factors[need] * 1e6))
        gain = max(worth, least_worth) - prices[offer]
        at = n_found[row]
        while at > 0 and (gains[row, at - 1] < gain or (gains[row, at - 1] == gain and columns[row, at - 1] > offer)):
            at -= 1
        if at == n_kept or score < minimum_score or gain <= leasts[need]:
            continue
        n_found[row] = min(n_found[row] + 1, n_kept)
        for place in range(n_found[row] - 1, at, -1):
            gains[row, place], columns[row, place] = gains[row, place - 1], columns[row, place - 1]
            kept[row, place] = kept[row, place - 1]
        gains[row, at], columns[row, at], kept[row, at] = gain, offer, score
