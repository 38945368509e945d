"""Statistics of self-assessments through the API: read by the people of States, and an assessment let be counted in them."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.db import Database
from app.organizations.models import OrganizationKind
from tests.api.callers import Caller, MakeCaller
from tests.factories import create_assessment, create_organization, create_share
from tests.factories.statistics import create_statistic
from tests.services.test_statistics import CODES, N_MEMBERS, count, group_of, release

ADDRESS = "/api/v1/statistics"


@pytest.fixture
def assessment_id(database: Database) -> UUID:
    """An assessment of the ministry's, shown to everybody."""
    with database.unit_of_work() as session:
        ministry = create_organization(session, "ministry", kind=OrganizationKind.STATE, state_code=None)
        assessment = create_assessment(session, organization=ministry, state="submitted")
        create_share(session, assessment, visibility="public")
        return assessment.id


def let_count(caller: Caller, assessment_id: UUID, *, is_counted: bool) -> int:
    address = f"/api/v1/assessments/{assessment_id}/counting"
    found = caller.get(address)
    return caller.patch(address, {"is_counted": is_counted}, etag=found.headers.get("ETag", "*")).status_code


def test_the_people_of_a_state_read_what_is_shown_and_not_of_whom(database: Database, caller: MakeCaller) -> None:
    with database.unit_of_work() as session:
        group_of(session, "AFR", CODES[:N_MEMBERS])
        count(session, CODES[:12])
        release(session)
    reader = caller("contributor")

    answer = reader.get(f"{ADDRESS}?group=afr")

    assert answer.json["data"] == [
        {
            "scheme": "un_regional_group",
            "group": "AFR",
            "title": "Group AFR",
            "area": "GOV",
            "n_states": 10,
            "lower_quartile": 1,
            "median": 2,
            "upper_quartile": 3,
            "as_of_on": "2026-03-02",
        }
    ]
    assert not any(code in answer.text for code in CODES[:12])
    assert reader.get(f"{ADDRESS}?group=LDC").json["data"] == []


@pytest.mark.parametrize("role", ["provider", "analyst"])
def test_others_are_refused(database: Database, caller: MakeCaller, role: str) -> None:
    with database.unit_of_work() as session:
        create_statistic(session)

    assert caller(role, code="elsewhere").get(ADDRESS).status_code == 403


def test_nobody_reads_them_without_a_token(database: Database, caller: MakeCaller) -> None:
    caller()

    assert Caller(client=caller().client, secret="").get(ADDRESS).status_code == 401


def test_a_focal_point_lets_an_assessment_be_counted_and_takes_it_back(caller: MakeCaller, assessment_id: UUID) -> None:
    focal_point, address = caller(), f"/api/v1/assessments/{assessment_id}/counting"
    before = focal_point.get(address).json

    statuses = [let_count(focal_point, assessment_id, is_counted=True)]
    counted = focal_point.get(address).json
    statuses.append(let_count(focal_point, assessment_id, is_counted=False))

    assert statuses == [200, 200]
    assert before == {"assessment_id": str(assessment_id), "is_counted": False, "counted_at": None}
    assert (counted["is_counted"], counted["counted_at"] is None) == (True, False)
    assert focal_point.get(address).json == before


def test_whoever_sees_an_assessment_of_another_state_does_not_read_whether_it_counts(
    caller: MakeCaller, assessment_id: UUID
) -> None:
    address, others = f"/api/v1/assessments/{assessment_id}", [caller(code="agency"), caller("analyst", code="office")]
    before = [other.get(address) for other in others]

    let_count(caller(), assessment_id, is_counted=True)

    after = [other.get(address) for other in others]
    assert [answer.status_code for answer in before] == [200, 200]
    # The version is of the assessment, which says nothing of it.
    assert [answer.data for answer in after] == [answer.data for answer in before]
    assert [other.get(f"{address}/counting").status_code for other in others] == [404, 404]
    assert {let_count(other, assessment_id, is_counted=False) for other in others} == {403}


def test_a_contributor_reads_whether_it_counts_and_does_not_decide(caller: MakeCaller, assessment_id: UUID) -> None:
    contributor = caller("contributor")

    status = let_count(contributor, assessment_id, is_counted=True)

    assert (status, contributor.get(f"/api/v1/assessments/{assessment_id}/counting").status_code) == (403, 200)


@pytest.mark.parametrize("wanted", ["yes", "true", 1, None])
def test_what_is_neither_true_nor_false_is_no_consent(
    caller: MakeCaller, assessment_id: UUID, wanted: str | int | None
) -> None:
    focal_point, address = caller(), f"/api/v1/assessments/{assessment_id}/counting"

    refused = focal_point.patch(address, {"is_counted": wanted})

    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/json/is_counted")
    assert focal_point.get(address).json["is_counted"] is False
