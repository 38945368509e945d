"""Reading questionnaires, and of assessments what is one's own State's, or was shared with whoever reads."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import Session, joinedload

from app.access.policy import keeps_for, may, visibilities_seen
from app.access.vocabulary import Permission
from app.actor import Actor
from app.assessments.answers import AnswerContent, open_answers
from app.assessments.models import Answer, Assessment, AssessmentShare, AssessmentState, QuestionnaireRelease
from app.assessments.questionnaires import Questionnaire, read_questionnaire
from app.clock import today_utc
from app.errors import ConflictError, NotFoundError
from app.organizations.models import Organization
from app.paging import Page, PageRequest, read_page


def newest_questionnaire(session: Session, actor: Actor) -> Questionnaire:
    """Return the questionnaire in force.

    Raises
    ------
    ConflictError
        When none was loaded.
    """
    found = find_questionnaire(session, actor)
    if found is None:
        raise ConflictError("No questionnaire is loaded; run `flask --app wsgi load reference` first.")
    return found


def find_questionnaire(session: Session, actor: Actor) -> Questionnaire | None:
    """Return the questionnaire in force, None where none was loaded."""
    newest = select(QuestionnaireRelease).order_by(
        QuestionnaireRelease.adopted_on.is_(None),
        QuestionnaireRelease.adopted_on.desc(),
        QuestionnaireRelease.release.desc(),
    )
    row = session.scalars(newest.limit(1)).first()
    return None if row is None else read_questionnaire(row.content)


def get_questionnaire(session: Session, actor: Actor, release: str) -> Questionnaire:
    """Return the questionnaire of a release.

    Raises
    ------
    NotFoundError
        When there is none of that name.
    """
    row = session.get(QuestionnaireRelease, release)
    if row is None:
        raise NotFoundError("There is no such questionnaire.")
    return read_questionnaire(row.content)


def list_questionnaires(session: Session, actor: Actor, page: PageRequest) -> Page[QuestionnaireRelease]:
    """Return a page of the releases of the questionnaire, by name."""
    return read_page(session, select(QuestionnaireRelease), page, order_by=[QuestionnaireRelease.release])


def get_assessment(session: Session, actor: Actor, assessment_id: UUID, *, is_locked: bool = False) -> Assessment:
    """Return an assessment with its organization; locked, nobody else changes it meanwhile.

    Raises
    ------
    NotFoundError
        When there is none that the actor may see.
    """
    statement = _seen(actor).where(Assessment.id == assessment_id)
    if is_locked:
        statement = statement.with_for_update(of=Assessment).execution_options(populate_existing=True)
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFoundError("There is no such assessment.")
    return found


def list_page(session: Session, actor: Actor, page: PageRequest) -> Page[Assessment]:
    """Return a page of assessments, each with its organization, by the day that they speak of, the newest first."""
    statement = _seen(actor)
    return read_page(session, statement, page, order_by=[Assessment.as_of_on.desc(), Assessment.id])


def list_of_state(session: Session, actor: Actor, state_code: str) -> Sequence[Assessment]:
    """Return the assessments of a State of which the actor sees anything, the newest first."""
    own = Assessment.organization.has(Organization.state_code == state_code)
    return session.scalars(_seen(actor).where(own).order_by(Assessment.as_of_on.desc(), Assessment.id)).all()


def iter_rows(session: Session, actor: Actor) -> Iterator[Assessment]:
    """Yield the assessments of which the actor sees anything."""
    yield from session.scalars(_seen(actor).order_by(Assessment.id))


def find_newest(session: Session, actor: Actor, organization_id: UUID) -> Assessment | None:
    """Return the newest assessment of an organization that was not withdrawn, of those that the actor sees."""
    statement = _seen(actor).where(
        Assessment.organization_id == organization_id, Assessment.state != AssessmentState.WITHDRAWN
    )
    return session.scalars(
        statement.order_by(Assessment.as_of_on.desc(), Assessment.created_at.desc()).limit(1)
    ).first()


def answer_rows(session: Session, actor: Actor, assessment: Assessment) -> Mapping[str, Answer]:
    """Return the rows of the answers of an assessment that the actor sees, by item, still sealed."""
    seen = seen_items(session, actor, assessment)
    rows = session.scalars(select(Answer).where(Answer.assessment_id == assessment.id))
    return {row.item: row for row in rows if row.item in seen}


def answers_of(session: Session, actor: Actor, assessment: Assessment) -> Mapping[str, AnswerContent]:
    """Return what an assessment says that the actor sees, by item."""
    return open_answers(session, answer_rows(session, actor, assessment).values())


def answers_before(session: Session, actor: Actor, assessment: Assessment) -> Mapping[str, AnswerContent]:
    """Return what the assessment before this one said that the actor sees; nothing where there was none."""
    statement = _seen(actor).where(Assessment.id == assessment.previous_id)
    before = None if assessment.previous_id is None else session.scalars(statement).one_or_none()
    return {} if before is None else answers_of(session, actor, before)


def seen_items(session: Session, actor: Actor, assessment: Assessment) -> Container[str]:
    """Return the items of an assessment that the actor sees: all of one's own State's, of others those that it shares."""
    if is_own(actor, assessment):
        return _Everything()
    scopes = session.scalars(
        select(AssessmentShare.scope).where(AssessmentShare.assessment_id == assessment.id, is_in_force(actor))
    ).all()
    if assessment.state is not AssessmentState.SUBMITTED or not scopes:
        return frozenset()
    questionnaire = get_questionnaire(session, actor, assessment.release)
    return frozenset().union(*map(questionnaire.items_within, scopes))


def is_own(actor: Actor, assessment: Assessment) -> bool:
    """Return whether an assessment is of a State for which the actor reads them, so that nothing of it is kept from them."""
    return may(actor, Permission.ASSESSMENT_READ, owner_id=assessment.organization_id)


def is_in_force(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a share shows something to the actor today."""
    return and_(
        AssessmentShare.ended_at.is_(None),
        or_(AssessmentShare.until_on.is_(None), AssessmentShare.until_on >= today_utc()),
        AssessmentShare.visibility.in_(sorted(visibilities_seen(actor))),
    )


def assessing_organizations(session: Session, actor: Actor) -> Sequence[Organization]:
    """Return the organizations for which the actor may begin an assessment, by name."""
    own = sorted(keeps_for(actor, Permission.ASSESSMENT_DRAFT))
    statement = select(Organization).where(Organization.id.in_(own), Organization.kind == "state")
    return session.scalars(statement.order_by(Organization.name)).all()


def _seen(actor: Actor) -> Select[Assessment]:
    return select(Assessment).where(is_seen(actor)).options(joinedload(Assessment.organization, innerjoin=True))


def is_seen(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an assessment is of one's own State, or was submitted and shows something to the actor."""
    if actor.is_system:
        return true()
    own = Assessment.organization_id.in_(sorted(keeps_for(actor, Permission.ASSESSMENT_READ)))
    share = select(AssessmentShare.id).where(AssessmentShare.assessment_id == Assessment.id, is_in_force(actor))
    return or_(own, and_(Assessment.state == AssessmentState.SUBMITTED, share.exists()))


class _Everything(Container[str]):
    """Holds whatever one asks for."""

    def __contains__(self, _code: object) -> bool:
        return True
