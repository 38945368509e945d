"""Finds the best offers of needs by compiled code; the plain way to the same is ``matching.candidates``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from typing import Final, Self

import numpy as np

from matching.arrays import Bools, Floats, Integers, Rows
from matching.candidates import Candidates
from matching.comparisons.base import kinds
from matching.model import Model
from matching.profiles import ScoringProfile
from matching.search.bounds import Nearness
from matching.search.kernel import Found, Goal, reaching, search
from matching.search.narrowing import narrowed
from matching.search.packing import lay_out, lay_out_needs, pack

_BLOCK_NEEDS: Final = 500  # needs searched in one piece of work
_FEWEST_NEEDS: Final = 4  # of the same States, for which a narrowed model pays


class Finder:
    """Searches one model; made once, asked for any needs.

    Needs of the same States are searched together, among the offers that are open to these States.
    """

    def __init__(self, model: Model, profile: ScoringProfile, *, n_workers: int = 1) -> None:
        self._packed = pack(model.comparisons, profile)
        self._n_offers, self._n_stems = len(model.offers), model.need_vectors.words.shape[1]
        self._laid = lay_out(self._packed, model.eligibility, profile, n_stems=self._n_stems)
        self._profile, self._n_workers = profile, n_workers
        self._know(model)

    def with_needs(self, model: Model) -> Self:
        """Return the search of a model of other needs and the same offers; the offers are not packed again."""
        other = copy(self)
        other._take_needs(model)  # noqa: SLF001 – a copy of itself
        return other

    def _take_needs(self, model: Model) -> None:
        self._packed = pack(model.comparisons, self._profile)
        self._laid = lay_out_needs(self._laid, self._packed, model.eligibility, profile=self._profile)
        self._know(model)

    def _know(self, model: Model) -> None:
        self._eligibility, self._states = model.eligibility, [need.states for need in model.needs]

    def blocks(self) -> list[Rows]:
        """Return all needs in blocks in which those of the same States stand together."""
        blocks: list[Rows] = []
        group: list[Integers] = []
        for places in _by_states(self._states):
            group.append(places)
            if sum(map(len, group)) >= _BLOCK_NEEDS:
                blocks.append(np.concatenate(group))
                group = []
        return [*blocks, np.concatenate(group)] if group else blocks or [np.zeros(0, dtype=np.int64)]

    def candidates(self, rows: Rows, *, n_kept: int) -> Candidates:
        """Return the ``n_kept`` best eligible offers of each of some needs, exactly.

        Parameters
        ----------
        rows : shape (n_rows,)
        n_kept
            At least 1.
        """
        goal = Goal(
            factor=np.ones(len(self._states)),
            least=np.full(len(self._states), -1, dtype=np.int64),
            price=np.zeros(self._n_offers, dtype=np.int64),
            least_worth=0,
            minimum_score=0.0,
        )
        columns = np.full((len(rows), n_kept), -1, dtype=np.int64)
        scores = np.full((len(rows), n_kept), -1.0)
        n_eligible = np.zeros(len(rows), dtype=np.int64)
        for places in self._groups(rows):
            found = self._search(goal, rows[places], n_kept)
            columns[places], scores[places], n_eligible[places] = found.columns, found.scores, found.n_open
        n_listed = min(n_kept, self._n_offers)
        return Candidates(columns=columns[:, :n_listed], scores=scores[:, :n_listed], n_eligible=n_eligible)

    def gaining(
        self, rows: Rows, *, urgency: Floats, price: Integers, surplus: Integers, n_kept: int
    ) -> tuple[Rows, Integers, Floats]:
        """Return the pairs that gain most above a need's surplus, when every offer has its price.

        What a pair gains is ``worth_of`` less the price. Pairs below the profile's minimum are left out.

        Parameters
        ----------
        rows : shape (n_rows,)
        urgency, surplus : shape (n_rows,)
        price : shape (n_offers,)
        n_kept
            How many pairs of a need to return at most, at least 1.

        Returns
        -------
        tuple of arrays of shape (n_pairs,)
            Positions of needs and of offers, and scores; by need in the order of the rows, best first.
        """
        factor, least = np.ones(len(self._states)), np.zeros(len(self._states), dtype=np.int64)
        factor[rows], least[rows] = urgency, surplus
        goal = Goal(factor=factor, least=least, price=price, least_worth=1, minimum_score=self._profile.minimum_score)
        columns = np.full((len(rows), n_kept), -1, dtype=np.int64)
        scores = np.zeros((len(rows), n_kept))
        groups = self._groups(rows)
        with ThreadPoolExecutor(self._n_workers) as workers:
            for places, found in zip(
                groups, workers.map(lambda some: self._search(goal, rows[some], n_kept), groups), strict=True
            ):
                columns[places], scores[places] = found.columns, found.scores
        at, place = np.nonzero(columns >= 0)
        return rows[at], columns[at, place], scores[at, place]

    def qualifying(self, rows: Rows) -> Bools:
        """Return which offers are eligible for each of some needs and reach the profile's minimum score.

        Parameters
        ----------
        rows : shape (n_rows,)

        Returns
        -------
        shape (n_rows, n_offers)
        """
        found = np.zeros((len(rows), self._n_offers), dtype=np.bool_)
        for places in self._groups(rows):
            sizes = self._profile.minimum_score, self._n_stems
            near = self._near(rows[places])
            found[places] = reaching(self._packed, self._laid, near, rows[places], sizes)
        return found

    def _near(self, rows: Rows, offers: Rows | None = None) -> Nearness:
        """Return how closely offers, all or some, are meant for some needs of the same States; once for equal ones."""
        kind, first = kinds([self._eligibility.geography_key(row) for row in rows.tolist()])
        return Nearness(self._eligibility.closeness(rows[first], offers), kind)

    def _groups(self, rows: Rows) -> list[Integers]:
        """Return the places of the needs of the same States among some needs."""
        return list(_by_states([self._states[row] for row in rows.tolist()]))

    def _search(self, goal: Goal, rows: Rows, n_kept: int) -> Found:
        """Search for some needs of the same States, among the offers that are open to them."""
        sizes = n_kept, self._n_stems
        if len(rows) < _FEWEST_NEEDS:
            return search(self._packed, self._laid, goal, self._near(rows), rows, sizes)
        offers = np.flatnonzero(self._eligibility.open_to(int(rows[0])) & (self._laid.opening.is_said > 0))
        laid = narrowed(self._laid, self._packed.text, offers)
        return search(self._packed, laid, goal, self._near(rows, offers), rows, sizes)


def _by_states(states: Sequence[tuple[str, ...]]) -> Iterator[Integers]:
    """Return the places of the needs of the same States, for all in their order."""
    places: dict[tuple[str, ...], list[int]] = {}
    for place, key in enumerate(states):
        places.setdefault(key, []).append(place)
    for key in sorted(places):
        yield np.array(places[key], dtype=np.int64)
