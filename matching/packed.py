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
    """A comparison by codes: each need has some, each with a share, and each offer a value for every code.

    The value of a pair is the sum of share x value, or the root of it where it is *rooted*, at most 1; half as far from the middle where a side is *damped*;
    and silent where a side is. ``values`` has shape (n_codes, n_offers).
    """

    starts: Places
    codes: Places
    shares: Floats
    values: Floats
    is_need_silent: Bools
    is_offer_silent: Bools
    is_need_damped: Bools
    is_offer_damped: Bools
    is_rooted: bool


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
