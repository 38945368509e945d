"""What a run answers beside its matches, on its page, on the page of a need, and as files."""

from __future__ import annotations

import csv
import io
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from matching.intake.needs import NEED_COLUMNS
from tests.web.inspection import FetchedPage, cells, fetch, words
from tests.web.site import Site


def section(page: FetchedPage, name: str) -> str:
    """Return what a section of a page says."""
    (found,) = (part for part in page.all("section") if part.get("aria-labelledby") == name)
    return words(found)


def rows_of(client: FlaskClient, address: str) -> list[dict[str, str]]:
    with client.get(address) as response:
        assert response.status_code == 200
        return list(csv.DictReader(io.StringIO(response.get_data(as_text=True), newline="")))


def test_the_run_tells_what_a_floor_brings_and_costs(client: FlaskClient, site: Site) -> None:
    told = section(fetch(client, site.addresses["run"]), "fairness")

    assert "Least developed not reached 50% 3 2 1 0" in told
    assert "Price of the floor: 0.03 of a total of 0.73, urgency counted." in told


def test_the_run_tells_what_would_help_most(client: FlaskClient, site: Site) -> None:
    told = section(fetch(client, site.addresses["run"]), "changes")

    assert "If offers came in fr as well. 1 Drafting a law Course for incident responders" in told


def test_the_run_tells_which_first_places_are_a_toss_up(client: FlaskClient, site: Site) -> None:
    told = section(fetch(client, site.addresses["run"]), "firmness")

    assert "1 first place was looked at under other plausible weights; 1 of them is a toss-up." in told
    assert "Course for incident responders" in told
    assert "62%" in told or "63%" in told


def test_the_need_tells_how_firmly_its_first_offer_stands(client: FlaskClient, site: Site) -> None:
    told = section(fetch(client, site.addresses["served need"]), "ranked")

    assert "toss-up The first two offers have the same score: treat them as equal." in told


def test_the_run_tells_its_coalitions(client: FlaskClient, site: Site) -> None:
    told = section(fetch(client, site.addresses["run"]), "coalitions")

    assert "0.75 best alone 0.50" in told
    assert "Course for incident responders First Provider allocated Incident response: Training" in told


def test_the_run_tells_what_it_was_asked_for(client: FlaskClient, site: Site) -> None:
    told = section(fetch(client, site.addresses["run"]), "made")

    assert "at the best total over all needs" in told
    assert "Offers in a coalition at most" in told
    assert "Floor for Least developed" in told


def test_a_run_of_an_earlier_release_says_nothing_of_what_nobody_asked(client: FlaskClient, site: Site) -> None:
    page = fetch(client, f"/match-runs/{site.run_before_id}")

    headings = [words(heading) for heading in page.all("h2")]
    assert "Coalitions" not in headings
    assert "What would help most" not in headings


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("fairness", {"group": "LDC", "needed": "2", "reached": "0"}),
        ("changes", {"list": "single", "need_ids": "need-b", "offer_ids": "offer-a", "needs_gained": "1"}),
        ("sensitivities", {"need_id": "need-a", "first_offer_id": "offer-a", "trials": "64", "toss_up": "1"}),
        ("coalitions", {"need_id": "need-a", "offer_id": "offer-a", "parts": "IRC/training", "allocated": "1"}),
    ],
)
def test_each_answer_has_its_file(client: FlaskClient, site: Site, table: str, expected: dict[str, str]) -> None:
    (row,) = rows_of(client, f"/match-runs/{site.run_id}?table={table}&format=csv")

    assert {column: row[column] for column in expected} == expected


def test_peers_lead_to_the_draft_of_their_joint_need(client: FlaskClient, site: Site) -> None:
    page = fetch(client, site.addresses["run"])

    assert site.addresses["joint need"] in page.links


def test_the_draft_names_both_needs_and_files_nothing(client: FlaskClient, site: Site) -> None:
    page = fetch(client, site.addresses["joint need"])

    assert "Joint request of Aland, Beland: Incident response (IRC)" in page.text
    assert {f"/needs/{site.served_need_id}", f"/needs/{site.unmet_need_id}"} <= set(page.links)
    assert "until then nothing is stored" in page.text


def test_the_draft_as_a_file_can_be_read_as_a_need(client: FlaskClient, site: Site) -> None:
    with client.get(f"{site.addresses['joint need']}?format=csv") as response:
        content = response.data
    (row,) = csv.DictReader(io.StringIO(content.decode(), newline=""))

    assert tuple(row) == tuple(NEED_COLUMNS.known)
    wanted = {"state": "XAA;XAB", "areas": "IRC", "languages": "en;fr", "earliest": "2026-05-01", "priority": "4"}
    assert {column: row[column] for column in wanted} == wanted
    assert (row["visibility"], row["excluded_providers"], row["title"][:13]) == ("", "", "Joint request")


@pytest.mark.parametrize("form", ["", "?format=csv"])
def test_there_is_no_draft_of_what_one_may_not_see_or_never_was(client: FlaskClient, site: Site, form: str) -> None:
    hidden = client.get(f"/match-runs/{site.hidden_run_id}/joint-needs/{site.peers_id}{form}")
    unknown = client.get(f"/match-runs/{site.run_id}/joint-needs/{uuid4()}{form}")
    other = client.get(f"/match-runs/{site.run_before_id}/joint-needs/{site.peers_id}{form}")

    assert [answer.status_code for answer in (hidden, unknown, other)] == [404, 404, 404]


def test_a_table_shows_names_and_no_ids_of_rows(client: FlaskClient, site: Site) -> None:
    page = fetch(client, site.addresses["run"])

    assert not any(str(site.offer_id) in cell for table in page.all("tbody") for row in table for cell in cells(row))
