"""Pages of principles, checklists and labels: who finds which form, what it does, and what a reader of the offer sees."""

from __future__ import annotations

from datetime import UTC, datetime
from html import unescape

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import select

from app.actor import SYSTEM
from app.db import Database
from app.offers.entries import change_offer
from app.offers.queries import get_offer
from app.organizations.models import Organization
from matching.vocabulary import Visibility
from tests.factories import create_checked_principle, create_label, create_offer, create_principle
from tests.forms.conftest import MakeWriter, OpenPage
from tests.forms.writers import Writer, actions, stored_offers
from tests.support.browser import PHONE
from tests.web.inspection import FetchedPage, fetch, inspected, words

REASON = "Demand-driven, and evaluated by others."
OTHERS = ("recipient", "contributor", "analyst", "administrator")


@pytest.fixture(autouse=True)
def _principles(database: Database) -> None:
    with database.unit_of_work() as session:
        for code in ("P1", "R1"):
            create_principle(session, code, title_en=f"Principle {code}")


def an_offer(database: Database, *, is_labelled: bool = False, **columns: object) -> str:
    """Return the address of an offer of the centre."""
    with database.unit_of_work() as session:
        home = session.scalars(select(Organization).where(Organization.code == "centre")).one()
        offer = create_offer(session, organization=home, **columns)
        if is_labelled:
            create_checked_principle(session, offer, "P1", how="Two years.")
            create_label(session, offer, reason=REASON)
    return f"/offers/{offer.id}"


def change_title(database: Database) -> None:
    with database.unit_of_work() as session:
        (offer,) = stored_offers(database)
        change_offer(session, SYSTEM, get_offer(session, SYSTEM, offer.id), {"title": "Another course"})


def hidden(page: FetchedPage, name: str) -> str:
    return next(str(field.get("value")) for field in page.all("input") if field.get("name") == name)


def send(person: Writer, address: str, seen: FetchedPage | None = None, **typed: str) -> tuple[int, FetchedPage]:
    """Send the form of an address, as it was seen then or is now; return the status and the page that comes."""
    page = seen or fetch(person.client, address)
    marks = {name: hidden(page, name) for name in ("csrf_token", "seen")}
    answer = person.client.post(address, data=marks | typed)
    if answer.status_code != 303:
        return answer.status_code, inspected(address, answer)
    return 303, fetch(person.client, answer.headers["Location"].partition("#")[0])


def test_the_principles_are_on_a_page_with_their_source(writer: MakeWriter) -> None:
    page = fetch(writer("analyst").client, "/principles")

    assert "Principle P1" in page.text
    assert "A document, para. 1" in page.text
    assert "example.org" in page.text
    csv = writer("analyst").client.get("/principles?format=csv")
    assert csv.text.startswith("code,section,title_en,sentence_en,reference,source,evidence\r\nP1,process,")


def test_a_provider_checks_and_the_secretariat_grants_confirms_and_withdraws(
    writer: MakeWriter, database: Database
) -> None:
    provider, desk, anybody = writer("provider"), writer("secretariat", home="desk"), writer("analyst")
    address = an_offer(database)
    assert f"{address}/checklist" in fetch(provider.client, address).links

    status, page = send(provider, f"{address}/checklist", P1="yes", **{"P1-how": "Two years."}, R1="no")
    assert status == 303
    assert "Principle P1 met" in words(page.one("main"))
    assert f"{address}/label" in fetch(desk.client, address).links

    form = fetch(desk.client, f"{address}/label")
    assert "Two years." in form.text
    status, page = send(desk, f"{address}/label", action="grant", reason=REASON)
    today = f"{datetime.now(UTC):%-d %B %Y}"
    assert (status, f"Labelled by the secretariat on {today}." in page.text) == (303, True)
    assert REASON in fetch(anybody.client, address).text
    assert "labelled" in words(fetch(anybody.client, "/offers?label=in_force").one("tbody"))

    change_title(database)
    assert f"changed since it was labelled on {today}" in fetch(anybody.client, address).text
    assert "labelled, changed since" in words(fetch(anybody.client, "/offers").one("tbody"))
    home = fetch(desk.client, "/")
    assert "/offers?label=changed" in home.links
    assert "Offers, labelled, and changed since: 1" in words(home.one("main"))
    assert "/offers?label=changed" not in fetch(anybody.client, "/").links

    assert send(desk, f"{address}/label", action="confirm", reason="Still well.")[0] == 303
    assert "changed since it was labelled" not in fetch(anybody.client, address).text
    assert send(desk, f"{address}/label", action="withdraw", reason="The evaluation is overdue.")[0] == 303
    assert REASON not in fetch(anybody.client, address).text
    for person, sees in ((provider, True), (desk, True), (anybody, False), (writer("administrator"), False)):
        assert ("The evaluation is overdue." in fetch(person.client, address).text) is sees
    assert actions(database)[-4:] == [
        "offer.label_granted",
        "offer.updated",
        "offer.label_confirmed",
        "offer.label_withdrawn",
    ]


@pytest.mark.parametrize("role", [*OTHERS, "provider"])
def test_nobody_but_the_secretariat_finds_or_sends_the_form_of_a_label(
    writer: MakeWriter, database: Database, role: str
) -> None:
    person, address = writer(role), an_offer(database)
    token = hidden(fetch(person.client, "/account"), "csrf_token")

    answer = person.client.post(
        f"{address}/label", data={"csrf_token": token, "seen": "*", "action": "grant", "reason": REASON}
    )

    assert (person.client.get(f"{address}/label").status_code, answer.status_code) == (403, 403)
    assert f"{address}/label" not in fetch(person.client, address).links
    assert [offer.label for offer in stored_offers(database)] == [None]


@pytest.mark.parametrize("role", [*OTHERS, "secretariat"])
def test_nobody_but_its_provider_finds_or_sends_the_form_of_a_checklist(
    writer: MakeWriter, database: Database, role: str
) -> None:
    person, address = writer(role, home="desk"), an_offer(database)
    token = hidden(fetch(person.client, "/account"), "csrf_token")

    answer = person.client.post(f"{address}/checklist", data={"csrf_token": token, "seen": "*", "P1": "yes"})

    assert (person.client.get(f"{address}/checklist").status_code, answer.status_code) == (403, 403)
    assert f"{address}/checklist" not in fetch(person.client, address).links
    assert [offer.checklist for offer in stored_offers(database)] == [[]]


@pytest.mark.parametrize("role", ["secretariat", "administrator", "recipient"])
@pytest.mark.parametrize("form", ["label", "checklist"])
def test_what_one_may_not_see_has_no_form(writer: MakeWriter, database: Database, role: str, form: str) -> None:
    person = writer(role, home="desk")
    address = an_offer(database, is_labelled=True, visibility=Visibility.PRIVATE)
    token = hidden(fetch(person.client, "/account"), "csrf_token")

    answer = person.client.post(f"{address}/{form}", data={"csrf_token": token, "seen": "*", "action": "grant"})

    assert (person.client.get(f"{address}/{form}").status_code, answer.status_code) == (404, 404)


def test_who_writes_an_offer_cannot_smuggle_a_label_in(writer: MakeWriter, database: Database) -> None:
    provider, address = writer("provider"), an_offer(database)

    answer = provider.write(
        f"{address}/edit", {"title": "New", "label": "in_force", "label_reason": "Mine.", "P1": "yes"}
    )

    assert answer.status_code == 303
    assert [(offer.title, offer.label, offer.checklist) for offer in stored_offers(database)] == [("New", None, [])]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"P1": "", "P1-how": "Somehow."}, "Say whether the offer meets this principle"),
        ({"P1": "yes", "P1-how": "x" * 501}, "Shorten it to 500 characters."),
        ({"P1": "yes", "P1-how": "a\u202eb"}, "a character that nobody sees"),
        ({"P1": "yes", "P1-how": "a\x00\x85é"}, "a character that nobody sees"),
    ],
)
def test_a_line_that_is_refused_comes_back_as_it_was_typed(
    writer: MakeWriter, database: Database, typed: dict[str, str], told: str
) -> None:
    provider, address = writer("provider"), an_offer(database)

    status, page = send(provider, f"{address}/checklist", R1="no", **typed)

    assert status == 422
    assert told in words(next(one for one in page.all("div") if one.get("role") == "alert"))
    (link,) = (one.get("href") for one in page.all("a") if (one.get("href") or "").startswith("#P1"))
    assert page.by_id(str(link)[1:]).get("name", "").startswith("P1")
    assert (page.by_id("P1-how").text or "").strip() == typed["P1-how"].replace("\x00\x85", "")
    assert page.by_id("R1-no").get("checked") is not None
    assert [offer.checklist for offer in stored_offers(database)] == [[]]


@pytest.mark.parametrize("action", ["grant", "praise", ""])
def test_a_label_asks_for_a_reason_and_keeps_what_was_typed(
    writer: MakeWriter, database: Database, action: str
) -> None:
    desk, address = writer("secretariat", home="desk"), an_offer(database)

    status, page = send(desk, f"{address}/label", action=action, reason=" " if action == "grant" else "Typed.")

    assert status == 422
    assert ("Say why" if action == "grant" else "no such step") in page.text
    assert (page.by_id("reason").text or "").strip() == ("" if action == "grant" else "Typed.")
    assert [offer.label for offer in stored_offers(database)] == [None]


def test_what_was_changed_while_somebody_decided_is_shown_before_it_is_labelled(
    writer: MakeWriter, database: Database
) -> None:
    desk, address = writer("secretariat", home="desk"), an_offer(database)
    seen = fetch(desk.client, f"{address}/label")
    change_title(database)

    status, page = send(desk, f"{address}/label", seen, action="grant", reason=REASON)

    assert (status, "was changed meanwhile" in page.text) == (409, True)
    assert (page.by_id("reason").text or "").strip() == REASON
    assert [offer.label for offer in stored_offers(database)] == [None]
    assert send(desk, f"{address}/label", page, action="grant", reason=REASON)[0] == 303


def test_a_label_that_somebody_else_granted_meanwhile_is_not_granted_twice(
    writer: MakeWriter, database: Database
) -> None:
    desk, address = writer("secretariat", home="desk"), an_offer(database)
    seen = fetch(desk.client, f"{address}/label")
    send(desk, f"{address}/label", action="grant", reason="The first.")

    status, page = send(desk, f"{address}/label", seen, action="grant", reason="The second.")

    assert (status, "The first." in page.text) == (409, True)


def test_two_who_write_on_one_line_see_both_and_choose(writer: MakeWriter, database: Database) -> None:
    provider, address = writer("provider"), an_offer(database)
    seen = fetch(provider.client, f"{address}/checklist")
    send(provider, f"{address}/checklist", P1="yes", **{"P1-how": "The first."}, R1="")

    status, page = send(provider, f"{address}/checklist", seen, P1="no", **{"P1-how": "The second."}, R1="")

    assert status == 409
    assert "The first." in words(page.by_id("P1"))
    assert (page.by_id("P1-how").text or "").strip() == "The second."
    assert send(provider, f"{address}/checklist", page, P1="no", **{"P1-how": "The second."})[0] == 303
    (offer,) = stored_offers(database)
    assert [(line.principle_code, line.is_met, line.how) for line in offer.checklist] == [("P1", False, "The second.")]


@pytest.mark.parametrize("form", ["label", "checklist"])
def test_who_is_not_logged_in_any_more_gets_back_what_they_typed(
    writer: MakeWriter, database: Database, form: str
) -> None:
    person, address = writer("secretariat", home="desk"), an_offer(database)
    token = hidden(fetch(person.client, "/account"), "csrf_token")
    person.client.delete_cookie("tandem_session")

    answer = person.client.post(f"{address}/{form}", data={"csrf_token": token, "reason": REASON, "P1": "yes"})

    assert (answer.status_code, REASON in unescape(answer.text)) == (401, True)


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(
    ("role", "page_name"),
    [
        ("provider", "/checklist"),
        ("secretariat", "/label"),
        ("secretariat", ""),
        ("analyst", ""),
        ("analyst", "list"),
        ("analyst", "principles"),
    ],
)
def test_the_pages_are_accessible_and_fit_a_phone(
    opened: OpenPage, database: Database, role: str, page_name: str, language: str
) -> None:
    address = an_offer(database, is_labelled=True)
    change_title(database)
    where = {"list": "/offers", "principles": "/principles"}.get(page_name, f"{address}{page_name}")
    page = opened(role, viewport=PHONE)

    page.goto(f"{where}?lang={language}")
    found = Axe().run(page)

    assert found.response["violations"] == [], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
