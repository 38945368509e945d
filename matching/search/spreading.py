"""What the texts of a few needs amount to for all stems that are akin to theirs, to the bit as ``matching.vectors`` says."""

from __future__ import annotations

import numpy as np

from matching.arrays import Floats, Rows
from matching.compiling import compiled
from matching.search.packed import Spreads, Words


@compiled
def spread(words: Words, needs: Rows, dense: Floats) -> Spreads:
    """Return what the texts of some needs amount to, the stems of each in no order.

    Parameters
    ----------
    needs : shape (n_needs,)
    dense : shape (n_stems,)
        Room to work in, zeros before and after.
    """
    starts, own_stems, own_weights = words.starts, words.stems, words.weights
    akin_starts, akin_stems, akin_weights = words.akin_starts, words.akin_stems, words.akin_weights
    most = 0
    for need in needs:
        for own in range(starts[need], starts[need + 1]):
            most += akin_starts[own_stems[own] + 1] - akin_starts[own_stems[own]]
    ends, stems, weights = np.zeros(len(needs) + 1, dtype=np.int64), np.empty(most, dtype=np.int32), np.empty(most)
    n_stems = 0
    for at in range(len(needs)):
        need, first = needs[at], n_stems
        for own in range(starts[need], starts[need + 1]):
            own_stem, own_weight = own_stems[own], own_weights[own]
            for place in range(akin_starts[own_stem], akin_starts[own_stem + 1]):
                stem, part = akin_stems[place], own_weight * akin_weights[place]
                if dense[stem] == 0.0 and part != 0.0:
                    stems[n_stems] = stem
                    n_stems += 1
                dense[stem] += part
        scale = words.scale[need]
        for place in range(first, n_stems):
            weights[place] = scale * dense[stems[place]]
            dense[stems[place]] = 0.0
        ends[at + 1] = n_stems
    return Spreads(ends, stems[:n_stems], weights[:n_stems])
