"""Names, addresses and methods that a header claims count for nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.attacks.callers import A_NEED
from tests.attacks.conftest import MakeCaller

EVIL = "evil.example"

FORGED = {
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "4443",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-For": "127.0.0.1",
    "X-Script-Name": "/evil",
    "X-Original-URL": "/account",
    "X-Rewrite-URL": "/account",
    "X-HTTP-Method-Override": "DELETE",
    "X-HTTP-Method": "DELETE",
    "Forwarded": "for=127.0.0.1;host=evil.example;proto=https",
    "X-User": "administrator",
    "X-Remote-User": "administrator",
}


@pytest.mark.parametrize("address", ["/", "/login?next=/needs", "/account", "/api/v1/needs?limit=1", "/no-such-page"])
def test_forged_headers_change_nothing(caller: MakeCaller, client: FlaskClient, address: str) -> None:
    focal_point = caller()
    for _ in range(2):
        focal_point.post("needs", A_NEED | {"visibility": "public"})
    fixed = {"X-Request-Id": "the-same-request"}
    client.get("/login")

    plain, forged = client.get(address, headers=fixed), client.get(address, headers=fixed | FORGED)

    assert forged.status_code == plain.status_code
    told = dict(forged.headers)
    assert told == dict(plain.headers)
    assert EVIL not in forged.text + str(told)


@pytest.mark.parametrize("address", ["/", "/account", "/login", "/api/v1/needs?limit=1", "/api/v1/openapi.json", "/x"])
def test_a_name_in_the_request_stands_in_no_address(caller: MakeCaller, client: FlaskClient, address: str) -> None:
    """A link that named the host of the request would be kept by caches and mailed to people."""
    focal_point = caller()
    for _ in range(2):
        focal_point.post("needs", A_NEED | {"visibility": "public"})

    answer = client.get(address, base_url=f"http://{EVIL}")

    assert EVIL not in answer.text + str(answer.headers)


def test_a_record_is_made_at_no_other_name(caller: MakeCaller) -> None:
    focal_point = caller()

    made = focal_point.client.post(
        "/api/v1/needs",
        json=A_NEED,
        base_url=f"http://{EVIL}",
        headers={"Authorization": f"Bearer {focal_point.secret}"},
    )

    assert made.headers["Location"] == f"/api/v1/needs/{made.json['id']}"


@pytest.fixture
def migrated_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """One database is enough here: what is tested stands before any."""
    return f"sqlite:///{shutil.copyfile(migrated_sqlite, tmp_path / 'tandem.sqlite3')}"
