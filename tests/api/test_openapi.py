"""The OpenAPI document is valid and complete, and what the API answers is what it says."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from sqlalchemy import select

from app.accounts.models import User, UserAffiliation
from app.actor import Role
from app.areas.models import ReleaseState
from app.assessments.answers import AnswerContent
from app.assessments.paper.workbooks import MEDIA_TYPE as WORKBOOK
from app.db import Database
from tests.factories import (
    create_area,
    create_area_change,
    create_assessment,
    create_audit_event,
    create_checked_principle,
    create_group,
    create_incident,
    create_label,
    create_match,
    create_match_run,
    create_match_run_file,
    create_membership,
    create_need,
    create_offer,
    create_release,
    create_share,
    create_state,
    create_tandem,
    create_unmet_need,
)
from tests.factories.accounts import create_api_token, create_user
from tests.factories.answers import create_coalition, create_offer_duplicate, create_pool_change, create_sensitivity
from tests.factories.assessments import RELEASE
from tests.factories.statistics import create_statistic
from tests.factories.storing import AN_INSTANT

DOCUMENT = "/api/v1/openapi.json"

# What is open to nobody without a token; to read all else is open to the public.
FOR_CALLERS = {"listPeople", "getPerson", "listShares", "getAgreement", "getPlaces"} | {
    *("listStatistics", "getCounting"),
    *("listAreaReleases", "getAreaRelease", "getAreaReleaseReview", "getReleasedArea"),
}
PAPERS = {"getForm", "getWorkbook", "getReport", "getPrintedGapProfile"}
SEEN_BY_FEW = {"getRanking", "getAssessment", "getAnswer", "getGapProfile"} | PAPERS
FILES = PAPERS | {"getBlankForm", "getBlankWorkbook"}
BEGINNINGS = {"application/pdf": b"%PDF-1.7", WORKBOOK: b"PK\x03\x04"}

Json = dict[str, Any]


@pytest.fixture
def document(idle_client: FlaskClient) -> Json:
    """The OpenAPI document as a caller reads it."""
    found: Json = idle_client.get(DOCUMENT).json
    return found


@pytest.fixture
def member_id(database: Database) -> UUID:
    """Somebody of the secretariat."""
    with database.unit_of_work() as session:
        return create_user(session, "secretariat").id


@pytest.fixture
def bearer(database: Database, member_id: UUID) -> dict[str, str]:
    """A token of theirs."""
    with database.unit_of_work() as session:
        return {"Authorization": f"Bearer {create_api_token(session, session.get_one(User, member_id))}"}


@pytest.fixture
def addresses(database: Database, member_id: UUID) -> dict[str, str]:
    """One address for each operation, with something to answer to somebody of the secretariat who is a focal point too."""
    with database.unit_of_work() as session:
        affiliation = session.scalars(select(UserAffiliation).filter_by(user_id=member_id)).one()
        people = f"/api/v1/organizations/{affiliation.organization_id}/people"
        state = create_state(session, "XAA")
        create_membership(session, state, create_group(session, "AFR"))
        create_area(session, "IRC.1", terms=(("en", "cert"),), links=(("GFCE", "B"),))
        create_release(session, "2", state=ReleaseState.DRAFT, base_release="1", adopted_on=None)
        create_area_change(session, "IRC.1", release="2", terms=(("en", "cert"), ("en", "csirt")))
        need = create_need(session, areas=("IRC.1",), gap=3)
        offer = create_offer(session, budget=Decimal("1200.50"), currency="EUR")
        create_checked_principle(session, offer)
        create_label(session, offer, ended_at=AN_INSTANT, withdrawal_reason="Not any more.")
        create_label(session, offer)
        run_before, run = create_match_run(session), create_match_run(session)
        match = create_match(session, run=run, need=need, offer=offer)
        create_unmet_need(session, run=run, need=create_need(session))
        create_tandem(session, run=run)
        create_sensitivity(session, run=run, need=need, offer=offer)
        create_coalition(session, run=run, need=need)
        create_pool_change(session, run=run)
        create_offer_duplicate(session, run=run, one=offer)
        create_match_run_file(session, run=run)
        event = create_audit_event(session, record_id=str(need.id))
        create_incident(session)
        assessment = create_assessment(session, answers={"GOV": AnswerContent(current=1, target=3)})
        create_share(session, assessment)
        create_statistic(session)
        session.add(
            UserAffiliation(
                user_id=member_id,
                organization_id=assessment.organization_id,
                role=Role.RECIPIENT,
                created_at=AN_INSTANT,
            )
        )
        return {
            "listAuditEvents": "/api/v1/audit-events",
            "getAuditEvent": f"/api/v1/audit-events/{event.id}",
            "getNeedPreview": f"/api/v1/needs/{need.id}/preview?as=members",
            "getOfferPreview": f"/api/v1/offers/{offer.id}/preview?as=public&at=private",
            "listIncidents": "/api/v1/incidents",
            "getIncident": "/api/v1/incidents/ransomware",
            "listQuestionnaires": "/api/v1/questionnaires",
            "getQuestionnaire": f"/api/v1/questionnaires/{RELEASE}",
            "listAssessments": "/api/v1/assessments",
            "getAssessment": f"/api/v1/assessments/{assessment.id}",
            "getAnswer": f"/api/v1/assessments/{assessment.id}/answers/GOV",
            "listShares": f"/api/v1/assessments/{assessment.id}/shares",
            "getCounting": f"/api/v1/assessments/{assessment.id}/counting",
            "listStatistics": "/api/v1/statistics",
            "getGapProfile": f"/api/v1/assessments/{assessment.id}/gaps",
            "getForm": f"/api/v1/assessments/{assessment.id}/form.pdf",
            "getWorkbook": f"/api/v1/assessments/{assessment.id}/form.xlsx?language=ar",
            "getReport": f"/api/v1/assessments/{assessment.id}/report.pdf?language=zh",
            "getPrintedGapProfile": f"/api/v1/assessments/{assessment.id}/gaps.pdf",
            "getBlankForm": f"/api/v1/questionnaires/{RELEASE}/form.pdf",
            "getBlankWorkbook": f"/api/v1/questionnaires/{RELEASE}/form.xlsx",
            "listStates": "/api/v1/states",
            "getState": "/api/v1/states/XAA",
            "listAreas": "/api/v1/areas",
            "getArea": "/api/v1/areas/IRC.1",
            "listAreaReleases": "/api/v1/areas/releases",
            "getAreaRelease": "/api/v1/areas/releases/2",
            "getAreaReleaseReview": "/api/v1/areas/releases/2/review",
            "getReleasedArea": "/api/v1/areas/releases/2/areas/IRC.1",
            "listNeeds": "/api/v1/needs",
            "getNeed": f"/api/v1/needs/{need.id}",
            "getRanking": f"/api/v1/needs/{need.id}/ranking",
            "getCoach": f"/api/v1/needs/{need.id}/coach",
            "getDuplicates": f"/api/v1/needs/{need.id}/duplicates",
            "getUnderWay": f"/api/v1/needs/{need.id}/under-way",
            "listOffers": "/api/v1/offers",
            "getOffer": f"/api/v1/offers/{offer.id}",
            "getNeedStatus": f"/api/v1/needs/{need.id}/status",
            "getNeedSignatures": f"/api/v1/needs/{need.id}/signatures",
            "getOfferStatus": f"/api/v1/offers/{offer.id}/status",
            "getChecklist": f"/api/v1/offers/{offer.id}/checklist",
            "getLabel": f"/api/v1/offers/{offer.id}/label",
            "listPrinciples": "/api/v1/principles",
            "getPrinciple": "/api/v1/principles/P1",
            "getAgreement": f"/api/v1/needs/{need.id}/agreement",
            "getPlaces": f"/api/v1/offers/{offer.id}/places",
            "listMatchRuns": "/api/v1/match-runs",
            "getMatchRun": f"/api/v1/match-runs/{run.id}",
            "getRunComparison": f"/api/v1/match-runs/{run_before.id}/comparisons/{run.id}",
            "listSensitivities": f"/api/v1/match-runs/{run.id}/sensitivities",
            "listCoalitions": f"/api/v1/match-runs/{run.id}/coalitions",
            "listPoolChanges": f"/api/v1/match-runs/{run.id}/pool-changes",
            "getOfferDuplicates": f"/api/v1/offers/{offer.id}/duplicates",
            "listUnmetNeeds": f"/api/v1/match-runs/{run.id}/unmet-needs",
            "listMatches": "/api/v1/matches",
            "getMatch": f"/api/v1/matches/{match.id}",
            "listTandems": "/api/v1/tandems",
            "listOrganizations": "/api/v1/organizations",
            "getOrganization": "/api/v1/organizations/cert-xaa",
            "listPeople": people,
            "getPerson": f"{people}/{member_id}",
        }


def operations(document: Json) -> dict[str, Json]:
    return {path["get"]["operationId"]: path["get"] for path in document["paths"].values() if "get" in path}


def schema_of(document: Json, response: Json) -> Json:
    """Return the JSON schema of a documented response, with the components that it refers to."""
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
    (content,) = response["content"].values()
    return {**content["schema"], "components": document["components"]}


def test_the_document_is_valid_openapi_3_1(document: Json) -> None:
    version = document["openapi"]

    validate(document)

    assert version == "3.1.0"


def test_every_route_of_the_api_is_an_operation_of_the_document(app: Flask, document: Json) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")} - {DOCUMENT}

    documented = set(document["paths"])

    assert {re.sub(r"<\w+:(\w+)>", r"{\1}", rule) for rule in rules} == documented


FOR_PEOPLE = {"listAuditEvents", "getAuditEvent", "getNeedPreview", "getOfferPreview"} | FOR_CALLERS


def test_every_operation_says_to_whom_it_is_open_and_how_it_fails(document: Json) -> None:
    found = operations(document)

    for name, operation in found.items():
        assert operation["security"] == ([{"bearer": []}] if name in FOR_PEOPLE else [])
        assert ("403" in operation["responses"]) == (name in FOR_PEOPLE)
        assert operation["summary"]
        assert {"200", "405", "422", "503", "default"} <= set(operation["responses"])


def test_every_answer_is_documented_with_its_headers(document: Json) -> None:
    for name, operation in operations(document).items():
        response = operation["responses"]["200"]

        also = "Link" if name.startswith("list") else "Content-Disposition" if name in FILES else "ETag"
        assert set(response["headers"]) == {"X-Request-Id", also}
    for response in document["components"]["responses"].values():
        assert "X-Request-Id" in response["headers"]
    assert "ETag" in document["components"]["responses"]["NOT_MODIFIED"]["headers"]


def test_the_codes_of_problems_are_listed(document: Json) -> None:
    listed = document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]

    assert {"bad_cursor", "invalid_input", "method_not_allowed", "not_found", "not_migrated", "unavailable"} < set(
        listed
    )


def test_numbers_are_documented_with_their_range(document: Json) -> None:
    need = document["components"]["schemas"]["Need"]["properties"]

    ranges = [(need[name]["minimum"], need[name]["maximum"]) for name in ("priority", "gap")]

    assert ranges == [(1, 5), (0, 5)]


def test_the_document_lists_the_codes_that_a_need_may_name(document: Json) -> None:
    given = document["components"]["schemas"]["NewNeed"]["properties"]

    assert {"FJI", "TUV"} < set(given["states"]["items"]["enum"])
    assert {"IRC", "IRC.1"} < set(given["areas"]["items"]["anyOf"][0]["enum"])
    assert "training" in given["modes"]["items"]["enum"]
    assert {"", "EUR"} < set(given["currency"]["enum"])


def test_the_document_says_where_a_valid_request_may_be_refused(document: Json) -> None:
    given = document["components"]["schemas"]["NewNeed"]["properties"]
    cursor = next(told for told in document["paths"]["/api/v1/needs"]["get"]["parameters"] if told["name"] == "cursor")

    assert given["latest_on"]["x-refused-when"].startswith("it lies before earliest_on")
    assert "bad_cursor" in cursor["schema"]["x-refused-when"]
    assert "x-refused-when" not in given["priority"]


def test_patterns_are_those_of_ecma_262(document: Json) -> None:
    """One ended in Python's own sign for the end, which others read as the letter Z."""
    patterns = re.findall(r'"pattern": "((?:[^"\\\\]|\\\\.)*)"', json.dumps(document))

    assert patterns
    assert all(pattern.startswith("^") and pattern.endswith("$") for pattern in patterns)
    assert not [pattern for pattern in patterns if r"\\Z" in pattern]


def test_nothing_is_documented_that_no_operation_uses(document: Json) -> None:
    spelled = json.dumps(document)

    unused = [name for name in document["components"]["schemas"] if f'#/components/schemas/{name}"' not in spelled]

    assert unused == []


def test_every_error_is_documented_as_a_problem_document(document: Json) -> None:
    responses = document["components"]["responses"]

    for name in ("NOT_FOUND", "BAD_REQUEST", "UNPROCESSABLE_ENTITY", "UNPROCESSABLE_CONTENT", "DEFAULT_ERROR"):
        if name in responses:
            assert list(responses[name]["content"]) == ["application/problem+json"]


def test_every_operation_answers_what_its_schema_says(
    client: FlaskClient, addresses: dict[str, str], bearer: dict[str, str]
) -> None:
    document: Json = client.get(DOCUMENT).json
    found = operations(document)
    assert set(addresses) == set(found)

    for name, address in addresses.items():
        response = client.get(address, headers=bearer if name in FOR_PEOPLE | SEEN_BY_FEW else {})

        assert response.status_code == 200, (name, response.json)
        if name in FILES:
            (media_type,) = found[name]["responses"]["200"]["content"]
            assert response.mimetype == media_type
            assert response.data.startswith(BEGINNINGS[media_type])
            continue
        Draft202012Validator(schema_of(document, found[name]["responses"]["200"])).validate(response.json)


def test_every_list_has_something_in_it(client: FlaskClient, addresses: dict[str, str], bearer: dict[str, str]) -> None:
    lists = [address for name, address in addresses.items() if name.startswith("list")]

    for address in lists:
        data = client.get(address, headers=bearer).json["data"]

        assert data, address


@pytest.mark.parametrize(
    ("address", "status"),
    [("/api/v1/needs?limit=0", "422"), ("/api/v1/needs?cursor=x", "400"), ("/api/v1/states/XZZ", "404")],
    ids=["bad parameter", "bad cursor", "unknown record"],
)
def test_every_problem_is_what_its_schema_says(
    idle_client: FlaskClient, document: Json, address: str, status: str
) -> None:
    name = "getState" if status == "404" else "listNeeds"

    response = idle_client.get(address)

    assert str(response.status_code) == status
    Draft202012Validator(schema_of(document, operations(document)[name]["responses"][status])).validate(response.json)
