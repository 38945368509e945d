"""Who may know of which event of the audit trail, and what they are told of who made the change."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import User, UserAffiliation
from app.actor import PUBLIC, SYSTEM, Actor, Role, Scope
from app.assessments.models import AssessmentState
from app.errors import ForbiddenError, NotFoundError
from app.organizations.models import Organization, OrganizationKind
from app.paging import PageRequest
from app.reports.trail import EventFilter, get_event, iter_chain, iter_events, list_events
from app.reports.trail_actors import ToldAs
from app.reports.trail_marks import mark_of_run
from app.reports.trail_rules import SUBJECTS_BY_RECORD_TYPE, record_types_of
from matching.vocabulary import Visibility
from tests.architecture.tree import modules
from tests.factories import (
    create_assessment,
    create_audit_event,
    create_match,
    create_match_run,
    create_need,
    create_offer,
    create_organization,
    create_share,
)
from tests.factories.accounts import actor_of, create_user
from tests.factories.storing import AN_INSTANT

READERS = ("recipient", "provider", "secretariat", "administrator")


def of_kind(session: Session, code: str, kind: OrganizationKind) -> Organization:
    return create_organization(session, code, kind=kind)


@pytest.fixture
def state(session: Session) -> Organization:
    """The authority of a State."""
    return of_kind(session, "state-a", OrganizationKind.STATE)


@pytest.fixture
def secretariat(session: Session) -> Organization:
    """The secretariat, which keeps what nobody else answers for."""
    return of_kind(session, "secretariat", OrganizationKind.SECRETARIAT)


def known_to(session: Session, actor: Actor) -> list[str]:
    """Return what the records are called that the actor may know something of, in order."""
    return sorted(event.record_id for event in iter_events(session, actor))


def events_on_needs(session: Session, keeper: Organization) -> dict[Visibility, str]:
    """Store a need of each visibility with its event; return their ids."""
    ids = {}
    for visibility in Visibility:
        need = create_need(session, visibility=visibility, organization=keeper)
        ids[visibility] = str(need.id)
        create_audit_event(session, record_id=str(need.id))
    return ids


def as_role(session: Session, role: str, organization: Organization | None = None) -> Actor:
    return actor_of(create_user(session, role, organization=organization))


@pytest.mark.parametrize(
    ("role", "is_own", "expected"),
    [
        ("recipient", True, set(Visibility)),
        ("recipient", False, set()),
        ("contributor", True, set()),
        ("provider", True, set()),
        ("analyst", True, set()),
        ("secretariat", False, set(Visibility) - {Visibility.PRIVATE}),
        ("administrator", False, set()),
    ],
)
def test_events_on_needs_are_known_to_who_answers_for_them(
    session: Session, state: Organization, role: str, *, is_own: bool, expected: set[Visibility]
) -> None:
    """An administrator knows of none, of public needs either: one with no other trace tells of an exclusion."""
    ids = events_on_needs(session, state)
    reader = as_role(session, role, state if is_own else None)

    known = known_to(session, reader) if role in READERS else []

    assert known == sorted(ids[visibility] for visibility in expected)


@pytest.mark.parametrize(
    ("role", "is_own", "expected"),
    [
        ("provider", True, set(Visibility)),
        ("provider", False, set()),
        ("recipient", True, set()),
        ("secretariat", False, set(Visibility) - {Visibility.PRIVATE}),
        ("administrator", False, set()),
    ],
)
def test_events_on_offers_are_known_to_who_answers_for_them(
    session: Session, state: Organization, role: str, *, is_own: bool, expected: set[Visibility]
) -> None:
    ids = {}
    for visibility in Visibility:
        offer = create_offer(session, visibility=visibility, organization=state)
        ids[visibility] = str(offer.id)
        create_audit_event(session, "offer.registered", record_id=str(offer.id))

    known = known_to(session, as_role(session, role, state if is_own else None))

    assert known == sorted(ids[visibility] for visibility in expected)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("is_own", [True, False], ids=["own", "other"])
def test_events_on_a_self_assessment_are_known_to_its_focal_point(
    session: Session, state: Organization, role: Role, *, is_own: bool
) -> None:
    """Not to whom a part of it is shown either."""
    assessment = create_assessment(session, organization=state, state=AssessmentState.SUBMITTED)
    create_share(session, assessment, visibility=Visibility.MEMBERS)
    event = create_audit_event(session, "assessment.submitted", record_id=str(assessment.id))
    reader = as_role(session, role, state if is_own else None)

    known = known_to(session, reader) if role.value in READERS else []

    assert known == ([event.record_id] if is_own and role is Role.RECIPIENT else [])


def test_who_sees_a_record_now_knows_what_happened_before(session: Session, state: Organization) -> None:
    need = create_need(session, visibility=Visibility.PRIVATE, organization=state)
    create_audit_event(session, record_id=str(need.id))
    reader = as_role(session, "secretariat")
    before = known_to(session, reader)

    need.visibility = Visibility.SECRETARIAT
    session.flush()

    assert (before, known_to(session, reader)) == ([], [str(need.id)])


def test_runs_are_known_while_they_may_be_seen(session: Session) -> None:
    public, closed, narrow = create_match_run(session), create_match_run(session), create_match_run(session)
    narrow.visibility = Visibility.SECRETARIAT
    create_match(session, run=closed, need=create_need(session, visibility=Visibility.PRIVATE))
    for run in (public, closed, narrow):
        create_audit_event(session, "match_run.recorded", record_id=str(run.id))

    assert known_to(session, as_role(session, "administrator")) == [str(public.id)]
    assert known_to(session, as_role(session, "secretariat")) == sorted([str(public.id), str(narrow.id)])
    assert known_to(session, as_role(session, "recipient")) == []


def person_with_events(session: Session, organization: Organization, *actions: str) -> User:
    """Return a contributor, and leave events about them."""
    user = create_user(session, "contributor", organization=organization)
    for action in actions or ("user.registered", "user.logged_in"):
        create_audit_event(session, action, record_id=str(user.id), occurred_at=AN_INSTANT)
    return user


def actions_known(session: Session, actor: Actor) -> list[str]:
    return sorted(event.action for event in iter_events(session, actor))


def test_what_becomes_of_a_person_is_known_to_their_own_organization(session: Session, state: Organization) -> None:
    person_with_events(session, state)
    elsewhere = of_kind(session, "state-b", OrganizationKind.STATE)

    assert actions_known(session, as_role(session, "recipient", state)) == ["user.registered"]
    assert actions_known(session, as_role(session, "provider", state)) == ["user.registered"]
    assert actions_known(session, as_role(session, "recipient", elsewhere)) == []
    assert actions_known(session, as_role(session, "secretariat")) == []
    assert actions_known(session, as_role(session, "administrator")) == ["user.logged_in", "user.registered"]


def test_a_person_of_two_organizations_is_a_matter_of_administrators(session: Session, state: Organization) -> None:
    """That somebody came to another organization would tell the first one whom it employs."""
    user = person_with_events(session, state, "user.registered")
    elsewhere = of_kind(session, "state-b", OrganizationKind.STATE)
    row = UserAffiliation(id=uuid4(), organization_id=elsewhere.id, role=Role.CONTRIBUTOR, created_at=AN_INSTANT)
    user.affiliations.append(row)
    session.flush()

    assert actions_known(session, as_role(session, "recipient", state)) == []
    assert actions_known(session, as_role(session, "recipient", elsewhere)) == []
    assert actions_known(session, as_role(session, "administrator")) == ["user.registered"]


def test_what_a_person_was_elsewhere_before_is_not_told(session: Session, state: Organization) -> None:
    user = create_user(session, "contributor", organization=state)
    for action, days in (("user.affiliated", -1), ("user.disabled", 1)):
        create_audit_event(session, action, record_id=str(user.id), occurred_at=AN_INSTANT + timedelta(days=days))

    assert actions_known(session, as_role(session, "recipient", state)) == ["user.disabled"]


def test_organizations_and_reference_data(session: Session, state: Organization) -> None:
    elsewhere = of_kind(session, "state-b", OrganizationKind.STATE)
    for organization in (state, elsewhere):
        create_audit_event(session, "organization.registered", record_id=str(organization.id))
    create_audit_event(session, "state.registered", record_id="XAA")

    assert known_to(session, as_role(session, "recipient", state)) == [str(state.id)]
    assert known_to(session, as_role(session, "secretariat")) == ["XAA"]
    assert known_to(session, as_role(session, "administrator")) == sorted([str(state.id), str(elsewhere.id), "XAA"])


def test_failed_logins_are_known_to_administrators_alone(session: Session, state: Organization) -> None:
    create_audit_event(session, "user.login_failed", record_id="unknown", actor=PUBLIC)

    for role in ("recipient", "provider", "secretariat"):
        assert actions_known(session, as_role(session, role, state if role != "secretariat" else None)) == []
    assert actions_known(session, as_role(session, "administrator")) == ["user.login_failed"]


def test_what_nobody_foresaw_is_known_to_the_system_alone(session: Session) -> None:
    create_audit_event(session, "secret_thing.registered")

    for role in READERS:
        assert actions_known(session, as_role(session, role)) == []
    assert actions_known(session, SYSTEM) == ["secret_thing.registered"]


def test_every_type_of_record_that_leaves_events_has_a_subject() -> None:
    spelled = re.compile(r'record_type ?(?:: [^=\n]+)?= ?"([a-z_]+)"')
    known = {found for module in modules("app") for found in spelled.findall(module.text)}

    assert {"need", "user", "scoring_profile"} < known
    assert known - set(SUBJECTS_BY_RECORD_TYPE) == set()


@pytest.mark.parametrize("role", ["contributor", "analyst"])
def test_who_reads_no_trail_is_refused_whatever_there_is(session: Session, role: str) -> None:
    event, reader = create_audit_event(session), as_role(session, role)

    for ask in (
        lambda: list_events(session, reader, PageRequest()),
        lambda: get_event(session, reader, event.id),
        lambda: get_event(session, reader, uuid4()),
        lambda: list_events(session, PUBLIC, PageRequest()),
    ):
        with pytest.raises(ForbiddenError, match="audit:read"):
            ask()


def test_a_token_that_may_not_read_reads_no_trail(session: Session) -> None:
    user = create_user(session, "administrator")
    writer = Actor(user_id=user.id, affiliations=user.values, scopes=frozenset({Scope.WRITE}))

    with pytest.raises(ForbiddenError):
        list_events(session, writer, PageRequest())


def test_an_event_that_one_may_not_know_of_never_was(session: Session, state: Organization) -> None:
    need = create_need(session, visibility=Visibility.PRIVATE, organization=state)
    event = create_audit_event(session, record_id=str(need.id))
    reader = as_role(session, "secretariat")

    messages = set()
    for event_id in (event.id, uuid4()):
        with pytest.raises(NotFoundError) as caught:
            get_event(session, reader, event_id)
        messages.add(str(caught.value))

    assert len(messages) == 1


def test_the_chain_is_for_the_system_alone(session: Session) -> None:
    create_audit_event(session)

    with pytest.raises(ForbiddenError):
        list(iter_chain(session, as_role(session, "administrator")))
    assert [event.position for event in iter_chain(session, SYSTEM)] == [1]


def test_who_made_a_change_is_named_to_who_sees_the_person(
    session: Session, state: Organization, secretariat: Organization
) -> None:
    need = create_need(session, organization=state)
    colleague = create_user(session, "contributor", organization=state, name="Colleague")
    officer = create_user(session, "secretariat", organization=secretariat, name="Officer")
    for actor in (actor_of(colleague), actor_of(officer), SYSTEM):
        create_audit_event(session, "need.updated", record_id=str(need.id), actor=actor)

    def told(reader: Actor) -> set[tuple[ToldAs, str | None]]:
        return {(event.actor.kind, event.actor.name) for event in iter_events(session, reader)}

    focal_point = as_role(session, "recipient", state)
    assert told(focal_point) == {
        (ToldAs.PERSON, "Colleague"),
        (ToldAs.ORGANIZATION, "Organization secretariat"),
        (ToldAs.SYSTEM, None),
    }
    assert told(actor_of(officer)) == {
        (ToldAs.ORGANIZATION, "Organization state-a"),
        (ToldAs.PERSON, "Officer"),
        (ToldAs.SYSTEM, None),
    }


def test_where_else_somebody_works_is_not_told(session: Session, state: Organization) -> None:
    """The need was handed over: who kept it before is as little the reader's business as where the person is now."""
    former = of_kind(session, "state-b", OrganizationKind.STATE)
    need = create_need(session, organization=state)
    create_audit_event(session, record_id=str(need.id), actor=as_role(session, "recipient", former))
    create_audit_event(session, record_id=str(need.id), actor=Actor(user_id=uuid4()))

    events = list(iter_events(session, as_role(session, "recipient", state)))

    assert [(event.actor.kind, event.actor.name) for event in events] == [(ToldAs.SOMEBODY, None)] * 2


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (EventFilter(action="need.updated"), {"need.updated"}),
        (EventFilter(record_type="offer"), {"offer.registered"}),
        (EventFilter(actor="system"), {"need.registered", "need.updated", "offer.registered"}),
        (EventFilter(actor="public"), set()),
        (EventFilter(actor="no id"), set()),
        (EventFilter(occurred_on=date(2026, 3, 2)), {"need.updated"}),
        (EventFilter(occurred_on=date.max), set()),
        (EventFilter(occurred_on=date.min), set()),
        (EventFilter(record_id="of nothing"), set()),
    ],
    ids=["action", "type", "system", "public", "nobody", "day", "last day", "first day", "record"],
)
def test_a_filter_leaves_what_it_says(session: Session, wanted: EventFilter, expected: set[str]) -> None:
    need, offer = create_need(session), create_offer(session)
    create_audit_event(session, record_id=str(need.id))
    create_audit_event(session, "need.updated", record_id=str(need.id), occurred_at=AN_INSTANT)
    create_audit_event(session, "offer.registered", record_id=str(offer.id))

    assert {event.action for event in iter_events(session, as_role(session, "secretariat"), wanted)} == expected


def test_nobody_finds_by_a_filter_who_made_a_change(session: Session, state: Organization) -> None:
    need = create_need(session, organization=state)
    user = create_user(session, "recipient", organization=state)
    create_audit_event(session, record_id=str(need.id), actor=actor_of(user))
    by_them = EventFilter(actor=str(user.id))

    def found(reader: Actor) -> int:
        return len(list(iter_events(session, reader, by_them)))

    assert found(as_role(session, "secretariat")) == 0
    assert found(as_role(session, "recipient", state)) == 1
    assert found(actor_of(user)) == 1


def test_a_page_goes_on_where_the_one_before_ended(session: Session) -> None:
    need, hidden = create_need(session), create_need(session, visibility=Visibility.PRIVATE)
    for _ in range(7):
        create_audit_event(session, record_id=str(hidden.id), occurred_at=AN_INSTANT)
        create_audit_event(session, record_id=str(need.id), occurred_at=AN_INSTANT)
    reader = actor_of(
        create_user(session, "secretariat", organization=of_kind(session, "office", OrganizationKind.SECRETARIAT))
    )

    sizes, ids, cursor = [], [], None
    while True:
        page = list_events(session, reader, PageRequest(limit=3, cursor=cursor))
        sizes.append(len(page.items))
        ids += [event.id for event in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert sizes == [3, 3, 1]
    assert len(set(ids)) == 7


def test_types_of_records_are_offered_whether_there_are_events_or_not(session: Session) -> None:
    assert record_types_of(as_role(session, "recipient")) == (
        "need",
        "need_signature",
        "assessment",
        "user",
        "organization",
    )
    assert record_types_of(as_role(session, "analyst")) == ()
    assert set(record_types_of(SYSTEM)) == set(SUBJECTS_BY_RECORD_TYPE)


def test_the_mark_of_a_run_is_for_the_secretariat_and_administrators(session: Session) -> None:
    run = create_match_run(session)
    event = create_audit_event(session, "match_run.recorded", record_id=str(run.id))

    marks = {role: mark_of_run(session, as_role(session, role), run.id) for role in Role}

    assert marks == dict.fromkeys(Role) | {Role.SECRETARIAT: event.hash, Role.ADMINISTRATOR: event.hash}
    assert mark_of_run(session, PUBLIC, run.id) is None


def test_a_run_that_one_may_not_see_has_no_mark(session: Session) -> None:
    run = create_match_run(session, visibility=Visibility.SECRETARIAT)
    create_audit_event(session, "match_run.recorded", record_id=str(run.id))

    with pytest.raises(NotFoundError):
        mark_of_run(session, as_role(session, "administrator"), run.id)
