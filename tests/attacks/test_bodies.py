"""Bodies that are to break something: fields that nobody may set, signs that nobody sees, numbers without end."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.db import Database
from app.needs.models import Need
from app.needs.schemas import NeedEdit, NeedSchema, NewNeed
from app.offers.schemas import NewOffer, OfferEdit, OfferSchema
from tests.attacks.callers import A_NEED, KEEPER_OF, ONE_OF, Caller, pointers
from tests.attacks.conftest import MakeCaller
from tests.factories import create_organization

FIELDS = {
    "needs": (set(NeedSchema().fields), set(NewNeed().fields), set(NeedEdit().fields)),
    "offers": (set(OfferSchema().fields), set(NewOffer().fields), set(OfferEdit().fields)),
}
READ_ONLY = {noun: sorted(read - new) for noun, (read, new, _) in FIELDS.items()}
SET_ONCE = {noun: sorted((read & new) - edit) for noun, (read, new, edit) in FIELDS.items()}
# What is in no answer either, but is a column or an attribute of the row.
INNER = ["organization_id", "exclusions", "state_codes", "area_codes", "__class__", "id_", "READ_PERMISSION"]


@pytest.mark.parametrize("noun", FIELDS)
def test_every_field_that_is_answered_and_not_taken_is_refused(caller: MakeCaller, noun: str) -> None:
    """Each with the value that it was read with, as whoever sends back a whole record would: nothing is dropped in silence."""
    keeper = caller(KEEPER_OF[noun])
    made = keeper.post(noun, ONE_OF[noun])
    address = made.headers["Location"]
    assert READ_ONLY[noun]

    for field in (*READ_ONLY[noun], *INNER):
        value = made.json.get(field, 1)
        assert pointers(keeper.post(noun, ONE_OF[noun] | {field: value})) == [f"/{field}"], field
        assert pointers(keeper.patch(address, {field: value})) == [f"/{field}"], field

    assert keeper.get(address).json == made.json
    assert len(keeper.get(f"/api/v1/{noun}").json["data"]) == 1


@pytest.mark.parametrize("noun", FIELDS)
def test_what_is_given_once_is_not_given_again(caller: MakeCaller, noun: str) -> None:
    keeper = caller(KEEPER_OF[noun])
    made = keeper.post(noun, ONE_OF[noun])

    refused = [pointers(keeper.patch(made.headers["Location"], {field: "other"})) for field in SET_ONCE[noun]]

    assert refused == [["/external_id"], ["/organization"]]


@pytest.mark.parametrize("noun", FIELDS)
@pytest.mark.parametrize("field", ["organization", "Organization", "organization_id", "organization.code"])
def test_no_record_is_given_to_others(caller: MakeCaller, database: Database, noun: str, field: str) -> None:
    """Neither by code nor by id, in whatever spelling."""
    keeper = caller(KEEPER_OF[noun])
    with database.unit_of_work() as session:
        other = create_organization(session, "other")

    answers = [keeper.post(noun, ONE_OF[noun] | {field: value}) for value in ("other", "OTHER", str(other.id))]

    assert [pointers(answer) for answer in answers] == [[f"/{field}"]] * 3
    assert keeper.get(f"/api/v1/{noun}").json["data"] == []


# --- signs


LISTS = ["states", "areas", "modes", "languages", "excluded_providers"]
TEXTS = ["title", "description", "audience", "outcome", "underway", "external_id", "stated_on", "source_url", "budget"]


@pytest.mark.parametrize("sign", ["\ud800", "x\udfff", "\x00", "a\x85b", "\x1b[2J"], ids=ascii)
def test_what_no_database_holds_is_refused_in_every_field(caller: MakeCaller, database: Database, sign: str) -> None:
    """Half a surrogate pair in a list was once a 500: only texts were looked at."""
    focal_point = caller()
    address = focal_point.post("needs", A_NEED).headers["Location"]

    for field in (*LISTS, *TEXTS, "organization", "currency"):
        value = [sign] if field in LISTS else sign
        for answer in (focal_point.post("needs", A_NEED | {field: value}), focal_point.patch(address, {field: value})):
            assert answer.status_code == 422, (field, answer.status_code)
            assert pointers(answer)[0].startswith(f"/{field}")
    assert len(titles(database)) == 1


@pytest.mark.parametrize(
    "key", ["\ud800", "a\x00b", "a\u202eb", "/", "~", "", "x" * 10_000], ids=lambda key: ascii(key[:9])
)
def test_an_odd_name_of_a_field_is_refused(caller: MakeCaller, key: str) -> None:
    answer = caller().post("needs", A_NEED | {key: 1})

    assert answer.status_code == 422
    assert len(answer.data) < 1_000
    assert "\x00" not in answer.text


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u2028"], ids=ascii)
def test_no_line_turns_around_what_stands_beside_it(caller: MakeCaller, sign: str) -> None:
    """A title, a name or an id with such a sign would read as another one in a table."""
    focal_point = caller()

    for field in ("title", "external_id", "budget", "currency"):
        assert focal_point.post("needs", A_NEED | {field: f"a{sign}b"}).status_code == 422, field
    assert focal_point.post("needs", A_NEED | {"source_url": f"https://a.example/{sign}b"}).status_code == 422
    for field in LISTS:
        assert focal_point.post("needs", A_NEED | {field: [f"a{sign}b"]}).status_code == 422, field


LONG_TEXTS = {"needs": ["description", "audience", "outcome", "underway"], "offers": ["description"]}


@pytest.mark.parametrize("sign", ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e"], ids=ascii)
@pytest.mark.parametrize("noun", LONG_TEXTS)
def test_no_long_text_shows_another_one_than_it_says(caller: MakeCaller, noun: str, sign: str) -> None:
    """An overridden description once stood on pages and in files as its writer wished it to look."""
    keeper = caller(KEEPER_OF[noun])
    address = keeper.post(noun, ONE_OF[noun]).headers["Location"]

    for field in LONG_TEXTS[noun]:
        for answer in (
            keeper.post(noun, ONE_OF[noun] | {field: f"one\ntwo {sign}b"}),
            keeper.patch(address, {field: f"one\ntwo {sign}b"}),
        ):
            assert (answer.status_code, pointers(answer)) == (422, [f"/{field}"])
            assert f"U+{ord(sign):04X}" in answer.text
            assert sign not in answer.text


@pytest.mark.parametrize(
    "text",
    [
        "دعم \u2067CERT\u2069 الوطني",
        "\u200fدعم\u200e CERT",
        "می\u200cخواهیم",
        "क्\u200dष",
        "\u2066CERT\u2069",
        "\u2068CERT\u2069",
    ],
    ids=["isolate", "marks", "Persian", "joiner", "left to right", "first strong"],
)
@pytest.mark.parametrize("noun", LONG_TEXTS)
def test_what_arabic_persian_and_hindi_are_written_with_stays_in_a_long_text(
    caller: MakeCaller, noun: str, text: str
) -> None:
    made = caller(KEEPER_OF[noun]).post(noun, ONE_OF[noun] | {"description": text})

    assert (made.status_code, made.json["description"]) == (201, text)


@pytest.mark.parametrize("sign", ["\u200b", "\ufeff", "\u00ad"], ids=ascii)
def test_what_nobody_sees_makes_no_other_name(caller: MakeCaller, sign: str) -> None:
    """An excluded provider whose name held a sign without width would be excluded in vain."""
    made = caller().post(
        "needs", A_NEED | {"title": f"Train{sign}ing", "excluded_providers": [f"Second{sign} Provider"]}
    )

    assert (made.json["title"], made.json["excluded_providers"]) == ("Training", ["Second Provider"])


# --- numbers and depth


@pytest.mark.parametrize(
    "number", ["9" * 5_000, "-" + "9" * 5_000, "1e999", "-1e999", "NaN", "Infinity", "-Infinity", "true", "3.5", '"3"']
)
@pytest.mark.parametrize(("noun", "field"), [("needs", "priority"), ("needs", "gap"), ("offers", "capacity")])
def test_a_number_that_is_none_is_refused(caller: MakeCaller, noun: str, field: str, number: str) -> None:
    """One of five thousand digits was once a 500: Python refuses to read it, with an error of no kind of its own."""
    keeper = caller(KEEPER_OF[noun])
    body = json.dumps(ONE_OF[noun])[:-1] + f', "{field}": {number}}}'

    answer = keeper.post(noun, body)

    assert answer.status_code in (400, 422), (answer.status_code, answer.text)
    assert answer.content_type == "application/problem+json"
    assert keeper.get(f"/api/v1/{noun}").json["data"] == []


@pytest.mark.parametrize("budget", ["9" * 41, "1e9", "-1", "NaN", "0x10", "1_000", "\u0663", "1,000", "1" * 28 + ".5"])
def test_a_sum_that_is_none_is_refused(caller: MakeCaller, budget: str) -> None:
    assert pointers(caller().post("needs", A_NEED | {"budget": budget, "currency": "EUR"})) == ["/budget"]


@pytest.mark.parametrize(
    "value", [[[[["x"]]]], {"a": {"b": []}}, [{}], [None], [["IRC.1"]], {"0": "IRC.1"}], ids=json.dumps
)
@pytest.mark.parametrize("field", ["title", "areas", "states", "excluded_providers", "visibility", "earliest_on"])
def test_a_value_of_another_shape_is_refused(caller: MakeCaller, field: str, value: Any) -> None:
    answer = caller().post("needs", A_NEED | {field: value})

    assert {pointer.split("/")[1] for pointer in pointers(answer)} == {field}


@pytest.mark.parametrize("depth", [100, 900, 20_000, 400_000])
def test_a_deep_body_is_refused(caller: MakeCaller, depth: int) -> None:
    focal_point: Caller = caller()

    for opening, closing in (("[", "]"), ('{"title":', "}")):
        body = f'{{"states": ["XAA"], "title": {opening * depth}1{closing * depth}}}'
        assert focal_point.post("needs", body).status_code in (400, 413, 422)


def test_a_field_that_comes_twice_counts_once(caller: MakeCaller, database: Database) -> None:
    """Whatever looks at the first and stores the second could be led past its checks; the last one is both."""
    body = json.dumps(A_NEED)[:-1] + ', "visibility": "private", "visibility": "members"}'

    refused, made = caller("contributor", code="other").post("needs", body), caller().post("needs", body)

    assert (refused.status_code, made.status_code, made.json["visibility"]) == (403, 201, "members")
    with database.reading() as session:
        assert session.scalars(select(AuditEvent.action).filter_by(record_type="need")).all() == ["need.registered"]


def titles(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Need.title)))
