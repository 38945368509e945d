"""What every answer carries, on whatever route: headers that keep a browser from being led astray."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.security import CONTENT_SECURITY_POLICY
from tests.web.site import Site

NEVER_WAS = "12345678-1234-4234-8234-123456789abc"


def addresses_of(app: Flask, site: Site) -> list[str]:
    """Return one address of every route that answers GET, and the tables and files that pages lead to."""
    arguments = {
        "run_id": site.run_id,
        "need_id": site.served_need_id,
        "offer_id": site.offer_id,
        "code": "IRC",
        "name": "matches.csv",
        "filename": "icon.svg",
        "version": "1",
    }
    rules: list[Rule] = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())]
    built = []
    with app.test_request_context():
        for rule in rules:
            values = {name: arguments.get(name, NEVER_WAS) for name in rule.arguments}
            built.append(app.url_for(rule.endpoint, **values))
    tables = [f"/match-runs/{site.run_id}?format=csv-excel", "/needs?format=csv", "/no-such-page", "/needs?area=QQQ"]
    return [*built, *tables]


def test_every_route_answers_with_the_headers_that_keep_a_browser_safe(app: Flask, site: Site) -> None:
    client = app.test_client()
    lacking = []

    for address in addresses_of(app, site):
        with client.get(address) as response:
            headers = response.headers
        if (
            headers.get("X-Content-Type-Options") != "nosniff"
            or headers.get("X-Frame-Options") != "DENY"
            or headers.get("Referrer-Policy") not in ("strict-origin-when-cross-origin", "same-origin")
            or "frame-ancestors 'none'" not in headers.get("Content-Security-Policy", "")
        ):
            lacking.append(address)

    assert lacking == []


@pytest.mark.parametrize("address", ["/needs?format=csv", "/areas?format=csv-excel", "/states/XAA?format=csv"])
def test_a_table_to_keep_has_the_policy_of_the_pages(client: FlaskClient, site: Site, address: str) -> None:
    with client.get(address) as response:
        headers = response.headers

    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["Content-Disposition"].startswith("attachment; filename=")


@pytest.mark.parametrize("name", ["report", "files/report.html", "files/matches.csv", "files/unmet.csv"])
def test_a_file_of_a_run_may_load_and_do_nothing(client: FlaskClient, site: Site, name: str) -> None:
    response = client.get(f"/match-runs/{site.run_id}/{name}")

    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "script-src" not in policy
    assert "form-action 'none'" in policy


def test_no_policy_lets_a_page_run_what_stands_in_it(app: Flask, site: Site) -> None:
    client = app.test_client()

    for address in addresses_of(app, site):
        with client.get(address) as response:
            policy = response.headers["Content-Security-Policy"]
        scripts = [part for part in policy.split(";") if part.strip().startswith(("default-src", "script-src"))]
        assert "unsafe" not in "".join(scripts), address


def test_the_language_is_kept_out_of_reach_of_scripts(client: FlaskClient, site: Site) -> None:
    response = client.get("/?lang=fr")

    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_over_a_secure_line_the_language_stays_on_secure_lines(client: FlaskClient, site: Site) -> None:
    response = client.get("/?lang=fr", base_url="https://localhost")

    assert "Secure" in response.headers["Set-Cookie"]
