"""Offers listed, changed, copied and confirmed on pages, without script."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from app.accounts.authentication import SESSION_COOKIE
from app.clock import today_utc
from app.db import Database
from matching.vocabulary import Visibility
from tests.factories import (
    create_group,
    create_membership,
    create_need,
    create_offer,
    create_organization,
    create_state,
)
from tests.forms.conftest import MakeWriter
from tests.forms.writers import AN_OFFER, Form, actions, stored_offers
from tests.web.inspection import fetch, words

NEW = "/offers/new"
WRONG = {
    "title": "",
    "provider": "",
    "areas": "NOT",
    "modes": ["juggling"],
    "languages": ["qqqqq"],
    "eligible": ["XAZ"],
    "capacity": "-1",
    "available_from_on": "soon",
    "available_until_on": "later",
    "confirmed_on": "yes",
    "budget": "-5",
    "source_url": "on paper",
}


def an_offer(database: Database, **columns: object) -> str:
    """Store an offer of the centre; return its address."""
    with database.unit_of_work() as session:
        return f"/offers/{create_offer(session, organization=create_organization(session, 'centre'), **columns).id}"


def token(person: object) -> str:
    """Return what a form of the person's browser carries against other sites."""
    client = person.client  # type: ignore[attr-defined]
    tree = Form(client, "/account", client.get("/account")).tree
    return next(one.get("value", "") for one in tree.iter("input") if one.get("name") == "csrf_token")


def test_an_offer_is_stored_with_all_that_was_typed(writer: MakeWriter, database: Database) -> None:
    with database.unit_of_work() as session:
        create_membership(session, create_state(session, "XAA"), create_group(session, "AFR"))
    typed = AN_OFFER | {
        "description": "Ten days.",
        "areas": ["IRC", "LAW"],
        "modes": ["training"],
        "languages": ["ar", "en"],
        "kind": "course",
        "eligible": ["AFR", "XAB"],
        "capacity": "3",
        "available_from_on": "2027-01-01",
        "available_until_on": "2027-12-31",
        "confirmed_on": "2026-11-01",
        "budget": "2000",
        "currency": "USD",
        "funder": "A Fund",
        "source_url": "https://example.org/o",
        "external_id": "o-7",
    }

    answer = writer("provider").write(NEW, typed)

    (offer,) = stored_offers(database)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/offers/{offer.id}/saved")
    assert (offer.title, offer.provider, offer.description) == ("Course for responders", "The Centre", "Ten days.")
    assert (offer.area_codes, offer.mode_codes, set(offer.language_codes)) == (
        ("IRC", "LAW"),
        ("training",),
        {"ar", "en"},
    )
    assert (set(offer.eligible), offer.capacity, offer.kind) == ({"AFR", "XAB"}, 3, "course")
    assert (offer.available_from_on, offer.available_until_on) == (date(2027, 1, 1), date(2027, 12, 31))
    assert (offer.confirmed_on, offer.budget, offer.currency) == (date(2026, 11, 1), Decimal(2000), "USD")
    assert (offer.funder, offer.source_url, offer.external_id) == ("A Fund", "https://example.org/o", "o-7")
    assert offer.visibility is Visibility.PUBLIC
    assert actions(database) == ["offer.registered"]


def test_a_short_offer_is_a_draft_for_every_state_confirmed_today(writer: MakeWriter, database: Database) -> None:
    answer = writer("provider").write(NEW, {"title": "A course", "areas": "IRC", "capacity": ""})

    (offer,) = stored_offers(database)
    assert answer.status_code == 303
    assert (offer.provider, offer.eligible, offer.capacity) == ("The Centre", ("*",), 1)
    assert (offer.visibility, offer.confirmed_on) == (Visibility.PRIVATE, today_utc())


def test_all_faults_are_told_together_and_the_form_stays_as_it_was(writer: MakeWriter, database: Database) -> None:
    form = writer("provider").opened(NEW).resent(WRONG)

    assert form.answer.status_code == 422
    assert set(form.problems) == set(WRONG)
    assert form.values["available_from_on"] == ["soon"]
    assert form.values["capacity"] == ["-1"]
    assert form.values["eligible"] == ["XAZ"]
    assert stored_offers(database) == []


def test_an_offer_that_is_sent_twice_is_stored_once(writer: MakeWriter, database: Database) -> None:
    form = writer("provider").opened(NEW)

    first, second = form.send(AN_OFFER), form.send(AN_OFFER)

    assert first.headers["Location"] == second.headers["Location"]
    assert actions(database) == ["offer.registered"]


def test_a_change_against_what_one_did_not_read_is_asked_about(writer: MakeWriter, database: Database) -> None:
    edit = f"{an_offer(database, title='Before', capacity=1)}/edit"
    one, other = writer("provider"), writer("provider")
    mine = one.opened(edit)
    other.write(edit, {"capacity": "5"})

    conflict = mine.resent({"title": "Mine"})
    kept = conflict.send({"keep-title": "mine", "keep-capacity": "theirs"})

    (offer,) = stored_offers(database)
    assert conflict.answer.status_code == 409
    assert kept.status_code == 303
    assert (offer.title, offer.capacity) == ("Mine", 5)


def test_an_offer_is_copied_under_an_id_of_its_own(writer: MakeWriter, database: Database) -> None:
    an_offer(database, title="The first", external_id="o-1", eligible=("XAB",), confirmed_on=date(2026, 1, 1))
    person, (first,) = writer("provider"), stored_offers(database)

    answer = person.write(f"{NEW}?from={first.id}", {"title": "The second"})

    second = next(offer for offer in stored_offers(database) if offer.title == "The second")
    assert answer.headers["Location"] == f"/offers/{second.id}/saved"
    assert second.external_id != "o-1"
    assert (second.eligible, second.confirmed_on) == (("XAB",), today_utc())


def test_the_offer_of_another_is_not_copied(writer: MakeWriter, database: Database) -> None:
    with database.unit_of_work() as session:
        theirs = create_offer(session, organization=create_organization(session, "rival"))
        hidden = create_offer(
            session, organization=create_organization(session, "rival"), visibility=Visibility.PRIVATE
        )
    person = writer("provider")

    asked = [f"{NEW}?from={offer_id}" for offer_id in (theirs.id, hidden.id, "nonsense")]
    assert [person.client.get(address).status_code for address in asked] == [403, 404, 404]


def test_an_offer_is_confirmed_with_one_click(writer: MakeWriter, database: Database) -> None:
    address, person = an_offer(database, confirmed_on=date(2026, 1, 1)), writer("provider")
    said = {"csrf_token": token(person), "action": "confirm"}

    answer = person.client.post(f"{address}/status", data=said)
    again = person.client.post(f"{address}/status", data=said)

    assert f"{address}/status" in [form.get("action") for form in fetch(person.client, address).all("form")]
    assert (answer.status_code, again.status_code) == (303, 303)
    assert "before" in words(fetch(person.client, address).by_id("standing"))
    assert [offer.confirmed_on for offer in stored_offers(database)] == [today_utc()]
    assert actions(database) == ["offer.confirmed"] * 2


@pytest.mark.parametrize(("role", "home"), [("provider", "rival"), ("recipient", "ministry"), ("analyst", "rival")])
def test_nobody_changes_or_confirms_the_offer_of_another(
    writer: MakeWriter, database: Database, role: str, home: str
) -> None:
    with database.unit_of_work() as session:
        create_organization(session, "rival")
    seen, hidden = an_offer(database, title="Theirs"), an_offer(database, title="H", visibility=Visibility.PRIVATE)
    person = writer(role, home=home)
    sent = AN_OFFER | {"csrf_token": token(person), "version": "*", "action": "confirm"}

    statuses = [
        [person.client.post(f"{address}/{step}", data=sent).status_code for step in ("edit", "status")]
        for address in (seen, hidden)
    ]

    assert statuses == [[403, 403], [404, 404]]
    assert {offer.title for offer in stored_offers(database)} == {"Theirs", "H"}
    assert f"{seen}/edit" not in fetch(person.client, seen).links


def test_nothing_is_lost_when_the_session_has_ended(writer: MakeWriter, database: Database) -> None:
    person = writer("provider")
    form = person.opened(NEW)
    person.client.delete_cookie(SESSION_COOKIE)

    back = form.resent(AN_OFFER | {"eligible": ["XAA", "XAB"]})

    assert back.answer.status_code == 401
    assert back.values["title"] == ["Course for responders"]
    assert sorted(back.values["eligible"]) == ["XAA", "XAB"]
    assert stored_offers(database) == []


def test_a_check_counts_the_needs_that_the_provider_may_see(writer: MakeWriter, database: Database) -> None:
    with database.unit_of_work() as session:
        create_need(session, title="Fits", states=("XAA",))
        create_need(session, title="Not open to it", states=("XAB",))
        create_need(session, title="Of another area", areas=("LAW",))
        create_need(session, title="Closed", latest_on=date(2020, 1, 1))
        create_need(session, title="Not for providers", visibility=Visibility.SECRETARIAT)
        create_need(session, title="Excludes them", states=("XAA",), excluded_providers=("The Centre",))

    form = writer("provider").opened(NEW).resent(AN_OFFER | {"eligible": ["XAA"], "check": "1"})

    beside = words(next(one for one in form.tree.iter() if one.get("id") == "beside"))
    assert "3 needs that you may see are open in this area." in beside
    # Whom a need excludes is nothing that a count could tell.
    assert "As it is typed, the offer fits 2 of them." in beside
    assert stored_offers(database) == []


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_every_page_is_whole(writer: MakeWriter, app: Flask, database: Database, language: str) -> None:
    person, address = writer("provider"), an_offer(database)

    for page in (NEW, f"{NEW}?from={address.rpartition('/')[2]}", f"{address}/edit", f"{address}/saved"):
        assert fetch(person.client, f"{page}{'&' if '?' in page else '?'}lang={language}").status == 200
