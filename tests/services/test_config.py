"""The settings: a default for each, or one sentence that names what is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.config import PROJECT_FOLDER, load_settings
from app.errors import InvalidSettingError

A_KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def no_key_file(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which no key file exists."""
    return {"TANDEM_SECRET_KEY_FILE": str(tmp_path / "absent")}


def test_an_empty_environment_means_the_embedded_database(no_key_file: dict[str, str]) -> None:
    settings = load_settings(no_key_file)

    assert settings.database_url.startswith("sqlite:///")
    assert settings.database_url.endswith("/instance/tandem.sqlite3")


def test_the_secret_key_has_no_default(no_key_file: dict[str, str]) -> None:
    settings = load_settings(no_key_file)

    assert settings.secret_key is None
    with pytest.raises(InvalidSettingError, match="TANDEM_SECRET_KEY is not set"):
        settings.require_secret_key()


def test_the_secret_key_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(f"{A_KEY}\n")

    settings = load_settings({"TANDEM_SECRET_KEY_FILE": str(path)})

    assert settings.require_secret_key() == A_KEY


def test_the_secret_key_is_not_shown() -> None:
    settings = load_settings({"TANDEM_SECRET_KEY": A_KEY, "TANDEM_DATABASE_URL": "postgresql://u:hidden@h/d"})

    assert A_KEY not in repr(settings)
    assert "hidden" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("TANDEM_DATABASE_URL", "not an address", id="no-address"),
        pytest.param("TANDEM_DATABASE_URL", "mysql://h/d", id="another-database"),
        pytest.param("TANDEM_DATABASE_URL", "postgresql://u@h:abc/d", id="a-port-in-letters"),
        pytest.param("TANDEM_DATABASE_URL", "postgresql+psycopg2://u@h/d", id="another-driver"),
        pytest.param("TANDEM_DATABASE_URL", "postgresql+asyncpg://u@h/d", id="a-driver-that-does-not-wait"),
        pytest.param("TANDEM_DATABASE_URL", "sqlite+aiosqlite:///f", id="the-same-for-sqlite"),
        pytest.param("TANDEM_DATABASE_URL", "postgres://u@h/d", id="an-old-name"),
        pytest.param("TANDEM_SECRET_KEY", "short", id="short-key"),
        pytest.param("TANDEM_DATABSE_URL", "sqlite://", id="misspelled"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(InvalidSettingError, match=name):
        load_settings({name: value})


@pytest.mark.parametrize(
    "url",
    ["sqlite:///f", "sqlite+pysqlite:///f", "postgresql://u:p@h/d", "postgresql+psycopg://u:p@h:5432/d"],
)
def test_a_database_that_there_is_a_driver_for_is_taken(no_key_file: dict[str, str], url: str) -> None:
    settings = load_settings(no_key_file | {"TANDEM_DATABASE_URL": url})

    assert settings.database_url == url


@pytest.mark.parametrize(
    "server",
    [["-c", "import wsgi"], ["-m", "flask", "--app", "wsgi", "run", "--port", "0"]],
    ids=["gunicorn", "flask run"],
)
def test_a_server_does_not_start_without_a_key(tmp_path: Path, server: list[str]) -> None:
    environment = {"TANDEM_SECRET_KEY_FILE": str(tmp_path / "absent"), "PYTHONPATH": str(PROJECT_FOLDER)}

    started = subprocess.run(
        [sys.executable, *server], env=environment, capture_output=True, text=True, check=False, timeout=60
    )

    assert started.returncode == 1
    assert started.stderr.startswith("Tandem cannot start: TANDEM_SECRET_KEY is not set")
    assert started.stderr.count("\n") == 1


def test_a_short_token_for_the_figures_is_refused(no_key_file: dict[str, str]) -> None:
    with pytest.raises(InvalidSettingError, match="TANDEM_METRICS_TOKEN has 5 characters"):
        load_settings(no_key_file | {"TANDEM_METRICS_TOKEN": "short"})
