"""Principles, checklists and labels through the API: told to whoever sees the offer, changed by two, each by one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.actor import Scope
from app.db import Database
from tests.api.callers import Caller, MakeCaller
from tests.factories import create_principle

AN_OFFER = {"provider": "First", "title": "Course", "areas": ["IRC.1"], "visibility": "public"}
GRANT = {"action": "grant", "reason": "Demand-driven."}
NEVER = "12345678-1234-4234-8234-123456789abc"


@pytest.fixture(autouse=True)
def _principles(database: Database) -> None:
    with database.unit_of_work() as session:
        for code in ("P1", "R1"):
            create_principle(session, code)


@pytest.fixture
def address(caller: MakeCaller) -> str:
    """The address of a public offer."""
    return str(provider(caller).post("offers", AN_OFFER).headers["Location"])


def provider(caller: MakeCaller) -> Caller:
    return caller("provider", code="first")


def desk(caller: MakeCaller) -> Caller:
    return caller("secretariat", code="desk")


def check(who: Caller, address: str, *lines: dict[str, Any]) -> Any:
    return who.patch(f"{address}/checklist", {"lines": list(lines)})


def test_the_principles_are_for_everybody(client: FlaskClient) -> None:
    listed = client.get("/api/v1/principles").json["data"]

    assert [one["code"] for one in listed] == ["P1", "R1"]
    assert client.get("/api/v1/principles/p1").json == listed[0]
    assert listed[0]["reference"]
    assert client.get("/api/v1/principles/P9").status_code == 404


def test_a_provider_checks_and_the_secretariat_labels_and_everybody_sees_both(
    caller: MakeCaller, client: FlaskClient, address: str
) -> None:
    checked = check(provider(caller), address, {"principle": "P1", "is_met": True, "how": "Two years."})
    granted = desk(caller).patch(f"{address}/label", GRANT)

    assert checked.json["lines"] == [
        {"principle": "P1", "is_met": True, "how": "Two years."},
        {"principle": "R1", "is_met": None, "how": ""},
    ]
    assert granted.json["actions"] == ["confirm", "withdraw"]
    offer = client.get(address).json
    assert offer["checklist"] == [{"principle": "P1", "is_met": True, "how": "Two years."}]
    assert offer["label"] == granted.json["label"]
    assert (offer["label"]["reason"], offer["label"]["has_changed"]) == ("Demand-driven.", False)
    assert client.get(f"{address}/checklist").json == checked.json
    told = client.get(f"{address}/label").json
    assert (told["label"], told["actions"], told["past"]) == (offer["label"], [], None)


def test_a_change_shows_and_is_confirmed_and_a_withdrawal_is_told_to_two(
    caller: MakeCaller, client: FlaskClient, address: str
) -> None:
    keeper, reader = provider(caller), desk(caller)
    reader.patch(f"{address}/label", GRANT)

    keeper.patch(address, {"title": "Another course"})
    assert client.get(address).json["label"]["has_changed"]
    listed = {
        state: len(client.get(f"/api/v1/offers?label={state}").json["data"])
        for state in ("in_force", "changed", "none")
    }
    assert listed == {"in_force": 1, "changed": 1, "none": 0}

    confirmed = reader.patch(f"{address}/label", {"action": "confirm", "reason": "Still."})
    assert not confirmed.json["label"]["has_changed"]
    withdrawn = reader.patch(f"{address}/label", {"action": "withdraw", "reason": "Overdue."})
    assert withdrawn.json["label"] is None
    assert client.get(address).json["label"] is None
    for who, sees in ((keeper, True), (reader, True), (caller("analyst", code="desk"), False)):
        past = who.get(f"{address}/label").json["past"]
        assert (past is not None) is sees
        assert ("Overdue." in str(past)) is sees
    assert "Overdue." not in client.get(address).text + client.get(f"{address}/label").text


@pytest.mark.parametrize(
    ("role", "code", "scope"),
    [
        ("recipient", "ministry", Scope.WRITE),
        ("contributor", "ministry", Scope.WRITE),
        ("provider", "first", Scope.WRITE),
        ("provider", "second", Scope.WRITE),
        ("analyst", "desk", Scope.WRITE),
        ("administrator", "desk", Scope.WRITE),
        ("secretariat", "desk", Scope.READ),
    ],
)
def test_nobody_else_sets_a_label(caller: MakeCaller, address: str, role: str, code: str, scope: Scope) -> None:
    who = caller(role, code=code, scope=scope)

    refused = who.patch(f"{address}/label", GRANT)

    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
    assert who.get(address).json["label"] is None


def test_nobody_without_a_token_sets_a_label(client: FlaskClient, address: str) -> None:
    refused = client.patch(f"{address}/label", json=GRANT, headers={"If-Match": "*"})

    assert refused.status_code == 401


@pytest.mark.parametrize(
    "smuggled",
    [
        {"label": {"reason": "Mine."}},
        {"label": "in_force"},
        {"label_in_force": None},
        {"contents_revision": 1},
        {"checklist": [{"principle": "P1", "is_met": True, "how": ""}]},
        {"labelled_on": "2026-01-01"},
        {"label_reason": "Mine."},
    ],
    ids=str,
)
def test_no_other_request_takes_a_label(caller: MakeCaller, address: str, smuggled: dict[str, Any]) -> None:
    for who in (provider(caller), desk(caller)):
        before = who.get(address).json

        answers = [
            who.patch(address, smuggled),
            who.patch(address, {"title": "New"} | smuggled),
            who.post("offers", AN_OFFER | smuggled),
            who.patch(f"{address}/status", {"action": "confirm"} | smuggled),
            who.patch(f"{address}/checklist", {"lines": []} | smuggled),
        ]

        assert {answer.status_code for answer in answers} == {422}
        assert who.get(address).json == before


@pytest.mark.parametrize("role", ["secretariat", "administrator", "analyst", "recipient", "provider"])
def test_an_offer_that_one_may_not_see_answers_as_an_unknown_one(caller: MakeCaller, address: str, role: str) -> None:
    desk(caller).patch(f"{address}/label", GRANT)
    provider(caller).patch(address, {"visibility": "private"})
    who, nowhere = caller(role, code="elsewhere"), f"/api/v1/offers/{NEVER}"

    for name, body in (("label", GRANT), ("checklist", {"lines": []})):
        for ask in (who.get, lambda at, body=body: who.patch(at, body, etag='"x"')):
            hidden, unknown = ask(f"{address}/{name}"), ask(f"{nowhere}/{name}")
            assert (hidden.status_code, hidden.json) == (404, unknown.json)
    assert who.get("/api/v1/offers?label=in_force").json["data"] == []


@pytest.mark.parametrize(
    ("lines", "pointer"),
    [
        ([{"principle": "P9", "is_met": True}], "/json/lines/0/principle"),
        ([{"principle": "P1", "is_met": True}, {"principle": "p1", "is_met": None}], "/json/lines/1/principle"),
        ([{"principle": "P1", "is_met": None, "how": "Somehow."}], "/json/lines/0/is_met"),
        ([{"principle": "P1", "is_met": 1}], "/json/lines/0/is_met"),
        ([{"principle": "P1", "is_met": "yes"}], "/json/lines/0/is_met"),
        ([{"principle": "P1"}], "/json/lines/0/is_met"),
        ([{"principle": "P1", "is_met": True, "how": "x" * 501}], "/json/lines/0/how"),
        ([{"principle": "P1", "is_met": True, "who": "me"}], "/json/lines/0/who"),
    ],
)
def test_a_bad_line_is_refused_where_it_stands(
    caller: MakeCaller, address: str, lines: list[dict[str, Any]], pointer: str
) -> None:
    refused = check(provider(caller), address, *lines)

    assert (refused.status_code, [one["pointer"] for one in refused.json["errors"]]) == (422, [pointer])
    assert provider(caller).get(address).json["checklist"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"action": "confirm", "reason": "Why."}, 409, "not_from_here"),
        ({"action": "withdraw", "reason": "Why."}, 409, "not_from_here"),
        ({"action": "grant", "reason": "  "}, 422, "invalid_input"),
        ({"action": "grant"}, 422, "invalid_input"),
        ({"action": "praise", "reason": "Why."}, 422, "invalid_input"),
        ({"action": "grant", "reason": "x" * 2001}, 422, "invalid_input"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(
    caller: MakeCaller, address: str, body: dict[str, str], status: int, code: str
) -> None:
    refused = desk(caller).patch(f"{address}/label", body)

    assert (refused.status_code, refused.json["code"]) == (status, code)


def test_what_was_changed_meanwhile_is_not_labelled_unread(caller: MakeCaller, address: str) -> None:
    """Nor is a checklist written over another one."""
    keeper, reader = provider(caller), desk(caller)
    seen = {name: reader.get(f"{address}/{name}").headers["ETag"] for name in ("label", "checklist")}
    check(keeper, address, {"principle": "P1", "is_met": False, "how": "Not yet."})

    stale = [
        reader.patch(f"{address}/label", GRANT, etag=seen["label"]),
        keeper.patch(f"{address}/checklist", {"lines": []}, etag=seen["checklist"]),
    ]
    missing = [
        reader.patch(f"{address}/label", GRANT, etag=None),
        keeper.patch(f"{address}/checklist", {"lines": []}, etag=None),
    ]

    assert [answer.status_code for answer in stale + missing] == [412, 412, 428, 428]
    assert reader.get(address).json["label"] is None


def test_of_ten_who_decide_at_once_one_does(caller: MakeCaller, address: str) -> None:
    reader = desk(caller)
    seen = reader.get(f"{address}/label").headers["ETag"]

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(lambda _: reader.patch(f"{address}/label", GRANT, etag=seen).status_code, range(10)))

    assert sorted(statuses) == [200] + [412] * 9
    assert reader.get(f"{address}/label").json["past"] == []


def test_a_label_moves_neither_the_version_nor_the_days_of_an_offer(caller: MakeCaller, address: str) -> None:
    before = provider(caller).get(address)

    desk(caller).patch(f"{address}/label", GRANT)

    after = provider(caller).get(address)
    assert {**after.json, "label": None} == before.json
    assert after.headers["ETag"] != before.headers["ETag"]


def test_what_happened_is_told_to_the_provider_and_the_secretariat(caller: MakeCaller, address: str) -> None:
    check(provider(caller), address, {"principle": "P1", "is_met": True})
    desk(caller).patch(f"{address}/label", GRANT)
    told = {"offer.principles_changed", "offer.label_granted"}

    for who, sees in ((provider(caller), True), (desk(caller), True), (caller("administrator", code="desk"), False)):
        events = {event["action"] for event in who.get("/api/v1/audit-events").json["data"]}
        assert (events & told == told) if sees else not events & told
