"""The life of needs and offers: every step from everywhere by everybody, and what the calendar makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.actor import SYSTEM, Actor, Affiliation, Role
from app.audit.models import AuditEvent
from app.clock import Clock
from app.errors import ForbiddenError, InvalidFieldError
from app.matches.profiles import read_run_input
from app.needs import entries as need_entries
from app.needs import queries as needs
from app.needs.filters import NeedFilter
from app.needs.life import NEED_LIFE
from app.needs.models import Need
from app.offers import queries as offers
from app.offers.life import OFFER_LIFE
from app.offers.models import Offer
from app.offers.queries import OfferFilter
from app.organizations.lives import SLEEPS_AFTER, Status
from app.organizations.models import Organization, OrganizationKind
from app.organizations.moves import Move, NotFromHereError, Standing, move_record, standing_of
from app.organizations.transitions import Action
from matching.vocabulary import Visibility
from tests.factories import create_need, create_offer, create_organization, create_state
from tests.factories.storing import AN_INSTANT

TODAY: Final = AN_INSTANT.date() + timedelta(days=20)
YESTERDAY: Final = TODAY - timedelta(days=1)
A_YEAR_AGO: Final = AN_INSTANT - timedelta(days=400)

# Told once more, so that the tables cannot be wrong unseen: from where, by whom, to where, and seen by whom then.
KEEPER, REVIEWER, BOTH = "keeper", "reviewer", "keeper reviewer"
STEPS: Final = {
    "submit": ("draft", KEEPER, "submitted", "secretariat"),
    "take_up": ("submitted", REVIEWER, "under_review", "secretariat"),
    "approve": ("submitted under_review", REVIEWER, "published", "members"),
    "send_back": ("submitted under_review", REVIEWER, "draft", "private"),
    "take_back": ("submitted under_review", KEEPER, "draft", "private"),
    "publish": ("draft", KEEPER, "published", "members"),
    "confirm": ("published asleep", KEEPER, "published", "public"),
    "withdraw": ("draft submitted under_review published expired asleep", KEEPER, "withdrawn", "private"),
    "reopen": ("withdrawn", KEEPER, "draft", "private"),
}
OF_NEEDS: Final = {
    "match": ("published expired asleep", BOTH, "matched", "public"),
    "part": ("matched", BOTH, "published", "public"),
    "fulfil": ("matched", KEEPER, "fulfilled", "public"),
}
STEPS_BY_NOUN: Final = {"need": STEPS | OF_NEEDS, "offer": STEPS}
OF_OFFERS: Final[list[Status]] = [status for status in Status if status not in (Status.MATCHED, Status.FULFILLED)]
STATUSES_BY_NOUN: Final[dict[str, list[Status]]] = {"need": list(Status), "offer": OF_OFFERS}


def on(day: date) -> Clock:
    """Return a clock that stands at noon of a day."""
    return lambda: datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A database with one organization that keeps records of a kind, and who stands how to it."""

    noun: str
    session: Session
    home: Organization
    people: dict[str, Actor]

    @property
    def life(self) -> Any:
        return NEED_LIFE if self.noun == "need" else OFFER_LIFE

    def record(self, status: Status = Status.PUBLISHED, **columns: Any) -> Any:
        """Return a record that stands there today."""
        kept_back, in_review = status in ("draft", "withdrawn"), status in ("submitted", "under_review")
        visibility = "private" if kept_back else "secretariat" if in_review else "public"
        columns = {"visibility": Visibility(visibility), "external_id": "the-record", **columns}
        if status is Status.EXPIRED:
            columns["latest_on" if self.noun == "need" else "available_until_on"] = YESTERDAY
        if status is Status.ASLEEP:
            columns["updated_at"] = A_YEAR_AGO
        create: Callable[..., Any] = create_need if self.noun == "need" else create_offer
        row = create(self.session, organization=self.home, **columns)
        row.status = Status.PUBLISHED if status in (Status.EXPIRED, Status.ASLEEP) else status
        row.wanted_visibility = Visibility.MEMBERS if in_review else None
        self.session.flush()
        return self.read(SYSTEM, row.id)

    def read(self, actor: Actor, record_id: Any) -> Any:
        self.session.expire_all()
        read: Callable[..., Any] = needs.get_need if self.noun == "need" else offers.get_offer
        return read(self.session, actor, record_id, is_locked=True)

    def move(self, who: str, record: Any, action: str, *, day: date = TODAY, **said: Any) -> Standing:
        move = Move(action=Action(action), visibility=Visibility.MEMBERS, reason="Say how many.")
        given = Move(**{**{name: getattr(move, name) for name in ("action", "visibility", "reason")}, **said})
        return move_record(self.session, self.people[who], self.life, record, given, clock=on(day))

    def events(self) -> list[str]:
        statement = select(AuditEvent.action).order_by(AuditEvent.position)
        return [action for action in self.session.scalars(statement) if action.startswith(f"{self.noun}.")]


@pytest.fixture(params=["need", "offer"])
def place(request: pytest.FixtureRequest, session: Session) -> Place:
    return a_place(session, request.param)


def a_place(session: Session, noun: str) -> Place:
    """Return a place with an organization and everybody around it."""
    create_state(session, "XAA")
    home = create_organization(session, "home", kind=OrganizationKind.STATE)
    away = create_organization(session, "away", kind=OrganizationKind.STATE)
    keeping = Role.RECIPIENT if noun == "need" else Role.PROVIDER
    people = {
        "keeper": somebody(home, keeping),
        "reviewer": somebody(away, Role.SECRETARIAT),
        "contributor": somebody(home, Role.CONTRIBUTOR),
        "neighbour": somebody(away, keeping),
        "analyst": somebody(home, Role.ANALYST),
        "administrator": somebody(home, Role.ADMINISTRATOR),
        "nobody": Actor(),
    }
    return Place(noun=noun, session=session, home=home, people=people)


def somebody(organization: Organization, role: Role) -> Actor:
    return Actor(affiliations=frozenset({Affiliation(organization_id=organization.id, role=role)}))


def every_step() -> Iterator[tuple[str, str]]:
    for noun, statuses in STATUSES_BY_NOUN.items():
        for status in statuses:
            yield noun, status


@pytest.mark.parametrize(("noun", "status"), list(every_step()))
def test_each_step_is_taken_from_where_and_by_whom_it_may_be_and_by_nobody_else(
    session: Session, noun: str, status: str
) -> None:
    place = a_place(session, noun)
    record = place.record(Status(status))

    # The buttons are the steps that can be taken.
    for who, actor in place.people.items():
        can = {
            action
            for action, (sources, people, _, _) in STEPS_BY_NOUN[noun].items()
            if status in sources.split() and who in people.split()
        }
        standing = standing_of(actor, place.life, record, clock=on(TODAY))
        assert (standing.status, set(standing.actions)) == (status, can), who
    for action in Action:
        sources, people, target, seen_by = STEPS_BY_NOUN[noun].get(action, ("", "", "", ""))
        for who in place.people:
            if who not in people.split() or status not in sources.split():
                is_known, may_take = action in STEPS_BY_NOUN[noun], who in people.split()
                refusal = NotFromHereError if may_take else ForbiddenError if is_known else InvalidFieldError
                with pytest.raises(refusal):
                    place.move(who, record, action)
                continue
            with session.begin_nested() as undone:
                standing = place.move(who, place.read(SYSTEM, record.id), action)
                assert (standing.status, standing.visibility) == (target, seen_by), f"{action} by {who}"
                undone.rollback()
            record = place.read(SYSTEM, record.id)


def test_the_road_by_way_of_the_secretariat_leaves_an_event_for_each_step(place: Place) -> None:
    record = place.record(Status.DRAFT)

    submitted = place.move("keeper", record, "submit", visibility=Visibility.PROVIDERS)
    assert submitted.wanted_visibility is Visibility.PROVIDERS
    place.move("reviewer", place.read(place.people["reviewer"], record.id), "take_up")
    approved = place.move("reviewer", place.read(place.people["reviewer"], record.id), "approve")

    assert (approved.visibility, approved.wanted_visibility) == (Visibility.PROVIDERS, None)
    assert approved.confirmed_on == TODAY
    assert place.events() == [f"{place.noun}.{step}" for step in ("submitted", "taken_up", "approved")]


def test_what_is_sent_back_is_the_keepers_alone_again_with_the_reason(place: Place) -> None:
    record = place.record(Status.SUBMITTED, title="Train our responders")

    standing = place.move("reviewer", record, "send_back", reason="Say how many responders.")

    assert standing.actions == ()
    read = place.read(place.people["keeper"], record.id)
    assert (read.title, read.review_note) == ("Train our responders", "Say how many responders.")
    assert read.visibility is Visibility.PRIVATE
    place.move("keeper", read, "publish")
    assert place.read(place.people["keeper"], record.id).review_note == ""


def test_the_database_shows_nothing_of_a_need_that_was_sent_back_or_withdrawn(session: Session) -> None:
    place = a_place(session, "need")
    sent_back = place.record(Status.SUBMITTED, title="Our grid is open", external_id="one")
    withdrawn = place.record(Status.PUBLISHED, title="Our bank is open", external_id="two")
    place.move("reviewer", sent_back, "send_back", reason="Name the grid operator.")
    place.move("keeper", place.read(SYSTEM, withdrawn.id), "withdraw")

    stored = [
        str(row) for table in ("needs", "need_secrets") for row in session.execute(text(f"SELECT * FROM {table}"))
    ]
    for said in ("Our grid is open", "Our bank is open", "Name the grid operator."):
        assert not any(said in row for row in stored)
    assert place.read(place.people["keeper"], withdrawn.id).title == "Our bank is open"


def test_a_draft_that_was_sent_back_keeps_the_reason_while_it_is_changed(session: Session) -> None:
    place = a_place(session, "need")
    record = place.record(Status.SUBMITTED)
    place.move("reviewer", record, "send_back", reason="Say how many.")
    keeper = place.people["keeper"]

    changed = need_entries.change_need(session, keeper, place.read(keeper, record.id), {"audience": "Twelve analysts"})

    assert (changed.audience, changed.review_note) == ("Twelve analysts", "Say how many.")


@pytest.mark.parametrize(("action", "field"), [("submit", "visibility"), ("publish", "visibility")])
@pytest.mark.parametrize("visibility", [None, Visibility.PRIVATE])
def test_to_publish_one_says_for_whom(place: Place, action: str, field: str, visibility: Visibility | None) -> None:
    record = place.record(Status.DRAFT)

    with pytest.raises(InvalidFieldError) as refused:
        place.move("keeper", record, action, visibility=visibility)

    assert refused.value.field == field
    assert record.status is Status.DRAFT


def test_nothing_is_sent_back_without_a_reason(place: Place) -> None:
    record = place.record(Status.SUBMITTED)

    with pytest.raises(InvalidFieldError, match="Say why"):
        place.move("reviewer", record, "send_back", reason=" \n")

    assert record.status is Status.SUBMITTED


@pytest.mark.parametrize(
    ("status", "visibility", "then"),
    [
        (Status.DRAFT, "members", Status.PUBLISHED),
        (Status.WITHDRAWN, "members", Status.PUBLISHED),
        (Status.PUBLISHED, "private", Status.DRAFT),
        (Status.PUBLISHED, "members", Status.PUBLISHED),
        (Status.SUBMITTED, "secretariat", Status.SUBMITTED),
        (Status.UNDER_REVIEW, "providers", Status.PUBLISHED),
        (Status.MATCHED, "secretariat", Status.MATCHED),
        (Status.MATCHED, "private", Status.DRAFT),
    ],
)
def test_to_choose_a_visibility_in_a_form_moves_the_need(
    session: Session, status: Status, visibility: str, then: Status
) -> None:
    place = a_place(session, "need")
    keeper, record = place.people["keeper"], place.record(status)

    read = place.read(keeper, record.id)
    changed = need_entries.change_need(session, keeper, read, {"visibility": Visibility(visibility), "title": "New"})

    assert (changed.status, changed.visibility) == (then, visibility)


@pytest.mark.parametrize(
    ("status", "visibility"),
    [("draft", "public"), ("published", "private"), ("submitted", "public"), ("asleep", "public")],
)
def test_the_database_refuses_a_status_that_does_not_go_with_the_visibility(
    place: Place, status: str, visibility: str
) -> None:
    record = place.record(Status.PUBLISHED)

    with pytest.raises(IntegrityError):
        place.session.execute(
            text(f"UPDATE {place.noun}s SET status = :status, visibility = :visibility, title = '', description = ''"),
            {"status": status, "visibility": visibility},
        )
    assert record.status is Status.PUBLISHED


FELL_ASLEEP: Final = AN_INSTANT.date() + SLEEPS_AFTER


@pytest.mark.parametrize(
    ("columns", "day", "status"),
    [
        ({}, FELL_ASLEEP - timedelta(days=1), Status.PUBLISHED),
        ({}, FELL_ASLEEP, Status.ASLEEP),
        ({"confirmed_on": AN_INSTANT.date() + timedelta(days=9)}, FELL_ASLEEP + timedelta(days=8), Status.PUBLISHED),
        ({"confirmed_on": AN_INSTANT.date() + timedelta(days=9)}, FELL_ASLEEP + timedelta(days=9), Status.ASLEEP),
        ({"confirmed_on": date(2019, 1, 1)}, FELL_ASLEEP - timedelta(days=1), Status.PUBLISHED),
        ({"last_on": FELL_ASLEEP}, FELL_ASLEEP, Status.ASLEEP),
        ({"last_on": TODAY}, TODAY, Status.PUBLISHED),
        ({"last_on": TODAY}, TODAY + timedelta(days=1), Status.EXPIRED),
        ({"last_on": TODAY}, FELL_ASLEEP + timedelta(days=1), Status.EXPIRED),
    ],
)
def test_the_calendar_is_told_alike_of_one_and_of_all(
    place: Place, monkeypatch: pytest.MonkeyPatch, columns: dict[str, Any], day: date, status: Status
) -> None:
    record = place.record()
    setattr(record, type(record).LAST_DAY, columns.get("last_on"))
    record.confirmed_on = columns.get("confirmed_on")
    place.session.flush()
    for module in ("app.needs.queries", "app.offers.queries"):
        monkeypatch.setattr(f"{module}.today_utc", lambda: day)

    count: Callable[..., int] = needs.count if place.noun == "need" else offers.count
    wanted: Callable[..., Any] = NeedFilter if place.noun == "need" else OfferFilter

    assert record.status_on(day) is status
    assert [word for word in Status if count(place.session, SYSTEM, wanted(status=word))] == [status]


def test_a_sleeping_record_wakes_by_one_click_and_sleeps_again_a_year_later(place: Place) -> None:
    record = place.record(Status.ASLEEP)

    standing = place.move("keeper", record, "confirm")

    assert (standing.status, standing.sleeps_on) == (Status.PUBLISHED, TODAY + SLEEPS_AFTER)
    assert record.status_on(TODAY + SLEEPS_AFTER) is Status.ASLEEP


def test_a_run_takes_what_is_published_and_awake_on_its_day(session: Session) -> None:
    for noun in ("need", "offer"):
        place = a_place(session, noun)
        for status in STATUSES_BY_NOUN[noun]:
            place.record(Status(status), external_id=f"{noun}-{status}", title=f"{noun} {status}")

    found = read_run_input(session, SYSTEM, circle=Visibility.SECRETARIAT, as_of_on=TODAY)

    # What is over on the day is told by the run, with the reason.
    assert {need.title for need in found.pool.needs} == {"need published", "need expired"}
    assert {offer.title for offer in found.pool.offers} == {"offer published", "offer expired"}
    before = read_run_input(session, SYSTEM, circle=Visibility.SECRETARIAT, as_of_on=A_YEAR_AGO.date())
    assert {need.title for need in before.pool.needs} == {"need published", "need expired", "need asleep"}


def test_nothing_vanishes_whatever_becomes_of_it(session: Session) -> None:
    place = a_place(session, "need")
    for status in Status:
        place.record(status, external_id=status.value)

    assert session.scalar(select(func.count(Need.id))) == len(Status)
    assert needs.count(session, place.people["keeper"]) == len(Status)
    seen_by_all = {need.external_id for need in needs.iter_rows(session, place.people["nobody"])}
    assert seen_by_all == {"published", "matched", "fulfilled", "expired", "asleep"}
    assert session.scalar(select(func.count(Offer.id))) == 0
