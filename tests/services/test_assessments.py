"""Self-assessments: begun with what was said last time, answered by several people, submitted by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.actor import SYSTEM, Actor, Affiliation, Role
from app.assessments import queries
from app.assessments.answers import EMPTY, AnswerContent
from app.assessments.checks import MAX_ANSWER_LENGTH, FaultyAnswerError
from app.assessments.merging import marks_of
from app.assessments.models import Answer, Assessment, AssessmentState
from app.assessments.services import (
    GivenAnswer,
    NotInThisStateError,
    begin_assessment,
    move_assessment,
    save_answer,
)
from app.assessments.transitions import TRANSITIONS, Action
from app.audit.models import AuditEvent
from app.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from app.organizations.models import Organization, OrganizationKind
from tests.factories import create_assessment, create_organization, create_questionnaire
from tests.factories.accounts import create_user

SAID = AnswerContent(current=2, target=4, priority=5, gaps="No trained staff", challenges=("staff",))


@pytest.fixture
def ministry(session: Session) -> Organization:
    """The organization of a State, and a questionnaire."""
    create_questionnaire(session)
    return create_organization(session, "ministry", kind=OrganizationKind.STATE)


def person(session: Session, role: Role, organization: Organization) -> Actor:
    """Return somebody with a role in an organization."""
    user = create_user(session, role, organization=organization)
    return Actor(user_id=user.id, affiliations=frozenset({Affiliation(organization_id=organization.id, role=role)}))


def given(item: str = "GOV", content: AnswerContent = SAID, *, seen: AnswerContent = EMPTY) -> GivenAnswer:
    """Return what somebody says of an item, having seen what stood there."""
    return GivenAnswer(item=item, content=content, base=marks_of(seen))


def said(session: Session, assessment: Assessment, item: str = "GOV") -> AnswerContent:
    """Return what an assessment says of an item."""
    return queries.answers_of(session, SYSTEM, assessment).get(item, EMPTY)


@pytest.mark.parametrize("role", [Role.RECIPIENT, Role.CONTRIBUTOR])
def test_the_people_of_a_state_begin_and_answer_an_assessment(
    session: Session, ministry: Organization, role: Role
) -> None:
    actor = person(session, role, ministry)

    begun = begin_assessment(session, actor, "ministry", as_of_on=date(2026, 11, 1))
    save_answer(session, actor, begun, given())

    assert (begun.state, begun.as_of_on) == (AssessmentState.DRAFT, date(2026, 11, 1))
    assert said(session, begun) == SAID
    assert [page.id for page in queries.list_page(session, actor, queries.PageRequest()).items] == [begun.id]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.RECIPIENT, Role.CONTRIBUTOR}))
def test_nobody_else_begins_one(session: Session, ministry: Organization, role: Role) -> None:
    with pytest.raises(ForbiddenError):
        begin_assessment(session, person(session, role, ministry), "ministry")


def test_only_a_state_is_assessed(session: Session, ministry: Organization) -> None:
    provider = create_organization(session, "provider", kind=OrganizationKind.PROVIDER)

    with pytest.raises(InvalidInputError, match="Only a State"):
        begin_assessment(session, person(session, Role.RECIPIENT, provider), "provider")


def test_without_a_questionnaire_there_is_nothing_to_begin(session: Session) -> None:
    organization = create_organization(session, "ministry", kind=OrganizationKind.STATE)

    with pytest.raises(ConflictError, match="load reference"):
        begin_assessment(session, person(session, Role.RECIPIENT, organization), "ministry")


def test_a_new_one_begins_with_the_answers_of_the_last(session: Session, ministry: Organization) -> None:
    last = create_assessment(
        session, organization=ministry, state=AssessmentState.SUBMITTED, answers={"GOV": SAID, "GONE": SAID}
    )

    begun = begin_assessment(session, person(session, Role.RECIPIENT, ministry), "ministry")

    assert begun.previous_id == last.id
    # What the questionnaire does not ask any more stays where it was said.
    assert queries.answers_of(session, SYSTEM, begun) == {"GOV": SAID}
    assert queries.answers_before(session, SYSTEM, begun)["GONE"] == SAID


def test_a_withdrawn_one_gives_nothing_to_the_next(session: Session, ministry: Organization) -> None:
    create_assessment(session, organization=ministry, state=AssessmentState.WITHDRAWN, answers={"GOV": SAID})

    begun = begin_assessment(session, person(session, Role.RECIPIENT, ministry), "ministry")

    assert begun.previous_id is None
    assert queries.answers_of(session, SYSTEM, begun) == {}


def test_there_is_one_draft_at_a_time(session: Session, ministry: Organization) -> None:
    actor = person(session, Role.RECIPIENT, ministry)
    begin_assessment(session, actor, "ministry")

    with pytest.raises(ConflictError, match="go on with that one"):
        begin_assessment(session, actor, "ministry")


def test_two_who_change_different_fields_of_an_item_both_stay(session: Session, ministry: Organization) -> None:
    actor = person(session, Role.RECIPIENT, ministry)
    assessment = create_assessment(session, organization=ministry, answers={"GOV": SAID})

    save_answer(session, actor, assessment, given(content=replace(SAID, target=5), seen=SAID))
    merged = save_answer(session, actor, assessment, given(content=replace(SAID, in_place="A law"), seen=SAID))

    assert merged.disputed == frozenset()
    assert said(session, assessment) == replace(SAID, target=5, in_place="A law")


def test_of_two_who_change_one_field_neither_is_lost(session: Session, ministry: Organization) -> None:
    actor = person(session, Role.RECIPIENT, ministry)
    assessment = create_assessment(session, organization=ministry, answers={"GOV": SAID})
    theirs, mine = replace(SAID, gaps="No law"), replace(SAID, gaps="No money", target=3)

    save_answer(session, actor, assessment, given(content=theirs, seen=SAID))
    merged = save_answer(session, actor, assessment, given(content=mine, seen=SAID))

    assert (merged.disputed, merged.content) == (frozenset({"gaps"}), mine)
    assert said(session, assessment) == theirs
    # Having seen what they wrote, mine can stand.
    assert save_answer(session, actor, assessment, given(content=mine, seen=theirs)).disputed == frozenset()
    assert said(session, assessment) == mine


def test_two_who_say_the_same_agree(session: Session, ministry: Organization) -> None:
    actor = person(session, Role.RECIPIENT, ministry)
    assessment = create_assessment(session, organization=ministry)

    for _ in range(2):
        assert save_answer(session, actor, assessment, given()).disputed == frozenset()


@pytest.mark.parametrize(
    ("item", "content", "field"),
    [
        ("GOV", AnswerContent(current=0), "current"),
        ("GOV", AnswerContent(target=6), "target"),
        ("GOV", AnswerContent(status=1), "status"),
        ("GOV", AnswerContent(priority=6), "priority"),
        ("NORM.A", AnswerContent(current=1), "current"),
        ("NORM.A", AnswerContent(status=5), "status"),
        ("NORM.A", AnswerContent(status=-1), "status"),
        ("GOV", AnswerContent(challenges=("boredom",)), "challenges"),
        ("GOV", AnswerContent(challenges=("staff", "staff")), "challenges"),
        ("GOV", AnswerContent(gaps="x" * (MAX_ANSWER_LENGTH + 1)), "gaps"),
        ("GOV", AnswerContent(in_place="a\u202eb"), "in_place"),
        ("GOV", AnswerContent(obstacles="a\n\u202ab"), "obstacles"),
        ("GOV", AnswerContent(gaps="a\x00b"), "gaps"),
        ("GOV", AnswerContent(in_place="a\ud800b"), "in_place"),
        ("GOV", AnswerContent(evidence=("javascript:alert(1)",)), "evidence"),
        ("GOV", AnswerContent(evidence=("https://",)), "evidence"),
        ("GOV", AnswerContent(evidence=("https://[",)), "evidence"),
        ("GOV", AnswerContent(evidence=("https://example.org/a b",)), "evidence"),
        ("GOV", AnswerContent(evidence=("https://example.org",) * 21), "evidence"),
    ],
)
def test_what_cannot_be_an_answer_is_refused_where_it_is_wrong(
    session: Session, ministry: Organization, item: str, content: AnswerContent, field: str
) -> None:
    assessment = create_assessment(session, organization=ministry)

    with pytest.raises(FaultyAnswerError) as refused:
        save_answer(session, person(session, Role.RECIPIENT, ministry), assessment, given(item, content))

    assert [name for name, _ in refused.value.faults] == [field]
    assert session.scalars(select(Answer)).all() == []


def test_what_is_not_asked_cannot_be_answered(session: Session, ministry: Organization) -> None:
    assessment = create_assessment(session, organization=ministry)

    with pytest.raises(NotFoundError):
        save_answer(session, person(session, Role.RECIPIENT, ministry), assessment, given("DIP"))


def test_an_assessment_that_is_no_draft_is_not_answered(session: Session, ministry: Organization) -> None:
    assessment = create_assessment(session, organization=ministry, state=AssessmentState.SUBMITTED)

    with pytest.raises(NotInThisStateError):
        save_answer(session, person(session, Role.RECIPIENT, ministry), assessment, given())


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("state", AssessmentState)
@pytest.mark.parametrize("role", Role)
def test_it_moves_as_the_table_says(
    session: Session, ministry: Organization, role: Role, state: AssessmentState, action: Action
) -> None:
    assessment = create_assessment(session, organization=ministry, state=state)
    actor = person(session, role, ministry)
    allowed = {
        (AssessmentState.DRAFT, Action.SUBMIT): AssessmentState.SUBMITTED,
        (AssessmentState.DRAFT, Action.WITHDRAW): AssessmentState.WITHDRAWN,
        (AssessmentState.SUBMITTED, Action.REOPEN): AssessmentState.DRAFT,
        (AssessmentState.SUBMITTED, Action.WITHDRAW): AssessmentState.WITHDRAWN,
        (AssessmentState.WITHDRAWN, Action.REOPEN): AssessmentState.DRAFT,
    }
    if role is not Role.RECIPIENT:
        with pytest.raises(ForbiddenError):
            move_assessment(session, actor, assessment, action)
    elif (state, action) not in allowed:
        with pytest.raises(NotInThisStateError):
            move_assessment(session, actor, assessment, action)
    else:
        assert move_assessment(session, actor, assessment, action).state is allowed[state, action]


@pytest.mark.parametrize("role", Role)
def test_others_find_no_assessment(session: Session, ministry: Organization, role: Role) -> None:
    assessment = create_assessment(session, organization=ministry, answers={"GOV": SAID})
    elsewhere = person(session, role, create_organization(session, "elsewhere", kind=OrganizationKind.STATE))

    with pytest.raises(NotFoundError):
        queries.get_assessment(session, elsewhere, assessment.id)
    assert queries.answers_of(session, elsewhere, assessment) == {}
    assert queries.list_page(session, elsewhere, queries.PageRequest()).items == ()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.RECIPIENT, Role.CONTRIBUTOR}))
def test_within_a_state_its_assessment_is_for_those_who_work_on_it(
    session: Session, ministry: Organization, role: Role
) -> None:
    assessment = create_assessment(session, organization=ministry, answers={"GOV": SAID})

    with pytest.raises(NotFoundError):
        queries.get_assessment(session, person(session, role, ministry), assessment.id)


def test_the_database_does_not_show_what_was_answered(session: Session, ministry: Organization) -> None:
    create_assessment(session, organization=ministry, answers={"GOV": SAID})

    rows = session.execute(text("SELECT content FROM answers")).scalars().all()

    assert len(rows) == 1
    assert "trained" not in rows[0]


def test_every_change_is_one_event_and_no_change_is_none(session: Session, ministry: Organization) -> None:
    actor = person(session, Role.RECIPIENT, ministry)
    begun = begin_assessment(session, actor, "ministry")
    for _ in range(2):
        save_answer(session, actor, begun, given())
    move_assessment(session, actor, begun, Action.SUBMIT)

    events = session.scalars(select(AuditEvent).where(AuditEvent.record_type == "assessment")).all()

    assert [event.action for event in events] == ["assessment.begun", "assessment.answered", "assessment.submitted"]
    assert {event.record_id for event in events} == {str(begun.id)}


def test_every_action_leads_somewhere_else() -> None:
    assert all(transition.target not in transition.sources for transition in TRANSITIONS.values())
