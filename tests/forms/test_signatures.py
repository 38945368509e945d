"""States that file a need together, on its page: what the buttons do, what waits on the first page, and what is refused."""

from __future__ import annotations

import pytest

from app.db import Database
from matching.vocabulary import Visibility
from tests.factories import create_need, create_organization
from tests.forms.conftest import MakeWriter
from tests.forms.writers import A_NEED, Writer, send, stored_needs
from tests.web.inspection import FetchedPage, fetch, inspected, words


def a_joint_draft(database: Database, **columns: object) -> str:
    """Return the address of a draft of the ministry of XAA that names XAB too."""
    with database.unit_of_work() as session:
        home = create_organization(session, "ministry")
        told = {
            "title": "Exercises of two teams",
            "visibility": Visibility.PRIVATE,
            "states": ("XAA", "XAB"),
            **columns,
        }
        return f"/needs/{create_need(session, organization=home, **told).id}"


def buttons(page: FetchedPage) -> list[str]:
    return [str(button.get("value")) for button in page.by_id("signatures").iter("button")]


def press(person: Writer, address: str, action: str, **said: str) -> tuple[int, FetchedPage]:
    """Press a button of the section; return the page that comes."""
    form = next(
        form
        for form in fetch(person.client, address).by_id("signatures").iter("form")
        if action in {button.get("value") for button in form.iter("button")}
    )
    hidden = {str(row.get("name")): str(row.get("value")) for row in form.iter("input")}
    return send(person, address, {**hidden, "action": action, **said}, to="signatures")


def test_a_state_is_asked_signs_and_the_need_is_published(writer: MakeWriter, database: Database) -> None:
    keeper, partner, address = writer(), writer(home="agency"), a_joint_draft(database)
    page = fetch(keeper.client, address)
    assert buttons(page) == ["ask"]
    assert "named, and not asked" in words(page.by_id("signatures"))
    assert [str(one.get("value")) for one in page.by_id("standing").iter("button")] == ["withdraw"]
    assert partner.client.get(address).status_code == 404

    status, page = press(keeper, address, "ask")
    assert (status, buttons(page)) == (303, [])
    assert "the States that were asked" in words(page.by_id("standing"))
    waiting = words(fetch(partner.client, "/").by_id("waiting-list"))
    assert "Asks for the signature of your State: Exercises of two teams" in waiting
    (row,) = (words(row) for row in fetch(partner.client, "/needs").all("tr") if "Exercises" in words(row))
    assert "together with your State" in row
    assert buttons(fetch(partner.client, address)) == ["sign", "decline"]
    assert buttons(fetch(writer("contributor", home="agency").client, address)) == []

    status, page = press(partner, address, "sign", visibility="members")
    assert (status, buttons(page)) == (303, ["leave"])
    page = fetch(keeper.client, address)
    circles = [str(one.get("value")) for one in page.by_id("standing-visibility").iter("option")]
    assert circles == ["secretariat", "providers", "members"]
    assert "has signed · may be seen by: everybody with an account" in words(page.by_id("signatures"))
    send(keeper, address, {"action": "publish", "visibility": "members"}, to="status")
    assert [need.status for need in stored_needs(database)] == ["published"]

    outside = fetch(writer("analyst", home="desk").client, address)
    assert words(outside.by_id("signatures")) == "States that file this together Filed by: State XAA State XAB"
    assert buttons(outside) == []


def test_a_state_that_declines_says_why_and_the_keeper_is_told(writer: MakeWriter, database: Database) -> None:
    keeper, partner, address = writer(), writer(home="agency"), a_joint_draft(database)
    press(keeper, address, "ask")

    status, page = press(partner, address, "decline", reason="We train alone.")

    assert (status, address in page.links) == (303, False)
    assert partner.client.get(address).status_code == 404
    assert "Why: We train alone." in words(fetch(keeper.client, address).by_id("signatures"))
    assert "Not filed by a State that it names: Exercises" in words(fetch(keeper.client, "/").by_id("waiting-list"))
    assert buttons(fetch(keeper.client, address)) == ["ask"]


def test_a_text_that_changed_is_read_again_before_it_is_signed(writer: MakeWriter, database: Database) -> None:
    keeper, partner, address = writer(), writer(home="agency"), a_joint_draft(database)
    press(keeper, address, "ask")
    partner.client.get(address)
    keeper.write(f"{address}/edit", {"title": "Something else"})

    data = {"state": "XAB", "version": "1", "action": "sign", "visibility": "public"}
    status, page = send(partner, address, data, to="signatures")

    assert status == 409
    assert "has changed since you read it" in words(page.by_id("signatures"))
    press(partner, address, "sign", visibility="public")
    keeper.write(f"{address}/edit", {"audience": "Twelve"})
    section = words(fetch(partner.client, address).by_id("signatures"))
    assert "Changed since: For whom" in section
    assert buttons(fetch(partner.client, address)) == ["sign", "leave"]


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"action": "sign"}, 403),
        ({"action": "witness"}, 422),
        ({"action": "ask", "state": "XZZ"}, 422),
        ({"action": "ask", "version": "x"}, 422),
        ({"action": "ask", "version": "9"}, 409),
        ({"action": "leave"}, 403),
        ({}, 422),
    ],
)
def test_what_is_no_button_of_the_page_is_refused(
    writer: MakeWriter, database: Database, said: dict[str, str], status: int
) -> None:
    keeper, address = writer(), a_joint_draft(database)

    answer, _ = send(keeper, address, {"state": "XAB", "version": "1", **said}, to="signatures")

    assert answer == status
    assert buttons(fetch(keeper.client, address)) == ["ask"]


@pytest.mark.parametrize("visibility", ["secretariat", "public"])
def test_a_form_says_that_the_other_state_has_to_file_it_too(
    writer: MakeWriter, database: Database, visibility: str
) -> None:
    typed = A_NEED | {"states": ["XAA", "XAB"], "visibility": visibility}

    refused = writer().write("/needs/new", typed)

    assert refused.status_code == 409
    assert "Every State that it names has to file it too" in words(
        inspected("/needs/new", refused).by_id("visibility-error")
    )
    assert stored_needs(database) == []
    writer().write("/needs/new", typed | {"visibility": "private"})
    assert [need.state_codes for need in stored_needs(database)] == [("XAA", "XAB")]


def test_a_reason_that_cannot_be_kept_is_refused_and_stays_in_its_field(writer: MakeWriter, database: Database) -> None:
    keeper, partner, address = writer(), writer(home="agency"), a_joint_draft(database)
    press(keeper, address, "ask")

    status, page = press(partner, address, "decline", reason="Not this year.\x00")

    assert (status, "a character that nobody sees" in words(page.by_id("signatures"))) == (422, True)
    assert "Not this year" in words(page.by_id("signatures"))
    assert "decline" in buttons(fetch(partner.client, address))
