"""Area: how near the offer's areas of capacity-building are to those of the need."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import cached_property
from typing import ClassVar, Final, Self

import numpy as np

from matching.arrays import Bools, Floats, Integers, Matrix, Rows, counted, listed, shares_of_rows
from matching.attention import FULL_AREAS, attention
from matching.comparisons.base import Comparison, paired, said
from matching.comparisons.basis import Wordings
from matching.comparisons.nearness import SAME, SIBLINGS, nearness_with_outside
from matching.packed import Codes, contiguous
from matching.reference import Taxonomy
from matching.results import Reading
from matching.sentences import N_, Sentence
from matching.suggestion import OUTSIDE, WeightedAreas
from matching.vocabulary import Basis, Component

_BOTH: Final = Wordings(
    stated=N_("Both are about %(asked)s."),
    need_inferred=N_("Both are about %(asked)s, the need as read from its text."),
    offer_inferred=N_("Both are about %(asked)s, the offer as read from its text."),
    both_inferred=N_("Both are about %(asked)s, as read from the texts."),
)
_NEARBY: Final = Wordings(
    stated=N_("The need is about %(asked)s, the offer about %(offered)s nearby."),
    need_inferred=N_("As read from its text, the need is about %(asked)s; the offer is about %(offered)s nearby."),
    offer_inferred=N_("The need is about %(asked)s; as read from its text, the offer is about %(offered)s nearby."),
    both_inferred=N_("As read from the texts, the need is about %(asked)s, the offer about %(offered)s nearby."),
)
_TOUCHING: Final = Wordings(
    stated=N_("%(asked)s and %(offered)s touch each other only in part."),
    need_inferred=N_("%(asked)s, as read from the need's text, and %(offered)s touch each other only in part."),
    offer_inferred=N_("%(asked)s and %(offered)s, as read from the offer's text, touch each other only in part."),
    both_inferred=N_("As read from the texts, %(asked)s and %(offered)s touch each other only in part."),
)
_APART: Final = Wordings(
    stated=N_("The need is about %(asked)s, the offer about %(offered)s."),
    need_inferred=N_("As read from its text, the need is about %(asked)s; the offer is about %(offered)s."),
    offer_inferred=N_("The need is about %(asked)s; as read from its text, the offer is about %(offered)s."),
    both_inferred=N_("As read from the texts, the need is about %(asked)s, the offer about %(offered)s."),
)
_SILENCE: Final = Sentence(message=N_("Need or offer names no area."))
_NEED_OUTSIDE: Final = Wordings(
    stated=N_("The need lies outside the areas, the offer inside."),
    need_inferred=N_("As read from its text, the need lies outside the areas, the offer inside."),
    offer_inferred=N_("The need lies outside the areas; as read from its text, the offer lies inside."),
    both_inferred=N_("As read from the texts, the need lies outside the areas, the offer inside."),
)
_OFFER_OUTSIDE: Final = Wordings(
    stated=N_("The offer lies outside the areas, the need inside."),
    need_inferred=N_("The offer lies outside the areas; as read from its text, the need lies inside."),
    offer_inferred=N_("As read from its text, the offer lies outside the areas, the need inside."),
    both_inferred=N_("As read from the texts, the offer lies outside the areas, the need inside."),
)
_BOTH_OUTSIDE: Final = Wordings(
    stated=N_("Both lie outside the areas."),
    need_inferred=N_("Both lie outside the areas, the need as read from its text."),
    offer_inferred=N_("Both lie outside the areas, the offer as read from its text."),
    both_inferred=N_("Both lie outside the areas, as read from the texts."),
)


class AreaComparison(Comparison):
    """Each area of the need counts by the nearest area of the offer.

    The mean over the need's areas is quadratic: one area that is met counts more than two that are met by half. Up to
    ``FULL_AREAS`` more areas on the offer's side never count less; beyond, they share its attention. An area read out of
    a text counts by how sure the reading is. What lies outside all areas is far from every area, and near to what lies
    outside as well. ``readings`` tell how the needs, and how the offers, came by their areas; without them all are
    stated. ``like`` is a comparison in the same taxonomy, which knows already how near its areas are.
    """

    component: ClassVar[Component] = Component.AREA

    def __init__(
        self,
        needs: Sequence[WeightedAreas],
        offers: Sequence[WeightedAreas],
        taxonomy: Taxonomy,
        *,
        readings: tuple[Sequence[Reading], Sequence[Reading]] = ((), ()),
        like: AreaComparison | None = None,
    ) -> None:
        self._offer_readings = readings[1]
        self._taxonomy = taxonomy
        codes = (*taxonomy.current_codes, OUTSIDE)
        self._position = {code: at for at, code in enumerate(codes)}
        self.nearness: Floats = nearness_with_outside(taxonomy) if like is None else like.nearness
        nearest = np.zeros((len(codes), len(offers)))
        shares = attention(np.array([sum(areas.values()) for areas in offers]), n_full=FULL_AREAS)
        for column, areas in enumerate(offers):
            for code, sureness in areas.items():
                reached = self.nearness[:, self._position[code]] * sureness * shares[column]
                nearest[:, column] = np.maximum(nearest[:, column], reached)
        self._nearest_squared = nearest * nearest
        self._is_known = np.zeros((len(codes), len(offers)), dtype=np.bool_)
        self._nearest_if_stated = np.zeros((len(codes), len(offers)))
        for column, areas in enumerate(offers):
            positions = [self._position[code] for code in areas if code != OUTSIDE]
            if positions:
                self._is_known[positions, column] = True
                self._nearest_if_stated[:, column] = self.nearness[:, positions].max(axis=1)
        self._is_offer_silent = np.array([not areas for areas in offers], dtype=np.bool_)
        self._offered = self._weights(offers)
        self._take_needs(needs, readings[0])

    def _take_needs(self, needs: Sequence[WeightedAreas], readings: Sequence[Reading]) -> None:
        self._need_readings, self._asked = readings, self._weights(needs)
        self._is_need_inferred = _are_inferred(readings, len(needs))
        self._shares = shares_of_rows(self._asked)

    def with_needs(self, needs: Sequence[WeightedAreas], readings: Sequence[Reading]) -> Self:
        """Return the comparison of other needs with the same offers."""
        other = copy(self)
        other._take_needs(needs, readings)  # noqa: SLF001 – a copy of itself
        return other

    def values(self, rows: Rows) -> Floats:
        """Return the need's areas, each by its nearest area of the offer, as a weighted quadratic mean."""
        shares = self._shares[rows]
        block: Floats = np.sqrt(np.asarray(shares @ self._nearest_squared))
        block[:, self._is_offer_silent] = np.nan
        block[np.diff(shares.indptr) == 0] = np.nan
        return np.minimum(block, 1.0)

    def values_at(self, rows: Rows, columns: Rows) -> Floats:
        """Return the same for some pairs."""
        shares = self._shares[rows]
        n_areas = np.diff(shares.indptr)
        pair = np.repeat(np.arange(len(rows)), n_areas)
        parts = shares.data * self._nearest_squared[shares.indices, columns[pair]]
        # Added one after the other, as the product of the matrices adds them.
        values = np.minimum(np.sqrt(np.bincount(pair, weights=parts, minlength=len(rows))), 1.0)
        values[self._is_offer_silent[columns] | (n_areas == 0)] = np.nan
        return values

    def as_codes(self) -> Codes:
        """Return the comparison as arrays."""
        return Codes(
            starts=contiguous(self._shares.indptr, np.int32),
            codes=contiguous(self._shares.indices, np.int32),
            shares=contiguous(self._shares.data, np.float64),
            values=contiguous(self._nearest_squared, np.float64),
            is_need_silent=np.diff(self._shares.indptr) == 0,
            is_offer_silent=self._is_offer_silent,
        )

    def values_if_stated(self, row: int, codes: Sequence[str]) -> Floats:
        """Return the values of one need if every offer stated some areas beside those it is known for.

        What an offer states counts in full, so its inferred areas would count in full as well.

        Returns
        -------
        shape (n_offers,)
        """
        positions = sorted({self._position[code] for code in codes})
        stated = self.nearness[:, positions].max(axis=1)
        n_stated = self._is_known.sum(axis=0) + (~self._is_known[positions]).sum(axis=0)
        share = self._shares[[row]]
        nearest = np.maximum(self._nearest_if_stated, stated[:, None]) * attention(n_stated, n_full=FULL_AREAS)
        reached: Floats = np.sqrt(np.asarray(share @ (nearest * nearest)).ravel())
        return np.minimum(reached, 1.0)

    def values_by_area(self, row: int) -> tuple[tuple[str, ...], Floats, Floats]:
        """Return the areas of a need, how much of it lies in each, and how near every offer is to each.

        Returns
        -------
        codes : n_areas of them, none where the need names no area or lies outside all
        shares : shape (n_areas,), adding up to 1
        nearness : shape (n_areas, n_offers), in [0, 1], NaN where the offer names no area
        """
        asked = self._asked[[row]]
        is_inside = asked.indices != self._position[OUTSIDE]
        positions, weights = asked.indices[is_inside], asked.data[is_inside]
        codes = tuple(self._taxonomy.current_codes[at] for at in positions)
        shares: Floats = weights / max(float(asked.data.sum()), 1e-9)
        nearness = np.minimum(np.sqrt(self._nearest_squared[positions]), 1.0)
        nearness[:, self._is_offer_silent] = np.nan
        return codes, shares, nearness

    def sentence(self, row: int, column: int, value: float | None) -> Sentence:
        """Return which areas meet, and how closely."""
        value = np.nan if value is None else value
        return self.sentences_of(np.array([row]), np.array([column]), np.array([value]))[0]

    def sentence_keys(self, rows: Rows, columns: Rows, values: Floats) -> Integers:
        """Return the two areas that count most, and how they were found out; one for all where a side says nothing."""
        asked, offered = self._closest_at(rows, columns)
        bases = 2 * self._is_need_inferred[rows].astype(np.int64) + self._is_offer_inferred[columns]
        return np.where(np.isnan(values), -1, paired(paired(asked, offered), bases))

    @cached_property
    def _is_offer_inferred(self) -> Bools:
        """Whether the areas of every offer were read out of its text by the engine."""
        return _are_inferred(self._offer_readings, self._offered.shape[0])

    def sentences_of(self, rows: Rows, columns: Rows, values: Floats) -> list[Sentence]:
        """Return the sentence of each of some pairs: that of the two areas that count most."""
        asked, offered = self._closest_at(rows, columns)
        pairs = zip(rows.tolist(), columns.tolist(), asked.tolist(), offered.tolist(), said(values), strict=True)
        return [
            _SILENCE if value is None else self._told(one, other, self._bases(row, column))
            for row, column, one, other, value in pairs
        ]

    def _bases(self, row: int, column: int) -> tuple[Basis, Basis]:
        return _basis(self._need_readings, row), _basis(self._offer_readings, column)

    def _told(self, asked: int, offered: int, bases: tuple[Basis, Basis]) -> Sentence:
        outside = self._position[OUTSIDE]
        if outside in (asked, offered):
            one_side = _NEED_OUTSIDE if asked == outside else _OFFER_OUTSIDE
            wordings = _BOTH_OUTSIDE if asked == offered else one_side
            return Sentence(message=wordings.of(*bases))
        nearness = self.nearness[asked, offered]
        values = {"asked": self._titled(asked), "offered": self._titled(offered)}
        if nearness >= SAME:
            return Sentence(message=_BOTH.of(*bases), values={"asked": values["asked"]})
        wordings = _NEARBY if nearness >= SIBLINGS else _TOUCHING if nearness > 0 else _APART
        return Sentence(message=wordings.of(*bases), values=values)

    def _weights(self, records: Sequence[WeightedAreas]) -> Matrix:
        """Return how much each area of each record counts, in the record's own order; shape (n_records, n_areas)."""
        positions = [[self._position[code] for code in areas] for areas in records]
        weights = listed(positions, n_columns=len(self._position))
        weights.data = np.array([weight for areas in records for weight in areas.values()], dtype=np.float64)
        return weights

    def _closest_at(self, rows: Rows, columns: Rows) -> tuple[Integers, Integers]:
        """Return for each of some pairs the two areas that count most, by position; -1 where a side has none."""
        asked, offered = self._asked[rows], self._offered[columns]
        n_asked, n_offered = np.diff(asked.indptr), np.diff(offered.indptr)
        pair, within = counted(n_asked * n_offered)
        at_asked = asked.indptr[pair] + within // n_offered[pair]
        at_offered = offered.indptr[pair] + within % n_offered[pair]
        weight = asked.data[at_asked] * offered.data[at_offered]
        reached = self.nearness[asked.indices[at_asked], offered.indices[at_offered]] * weight
        # The first of those that reach most, and of these of those that weigh most.
        most = _is_most(reached, pair)
        most[most] = _is_most(weight[most], pair[most])
        found, first = np.unique(pair[most], return_index=True)
        closest = np.full((2, len(rows)), -1, dtype=np.int64)
        closest[0, found] = asked.indices[at_asked[most][first]]
        closest[1, found] = offered.indices[at_offered[most][first]]
        return closest[0], closest[1]

    def _titled(self, position: int) -> str:
        code = self._taxonomy.current_codes[position]
        return f"{self._taxonomy.area_by_code[code].title()} ({code})"


def _is_most(values: Floats, group: Integers) -> Bools:
    """Return which values are the highest of their group; those of a group stand together."""
    _, starts, place = np.unique(group, return_index=True, return_inverse=True)
    highest = np.maximum.reduceat(values, starts) if len(starts) else values
    is_most: Bools = values == highest[place]
    return is_most


def _are_inferred(readings: Sequence[Reading], n_records: int) -> Bools:
    return np.array([_basis(readings, at) is Basis.INFERRED for at in range(n_records)], dtype=np.bool_)


def _basis(readings: Sequence[Reading], position: int) -> Basis:
    return readings[position].areas_basis if readings else Basis.STATED
