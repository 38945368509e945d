"""The pairs of many stems that are akin, as machine code; to the bit as ``matching.kinship`` says.

Prefix filtering: two stems are akin where they share more than a share of their fragments, so that they meet among the
rarest of these, which are in few stems.

References
----------
Bayardo, Ma & Srikant (2007), Scaling up all pairs similarity search, WWW.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp

from matching.arrays import Floats, Integers, Matrix, counted
from matching.compiling import compiled
from matching.packed import Places, contiguous


class _Broken(NamedTuple):
    """Stems as their fragments, the rarest first; stems with few fragments stand before those with many.

    ``n_own`` is how many of its fragments a stem keeps to be found by, ``n_tried`` how many it looks for others with.
    ``weights`` has shape (n_stems,).
    """

    starts: Places
    fragments: Places
    n_own: Places
    n_tried: Places
    weights: Floats


def akin_pairs(broken: Matrix, least: float) -> Matrix:
    """Return the cosines of the rows of a matrix with each other, those of ``least`` and less left out.

    Parameters
    ----------
    broken : shape (n, n_fragments)
        Stems as their fragments: all entries of a row are equal, and its length is 1.
    least
        Above 0, below 1.

    Returns
    -------
    shape (n, n)
        Symmetric, the columns of each row in order.
    """
    n_fragments = np.diff(broken.indptr)
    order = np.argsort(n_fragments, kind="stable")
    one, other, cosines = _pairs(_by_rarity(broken[order], least), broken.shape[1], least)
    one, other, is_apart = order[one], order[other], one != other
    rows = np.concatenate((one, other[is_apart]))
    columns = np.concatenate((other, one[is_apart]))
    found = sp.csr_matrix((np.concatenate((cosines, cosines[is_apart])), (rows, columns)), shape=(len(order),) * 2)
    found.sort_indices()
    return found


def _by_rarity(broken: Matrix, least: float) -> _Broken:
    n_fragments, frequency = np.diff(broken.indptr), np.bincount(broken.indices, minlength=broken.shape[1])
    place = np.empty_like(frequency)
    place[np.argsort(frequency, kind="stable")] = np.arange(len(frequency))
    ordered = np.lexsort((place[broken.indices], counted(n_fragments)[0]))
    weights = np.zeros(broken.shape[0])
    weights[n_fragments > 0] = broken.data[broken.indptr[:-1][n_fragments > 0]]
    # A stem shares at least this part of its fragments with one that has as many or more, and with any.
    n_tried, n_own = (n_fragments - np.ceil(n_fragments * part - 1e-9) + 1 for part in (least**2, least))
    return _Broken(
        starts=contiguous(broken.indptr, np.int32),
        fragments=contiguous(place[broken.indices[ordered]], np.int32),
        n_own=contiguous(np.minimum(n_own, n_fragments), np.int32),
        n_tried=contiguous(np.minimum(n_tried, n_fragments), np.int32),
        weights=weights,
    )


@compiled
def _pairs(broken: _Broken, n_fragments: int, least: float) -> tuple[Integers, Integers, Floats]:
    """Return the akin pairs and their cosines: each stem meets itself and those before it."""
    starts, fragments, weights = broken.starts, broken.fragments, broken.weights
    posting_starts, postings = _postings(broken, n_fragments)
    ends, is_own = posting_starts[:-1].copy(), np.zeros(n_fragments, dtype=np.bool_)
    last_met, met = np.full(len(weights), -1, dtype=np.int32), np.empty(len(weights), dtype=np.int32)
    found, cosines, n_found = np.empty((1024, 2), dtype=np.int64), np.empty(1024), 0
    for stem in range(len(weights)):
        own = fragments[starts[stem] : starts[stem + 1]]
        for fragment in own[: broken.n_own[stem]]:
            postings[ends[fragment]] = stem
            ends[fragment] += 1
        is_own[own] = True
        for other in met[: _meet(stem, own[: broken.n_tried[stem]], (posting_starts, ends, postings), last_met, met)]:
            n_shared = 0
            for place in range(starts[other], starts[other + 1]):
                n_shared += is_own[fragments[place]]
            cosine = _added(n_shared, weights[stem] * weights[other])
            if cosine > least:
                if n_found == len(cosines):
                    found, cosines = np.concatenate((found, found)), np.concatenate((cosines, cosines))
                found[n_found, 0], found[n_found, 1], cosines[n_found] = stem, other, cosine
                n_found += 1
        is_own[own] = False
    return found[:n_found, 0], found[:n_found, 1], cosines[:n_found]


@compiled
def _meet(stem: int, tried: Places, lists: tuple[Integers, Integers, Places], last_met: Places, met: Places) -> int:
    """Write whom a stem meets by some fragments into ``met``, each once, and return how many."""
    posting_starts, ends, postings = lists
    n_met = 0
    for fragment in tried:
        for at in range(posting_starts[fragment], ends[fragment]):
            other = postings[at]
            if last_met[other] != stem:
                last_met[other], met[n_met] = stem, other
                n_met += 1
    return n_met


@compiled
def _added(times: int, part: float) -> float:
    """Return a part added up so many times, as the product of two matrices adds it."""
    total = 0.0
    for _ in range(times):
        total += part
    return total


@compiled
def _postings(broken: _Broken, n_fragments: int) -> tuple[Integers, Places]:
    """Return where the stems that are found by each fragment begin, and room for them."""
    posting_starts = np.zeros(n_fragments + 1, dtype=np.int64)
    for stem in range(len(broken.weights)):
        for place in range(broken.starts[stem], broken.starts[stem] + broken.n_own[stem]):
            posting_starts[broken.fragments[place] + 1] += 1
    for fragment in range(n_fragments):
        posting_starts[fragment + 1] += posting_starts[fragment]
    return posting_starts, np.empty(posting_starts[n_fragments], dtype=np.int32)
