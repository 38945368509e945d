"""The page of the audit trail, and the mark of a run."""

from __future__ import annotations

import csv
import io

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from app.accounts.authentication import SESSION_COOKIE
from tests.web.inspection import FetchedPage, cells, fetch, words
from tests.web.keepers import ROLES, KeptSite


def rows(page: FetchedPage) -> list[list[str]]:
    """Return the rows of the page's table without the time."""
    return sorted(cells(row)[1:] for row in page.all("tr")[1:])


def test_a_focal_point_sees_what_happened_to_the_needs_of_the_state(kept_site: KeptSite) -> None:
    page = fetch(kept_site.client("recipient"), "/audit")

    assert rows(page) == [
        ["Need changed", f"Need for {visibility}", "The contributor"]
        for visibility in ("members", "private", "providers", "public", "secretariat")
    ]


def test_the_secretariat_sees_who_made_a_change_by_the_organization(kept_site: KeptSite) -> None:
    page = fetch(kept_site.client("secretariat"), "/audit?type=need")

    assert rows(page) == [
        ["Need changed", f"Need for {visibility}", "somebody of Organization state-a"]
        for visibility in ("members", "providers", "public", "secretariat")
    ]


def test_an_administrator_sees_runs_and_people_and_no_needs(kept_site: KeptSite) -> None:
    page = fetch(kept_site.client("administrator"), "/audit")

    # What the other tests tried of the site that they share is told to administrators too.
    assert [row for row in rows(page) if row[0] != "Tried what is not allowed"] == [
        ["Logged in", "Person The recipient", "the system"],
        ["Match run made", "Match run", "The secretariat"],
    ]
    assert "Need" not in [words(option) for option in page.by_id("filter-type")]


def test_no_page_counts_what_there_is(kept_site: KeptSite) -> None:
    page = fetch(kept_site.client("secretariat"), "/audit?limit=1")

    assert not [character for character in words(page.by_id("results")).split("When")[0] if character.isdigit()]


@pytest.mark.parametrize("role", ["contributor", "analyst"])
def test_who_reads_no_trail_is_refused(kept_site: KeptSite, role: str) -> None:
    client = kept_site.client(role)

    assert [client.get(f"/audit{part}").status_code for part in ("", "?format=csv", "?type=need")] == [403] * 3
    assert "/audit" not in fetch(client, "/account").links


def test_without_an_account_one_logs_in_first(kept_site: KeptSite) -> None:
    answer = kept_site.client().get("/audit?type=need")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/login?next=/audit?type%3Dneed")


@pytest.mark.parametrize("role", ["recipient", "provider", "secretariat", "administrator"])
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_page_is_whole(kept_site: KeptSite, role: str, language: str) -> None:
    page = fetch(kept_site.client(role), f"/audit?lang={language}")

    assert page.status == 200
    assert "/audit" in page.links


def test_a_filter_stays_chosen_and_narrows(kept_site: KeptSite) -> None:
    need_id = kept_site.need_ids["members"]

    page = fetch(kept_site.client("recipient"), f"/audit?type=need&record={need_id}")

    assert [row[1] for row in rows(page)] == ["Need for members"]
    assert "Only what happened to one record · Clear the filters" in page.text


@pytest.mark.parametrize(
    "query", ["type=offer", "action=offer.updated", "day=yesterday", "day=2026-02-30", "actor=12345678"]
)
def test_a_filter_that_is_none_of_the_reader_is_refused(kept_site: KeptSite, query: str) -> None:
    assert kept_site.client("recipient").get(f"/audit?{query}").status_code == 422


def test_an_empty_result_says_what_to_try(kept_site: KeptSite) -> None:
    page = fetch(kept_site.client("recipient"), "/audit?day=2020-01-01")

    assert "No event fits these filters." in page.text


@pytest.mark.parametrize("variant", ["csv", "csv-excel"])
def test_the_table_can_be_taken_along(kept_site: KeptSite, variant: str) -> None:
    with kept_site.client("recipient").get(f"/audit?type=need&format={variant}") as response:
        content = response.get_data(as_text=True)

    found = list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"), newline="")))
    assert response.headers["Content-Disposition"] == 'attachment; filename="tandem-audit-events.csv"'
    assert {row["record_id"] for row in found} == {str(need_id) for need_id in kept_site.need_ids.values()}
    assert {(row["actor"], row["actor_name"]) for row in found} == {("person", "The contributor")}
    assert not {"position", "hash", "previous_hash", "before_hash", "after_hash"} & set(found[0])


@pytest.mark.parametrize("role", [None, *ROLES])
def test_the_mark_of_a_run_is_printed_for_who_may_have_it(kept_site: KeptSite, role: str | None) -> None:
    client = kept_site.client(role)
    address = next(link for link in fetch(client, "/match-runs").links if link.startswith("/match-runs/"))

    page = fetch(client, address if role != "secretariat" else shared_run(kept_site))

    assert ("Mark in the audit trail" in page.text) == (role in ("secretariat", "administrator"))


def shared_run(kept_site: KeptSite) -> str:
    """Return the address of the run that everybody sees."""
    return next(link for link in fetch(kept_site.client(), "/match-runs").links if link.startswith("/match-runs/"))


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", ["audit", "preview", "hidden"])
def test_the_pages_are_accessible_and_fit_a_phone(
    browser: Browser, kept_site: KeptSite, kept_at: str, name: str, language: str
) -> None:
    need = f"/needs/{kept_site.need_ids['members']}/preview"
    address = {"audit": "/audit?", "preview": f"{need}?as=members&", "hidden": f"{need}?as=public&"}[name]
    context = browser.new_context(base_url=kept_at, viewport={"width": 320, "height": 640})
    context.add_cookies([{"name": SESSION_COOKIE, "value": kept_site.cookie_by_role["recipient"], "url": kept_at}])
    page = context.new_page()

    page.goto(f"{address}lang={language}")

    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
