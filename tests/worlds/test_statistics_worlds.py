"""Two copies of the service in one of which one State more lets its answers be counted: from the next statistics nobody can tell."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path

import pytest
from sqlalchemy import select

from app.actor import SYSTEM, Role
from app.assessments.answers import AnswerContent
from app.assessments.models import Assessment, AssessmentState
from app.assessments.statistic_models import CountedAssessment
from app.assessments.statistics_release import MIN_DAYS_BETWEEN, release_statistics
from app.states.models import Group
from tests.factories import create_assessment, create_organization
from tests.factories.statistics import create_counted, create_counting
from tests.services.test_statistics import CODES
from tests.worlds.building import (
    REQUEST_ID,
    THE_PUBLIC,
    World,
    build_first_world,
    copy_file,
    copy_of,
    opened,
    the_same_run,
)
from tests.worlds.looking import Eyes, Seen

FIRST = datetime(2026, 3, 4, 6, tzinfo=UTC)
ADDRESSES = ("/", "/assessments", "/audit", "/organizations", "/states/XAA", "/about-data", "/account")
API = ("statistics", "assessments", "audit-events", "organizations")
OTHERS = [THE_PUBLIC, *(role.value for role in Role)]


class Worlds:
    """Copies of a world in which twelve States counted in the first statistics, and some more let themselves be counted since."""

    def __init__(self, folder: Path, migrated: Path, stack: ExitStack) -> None:
        self._folder, self._stack = folder, stack
        first = Path(shutil.copyfile(migrated, folder / "first.sqlite3"))
        self._first = build_first_world(stack.enter_context(opened(first)))
        _assess(self._first)
        _release(self._first, FIRST)
        self.after = cache(self._after)

    def _after(self, n_more: int) -> World:
        """Return the world after the State that is looked at, if any, and others let their answers be counted, and a release."""
        path = copy_file(self._first, self._folder / f"{n_more}.sqlite3")
        world = copy_of(self._first, self._stack.enter_context(opened(path)))
        if n_more:
            _let_count(world)
        with world.database.unit_of_work() as session:
            more = session.scalars(select(Assessment).filter_by(state=AssessmentState.SUBMITTED)).all()
            # The first of these is the one above.
            waiting = [one for one in more if one.as_of_on == FIRST.date()][: max(0, n_more - 1)]
            for one in waiting:
                create_counting(session, one)
        _release(world, FIRST + timedelta(days=MIN_DAYS_BETWEEN))
        return world


def _assess(world: World) -> None:
    with world.database.unit_of_work() as session:
        africa = session.scalars(select(Group).filter_by(code="AFR")).one()
        for n, code in enumerate(CODES[3:15]):
            create_counted(session, code, africa, stage=1 + n % 3)
        submitted = {"state": AssessmentState.SUBMITTED, "answers": {"GOV": AnswerContent(current=5)}}
        create_assessment(session, organization=create_organization(session, "mfa-xaa"), **submitted)
        create_assessment(session, organization=create_organization(session, "mfa-xab"), **submitted)
        # Of these nobody has said yet that they count.
        for code in CODES[15:20]:
            one = create_counted(session, code, africa, stage=5, as_of_on=FIRST.date())
            session.delete(session.get_one(CountedAssessment, one.id))


def _let_count(world: World) -> None:
    reader = world.readers["owner recipient"]
    headers = {"Authorization": f"Bearer {reader.token}", "If-Match": "*", "X-Request-Id": REQUEST_ID}
    client = world.app.test_client()
    (mine,) = client.get("/api/v1/assessments", headers=headers).json["data"]
    address = f"/api/v1/assessments/{mine['id']}/counting"
    assert client.patch(address, json={"is_counted": True}, headers=headers).status_code == 200


def _release(world: World, instant: datetime) -> None:
    with the_same_run(f"{instant}"), world.database.unit_of_work() as session:
        release_statistics(session, SYSTEM, clock=partial(_told, instant))


def _told(instant: datetime) -> datetime:
    return instant


@pytest.fixture(scope="module")
def worlds(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """The copies of this module."""
    with ExitStack() as stack:
        yield Worlds(tmp_path_factory.mktemp("worlds"), migrated_sqlite, stack)


def look(world: World, reader: str) -> dict[str, Seen]:
    """Return what a reader sees where something of statistics or of assessments could stand."""
    eyes = Eyes(world, reader)
    with world.database.reading() as session:
        ids = session.scalars(select(Assessment.id).order_by(Assessment.id)).all()
    of_assessments = [
        f"/assessments/{one}{part}" for one in ids for part in ("", "/gaps", "/gaps?group=AFR", "/sharing")
    ]
    of_assessments += [f"/api/v1/assessments/{one}{part}" for one in ids for part in ("", "/counting", "/gaps")]
    addresses = [*ADDRESSES, *(f"/api/v1/{noun}" for noun in API), *of_assessments]
    return {address: eyes.look(address) for address in addresses}


@pytest.mark.parametrize("reader", OTHERS)
def test_from_one_release_to_the_next_nobody_sees_that_one_state_lets_itself_be_counted(
    worlds: Worlds, reader: str
) -> None:
    without, having = (look(worlds.after(n), reader) for n in (0, 1))

    assert [address for address, seen in having.items() if seen != without[address]] == []


def test_its_own_people_see_that_it_does(worlds: Worlds) -> None:
    without, having = (look(worlds.after(n), "owner recipient") for n in (0, 1))

    changed = [address for address, seen in having.items() if seen != without[address]]

    assert any(address.endswith("/sharing") for address in changed)
    assert any(address.endswith("/counting") for address in changed)
    assert "/api/v1/statistics" not in changed


def test_of_three_the_people_of_states_see_new_figures_and_others_nothing(worlds: Worlds) -> None:
    """What is compared above is worth something only where statistics do change."""
    seen = {
        reader: [look(worlds.after(n), reader)["/api/v1/statistics"] for n in (0, 3)]
        for reader in ("recipient", "provider")
    }

    assert seen["recipient"][0].status == 200
    assert seen["recipient"][0] != seen["recipient"][1]
    assert seen["provider"][0] == seen["provider"][1]
