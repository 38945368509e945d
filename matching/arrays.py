"""The array types of the engine, and the few operations on them that several modules share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]
Matrix = sp.csr_matrix
Rows = npt.NDArray[np.int64]
"""Positions of needs in their id order."""

DECIMALS: Final = 6
"""Scores and components carry six decimals in memory as in the files, so that what is ranked is what is read."""

NO_END: Final = date.max.toordinal()
NO_START: Final = date.min.toordinal()


def rounded(values: Floats) -> Floats:
    """Return the values with six decimals."""
    return np.round(values, DECIMALS)


def in_millionths(values: Floats) -> Integers:
    """Return values of six decimals as whole numbers, -1 for silence."""
    whole: Integers = np.rint(np.where(np.isnan(values), -1e-6, values) * 10**DECIMALS).astype(np.int64)
    return whole


def ordinals(days: Iterable[date | None], *, absent: int) -> Integers:
    """Return days as day numbers, with a stand-in for the absent ones."""
    return np.array([absent if day is None else day.toordinal() for day in days], dtype=np.int64)


def listed(lists: Sequence[Sequence[int]], *, n_columns: int) -> Matrix:
    """Return lists of columns as the rows of a sparse matrix of ones, each in its own order."""
    starts = np.concatenate(([0], np.cumsum([len(row) for row in lists], dtype=np.int64)))
    flat = np.array([at for row in lists for at in row], dtype=np.int64)
    return sp.csr_matrix((np.ones(len(flat)), flat, starts), shape=(len(lists), n_columns))


def counted(lengths: Integers) -> tuple[Integers, Integers]:
    """Return for groups of some lengths, laid one behind the other, the group and the place within it of each member.

    Examples
    --------
    >>> group, place = counted(np.array([2, 0, 3]))
    >>> group.tolist(), place.tolist()
    ([0, 0, 2, 2, 2], [0, 1, 0, 1, 2])
    """
    group = np.repeat(np.arange(len(lengths)), lengths)
    starts = np.cumsum(lengths) - lengths
    return group, np.arange(len(group)) - starts[group]


def indicator(lists: Sequence[Iterable[str]], columns: Sequence[str]) -> Floats:
    """Return which of the columns each list names.

    Returns
    -------
    shape (len(lists), len(columns))
        1.0 where the list names the column, else 0.0.
    """
    position = {name: at for at, name in enumerate(columns)}
    matrix: npt.NDArray[Any] = np.zeros((len(lists), len(columns)))
    for row, names in enumerate(lists):
        for name in names:
            if name in position:
                matrix[row, position[name]] = 1.0
    return matrix


def part_of(table: Floats, rows: Rows | npt.NDArray[np.int32], columns: Rows | None) -> Floats:
    """Return a copy of some rows, and of some columns where these are given."""
    part: Floats = table[rows] if columns is None else table[rows[:, None], columns]
    return part


def shares_of_rows(weights: Matrix) -> Matrix:
    """Return how much of each row lies in each of its columns, the columns of a row in their order.

    Sparse, because a dense product adds in an order that depends on the shape of the block and on the machine: the last
    bit of a pair would depend on the other pairs.

    Parameters
    ----------
    weights : shape (n_rows, n_columns)
        Above 0.
    """
    row = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
    totals = np.bincount(row, weights=weights.data, minlength=weights.shape[0])
    shares = weights.copy()
    shares.data = weights.data / totals[row]
    shares.sort_indices()
    return shares


def inverse(lengths: Floats) -> Floats:
    """Return one divided by each length, 0 where a length is 0."""
    return np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)


def divided_rows(matrix: Matrix, lengths: Floats) -> Matrix:
    """Return the matrix with every row divided by its length; a row of length 0 is one of zeros."""
    data = np.repeat(inverse(lengths), np.diff(matrix.indptr))
    data *= matrix.data
    result = sp.csr_matrix((data, matrix.indices, matrix.indptr), shape=matrix.shape)
    result.sort_indices()
    return result


def normalized_rows(matrix: Matrix) -> Matrix:
    """Return the matrix with every row scaled to unit length; rows of zeros stay as they are."""
    return divided_rows(matrix, np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()))
