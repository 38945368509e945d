"""The pairs of many stems that are akin, as machine code; to the bit as ``matching.kinship`` says."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from matching.arrays import Floats, Integers, Matrix
from matching.compiling import compiled
from matching.packed import Places, contiguous

_SLACK = 1e-6  # far more than the last bits of a sum


def akin_pairs(broken: Matrix, least: float) -> Matrix:
    """Return the cosines of the rows of a matrix with each other, those of ``least`` and less left out.

    Parameters
    ----------
    broken : shape (n, n_fragments)
        Stems as their fragments: all entries of a row are equal, and its length is 1.

    Returns
    -------
    shape (n, n)
        Symmetric, the columns of each row in order.
    """
    by_fragment = sp.csc_matrix(broken)
    weights = np.zeros(broken.shape[0])
    has_fragments = np.diff(broken.indptr) > 0
    weights[has_fragments] = broken.data[broken.indptr[:-1][has_fragments]]
    one, other, cosines = _pairs(
        (contiguous(broken.indptr, np.int32), contiguous(broken.indices, np.int32)),
        (contiguous(by_fragment.indptr, np.int32), contiguous(by_fragment.indices, np.int32)),
        weights,
        least,
    )
    is_apart = one != other
    rows = np.concatenate((one, other[is_apart]))
    columns = np.concatenate((other, one[is_apart]))
    found = sp.csr_matrix((np.concatenate((cosines, cosines[is_apart])), (rows, columns)), shape=(len(weights),) * 2)
    found.sort_indices()
    return found


@compiled
def _pairs(
    broken: tuple[Places, Places], postings: tuple[Places, Places], weights: Floats, least: float
) -> tuple[Integers, Integers, Floats]:
    """Return the akin pairs, the second not before the first, and their cosines: each stem meets itself and those behind it."""
    starts, fragments = broken
    posting_starts, stems = postings
    next_place = posting_starts[:-1].copy()
    n_shared, met = np.zeros(len(weights), dtype=np.int32), np.empty(len(weights), dtype=np.int32)
    found, cosines, n_found = np.empty((1024, 2), dtype=np.int64), np.empty(1024), 0
    for stem in range(len(weights)):
        n_met = 0
        for place in range(starts[stem], starts[stem + 1]):
            fragment = fragments[place]
            # The stems of a fragment stand in order, so that this one is the first that is left.
            for at in range(next_place[fragment], posting_starts[fragment + 1]):
                other = stems[at]
                if n_shared[other] == 0:
                    met[n_met] = other
                    n_met += 1
                n_shared[other] += 1
            next_place[fragment] += 1
        for other in met[:n_met]:
            cosine = _cosine(n_shared[other], weights[stem] * weights[other], least)
            n_shared[other] = 0
            if cosine > least:
                if n_found == len(cosines):
                    found, cosines = np.concatenate((found, found)), np.concatenate((cosines, cosines))
                found[n_found, 0], found[n_found, 1], cosines[n_found] = stem, other, cosine
                n_found += 1
    return found[:n_found, 0], found[:n_found, 1], cosines[:n_found]


@compiled
def _cosine(n_shared: int, part: float, least: float) -> float:
    """Return a part added up as often as it is shared, as the product of two matrices adds it; 0 far below ``least``."""
    cosine = 0.0
    if n_shared * part > least - _SLACK:
        for _ in range(n_shared):
            cosine += part
    return cosine
