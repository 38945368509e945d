"""The first page after a log-in: what comes next for one's State or provider, and a way to it."""

from __future__ import annotations

import pytest

from app.actor import SYSTEM
from app.assessments.models import AssessmentState
from app.db import Database
from app.reports.next_steps import find_next_steps
from matching.vocabulary import Visibility
from tests.factories import create_need, create_offer, create_organization
from tests.factories.assessments import create_assessment, create_questionnaire
from tests.forms.conftest import MakeWriter
from tests.forms.writers import Writer
from tests.web.inspection import fetch, words


def steps_of(person: Writer) -> list[str]:
    """Return what the first page says comes next, in its order."""
    lists = [one for one in fetch(person.client, "/").by_id("main").iter("section") if "next-1" in one.attrib.values()]
    return [words(step) for one in lists for step in one.iter() if "btn" in (step.get("class") or "").split()]


def test_a_new_state_begins_with_its_self_assessment_or_writes_a_need(writer: MakeWriter, database: Database) -> None:
    person = writer()

    page = fetch(person.client, "/")
    assert words(page.one("h1")) == "What comes next"
    assert "Where to begin" not in page.text
    assert steps_of(person) == ["Begin the self-assessment", "Write a need"]
    assert steps_of(writer("provider")) == ["List an offer"]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (AssessmentState.DRAFT, "Go on with the self-assessment"),
        (AssessmentState.SUBMITTED, "See your gaps, and write a need of one"),
        (AssessmentState.WITHDRAWN, "Begin the self-assessment"),
    ],
)
def test_drafts_come_first_and_then_the_newest_assessment(
    writer: MakeWriter, database: Database, state: AssessmentState, told: str
) -> None:
    with database.unit_of_work() as session:
        ministry, agency = create_organization(session, "ministry"), create_organization(session, "agency")
        create_assessment(session, organization=ministry, state=state)
        for home, visibility in (
            (ministry, Visibility.PRIVATE),
            (ministry, Visibility.PUBLIC),
            (agency, Visibility.PRIVATE),
        ):
            create_need(session, organization=home, visibility=visibility)

    person = writer("contributor")

    assert steps_of(person) == ["Finish 1 draft of a need", told, "Write a need"]
    (drafts,) = (link for link in fetch(person.client, "/").links if "status=draft" in link)
    assert len(fetch(person.client, drafts).all("tbody")[0]) == 1


def test_the_button_begins_the_assessment(writer: MakeWriter, database: Database) -> None:
    with database.unit_of_work() as session:
        create_questionnaire(session)
    person = writer()
    page = fetch(person.client, "/")
    fields = {str(one.get("name")): str(one.get("value")) for one in page.all("input") if one.get("type") == "hidden"}

    answer = person.client.post("/assessments", data=fields)

    assert "/assessments/" in answer.headers.get("Location", ""), words(page.one("main"))


def test_a_provider_finishes_its_own_drafts(writer: MakeWriter, database: Database) -> None:
    with database.unit_of_work() as session:
        for code in ("centre", "other"):
            create_offer(session, organization=create_organization(session, code), visibility=Visibility.PRIVATE)

    assert steps_of(writer("provider")) == ["Finish 1 draft of an offer", "List an offer"]


def test_others_find_the_public_page(writer: MakeWriter, database: Database) -> None:
    for role, home in (("secretariat", "desk"), ("analyst", "desk"), ("administrator", "desk")):
        assert steps_of(writer(role, home=home)) == []
    with database.reading() as session:
        assert find_next_steps(session, SYSTEM) == ()
