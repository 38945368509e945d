"""Groups of States that an equity floor may name, and which needs belong to each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

import numpy as np

from matching.arrays import Bools, Integers
from matching.errors import UnreadableProfileError
from matching.profiles import ScoringProfile
from matching.records import Need, Outcome
from matching.reference import Geography
from matching.sentences import N_
from matching.tables import FaultCode, quoted

NEVER_SERVED: Final = "never_served"
"""States that no finished engagement names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """How many needs of each group an allocation has to serve.

    ``groups`` are in code order, ``shares`` in [0, 1] as the profile has them. ``members`` has shape (n_groups,
    n_needs) and holds the open needs of each group; ``needed`` has shape (n_groups,). ``n_by_id_only`` counts for each
    group the open needs that Member States may not see.
    """

    groups: tuple[str, ...]
    shares: tuple[float, ...]
    members: Bools
    needed: Integers
    n_by_id_only: tuple[int, ...]

    def served(self, columns: Integers) -> Integers:
        """Return how many needs of each group have a place; shape (n_groups,)."""
        served: Integers = (self.members & (columns >= 0)).sum(axis=1, dtype=np.int64)
        return served

    def missing(self, columns: Integers) -> Integers:
        """Return how many places each group lacks, below 0 where it has more than its floor; shape (n_groups,)."""
        return self.needed - self.served(columns)

    def shortfall(self, columns: Integers) -> int:
        """Return how many places all groups together lack."""
        return int(np.maximum(self.missing(columns), 0).sum())


def title_of(group: str, geography: Geography) -> str:
    """Return the English title of a group that a floor may name."""
    return N_("States never served before") if group == NEVER_SERVED else geography.name(group)


def check_groups(groups: Iterable[str], geography: Geography, *, setting: str = "'equity_floor'") -> None:
    """Refuse a group that nobody knows; ``setting`` is what names it.

    Raises
    ------
    UnreadableProfileError
        When a group is neither ``never_served`` nor a State, region, status, bloc or regional group of the reference
        data; the message names it.
    """
    for group in sorted(groups):
        if group != NEVER_SERVED and group not in geography.members_by_token:
            raise UnreadableProfileError(
                f"{setting} names an unknown group {quoted(group)}; it has to be LDC, LLDC, SIDS, a UN regional "
                f"group, an M49 code, a bloc or a State of the reference data, or '{NEVER_SERVED}'.",
                key=f"equity_floor.{group}",
                code=FaultCode.UNKNOWN_CODE,
            )


def never_served(geography: Geography, outcomes: Iterable[Outcome], *, as_of_on: date) -> frozenset[str]:
    """Return the States that no engagement names that was finished by the day."""
    finished = [outcome for outcome in outcomes if outcome.ended_on is not None and outcome.ended_on <= as_of_on]
    return frozenset(geography.state_by_code).difference(*(outcome.states for outcome in finished))


def read_floors(
    needs: Sequence[Need],
    geography: Geography,
    profile: ScoringProfile,
    *,
    outcomes: Iterable[Outcome],
    as_of_on: date,
) -> Floors:
    """Return the floors of a profile for some needs; a share of 0 asks for nothing and is left out.

    A joint need belongs to every group of its States. A need that has closed belongs to none: nothing can serve it.
    A share of the open needs that is no whole number is rounded up.
    """
    share_by_group = {group: share for group, share in profile.equity_floor.items() if share > 0}
    return floors_of(needs, geography, share_by_group, outcomes=outcomes, as_of_on=as_of_on)


def floors_of(
    needs: Sequence[Need],
    geography: Geography,
    share_by_group: Mapping[str, float],
    *,
    outcomes: Iterable[Outcome],
    as_of_on: date,
) -> Floors:
    """Return the floors that some shares are for some needs; a group with a share of 0 is told apart and needs nothing."""
    groups = tuple(sorted(share_by_group))
    members_by_group = {
        **geography.members_by_token,
        NEVER_SERVED: never_served(geography, outcomes, as_of_on=as_of_on),
    }
    members = np.array(
        [
            [not need.has_closed_on(as_of_on) and not members_by_group[group].isdisjoint(need.states) for need in needs]
            for group in groups
        ],
        dtype=np.bool_,
    ).reshape(len(groups), len(needs))
    shares = tuple(share_by_group[group] for group in groups)
    needed = [_rounded_up(share, int(inside.sum())) for share, inside in zip(shares, members, strict=True)]
    is_hidden = np.array([not need.visibility.is_for_members for need in needs], dtype=np.bool_)
    return Floors(
        groups=groups,
        shares=shares,
        members=members,
        needed=np.array(needed, dtype=np.int64),
        n_by_id_only=tuple(int((inside & is_hidden).sum()) for inside in members),
    )


def _rounded_up(share: float, number: int) -> int:
    """Return that share of a number, rounded up: of the share as it is written.

    Examples
    --------
    >>> _rounded_up(0.1, 30)
    3
    """
    return math.ceil(Fraction(repr(share)) * number)
