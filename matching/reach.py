"""Reach: how closely each offer is meant for each State."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.arrays import Bools, Floats, Integers
from matching.packed import Places
from matching.records import Offer
from matching.reference import Geography

WIDEST_REACH: Final = 0.5
"""What an offer to everybody counts for geography; an offer that names the State counts 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How closely each offer is meant for each State.

    ``closeness`` has shape (n_states, n_offers): 0 where the offer is not open to the State, 1 where it is one of few
    that it names, and between ``WIDEST_REACH`` and 1 by how few States the admitting token holds. ``token`` holds the
    position of that token in ``tokens``, -1 where there is none. ``by_group`` is the closeness without the States named
    one by one, which ``is_named`` tells; ``n_named`` has shape (n_offers,).
    """

    position_by_state: dict[str, int]
    tokens: tuple[str, ...]
    closeness: Floats
    token: Places
    by_group: Floats
    is_named: Bools
    n_named: Integers

    def closeness_of_named(self, n_named: Integers) -> Floats:
        """Return how closely offers that name so many States one by one are meant for each of them."""
        n_states = max(len(self.position_by_state), 2)
        spread = np.log(np.maximum(n_named, 1)) / np.log(n_states)
        closeness: Floats = np.minimum(1.0, 1.0 + (1.0 - WIDEST_REACH) * (1.0 - 2.0 * spread))
        return closeness


def measure_reach(offers: Sequence[Offer], geography: Geography) -> Reach:
    """Return how closely each offer is meant for each State: named State before region before everybody.

    An offer that names more States one by one than the square root of all (fourteen of 195) is meant for each of them
    less closely, and several groups together count as one of all their members: to name all is to be open to everybody.
    """
    states = sorted(geography.state_by_code)
    position = {code: at for at, code in enumerate(states)}
    tokens = tuple(sorted({token for offer in offers for token in offer.eligible}))
    shape = (len(states), len(offers))
    reach = Reach(
        position_by_state=position,
        tokens=tokens,
        closeness=np.zeros(shape),
        token=np.full(shape, -1, dtype=np.int32),
        by_group=np.zeros(shape),
        is_named=np.zeros(shape, dtype=np.bool_),
        n_named=np.zeros(len(offers), dtype=np.int64),
    )
    members = {
        token: np.array(sorted(position[code] for code in geography.members_by_token.get(token, ())), dtype=np.int64)
        for token in tokens
    }
    place = {token: at for at, token in enumerate(tokens)}
    for column, offer in enumerate(offers):
        _reach_groups(
            reach, column, [(place[token], members[token]) for token in offer.eligible if token not in position]
        )
        _reach_named(reach, column, [(place[token], position[token]) for token in offer.eligible if token in position])
    return reach


def _reach_groups(reach: Reach, column: int, groups: Sequence[tuple[int, Integers]]) -> None:
    """Enter the groups that an offer names: the narrowest that admits a State counts, as wide as those before it."""
    admitted: set[int] = set()
    for token, members in sorted(groups, key=lambda group: (len(group[1]), group[0])):
        is_new = reach.token[members, column] < 0
        admitted.update(members.tolist())
        reach.by_group[members[is_new], column] = _closeness(len(admitted), len(reach.position_by_state))
        reach.token[members[is_new], column] = token
    reach.closeness[:, column] = reach.by_group[:, column]


def _reach_named(reach: Reach, column: int, named: Sequence[tuple[int, int]]) -> None:
    """Enter the States that an offer names one by one, each of which counts by them where that is closer."""
    reach.n_named[column] = len(named)
    closeness = float(reach.closeness_of_named(reach.n_named[[column]])[0])
    for token, state in named:
        reach.is_named[state, column] = True
        if closeness >= reach.closeness[state, column]:
            reach.closeness[state, column] = closeness
            reach.token[state, column] = token


def _closeness(n_admitted: int, n_states: int) -> float:
    if n_admitted <= 1 or n_states <= 1:
        return 1.0
    return 1.0 - (1.0 - WIDEST_REACH) * float(np.log(n_admitted) / np.log(n_states))
