"""Candidates: the best eligible offers of every need, found exactly, block by block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from matching.arrays import Bools, Floats, Integers, Rows
from matching.eligibility import EligibilityCheck
from matching.scoring import Scorer

BLOCK_CELLS: Final = 1_000_000  # pairs held at once: some 100 MB over all components
NOT_ELIGIBLE: Final = -1.0


@dataclass(frozen=True, slots=True)
class Candidates:
    """The best eligible offers of some needs.

    ``columns`` and ``scores`` have shape (n_needs, n_kept), best first, ties by offer id; ``columns`` is -1 behind the
    last eligible offer. ``n_eligible`` has shape (n_needs,): how many there are in all.
    """

    columns: Integers
    scores: Floats
    n_eligible: Integers

    @property
    def is_cut(self) -> Bools:
        """Whether a need has more eligible offers than are kept; shape (n_needs,)."""
        is_cut: Bools = self.n_eligible > self.columns.shape[1]
        return is_cut

    def first(self, n_kept: int) -> Candidates:
        """Return the same with shorter lists."""
        return Candidates(columns=self.columns[:, :n_kept], scores=self.scores[:, :n_kept], n_eligible=self.n_eligible)


def split_into_blocks(rows: Rows, *, n_offers: int) -> list[Rows]:
    """Return the rows in blocks small enough to hold all their pairs at once; one empty block where there is none."""
    size = max(1, BLOCK_CELLS // max(1, n_offers))
    return [rows[start : start + size] for start in range(0, len(rows), size)] or [rows]


class CandidateFinder(Protocol):
    """Finds the best eligible offers of needs, exactly."""

    def blocks(self) -> list[Rows]:
        """Return all needs in blocks that are best searched together."""
        ...

    def candidates(self, rows: Rows, *, n_kept: int) -> Candidates:
        """Return the ``n_kept`` best eligible offers of each of some needs."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainFinder:
    """Scores every pair of a block: the definition, and the quickest way in small pools."""

    scorer: Scorer
    eligibility: EligibilityCheck
    n_needs: int
    n_offers: int

    def blocks(self) -> list[Rows]:
        """Return all needs in blocks whose pairs can be held at once."""
        return split_into_blocks(np.arange(self.n_needs, dtype=np.int64), n_offers=self.n_offers)

    def candidates(self, rows: Rows, *, n_kept: int) -> Candidates:
        """Return the ``n_kept`` best eligible offers of each of some needs."""
        return find_candidates(self.scorer, self.eligibility, rows, n_offers=self.n_offers, n_kept=n_kept)


def search_block(asked: tuple[CandidateFinder, int], rows: Rows) -> Candidates:
    """Return so many candidates of each need of one block."""
    finder, n_kept = asked
    return finder.candidates(rows, n_kept=n_kept)


def find_candidates(
    scorer: Scorer, eligibility: EligibilityCheck, rows: Rows, *, n_offers: int, n_kept: int
) -> Candidates:
    """Return the ``n_kept`` best eligible offers of each need of one block, exactly.

    Parameters
    ----------
    rows : shape (n_rows,)
        Positions of the needs.
    n_kept
        How many to keep, at least 1.
    """
    n_kept = min(n_kept, n_offers)
    if not n_kept or not len(rows):
        empty = np.zeros((len(rows), n_kept))
        return Candidates(columns=empty.astype(np.int64), scores=empty, n_eligible=np.zeros(len(rows), dtype=np.int64))
    masked = np.where(eligibility.is_eligible(rows), scorer.scores(rows), NOT_ELIGIBLE)
    columns, scores = _best(masked, n_kept)
    n_eligible: Integers = (masked > NOT_ELIGIBLE).sum(axis=1)
    return Candidates(columns=columns, scores=scores, n_eligible=n_eligible)


def join_candidates(found: Sequence[Candidates], blocks: Sequence[Rows]) -> Candidates:
    """Return the candidates of several blocks as one, in the order of the needs.

    Parameters
    ----------
    found
        At least one, all with lists of one length.
    blocks
        The needs of each; together every need once.
    """
    order = np.argsort(np.concatenate(blocks), kind="stable")
    return Candidates(
        columns=np.concatenate([block.columns for block in found])[order],
        scores=np.concatenate([block.scores for block in found])[order],
        n_eligible=np.concatenate([block.n_eligible for block in found])[order],
    )


def best_above_zero(gain: Integers, n_kept: int) -> tuple[Integers, Integers]:
    """Return where the highest gains above 0 of each row stand: positions of rows, and of columns beside them.

    Parameters
    ----------
    gain : shape (n_rows, n_columns)
    n_kept
        How many to return for a row at most, at least 1.
    """
    if gain.shape[1] > n_kept:
        least = np.partition(gain, gain.shape[1] - n_kept, axis=1)[:, gain.shape[1] - n_kept]
        gain = np.where(gain >= np.maximum(least, 1)[:, None], gain, 0)
    rows, columns = np.nonzero(gain > 0)
    return rows, columns


def _best(masked: Floats, n_kept: int) -> tuple[Integers, Floats]:
    """Return the columns of the highest scores of each row, ties by column, and the scores.

    Scores are whole millionths, so score and column fit into one integer key that has no ties.
    """
    n_columns = masked.shape[1]
    keys = np.rint(masked * 1e6).astype(np.int64) * n_columns + np.arange(n_columns - 1, -1, -1)
    if n_kept < n_columns:
        keys = np.partition(keys, n_columns - n_kept, axis=1)[:, n_columns - n_kept :]
    keys = -np.sort(-keys, axis=1)
    columns = n_columns - 1 - keys % n_columns
    found = np.take_along_axis(masked, columns, axis=1)
    return np.where(found > NOT_ELIGIBLE, columns, -1), found
