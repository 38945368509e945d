"""What a State shows everybody of its self-assessment, read at a browser by who is not logged in."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from app.actor import SYSTEM
from app.assessments.answers import AnswerContent
from app.assessments.models import Assessment, AssessmentState
from app.assessments.queries import get_assessment
from app.assessments.sharing import end_share, list_shares
from app.db import Database
from app.organizations.models import Organization, OrganizationKind
from matching.vocabulary import Visibility
from tests.factories import create_assessment, create_organization, create_questionnaire, create_share
from tests.forms.conftest import MakeWriter

SHOWN = AnswerContent(current=2, target=4, gaps="No law on evidence")
HIDDEN = AnswerContent(current=1, target=5, gaps="Nobody watches the grid")


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """Somebody without an account."""
    return app.test_client()


@pytest.fixture
def ministry(database: Database) -> Organization:
    with database.unit_of_work() as session:
        create_questionnaire(session)
        return create_organization(session, "ministry", kind=OrganizationKind.STATE, state_code="XAA")


@pytest.fixture
def shared(database: Database, ministry: Organization) -> Assessment:
    """An assessment of which everybody may read what it says of one area."""
    answers = {"GOV": SHOWN, "IRC": HIDDEN}
    with database.unit_of_work() as session:
        row = create_assessment(session, organization=ministry, state=AssessmentState.SUBMITTED, answers=answers)
        create_share(session, row, scope="GOV", visibility=Visibility.PUBLIC)
        return row


def addresses(assessment: Assessment) -> Sequence[str]:
    """Return where an assessment is read."""
    own = f"/assessments/{assessment.id}"
    return (own, f"{own}/gaps", f"{own}/sections/GOV", f"{own}/report", f"{own}/gaps?format=pdf", f"{own}/file")


def text_of(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    if answer.mimetype == "application/pdf":
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    return answer.get_data(as_text=True)


def test_everybody_reads_what_is_shown_to_them_and_nothing_else(visitor: FlaskClient, shared: Assessment) -> None:
    texts = {address: text_of(visitor, address) for address in addresses(shared)}

    assert all(HIDDEN.gaps not in text for text in texts.values())
    own, gaps, section, *_ = texts
    assert "What the State shows" in texts[own]
    assert "/sections/GOV" in texts[own]
    assert "/sections/IRC" not in texts[own]
    assert SHOWN.gaps in texts[gaps]
    assert SHOWN.gaps in texts[section]


def test_who_only_reads_is_offered_nothing_to_write(visitor: FlaskClient, shared: Assessment) -> None:
    own, gaps, section, *_ = (text_of(visitor, address) for address in addresses(shared))

    for page in (own, gaps, section):
        assert "<textarea" not in page
        assert 'type="file"' not in page
    assert "Write a need" not in gaps
    assert "to take in again" not in own


def test_it_is_found_from_the_page_of_the_state_and_the_list(visitor: FlaskClient, shared: Assessment) -> None:
    for address in ("/states/XAA", "/assessments"):
        assert f'href="/assessments/{shared.id}"' in text_of(visitor, address)
    assert 'href="/assessments"' in text_of(visitor, "/")
    assert "Self-assessments" not in text_of(visitor, "/states/XAB")


@pytest.mark.parametrize("kept_back", ["reopened", "taken back", "shown to members"])
def test_who_sees_nothing_of_it_logs_in_first_as_where_there_is_none(
    visitor: FlaskClient, database: Database, shared: Assessment, kept_back: str
) -> None:
    with database.unit_of_work() as session:
        row = get_assessment(session, SYSTEM, shared.id)
        if kept_back == "reopened":
            row.state = AssessmentState.DRAFT
        else:
            for share in list_shares(session, SYSTEM, row):
                end_share(session, SYSTEM, row, share.id)
        if kept_back == "shown to members":
            create_share(session, row, visibility=Visibility.MEMBERS)

    for address in addresses(shared):
        answer = visitor.get(address)
        assert answer.status_code == 302, address
        assert answer.headers["Location"].startswith("/login?next=")
    assert str(shared.id) not in text_of(visitor, "/states/XAA") + text_of(visitor, "/assessments")


def test_somebody_who_is_logged_in_and_sees_nothing_of_it_finds_none(writer: MakeWriter, database: Database) -> None:
    with database.unit_of_work() as session:
        create_questionnaire(session)
        row = create_assessment(session, state=AssessmentState.SUBMITTED, answers={"GOV": SHOWN})

    reader = writer("analyst").client

    for address in addresses(row):
        assert reader.get(address).status_code == 404, address
