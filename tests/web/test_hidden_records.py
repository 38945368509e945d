"""What is not public appears on no page, in no file and in no count."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask.testing import FlaskClient

from tests.web.inspection import fetch, words
from tests.web.site import SECRET, Site

NEVER_WAS = UUID("12345678-1234-4234-8234-123456789abc")


@pytest.mark.parametrize(
    "address",
    ["/", "/needs", "/offers", "/areas", "/areas/LAW", "/states/XAA", "/match-runs", "/needs?state=XAA&area=LAW"],
)
def test_a_hidden_record_is_on_no_page(client: FlaskClient, site: Site, address: str) -> None:
    page = fetch(client, address)

    assert SECRET not in page.html
    assert str(site.hidden_need_id) not in page.html
    assert str(site.hidden_offer_id) not in page.html
    assert str(site.hidden_run_id) not in page.html


@pytest.mark.parametrize("address", ["/needs?format=csv", "/offers?format=csv", "/match-runs?format=csv"])
def test_a_hidden_record_is_in_no_file(client: FlaskClient, site: Site, address: str) -> None:
    with client.get(address) as response:
        content = response.get_data(as_text=True)

    assert SECRET not in content
    assert "f" * 64 not in content


@pytest.mark.parametrize("name", ["advice", "served need"])
def test_a_hidden_record_is_in_no_advice(client: FlaskClient, site: Site, name: str) -> None:
    page = fetch(client, site.addresses[name])

    assert SECRET not in page.html
    assert client.get(f"/needs/{site.hidden_need_id}/advice").status_code == 404


def test_a_search_does_not_find_a_hidden_record(client: FlaskClient, site: Site) -> None:
    page = fetch(client, f"/needs?text={SECRET}")

    assert "0 needs" in page.text


def test_a_hidden_record_does_not_count(client: FlaskClient, site: Site) -> None:
    page = fetch(client, "/areas")

    (line,) = (words(part) for part in page.all("section") if part.get("aria-labelledby") == "area-LAW")
    assert line.startswith("International law LAW 1 need · 0 offers")


@pytest.mark.parametrize("part", ["/report", "/files/matches.csv", "?format=csv"])
def test_the_files_of_a_hidden_run_answer_as_if_it_never_was(client: FlaskClient, site: Site, part: str) -> None:
    hidden = client.get(f"/match-runs/{site.hidden_run_id}{part}")
    unknown = client.get(f"/match-runs/{NEVER_WAS}{part}")

    assert hidden.status_code == unknown.status_code == 404
    assert hidden.data.replace(str(site.hidden_run_id).encode(), str(NEVER_WAS).encode()) == unknown.data


@pytest.mark.parametrize("kind", ["needs", "offers", "match-runs"])
def test_a_hidden_record_answers_as_one_that_never_was(client: FlaskClient, site: Site, kind: str) -> None:
    hidden_id = {"needs": site.hidden_need_id, "offers": site.hidden_offer_id, "match-runs": site.hidden_run_id}[kind]

    hidden = client.get(f"/{kind}/{hidden_id}")
    unknown = client.get(f"/{kind}/{NEVER_WAS}")

    assert hidden.status_code == unknown.status_code == 404
    assert hidden.get_data(as_text=True).replace(str(hidden_id), str(NEVER_WAS)) == unknown.get_data(as_text=True)
