"""Needs that several States file, through the API: asked, signed up to a circle, and shown then; nothing of it for others."""

from __future__ import annotations

from typing import Any

import pytest

from app.db import Database
from app.organizations.models import OrganizationKind
from tests.api.callers import MakeCaller
from tests.factories import create_organization, create_state

A_NEED = {"states": ["XAA", "XAB"], "title": "Exercises of two teams", "areas": ["IRC.1"], "modes": ["exercise"]}
SIGN = {"state": "XAB", "action": "sign", "visibility": "members"}
ASK = {"state": "XAB", "action": "ask"}


@pytest.fixture(autouse=True)
def authorities(database: Database) -> None:
    """The authorities of two States."""
    with database.unit_of_work() as session:
        for code, state in (("ministry", "XAA"), ("agency", "XAB")):
            create_state(session, state)
            create_organization(session, code, kind=OrganizationKind.STATE, state_code=state)


def draft(caller: MakeCaller, **more: Any) -> str:
    """Return the address of a draft of the ministry."""
    address: str = caller().post("needs", A_NEED | {"visibility": "private"} | more).headers["Location"]
    return address


def test_a_need_is_asked_for_signed_and_published(caller: MakeCaller) -> None:
    address, keeper, partner = draft(caller, excluded_providers=["Second Provider"]), caller(), caller(code="agency")
    assert partner.get(address).status_code == 404
    assert keeper.get(f"{address}/status").json["actions"] == ["withdraw"]
    refused = keeper.patch(f"{address}/status", {"action": "publish", "visibility": "members"})
    assert (refused.status_code, refused.json["code"]) == (409, "signatures_lacking")

    asked = keeper.patch(f"{address}/signatures", ASK)
    (row,) = asked.json["signatures"]
    assert (asked.status_code, row["state"], row["consent"], row["actions"]) == (200, "XAB", "asked", [])
    seen = partner.get(address).json
    assert (seen["title"], seen["excluded_providers"], seen["signed_states"]) == ("Exercises of two teams", None, [])
    assert partner.get(f"{address}/signatures").json["signatures"][0]["actions"] == ["sign", "decline"]
    assert [need["id"] for need in partner.get("/api/v1/needs").json["data"]] == [seen["id"]]

    signed = partner.patch(f"{address}/signatures", SIGN)
    assert (signed.status_code, signed.json["signatures"][0]["visibility"]) == (200, "members")
    assert keeper.get(f"{address}/status").json["actions"] == ["submit", "publish", "withdraw"]
    wide = keeper.patch(f"{address}/status", {"action": "publish", "visibility": "public"})
    assert wide.json["code"] == "signatures_lacking"
    assert keeper.patch(f"{address}/status", {"action": "publish", "visibility": "members"}).status_code == 200

    reader = caller("analyst", code="desk")
    assert reader.get(address).json["signed_states"] == ["XAA", "XAB"]
    told = {"state": "XAB", "consent": "signed", "visibility": None, "reason": "", "changed": [], "actions": []}
    assert reader.get(f"{address}/signatures").json["signatures"] == [told | {"asked_at": None, "answered_at": None}]


def test_a_state_that_leaves_takes_the_need_back_and_is_told_no_more(caller: MakeCaller) -> None:
    address, keeper, partner = draft(caller), caller(), caller(code="agency")
    keeper.patch(f"{address}/signatures", ASK)
    partner.patch(f"{address}/signatures", SIGN)
    keeper.patch(f"{address}/status", {"action": "publish", "visibility": "members"})

    left = partner.patch(f"{address}/signatures", {"state": "XAB", "action": "leave", "reason": "Not now"})

    assert (left.status_code, left.json["signatures"]) == (200, [])
    assert partner.get(address).status_code == 404
    assert caller("analyst", code="desk").get(address).status_code == 404
    (row,) = keeper.get(f"{address}/signatures").json["signatures"]
    assert (row["consent"], row["reason"], row["actions"]) == ("left", "Not now", ["ask"])
    assert keeper.get(f"{address}/status").json["status"] == "draft"


@pytest.mark.parametrize(
    ("body", "who", "status", "code"),
    [
        (SIGN, "keeper", 403, "forbidden"),
        (ASK, "keeper", 409, "not_from_here"),
        (ASK, "partner", 403, "forbidden"),
        ({"state": "XAB", "action": "sign"}, "partner", 422, "invalid_input"),
        (SIGN | {"visibility": "private"}, "partner", 422, "invalid_input"),
        (ASK | {"state": "XBA"}, "keeper", 422, "invalid_input"),
        (SIGN | {"state": "XAA"}, "partner", 403, "forbidden"),
        ({"state": "XAB", "action": "leave"}, "partner", 409, "not_from_here"),
        ({"state": "XAB", "action": "witness"}, "keeper", 422, "invalid_input"),
        ({"action": "ask"}, "keeper", 422, "invalid_input"),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_changes(
    caller: MakeCaller, body: dict[str, str], who: str, status: int, code: str
) -> None:
    address = f"{draft(caller)}/signatures"
    people = {"keeper": caller(), "partner": caller(code="agency")}
    people["keeper"].patch(address, ASK)
    before = people["keeper"].get(address).json

    refused = people[who].patch(address, body)

    assert (refused.status_code, refused.json["code"]) == (status, code)
    assert people["keeper"].get(address).json == before


def test_nothing_is_signed_that_was_changed_since_it_was_read(caller: MakeCaller) -> None:
    address, keeper, partner = draft(caller), caller(), caller(code="agency")
    keeper.patch(f"{address}/signatures", ASK)
    read = partner.get(f"{address}/signatures").headers["ETag"]
    keeper.patch(address, {"title": "Something else"})

    stale, missing = (partner.patch(f"{address}/signatures", SIGN, etag=etag) for etag in (read, None))

    assert (stale.status_code, missing.status_code) == (412, 428)
    assert partner.patch(f"{address}/signatures", SIGN).status_code == 200
    keeper.patch(address, {"priority": 5})
    (row,) = partner.get(f"{address}/signatures").json["signatures"]
    assert (row["consent"], row["changed"], row["actions"]) == ("outdated", ["priority"], ["sign", "leave"])


def test_nobody_registers_a_need_in_the_name_of_another_state(caller: MakeCaller) -> None:
    for more in ({}, {"visibility": "public"}, {"states": ["XAB"]}):
        refused = caller().post("needs", A_NEED | more)

        assert (refused.status_code, refused.json["code"]) == (409, "signatures_lacking")
    assert caller().get("/api/v1/needs").json["data"] == []
