"""The programme behind led tandems: who leads and who follows, at the optimum over all States and areas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from matching.arrays import Integers

LANGUAGE_POINTS: Final = 6
LEVEL_POINTS: Final = 2  # for each level between the two
RECIPROCITY_POINTS: Final = 3
FULL_LEVEL_GAP: Final = 3  # from here on more distance between the levels adds nothing
ALL_POINTS: Final = LANGUAGE_POINTS + LEVEL_POINTS * FULL_LEVEL_GAP + RECIPROCITY_POINTS

_ANY_LANGUAGE: Final = ""

_Key = TypeVar("_Key", int, tuple[str, int, str])

_Hub = tuple[str, int, str]
"""Group, level and language of States that are alike in all that a pair is judged by; ``_ANY_LANGUAGE`` for no shared one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volunteer:
    """A State in one area, as far as the programme is concerned.

    ``limit`` is how many partners it leads at most, 0 where it leads nobody; ``may_give_back`` whether it may lead in
    another area.
    """

    state: str
    group: str
    level: int
    limit: int
    may_follow: bool
    may_give_back: bool
    languages: frozenset[str]


def points_of(lead: Volunteer, partner: Volunteer) -> int:
    """Return what a pair is worth, in [0, ``ALL_POINTS``].

    Examples
    --------
    >>> lead, partner = (
    ...     Volunteer(state="", group=group, level=level, limit=1, may_follow=True, may_give_back=False,
    ...               languages=frozenset({"en"}))
    ...     for group, level in (("AFR", 5), ("APG", 3))
    ... )
    >>> points_of(lead, partner)
    10
    """
    language = LANGUAGE_POINTS * bool(lead.languages & partner.languages)
    return language + _level_points(lead.level, partner.level) + RECIPROCITY_POINTS * partner.may_give_back


def choose_pairs(areas: Sequence[Sequence[Volunteer]]) -> list[list[tuple[int, int]]]:
    """Return for each area who leads whom: as many States as can have a tandem, then places, then points.

    First counts how many States have a tandem in some area at all, then how many places there are (a State counts once
    in each area where it leads or follows), then the points of all pairs.

    Parameters
    ----------
    areas
        The volunteers of each area, each State at most once in an area.

    Returns
    -------
    list of list of (lead, partner)
        Positions among the volunteers of the area. Lead and partner are of different groups, the lead's level is
        strictly higher, it has at most ``limit`` partners, and a State leads, or follows once, or stands aside.

    Raises
    ------
    ArithmeticError
        When the solver gives up.

    Notes
    -----
    A pair's worth depends on groups, levels and languages alone, so States that are alike in them go through one hub,
    and flows between hubs stand for pairs: for 195 States some thousand whole numbers instead of twelve thousand, and
    bounds tight enough to be solved at the root in most cases.

    Areas are solved one by one. Where every State that could have a tandem has one by then, no State waits for another
    area and that is the optimum of all; else all areas are solved together.
    """
    alone = [_solved([area])[0] for area in areas]
    covered = {area[at].state for area, pairs in zip(areas, alone, strict=True) for pair in pairs for at in pair}
    pairable = {state for area in areas for state, _ in _Flows(area, _Programme()).places}
    return alone if covered >= pairable else _solved(areas, do_spread=True)


def _solved(areas: Sequence[Sequence[Volunteer]], *, do_spread: bool = False) -> list[list[tuple[int, int]]]:
    programme = _Programme()
    flows = [_Flows(area, programme) for area in areas]
    place = 1 + ALL_POINTS * sum(map(len, areas))  # more than all points together
    worth: dict[int, float] = {}
    for area in flows:
        worth |= {item: area.points.get(item, 0) + place for _, item in area.places}
        worth |= {item: points for item, points in area.points.items() if item not in worth}
    if do_spread:
        _spread(flows, programme)
    amounts = programme.solve(worth)
    return [area.pairs(amounts) for area in flows]


def _spread(flows: Sequence[_Flows], programme: _Programme) -> None:
    """Demand that as many States as possible have a tandem in some area."""
    places_by_state: dict[str, list[int]] = {}
    for area in flows:
        for state, place in area.places:
            places_by_state.setdefault(state, []).append(place)
    has_tandem = [programme.variable(highest=1) for _ in places_by_state]
    for variable, places in zip(has_tandem, places_by_state.values(), strict=True):
        programme.limit({variable: 1, **dict.fromkeys(places, -1)}, 0)
    n_states = int(programme.solve(dict.fromkeys(has_tandem, 1))[has_tandem].sum())
    programme.limit(dict.fromkeys(has_tandem, -1), -n_states)


class _Programme:
    """A maximum over whole numbers from 0, under sums that are limited from above."""

    def __init__(self) -> None:
        self._highest: list[float] = []
        self._limits: list[float] = []
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._factors: list[float] = []

    def variable(self, *, highest: float) -> int:
        """Return a new variable, at most so high."""
        self._highest.append(highest)
        return len(self._highest) - 1

    def limit(self, factors: Mapping[int, float], limit: float) -> None:
        """Let the sum of factor times variable be at most the limit."""
        self._rows.extend([len(self._limits)] * len(factors))
        self._columns.extend(factors)
        self._factors.extend(factors.values())
        self._limits.append(limit)

    def balance(self, some: Iterable[int], others: Iterable[int]) -> None:
        """Let two sums be equal."""
        factors = {**dict.fromkeys(some, 1), **dict.fromkeys(others, -1)}
        self.limit(factors, 0)
        self.limit({variable: -factor for variable, factor in factors.items()}, 0)

    def solve(self, worth: Mapping[int, float]) -> Integers:
        """Return the amounts of the greatest worth, solved to optimality; shape (n_variables,)."""
        n_variables = len(self._highest)
        if not n_variables:
            return np.zeros(0, dtype=np.int64)
        objective = np.zeros(n_variables)
        objective[list(worth)] = list(worth.values())
        shape = (len(self._limits), n_variables)
        sums = sp.csr_matrix((self._factors, (self._rows, self._columns)), shape=shape)
        solution = milp(
            -objective,
            constraints=LinearConstraint(sums, ub=np.array(self._limits)),
            integrality=np.ones(n_variables, dtype=np.int64),
            bounds=Bounds(0, np.array(self._highest)),
            options={"mip_rel_gap": 0.0},
        )
        if solution.x is None:
            raise ArithmeticError(f"the tandems were not solved: {solution.message}")
        amounts: Integers = np.rint(solution.x).astype(np.int64)
        return amounts


class _Flows:
    """One area in a programme: what flows from leads through a hub of each side to partners.

    ``places`` are the variables that put a State into a tandem; ``points`` says what one unit of a variable is worth.
    """

    def __init__(self, area: Sequence[Volunteer], programme: _Programme) -> None:
        self._meets = {pair: programme.variable(highest=np.inf) for pair in _meetings(area)}
        from_hub = _grouped((one, item) for (one, _), item in self._meets.items())
        to_hub = _grouped((other, item) for (_, other), item in self._meets.items())
        sending = [(at, hub) for at, one in enumerate(area) if one.limit for hub in _hubs(one) if hub in from_hub]
        receiving = [(at, hub) for at, one in enumerate(area) if one.may_follow for hub in _hubs(one) if hub in to_hub]
        self._gives = {pair: programme.variable(highest=len(area)) for pair in sending}
        self._takes = {pair: programme.variable(highest=1) for pair in receiving}
        leads = {at: programme.variable(highest=1) for at in sorted({at for at, _ in sending})}
        self.places = [(area[at].state, item) for at, item in leads.items()]
        self.places += [(area[at].state, item) for (at, _), item in self._takes.items()]
        self.points = {item: _points_of_hubs(*pair) for pair, item in self._meets.items()}
        self.points |= {item: RECIPROCITY_POINTS for (at, _), item in self._takes.items() if area[at].may_give_back}
        given, taken = (_grouped((at, item) for (at, _), item in side.items()) for side in (self._gives, self._takes))
        for at, is_leading in leads.items():
            programme.limit({is_leading: -min(area[at].limit, len(area)), **dict.fromkeys(given[at], 1)}, 0)
            programme.limit({is_leading: 1, **dict.fromkeys(given[at], -1)}, 0)
        for at, items in taken.items():
            # Who leads follows nobody.
            programme.limit(dict.fromkeys([*items, *([leads[at]] if at in leads else [])], 1), 1)
        for hubs, side in ((from_hub, self._gives), (to_hub, self._takes)):
            through = _grouped((hub, item) for (_, hub), item in side.items())
            for hub, items in hubs.items():
                programme.balance(items, through[hub])

    def pairs(self, amounts: Integers) -> list[tuple[int, int]]:
        """Return who leads whom, by lead and partner: any two whose flows meet in the same hubs."""
        waiting, wanted = (
            _grouped((hub, at) for (at, hub), item in side.items() for _ in range(amounts[item]))
            for side in (self._gives, self._takes)
        )
        return sorted(
            (waiting[one].pop(0), wanted[other].pop(0))
            for (one, other), item in self._meets.items()
            for _ in range(amounts[item])
        )


def _hubs(volunteer: Volunteer) -> list[_Hub]:
    languages = (_ANY_LANGUAGE, *sorted(volunteer.languages))
    return [(volunteer.group, volunteer.level, language) for language in languages]


def _meetings(area: Sequence[Volunteer]) -> list[tuple[_Hub, _Hub]]:
    """Return the hubs between which a lead and a partner may meet: other group, higher level, same language."""
    sending = sorted({hub for one in area if one.limit for hub in _hubs(one)})
    receiving = sorted({hub for one in area if one.may_follow for hub in _hubs(one)})
    return [
        ((group, level, language), other)
        for group, level, language in sending
        for other in receiving
        if other[0] != group and other[1] < level and other[2] == language
    ]


def _points_of_hubs(one: _Hub, other: _Hub) -> int:
    return LANGUAGE_POINTS * (one[2] != _ANY_LANGUAGE) + _level_points(one[1], other[1])


def _level_points(higher: int, lower: int) -> int:
    return LEVEL_POINTS * min(higher - lower, FULL_LEVEL_GAP)


def _grouped(items: Iterable[tuple[_Key, int]]) -> dict[_Key, list[int]]:
    groups: dict[_Key, list[int]] = {}
    for key, item in items:
        groups.setdefault(key, []).append(item)
    return groups
