"""Where a record stands, on its page: the buttons that there are, what they do, and what is told where they cannot."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

import pytest
from sqlalchemy import select

from app.actor import SYSTEM
from app.clock import today_utc
from app.db import Database
from app.needs.life import NEED_LIFE
from app.needs.queries import get_need
from app.organizations.models import Organization
from app.organizations.moves import Move, move_record
from app.organizations.transitions import Action
from matching.vocabulary import Visibility
from tests.factories import create_match, create_need, create_offer
from tests.forms.conftest import MakeWriter
from tests.forms.writers import Writer, actions, send, stored_needs
from tests.web.inspection import FetchedPage, fetch, words

HOMES: Final = {"secretariat": "desk", "recipient": "ministry"}


def a_need(database: Database, *, submitted_for: str = "", **columns: object) -> str:
    """Return the address of a need of the ministry, submitted where it is said for whom."""
    with database.unit_of_work() as session:
        home = session.scalars(select(Organization).where(Organization.code == "ministry")).one()
        columns = {"visibility": Visibility.PRIVATE if submitted_for else Visibility.PUBLIC, **columns}
        need = create_need(session, organization=home, **columns)
        if submitted_for:
            asked = Move(action=Action.SUBMIT, visibility=Visibility(submitted_for))
            session.flush()
            move_record(session, SYSTEM, NEED_LIFE, get_need(session, SYSTEM, need.id), asked)
    return f"/needs/{need.id}"


def buttons(page: FetchedPage) -> list[str]:
    """Return what can be done with the record of a page."""
    section = page.by_id("standing")
    return [str(button.get("value")) for button in section.iter("button")]


def press(person: Writer, address: str, action: str, **said: str) -> tuple[int, FetchedPage]:
    """Press a button of the page of a record, with what is typed beside it; return the page that comes."""
    return send(person, address, {"action": action, **said}, to="status")


def test_a_need_is_submitted_sent_back_and_published_by_buttons(writer: MakeWriter, database: Database) -> None:
    focal_point, reader = writer(), writer("secretariat", home="desk")
    address = a_need(database, visibility=Visibility.PRIVATE, title="Train our responders")
    assert buttons(fetch(focal_point.client, address)) == ["publish", "submit", "withdraw"]

    status, page = press(focal_point, address, "submit", visibility="members")
    assert (status, buttons(page)) == (303, ["take_back", "withdraw"])
    assert "everybody with an account" in words(page.by_id("standing"))
    assert address in fetch(reader.client, "/needs?status=submitted").links
    assert buttons(fetch(reader.client, address)) == ["approve", "take_up", "send_back"]
    assert "Approve and publish it" in words(fetch(reader.client, address).by_id("standing"))

    status, page = press(reader, address, "send_back", reason="Say how many responders.")
    assert (status, address in page.links) == (303, False)
    assert reader.client.get(address).status_code == 404
    assert "Say how many responders." in words(fetch(focal_point.client, address).by_id("standing"))

    status, page = press(focal_point, address, "publish", visibility="public")
    assert (status, buttons(page)) == (303, ["confirm", "withdraw", "match"])
    assert "Say how many" not in page.text
    assert "It is seen by: everybody." in words(page.by_id("standing"))
    assert actions(database)[-3:] == ["need.submitted", "need.sent_back", "need.published"]


def test_the_secretariat_alone_says_which_offer_meets_a_need(writer: MakeWriter, database: Database) -> None:
    address = a_need(database)
    with database.unit_of_work() as session:
        need = get_need(session, SYSTEM, UUID(address.removeprefix("/needs/")))
        create_match(session, need=need, offer=create_offer(session, title="Three weeks of training"))

    told = {role: fetch(writer(role, home=home).client, address) for role, home in HOMES.items()}

    assert {role: buttons(page).count("match") for role, page in told.items()} == dict.fromkeys(HOMES, 1)
    asks = {
        role: "The offer on which both sides have agreed" in words(page.by_id("standing"))
        for role, page in told.items()
    }
    assert asks == {"secretariat": True, "recipient": False}


def test_a_reason_is_asked_for_and_the_page_stays(writer: MakeWriter, database: Database) -> None:
    reader, address = writer("secretariat", home="desk"), a_need(database, submitted_for="public")

    status, page = press(reader, address, "send_back", reason="  ")

    assert status == 422
    assert "Say why" in words(page.by_id("standing"))
    assert [need.status for need in stored_needs(database)] == ["submitted"]


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("Say how many.\x00", "a character that nobody sees"),
        ("Say how many \u202eynam.", "a character that nobody sees"),
        ("Say how many. " * 1_500, "Shorten it to 20000 characters"),
    ],
)
def test_a_reason_that_cannot_be_kept_is_refused_and_stays_in_its_field(
    writer: MakeWriter, database: Database, reason: str, told: str
) -> None:
    reader, address = writer("secretariat", home="desk"), a_need(database, submitted_for="public")

    status, page = press(reader, address, "send_back", reason=reason)

    assert (status, told in words(page.by_id("standing"))) == (422, True)
    assert "Say how many" in words(page.by_id("standing-reason"))
    assert [(need.status, need.review_note) for need in stored_needs(database)] == [("submitted", "")]


@pytest.mark.parametrize(("action", "status"), [("approve", 403), ("reopen", 409), ("sleep", 422), ("", 422)])
def test_what_is_no_button_of_the_page_is_refused(
    writer: MakeWriter, database: Database, action: str, status: int
) -> None:
    focal_point, address = writer(), a_need(database)

    answer = press(focal_point, address, action)[0]

    assert answer == status
    assert [(need.status, need.visibility) for need in stored_needs(database)] == [("published", "public")]


def test_who_can_do_nothing_sees_no_buttons_and_where_it_stands_only_if_that_matters(
    writer: MakeWriter, database: Database
) -> None:
    contributor = writer("contributor")
    draft, published = a_need(database, visibility=Visibility.PRIVATE), a_need(database)

    assert buttons(fetch(contributor.client, draft)) == []
    assert "nobody else sees it" in words(fetch(contributor.client, draft).by_id("standing"))
    assert 'id="standing"' not in contributor.client.get(published).get_data(as_text=True)


def test_the_lists_mark_what_is_not_simply_published(writer: MakeWriter, database: Database) -> None:
    focal_point = writer()
    a_need(database, title="Published one")
    a_need(database, title="Drafted one", visibility=Visibility.PRIVATE)

    rows = {words(row) for row in fetch(focal_point.client, "/needs").all("tr")}

    (drafted,) = (row for row in rows if "Drafted one" in row)
    (published,) = (row for row in rows if "Published one" in row)
    assert ("draft " in drafted, "published " in published) == (True, False)


def test_what_waits_stands_on_the_first_page_of_those_for_whom_it_does(writer: MakeWriter, database: Database) -> None:
    a_need(database, submitted_for="members")
    a_need(database, latest_on=today_utc() - timedelta(days=1))
    reader, focal_point = writer("secretariat", home="desk"), writer()

    for person, told in ((reader, "Needs, submitted : 1"), (focal_point, "Needs, expired : 1")):
        page = fetch(person.client, "/")
        section = next(one for one in page.all("section") if one.get("aria-labelledby") == "waiting")
        assert words(section).replace(": ", " : ").endswith(told)
        (address,) = (str(link.get("href")) for link in section.iter("a"))
        assert len(fetch(person.client, address).all("tbody")[0]) == 1
    assert "Waits for you" not in fetch(writer("analyst").client, "/").text
