"""Reading States and areas."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.actor import PUBLIC
from app.areas import queries as areas
from app.areas.release_queries import release_in_force
from app.errors import NotFoundError
from app.states import queries as states
from app.states.profiles import geography_on
from tests.factories import create_area, create_group, create_membership, create_release, create_state


def test_a_state_is_read_with_its_groups(session: Session) -> None:
    create_membership(session, create_state(session, "XAA"), create_group(session, "AFR"))
    session.expire_all()

    state = states.get_state(session, PUBLIC, "xaa")

    assert [membership.group.title_en for membership in state.memberships] == ["Group AFR"]


def test_a_state_that_does_not_exist_is_not_found(session: Session) -> None:
    with pytest.raises(NotFoundError):
        states.get_state(session, PUBLIC, "XZZ")


def test_a_membership_that_has_ended_counts_no_more(session: Session) -> None:
    create_membership(session, create_state(session, "XAA"), create_group(session, "LDC"))
    create_membership(
        session, create_state(session, "XAB"), create_group(session, "LDC"), valid_until_on=date(2020, 12, 4)
    )

    members = session.scalars(states.member_codes("ldc")).all()

    assert members == ["XAA"]


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({}, ["LDC"]),
        ({"valid_from_on": date(2026, 3, 2)}, ["LDC"]),
        ({"valid_from_on": date(2026, 3, 3)}, []),
        ({"valid_until_on": date(2026, 3, 2)}, ["LDC"]),
        ({"valid_until_on": date(2026, 3, 1)}, []),
        ({"valid_until_on": date(2027, 12, 13)}, ["LDC"]),
    ],
    ids=["open", "begins today", "begins tomorrow", "ends today", "ended yesterday", "ends next year"],
)
def test_a_membership_counts_on_the_days_that_it_is_in_force(
    session: Session, dates: dict[str, date], expected: list[str]
) -> None:
    """Once one with any end was left out, so that a State about to graduate was no LDC in a list and one in a run."""
    row = create_membership(session, create_state(session, "XAA"), create_group(session, "LDC"), **dates)
    day = date(2026, 3, 2)

    members = session.scalars(states.member_codes("ldc", day=day)).all()
    groups = session.scalars(states.group_codes("xaa", day=day)).all()

    assert groups == expected
    assert (len(members), row.holds_on(day)) == (len(expected), bool(expected))
    assert geography_on(session, day).members_by_token["LDC"] == frozenset(members)


def test_the_tree_holds_the_areas_in_the_order_of_the_release(session: Session) -> None:
    for code in ("LAW.2", "IRC", "LAW.1"):
        create_area(session, code)

    tree = areas.list_tree(session, PUBLIC)

    assert [(node.area.code, [child.code for child in node.children]) for node in tree] == [
        ("LAW", ["LAW.2", "LAW.1"]),
        ("IRC", []),
    ]


def test_a_search_keeps_what_it_finds_and_what_is_above(session: Session) -> None:
    create_area(session, "IRC.1", terms=(("ru", "группа реагирования"),))
    create_area(session, "IRC.2")
    create_area(session, "LAW")

    tree = areas.list_tree(session, PUBLIC, text="РЕАГИРОВАНИЯ")

    assert [(node.area.code, [child.code for child in node.children]) for node in tree] == [("IRC", ["IRC.1"])]


def test_a_retired_area_is_not_in_the_tree(session: Session) -> None:
    create_area(session, "IRC")
    create_release(session, "2")
    create_area(session, "OLD", retired_in="2", successor_code="IRC")

    tree = areas.list_tree(session, PUBLIC)

    assert [node.area.code for node in tree] == ["IRC"]


@pytest.mark.parametrize(
    ("day_by_release", "expected"),
    [
        ({"9": date(2026, 1, 1), "10": date(2026, 1, 1), "1": date(2026, 1, 1)}, "10"),
        ({"1": date(2026, 1, 1), "2": date(2025, 1, 1)}, "1"),
        ({"1": date(2026, 1, 1), "2": None}, "1"),
        ({"1": None, "2": None}, "2"),
    ],
    ids=["the highest number of a day", "adopted last", "a draft is not adopted", "drafts only"],
)
def test_the_newest_release_is_the_one_that_was_adopted_last(
    session: Session, day_by_release: dict[str, date | None], expected: str
) -> None:
    """Pages and matcher once took different ones, and a draft came first on PostgreSQL and last on SQLite."""
    for release, day in day_by_release.items():
        create_release(session, release, adopted_on=day)

    found = areas.find_release(session, PUBLIC)

    assert found is not None
    assert found.release == release_in_force(session).release == expected
