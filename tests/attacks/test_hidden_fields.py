"""No order, filter, search or cursor asks for what its caller may not see."""

from __future__ import annotations

import base64

import pytest
from flask.testing import FlaskClient
from sqlakeyset import Marker, serialize_bookmark

from app.db import Database
from matching.vocabulary import Visibility
from tests.attacks.callers import A_NEED, AN_OFFER
from tests.attacks.conftest import MakeCaller
from tests.factories import create_need, create_offer

SECRET = "Zzyzx"

HIDDEN = [
    "excluded_providers",
    "exclusions",
    "exclusions.provider_name",
    "organization_id",
    "visibility",
    "confidential_sha256",
    "password_hash",
]


@pytest.mark.parametrize("noun", ["needs", "offers", "match-runs", "matches", "tandems", "states", "areas"])
def test_no_list_of_the_api_is_sorted_or_filtered_by_what_is_hidden(caller: MakeCaller, noun: str) -> None:
    reader = caller("analyst")

    queries = [{name: "x"} for name in HIDDEN]
    queries += [{word: field} for word in ("sort", "order_by", "order", "fields", "include") for field in HIDDEN[:2]]

    for query in queries:
        answer = reader.get(f"/api/v1/{noun}", **query)
        assert (answer.status_code, answer.json["code"]) == (422, "invalid_input"), query


@pytest.mark.parametrize("page", ["/needs", "/offers", "/match-runs", "/areas/IRC.1", "/states/XAA"])
def test_no_page_is_sorted_or_filtered_by_what_is_hidden(caller: MakeCaller, client: FlaskClient, page: str) -> None:
    focal_point, provider = caller(), caller("provider", code="first")
    for title in ("A", "B"):
        focal_point.post("needs", A_NEED | {"title": title, "visibility": "public", "excluded_providers": [title]})
        provider.post("offers", AN_OFFER | {"title": title, "visibility": "public"})
    for variant in ({}, {"format": "csv"}):
        plain = client.get(page, query_string=variant).text

        for field in HIDDEN:
            for query in ({field: "A"}, {"sort": field}, {"order": f"-{field}"}, {"visibility": "private"}):
                asked = client.get(page, query_string={**variant, **query}).text
                assert listed(asked) == listed(plain), query


def listed(text: str) -> list[str]:
    """Return the lines of a page or a file that do not repeat the address."""
    return [line for line in text.splitlines() if "href=" not in line and "csrf_token" not in line]


def test_the_signs_of_a_search_are_letters(caller: MakeCaller, client: FlaskClient) -> None:
    """With `%` and `_` one could ask what a text begins with, and with a quote for anything."""
    caller().post("needs", A_NEED | {"title": "Plain", "visibility": "public"})

    for text in ("%", "_", "P%n", "P_ain", "\\", "' OR 1=1 --", '"', "[P]lain", "Plain%00"):
        assert client.get("/api/v1/needs", query_string={"text": text}).json["data"] == [], text
    assert len(client.get("/api/v1/needs", query_string={"text": "pLAIN"}).json["data"]) == 1


@pytest.mark.parametrize("noun", ["needs", "offers"])
@pytest.mark.parametrize(("is_backwards", "expected"), [(False, ["c", "e"]), (True, ["a"])], ids=["after", "before"])
def test_a_cursor_leads_to_nothing_hidden(
    caller: MakeCaller, database: Database, noun: str, expected: list[str], *, is_backwards: bool
) -> None:
    """A cursor is not signed: one that was made up around a hidden row says what stands beside it and nothing of it."""
    with database.unit_of_work() as session:
        make = create_need if noun == "needs" else create_offer
        for external_id in ("a", "c", "e"):
            make(session, external_id=external_id)
        hidden = make(session, external_id="b", title=SECRET, visibility=Visibility.PRIVATE)
        bookmark = serialize_bookmark(Marker(place=("b", hidden.id), backwards=is_backwards))
    cursor = base64.urlsafe_b64encode(bookmark.encode()).decode().rstrip("=")

    answer = caller("analyst").get(f"/api/v1/{noun}", cursor=cursor)

    assert [row["external_id"] for row in answer.json["data"]] == expected
    assert SECRET not in answer.text
