"""Papers through the API: to those alone who may read the assessment, and out of every cache."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.assessments.answers import AnswerContent
from app.assessments.models import Assessment, AssessmentState
from app.db import Database
from app.organizations.models import OrganizationKind
from tests.factories import create_assessment, create_organization, create_share
from tests.factories.accounts import create_api_token, create_user
from tests.factories.assessments import RELEASE
from tests.support.papers import text_within

PAPERS = ("form.pdf", "form.xlsx", "report.pdf", "gaps.pdf")
SAID = {"GOV": AnswerContent(current=1, target=3, gaps="Nolaw"), "NORM.A": AnswerContent(status=2, gaps="Nonorm")}


@pytest.fixture
def submitted(database: Database) -> Assessment:
    """What the State of a ministry submitted."""
    with database.unit_of_work() as session:
        ministry = create_organization(session, "ministry", kind=OrganizationKind.STATE)
        create_organization(session, "other", kind=OrganizationKind.STATE)
        create_organization(session, "centre", kind=OrganizationKind.PROVIDER)
        return create_assessment(session, organization=ministry, answers=SAID, state=AssessmentState.SUBMITTED)


def bearer(database: Database, role: str, home: str) -> dict[str, str]:
    with database.unit_of_work() as session:
        user = create_user(session, role, organization=create_organization(session, home))
        return {"Authorization": f"Bearer {create_api_token(session, user)}"}


@pytest.mark.parametrize("paper", PAPERS)
def test_the_state_gets_them_and_no_cache_keeps_them(
    client: FlaskClient, database: Database, submitted: Assessment, paper: str
) -> None:
    answer = client.get(
        f"/api/v1/assessments/{submitted.id}/{paper}", headers=bearer(database, "contributor", "ministry")
    )

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    name = f"tandem-{paper.replace('gaps', 'gap-profile').replace('.', '-2026-03-02.')}"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "Nolaw" in text_within(answer.data)


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(
    ("role", "home"),
    [("recipient", "other"), ("provider", "centre"), ("secretariat", "secretariat"), ("administrator", "secretariat")],
)
def test_to_others_there_is_no_such_thing(
    client: FlaskClient, database: Database, submitted: Assessment, paper: str, role: str, home: str
) -> None:
    headers = bearer(database, role, home)

    theirs = client.get(f"/api/v1/assessments/{submitted.id}/{paper}", headers=headers)
    nobody = client.get(f"/api/v1/assessments/{submitted.id}/{paper}")

    assert (theirs.status_code, nobody.status_code) == (404, 404)
    assert theirs.json["code"] == "not_found"


@pytest.mark.parametrize("paper", PAPERS)
def test_a_share_shows_what_is_shared_until_it_ends(
    client: FlaskClient, database: Database, submitted: Assessment, paper: str
) -> None:
    headers, address = bearer(database, "secretariat", "secretariat"), f"/api/v1/assessments/{submitted.id}/{paper}"
    with database.unit_of_work() as session:
        share = create_share(session, submitted, scope="GOV")

    shown = text_within(client.get(address, headers=headers).data)

    assert "Nolaw" in shown
    assert "Nonorm" not in shown
    assert "Item NORM.A" not in shown
    with database.unit_of_work() as session:
        session.delete(session.merge(share))
    assert client.get(address, headers=headers).status_code == 404


def test_the_blank_form_is_anybodys(client: FlaskClient, submitted: Assessment) -> None:
    pages = client.get(f"/api/v1/questionnaires/{RELEASE}/form.pdf?language=fr")
    workbook = client.get(f"/api/v1/questionnaires/{RELEASE}/form.xlsx")

    assert "Question GOV" in text_within(pages.data)
    assert "Nolaw" not in text_within(pages.data) + text_within(workbook.data)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("questionnaires/none/form.pdf", 404),
        (f"questionnaires/{RELEASE}/form.pdf?language=tlh", 422),
        (f"questionnaires/{RELEASE}/form.pdf?size=a3", 422),
    ],
)
def test_what_there_is_not_is_refused(client: FlaskClient, submitted: Assessment, address: str, status: int) -> None:
    answer = client.get(f"/api/v1/{address}")

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
