"""What may be told of many States without telling what one of them said: a pure function of what was said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

MIN_STATES: Final = 10
"""So many States have to count in a figure, and be told of as counting.

Below ten a reader who knows a few of them, by sharing or by talk, is close to the rest.
"""

MIN_CHANGED: Final = 3
"""Of so many States two figures have to differ that somebody can hold side by side, if they differ at all.

Of one State the difference would be what it said; of two, each of them would know of the other.
"""

MIN_OTHERS: Final = 3
"""So many States have to say something else than the stage that is said most.

Where all say the same, a figure over all of them is what each of them said.
"""

STEP: Final = 5
"""How many States count is told in steps of so many: from one release to the next the number would say who came and went."""

Said = frozenset[tuple[str, int]]
"""The States that count in a figure, by code, each with the stage that it said."""

NOBODY: Final[Said] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is told of an area over a group of States; at least ``n_states`` count."""

    n_states: int
    lower_quartile: int
    median: int
    upper_quartile: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is known of an area already: whatever was ever shown of it, and what stands beside the figures in question."""

    ever: Collection[Said]
    beside: Sequence[Said]


def figures_of(said: Said, *, n_members: int, shown: Shown) -> Figures | None:
    """Return the figures of what was said by States of a group, None where the rules do not let them be shown.

    ``n_members`` is how many States the group has: where all of them count, that is not told of them.
    """
    n_told = min(len(said), n_members - 1) // STEP * STEP
    if n_told < MIN_STATES or _is_alike(said) or _singles_out(said, shown):
        return None
    stages = sorted(stage for _, stage in said)
    lower, median, upper = (stages[_rank(len(stages), quarters)] for quarters in (1, 2, 3))
    return Figures(n_states=n_told, lower_quartile=lower, median=median, upper_quartile=upper)


def n_apart(*sets: Said) -> int:
    """Return by how many States two sets differ: of those that are in one alone, or said something else.

    Of three, the States that a reader is left with who takes the third from the two others, or from what these do not share.

    Examples
    --------
    >>> n_apart(frozenset({("XAA", 1), ("XAB", 2)}), frozenset({("XAA", 3), ("XAB", 2)}))
    1
    """
    left: Said = NOBODY
    for one in sets:
        left ^= one
    return len({state for state, _ in left})


def _is_alike(said: Said) -> bool:
    stages = [stage for _, stage in said]
    return len(stages) - max(map(stages.count, stages)) < MIN_OTHERS


def _singles_out(said: Said, shown: Shown) -> bool:
    return any(0 < n_apart(said, other) < MIN_CHANGED for other in shown.ever) or any(
        0 < n_apart(said, *pair) < MIN_CHANGED for pair in combinations(shown.beside, 2)
    )


def _rank(n: int, quarters: int) -> int:
    """Return the place of a quartile among n stages in order, from 0: so it is a stage that somebody said."""
    return -(-n * quarters // 4) - 1
