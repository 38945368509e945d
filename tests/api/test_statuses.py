"""Where records stand, through the API: what can be done is told, done once, and refused where it cannot."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.db import Database
from app.organizations.lives import Status
from tests.api.callers import MakeCaller
from tests.factories import create_need, create_offer

A_NEED = {"states": ["XAA"], "title": "Train our incident response team", "areas": ["IRC.1"], "modes": ["training"]}


def draft(caller: MakeCaller) -> str:
    """Return the address of the status of a draft of the ministry."""
    address: str = caller().post("needs", A_NEED | {"visibility": "private"}).headers["Location"]
    return f"{address}/status"


def test_a_draft_is_submitted_read_and_approved(caller: MakeCaller) -> None:
    address, focal_point, reader = draft(caller), caller(), caller("secretariat", code="desk")
    assert focal_point.get(address).json["actions"] == ["submit", "publish", "withdraw"]
    assert reader.get(address).status_code == 404

    submitted = focal_point.patch(address, {"action": "submit", "visibility": "members"})
    assert (submitted.status_code, submitted.json["status"]) == (200, "submitted")
    assert reader.get(address).json["actions"] == ["take_up", "approve", "send_back"]
    assert reader.get("/api/v1/needs?status=submitted").json["data"][0]["status"] == "submitted"
    assert focal_point.get("/api/v1/needs?status=draft").json["data"] == []

    approved = reader.patch(address, {"action": "approve"})
    assert (approved.json["status"], approved.json["visibility"]) == ("published", "members")
    assert caller("analyst", code="desk").get(address).json["actions"] == []


def test_what_is_sent_back_is_told_to_the_reviewer_once_and_is_gone_for_them(caller: MakeCaller) -> None:
    address, focal_point, reader = draft(caller), caller(), caller("secretariat", code="desk")
    focal_point.patch(address, {"action": "submit", "visibility": "public"})

    sent_back = reader.patch(address, {"action": "send_back", "reason": "Say how many."})

    assert (sent_back.json["status"], sent_back.json["visibility"], sent_back.json["actions"]) == (
        "draft",
        "private",
        [],
    )
    assert reader.get(address).status_code == 404
    assert focal_point.get(address).json["review_note"] == "Say how many."


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"action": "approve"}, 403, "forbidden"),
        ({"action": "confirm"}, 409, "not_from_here"),
        ({"action": "reopen"}, 409, "not_from_here"),
        ({"action": "fulfil"}, 409, "not_from_here"),
        ({"action": "publish"}, 422, "invalid_input"),
        ({"action": "publish", "visibility": "private"}, 422, "invalid_input"),
        ({"action": "sleep"}, 422, "invalid_input"),
        ({"action": "publish", "visibility": "public", "status": "published"}, 422, "invalid_input"),
        ({}, 422, "invalid_input"),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_changes(
    caller: MakeCaller, body: dict[str, str], status: int, code: str
) -> None:
    address, focal_point = draft(caller), caller()
    before = focal_point.get(address).json

    refused = focal_point.patch(address, body)

    assert (refused.status_code, refused.json["code"]) == (status, code)
    assert focal_point.get(address).json == before


def test_an_offer_has_no_match(caller: MakeCaller) -> None:
    provider = caller("provider", code="first")
    made = provider.post("offers", {"provider": "First", "title": "Course", "areas": ["IRC.1"]})

    refused = provider.patch(f"{made.headers['Location']}/status", {"action": "match"})

    assert refused.status_code == 422
    assert refused.json["errors"][0]["pointer"] == "/json/action"


def test_what_was_changed_meanwhile_is_not_published_unread(caller: MakeCaller) -> None:
    address, focal_point = draft(caller), caller()
    read = focal_point.get(address).headers["ETag"]
    focal_point.patch(address.removesuffix("/status"), {"title": "Our core switch has no password"})

    stale = focal_point.patch(address, {"action": "publish", "visibility": "public"}, etag=read)
    missing = focal_point.patch(address, {"action": "publish", "visibility": "public"}, etag=None)

    assert (stale.status_code, missing.status_code) == (412, 428)
    assert focal_point.get(address).json["status"] == "draft"


def test_of_twenty_who_decide_at_once_one_does(caller: MakeCaller) -> None:
    address, focal_point, reader = draft(caller), caller(), caller("secretariat", code="desk")
    focal_point.patch(address, {"action": "submit", "visibility": "public"})
    read = reader.get(address).headers["ETag"]
    steps = [{"action": "approve"}, {"action": "send_back", "reason": "Say how many."}] * 10

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda step: reader.patch(address, step, etag=read).status_code, steps))

    assert answers.count(200) == 1
    assert set(answers) <= {200, 404, 412}
    assert focal_point.get(address).json["status"] in ("published", "draft")


@pytest.mark.parametrize("status", [status for status in Status if status not in ("draft", "withdrawn")])
def test_a_list_is_narrowed_to_where_records_stand(caller: MakeCaller, database: Database, status: Status) -> None:
    with database.unit_of_work() as session:
        for noun, create in (("need", create_need), ("offer", create_offer)):
            create(session, external_id=f"{noun}-published")
    reader = caller("secretariat", code="desk")

    found = [len(reader.get(f"/api/v1/{noun}?status={status}").json["data"]) for noun in ("needs", "offers")]

    assert found == ([1, 1] if status is Status.PUBLISHED else [0, 0])
    assert reader.get("/api/v1/needs?status=lost").status_code == 422
