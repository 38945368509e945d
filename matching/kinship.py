"""Kinship of stems: those that share most of their runs of letters are akin, across languages and spellings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import scipy.sparse as sp

from matching.arrays import Bools, Floats, Matrix, Rows, normalized_rows

LEAST_KINSHIP: Final = 0.5
"""Share of the runs of letters from which two stems are akin; below, the likeness of words is chance."""

_FRAGMENT_LENGTHS: Final = (3, 4, 5)
_STEMS_AT_ONCE: Final = 1024
_FEWEST_COMPILED: Final = 8192  # stems from which on machine code pays, which takes a second to load
_REACHED: Final = LEAST_KINSHIP - 1e-9  # on every machine the same for a share that is just reached


def fragments(token: str) -> list[str]:
    """Return the overlapping runs of 3 to 5 letters of a token, its edges marked.

    Examples
    --------
    >>> fragments("cert")
    [' ce', 'cer', 'ert', 'rt ', ' cer', 'cert', 'ert ', ' cert', 'cert ']
    """
    framed = f" {token} "
    return [framed[at : at + n] for n in _FRAGMENT_LENGTHS for at in range(len(framed) - n + 1)]


def kinship(stems: Sequence[str]) -> Matrix:
    """Return how akin any two stems are by the runs of letters that they share.

    Parameters
    ----------
    stems : shape (n,)
        Each once.

    Returns
    -------
    shape (n, n)
        Symmetric, 1 on the diagonal: the square of the cosine of their runs of letters, 0 where the cosine is below
        ``LEAST_KINSHIP``.

    Examples
    --------
    >>> kinship(["organ", "organiz", "train"]).toarray().round(2).tolist()
    [[1.0, 0.38, 0.0], [0.38, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    broken = _fragment_matrix(stems)
    if len(stems) >= _FEWEST_COMPILED:
        from matching.akin_pairs import akin_pairs  # noqa: PLC0415 – takes a second to load

        akin = akin_pairs(broken, _REACHED)
        akin.data *= akin.data
        return akin
    others = sp.csr_matrix(broken.T)
    blocks = [akin_to(broken[at : at + _STEMS_AT_ONCE], others) for at in range(0, len(stems), _STEMS_AT_ONCE)]
    return sp.csr_matrix(sp.vstack(blocks)) if blocks else sp.csr_matrix((0, 0))


def akin_to(some: Matrix, others: Matrix) -> Matrix:
    """Return how akin some stems are to others, broken into fragments; shape (n_some, n_fragments) x (n_fragments, n)."""
    near = sp.csr_matrix(some @ others)
    near.data[near.data <= _REACHED] = 0.0
    near.eliminate_zeros()
    near.sort_indices()
    near.data *= near.data
    return near


class Kinships:
    """How akin stems are, as far as it has been worked out; what is missing is added.

    ``stems`` has shape (n,), each once, and ``akin`` is their kinship, of shape (n, n).
    """

    def __init__(self, stems: Sequence[str] = (), akin: Matrix | None = None) -> None:
        self.stems = tuple(stems)
        self.akin = sp.csr_matrix((0, 0)) if akin is None else akin

    def of(self, stems: Sequence[str]) -> Matrix:
        """Return the kinship of some stems, to the bit as ``kinship`` has it, and hold it instead of what was known."""
        known = {stem: at for at, stem in enumerate(self.stems)}
        place = np.array([known.get(stem, -1) for stem in stems], dtype=np.int64)
        is_known = place >= 0
        if not is_known.any():
            self.akin = kinship(stems)
        else:
            self.akin = _extended(self.akin[place[is_known]][:, place[is_known]], stems, is_known)
        self.stems = tuple(stems)
        return self.akin


def _extended(akin: Matrix, stems: Sequence[str], is_known: Bools) -> Matrix:
    """Return the kinship of stems of which that of some is known."""
    known, new = np.flatnonzero(is_known), np.flatnonzero(~is_known)
    old = sp.coo_matrix(akin)
    parts: list[tuple[Rows, Rows, Floats]] = [(known[old.row], known[old.col], old.data)]
    if len(new):
        broken = _fragment_matrix(stems)
        others = sp.csr_matrix(broken.T)
        for start in range(0, len(new), _STEMS_AT_ONCE):
            rows = new[start : start + _STEMS_AT_ONCE]
            found = sp.coo_matrix(akin_to(broken[rows], others))
            row, column = rows[found.row], found.col.astype(np.int64)
            mirrored = is_known[column]
            parts += [(row, column, found.data), (column[mirrored], row[mirrored], found.data[mirrored])]
    rows, columns, data = (np.concatenate(part) for part in zip(*parts, strict=True))
    extended = sp.csr_matrix(sp.coo_matrix((data, (rows, columns)), shape=(len(stems), len(stems))))
    extended.sort_indices()
    return extended


def _fragment_matrix(vocabulary: Sequence[str]) -> Matrix:
    """Return which fragments each token breaks into, rows of unit length; the token's weight comes with the text."""
    broken = [sorted(set(fragments(token))) for token in vocabulary]
    names = sorted({fragment for row in broken for fragment in row})
    column = {name: at for at, name in enumerate(names)}
    indices = np.array([column[name] for row in broken for name in row], dtype=np.int32)
    starts = np.concatenate(([0], np.cumsum([len(row) for row in broken]))) if broken else np.zeros(1)
    matrix = sp.csr_matrix((np.ones(len(indices)), indices, starts.astype(np.int32)), (len(vocabulary), len(names)))
    return normalized_rows(matrix)
