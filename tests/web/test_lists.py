"""Lists: filters that stay in the address, pages without gaps, and CSV that holds what the table holds."""

from __future__ import annotations

import csv
import io
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import pytest
from flask.testing import FlaskClient

from tests.web.inspection import FetchedPage, fetch, words
from tests.web.site import Site


def chosen(page: FetchedPage, name: str) -> str | None:
    """Return what a filter of the page is set to."""
    options = page.by_id(f"filter-{name}").iter("option")
    return next((option.get("value") for option in options if option.get("selected") is not None), None)


def titles(page: FetchedPage) -> list[str]:
    """Return the titles of the records of the page's table."""
    links = page.one("tbody").iter("a")
    return [words(link) for link in links if link.get("class") == "record-title"]


def link_named(page: FetchedPage, name: str) -> str | None:
    """Return where the link of that name leads, or None where there is none."""
    return next((link.get("href") for link in page.all("a") if words(link) == name), None)


def read_csv(client: FlaskClient, address: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with client.get(address) as response:
        assert response.content_type == "text/csv; charset=utf-8"
        return list(csv.DictReader(io.StringIO(response.get_data(as_text=True), newline="")))


def test_filters_stay_chosen(client: FlaskClient, site: Site) -> None:
    address = "/needs?text=cert&area=IRC&state=XAA&group=AFR&mode=training&outcome=allocated"

    page = fetch(client, address)

    assert page.by_id("filter-text").get("value") == "cert"
    assert {name: chosen(page, name) for name in ("area", "state", "group", "mode", "outcome")} == {
        "area": "IRC",
        "state": "XAA",
        "group": "AFR",
        "mode": "training",
        "outcome": "allocated",
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("text=CERT", ['A CERT for <Aland> & "others"']),
        ("area=LAW", ["Drafting a law"]),
        ("area=IRC&mode=training&text=twelve", ['A CERT for <Aland> & "others"']),
        ("state=XAB", ["Drafting a law"]),
        ("group=LDC&text=law", ["Drafting a law"]),
        ("outcome=allocated", ['A CERT for <Aland> & "others"']),
        ("outcome=unmet", ["Drafting a law"]),
    ],
)
def test_a_filter_leaves_what_it_says(client: FlaskClient, site: Site, query: str, found: list[str]) -> None:
    page = fetch(client, f"/needs?{query}")

    assert titles(page) == found


def test_an_empty_result_says_what_to_try(client: FlaskClient, site: Site) -> None:
    page = fetch(client, "/needs?text=nowhere")

    assert "No need fits these filters." in page.text


@pytest.mark.parametrize(("query", "n_found"), [("state=XAA", 1), ("state=XAB", 1), ("area=LAW", 0)])
def test_offers_are_found_by_who_may_have_them(client: FlaskClient, site: Site, query: str, n_found: int) -> None:
    page = fetch(client, f"/offers?{query}")

    assert f"{n_found} offer" in page.text


def test_the_pages_of_a_list_hold_every_record_once(client: FlaskClient, site: Site) -> None:
    found: list[str] = []
    address: str | None = "/needs"

    while address:
        page = fetch(client, address)
        found += titles(page)
        address = link_named(page, "Next page")

    assert sorted(found) == sorted(
        ['A CERT for <Aland> & "others"', "Drafting a law", *(f"Exercise {number}" for number in range(30))]
    )


def test_the_next_page_keeps_the_filters(client: FlaskClient, site: Site) -> None:
    page = fetch(client, "/needs?mode=exercise")

    following = fetch(client, link_named(page, "Next page") or "")

    assert chosen(following, "mode") == "exercise"
    assert titles(following) == [f"Exercise {number}" for number in range(20, 30)]


def test_one_can_go_back_from_the_next_page(client: FlaskClient, site: Site) -> None:
    first = fetch(client, "/needs")
    second = fetch(client, link_named(first, "Next page") or "")

    back = fetch(client, link_named(second, "Previous page") or "")

    assert titles(back) == titles(first)


def test_the_csv_of_needs_holds_what_the_filtered_table_holds(client: FlaskClient, site: Site) -> None:
    page = fetch(client, "/needs?area=IRC.1")

    rows = read_csv(client, link_named(page, "CSV") or "")

    assert [row["title"] for row in rows] == titles(page)
    assert [row["state"] for row in rows] == ["XAA"]


def test_the_csv_goes_on_where_the_page_ends(client: FlaskClient, site: Site) -> None:
    page = fetch(client, "/needs?mode=exercise")

    rows = read_csv(client, link_named(page, "CSV") or "")

    assert len(rows) == 30


@pytest.mark.parametrize(
    ("address", "column", "expected"),
    [
        ("/offers", "id", {"offer-a"}),
        ("/areas", "code", {"IRC", "IRC.1", "LAW"}),
        ("/states", "code", {"XAA", "XAB"}),
        ("/match-runs", "as_of", {"2026-03-01", "2026-03-02"}),
    ],
)
def test_every_table_has_its_csv(
    client: FlaskClient, site: Site, address: str, column: str, expected: set[str]
) -> None:
    page = fetch(client, address)

    rows = read_csv(client, urljoin(address, link_named(page, "CSV") or ""))

    assert {row[column] for row in rows} == expected


def test_the_csv_of_a_run_is_its_matches(client: FlaskClient, site: Site) -> None:
    address = f"/match-runs/{site.run_id}?format=csv"

    rows = read_csv(client, address)

    assert [(row["need_id"], row["offer_id"], row["score"]) for row in rows] == [("need-a", "offer-a", "0.730000")]


def csv_links(element: Element) -> list[str]:
    """Return where the links to the CSV variants lead that an element holds."""
    return [link.get("href", "") for link in element.iter("a") if words(link) in ("CSV", "CSV for Excel")]


@pytest.mark.parametrize(
    "name",
    ["areas", "area", "states", "state", "needs", "served need", "offers", "offer", "runs", "run"],
)
def test_what_holds_a_table_holds_its_csv_in_both_variants(client: FlaskClient, site: Site, name: str) -> None:
    """The page of a run knew the address of its CSV and gave it to nobody; other tables had none."""
    page = fetch(client, site.addresses[name])

    holders = [section for section in page.all("section") if section.find(".//table")] or [page.one("main")]

    assert all(csv_links(holder) for holder in holders)
    for holder in holders:
        for address in csv_links(holder):
            with client.get(urljoin(page.address, address)) as response:
                assert (response.status_code, response.content_type) == (200, "text/csv; charset=utf-8")
                assert response.data.startswith(b"\xef\xbb\xbf") == ("csv-excel" in address)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("matches", {"need_id": "need-a", "offer_id": "offer-a", "score": "0.730000"}),
        ("unmet-needs", {"need_id": "need-b", "detail": "=cmd|calc"}),
        ("tandems", {"area": "IRC", "lead": "XAA", "partners": "XAB"}),
        ("unmet-reasons", {"reason": "capacity_taken", "needs": "1"}),
        ("coverage", {"group": "AFR", "needs": "2", "served": "1", "served_share": "0.500000"}),
        ("weights", {"component": "text", "share": "0.500000"}),
    ],
)
def test_every_table_of_a_run_can_be_taken_along(
    client: FlaskClient, site: Site, table: str, row: dict[str, str]
) -> None:
    rows = read_csv(client, f"/match-runs/{site.run_id}?table={table}&format=csv")

    assert row in [{column: found[column] for column in row} for found in rows]


def test_the_unmet_needs_of_a_run_can_be_opened_in_a_spreadsheet(client: FlaskClient, site: Site) -> None:
    """Only the file as the matcher wrote it could be had, in which a cell may begin like a formula."""
    with client.get(f"/match-runs/{site.run_id}?table=unmet-needs&format=csv-excel") as response:
        content = response.get_data(as_text=True)

    assert content.startswith("\ufeffneed_id,reason,detail,")
    assert "'=cmd|calc" in content


def test_the_csv_of_a_need_says_how_each_score_adds_up(client: FlaskClient, site: Site) -> None:
    rows = read_csv(client, f"/needs/{site.served_need_id}?format=csv")

    assert [(row["offer_id"], row["component"], row["likeness"], row["adds"]) for row in rows] == [
        ("offer-a", "area", "1.000000", "0.400000"),
        ("offer-a", "text", "0.500000", "0.250000"),
        ("offer-a", "time", "1.000000", "0.060000"),
        ("offer-a", "budget", "", "0.020000"),
    ]


@pytest.mark.parametrize(
    ("address", "ids"),
    [
        ("/areas/IRC.1?format=csv", {"need-a"}),
        ("/areas/IRC?table=offers&format=csv", {"offer-a"}),
        ("/states/XAB?format=csv", {"need-b"}),
    ],
)
def test_the_csv_of_an_area_and_of_a_state_is_its_table(
    client: FlaskClient, site: Site, address: str, ids: set[str]
) -> None:
    """They once answered with the page."""
    rows = read_csv(client, address)

    assert {row["id"] for row in rows} == ids


def test_the_csv_of_areas_keeps_the_search(client: FlaskClient, site: Site) -> None:
    """The link was gone from a page with a search, and its address answered with every area."""
    page = fetch(client, "/areas?text=cert")

    rows = read_csv(client, link_named(page, "CSV") or "")

    assert [row["code"] for row in rows] == ["IRC", "IRC.1"]


def test_a_table_that_a_page_does_not_have_is_refused(client: FlaskClient, site: Site) -> None:
    page = fetch(client, f"/match-runs/{site.run_id}?table=users&format=csv")

    assert page.status == 422


def test_the_csv_for_excel_has_the_mark_that_excel_needs(client: FlaskClient, site: Site) -> None:
    with client.get("/states?format=csv-excel") as response:
        content = response.data

    assert content.startswith(b"\xef\xbb\xbfcode,")


def test_areas_are_found_by_a_search_term_in_another_language(client: FlaskClient, site: Site) -> None:
    page = fetch(client, "/areas?text=intervention")

    assert "Incident response" in words(page.one("main"))
    assert "International law" not in words(page.one("main"))
