"""The links of the OpenAPI document lead from one operation to the next: what is made or listed is read, then changed."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.db import Database
from app.organizations.models import OrganizationKind
from tests.factories import create_area, create_organization, create_release, create_state
from tests.factories.accounts import create_api_token, create_user

Json = dict[str, Any]

BODY_BY_NOUN = {
    "need": {"states": ["XAA"], "title": "Train our incident response team", "areas": ["IRC.1"], "modes": ["training"]},
    "offer": {"provider": "First Provider", "title": "Training", "areas": ["IRC.1"], "modes": ["training"]},
}


@pytest.fixture
def document(client: FlaskClient) -> Json:
    found: Json = client.get("/api/v1/openapi.json").json
    return found


@pytest.fixture
def headers(database: Database) -> dict[str, str]:
    """What a program of the secretariat sends, which may make needs and offers."""
    with database.unit_of_work() as session:
        create_state(session, "XAA")
        create_release(session)
        create_area(session, "IRC.1")
        organization = create_organization(session, "office", kind=OrganizationKind.SECRETARIAT)
        user = create_user(session, "secretariat", organization=organization)
        return {"Authorization": f"Bearer {create_api_token(session, user)}"}


def operation(document: Json, operation_id: str) -> tuple[str, str, Json]:
    """Return the method, the path and the documentation of an operation."""
    return next(
        (method, path, told)
        for path, item in document["paths"].items()
        for method, told in item.items()
        if method != "parameters" and told["operationId"] == operation_id
    )


def follow(document: Json, operation_id: str, link: str, answer: TestResponse) -> tuple[str, str, dict[str, str]]:
    """Return the method, the address and the headers of the request to which a link of an answer leads."""
    told = operation(document, operation_id)[2]["responses"][str(answer.status_code)]["links"][link]
    method, path, _ = operation(document, told["operationId"])
    headers: dict[str, str] = {}
    for parameter, expression in told["parameters"].items():
        place, _, name = parameter.partition(".")
        if place == "header":
            headers[name] = value(expression, answer)
        else:
            path = path.replace(f"{{{name}}}", value(expression, answer))
    return method, path, headers


def value(expression: str, answer: TestResponse) -> str:
    if expression.startswith("$response.header."):
        return answer.headers[expression.removeprefix("$response.header.")]
    if expression.startswith("$request.path."):
        return answer.request.path.rpartition("/")[2]
    found = answer.json
    for key in expression.removeprefix("$response.body#/").split("/"):
        found = found[int(key)] if isinstance(found, list) else found[key]
    return str(found)


@pytest.mark.parametrize("noun", ["need", "offer"])
def test_a_record_is_made_read_changed_and_read_by_links_alone(
    client: FlaskClient, document: Json, headers: dict[str, str], noun: str
) -> None:
    name = noun.capitalize()

    def ask(after: TestResponse, operation_id: str, link: str, body: Json | None = None) -> TestResponse:
        method, address, sent = follow(document, operation_id, link, after)
        return client.open(address, method=method.upper(), json=body, headers=headers | sent)

    made = client.post(f"/api/v1/{noun}s", json=BODY_BY_NOUN[noun], headers=headers)
    read = ask(made, f"create{name}", f"get{name}")
    changed = ask(read, f"get{name}", f"change{name}", {"title": "Another title"})
    again = ask(changed, f"change{name}", f"change{name}", {"title": "A third title"})
    read_again = ask(again, f"change{name}", f"get{name}")
    listed = client.get(f"/api/v1/{noun}s", headers=headers)

    assert [made.status_code, read.status_code, changed.status_code, again.status_code] == [201, 200, 200, 200]
    assert read.json == made.json
    assert read_again.json == again.json
    assert read_again.json["title"] == "A third title"
    assert ask(listed, f"list{name}s", f"get{name}").json == read_again.json


def test_every_link_names_an_operation_and_parameters_that_it_has(document: Json) -> None:
    links = [
        link
        for item in document["paths"].values()
        for method, told in item.items()
        if method != "parameters"
        for response in told["responses"].values()
        for link in response.get("links", {}).values()
    ]

    assert len(links) > 10
    for link in links:
        _, path, told = operation(document, link["operationId"])
        for parameter in link["parameters"]:
            place, _, name = parameter.partition(".")
            assert f"{{{name}}}" in path or {"$ref": "#/components/parameters/IF_MATCH"} in told["parameters"], place


def test_a_list_gives_no_tag_to_change_a_record_with(document: Json) -> None:
    links = operation(document, "listNeeds")[2]["responses"]["200"]["links"]

    assert set(links) == {
        "getNeed",
        "getRanking",
        "getCoach",
        "getDuplicates",
        "getUnderWay",
        "getNeedStatus",
        "getAgreement",
        "getNeedSignatures",
    }
