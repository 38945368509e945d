"""A need and an offer say why: score, contributions, reasons, and what would have to change."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.web.inspection import cells, fetch, words
from tests.web.site import Site

SVG_RECT = "{http://www.w3.org/2000/svg}rect"


def test_a_served_need_names_the_offer_and_every_reason(client: FlaskClient, site: Site) -> None:
    page = fetch(client, f"/needs/{site.served_need_id}")

    (listed,) = (element for element in page.all("ul") if element.get("class") == "reasons")
    reasons = [words(element) for element in listed.iter("li")]
    assert "Offer proposed: Course for incident responders (First Provider)" in page.text
    assert reasons == [
        "Both are about Incident response (IRC).",
        "The texts share: cert, incident.",
        "The offer is available for 80% of the need's window.",
    ]


def test_the_contributions_of_a_match_add_up_in_the_order_of_the_components(client: FlaskClient, site: Site) -> None:
    page = fetch(client, f"/needs/{site.served_need_id}")

    rows = [cells(row)[:3] for row in page.one("details").iter("tr")]
    assert "How the score of 0.73 adds up" in page.text
    assert "neutral value counts (grey); saying more can raise or lower the score." in page.text
    assert rows[1:] == [
        ["Area", "1.00", "0.40"],
        ["Text", "0.50", "0.25"],
        ["Time", "1.00", "0.06"],
        ["Budget", "not said", "0.02"],
    ]


def test_a_bar_is_as_long_as_its_share_of_the_largest_weight(client: FlaskClient, site: Site) -> None:
    page = fetch(client, f"/needs/{site.served_need_id}")

    widths = [(rect.get("class"), rect.get("width")) for rect in page.one("details").iter(SVG_RECT)]
    assert widths == [
        ("bar-track", "80.00"),
        ("bar-value", "80.00"),
        ("bar-track", "100.00"),
        ("bar-value", "50.00"),
        ("bar-track", "12.00"),
        ("bar-value", "12.00"),
        ("bar-track", "8.00"),
        ("bar-silent", "4.00"),
    ]


def test_a_need_says_how_its_areas_and_modes_were_found(client: FlaskClient, site: Site) -> None:
    page = fetch(client, f"/needs/{site.served_need_id}")

    assert "Areas classified by reading" in page.text
    assert "Mode of support inferred from the text" in page.text


def test_a_need_leads_to_its_source_and_gives_nothing_away(client: FlaskClient, site: Site) -> None:
    page = fetch(client, f"/needs/{site.served_need_id}")

    (source,) = (link for link in page.all("a") if link.get("href") == "https://example.org/needs/1")
    assert words(source) == "example.org"
    assert source.get("rel") == "noopener noreferrer nofollow"


def test_the_text_of_a_record_is_text_and_nothing_else(client: FlaskClient, site: Site) -> None:
    page = fetch(client, f"/needs/{site.served_need_id}")

    assert "<script>alert(1)</script> Twelve analysts." in page.text
    assert "<script>alert" not in page.html


def test_an_unmet_need_says_why_and_what_would_change_it(client: FlaskClient, site: Site) -> None:
    page = fetch(client, f"/needs/{site.unmet_need_id}")

    assert "Unmet: The offers that fit are taken. Its best offer serves another need." in page.text
    assert "What would change it: One more place in the offer offer-a." in page.text
    assert "The nearest offer: Course for incident responders" in page.text


def test_an_offer_names_who_may_have_it_and_its_needs(client: FlaskClient, site: Site) -> None:
    page = fetch(client, f"/offers/{site.offer_id}")

    assert "Who may have it African States and Beland" in page.text
    assert 'A CERT for <Aland> & "others"' in page.text
    assert "this offer is allocated to it" in page.text


def test_a_run_says_who_is_served_by_group_and_why_not(client: FlaskClient, site: Site) -> None:
    page = fetch(client, f"/match-runs/{site.run_id}")

    rows = [cells(row) for row in page.all("tr")]
    assert ["African States", "2", "1", "50%", ""] in rows
    assert ["Least developed", "2", "1", "50%", ""] in rows
    assert ["The offers that fit are taken", "1", ""] in rows


def test_the_report_of_a_run_is_served_as_it_was_made(client: FlaskClient, site: Site) -> None:
    response = client.get(f"/match-runs/{site.run_id}/report")

    assert response.data == b"<!doctype html><title>R</title>"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")


def test_a_file_of_a_run_is_given_to_keep(client: FlaskClient, site: Site) -> None:
    response = client.get(f"/match-runs/{site.run_id}/files/matches.csv")

    assert response.headers["Content-Disposition"] == 'attachment; filename="matches.csv"'
    assert response.data.startswith(b"need_id,offer_id,rank,score")
