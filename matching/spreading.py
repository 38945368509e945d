"""What texts amount to for all stems that are akin to theirs, as machine code; to the bit as ``matching.vectors`` says."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matching.arrays import Floats, Integers, Matrix, Rows
from matching.compiling import compiled
from matching.packed import Places, contiguous


class Words(NamedTuple):
    """Some texts' own stems, how akin stems are, and by what each text is multiplied to be of its length.

    What a text amounts to for all akin stems is worked out for a few at a time: it takes twenty times the room.
    """

    starts: Places
    stems: Places
    weights: Floats
    akin_starts: Places
    akin_stems: Places
    akin_weights: Floats
    scale: Floats


class Spreads(NamedTuple):
    """What a few texts amount to: where the stems of each begin, the stems, and their weights.

    ``starts`` has shape (n_texts + 1,).
    """

    starts: Integers
    stems: Places
    weights: Floats


class OwnStems(NamedTuple):
    """The own stems of some texts and their weights; ``starts`` has shape (n_texts + 1,)."""

    starts: Places
    stems: Places
    weights: Floats


def words_of(weights: Matrix, akin: Matrix, scale: Floats) -> Words:
    """Return what texts are made of as plain arrays, from the parts of a ``Spread``."""
    return Words(*own_stems_of(weights), *own_stems_of(akin), scale=scale)


def own_stems_of(weights: Matrix) -> OwnStems:
    """Return the rows of a matrix as plain arrays."""
    return OwnStems(
        starts=contiguous(weights.indptr, np.int32),
        stems=contiguous(weights.indices, np.int32),
        weights=contiguous(weights.data, np.float64),
    )


@compiled
def spread(words: Words, texts: Rows, dense: Floats) -> Spreads:
    """Return what some texts amount to, the stems of each in no order.

    Parameters
    ----------
    texts : shape (n_texts,)
    dense : shape (n_stems,)
        Room to work in, zeros before and after.
    """
    starts, own_stems, own_weights = words.starts, words.stems, words.weights
    akin_starts, akin_stems, akin_weights = words.akin_starts, words.akin_stems, words.akin_weights
    most = 0
    for text in texts:
        for own in range(starts[text], starts[text + 1]):
            most += akin_starts[own_stems[own] + 1] - akin_starts[own_stems[own]]
    ends, stems, weights = np.zeros(len(texts) + 1, dtype=np.int64), np.empty(most, dtype=np.int32), np.empty(most)
    n_stems = 0
    for at in range(len(texts)):
        text, first = texts[at], n_stems
        for own in range(starts[text], starts[text + 1]):
            own_stem, own_weight = own_stems[own], own_weights[own]
            for place in range(akin_starts[own_stem], akin_starts[own_stem + 1]):
                stem, part = akin_stems[place], own_weight * akin_weights[place]
                if dense[stem] == 0.0 and part != 0.0:
                    stems[n_stems] = stem
                    n_stems += 1
                dense[stem] += part
        scale = words.scale[text]
        for place in range(first, n_stems):
            weights[place] = scale * dense[stems[place]]
            dense[stems[place]] = 0.0
        ends[at + 1] = n_stems
    return Spreads(ends, stems[:n_stems], weights[:n_stems])


@compiled
def cosines_of_pairs(words: Words, others: OwnStems, pairs: tuple[Rows, Rows], dense: Floats, cosines: Floats) -> None:
    """Write the cosines of some pairs of texts.

    Parameters
    ----------
    words, others
        The texts on both sides.
    pairs : each of shape (n_pairs,)
        The positions of the two texts; those of one text of ``words`` stand together.
    dense : shape (n_stems,)
        Room to work in, zeros before and after.
    cosines : shape (n_pairs,)
        Filled.
    """
    rows, columns = pairs
    spreads, laid = spread(words, rows[:0], dense), -1
    for at in range(len(rows)):
        if at == 0 or rows[at] != rows[at - 1]:
            lay(spreads, laid, dense, 0.0)
            spreads, laid = spread(words, rows[at : at + 1], dense), 0
            lay(spreads, laid, dense, 1.0)
        cosines[at] = cosine_with_laid(others, columns[at], dense)
    lay(spreads, laid, dense, 0.0)


@compiled
def lay(spreads: Spreads, place: int, dense: Floats, factor: float) -> None:
    """Write the weights of a text into the places of its stems, or clear them with a factor of 0; -1 is no text."""
    stems, weights = spreads.stems, spreads.weights
    if place >= 0:
        for at in range(spreads.starts[place], spreads.starts[place + 1]):
            dense[stems[at]] = factor * weights[at]


@compiled
def cosine_with_laid(texts: OwnStems, text: int, dense: Floats) -> float:
    """Return the cosine of a text with the one that is laid, its products added one after the other."""
    starts, stems, weights = texts.starts, texts.stems, texts.weights
    cosine = 0.0
    for place in range(starts[text], starts[text + 1]):
        cosine += dense[stems[place]] * weights[place]
    return cosine
