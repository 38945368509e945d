"""Parts of a pool as plain arrays, which is what compiled code can read.

A comparison hands out what it is made of in one of these shapes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from matching.arrays import Bools, Floats, Integers

Singles = npt.NDArray[np.float32]
Places = npt.NDArray[np.int32]


class Codes(NamedTuple):
    """The comparison of areas: each need has some codes, each with a share, and each offer a value for every code.

    The value of a pair is the root of the sum of share x value, at most 1, and silent where a side is. The shares of a
    need add up to 1; ``values`` has shape (n_codes, n_offers).
    """

    starts: Places
    codes: Places
    shares: Floats
    values: Floats
    is_need_silent: Bools
    is_offer_silent: Bools


class Table(NamedTuple):
    """A comparison of few kinds, or a part of one: the kind of each need and of each offer, and the value of each two, NaN for silence.

    ``values`` has shape (n_need_kinds, n_offer_kinds).
    """

    need_kind: Places
    offer_kind: Places
    values: Floats


class Windows(NamedTuple):
    """Days, as numbers: the windows of needs and offers, and what is special about each side.

    ``is_need_special`` and ``is_offer_special`` mark those without a window where the windows are compared, and those
    that have closed where they are conditions.
    """

    need_from: Integers
    need_until: Integers
    is_need_special: Bools
    offer_from: Integers
    offer_until: Integers
    is_offer_special: Bools


class Sums(NamedTuple):
    """Budgets, NaN where a side names none, and currencies as numbers."""

    sought: Floats
    need_currency: Floats
    given: Floats
    offer_currency: Floats


class Records(NamedTuple):
    """Provider records: the kind of each need, and one row of values for each kind, NaN for silence."""

    kind: Places
    values: Floats


class Excluded(NamedTuple):
    """The offers that each need excludes."""

    starts: Places
    offers: Places


def contiguous(values: npt.ArrayLike, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Return an array in the layout that the compiled code was made for."""
    return np.ascontiguousarray(values, dtype=dtype)
