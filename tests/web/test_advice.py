"""The page of advice on a need: what it lacks, what an edit would bring, and needs that say the same."""

from __future__ import annotations

from uuid import uuid4

from flask.testing import FlaskClient

from app.labels import CHECKS
from tests.web.inspection import fetch
from tests.web.site import Site


def test_a_need_leads_to_its_advice(client: FlaskClient, site: Site) -> None:
    page = fetch(client, site.addresses["unmet need"])

    assert site.addresses["advice"] in page.links


def test_the_nine_checks_are_told_with_examples_and_counts(client: FlaskClient, site: Site) -> None:
    page = fetch(client, site.addresses["advice"])

    assert [label for label in CHECKS.values() if label not in page.html] == []
    assert "Offers open to this need that fit well enough: " in page.html
    assert "What would help most now:" in page.html
    assert "For example:" in page.html


def test_needs_that_say_the_same_are_named_with_their_reasons(client: FlaskClient, site: Site) -> None:
    exercise = client.get("/api/v1/needs?text=Exercise%201").json["data"][0]

    page = fetch(client, f"/needs/{exercise['id']}/advice")

    assert "Needs that probably say the same" in page.html
    assert "Both come from Aland." in page.html
    assert "Keep one and withdraw the other." in page.html


def test_a_need_that_never_was_has_no_advice(client: FlaskClient, site: Site) -> None:
    assert client.get(f"/needs/{uuid4()}/advice").status_code == 404
