"""A model as plain arrays.

It is kept twice. In double precision, to score a pair to the bit as it is defined. And *laid out* in single precision,
as what each comparison adds to a score, to lay an upper bound of the score over all offers at once.
"""

from __future__ import annotations

from typing import NamedTuple

from matching.arrays import Bools, Floats, Integers
from matching.packed import Codes, Excluded, Places, Records, Singles, Sums, Table, Windows
from matching.spreading import OwnStems, Words


class Texts(NamedTuple):
    """The needs' texts and which are empty, the offers' stems, and what copied words add to a cosine."""

    words: Words
    is_need_empty: Bools
    offers: OwnStems
    is_offer_empty: Bools
    copied_starts: Places
    copied_offers: Places
    copied_cosines: Floats


class Scale(NamedTuple):
    """The profile: weights and what silence counts, in the order of the components, and the sum of the weights."""

    weights: Floats
    neutral: Floats
    total: float
    full_likeness: float


class Packed(NamedTuple):
    """A model in double precision, but for geography, which is one row for all needs of the same States and neighbours.

    The comparison of modes is the sum of ``mode`` and ``audience``.
    """

    area: Codes
    text: Texts
    mode: Table
    audience: Table
    language: Table
    time: Windows
    sums: Sums
    records: Records
    freshness: Floats
    scale: Scale


class LaidCodes(NamedTuple):
    """What the areas are made of: a pair adds ``weight`` x the root of the sum of share x part.

    ``parts`` has shape (n_codes, n_offers); ``silent`` is what is added to every offer where the need is silent.
    """

    starts: Places
    codes: Places
    shares: Singles
    parts: Singles
    is_need_silent: Bools
    weight: float
    silent: float


class LaidTable(NamedTuple):
    """What a comparison of few kinds adds; ``parts`` has shape (n_need_kinds, n_offer_kinds)."""

    need_kind: Places
    offer_kind: Places
    parts: Singles


class LaidTexts(NamedTuple):
    """The offers' stems by stem.

    The offers of a stem are a posting list, or a whole row of ``rows`` where it stands in so many that to pass over all
    of them is quicker; ``row`` is the number of that row, -1 for a posting list.
    """

    is_need_empty: Bools
    is_offer_empty: Bools
    row: Places
    rows: Singles
    posting_starts: Places
    posting_offers: Places
    posting_weights: Singles
    stretch: float
    weight: float
    silent: float


class LaidWindows(NamedTuple):
    """Days in single precision; ``is_said`` is 1 where an offer has a window and 0 where it has none."""

    need_from: Singles
    need_until: Singles
    is_need_special: Bools
    offer_from: Singles
    offer_until: Singles
    is_said: Singles
    weight: float
    silent: float


class LaidSums(NamedTuple):
    """Budgets in single precision; ``is_said`` is 1 where an offer names a sum and 0 where it names none."""

    sought: Floats
    need_currency: Singles
    given: Singles
    offer_currency: Singles
    is_said: Singles
    weight: float
    silent: float


class Laid(NamedTuple):
    """A model laid out over some of its offers: their positions, and what each comparison adds.

    ``brought`` is what an offer adds by itself; ``reached`` is what geography weighs; ``records`` has one row for each
    kind of need.
    """

    offers: Integers
    brought: Singles
    reached: float
    area: LaidCodes
    text: LaidTexts
    mode: LaidTable
    audience: LaidTable
    language: LaidTable
    time: LaidWindows
    opening: LaidWindows
    sums: LaidSums
    record_kind: Places
    records: Singles
    excluded: Excluded
