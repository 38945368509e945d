"""Records made and changed through the API: once, by those who may, against what they had read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.actor import SYSTEM, Scope
from app.audit.models import AuditEvent
from app.db import Database
from app.needs.models import Need
from app.needs.queries import get_need
from app.offers.models import Offer
from matching.vocabulary import Visibility
from tests.api.callers import Caller, MakeCaller
from tests.factories import create_need, create_offer, create_organization

A_NEED = {"states": ["XAA"], "title": "Train our incident response team", "areas": ["IRC.1"], "modes": ["training"]}
AN_OFFER = {"provider": "First Provider", "title": "Incident response training", "areas": ["IRC.1"]}
NEVER = "/api/v1/needs/12345678-1234-4234-8234-123456789abc"


def count(database: Database, model: type[Need | Offer]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(model.id))) or 0


def pointers(answer: TestResponse) -> list[str]:
    assert answer.status_code == 422, answer.json
    return [error["pointer"].removeprefix("/json") for error in answer.json["errors"]]


def test_a_need_is_made_and_read_where_its_answer_says(caller: MakeCaller, database: Database) -> None:
    focal_point = caller()

    made = focal_point.post("needs", A_NEED | {"excluded_providers": ["Second Provider"], "priority": 5})

    read = focal_point.get(made.headers["Location"])
    assert made.status_code == 201
    assert read.json == made.json
    assert read.headers["ETag"] == made.headers["ETag"]
    assert made.json["organization"]["code"] == "ministry"
    assert (made.json["states"], made.json["areas"], made.json["modes"]) == (["XAA"], ["IRC.1"], ["training"])
    assert (made.json["visibility"], made.json["priority"]) == ("secretariat", 5)
    assert made.json["excluded_providers"] == ["Second Provider"]
    with database.reading() as session:
        actions = session.scalars(select(AuditEvent.action).where(AuditEvent.record_type == "need")).all()
    assert actions == ["need.registered"]


def test_an_offer_is_made_and_changed(caller: MakeCaller) -> None:
    provider = caller("provider", code="first")
    made = provider.post("offers", AN_OFFER | {"capacity": 2, "eligible": ["XAA"]})

    changed = provider.patch(made.headers["Location"], {"capacity": 3, "available_until_on": "2030-01-31"})

    assert (made.status_code, changed.status_code) == (201, 200)
    assert (changed.json["capacity"], changed.json["available_until_on"]) == (3, "2030-01-31")
    assert changed.json["eligible"] == ["XAA"]
    assert changed.json["version"] == made.json["version"] + 1


def test_a_change_leaves_the_rest_as_it_was(caller: MakeCaller) -> None:
    focal_point = caller()
    whole = A_NEED | {
        "description": "Two weeks,\nfor twelve analysts; hands on.",
        "languages": ["fr", "en"],
        "earliest_on": "2027-01-01",
        "budget": "12000.50",
        "currency": "EUR",
        "excluded_providers": ["Second Provider", "Third, and last"],
    }
    made = focal_point.post("needs", whole)

    changed = focal_point.patch(made.headers["Location"], {"priority": 4})

    told = {name: value for name, value in changed.json.items() if name not in ("priority", "version", "updated_at")}
    assert told == {name: made.json[name] for name in told}
    assert changed.json["budget"] == "12000.50"


def test_a_field_is_emptied(caller: MakeCaller) -> None:
    focal_point = caller()
    made = focal_point.post("needs", A_NEED | {"earliest_on": "2027-01-01", "gap": 3, "description": "x"})

    changed = focal_point.patch(made.headers["Location"], {"earliest_on": None, "gap": None, "description": ""})

    assert [changed.json[name] for name in ("earliest_on", "gap", "description")] == [None, None, ""]


def test_areas_are_read_out_of_the_text_where_none_are_given(caller: MakeCaller) -> None:
    focal_point = caller()

    made = focal_point.post("needs", {"states": ["XAA"], "title": "A national CERT: training of incident responders"})

    assert made.json["areas"][0].startswith("IRC")
    assert made.json["areas_basis"] == "inferred"


# --- who may


@pytest.mark.parametrize(
    ("role", "expected"),
    [("recipient", 201), ("contributor", 403), ("provider", 403), ("analyst", 403)],
)
def test_who_submits_a_need(caller: MakeCaller, database: Database, role: str, expected: int) -> None:
    answer = caller(role).post("needs", A_NEED | {"visibility": "members"})

    assert answer.status_code == expected, answer.json
    assert count(database, Need) == (1 if expected == 201 else 0)


def test_a_contributor_drafts_and_does_not_submit(caller: MakeCaller) -> None:
    contributor, focal_point = caller("contributor"), caller()
    draft = contributor.post("needs", A_NEED)
    address = draft.headers["Location"]

    edited = contributor.patch(address, {"title": "Train them"})
    refused = contributor.patch(address, {"visibility": "secretariat"})
    submitted = focal_point.patch(address, {"visibility": "secretariat"})
    late = contributor.patch(address, {"title": "Another"})

    assert draft.json["visibility"] == "private"
    assert [edited.status_code, refused.status_code, submitted.status_code, late.status_code] == [200, 403, 200, 403]


@pytest.mark.parametrize("noun", ["needs", "offers"])
def test_without_a_token_nothing_is_made(client: FlaskClient, noun: str) -> None:
    answer = client.post(f"/api/v1/{noun}", json=A_NEED)

    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")


def test_a_token_to_read_makes_nothing(caller: MakeCaller, database: Database) -> None:
    answer = caller(scope=Scope.READ).post("needs", A_NEED)

    assert answer.status_code == 403
    assert count(database, Need) == 0


@pytest.mark.parametrize("visibility", Visibility)
def test_a_need_of_somebody_else_is_not_changed(caller: MakeCaller, database: Database, visibility: Visibility) -> None:
    """One that may be seen says so; one that may not is as one that never was."""
    with database.unit_of_work() as session:
        need = create_need(session, visibility=visibility, title="Theirs", states=("XAA",), areas=("IRC.1",))
    focal_point = caller()

    answer, never = (focal_point.patch(address, {"title": "Mine"}) for address in (f"/api/v1/needs/{need.id}", NEVER))

    is_seen = visibility in (Visibility.MEMBERS, Visibility.PUBLIC)
    assert answer.status_code == (403 if is_seen else 404)
    if not is_seen:
        assert answer.data == never.data
    with database.reading() as session:
        assert get_need(session, SYSTEM, need.id).title == "Theirs"


@pytest.mark.parametrize("code", ["other", "nobody-has-this"])
def test_a_record_is_not_put_into_the_organization_of_others(caller: MakeCaller, database: Database, code: str) -> None:
    """Whether there is such an organization is not told either."""
    focal_point = caller()
    with database.unit_of_work() as session:
        create_organization(session, "other")

    answer = focal_point.post("needs", A_NEED | {"organization": code})

    assert pointers(answer) == ["/organization"]
    assert answer.json["errors"][0]["detail"] == "Name one of your organizations: ministry."


def test_whom_a_state_excludes_is_told_to_its_people_alone(caller: MakeCaller) -> None:
    made = caller().post("needs", A_NEED | {"excluded_providers": ["Second Provider"], "visibility": "public"})

    others = {
        role: caller(role, code=f"other-{role}").get(made.headers["Location"]).json["excluded_providers"]
        for role in ("recipient", "provider", "analyst")
    }

    assert others == dict.fromkeys(others)
    assert caller("contributor").get(made.headers["Location"]).json["excluded_providers"] == ["Second Provider"]


# --- what may not be


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"states": ["XXX"]}, ["/states"]),
        ({"states": []}, ["/states"]),
        ({"title": " "}, ["/title"]),
        ({"areas": ["NONE.9"]}, ["/areas"]),
        ({"modes": ["magic"]}, ["/modes"]),
        ({"languages": ["klingonish"]}, ["/languages"]),
        ({"earliest_on": "2027-02-30"}, ["/earliest_on"]),
        ({"earliest_on": "2028-01-01", "latest_on": "2027-01-01"}, ["/latest_on"]),
        ({"priority": 6}, ["/priority"]),
        ({"priority": "5"}, ["/priority"]),
        ({"priority": 10**30}, ["/priority"]),
        ({"gap": -1}, ["/gap"]),
        ({"budget": "many", "currency": "EUR"}, ["/budget"]),
        ({"budget": "1e400", "currency": "EUR"}, ["/budget"]),
        ({"source_url": "javascript:alert(1)"}, ["/source_url"]),
        ({"title": "a\x00b"}, ["/title"]),
        ({"title": "a\u202eb"}, ["/title"]),
        ({"description": "\ud800"}, ["/description"]),
        ({"excluded_providers": ["One;Two"]}, ["/excluded_providers/0"]),
        ({"excluded_providers": "One"}, ["/excluded_providers"]),
        ({"description": "x" * 20_001}, ["/description"]),
        ({"areas": ["IRC"] * 201}, ["/areas"]),
        ({"visibility": "everybody"}, ["/visibility"]),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_wrong_is_told_by_field_and_nothing_is_stored(
    caller: MakeCaller,
    database: Database,
    wrong: dict[str, Any],
    expected: list[str],
) -> None:
    answer = caller().post("needs", A_NEED | wrong)

    assert pointers(answer) == expected
    assert count(database, Need) == 0


@pytest.mark.parametrize(
    "field",
    ["id", "organization_id", "is_sample", "version", "created_at", "updated_at", "areas_basis", "modes_basis", "x"],
)
def test_what_one_may_not_set_is_refused(caller: MakeCaller, field: str) -> None:
    focal_point = caller()
    made = focal_point.post("needs", A_NEED)

    answers = focal_point.post("needs", A_NEED | {field: 1}), focal_point.patch(made.headers["Location"], {field: 1})

    assert [pointers(answer) for answer in answers] == [[f"/{field}"]] * 2


@pytest.mark.parametrize("field", ["organization", "external_id"])
def test_what_stays_for_good_is_not_changed(caller: MakeCaller, field: str) -> None:
    focal_point = caller()
    made = focal_point.post("needs", A_NEED)

    assert pointers(focal_point.patch(made.headers["Location"], {field: "other"})) == [f"/{field}"]


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"", "application/json", 422),
        (b"{", "application/json", 400),
        (b"\xff\xfe{}", "application/json", 400),
        (b"[]", "application/json", 422),
        (b'"text"', "application/json", 422),
        (b"null", "application/json", 422),
        (b"{" * 100_000, "application/json", 400),
        (b"[" * 100_000 + b"]" * 100_000, "application/json", 400),
        (b'{"title": ' * 5_000 + b"1" + b"}" * 5_000, "application/json", 400),
        (b"[" * 18 + b"]" * 18, "application/json", 400),
        (b'{"priority": ' + b"9" * 5_000 + b"}", "application/json", 400),
        (b'{"priority": 1.' + b"0" * 40 + b"}", "application/json", 400),
        (b'{"priority": NaN}', "application/json", 400),
        (b'{"gap": -Infinity}', "application/json", 400),
        (b"\xef\xbb\xbf{}", "application/json", 400),
        (b"{}", "application/vnd.api+json", 415),
        (b"title=x", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
        (b" " * 1_000_001, "application/json", 413),
    ],
    ids=[
        "empty",
        "cut",
        "encoding",
        "list",
        "text",
        "null",
        "braces",
        "brackets",
        "deep",
        "a little deep",
        "long number",
        "long fraction",
        "no number",
        "infinite",
        "byte order mark",
        "other JSON",
        "form",
        "plain",
        "large",
    ],
)
def test_a_body_that_is_no_record_is_refused(
    caller: MakeCaller,
    client: FlaskClient,
    content: bytes,
    content_type: str,
    status: int,
) -> None:
    headers = {"Authorization": f"Bearer {caller().secret}"}

    answer = client.post("/api/v1/needs", data=content, content_type=content_type, headers=headers)

    assert answer.status_code == status, answer.json
    assert answer.content_type == "application/problem+json"


def test_a_body_may_have_sixteen_levels(client: FlaskClient, caller: MakeCaller) -> None:
    """One more than any operation takes is still told what is wrong with it, and where."""
    headers = {"Authorization": f"Bearer {caller().secret}"}

    answer = client.post(
        "/api/v1/needs", data=b"[" * 16 + b"1" + b"]" * 16, content_type="application/json", headers=headers
    )

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")


@pytest.mark.parametrize("field", ["states", "areas", "modes", "languages", "excluded_providers"])
def test_half_a_letter_in_a_list_is_refused(caller: MakeCaller, field: str) -> None:
    """JSON can spell half of a surrogate pair, which no text holds; in a list it got as far as a 500."""
    answer = caller().post("needs", A_NEED | {field: ["a\ud800"]})

    assert pointers(answer) == [f"/{field}/0"]


@pytest.mark.parametrize("day", ["20270101", "2027-W01-1", "2027-1-1", " 2027-01-01", "2027-01-01T00:00:00", 20270101])
def test_a_day_has_one_spelling(caller: MakeCaller, client: FlaskClient, day: str | int) -> None:
    """Python reads weeks and bare digits as days; the document says otherwise."""
    answer = caller().post("needs", A_NEED | {"earliest_on": day})

    asked = client.get("/api/v1/needs", query_string={"is_open_on": day})
    assert pointers(answer) == ["/earliest_on"]
    assert asked.status_code == 422


def test_a_whole_number_may_be_spelled_with_a_fraction_of_nothing(caller: MakeCaller) -> None:
    """For JSON Schema 4.0 is an integer; it was refused."""
    answers = [caller().post("needs", A_NEED | {"priority": value}) for value in (4.0, 4.5, True, "4")]

    assert [answer.status_code for answer in answers] == [201, 422, 422, 422]
    assert answers[0].json["priority"] == 4


def test_every_error_points_into_the_request(caller: MakeCaller) -> None:
    """What the schema finds and what the reader of files finds were told by pointers of two kinds."""
    errors = [caller().post("needs", A_NEED | wrong).json["errors"] for wrong in ({"priority": 9}, {"areas": ["NONE"]})]

    assert [error["pointer"] for found in errors for error in found] == ["/json/priority", "/json/areas"]


# --- once


def test_a_request_that_is_sent_again_is_done_once(caller: MakeCaller, database: Database) -> None:
    focal_point = caller()

    answers = [focal_point.post("needs", A_NEED, **{"Idempotency-Key": "key-1"}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.json["id"] for answer in answers}) == 1
    assert count(database, Need) == 1


def test_a_key_is_for_one_request(caller: MakeCaller) -> None:
    focal_point = caller()
    focal_point.post("needs", A_NEED, **{"Idempotency-Key": "key-1"})

    other = focal_point.post("needs", A_NEED | {"title": "Another"}, **{"Idempotency-Key": "key-1"})

    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_a_key_is_its_persons_own(caller: MakeCaller, database: Database) -> None:
    """Somebody else's key gives nothing away and stands in nobody's way."""
    caller().post("needs", A_NEED, **{"Idempotency-Key": "key-1"})

    other = caller(code="other").post("needs", A_NEED, **{"Idempotency-Key": "key-1"})

    assert other.status_code == 201
    assert count(database, Need) == 2


def test_a_request_that_failed_may_be_sent_again_put_right(caller: MakeCaller) -> None:
    focal_point = caller()
    failed = focal_point.post("needs", A_NEED | {"states": ["XXX"]}, **{"Idempotency-Key": "key-1"})

    again = focal_point.post("needs", A_NEED, **{"Idempotency-Key": "key-1"})

    assert (failed.status_code, again.status_code) == (422, 201)


@pytest.mark.parametrize("key", ["", "x" * 101, "two words", "käse"])
def test_a_key_that_cannot_be_is_refused(caller: MakeCaller, key: str) -> None:
    assert caller().post("needs", A_NEED, **{"Idempotency-Key": key}).status_code == 422


def test_an_id_stands_once_in_an_organization(caller: MakeCaller, database: Database) -> None:
    focal_point = caller()
    focal_point.post("needs", A_NEED | {"external_id": "n-1"})

    again = focal_point.post("needs", A_NEED | {"external_id": "n-1", "title": "Another"})
    elsewhere = caller(code="other").post("needs", A_NEED | {"external_id": "n-1"})

    assert (again.status_code, again.json["code"], elsewhere.status_code) == (409, "record_exists", 201)


def test_the_same_submission_twenty_times_at_once_is_one_record(
    app: Flask, caller: MakeCaller, database: Database
) -> None:
    secret = caller().secret

    def send(_number: int) -> int:
        mine = Caller(client=app.test_client(), secret=secret)
        return mine.post("needs", A_NEED, **{"Idempotency-Key": "key-1"}).status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(send, range(20)))

    assert statuses == [201] * 20
    assert count(database, Need) == 1


# --- against what one had read


def test_a_change_says_what_it_had_read(caller: MakeCaller) -> None:
    focal_point = caller()
    address = focal_point.post("needs", A_NEED).headers["Location"]
    before = focal_point.get(address).headers["ETag"]

    missing = focal_point.patch(address, {"priority": 1}, etag=None)
    first = focal_point.patch(address, {"priority": 1}, etag=before)
    stale = focal_point.patch(address, {"priority": 2}, etag=before)

    assert [missing.status_code, first.status_code, stale.status_code] == [428, 200, 412]
    assert missing.json["code"] == "version_missing"
    assert stale.json["code"] == "version_stale"
    assert focal_point.get(address).json["priority"] == 1


def test_of_twenty_changes_of_one_version_one_wins(app: Flask, caller: MakeCaller) -> None:
    focal_point = caller()
    address = focal_point.post("needs", A_NEED).headers["Location"]
    etag = focal_point.get(address).headers["ETag"]

    def change(number: int) -> int:
        mine = Caller(client=app.test_client(), secret=focal_point.secret)
        return mine.patch(address, {"title": f"Title {number}"}, etag=etag).status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(change, range(20)))

    assert sorted(statuses) == [200] + [412] * 19
    assert focal_point.get(address).json["title"] == f"Title {statuses.index(200)}"


def test_an_edit_of_exclusions_alone_shows_nobody_else_anything(caller: MakeCaller) -> None:
    focal_point, analyst = caller(), caller("analyst", code="other")
    address = focal_point.post("needs", A_NEED | {"visibility": "public"}).headers["Location"]
    before = analyst.get(address)

    changed = focal_point.patch(address, {"excluded_providers": ["Second Provider"]})

    after = analyst.get(address)
    assert changed.json["excluded_providers"] == ["Second Provider"]
    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])


def test_an_offer_of_somebody_else_is_not_changed(caller: MakeCaller, database: Database) -> None:
    with database.unit_of_work() as session:
        offer = create_offer(session, areas=("IRC.1",))

    assert caller("provider").patch(f"/api/v1/offers/{offer.id}", {"capacity": 9}).status_code == 403


def test_a_need_for_chosen_providers_is_shown_to_these(caller: MakeCaller) -> None:
    state = caller()
    chosen, other = caller("provider", code="chosen"), caller("provider", code="other")
    need = A_NEED | {"visibility": "providers", "chosen_providers": ["CHOSEN"]}

    made = state.post("needs", need)

    assert (made.status_code, made.json["chosen_providers"]) == (201, ["chosen"])
    address = made.headers["Location"]
    assert (chosen.get(address).status_code, other.get(address).status_code) == (200, 404)
    # Who was chosen does not learn who else was.
    assert chosen.get(address).json["chosen_providers"] is None
    assert [row["id"] for row in chosen.get("/api/v1/needs").json["data"]] == [made.json["id"]]
    assert other.get("/api/v1/needs").json["data"] == []


def test_choices_are_changed_and_kept_and_emptied(caller: MakeCaller) -> None:
    state, _, other = caller(), caller("provider", code="one"), caller("provider", code="other")
    made = state.post("needs", A_NEED | {"visibility": "providers", "chosen_providers": ["one"]})
    address = made.headers["Location"]

    kept = state.patch(address, {"title": "Another title"})
    emptied = state.patch(address, {"chosen_providers": []})

    assert (kept.json["chosen_providers"], emptied.json["chosen_providers"]) == (["one"], [])
    assert other.get(address).status_code == 200


def test_choices_survive_a_time_as_a_private_draft(caller: MakeCaller) -> None:
    state = caller()
    caller("provider", code="one")
    address = state.post("needs", A_NEED | {"visibility": "private", "chosen_providers": ["one"]}).headers["Location"]

    assert state.get(address).json["chosen_providers"] == ["one"]
    assert state.patch(address, {"visibility": "providers"}).json["chosen_providers"] == ["one"]


def test_a_choice_of_what_is_no_provider_is_refused_with_its_place(caller: MakeCaller, database: Database) -> None:
    answer = caller().post("needs", A_NEED | {"chosen_providers": ["nobody"]})

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/json/chosen_providers")
    assert "'nobody' is not the code of an organization" in answer.json["errors"][0]["detail"]
    assert count(database, Need) == 0


def test_a_change_of_choices_alone_shows_those_who_see_the_need_nothing(caller: MakeCaller) -> None:
    state, one = caller(), caller("provider", code="one")
    caller("provider", code="two")
    address = state.post("needs", A_NEED | {"visibility": "providers", "chosen_providers": ["one"]}).headers["Location"]
    before = one.get(address)

    state.patch(address, {"chosen_providers": ["one", "two"]})

    after = one.get(address)
    assert (after.json, after.headers["ETag"]) == (before.json, before.headers["ETag"])


def test_what_was_refused_leaves_an_event_and_nothing_else(caller: MakeCaller, database: Database) -> None:
    contributor = caller("contributor")

    refused = contributor.post("needs", A_NEED | {"visibility": "public"})

    assert refused.status_code == 403
    with database.reading() as session:
        event = session.scalars(select(AuditEvent)).one()
        user_id = session.scalars(select(User.id)).one()
    assert (event.action, event.actor, event.record_id) == ("user.refused", str(user_id), str(user_id))
    assert event.request_id == refused.headers["X-Request-Id"]
    assert count(database, Need) == 0
