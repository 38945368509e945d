"""Needs written and changed on pages, without script: what is stored, what is refused, and that nothing typed is lost."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from app.accounts.authentication import SESSION_COOKIE
from app.db import Database
from matching.vocabulary import Basis, Visibility
from tests.factories import create_need, create_offer, create_organization, create_state
from tests.forms.conftest import MakeWriter
from tests.forms.writers import A_NEED, Form, actions, join, send, stored_needs
from tests.support.controls import sent
from tests.web.inspection import FetchedPage, fetch, find_problems, inspected, words

NEW = "/needs/new"
WRONG = {
    "title": "x" * 501,
    "states": "XAZ",
    "areas": "NOT",
    "gap": "9",
    "earliest_on": "tomorrow",
    "latest_on": "2027-02-30",
    "priority": "7",
    "languages": ["qqqqq"],
    "budget": "a lot",
    "source_url": "on paper",
    "visibility": "some",
    "excluded_providers": "One;Two",
}


def a_need(database: Database, **columns: object) -> str:
    """Store a need of the ministry; return the address of its form."""
    with database.unit_of_work() as session:
        need = create_need(session, organization=create_organization(session, "ministry"), **columns)
        return f"/needs/{need.id}/edit"


def test_a_need_is_stored_with_all_that_was_typed(writer: MakeWriter, database: Database) -> None:
    typed = A_NEED | {
        "states": ["XAA"],
        "areas": ["LAW", "IRC"],
        "modes": ["training", "exercise"],
        "audience": "20 analysts",
        "description": "Nobody is trained.\r\nOwner: the CERT.",
        "gap": "2",
        "outcome": "They answer alone.",
        "underway": "Nothing.",
        "earliest_on": "2027-01-01",
        "latest_on": "2027-12-31",
        "priority": "4",
        "languages": ["fr", "en"],
        "budget": "1500.50",
        "currency": "EUR",
        "source_url": "https://example.org/a",
        "external_id": "n-7",
        "stated_on": "2026",
        "visibility": "providers",
        "chosen_providers": ["centre"],
        "excluded_providers": "Some Company\r\nAnother",
    }

    answer = writer().write(NEW, typed)

    (need,) = stored_needs(database)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/needs/{need.id}/saved")
    assert (need.title, need.description) == ("Train our responders", "Nobody is trained.\nOwner: the CERT.")
    assert (need.state_codes, need.area_codes) == (("XAA",), ("LAW", "IRC"))
    assert (need.mode_codes, need.audience) == (("training", "exercise"), "20 analysts")
    assert (need.gap, need.priority, need.outcome, need.underway) == (2, 4, "They answer alone.", "Nothing.")
    assert (need.earliest_on, need.latest_on) == (date(2027, 1, 1), date(2027, 12, 31))
    assert (set(need.language_codes), need.budget, need.currency) == ({"fr", "en"}, Decimal("1500.50"), "EUR")
    assert (need.source_url, need.external_id, need.stated_on) == ("https://example.org/a", "n-7", "2026")
    assert (need.visibility, need.chosen_providers) == (Visibility.PROVIDERS, ("centre",))
    assert need.excluded_providers == ("Some Company", "Another")
    assert actions(database) == ["need.registered"]


def test_a_new_need_is_a_draft_of_ones_own_state(writer: MakeWriter, database: Database) -> None:
    person = writer()

    answer = person.write(NEW, {"title": "A draft"})

    (need,) = stored_needs(database)
    page = fetch(person.client, answer.headers["Location"])
    assert (need.visibility, need.state_codes) == (Visibility.PRIVATE, ("XAA",))
    assert "The draft is saved" in page.text
    assert page.by_id("standing-visibility").get("name") == "visibility"
    assert "Publish it" in page.text
    assert f"/needs/{need.id}/preview?at=providers&as=providers" in page.links


def test_the_page_after_saving_publishes_at_once(writer: MakeWriter, database: Database) -> None:
    person = writer()
    saved = person.write(NEW, {"title": "A draft"}).headers["Location"]

    page = fetch(person.client, saved)
    (circle,) = sent(page.by_id("standing-visibility"))
    status, _ = send(person, saved.removesuffix("/saved"), {"action": "publish", "visibility": circle}, to="status")

    (need,) = stored_needs(database)
    assert (status, need.visibility) == (303, Visibility.PROVIDERS)


def test_who_only_drafts_finds_no_way_to_publish(writer: MakeWriter) -> None:
    person = writer("contributor")
    page = fetch(person.client, person.write(NEW, {"title": "A draft"}).headers["Location"])

    assert "Ask a focal point of your State" in page.text
    assert "standing-visibility" not in page.html


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("role", ["recipient", "contributor"])
def test_every_page_is_whole(writer: MakeWriter, database: Database, role: str, language: str) -> None:
    person, edit = writer(role), a_need(database, visibility=Visibility.PRIVATE)

    for address in (NEW, edit, edit.replace("/edit", "/saved")):
        assert fetch(person.client, f"{address}?lang={language}").status == 200


def test_ten_faults_are_told_together_and_the_form_stays_as_it_was(writer: MakeWriter, database: Database) -> None:
    form = writer().opened(NEW).resent(WRONG)

    assert form.answer.status_code == 422
    assert set(form.problems) == set(WRONG)
    assert {name: form.values[name] for name in WRONG if name not in ("states", "areas", "visibility")} == {
        name: value if isinstance(value, list) else [value]
        for name, value in WRONG.items()
        if name not in ("states", "areas", "visibility")
    }
    assert form.values["states"][0] == "XAZ"
    assert form.values["areas"][0] == "NOT"
    assert stored_needs(database) == []


def test_each_fault_stands_beside_its_field(writer: MakeWriter) -> None:
    form = writer().opened(NEW).resent(WRONG | {"title": ""})
    by_id = {element.get("id"): element for element in form.tree.iter() if element.get("id")}

    assert next(iter(form.problems)) == "title"
    for name, told in form.problems.items():
        assert told.endswith(words(by_id[f"{name}-error"]))
        near = by_id[name] if name != "visibility" else by_id["visibility-error"].find("..")
        if near is not None:
            assert near.get("aria-invalid") == "true"
            assert f"{name}-error" in near.get("aria-describedby", "")
    assert form.problems["title"] == "Title: Fill this in."


def test_a_check_tells_of_a_sum_without_currency_and_counts_without_it(writer: MakeWriter) -> None:
    """The sum alone made it say that no State was named."""
    form = writer().opened(NEW).resent({**A_NEED, "budget": "10", "check": "1"})

    assert form.problems == {"currency": "Currency: Choose the currency of the sum."}
    assert "of 9 checks are met" in form.answer.text


def test_an_end_before_its_start_and_a_sum_without_currency_are_told(writer: MakeWriter) -> None:
    typed = A_NEED | {"earliest_on": "2027-05-01", "latest_on": "2027-01-01", "budget": "10"}

    form = writer().opened(NEW).resent(typed)

    assert set(form.problems) == {"latest_on", "currency"}
    assert "lies before" in form.problems["latest_on"]
    assert form.problems["currency"] == "Currency: Choose the currency of the sum."


def test_a_form_that_is_sent_twice_is_stored_once(writer: MakeWriter, database: Database) -> None:
    form = writer().opened(NEW)

    first, second = form.send(A_NEED), form.send(A_NEED)

    assert first.headers["Location"] == second.headers["Location"]
    assert len(stored_needs(database)) == 1
    assert actions(database) == ["need.registered"]


def test_a_form_that_was_sent_with_another_text_is_asked_about(writer: MakeWriter, database: Database) -> None:
    form = writer().opened(NEW)
    form.send(A_NEED)

    again = form.resent(A_NEED | {"title": "Another one"})
    third = again.send({})

    assert again.answer.status_code == 409
    assert "You have sent this form before" in again.answer.text
    assert again.values["title"] == ["Another one"]
    assert third.status_code == 303
    assert len(stored_needs(database)) == 2


def test_a_reference_that_is_taken_is_told_beside_it(writer: MakeWriter, database: Database) -> None:
    a_need(database, external_id="n-1")

    form = writer().opened(NEW).resent(A_NEED | {"external_id": "n-1"})

    assert form.answer.status_code == 409
    assert "has a record with this reference" in form.problems["external_id"]
    assert len(stored_needs(database)) == 1


def test_a_contributor_writes_drafts_alone(writer: MakeWriter, database: Database) -> None:
    person = writer("contributor")
    form = person.opened(NEW)

    refused = form.resent(A_NEED | {"visibility": "members"})
    draft = form.send(A_NEED)

    levels = [one.get("value") for one in form.tree.iter("input") if one.get("name") == "visibility"]
    assert levels == ["private"]
    assert refused.answer.status_code == 403
    assert "ask a focal point" in refused.problems["visibility"]
    assert refused.values["title"] == ["Train our responders"]
    assert draft.status_code == 303
    assert [need.visibility for need in stored_needs(database)] == [Visibility.PRIVATE]


def test_a_contributor_publishes_nothing_that_is_there(writer: MakeWriter, database: Database) -> None:
    person, edit = writer("contributor"), a_need(database, visibility=Visibility.PRIVATE, title="A draft")

    refused = person.opened(edit).resent({"visibility": "secretariat", "title": "Mine"})

    (need,) = stored_needs(database)
    assert refused.answer.status_code == 403
    assert refused.values["title"] == ["Mine"]
    assert (need.visibility, need.title) == (Visibility.PRIVATE, "A draft")


def test_a_contributor_is_told_that_a_submitted_need_is_not_theirs_to_change(
    writer: MakeWriter, database: Database
) -> None:
    person, edit = writer("contributor"), a_need(database, title="Submitted")

    page, refused = fetch(person.client, edit), person.write(edit, {"title": "Mine"})

    assert "only a focal point can change it" in page.text
    assert refused.status_code == 403
    assert [need.title for need in stored_needs(database)] == ["Submitted"]
    assert edit not in fetch(person.client, edit.removesuffix("/edit")).links


@pytest.mark.parametrize(("role", "home"), [("recipient", "agency"), ("provider", "centre"), ("analyst", "centre")])
def test_nobody_changes_the_need_of_another(writer: MakeWriter, database: Database, role: str, home: str) -> None:
    seen, hidden = a_need(database, title="Theirs"), a_need(database, title="Hidden", visibility=Visibility.PRIVATE)
    person = writer(role, home=home)
    token = Form(person.client, "/account", person.client.get("/account")).tree
    csrf = next(one.get("value") for one in token.iter("input") if one.get("name") == "csrf_token")

    statuses = [
        (person.client.get(edit).status_code, person.client.post(edit, data={**A_NEED, "csrf_token": csrf}).status_code)
        for edit in (seen, hidden)
    ]

    assert statuses == [(403, 403), (404, 404)]
    assert {need.title for need in stored_needs(database)} == {"Theirs", "Hidden"}


def test_nobody_writes_for_an_organization_that_is_not_theirs(writer: MakeWriter, database: Database) -> None:
    form = writer().opened(NEW).resent(A_NEED | {"organization": "agency"})

    assert form.answer.status_code == 422
    assert set(form.problems) == {"organization"}
    assert form.values["title"] == ["Train our responders"]
    assert stored_needs(database) == []


@pytest.mark.parametrize("role", ["provider", "analyst", "administrator"])
def test_who_writes_for_nobody_has_no_form(writer: MakeWriter, role: str) -> None:
    person = writer(role)

    assert person.client.get(NEW).status_code == 403
    assert NEW not in fetch(person.client, "/needs").links


def test_whoever_writes_for_two_chooses_one(writer: MakeWriter, database: Database) -> None:
    person = writer()
    join(database, person.user, "agency")
    form = person.opened(NEW)

    forgotten = form.resent(A_NEED)
    chosen = forgotten.send({"organization": "agency"})

    assert set(forgotten.problems) == {"organization"}
    assert chosen.status_code == 303
    assert [need.organization.code for need in stored_needs(database)] == ["agency"]


def test_a_change_of_one_field_leaves_what_was_inferred(writer: MakeWriter, database: Database) -> None:
    edit = a_need(database, areas_basis=Basis.INFERRED, title="Before", excluded_providers=("Unwanted",))
    person = writer()
    form = person.opened(edit)

    answer = form.send({"priority": "5"})

    (need,) = stored_needs(database)
    assert "Read out of the text: Area IRC" in form.answer.text
    assert form.values["excluded_providers"] == ["Unwanted"]
    assert answer.status_code == 303
    assert (need.priority, need.title, need.excluded_providers) == (5, "Before", ("Unwanted",))
    assert need.areas_basis is Basis.INFERRED
    assert actions(database) == ["need.updated"]


def test_a_form_that_changes_nothing_leaves_no_trace(writer: MakeWriter, database: Database) -> None:
    edit = a_need(database)

    answer = writer().write(edit, {})

    assert answer.status_code == 303
    assert actions(database) == []


def test_both_texts_are_shown_where_somebody_else_was_faster(writer: MakeWriter, database: Database) -> None:
    edit = a_need(database, title="Before", description="Same", audience="nobody")
    one, other = writer(), writer()
    mine = one.opened(edit)
    other.write(edit, {"title": "Theirs", "audience": "judges"})

    conflict = mine.resent({"title": "Mine", "outcome": "Better"})

    assert conflict.answer.status_code == 409
    assert {"Theirs", "Mine", "judges", "Better"} <= set(conflict.answer.text.replace("<", ">").split(">"))
    assert sorted(conflict.values["asked"]) == ["audience", "outcome", "title"]
    assert [need.title for need in stored_needs(database)] == ["Theirs"]


def test_the_choice_between_two_texts_is_stored(writer: MakeWriter, database: Database) -> None:
    edit = a_need(database, title="Before", audience="nobody")
    one, other = writer(), writer()
    mine = one.opened(edit)
    other.write(edit, {"title": "Theirs", "audience": "judges"})
    conflict = mine.resent({"title": "Mine", "outcome": "Better"})
    assert "check" not in [button.get("name") for button in conflict.tree.iter("button")]

    unanswered = conflict.resent({"keep-title": "mine"})
    kept = unanswered.send({"keep-audience": "theirs", "keep-outcome": "mine"})

    (need,) = stored_needs(database)
    assert set(unanswered.problems) == {"keep-audience", "keep-outcome"}
    assert unanswered.values["keep-title"] == ["mine"]
    assert kept.status_code == 303
    assert (need.title, need.audience, need.outcome) == ("Mine", "judges", "Better")


def test_an_edit_of_the_exclusions_alone_is_not_written_over(writer: MakeWriter, database: Database) -> None:
    """It leaves the version of the row as it is, for nobody else to see it."""
    edit = a_need(database, excluded_providers=("Unwanted",))
    one, other = writer(), writer()
    mine = one.opened(edit)
    other.write(edit, {"excluded_providers": "Unwanted\nAnother"})

    conflict = mine.resent({"priority": "5"})

    assert conflict.answer.status_code == 409
    assert "Unwanted; Another" in conflict.answer.text
    assert [need.excluded_providers for need in stored_needs(database)] == [("Unwanted", "Another")]


@pytest.mark.parametrize("is_new", [True, False], ids=["new", "changed"])
def test_nothing_is_lost_when_the_session_has_ended(
    writer: MakeWriter, app: Flask, database: Database, *, is_new: bool
) -> None:
    """Whoever wrote logs in in another tab of the same browser and sends the form once more."""
    person = writer()
    address = NEW if is_new else a_need(database, title="Before")
    form = person.opened(address)
    person.client.delete_cookie(SESSION_COOKIE)
    typed = {"title": "Written for an hour", "description": "Long", "excluded_providers": "Unwanted"}

    back = form.resent(typed)
    cookie = writer().client.get_cookie(SESSION_COOKIE)
    assert cookie is not None
    person.client.set_cookie(SESSION_COOKIE, cookie.value)
    stored = back.send({})

    assert back.answer.status_code == 401
    assert "no-store" in back.answer.headers["Cache-Control"]
    assert "Log in in another tab" in back.answer.text
    assert {name: back.values[name] for name in typed} == {name: [value] for name, value in typed.items()}
    assert stored.status_code == 303
    assert [need.title for need in stored_needs(database)] == ["Written for an hour"]


def test_who_is_not_logged_in_is_told_nothing_of_a_need(app: Flask, database: Database) -> None:
    edit = a_need(database, title="Hidden", visibility=Visibility.PRIVATE)
    client = app.test_client()

    page = client.get(edit)
    login = Form(client, "/login", client.get("/login")).tree
    csrf = next(one.get("value") for one in login.iter("input") if one.get("name") == "csrf_token")
    sent = client.post(edit, data={"title": "A guess", "csrf_token": csrf})
    never = client.post(edit.replace(edit[7:11], "0000"), data={"title": "A guess", "csrf_token": csrf})

    assert (page.status_code, page.headers["Location"].startswith("/login")) == (302, True)
    assert (sent.status_code, never.status_code) == (401, 401)
    assert "Hidden" not in sent.text


def test_a_form_may_be_open_for_hours(writer: MakeWriter, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What forms are checked against once ended after an hour, and with it what had been written since."""
    form, now = writer().opened(NEW), time.time()

    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 3 * 3600)

    assert form.send(A_NEED).status_code == 303


def test_a_form_without_its_token_is_refused(writer: MakeWriter, database: Database) -> None:
    assert writer().client.post(NEW, data=A_NEED).status_code == 400
    assert stored_needs(database) == []


def test_a_check_says_what_is_unclear_and_stores_nothing(writer: MakeWriter, database: Database) -> None:
    with database.unit_of_work() as session:
        create_offer(session, title="Course", languages=("fr",))
        create_offer(session, title="Hidden", visibility=Visibility.PRIVATE)
    person = writer()

    form = person.opened(NEW).resent(A_NEED | {"description": "A draft", "check": "1"})

    beside = words(next(one for one in form.tree.iter() if one.get("id") == "beside"))
    assert form.answer.status_code == 200
    assert "of 9 checks are met" in beside
    assert "fit well enough: 1 of 1." in beside
    assert "What would help most now:" in beside
    assert "For example:" in beside
    assert form.values["description"] == ["A draft"]
    assert stored_needs(database) == []


def test_a_check_of_a_form_that_is_not_whole_says_what_it_can(writer: MakeWriter) -> None:
    form = writer().opened(NEW).resent({"description": "We need training", "latest_on": "soon", "check": "1"})

    assert form.answer.status_code == 200
    assert "of 9 checks are met" in form.answer.text
    assert set(form.problems) == {"latest_on"}


def test_a_check_tells_of_needs_that_say_the_same_and_that_one_may_see(writer: MakeWriter, database: Database) -> None:
    text = "Training of our incident responders in forensics and malware analysis"
    a_need(database, title=text, description="A draft of a colleague", visibility=Visibility.PRIVATE)
    with database.unit_of_work() as session:
        other = create_organization(session, "agency")
        create_need(session, organization=other, title=text, external_id="zzyzx", visibility=Visibility.PRIVATE)

    form = writer().opened(NEW).resent({"title": text, "areas": "IRC", "check": "1"})

    assert "Needs that probably say the same" in form.answer.text
    assert form.answer.text.count(f">{text}<") == 1
    assert "zzyzx" not in form.answer.text


def test_a_check_first_tells_what_is_under_way_in_the_area(writer: MakeWriter, database: Database) -> None:
    edit = a_need(database)
    a_need(
        database,
        title="Equipment",
        areas=("IRC.2",),
        underway="A partner lends two servers.",
        visibility=Visibility.PRIVATE,
    )
    with database.unit_of_work() as session:
        create_need(session, organization=create_organization(session, "agency"), visibility=Visibility.PRIVATE)

    form = writer().opened(edit).resent({"check": "1"})

    beside = words(next(one for one in form.tree.iter() if one.get("id") == "beside"))
    assert beside.index("A partner lends two servers.") < beside.index("of 9 checks are met")
    assert beside.count("(opens in another tab)") == 1


def test_a_need_is_not_told_to_say_the_same_as_itself(writer: MakeWriter, database: Database) -> None:
    edit = a_need(database)

    form = writer().opened(edit).resent({"check": "1"})

    assert "of 9 checks are met" in form.answer.text
    assert "probably say the same" not in form.answer.text


def test_a_script_gets_the_advice_alone(writer: MakeWriter) -> None:
    person = writer()
    form = person.opened(NEW)

    fragment = person.client.post(
        NEW, data=form.values | A_NEED | {"check": "1"}, headers={"HX-Request": "true"}
    ).get_data(as_text=True)

    assert fragment.strip().startswith('<div id="beside"')
    assert "<html" not in fragment


def test_the_list_and_the_page_of_a_need_lead_to_the_forms(writer: MakeWriter, database: Database) -> None:
    person, stranger, edit = writer(), writer(home="agency"), a_need(database)

    assert NEW in fetch(person.client, "/needs").links
    assert edit in fetch(person.client, edit.removesuffix("/edit")).links
    assert edit not in fetch(stranger.client, edit.removesuffix("/edit")).links


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_page_with_faults_is_whole(writer: MakeWriter, language: str) -> None:
    person = writer()
    person.client.set_cookie("language", language)
    form = person.opened(NEW).resent(WRONG)

    page = FetchedPage(address=NEW, status=422, html=form.answer.text, tree=form.tree)
    assert list(find_problems(page)) == []


def open_folds(page: FetchedPage) -> set[str]:
    """Return what of a form is folded open."""
    return {str(one.get("id")) for one in page.all("details") if one.get("open") is not None}


def test_a_part_is_folded_open_where_something_stands_in_it_is_wrong_or_looked_for(
    writer: MakeWriter, database: Database
) -> None:
    person = writer()
    edit = a_need(database, states=["XAA"], gap=2, excluded_providers=["Some Company"], visibility=Visibility.PRIVATE)

    refused = person.opened(NEW).resent({"title": "A draft", "source_url": "on paper"})
    checked = person.opened(NEW).resent({"title": "A draft", "check": "1"})

    assert open_folds(fetch(person.client, NEW)) == set()
    assert open_folds(fetch(person.client, edit)) == {"section-why", "section-how", "section-providers"}
    assert open_folds(inspected(NEW, refused.answer)) == {"section-source"}
    assert open_folds(inspected(NEW, checked.answer)) == {"section-why", "section-how"}


def test_ones_own_ministry_is_no_provider_to_choose(writer: MakeWriter, database: Database) -> None:
    with database.unit_of_work() as session:
        create_offer(session, organization=create_organization(session, "centre"), visibility=Visibility.PUBLIC)
    page = fetch(writer().client, NEW)

    chosen = [one.get("value") for one in page.by_id("chosen_providers").iter("option")]
    assert ("centre" in chosen, "ministry" in chosen) == (True, False)


def test_who_knows_of_no_provider_has_none_to_choose(writer: MakeWriter) -> None:
    assert "chosen_providers" not in writer().opened(NEW).values
    assert "Only these providers" not in fetch(writer().client, NEW).text


def test_every_language_to_choose_has_a_name(writer: MakeWriter, database: Database) -> None:
    with database.unit_of_work() as session:
        create_state(session, "XCA", languages=["mi", "bwg"])

    options = {one.get("value"): words(one) for one in fetch(writer().client, NEW).by_id("languages").iter("option")}

    assert options["mi"] == "M\u0101ori"
    assert "bwg" not in options
