"""Letting an assessment be counted on the sharing page, and the group beside the gap profile of one's own State."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from app.assessments.answers import AnswerContent
from app.assessments.models import Assessment
from app.assessments.statistic_models import CountedAssessment
from app.audit.services import canonical_json
from app.db import Database
from app.states.models import GroupScheme
from tests.factories import (
    create_assessment,
    create_group,
    create_membership,
    create_organization,
    create_questionnaire,
    create_share,
    create_state,
)
from tests.factories.assessments import questionnaire_document
from tests.factories.statistics import create_statistic
from tests.forms.conftest import MakeWriter, OpenPage
from tests.forms.writers import Writer, actions
from tests.services.test_statistics import CODES, N_MEMBERS, count, group_of, release

PHONE = {"width": 320, "height": 800}
BESIDE = "Beside the States of the group"


@pytest.fixture
def mine(database: Database) -> Assessment:
    """An assessment of a State that is in a region and in a status group, of which figures are shown of the region."""
    document = questionnaire_document()
    for item in document["items"]:
        item["titles"] = {"en": f"Supply chain, infrastructure and vulnerability disclosure {item['code']}"}
    with database.unit_of_work() as session:
        create_questionnaire(session, content=canonical_json(document))
        group_of(session, "AFR", CODES[:N_MEMBERS])
        count(session, CODES[2:14])
        release(session)
        create_membership(session, create_state(session, "XAA"), create_group(session, "LDC", GroupScheme.STATUS))
        ministry = create_organization(session, "ministry")
        answers = {"GOV": AnswerContent(current=1, target=3)}
        before = create_assessment(session, organization=ministry, answers=answers)
        return create_assessment(session, organization=ministry, answers=answers, previous_id=before.id)


def token(person: Writer) -> dict[str, str]:
    page = person.client.get("/account").get_data(as_text=True)
    return {"csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]}


def is_counted(database: Database, assessment: Assessment) -> bool:
    with database.reading() as session:
        return session.get(CountedAssessment, assessment.id) is not None


def test_a_focal_point_lets_it_be_counted_and_takes_it_back(
    writer: MakeWriter, mine: Assessment, database: Database
) -> None:
    person, address = writer(), f"/assessments/{mine.id}/sharing"
    before = person.client.get(address).get_data(as_text=True)

    sent = person.client.post(f"{address}/counting", data=token(person) | {"is_counted": "yes"})
    page = person.client.get(address).get_data(as_text=True)
    counted = is_counted(database, mine)
    person.client.post(f"{address}/counting", data=token(person) | {"is_counted": "no"})

    assert (sent.status_code, counted, is_counted(database, mine)) == (302, True, False)
    assert ("Let it be counted" in before, "Count it no longer" in page) == (True, True)
    assert actions(database)[-2:] == ["assessment.counted", "assessment.not_counted"]


def test_a_choice_that_there_is_not_is_refused(writer: MakeWriter, mine: Assessment, database: Database) -> None:
    person = writer()

    answer = person.client.post(f"/assessments/{mine.id}/sharing/counting", data=token(person) | {"is_counted": "on"})

    assert (answer.status_code, is_counted(database, mine)) == (422, False)


def test_a_contributor_reads_it_and_does_not_decide(writer: MakeWriter, mine: Assessment, database: Database) -> None:
    person, address = writer("contributor"), f"/assessments/{mine.id}/sharing"

    page = person.client.get(address).get_data(as_text=True)
    answer = person.client.post(f"{address}/counting", data=token(person) | {"is_counted": "yes"})

    assert ("This self-assessment is not counted." in page, "Let it be counted" in page) == (True, False)
    assert (answer.status_code, is_counted(database, mine)) == (403, False)


@pytest.mark.parametrize("role", ["recipient", "contributor"])
def test_the_region_stands_beside_the_profile(writer: MakeWriter, mine: Assessment, role: str) -> None:
    page = writer(role).client.get(f"/assessments/{mine.id}/gaps").get_data(as_text=True)

    assert BESIDE in page
    assert "1 to 3, median 2" in page
    assert "at least 10 States, 2 March 2026" in page
    # Of the other area nobody has said anything.
    assert ("not shown" in page, "fewer than ten of its States" in page) == (True, True)
    assert page.count("dot-band") == 2  # in the plot, and in the words of it
    assert not any(code in page for code in CODES[2:14])


def test_another_group_is_chosen_and_says_why_it_has_nothing(writer: MakeWriter, mine: Assessment) -> None:
    page = writer().client.get(f"/assessments/{mine.id}/gaps?group=LDC").get_data(as_text=True)

    assert re.search(r'<option value="LDC" selected>', page)
    assert ("median " in page, "fewer than ten of its States" in page) == (False, True)


@pytest.mark.parametrize("code", ["SIDS", "NONE", ""])
def test_a_group_that_the_state_is_not_in_is_told(writer: MakeWriter, mine: Assessment, code: str) -> None:
    assert writer().client.get(f"/assessments/{mine.id}/gaps?group={code}").status_code == 422


def test_who_sees_the_profile_of_another_state_sees_no_group_beside_it(
    writer: MakeWriter, mine: Assessment, database: Database
) -> None:
    with database.unit_of_work() as session:
        mine = session.merge(mine)
        mine.state = "submitted"  # type: ignore[assignment]
        create_share(session, mine, visibility="members")
    other = writer(home="agency").client

    page = other.get(f"/assessments/{mine.id}/gaps").get_data(as_text=True)

    assert ("Where the State stands" in page, BESIDE in page, "dot-band" in page) == (True, False, False)
    # Whatever is asked for.
    assert other.get(f"/assessments/{mine.id}/gaps?group=AFR").get_data(as_text=True).count(BESIDE) == 0


def test_a_state_in_no_group_has_its_profile_alone(writer: MakeWriter, database: Database) -> None:
    with database.unit_of_work() as session:
        create_statistic(session)
        alone = create_assessment(session, organization=create_organization(session, "agency"))

    page = writer(home="agency").client.get(f"/assessments/{alone.id}/gaps").get_data(as_text=True)

    assert ("Where the State stands" in page, BESIDE in page) == (True, False)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("page_name", ["gaps", "sharing"])
def test_the_pages_are_accessible_and_fit_a_phone(
    opened: OpenPage, mine: Assessment, page_name: str, language: str
) -> None:
    page = opened(viewport=PHONE)

    page.goto(f"/assessments/{mine.id}/{page_name}?lang={language}")
    found = Axe().run(page)

    assert found.response["violations"] == [], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
