"""Where one goes on after logging in is never another site."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.db import Database
from tests.factories.accounts import create_login, create_user

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:\\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    " //evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    "/\r\nLocation: https://evil.example",
    "//[",
    "//[evil.example",
    "https://[",
    "//evil\u2100example",
    "//evil.example\\@localhost",
    "evil.example",
    "@evil.example",
    "\u202e//evil.example",
    "/\u2028/evil.example",
]


@pytest.mark.parametrize("wanted", ELSEWHERE, ids=ascii)
def test_nobody_is_led_elsewhere(client: FlaskClient, database: Database, wanted: str) -> None:
    """An address with half a bracket was once a 500: it was taken apart before anybody looked how it begins."""
    with database.unit_of_work() as session:
        cookie = create_login(session, create_user(session, "contributor"))
    page = client.get("/login", query_string={"next": wanted})
    client.set_cookie("tandem_session", cookie)

    for address in ("/login", "/login/next", "/login/second-factor"):
        answer = client.get(address, query_string={"next": wanted})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/"), address
    assert page.status_code == 200
    assert 'name="next" value="/"' in page.text


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("/%2Fevil.example", "/%2Fevil.example"),
        ("/%5Cevil.example", "/%5Cevil.example"),
        ("/%0d%0aLocation:%20https://evil.example", "/%0d%0aLocation:%20https://evil.example"),
        ("/@evil.example", "/@evil.example"),
        ("/needs?text=//evil.example", "/needs?text=//evil.example"),
        ("/\uff0fevil.example", "/%EF%BC%8Fevil.example"),
    ],
    ids=ascii,
)
def test_what_is_written_twice_stays_a_path(
    client: FlaskClient, database: Database, wanted: str, expected: str
) -> None:
    """What was encoded once more is decoded once and no further."""
    with database.unit_of_work() as session:
        client.set_cookie("tandem_session", create_login(session, create_user(session, "contributor")))

    answer = client.get("/login", query_string={"next": wanted})

    assert answer.headers.getlist("Location") == [expected]


@pytest.fixture
def migrated_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """One database is enough here: what is tested stands before any."""
    return f"sqlite:///{shutil.copyfile(migrated_sqlite, tmp_path / 'tandem.sqlite3')}"
