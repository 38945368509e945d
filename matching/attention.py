"""Attention: whoever claims everything has less to give to each of the things that are claimed.

An offer that names a few areas, modes or languages is about each of them in full. Beyond a limit they share what the
limit gives: to claim more is then never worth more in all, and a claim of everything is worth less than silence.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.arrays import Floats, Integers

FULL_AREAS: Final = 5
FULL_MODES: Final = 4
FULL_LANGUAGES: Final = 6  # the United Nations work in six


def attention(n_claimed: Floats | Integers, *, n_full: int) -> Floats:
    """Return how much each claim counts where several share the attention of an offer.

    Parameters
    ----------
    n_claimed : any shape
        How many claims an offer makes, or how much they weigh together; at least 0.
    n_full
        How many count in full.

    Returns
    -------
    the shape of ``n_claimed``
        In (0, 1]; 1 up to ``n_full``, then ``n_full / n_claimed``.

    Examples
    --------
    >>> attention(np.array([1, 4, 8]), n_full=4).tolist()
    [1.0, 1.0, 0.5]
    """
    share: Floats = n_full / np.maximum(np.asarray(n_claimed, dtype=np.float64), n_full)
    return share
