"""Loading the reference data: what the files say is in the database, once, and the matcher sees the same from both."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.actor import PUBLIC, SYSTEM
from app.areas.models import Area
from app.areas.profiles import taxonomy
from app.areas.services import load_areas
from app.audit.models import AuditEvent
from app.audit.sync import Tally
from app.datafiles import DATA_FOLDER
from app.errors import ConflictError, ForbiddenError, InvalidInputError
from app.matches.models import ScoringProfile
from app.matches.scoring_profiles import load_profiles
from app.states.models import Group, GroupScheme, Membership, State
from app.states.profiles import geography_on
from app.states.services import load_states
from matching.command.datafiles import load_reference
from tests.factories import create_area, create_group, create_membership, create_state

A_DAY = date(2026, 3, 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the data folder that a test may change."""
    return Path(shutil.copytree(DATA_FOLDER, tmp_path / "data"))


def n_events(session: Session) -> int:
    """Return the length of the audit trail."""
    return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def test_193_members_and_two_observers_are_loaded(session: Session) -> None:
    load_states(session, SYSTEM)

    by_membership = select(State.is_un_member, func.count()).group_by(State.is_un_member)
    assert dict(session.execute(by_membership).all()) == {True: 193, False: 2}


def test_namibia_keeps_its_two_letter_code(session: Session) -> None:
    """Readers of tables take NA for an empty cell."""
    load_states(session, SYSTEM)

    assert session.get_one(State, "NAM").iso2 == "NA"


def test_languages_are_stored_by_their_shortest_code(session: Session) -> None:
    load_states(session, SYSTEM)

    assert session.get_one(State, "AGO").languages == ["pt"]


def test_a_region_knows_the_region_above_it(session: Session) -> None:
    load_states(session, SYSTEM)

    assert session.get_one(Group, (GroupScheme.REGION, "015")).parent_code == "002"


def test_loading_states_again_changes_nothing_and_leaves_no_event(session: Session) -> None:
    first = load_states(session, SYSTEM)
    events_before = n_events(session)

    second = load_states(session, SYSTEM)

    assert second == Tally(unchanged=first.created)
    assert n_events(session) == events_before


def test_loading_areas_again_changes_nothing_and_leaves_no_event(session: Session) -> None:
    first = load_areas(session, SYSTEM)
    events_before = n_events(session)

    second = load_areas(session, SYSTEM)

    assert second == Tally(unchanged=first.created)
    assert n_events(session) == events_before


def test_a_new_membership_updates_one_state_and_leaves_one_event(session: Session, folder: Path) -> None:
    load_states(session, SYSTEM, folder=folder)
    events_before = n_events(session)
    with (folder / "reference" / "memberships.csv").open("a", encoding="utf-8") as file:
        file.write("FJI,status,LLDC,2026-01-01,,a made-up source\n")

    tally = load_states(session, SYSTEM, folder=folder)

    assert (tally.created, tally.updated) == (0, 1)
    assert n_events(session) == events_before + 1
    new = select(Membership.valid_from_on).where(Membership.state_code == "FJI", Membership.code == "LLDC")
    assert session.scalars(new).one() == date(2026, 1, 1)


def test_a_term_taken_out_of_the_file_leaves_its_area(session: Session, folder: Path) -> None:
    create_area(session, "IRC", terms=(("en", "no longer used"),))

    load_areas(session, SYSTEM, folder=folder)

    area = session.scalars(select(Area).where(Area.code == "IRC").options(selectinload(Area.terms))).one()
    assert "no longer used" not in {term.term for term in area.terms}
    assert area.title_en != "Area IRC"


def test_an_area_that_names_a_later_successor_is_loaded(session: Session, folder: Path) -> None:
    with (folder / "taxonomy" / "areas.csv").open(encoding="utf-8") as file:
        header, *rest = file.readlines()
    retired = "GOV.0,GOV,Old,Old,Old,Old,Old,Old,,0,1,1,STD.1\n"
    (folder / "taxonomy" / "areas.csv").write_text("".join([header, retired, *rest]), encoding="utf-8")

    load_areas(session, SYSTEM, folder=folder)

    assert session.get_one(Area, "GOV.0").successor_code == "STD.1"


def test_a_missing_file_is_named(session: Session, folder: Path) -> None:
    (folder / "reference" / "groups.csv").unlink()

    with pytest.raises(InvalidInputError, match=r"groups\.csv is missing"):
        load_states(session, SYSTEM, folder=folder)


def test_the_matcher_sees_the_same_geography_from_the_database_as_from_the_files(session: Session) -> None:
    load_states(session, SYSTEM)

    geography, shipped = geography_on(session, A_DAY), load_reference(as_of_on=A_DAY).geography

    assert geography.state_by_code == shipped.state_by_code
    assert geography.members_by_token == shipped.members_by_token
    assert geography.group_by_state == shipped.group_by_state
    assert geography.title_by_token == shipped.title_by_token


def test_the_matcher_sees_the_same_areas_from_the_database_as_from_the_files(session: Session) -> None:
    load_areas(session, SYSTEM)

    areas, shipped = taxonomy(session), load_reference(as_of_on=A_DAY).taxonomy

    assert areas.area_by_code == shipped.area_by_code
    assert areas.top_codes == shipped.top_codes
    assert areas.release == shipped.release


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2025, 12, 31), frozenset(), id="before"),
        pytest.param(date(2026, 1, 1), frozenset({"XAA"}), id="first-day"),
        pytest.param(date(2026, 6, 30), frozenset({"XAA"}), id="last-day"),
        pytest.param(date(2026, 7, 1), frozenset(), id="after"),
    ],
)
def test_a_membership_counts_from_its_first_day_to_its_last(
    session: Session, day: date, expected: frozenset[str]
) -> None:
    group = create_group(session, "LDC", GroupScheme.STATUS)
    create_membership(
        session, create_state(session), group, valid_from_on=date(2026, 1, 1), valid_until_on=date(2026, 6, 30)
    )

    geography = geography_on(session, day)

    assert geography.members_by_token["LDC"] == expected


def test_areas_that_are_not_loaded_are_asked_for(session: Session) -> None:
    with pytest.raises(ConflictError, match="load reference"):
        taxonomy(session)


def test_the_default_profile_is_stored_once(session: Session) -> None:
    first = load_profiles(session, SYSTEM)

    second = load_profiles(session, SYSTEM)

    assert (first, second) == (Tally(created=1), Tally(unchanged=1))
    assert session.scalars(select(ScoringProfile.name)).all() == ["default"]


def test_a_stored_version_of_a_profile_never_changes(session: Session, folder: Path) -> None:
    load_profiles(session, SYSTEM, folder=folder)
    path = folder / "profiles" / "default.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"area": 0.', '"area": 1.', 1), encoding="utf-8")

    with pytest.raises(ConflictError, match="give the changed one a new version"):
        load_profiles(session, SYSTEM, folder=folder)


@pytest.mark.parametrize("load", [load_states, load_areas, load_profiles])
def test_the_public_may_not_load_reference_data(session: Session, load: object) -> None:
    with pytest.raises(ForbiddenError, match="reference:load"):
        load(session, PUBLIC)  # type: ignore[operator]  # each of the three services
