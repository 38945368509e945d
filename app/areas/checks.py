"""What stands in the way of adopting a draft: a pure function of the release before, the draft, and what refers to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from app.areas.released import ReleasedArea, ReleasedAreas, parent_in, successor_in_force
from matching.sentences import N_, Sentence

CODE: Final = re.compile(r"[A-Z]{3}(\.[1-9][0-9]?)?\Z")

# By the contract; what stands below them comes and goes.
LASTING: Final = frozenset(("GOV", "LAW", "DIP", "IRC", "EXE", "CIP", "SUP", "CRI", "AWA", "EDU", "STD", "CON"))

LASTS: Final = N_("It is one of the twelve areas that stay for good. Change its title, or its topics.")
NO_TITLE: Final = N_("It has no title in English. Write one.")
BAD_CODE: Final = N_(
    "An area has a code of three capital letters, a topic of one a point and a number after it: GOV, GOV.7."
)
NO_PARENT: Final = N_("It stands under %(parent)s, which is no area of this draft. Add that first.")
OTHER_PARENT: Final = N_(
    "The code says that it stands under %(said)s and not under %(parent)s. "
    "To move an area, add it there under a new code and retire this one with the new one as its successor."
)
TOP_WITH_PARENT: Final = N_("Its code is that of an area, so it stands under no other; it is under %(parent)s.")
PARENT_CYCLE: Final = N_("It stands under itself, by way of %(parent)s.")
PARENT_RETIRED: Final = N_(
    "It is in force and stands under %(parent)s, which is retired. Retire it too, or keep %(parent)s."
)
STAYS_RETIRED: Final = N_("It was retired in a release before; a code that was retired stays so. Add a new one.")
NO_SUCCESSOR: Final = N_("Records refer to it: %(n)s of those that you see. Name the area that succeeds it.")
NO_REASON: Final = N_("It is retired without a successor. Name one, or say why there is none.")
SUCCESSOR_MISSING: Final = N_("Its successor %(successor)s is no area of this draft.")
SUCCESSOR_CYCLE: Final = N_("Its successor %(successor)s leads back to it.")
SUCCESSOR_RETIRED: Final = N_("Its successor %(successor)s is retired. Name one that is in force.")
LEADS_NOWHERE: Final = N_("It was retired with the successor %(successor)s, which now leads to none in force.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFault:
    """What is wrong with an area of a draft, and in which field."""

    code: str
    field: str
    sentence: Sentence

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One area of a draft with all that it is judged by."""

    code: str
    area: ReleasedArea
    before: ReleasedArea | None
    areas: ReleasedAreas
    n_referring: int

    def fault(self, field: str, message: str, **values: str | int) -> DraftFault:
        return DraftFault(code=self.code, field=field, sentence=Sentence(message=message, values=values))


def faults_of(before: ReleasedAreas, after: ReleasedAreas, n_referring: Mapping[str, int]) -> tuple[DraftFault, ...]:
    """Return all that is wrong with a draft, in its order; ``n_referring`` says how many records refer to a code."""
    return tuple(
        fault
        for code in after
        for check in _CHECKS
        for fault in check(
            _Case(
                code=code,
                area=after[code],
                before=before.get(code),
                areas=after,
                n_referring=n_referring.get(code, 0),
            )
        )
    )


def _name(case: _Case) -> Iterator[DraftFault]:
    if case.before is None and not CODE.fullmatch(case.code):
        yield case.fault("code", BAD_CODE)
    if not case.area.titles.get("en", "").strip():
        yield case.fault("title_en", NO_TITLE)


def _place(case: _Case) -> Iterator[DraftFault]:
    parent, said = case.area.parent, parent_in(case.code)
    if parent is not None and _is_above_itself(case):
        yield case.fault("parent", PARENT_CYCLE, parent=parent)
    elif parent != said:
        message = TOP_WITH_PARENT if said is None else OTHER_PARENT
        yield case.fault("parent", message, parent=parent or "–", said=said or "–")
    elif parent is not None and parent not in case.areas:
        yield case.fault("parent", NO_PARENT, parent=parent)
    elif parent is not None and case.areas[parent].is_retired and not case.area.is_retired:
        yield case.fault("parent", PARENT_RETIRED, parent=parent)


def _end(case: _Case) -> Iterator[DraftFault]:
    was_retired = case.before is not None and case.before.is_retired
    if was_retired:
        yield from _still_ended(case)
    elif case.area.is_retired:
        yield from _ended_now(case)


def _still_ended(case: _Case) -> Iterator[DraftFault]:
    if not case.area.is_retired:
        yield case.fault("is_retired", STAYS_RETIRED)
    elif case.area.successor and successor_in_force(case.areas, case.code) is None:
        yield case.fault("successor", LEADS_NOWHERE, successor=case.area.successor)


def _ended_now(case: _Case) -> Iterator[DraftFault]:
    if case.code in LASTING:
        yield case.fault("is_retired", LASTS)
    elif case.area.successor:
        yield from _succession(case, case.area.successor)
    elif case.n_referring:
        yield case.fault("successor", NO_SUCCESSOR, n=case.n_referring)
    elif not case.area.reason.strip():
        yield case.fault("reason", NO_REASON)


def _succession(case: _Case, successor: str) -> Iterator[DraftFault]:
    if successor not in case.areas:
        yield case.fault("successor", SUCCESSOR_MISSING, successor=successor)
    elif case.code in _ways_on(case.areas, successor):
        yield case.fault("successor", SUCCESSOR_CYCLE, successor=successor)
    elif case.areas[successor].is_retired:
        yield case.fault("successor", SUCCESSOR_RETIRED, successor=successor)


def _is_above_itself(case: _Case) -> bool:
    seen: set[str] = set()
    current: str | None = case.area.parent
    while current is not None and current not in seen:
        if current == case.code:
            return True
        seen.add(current)
        current = case.areas[current].parent if current in case.areas else None
    return False


def _ways_on(areas: ReleasedAreas, code: str) -> set[str]:
    """Return a code and all that come after it, each the successor of the one before."""
    seen: set[str] = set()
    current: str | None = code
    while current is not None and current in areas and current not in seen:
        seen.add(current)
        current = areas[current].successor if areas[current].is_retired else None
    return seen


_CHECKS: Final[tuple[Callable[[_Case], Iterator[DraftFault]], ...]] = (_name, _place, _end)
