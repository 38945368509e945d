"""Factories of questionnaires, and of assessments with their answers."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from uuid import uuid4

from sqlalchemy.orm import Session

from app.assessments.answers import AnswerContent, seal_answer
from app.assessments.models import Answer, Assessment, AssessmentShare, QuestionnaireRelease
from app.audit.services import canonical_json
from app.organizations.models import Organization, OrganizationKind
from matching.vocabulary import Visibility
from tests.factories.organizations import create_organization
from tests.factories.storing import AN_INSTANT, filled, next_number, store

RELEASE: Final = "test"
STAGES: Final = ("start_up", "formative", "established", "strategic", "dynamic")
STATUSES: Final = ("not_considered", "considered", "in_preparation", "partly_in_place", "in_place")
CHALLENGES: Final = ("funding", "staff", "skills")


def create_questionnaire(session: Session, release: str = RELEASE, **columns: Any) -> QuestionnaireRelease:
    """Return a questionnaire on two areas, one of them with two topics, and one norm, stored at the first call."""
    existing = session.get(QuestionnaireRelease, release)
    if existing is not None:
        return existing
    ordinary = {"adopted_on": date(2026, 1, 1), "content": canonical_json(questionnaire_document(release))}
    return store(session, QuestionnaireRelease(release=release, **filled(columns, **ordinary)))


def create_assessment(
    session: Session,
    *,
    organization: Organization | None = None,
    answers: dict[str, AnswerContent] | None = None,
    **columns: Any,
) -> Assessment:
    """Return the draft of a State with its answers, by item, kept as the application keeps them."""
    ordinary = {"as_of_on": date(2026, 3, 2), "created_at": AN_INSTANT, "updated_at": AN_INSTANT}
    organization = organization or create_organization(session, kind=OrganizationKind.STATE)
    release = create_questionnaire(session).release
    assessment = store(
        session,
        Assessment(organization_id=organization.id, release=release, **filled(columns, **ordinary)),
    )
    for item, content in (answers or {}).items():
        create_answer(session, assessment, item, content)
    return assessment


def create_answer(
    session: Session, assessment: Assessment | None = None, item: str = "GOV", content: AnswerContent | None = None
) -> Answer:
    """Return an answer to one item of an assessment."""
    assessment = assessment or create_assessment(session)
    answer = Answer(id=uuid4(), assessment_id=assessment.id, item=item, updated_at=AN_INSTANT)
    seal_answer(session, answer, content or AnswerContent(current=2, target=4, gaps=f"missing-{next_number()}"))
    return store(session, answer)


def create_share(session: Session, assessment: Assessment | None = None, **columns: Any) -> AssessmentShare:
    """Return that all of an assessment is shown to the secretariat."""
    assessment = assessment or create_assessment(session)
    ordinary = {"scope": "*", "visibility": Visibility.SECRETARIAT, "created_at": AN_INSTANT}
    return store(session, AssessmentShare(assessment_id=assessment.id, **filled(columns, **ordinary)))


def questionnaire_document(release: str = RELEASE) -> dict[str, Any]:
    """Return the document of that questionnaire."""
    return {
        "release": release,
        "adopted_on": "2026-01-01",
        "parts": [
            {"code": "AREAS", "titles": {"en": "Areas"}, "introductions": {"en": "Where the State stands."}},
            {"code": "NORMS", "titles": {"en": "Norms"}, "introductions": {"en": "What has become of the norms."}},
        ],
        "items": [
            *(_maturity(code) for code in ("GOV", "IRC", "IRC.1", "IRC.2")),
            _item("NORM.A", part="NORMS", kind="practice", area="DIP", reference="A/70/174, para. 13 (a)"),
        ],
        "stages": _choices(STAGES, first=1),
        "statuses": _choices(STATUSES, first=0),
        "challenges": _choices(CHALLENGES, first=1),
    }


def _maturity(code: str) -> dict[str, Any]:
    descriptions = [{"en": f"What stage {n} of {code} looks like."} for n in range(1, len(STAGES) + 1)]
    return _item(code, part="AREAS", kind="maturity", area=code) | {"descriptions": descriptions}


def _item(code: str, **columns: Any) -> dict[str, Any]:
    return {
        "code": code,
        "titles": {"en": f"Item {code}", "fr": f"Question {code}"},
        "questions": {"en": f"How is {code}?"},
        "helps": {"en": "Think of what there is."},
        "reference": "",
        "source": "",
        "descriptions": [],
    } | columns


def _choices(codes: tuple[str, ...], *, first: int) -> list[dict[str, Any]]:
    return [
        {"number": number, "code": code, "titles": {"en": code.replace("_", " ").capitalize()}, "meanings": {}}
        for number, code in enumerate(codes, start=first)
    ]
