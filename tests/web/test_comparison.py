"""The page that holds two runs side by side: who gains, who loses, why, and what was set differently."""

from __future__ import annotations

import csv
import io
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from tests.web.inspection import cells, fetch, words
from tests.web.site import Site

COURSE = "“\u2068Course for incident responders\u2069”"
CERT = '“\u2068A CERT for <Aland> & "others"\u2069”'


def test_a_run_leads_to_its_comparison_with_the_run_before(client: FlaskClient, site: Site) -> None:
    page = fetch(client, site.addresses["run"])

    assert site.addresses["comparison"] in page.links


def test_the_list_of_runs_offers_to_compare_the_newest_two(client: FlaskClient, site: Site) -> None:
    page = fetch(client, "/match-runs")

    chosen = [option.get("value") for option in page.all("option") if "selected" in option.attrib]
    assert chosen == [str(site.run_before_id), str(site.run_id)]


def test_the_page_tells_who_gains_who_loses_and_why(client: FlaskClient, site: Site) -> None:
    page = fetch(client, site.addresses["comparison"])

    gains, loses = (page.by_id(f"change-{change}") for change in ("gains", "loses"))
    assert (words(gains), words(loses)) == ("Needs that gain an offer", "Needs that lose their offer")
    first, second = (cells(row) for table in page.all("tbody")[:2] for row in table)
    assert first == [
        'A CERT for <Aland> & "others" Aland sample',
        "no offer",
        "Course for incident responders First Provider · 0.73 sample",
        f"{COURSE} is listed in the second run only. A place in {COURSE} came from “\u2068Drafting a law\u2069”.",
    ]
    assert second[-1] == f"{COURSE} is listed in the first run only. A place in {COURSE} went to {CERT}."


def test_the_page_tells_what_was_set_differently(client: FlaskClient, site: Site) -> None:
    page = fetch(client, site.addresses["comparison"])

    rows = [cells(row) for row in page.all("tbody")[-1]]
    assert rows == [["As of", "2026-03-01", "2026-03-02"], ["Floor for Least developed", "not set", "50%"]]


def test_the_same_run_twice_differs_in_nothing(client: FlaskClient, site: Site) -> None:
    page = fetch(client, f"/match-runs/comparison?before={site.run_id}&after={site.run_id}")

    assert "Every need has in both runs what it has in the other." in page.text
    assert "Nothing: both runs were made of the same records in the same way." in page.text


def test_the_file_holds_what_the_page_shows(client: FlaskClient, site: Site) -> None:
    with client.get(f"{site.addresses['comparison']}&table=needs&format=csv") as response:
        rows = list(csv.DictReader(io.StringIO(response.get_data(as_text=True), newline="")))

    assert [(row["need_id"], row["change"], row["before_offer_id"], row["after_offer_id"]) for row in rows] == [
        ("need-a", "gains", "", "offer-a"),
        ("need-b", "loses", "offer-a", ""),
    ]
    assert rows[0]["reasons"].endswith("A place in offer-a came from need-b.")


def test_without_two_runs_the_page_asks_for_them(client: FlaskClient, site: Site) -> None:
    page = fetch(client, "/match-runs/comparison")

    assert "Choose two runs." in page.text


@pytest.mark.parametrize("query", ["before=x&after=y", "before=%00"])
def test_what_is_no_run_at_all_is_refused(client: FlaskClient, site: Site, query: str) -> None:
    page = fetch(client, f"/match-runs/comparison?{query}")

    assert page.status == 422


@pytest.mark.parametrize("form", ["", "&format=csv", "&format=csv&table=settings"])
@pytest.mark.parametrize("side", ["before", "after"])
def test_a_hidden_run_answers_as_one_that_never_was(client: FlaskClient, site: Site, side: str, form: str) -> None:
    other = "after" if side == "before" else "before"
    never_was = uuid4()

    answers = [
        client.get(f"/match-runs/comparison?{side}={run_id}&{other}={site.run_id}{form}")
        for run_id in (site.hidden_run_id, never_was)
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    told = [answer.get_data(as_text=True) for answer in answers]
    assert told[0].replace(str(site.hidden_run_id), str(never_was)) == told[1]


def test_a_hidden_run_is_not_among_those_to_choose_from(client: FlaskClient, site: Site) -> None:
    page = fetch(client, site.addresses["comparison"])

    assert str(site.hidden_run_id) not in page.html
