"""What a State shows of its assessment: a part, to a circle, for a time, and no longer when it takes it back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actor import PUBLIC, Actor, Affiliation, Role
from app.assessments import queries
from app.assessments.answers import AnswerContent
from app.assessments.models import Assessment, AssessmentState
from app.assessments.sharing import NewShare, end_share, items_shown_to, list_shares, share
from app.audit.models import AuditEvent
from app.clock import today_utc
from app.errors import ForbiddenError, InvalidFieldError, NotFoundError
from app.organizations.models import Organization, OrganizationKind
from matching.vocabulary import Visibility
from tests.factories import create_assessment, create_organization, create_share
from tests.factories.accounts import create_user

SAID = {
    "GOV": AnswerContent(current=1, gaps="No law"),
    "IRC": AnswerContent(current=2),
    "IRC.1": AnswerContent(current=3),
    "NORM.A": AnswerContent(status=2),
}
SECRETARIAT, PROVIDERS, MEMBERS, EVERYBODY = (
    Visibility.SECRETARIAT,
    Visibility.PROVIDERS,
    Visibility.MEMBERS,
    Visibility.PUBLIC,
)


@pytest.fixture
def ministry(session: Session) -> Organization:
    """The organization of a State."""
    return create_organization(session, "ministry", kind=OrganizationKind.STATE)


@pytest.fixture
def submitted(session: Session, ministry: Organization) -> Assessment:
    """What it submitted."""
    return create_assessment(session, organization=ministry, state=AssessmentState.SUBMITTED, answers=SAID)


@pytest.fixture
def focal_point(session: Session, ministry: Organization) -> Actor:
    """Who submits for it."""
    return person(session, Role.RECIPIENT, ministry)


def person(session: Session, role: Role, organization: Organization | None = None) -> Actor:
    """Return somebody of a role, elsewhere unless an organization is named."""
    organization = organization or create_organization(session, f"with-{role}")
    user = create_user(session, role, organization=organization)
    return Actor(user_id=user.id, affiliations=frozenset({Affiliation(organization_id=organization.id, role=role)}))


def sees(session: Session, actor: Actor, assessment: Assessment) -> set[str]:
    """Return the items of an assessment of which somebody sees the answers."""
    try:
        found = queries.get_assessment(session, actor, assessment.id)
    except NotFoundError:
        return set()
    return set(queries.answers_of(session, actor, found))


@pytest.mark.parametrize(
    ("level", "readers"),
    [
        (SECRETARIAT, {"secretariat"}),
        (PROVIDERS, {"secretariat", "provider"}),
        (MEMBERS, {"secretariat", "provider", "recipient", "contributor", "analyst"}),
        (EVERYBODY, {"secretariat", "provider", "recipient", "contributor", "analyst", "administrator", "public"}),
    ],
)
def test_a_share_is_for_its_circle_and_nobody_else(
    session: Session, focal_point: Actor, submitted: Assessment, level: Visibility, readers: set[str]
) -> None:
    share(session, focal_point, submitted, NewShare(scope="GOV", visibility=level))

    seen = {role.value for role in Role if sees(session, person(session, role), submitted)}

    assert seen | ({"public"} if sees(session, PUBLIC, submitted) else set()) == readers


@pytest.mark.parametrize(
    ("scope", "items"),
    [("*", {*SAID}), ("irc", {"IRC", "IRC.1"}), ("IRC.1", {"IRC.1"}), ("NORMS", {"NORM.A"}), ("IRC.2", set())],
)
def test_a_share_shows_its_part_and_nothing_else(
    session: Session, focal_point: Actor, submitted: Assessment, scope: str, items: set[str]
) -> None:
    share(session, focal_point, submitted, NewShare(scope=scope, visibility=SECRETARIAT))

    assert sees(session, person(session, Role.SECRETARIAT), submitted) == items


def test_shares_add_up_each_for_its_circle(session: Session, focal_point: Actor, submitted: Assessment) -> None:
    share(session, focal_point, submitted, NewShare(scope="GOV", visibility=MEMBERS))
    share(session, focal_point, submitted, NewShare(scope="IRC.1", visibility=SECRETARIAT))

    assert sees(session, person(session, Role.SECRETARIAT), submitted) == {"GOV", "IRC.1"}
    assert sees(session, person(session, Role.ANALYST), submitted) == {"GOV"}


@pytest.mark.parametrize("state", [AssessmentState.DRAFT, AssessmentState.WITHDRAWN])
def test_what_is_not_submitted_shows_nothing(session: Session, ministry: Organization, state: AssessmentState) -> None:
    assessment = create_assessment(session, organization=ministry, state=state, answers=SAID)
    create_share(session, assessment, visibility=EVERYBODY)

    assert sees(session, PUBLIC, assessment) == set()
    assert queries.list_page(session, PUBLIC, queries.PageRequest()).items == ()


def test_it_shows_on_its_last_day_and_not_on_the_next(session: Session, submitted: Assessment) -> None:
    today = today_utc()
    last = create_share(session, submitted, visibility=EVERYBODY, until_on=today)
    shown = sees(session, PUBLIC, submitted)
    last.until_on = today - timedelta(days=1)
    session.flush()

    assert shown == {*SAID}
    assert sees(session, PUBLIC, submitted) == set()


def test_what_is_taken_back_is_gone_at_once(session: Session, focal_point: Actor, submitted: Assessment) -> None:
    made = share(session, focal_point, submitted, NewShare(scope="*", visibility=EVERYBODY))
    end_share(session, focal_point, submitted, made.id)

    assert sees(session, PUBLIC, submitted) == set()
    assert list_shares(session, focal_point, submitted) == []
    with pytest.raises(NotFoundError):
        end_share(session, focal_point, submitted, made.id)
    events = session.scalars(select(AuditEvent.action).order_by(AuditEvent.position)).all()
    assert events == ["assessment.shared", "assessment.share_ended"]


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.SECRETARIAT])
def test_only_the_focal_point_shares_and_takes_back(
    session: Session, ministry: Organization, submitted: Assessment, role: Role
) -> None:
    made = create_share(session, submitted)
    actor = person(session, role, ministry)

    with pytest.raises(ForbiddenError):
        share(session, actor, submitted, NewShare(scope="*", visibility=EVERYBODY))
    with pytest.raises(ForbiddenError):
        end_share(session, actor, submitted, made.id)


def test_the_share_of_one_assessment_is_not_ended_through_another(
    session: Session, ministry: Organization, focal_point: Actor, submitted: Assessment
) -> None:
    other = create_share(session)

    with pytest.raises(NotFoundError):
        end_share(session, focal_point, submitted, other.id)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (NewShare(scope="DIP", visibility=EVERYBODY), "scope"),
        (NewShare(scope="", visibility=EVERYBODY), "scope"),
        (NewShare(scope="*", visibility=Visibility.PRIVATE), "visibility"),
        (NewShare(scope="*", visibility=EVERYBODY, until_on=today_utc() - timedelta(days=1)), "until_on"),
    ],
)
def test_what_cannot_be_shared_is_refused(
    session: Session, focal_point: Actor, submitted: Assessment, wanted: NewShare, field: str
) -> None:
    with pytest.raises(InvalidFieldError) as refused:
        share(session, focal_point, submitted, wanted)

    assert refused.value.field == field
    assert list_shares(session, focal_point, submitted) == []


def test_others_do_not_learn_with_whom_else_it_is_shared(session: Session, submitted: Assessment) -> None:
    create_share(session, submitted)

    with pytest.raises(NotFoundError):
        list_shares(session, person(session, Role.SECRETARIAT), submitted)


def test_the_preview_is_what_they_see(session: Session, focal_point: Actor, submitted: Assessment) -> None:
    share(session, focal_point, submitted, NewShare(scope="GOV", visibility=MEMBERS))
    share(session, focal_point, submitted, NewShare(scope="IRC", visibility=SECRETARIAT))

    as_members = items_shown_to(session, focal_point, submitted, frozenset({MEMBERS, EVERYBODY}))

    assert {*as_members} & {*SAID} == sees(session, person(session, Role.ANALYST), submitted) == {"GOV"}


def test_the_assessment_before_stays_hidden_where_it_is_not_shared_itself(
    session: Session, ministry: Organization, submitted: Assessment
) -> None:
    newer = create_assessment(
        session, organization=ministry, state=AssessmentState.SUBMITTED, previous_id=submitted.id, answers=SAID
    )
    create_share(session, newer, visibility=EVERYBODY)

    found = queries.get_assessment(session, PUBLIC, newer.id)

    assert queries.answers_before(session, PUBLIC, found) == {}
