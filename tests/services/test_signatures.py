"""Needs that several States file: nobody speaks for a State but itself, and it may take back what it has said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.access.policy import holds
from app.access.vocabulary import Permission
from app.actor import PUBLIC, SYSTEM, Actor, Affiliation, Role
from app.audit.models import AuditEvent
from app.errors import ForbiddenError, InvalidFieldError, NotFoundError
from app.needs import queries
from app.needs.consent import SignaturesLackingError, reseal_signatures
from app.needs.entries import change_need, create_need
from app.needs.life import NEED_LIFE
from app.needs.models import Need
from app.needs.services import import_needs
from app.needs.signature_models import Consent, NeedSignature
from app.needs.signatures import (
    STEPS,
    SignatureAction,
    Signatures,
    list_awaiting,
    partner_ids_among,
    signatures_of,
    standing_with_signatures,
)
from app.needs.signing import SignatureOrder, TextChangedError, take_step
from app.organizations.importing import FileImport
from app.organizations.lives import IN_REVIEW, KEPT_BACK, TOLD_FROM_DAYS, Status
from app.organizations.models import Organization, OrganizationKind
from app.organizations.moves import Move, NotFromHereError, move_record
from app.organizations.transitions import Action
from app.reports.trail import EVERY_EVENT, iter_events
from matching.vocabulary import Visibility
from tests.factories import create_area, create_organization, create_release, create_state
from tests.factories import create_need as need_of

STATES: Final = ("XAA", "XAB", "XBA")
MEMBERS, EVERYBODY, SECRETARIAT, NOBODY = (
    Visibility.MEMBERS,
    Visibility.PUBLIC,
    Visibility.SECRETARIAT,
    Visibility.PRIVATE,
)
A_NEED: Final = {"states": ["XAA", "XAB"], "title": "Exercises for two teams", "areas": ["IRC"], "modes": ["exercise"]}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Three States with an authority each, and the people around them."""

    session: Session
    home: dict[str, Organization]
    people: dict[str, Actor] = field(default_factory=dict)

    def draft(self, **columns: Any) -> Need:
        """Return a private need that XAA keeps and that names XAB too."""
        told = {"organization": self.home["XAA"], "states": ("XAA", "XAB"), "visibility": NOBODY, "title": "Exercises"}
        return self.read("keeper", need_of(self.session, **{**told, **columns}).id)

    def read(self, who: str, need_id: Any) -> Need:
        self.session.flush()
        # Nothing that one of them was shown stays for the next.
        self.session.expunge_all()
        return queries.get_need(self.session, self.people[who], need_id, is_locked=True)

    def step(self, who: str, need: Need, action: str, state: str = "XAB", **more: Any) -> None:
        said = {"visibility": EVERYBODY} if action == "sign" else {}
        order = SignatureOrder(state=state, action=SignatureAction(action), **{**said, **more})
        take_step(self.session, self.people[who], self.read("system", need.id), order)

    def move(self, who: str, need: Need, action: str, visibility: Visibility | None = MEMBERS) -> None:
        move = Move(action=Action(action), visibility=visibility)
        move_record(self.session, self.people[who], NEED_LIFE, self.read("system", need.id), move)

    def told(self, who: str, need: Need) -> Signatures:
        return signatures_of(self.session, self.people[who], self.read(who, need.id))

    def said(self, who: str, need: Need) -> dict[str, str]:
        """Return what each State has said, as somebody is told."""
        return {row.told.state: row.told.consent.value for row in self.told(who, need).shown}

    def sees(self, who: str, need: Need) -> bool:
        try:
            self.read(who, need.id)
        except NotFoundError:
            return False
        return True

    def stands(self, need: Need) -> tuple[str, str]:
        row = self.read("system", need.id)
        return row.status.value, row.visibility.value


@pytest.fixture
def place(session: Session) -> Place:
    """The place, where nobody has written anything yet."""
    create_release(session)
    create_area(session, "IRC")
    for code in STATES:
        create_state(session, code)
    home = {
        code: create_organization(session, f"mfa-{code.lower()}", kind=OrganizationKind.STATE, state_code=code)
        for code in STATES
    }
    desk = create_organization(session, "desk")
    cert = create_organization(session, "team-xab", kind=OrganizationKind.STATE, state_code="XAB")
    regional = create_organization(session, "center", kind=OrganizationKind.REGIONAL, state_code="XAB")
    people = {
        "system": SYSTEM,
        "nobody": PUBLIC,
        "keeper": somebody(home["XAA"], Role.RECIPIENT),
        "drafter": somebody(home["XAA"], Role.CONTRIBUTOR),
        "partner": somebody(home["XAB"], Role.RECIPIENT),
        "helper": somebody(home["XAB"], Role.CONTRIBUTOR),
        "team": somebody(cert, Role.RECIPIENT),
        "center": somebody(regional, Role.RECIPIENT),
        "analyst": somebody(home["XAB"], Role.ANALYST),
        "administrator": somebody(home["XAB"], Role.ADMINISTRATOR),
        "provider": somebody(home["XAB"], Role.PROVIDER),
        "third": somebody(home["XBA"], Role.RECIPIENT),
        "secretariat": somebody(desk, Role.SECRETARIAT),
    }
    return Place(session=session, home=home, people=people)


def somebody(organization: Organization, role: Role) -> Actor:
    return Actor(affiliations=frozenset({Affiliation(organization_id=organization.id, role=role)}))


OUTSIDERS: Final = ("nobody", "center", "analyst", "administrator", "provider", "third", "secretariat")
OF_XAB: Final = ("partner", "helper", "team")


def test_a_need_is_shown_once_the_other_state_has_signed(place: Place) -> None:
    need = place.draft()
    for action in ("publish", "submit"):
        with pytest.raises(SignaturesLackingError, match="XAB"):
            place.move("keeper", need, action)
    assert place.said("keeper", need) == {"XAB": "named"}
    assert not any(place.sees(who, need) for who in (*OF_XAB, *OUTSIDERS))

    place.step("keeper", need, "ask")
    assert all(place.sees(who, need) for who in OF_XAB)
    assert not any(place.sees(who, need) for who in OUTSIDERS)
    place.step("partner", need, "sign", visibility=MEMBERS)
    place.move("keeper", need, "publish", MEMBERS)

    assert place.stands(need) == ("published", "members")
    assert place.read("third", need.id).signed_state_codes == ("XAA", "XAB")
    assert place.said("third", need) == {"XAB": "signed"}


def test_by_way_of_the_secretariat_it_takes_the_signature_too(place: Place) -> None:
    need = place.draft()
    place.step("keeper", need, "ask")
    place.step("team", need, "sign", visibility=MEMBERS)

    with pytest.raises(SignaturesLackingError):
        place.move("keeper", need, "submit", EVERYBODY)
    place.move("keeper", need, "submit", MEMBERS)
    place.move("secretariat", need, "approve", None)

    assert place.stands(need) == ("published", "members")


@pytest.mark.parametrize("circle", [SECRETARIAT, Visibility.PROVIDERS, MEMBERS, EVERYBODY])
def test_a_state_says_up_to_whom_it_is_shown(place: Place, circle: Visibility) -> None:
    need = place.draft()
    place.step("keeper", need, "ask")
    place.step("partner", need, "sign", visibility=circle)

    widths = list(Visibility)
    for wider in widths[widths.index(circle) + 1 :]:
        with pytest.raises(SignaturesLackingError):
            place.move("keeper", need, "publish", wider)
    assert place.told("keeper", need).circles[-1] is circle
    place.move("keeper", need, "publish", circle)

    assert place.stands(need) == ("published", circle.value)


@pytest.mark.parametrize("action", list(SignatureAction))
def test_each_step_is_taken_by_those_alone_who_speak_for_their_state(place: Place, action: str) -> None:
    before = {"ask": (), "sign": ("ask",), "decline": ("ask",), "leave": ("ask", "sign")}[action]
    need = place.draft()
    for step in before:
        place.step("system", need, step)
    allowed = {"keeper"} if action == "ask" else {"partner", "team"}

    for who in sorted(place.people):
        if who in allowed or who == "system":
            assert action in {step for row in place.told(who, need).shown for step in row.actions}, who
            with place.session.begin_nested() as undone:
                place.step(who, need, action)
                undone.rollback()
            continue
        with pytest.raises(ForbiddenError):
            place.step(who, need, action)
        if place.sees(who, need):
            assert action not in {step for row in place.told(who, need).shown for step in row.actions}


@pytest.mark.parametrize("status", sorted(frozenset(Status) - TOLD_FROM_DAYS))
@pytest.mark.parametrize("consent", [Consent.NAMED, Consent.ASKED, Consent.SIGNED, Consent.DECLINED, Consent.LEFT])
def test_steps_are_taken_from_where_they_may_be_and_buttons_say_which(
    place: Place, monkeypatch: pytest.MonkeyPatch, consent: Consent, status: Status
) -> None:
    roads = {"named": (), "asked": ("ask",), "signed": ("ask", "sign"), "declined": ("ask", "decline")}
    need = place.draft()
    for step in roads.get(consent, ("ask", "sign", "leave")):
        place.step("system", need, step)
    # As a file of the operator may have it: nobody asked whether all have signed.
    monkeypatch.setattr("app.needs.life.require_signatures", lambda *_, **__: None)
    if status not in KEPT_BACK:
        place.move("system", need, "publish", SECRETARIAT)
    row = place.read("system", need.id)
    row.status, row.wanted_visibility = status, MEMBERS if status in IN_REVIEW else None
    place.session.flush()

    can = {action for action, step in STEPS.items() if consent in step.sources and status in step.statuses}
    assert {action for one in place.told("system", need).shown for action in one.actions} == can
    for action in SignatureAction:
        if action not in can:
            with pytest.raises(NotFromHereError):
                place.step("system", need, action)


def test_what_the_system_is_not_asked_about_there_is_not(place: Place) -> None:
    need = place.draft()

    for state in ("XAA", "XBA", "XZZ", ""):
        with pytest.raises(InvalidFieldError, match="no such State"):
            place.step("keeper", need, "ask", state)
    place.step("keeper", need, "ask", " xab ")
    for circle in (None, NOBODY):
        with pytest.raises(InvalidFieldError, match="up to which circle"):
            place.step("partner", need, "sign", visibility=circle)


def test_a_text_that_was_changed_is_not_what_was_signed(place: Place) -> None:
    need = place.draft()
    place.step("keeper", need, "ask")
    place.step("partner", need, "sign")

    change_need(place.session, place.people["keeper"], place.read("keeper", need.id), {"title": "More", "priority": 5})

    (row,) = place.told("partner", need).shown
    assert (row.told.consent, row.told.changed) == (Consent.OUTDATED, ("title", "priority"))
    assert [one.id for one, _ in list_awaiting(place.session, place.people["helper"])] == [need.id]
    with pytest.raises(SignaturesLackingError):
        place.move("keeper", need, "publish")
    place.step("partner", need, "sign")
    place.move("keeper", need, "publish")
    assert place.stands(need) == ("published", "members")


def test_whoever_signs_has_read_what_they_sign(place: Place) -> None:
    need = place.draft()
    place.step("keeper", need, "ask")
    version = place.read("partner", need.id).version
    change_need(place.session, place.people["keeper"], place.read("keeper", need.id), {"title": "More"})

    with pytest.raises(TextChangedError):
        place.step("partner", need, "sign", version=version)

    assert place.said("keeper", need) == {"XAB": "asked"}


def test_whom_the_keeper_excludes_is_not_part_of_what_is_signed_nor_told(place: Place) -> None:
    need = place.draft(excluded_providers=("Second Provider",))
    place.step("keeper", need, "ask")
    place.step("partner", need, "sign")

    keeper, change = place.people["keeper"], {"excluded_providers": ["Third Provider"]}
    change_need(place.session, keeper, place.read("keeper", need.id), change)
    place.move("keeper", need, "publish")
    change_need(place.session, keeper, place.read("keeper", need.id), {"excluded_providers": []})

    assert place.said("keeper", need) == {"XAB": "signed"}
    with pytest.raises(KeyError):
        _ = place.read("partner", need.id).excluded_providers


@pytest.mark.parametrize("change", [{"title": "More"}, {"visibility": EVERYBODY}, {"states": ["XAA", "XAB", "XBA"]}])
def test_nothing_that_others_see_is_changed_for_a_state_that_has_not_signed_that(
    place: Place, change: dict[str, Any]
) -> None:
    need = place.draft()
    place.step("keeper", need, "ask")
    place.step("partner", need, "sign", visibility=MEMBERS)
    place.move("keeper", need, "publish")
    keeper = place.people["keeper"]

    with pytest.raises(SignaturesLackingError):
        change_need(place.session, keeper, place.read("keeper", need.id), change)
    changed = change_need(place.session, keeper, place.read("keeper", need.id), {"visibility": SECRETARIAT})
    assert changed.visibility is SECRETARIAT
    drafted = change_need(place.session, keeper, changed, {**change, "visibility": NOBODY})

    assert drafted.status is Status.DRAFT


@pytest.mark.parametrize(("steps", "word"), [(("ask", "decline"), "declined"), (("ask", "sign", "leave"), "left")])
def test_a_state_that_does_not_file_it_sees_it_no_longer_and_it_stays_a_draft(
    place: Place, steps: tuple[str, ...], word: str
) -> None:
    need = place.draft()
    for step in steps:
        place.step("keeper" if step == "ask" else "partner", need, step, **({} if step == "ask" else {"reason": "No"}))

    assert not any(place.sees(who, need) for who in (*OF_XAB, *OUTSIDERS))
    (row,) = place.told("keeper", need).shown
    assert (row.told.consent, row.told.reason) == (word, "No")
    assert [(one.id, shown.told.state) for one, shown in list_awaiting(place.session, place.people["keeper"])] == [
        (need.id, "XAB")
    ]
    with pytest.raises(SignaturesLackingError):
        place.move("keeper", need, "publish")
    place.step("keeper", need, "ask")
    assert place.sees("partner", need)
    assert place.told("keeper", need).shown[0].told.reason == ""


def test_a_state_that_leaves_takes_the_need_back_from_all_who_saw_it(place: Place) -> None:
    need = place.draft(title="Our grid is open")
    place.step("keeper", need, "ask")
    place.step("partner", need, "sign")
    place.move("keeper", need, "publish", EVERYBODY)

    place.step("partner", need, "leave")

    assert place.stands(need) == ("draft", "private")
    assert not any(place.sees(who, need) for who in (*OF_XAB, *OUTSIDERS))
    assert place.read("keeper", need.id).title == "Our grid is open"
    stored = [
        str(row) for name in ("needs", "need_secrets") for row in place.session.execute(text(f"SELECT * FROM {name}"))
    ]
    assert not any("grid" in row for row in stored)


def test_what_is_agreed_is_not_left(place: Place) -> None:
    need = place.draft()
    place.step("keeper", need, "ask")
    place.step("partner", need, "sign")
    place.move("keeper", need, "publish", EVERYBODY)
    place.move("keeper", need, "match", None)

    with pytest.raises(NotFromHereError):
        place.step("partner", need, "leave")

    assert place.stands(need) == ("matched", "public")


def test_a_state_that_is_named_no_longer_has_nothing_to_say(place: Place) -> None:
    need = place.draft()
    place.step("keeper", need, "ask")

    change_need(place.session, place.people["keeper"], place.read("keeper", need.id), {"states": ["XAA"]})

    assert not place.sees("partner", need)
    assert place.session.scalars(select(NeedSignature)).all() == []
    place.move("keeper", need, "publish", EVERYBODY)
    assert place.stands(need) == ("published", "public")
    with pytest.raises(ForbiddenError):
        place.step("partner", need, "sign")


def test_of_three_states_each_is_told_its_own_and_who_has_signed(place: Place) -> None:
    need = place.draft(states=STATES)
    place.step("keeper", need, "ask", "XAB")
    place.step("keeper", need, "ask", "XBA")

    assert place.said("partner", need) == {"XAB": "asked"}
    place.step("third", need, "sign", "XBA")
    assert place.said("partner", need) == {"XAB": "asked", "XBA": "signed"}
    place.step("partner", need, "decline")
    assert place.said("third", need) == {"XBA": "signed"}
    assert place.said("keeper", need) == {"XAB": "declined", "XBA": "signed"}
    with pytest.raises(ForbiddenError):
        place.step("third", need, "sign", "XAB")


def test_nobody_writes_in_the_name_of_another_state(place: Place) -> None:
    keeper = place.people["keeper"]

    for states in (["XAA", "XAB"], ["XAB"]):
        with pytest.raises(SignaturesLackingError):
            create_need(place.session, keeper, {**A_NEED, "states": states, "visibility": SECRETARIAT})
    drafted = create_need(place.session, keeper, {**A_NEED, "visibility": NOBODY})

    assert drafted.status is Status.DRAFT


def test_what_the_secretariat_enters_was_said_in_public_and_takes_no_signature(place: Place) -> None:
    entered = create_need(place.session, place.people["secretariat"], {**A_NEED, "visibility": EVERYBODY})

    assert place.stands(entered) == ("published", "public")
    assert place.read("nobody", entered.id).signed_state_codes == ()
    assert place.said("secretariat", entered) == {}
    with pytest.raises(InvalidFieldError):
        place.step("secretariat", entered, "ask")


FILE: Final = "id,state,title,areas,visibility\nn-1,XAA;XAB,{},IRC,public\n"


def imported(place: Place, title: str) -> Need:
    file = FileImport(content=FILE.format(title).encode(), name="needs.csv", organization_code="mfa-xaa")
    import_needs(place.session, SYSTEM, file)
    return place.session.scalars(select(Need)).one()


def test_a_file_of_the_operator_names_states_and_a_state_that_is_asked_counts(place: Place) -> None:
    need = imported(place, "Exercises")
    assert place.stands(need) == ("published", "public")
    assert place.read("nobody", need.id).signed_state_codes == ("XAA",)
    keeper = place.people["keeper"]
    with pytest.raises(SignaturesLackingError):
        change_need(place.session, keeper, place.read("keeper", need.id), {"title": "Something else"})

    place.step("keeper", need, "ask")
    assert place.stands(need) == ("published", "public")
    with pytest.raises(SignaturesLackingError):
        imported(place, "Something else")
    place.step("partner", need, "sign")
    assert place.read("nobody", need.id).signed_state_codes == ("XAA", "XAB")
    place.step("partner", need, "leave")

    assert place.stands(need) == ("draft", "private")
    with pytest.raises(SignaturesLackingError):
        imported(place, "Exercises")


def test_a_state_that_declines_what_a_file_says_takes_it_back(place: Place) -> None:
    need = imported(place, "Exercises")
    place.step("keeper", need, "ask")

    place.step("partner", need, "decline")

    assert place.stands(need) == ("draft", "private")


def test_the_buttons_of_the_keeper_wait_for_the_signatures(place: Place) -> None:
    need, keeper = place.draft(), place.people["keeper"]

    def actions() -> set[str]:
        row = place.read("keeper", need.id)
        return set(standing_with_signatures(keeper, row, signatures_of(place.session, keeper, row)).actions)

    assert actions() == {"withdraw"}
    place.step("keeper", need, "ask")
    place.step("partner", need, "sign")
    assert actions() == {"withdraw", "publish", "submit"}


def test_a_states_needs_are_those_too_that_it_files_with_another(place: Place) -> None:
    need, own = place.draft(), need_of(place.session, organization=place.home["XAB"], states=("XAB",))
    place.step("keeper", need, "ask")

    for who in OF_XAB:
        assert queries.count(place.session, place.people[who]) == 2
        assert partner_ids_among(place.session, place.people[who], [need.id, own.id]) == {need.id}
    for who in ("keeper", "third", "analyst", "nobody"):
        assert partner_ids_among(place.session, place.people[who], [need.id, own.id]) == frozenset()


def test_every_step_leaves_an_event_which_only_the_keeper_reads(place: Place) -> None:
    need = place.draft()
    for who, step in (("keeper", "ask"), ("partner", "decline"), ("keeper", "ask"), ("partner", "sign")):
        place.step(who, need, step)
    place.move("keeper", need, "publish", EVERYBODY)
    place.step("partner", need, "leave")
    keeper = place.people["keeper"]
    change_need(place.session, keeper, place.read("keeper", need.id), {"states": ["XAA"]})
    place.move("keeper", need, "publish", EVERYBODY)

    events = place.session.execute(select(AuditEvent.action, AuditEvent.record_id).order_by(AuditEvent.position)).all()
    steps = [action for action, record_id in events if record_id == str(need.id)]
    signature = "need_signature"
    assert steps == [
        *(f"{signature}.asked", f"{signature}.declined", f"{signature}.asked", f"{signature}.signed"),
        *("need.published", f"{signature}.left", "need.updated", f"{signature}.removed", "need.published"),
    ]
    read_by = {
        who: {event.action.partition(".")[0] for event in iter_events(place.session, actor, EVERY_EVENT)}
        for who, actor in place.people.items()
        if holds(actor, Permission.AUDIT_READ)
    }
    assert {who for who, read in read_by.items() if signature in read} == {"keeper", "system"}
    assert "need" in read_by["secretariat"]


def test_what_was_signed_and_why_not_is_sealed_and_can_be_sealed_anew(place: Place) -> None:
    need = place.draft(title="Our grid is open")
    place.step("keeper", need, "ask")
    place.step("partner", need, "sign", reason="")
    place.step("partner", need, "leave", reason="Our bank is open")

    stored = str(place.session.execute(text("SELECT * FROM need_signatures")).all())
    assert "grid" not in stored
    assert "bank" not in stored
    assert reseal_signatures(place.session) == 0
    assert place.told("keeper", need).shown[0].told.reason == "Our bank is open"
