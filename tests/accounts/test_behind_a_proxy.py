"""Behind a proxy: whom the service believes about addresses, names and TLS."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import request
from flask.testing import FlaskClient

from app import create_app
from app.config import Settings, load_settings
from app.edge import DATABASE_EXTENSION
from app.errors import InvalidSettingError

FORWARDED = {"X-Forwarded-For": "192.0.2.7, 198.51.100.2", "X-Forwarded-Proto": "https"}


def a_client(migrated_sqlite: Path, *, n_proxies: int = 0, hosts: tuple[str, ...] = ()) -> FlaskClient:
    url = f"sqlite:///{migrated_sqlite}"
    app = create_app(Settings(database_url=url, secret_key="k" * 32, n_proxies=n_proxies, hosts=hosts))
    app.add_url_rule("/address-seen", "address_seen", lambda: str(request.remote_addr))
    app.teardown_appcontext(lambda _error: app.extensions[DATABASE_EXTENSION].close())
    return app.test_client()


def test_without_a_proxy_nobody_is_believed(migrated_sqlite: Path) -> None:
    client = a_client(migrated_sqlite)

    assert client.get("/address-seen", headers=FORWARDED).text == "127.0.0.1"
    assert "Strict-Transport-Security" not in client.get("/login", headers=FORWARDED).headers


def test_behind_one_proxy_the_last_entry_counts_and_what_stands_before_does_not(migrated_sqlite: Path) -> None:
    client = a_client(migrated_sqlite, n_proxies=1)

    assert client.get("/address-seen", headers=FORWARDED).text == "198.51.100.2"
    assert client.get("/login", headers=FORWARDED).headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in client.get("/login").headers


@pytest.mark.parametrize("address", ["/login", "/api/v1/needs", "/healthz", "/static/icon.svg", "/no-such-page"])
def test_another_name_is_refused(migrated_sqlite: Path, address: str) -> None:
    client = a_client(migrated_sqlite, hosts=("tandem.example",))

    with client.get(address, base_url="http://evil.example") as refused:
        assert refused.status_code == 400
        assert b"evil.example" not in refused.data
    with client.get(address, base_url="http://tandem.example") as answered:
        assert answered.status_code in (200, 404)


def test_a_forwarded_name_is_not_believed(migrated_sqlite: Path) -> None:
    client = a_client(migrated_sqlite, n_proxies=1, hosts=("tandem.example",))

    answer = client.get("/account", base_url="http://tandem.example", headers={"X-Forwarded-Host": "evil.example"})

    assert answer.headers["Location"] == "/login?next=/account"


@pytest.mark.parametrize("value", ["-1", "10", "one", "1.0", "١"])
def test_a_number_of_proxies_that_cannot_be_is_refused(value: str) -> None:
    with pytest.raises(InvalidSettingError, match="TANDEM_PROXIES"):
        load_settings({"TANDEM_PROXIES": value})


def test_names_are_read_from_the_environment() -> None:
    settings = load_settings({"TANDEM_HOSTS": "tandem.example, www.tandem.example,", "TANDEM_PROXIES": "1"})

    assert (settings.hosts, settings.n_proxies) == (("tandem.example", "www.tandem.example"), 1)
