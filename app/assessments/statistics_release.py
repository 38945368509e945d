"""Making a release of statistics: each area over each group, as the rules of disclosure let it be shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.policy import require
from app.access.vocabulary import Permission
from app.actor import Actor
from app.assessments import queries
from app.assessments.counting import counted_by_state
from app.assessments.disclosure import MIN_CHANGED, NOBODY, Figures, Said, Shown, figures_of, n_apart
from app.assessments.gaps import gap_profile
from app.assessments.sealed_statistics import open_said, seal_said
from app.assessments.statistic_models import Statistic, StatisticsRelease
from app.assessments.statistic_queries import counted_groups, find_newest_release
from app.audit.services import Change, record
from app.clock import Clock, now_utc
from app.errors import ConflictError
from app.states.models import Group
from app.states.queries import member_codes

MIN_DAYS_BETWEEN: Final = 80  # a release a quarter: who could make one at any time would see who came in between
RECORD_TYPE: Final = "statistics"
FIGURES: Final = tuple(field.name for field in fields(Figures))

Stages = Mapping[str, Mapping[str, int]]  # by area, and by State


@dataclass(frozen=True, slots=True, kw_only=True)
class _Membership:
    """A group with the States that are in it today."""

    group: Group
    states: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """One area over one group: what stood there before and was made of what, and what is said now."""

    members: _Membership
    former: Statistic | None
    then: Said
    now: Said

    @property
    def is_kept(self) -> bool:
        """Whether what stood there stays, since too few States changed."""
        return n_apart(self.then, self.now) < MIN_CHANGED

    @property
    def is_shown(self) -> bool:
        """Whether figures stood there."""
        return self.former is not None and self.former.as_of_on is not None


def release_statistics(session: Session, actor: Actor, *, clock: Clock = now_utc) -> StatisticsRelease:
    """Make all statistics anew, and return the release that holds them.

    What is shown of an area over a group, figures or nothing, is decided anew only where at least ``MIN_CHANGED`` of the
    States changed that it was made of.

    Raises
    ------
    ForbiddenError
        When the actor is not the system.
    ConflictError
        When the last release is younger than ``MIN_DAYS_BETWEEN`` days, or there is no questionnaire.
    """
    require(actor, Permission.STATISTICS_RELEASE)
    made_at, last = clock(), find_newest_release(session)
    made_on = made_at.date()
    _require_interval(last, made_on)
    release = StatisticsRelease(id=uuid4(), made_on=made_on, made_at=made_at)
    session.add(release)
    session.flush()
    members = _memberships(session, made_on)
    for area, stage_by_state in _stages(session, actor).items():
        former = _former(session, last, area)
        cells = [_cell(session, one, former.get(one.group.code), stage_by_state) for one in members]
        session.add_all(_decided(session, release, area, cells))
    session.flush()
    change = Change(
        action="statistics.released",
        record_type=RECORD_TYPE,
        record_id=str(release.id),
        before=None,
        after={"made_on": made_on.isoformat()},
    )
    record(session, actor, [change], clock=clock)
    return release


def _require_interval(last: StatisticsRelease | None, day: date) -> None:
    first = None if last is None else last.made_on + timedelta(days=MIN_DAYS_BETWEEN)
    if last is not None and first is not None and day < first:
        raise ConflictError(f"The last statistics are of {last.made_on}; make the next on {first} or later.")


def _memberships(session: Session, day: date) -> Sequence[_Membership]:
    return [
        _Membership(group=group, states=frozenset(session.scalars(member_codes(group.code, day=day))))
        for group in counted_groups(session)
    ]


def _stages(session: Session, actor: Actor) -> Stages:
    """Return the stage that each State that counts said of each area of the questionnaire in force."""
    newest = queries.newest_questionnaire(session, actor)
    found: dict[str, dict[str, int]] = {line.item.code: {} for line in gap_profile(newest, {}, last={}).lines}
    for state, assessment in counted_by_state(session, actor).items():
        questionnaire = queries.get_questionnaire(session, actor, assessment.release)
        answers = queries.answers_of(session, actor, assessment)
        for line in gap_profile(questionnaire, answers, last={}).lines:
            if line.current is not None and line.item.code in found:
                found[line.item.code][state] = line.current
    return found


def _former(session: Session, last: StatisticsRelease | None, area: str) -> Mapping[str, Statistic]:
    if last is None:
        return {}
    rows = session.scalars(select(Statistic).where(Statistic.release_id == last.id, Statistic.area == area))
    return {row.group_code: row for row in rows}


def _cell(session: Session, members: _Membership, former: Statistic | None, stage_by_state: Mapping[str, int]) -> _Cell:
    now = frozenset((state, stage) for state, stage in stage_by_state.items() if state in members.states)
    then = NOBODY if former is None else open_said(session, former)
    return _Cell(members=members, former=former, then=then, now=now)


def _decided(session: Session, release: StatisticsRelease, area: str, cells: Sequence[_Cell]) -> Iterator[Statistic]:
    """Yield the row of each cell: what is kept stands first, and what is new may single out nobody beside it."""
    ever = list(_ever_shown(session, area))
    beside = [cell.then for cell in cells if cell.is_kept and cell.is_shown]
    for cell in cells:
        row = Statistic(
            id=uuid4(),
            release_id=release.id,
            scheme=cell.members.group.scheme,
            group_code=cell.members.group.code,
            area=area,
        )
        if cell.is_kept:
            _keep(row, cell.former)
        else:
            shown = Shown(ever=ever, beside=beside)
            figures = figures_of(cell.now, n_members=len(cell.members.states), shown=shown)
            if figures is not None:
                _show(row, figures, release.made_on)
                ever.append(cell.now)
                beside.append(cell.now)
        seal_said(session, row, cell.then if cell.is_kept else cell.now)
        yield row


def _show(row: Statistic, figures: Figures, day: date) -> None:
    row.as_of_on = day
    for name, value in asdict(figures).items():
        setattr(row, name, value)


def _keep(row: Statistic, former: Statistic | None) -> None:
    if former is not None:
        for name in ("as_of_on", *FIGURES):
            setattr(row, name, getattr(former, name))


def _ever_shown(session: Session, area: str) -> Iterator[Said]:
    """Yield what each figure that was ever shown of an area was made of; one that was kept is opened once."""
    rows = session.scalars(select(Statistic).where(Statistic.area == area, Statistic.as_of_on.is_not(None)))
    once = {(row.group_code, row.as_of_on): row for row in rows}
    yield from (open_said(session, row) for row in once.values())
