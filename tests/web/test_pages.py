"""Every page that can be reached is sound, leads somewhere, and stands in the reader's language."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.inspection import fetch, words
from tests.web.site import Site

PAGES = (
    "home",
    "about the data",
    "areas",
    "area",
    "states",
    "state",
    "needs",
    "served need",
    "unmet need",
    "advice",
    "offers",
    "offer",
    "runs",
    "run",
    "comparison",
    "joint need",
)
# A cursor that no list gave out: 0001-01-01 00:00:00+14:00, an instant that the calendar does not have in UTC.
BEFORE_THE_FIRST_YEAR = (
    "PmR0OjAwMDEtMDEtMDEgMDA6MDA6MDArMTQ6MDB-dXVpZDowMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDE"
)


def test_every_page_that_can_be_reached_is_sound_and_every_link_leads_somewhere(
    client: FlaskClient, site: Site
) -> None:
    reached, waiting, dead = set(), ["/"], []

    while waiting:
        address = waiting.pop()
        if address in reached:
            continue
        reached.add(address)
        response = client.get(address)
        if response.status_code not in (200, 304):
            dead.append(address)
        elif response.mimetype == "text/html" and not address.endswith(("/report", ".html")):
            page = fetch(client, address)
            links = (urljoin(address, link) for link in page.links if not urlsplit(link).netloc)
            waiting += [link.partition("#")[0] for link in links if "lang=" not in link]
        response.close()

    assert dead == []
    assert set(site.addresses.values()) - {"/no-such-page"} <= reached


@pytest.mark.parametrize("name", PAGES)
def test_a_page_answers(client: FlaskClient, site: Site, name: str) -> None:
    address = site.addresses[name]

    page = fetch(client, address)

    assert page.status == 200


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_arabic_runs_from_right_to_left(client: FlaskClient, site: Site, name: str) -> None:
    address = site.addresses[name]

    page = fetch(client, f"{address}{'&' if '?' in address else '?'}lang=ar")

    assert page.one("html").get("dir") == "rtl"
    assert "bootstrap.rtl.min.css" in page.html


@pytest.mark.parametrize("name", ["served need", "offer", "state"])
def test_words_in_a_row_keep_their_own_direction(client: FlaskClient, site: Site, name: str) -> None:
    """In Arabic two English words beside each other ran together, the dot between them at the end of the line."""
    page = fetch(client, f"{site.addresses[name]}?lang=ar")

    rows = [item for item in page.all("ul") if item.get("class") == "words"]

    assert rows
    assert {child.tag for row in rows for item in row for child in item} == {"bdi"}


@pytest.mark.parametrize("name", ["home", "areas", "area", "state", "needs", "offers", "runs", "run", "comparison"])
def test_a_page_that_shows_records_of_the_sample_says_so(client: FlaskClient, site: Site, name: str) -> None:
    address = site.addresses[name]

    page = fetch(client, address)

    assert "What is shown here includes a sample of public statements, each with its source." in page.text


@pytest.mark.parametrize("name", ["served need", "offer"])
def test_a_record_of_the_sample_says_that_it_is_one(client: FlaskClient, site: Site, name: str) -> None:
    address = site.addresses[name]

    page = fetch(client, address)

    assert "This record is taken from a public statement, with its source." in page.text


@pytest.mark.parametrize("address", ["/states", "/areas/LAW", "/needs?area=LAW", "/offers?area=LAW", "/no-such-page"])
def test_a_page_without_records_of_the_sample_does_not_speak_of_it(
    client: FlaskClient, site: Site, address: str
) -> None:
    page = fetch(client, address)

    assert not any(element.get("class") == "sample-banner" for element in page.all("aside"))


def test_the_own_entry_of_a_state_is_not_called_a_sample(client: FlaskClient, site: Site) -> None:
    """Every page once said that it was not the entry of the State, the State's own entry too."""
    page = fetch(client, site.addresses["unmet need"])

    assert page.all("aside") == []
    assert "public statement" not in page.text


def test_a_list_marks_which_of_its_records_are_of_the_sample(client: FlaskClient, site: Site) -> None:
    page = fetch(client, "/needs")

    rows = [words(row) for row in page.one("tbody").iter("tr")]
    assert [row.split(" sample ")[0] for row in rows if " sample " in row] == ['A CERT for <Aland> & "others"']


def test_the_page_on_the_data_says_how_many_records_are_of_the_sample(client: FlaskClient, site: Site) -> None:
    page = fetch(client, "/about-data")

    assert "There are 32 needs and 1 offer." in page.text
    assert "Of these, 1 need and 1 offer are a sample of public statements:" in page.text


def test_the_chosen_language_is_kept_for_the_next_page(client: FlaskClient, site: Site) -> None:
    client.get("/?lang=ar")

    page = fetch(client, "/states/XAA")

    assert page.one("html").get("lang") == "ar"
    assert words(page.one("h1")) == "ألاند"


@pytest.mark.parametrize(
    "address",
    ["/static/css/tandem.css?v=1&lang=fr", "/api/v1/areas?lang=fr", "/needs?format=csv&lang=fr", "/healthz?lang=fr"],
)
def test_only_a_page_keeps_the_chosen_language(client: FlaskClient, site: Site, address: str) -> None:
    """A style sheet that any cache may share once set the cookie of whoever fetched it first."""
    with client.get(address) as response:
        headers = response.headers

    assert "Set-Cookie" not in headers


def test_titles_of_areas_follow_the_language(client: FlaskClient, site: Site) -> None:
    address = "/areas/IRC?lang=ar"

    page = fetch(client, address)

    assert words(page.one("h1")) == "الاستجابة للحوادث"


def test_an_unknown_language_is_english(client: FlaskClient, site: Site) -> None:
    address = "/?lang=tlh"

    page = fetch(client, address)

    assert page.one("html").get("lang") == "en"


def test_a_language_switch_keeps_the_address(client: FlaskClient, site: Site) -> None:
    address = "/needs?text=law&endpoint=x&_scheme=y"

    page = fetch(client, address)

    assert "/needs?text=law&endpoint=x&_scheme=y&lang=fr" in page.links


@pytest.mark.parametrize(
    ("address", "status", "title"),
    [
        ("/no-such-page", 404, "There is no such page"),
        ("/needs/00000000-0000-4000-8000-000000000000", 404, "There is no such page"),
        ("/areas/QQQ", 404, "There is no such page"),
        ("/states/ZZZ", 404, "There is no such page"),
        ("/needs?area=QQQ", 422, "The filters cannot be used"),
        ("/needs?state=ZZZ", 422, "The filters cannot be used"),
        ("/needs?mode=magic", 422, "The filters cannot be used"),
        ("/needs?text=%00", 422, "The filters cannot be used"),
        ("/needs?text=" + "x" * 201, 422, "The filters cannot be used"),
        ("/needs?format=pdf", 422, "The filters cannot be used"),
        ("/offers?after=garbage", 400, "The address cannot be read"),
        (f"/match-runs?after={BEFORE_THE_FIRST_YEAR}", 400, "The address cannot be read"),
    ],
)
def test_an_error_page_says_what_to_do(client: FlaskClient, site: Site, address: str, status: int, title: str) -> None:
    page = fetch(client, address)

    assert page.status == status
    assert words(page.one("h1")) == title
    assert "Needs" in words(page.one("main"))


def test_a_page_that_does_not_take_a_method_says_which_it_takes(client: FlaskClient, site: Site) -> None:
    response = client.post("/needs")

    assert response.status_code == 405
    assert set(response.allow) == {"GET", "HEAD", "OPTIONS"}


def test_a_failure_tells_nothing_of_the_inside(
    app: Flask, site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("the inside")

    monkeypatch.setitem(app.view_functions, "home.index", fail)
    response = app.test_client().get("/")

    assert response.status_code == 500
    assert "the inside" not in response.get_data(as_text=True)
    assert response.headers["X-Request-Id"] in response.get_data(as_text=True)
    assert "the inside" in caplog.text


def test_a_style_sheet_may_be_kept_for_a_year(client: FlaskClient, site: Site) -> None:
    page = fetch(client, "/")
    (address,) = (link for link in page.links if "tandem.css" in link)

    with client.get(address) as response:
        kept = response.headers["Cache-Control"]

    assert kept == "public, max-age=31536000, immutable"


def test_our_own_style_sheet_is_small(client: FlaskClient, site: Site) -> None:
    with client.get("/static/css/tandem.css") as response:
        size = len(response.data)

    assert size < 10_000
