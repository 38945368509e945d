"""Checklists and labels of offers: who may do what, what is kept, what others see, and what stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.actor import PUBLIC, SYSTEM, Actor, Affiliation, Role
from app.areas.services import load_areas
from app.audit.models import AuditEvent
from app.clock import Clock
from app.db import Database
from app.errors import AppError, ForbiddenError, InvalidFieldError, NotFoundError
from app.matches.options import RunOptions
from app.matches.sample import load_sample
from app.matches.services import RunOrder, run_match
from app.offers.checklists import Line, change_checklist, checklist_of
from app.offers.entries import change_offer
from app.offers.labels import LabelAction, LabelDecision, LabelStanding, decide_on_label, label_standing
from app.offers.life import OFFER_LIFE
from app.offers.models import LabelState, Offer, OfferLabel
from app.offers.queries import OfferFilter, count, get_offer
from app.offers.services import import_offers
from app.organizations.importing import FileImport
from app.organizations.models import Organization, OrganizationKind
from app.organizations.moves import Move, NotFromHereError, move_record
from app.organizations.transitions import Action
from app.reports.exports import ExportName, open_table
from app.reports.waiting import find_waiting
from app.states.services import load_states
from matching.vocabulary import Visibility
from tests.factories import (
    create_area,
    create_label,
    create_need,
    create_offer,
    create_organization,
    create_principle,
    create_scoring_profile,
)
from tests.factories.storing import AN_INSTANT

LATER: Final = AN_INSTANT + timedelta(days=3)
CODES: Final = ("P1", "P2", "R1")


def at(instant: datetime) -> Clock:
    return lambda: instant


@dataclass(frozen=True, kw_only=True)
class Place:
    """A database with an offer of a provider, and who stands how to it."""

    session: Session
    offer_id: UUID
    home: Organization
    people: dict[str, Actor]

    def offer(self, who: str = "secretariat") -> Offer:
        return get_offer(self.session, self.people[who], self.offer_id, is_locked=True)

    def decide(self, action: str, reason: str = "All is well.", *, who: str = "secretariat") -> LabelStanding:
        decision = LabelDecision(action=LabelAction(action), reason=reason)
        actor = self.people[who]
        return decide_on_label(self.session, actor, self.offer(who), decision, clock=at(LATER))

    def check(self, *lines: Line, who: str = "provider") -> dict[str, tuple[bool | None, str]]:
        found = change_checklist(self.session, self.people[who], self.offer(who), lines, clock=at(LATER))
        return {line.principle: (line.is_met, line.how) for line in found.lines}

    def change(self, **given: Any) -> None:
        change_offer(self.session, self.people["provider"], self.offer("provider"), given, clock=at(LATER))

    def seen_by(self, who: str) -> LabelStanding:
        actor = self.people[who]
        return label_standing(self.session, actor, get_offer(self.session, actor, self.offer_id))

    @property
    def events(self) -> list[str]:
        found = select(AuditEvent.action).where(AuditEvent.record_id == str(self.offer_id))
        return list(self.session.scalars(found.order_by(AuditEvent.position)))

    @property
    def rows(self) -> Sequence[OfferLabel]:
        return self.session.scalars(select(OfferLabel).order_by(OfferLabel.granted_at)).all()


def somebody(role: Role, organization: Organization) -> Actor:
    affiliation = Affiliation(organization_id=organization.id, role=role)
    return Actor(user_id=uuid4(), affiliations=frozenset({affiliation}))


@pytest.fixture
def place(session: Session) -> Place:
    """A place with three principles and an offer for everybody."""
    for code in CODES:
        create_principle(session, code)
    home = create_organization(session, "centre", kind=OrganizationKind.PROVIDER)
    desk = create_organization(session, "desk", kind=OrganizationKind.SECRETARIAT)
    people = {role.value: somebody(role, home if role is Role.PROVIDER else desk) for role in Role}
    other = somebody(Role.PROVIDER, create_organization(session, "other", kind=OrganizationKind.PROVIDER))
    offer = create_offer(session, organization=home, external_id="the-offer")
    return Place(
        session=session,
        offer_id=offer.id,
        home=home,
        people=people | {"another provider": other, "nobody": PUBLIC, "system": SYSTEM},
    )


def nested(place: Place) -> AbstractContextManager[object]:
    return place.session.begin_nested()


NOT_THE_SECRETARIAT: Final = [
    *(role.value for role in Role if role is not Role.SECRETARIAT),
    "another provider",
    "nobody",
]


@pytest.mark.parametrize("who", NOT_THE_SECRETARIAT)
@pytest.mark.parametrize("action", list(LabelAction))
def test_nobody_but_the_secretariat_decides_on_a_label(place: Place, who: str, action: str) -> None:
    if action != "grant":
        place.decide("grant")
    before = len(place.events)

    with pytest.raises(ForbiddenError):
        place.decide(action, who=who)

    assert place.seen_by(who).actions == ()
    assert (len(place.rows), len(place.events)) == (int(action != "grant"), before)


@pytest.mark.parametrize("who", [one for one in (*NOT_THE_SECRETARIAT, "secretariat") if one != "provider"])
def test_nobody_but_its_provider_says_what_an_offer_meets(place: Place, who: str) -> None:
    with pytest.raises(ForbiddenError):
        place.check(Line(principle="P1", is_met=True), who=who)

    assert place.offer().checklist == []
    assert place.events == []


@pytest.mark.parametrize("who", ["recipient", "administrator", "another provider", "nobody", "secretariat"])
def test_an_offer_that_one_may_not_see_is_none_to_label_or_to_check(place: Place, who: str) -> None:
    place.change(visibility=Visibility.PRIVATE)

    for attempt in (
        lambda: place.decide("grant", who=who),
        lambda: place.check(Line(principle="P1", is_met=True), who=who),
        lambda: place.seen_by(who),
    ):
        with pytest.raises(NotFoundError):
            attempt()


def test_a_label_is_granted_withdrawn_and_granted_again_and_all_of_it_is_kept(place: Place) -> None:
    assert place.seen_by("secretariat").actions == (LabelAction.GRANT,)

    granted = place.decide("grant", "  Demand-driven.\r\nEvaluated. ")
    assert granted.label is not None
    assert (granted.label.reason, granted.label.granted_on) == ("Demand-driven.\nEvaluated.", LATER.date())
    assert granted.actions == (LabelAction.CONFIRM, LabelAction.WITHDRAW)

    withdrawn = place.decide("withdraw", "The evaluation is overdue.")
    assert (withdrawn.label, withdrawn.actions) == (None, (LabelAction.GRANT,))

    place.decide("grant", "It was handed in.")
    assert sorted((row.reason, row.withdrawal_reason, row.ended_at is None) for row in place.rows) == [
        ("Demand-driven.\nEvaluated.", "The evaluation is overdue.", False),
        ("It was handed in.", None, True),
    ]
    assert {row.granted_by for row in place.rows} == {place.people["secretariat"].user_id}
    assert place.events == ["offer.label_granted", "offer.label_withdrawn", "offer.label_granted"]


@pytest.mark.parametrize("action", list(LabelAction))
@pytest.mark.parametrize("reason", ["", " \n\t", "x" * 2001, "a\x00b", "a\u202eb"])
def test_nothing_is_decided_without_a_reason_that_can_be_kept(place: Place, action: str, reason: str) -> None:
    if action != "grant":
        place.decide("grant")
    before = place.events

    with pytest.raises(InvalidFieldError) as refused:
        place.decide(action, reason)

    assert refused.value.field == "reason"
    assert place.events == before
    assert place.offer().label is None or place.offer().label.reason == "All is well."


@pytest.mark.parametrize(("has_label", "action"), [(True, "grant"), (False, "confirm"), (False, "withdraw")])
def test_what_cannot_be_done_now_is_told_and_nothing_changes(place: Place, action: str, *, has_label: bool) -> None:
    if has_label:
        place.decide("grant")
    before = place.events

    with pytest.raises(NotFromHereError, match="already" if has_label else "no label"):
        place.decide(action, "Again.")

    assert place.events == before


def test_the_database_holds_one_label_in_force_for_each_offer(place: Place) -> None:
    offer = place.offer()
    create_label(place.session, offer, ended_at=LATER)
    create_label(place.session, offer, ended_at=LATER)
    create_label(place.session, offer)

    with pytest.raises(IntegrityError, match=r"uq_offer_labels_in_force|offer_labels\.offer_id"), nested(place):
        create_label(place.session, offer)


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"reason": ""}, "ck_offer_labels_has_reason"),
        ({"withdrawal_reason": "Why."}, "ck_offer_labels_withdrawn_is_over"),
        ({"withdrawal_reason": "", "ended_at": LATER}, "ck_offer_labels_withdrawn_is_over"),
    ],
)
def test_the_database_refuses_a_label_that_cannot_be(place: Place, columns: dict[str, Any], name: str) -> None:
    with pytest.raises(IntegrityError, match=name), nested(place):
        create_label(place.session, place.offer(), **columns)


def test_of_eight_who_grant_at_once_one_does(database: Database) -> None:
    with database.unit_of_work() as session:
        offer_id = create_offer(session).id

    def grant(number: int) -> str:
        decision = LabelDecision(action=LabelAction.GRANT, reason=f"Reason {number}")
        try:
            with database.unit_of_work() as session:
                decide_on_label(session, SYSTEM, get_offer(session, SYSTEM, offer_id, is_locked=True), decision)
        except AppError as error:
            return error.code
        return "granted"

    with ThreadPoolExecutor(8) as pool:
        came_of_it = sorted(pool.map(grant, range(8)))

    assert came_of_it == ["granted"] + ["not_from_here"] * 7
    with database.reading() as session:
        assert session.scalar(select(func.count(OfferLabel.id))) == 1


@pytest.mark.parametrize(
    ("who", "sees_past"),
    [("provider", True), ("secretariat", True), ("system", True)]
    + [(who, False) for who in NOT_THE_SECRETARIAT if who != "provider"],
)
def test_the_label_is_as_visible_as_the_offer_and_what_was_before_is_for_two_alone(
    place: Place, who: str, *, sees_past: bool
) -> None:
    place.decide("grant", "At first.")
    place.decide("withdraw", "The evaluation is overdue.")
    place.decide("grant", "At last.")

    seen = place.seen_by(who)

    assert seen.label is not None
    assert seen.label.reason == "At last."
    told = None if seen.past is None else [(one.reason, one.withdrawal_reason) for one in seen.past]
    assert told == ([("At first.", "The evaluation is overdue.")] if sees_past else None)


CONTENTS: Final[dict[str, Any]] = {
    "title": "Another title",
    "description": "Another text.",
    "provider": "Another Provider",
    "capacity": 7,
    "eligible": ["XAA"],
    "modes": ["exercise"],
    "languages": ["fr"],
    "funder": "Somebody",
    "kind": "course",
    "available_until_on": datetime(2027, 1, 1, tzinfo=UTC).date(),
    "source_url": "https://example.org/offer",
}


@pytest.mark.parametrize("field", CONTENTS)
def test_an_offer_that_was_changed_says_so_until_the_label_is_confirmed(place: Place, field: str) -> None:
    create_need(place.session)  # for its State, to which the offer may be open
    place.decide("grant")

    place.change(**{field: CONTENTS[field]})

    for who in ("provider", "secretariat", "nobody"):
        label = place.seen_by(who).label
        assert label is not None
        assert (label.has_changed, label.granted_on) == (True, LATER.date())
    confirmed = place.decide("confirm", "Still well.")
    assert confirmed.label is not None
    assert (confirmed.label.has_changed, confirmed.label.reason) == (False, "Still well.")
    assert [(one.reason, one.withdrawal_reason) for one in confirmed.past or ()] == [("All is well.", None)]
    assert place.events[-1] == "offer.label_confirmed"


def test_what_is_changed_and_changed_back_was_changed(place: Place) -> None:
    title = place.offer().title
    place.decide("grant")

    place.change(title="Another title")
    place.change(title=title)

    assert place.seen_by("nobody").label.has_changed  # type: ignore[union-attr]  # granted above


def test_to_show_an_offer_to_others_or_to_confirm_it_changes_nothing_of_what_it_offers(place: Place) -> None:
    place.decide("grant")

    place.change(visibility=Visibility.MEMBERS)
    place.change(confirmed_on=LATER.date())
    move_record(
        place.session, place.people["provider"], OFFER_LIFE, place.offer("provider"), Move(action=Action.CONFIRM)
    )
    place.change(title=place.offer().title)

    assert not place.seen_by("provider").label.has_changed  # type: ignore[union-attr]  # granted above


def test_a_file_changes_an_offer_as_a_form_does_and_labels_none(place: Place) -> None:
    create_area(place.session, "IRC")
    header = "id,provider,title,areas,modes,label,label_reason,labelled_on,principles_met\n"

    def imported(title: str) -> None:
        row = f"the-offer,First Provider,{title},IRC,training,in_force,Mine,2026-01-01,P1\n"
        file = FileImport(content=(header + row).encode(), name="o.csv", organization_code="centre")
        report = import_offers(place.session, place.people["provider"], file)
        assert report.faults == ()

    imported("By a file")
    assert (place.seen_by("secretariat").label, place.offer().checklist) == (None, [])
    place.decide("grant")
    imported("By another file")

    assert place.seen_by("secretariat").label.has_changed  # type: ignore[union-attr]  # granted above
    assert len(place.rows) == 1


def test_a_label_leaves_the_offer_as_it_is(place: Place) -> None:
    """Neither its version nor its dates move: no run is made anew for it, and it does not wake a sleeping offer."""
    offer = place.offer()
    before = (offer.version, offer.updated_at, offer.confirmed_on, offer.contents_revision)

    for action in ("grant", "confirm", "withdraw"):
        place.decide(action)

    place.session.refresh(offer)
    assert (offer.version, offer.updated_at, offer.confirmed_on, offer.contents_revision) == before


def test_a_label_moves_no_score(place: Place) -> None:
    create_scoring_profile(place.session)
    create_need(place.session, title="Course for incident responders")
    order = RunOrder(as_of_on=AN_INSTANT.date(), options=RunOptions())

    first = run_match(place.session, SYSTEM, order)
    place.decide("grant")
    place.check(*(Line(principle=code, is_met=True, how="Fully.") for code in CODES))
    second = run_match(place.session, SYSTEM, order)

    assert first.is_new
    assert second.run.ranking_sha256 == first.run.ranking_sha256


def test_a_checklist_says_what_the_provider_said_and_leaves_the_rest_open(place: Place) -> None:
    said = place.check(
        Line(principle="p1", is_met=True, how=" We train trainers. "), Line(principle="R1", is_met=False)
    )

    assert said == {"P1": (True, "We train trainers."), "P2": (None, ""), "R1": (False, "")}
    again = place.check(Line(principle="R1", is_met=None), Line(principle="P2", is_met=True))
    assert again == {"P1": (True, "We train trainers."), "P2": (True, ""), "R1": (None, "")}
    assert place.events == ["offer.principles_changed"] * 2
    for who in ("recipient", "nobody"):
        seen = checklist_of(place.session, get_offer(place.session, place.people[who], place.offer_id))
        assert [line.is_met for line in seen.lines] == [True, True, None]


def test_what_was_said_before_is_no_change(place: Place) -> None:
    place.check(Line(principle="P1", is_met=True, how="Yes."))
    version = place.offer().version

    place.check(Line(principle="P1", is_met=True, how=" Yes."), Line(principle="P2"))

    assert (place.offer().version, len(place.events)) == (version, 1)


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([Line(principle="P9", is_met=True)], "lines/0/principle"),
        ([Line(principle="", is_met=True)], "lines/0/principle"),
        ([Line(principle="P1", is_met=True), Line(principle="p1", is_met=False)], "lines/1/principle"),
        ([Line(principle="P2", is_met=True), Line(principle="P1", how="Somehow.")], "lines/1/is_met"),
        ([Line(principle="P1", is_met=True, how="x" * 501)], "lines/0/how"),
        ([Line(principle="P1", is_met=True, how="a\x00b")], "lines/0/how"),
        ([Line(principle="P1", is_met=True, how="é\u202e")], "lines/0/how"),
    ],
)
def test_a_line_that_cannot_be_is_refused_by_its_place_and_nothing_is_stored(
    place: Place, lines: list[Line], field: str
) -> None:
    with pytest.raises(InvalidFieldError) as refused:
        place.check(*lines)

    assert refused.value.field == field
    assert (place.offer().checklist, place.events) == ([], [])


def test_five_hundred_characters_are_kept(place: Place) -> None:
    assert place.check(Line(principle="P1", is_met=True, how="网" * 500))["P1"] == (True, "网" * 500)


def test_a_checklist_that_was_changed_is_a_change_of_the_offer(place: Place) -> None:
    place.decide("grant")

    place.check(Line(principle="P1", is_met=False, how="No longer."))

    assert place.seen_by("nobody").label.has_changed  # type: ignore[union-attr]  # granted above
    assert place.offer().updated_at == LATER


@pytest.mark.parametrize(
    ("wanted", "found"),
    [(LabelState.IN_FORCE, ["as-it-was", "changed"]), (LabelState.CHANGED, ["changed"]), (LabelState.NONE, ["bare"])],
)
def test_a_list_is_narrowed_by_labels(session: Session, wanted: LabelState, found: list[str]) -> None:
    home = create_organization(session, "centre", kind=OrganizationKind.PROVIDER)
    for name in ("as-it-was", "changed", "bare"):
        offer = create_offer(session, organization=home, external_id=name)
        create_label(session, offer, ended_at=LATER, withdrawal_reason="Not any more.")
        if name != "bare":
            create_label(session, offer)
        if name == "changed":
            change_offer(session, SYSTEM, get_offer(session, SYSTEM, offer.id), {"title": "New"})

    table = open_table(session, PUBLIC, ExportName.OFFERS, OfferFilter(label=wanted))
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]

    assert [row["id"] for row in rows] == found
    states = {"as-it-was": "in_force", "changed": "changed", "bare": ""}
    assert [row["label"] for row in rows] == [states[name] for name in found]
    assert "Not any more." not in str(rows)


def test_what_changed_since_it_was_labelled_waits_for_the_secretariat_alone(place: Place) -> None:
    place.decide("grant")
    place.change(title="Another title")

    waiting = {who: [one.label for one in find_waiting(place.session, actor)] for who, actor in place.people.items()}

    assert waiting.pop("secretariat") == [LabelState.CHANGED]
    waiting.pop("system")
    assert not any(LabelState.CHANGED in told for told in waiting.values())
    place.decide("confirm")
    assert find_waiting(place.session, place.people["secretariat"]) == ()


def test_an_offer_that_was_withdrawn_waits_for_nobody(place: Place) -> None:
    """What its provider keeps to itself is neither counted nor told."""
    place.decide("grant")
    place.change(title="Another title", visibility=Visibility.PRIVATE)

    assert find_waiting(place.session, place.people["secretariat"]) == ()
    assert count(place.session, place.people["secretariat"], OfferFilter(label=LabelState.IN_FORCE)) == 0


def test_the_sample_goes_on_bringing_labelled_offers_up_to_date(session: Session) -> None:
    """To label an offer of the sample is no correction of it by somebody else."""
    load_states(session, SYSTEM)
    load_areas(session, SYSTEM)
    load_sample(session, SYSTEM)
    offer = session.scalars(select(Offer).where(Offer.is_sample).order_by(Offer.external_id)).first()
    assert offer is not None
    decision = LabelDecision(action=LabelAction.GRANT, reason="All is well.")
    decide_on_label(session, SYSTEM, get_offer(session, SYSTEM, offer.id, is_locked=True), decision)
    offer.title = "What the sample said before"
    session.flush()

    report = load_sample(session, SYSTEM)["offers"]

    assert report.updated == 1
    assert offer.title != "What the sample said before"
    assert offer.label is not None
    assert offer.label.has_changed
