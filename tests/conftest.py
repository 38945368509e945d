"""Fixtures for all tests: each database, a browser, an office suite; no network."""

from __future__ import annotations

import gc
import os
import shutil
import socket
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser

from app import schema
from app.db import Database
from tests.support.application import served
from tests.support.browser import find_chromium, running_browser
from tests.support.hashing import cheapen
from tests.support.network import refuse_other_machines
from tests.support.office import Office, find_office
from tests.support.parts import missing_part, tell_in_one_place
from tests.support.postgres import Cluster, find_server, running_cluster

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
IS_CI = os.environ.get("CI", "").lower() == "true"

# `make test` draws the same examples every time; `make soak` draws many new ones and prints how to repeat a failure.
settings.register_profile("sample", derandomize=True, deadline=None, database=None)
settings.register_profile("soak", max_examples=2_000, deadline=None, print_blob=True)
settings.load_profile("soak" if os.environ.get("SOAK") else "sample")


def pytest_configure(config: pytest.Config) -> None:
    """Start without the settings of whoever runs the tests: each test gives its own."""
    for name in [name for name in os.environ if name.startswith("TANDEM_")]:
        del os.environ[name]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what would use the data beside the project where there are none: an addition, not a requirement."""
    if (SHARED / "data").is_dir():
        return
    left_out = [item for item in items if "shared_data" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Have garbage collected less often, and not looked for in what was imported and stays: that took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell of a missing part once, and turn every skip into a failure in CI, where nothing may be left out unseen."""
    report = yield
    tell_in_one_place(report, call)
    if report.skipped and IS_CI:
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {item.nodeid}: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Do the same for a module that skips itself whole."""
    report = yield
    if report.skipped and IS_CI:
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {collector.nodeid}: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", refuse_other_machines())


@pytest.fixture(scope="session", autouse=True)
def _cheap_hashes() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        cheapen(patch)
        yield


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """A PostgreSQL server for the tests of one worker."""
    programs = find_server()
    if programs is None:
        missing_part("PostgreSQL", "postgresql")
    with running_cluster(programs) as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new, empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'tandem.sqlite3'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    name = cluster.create_database()
    yield cluster.url(name)
    cluster.drop_database(name)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the newest migration, to copy."""
    path = tmp_path_factory.mktemp("migrated") / "tandem.sqlite3"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_cluster: Cluster) -> str:
    """The name of a PostgreSQL database at the newest migration, to copy."""
    name = postgres_cluster.create_database()
    migrate(postgres_cluster.url(name))
    return name


def migrate(url: str) -> None:
    """Bring a database to the newest migration, and leave it."""
    database = Database(url)
    schema.upgrade(database)
    database.close()


def load_reference(url: str) -> None:
    """Load what every service has before anybody comes, and leave the database."""
    with served(url) as app:
        result = app.test_cli_runner().invoke(args=["load", "reference", "--quiet"])
    assert result.exit_code == 0, result.output


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new database at the newest migration, once on SQLite and once on PostgreSQL."""
    yield from _copied(request, tmp_path, "migrated")


def _copied(request: pytest.FixtureRequest, folder: Path, original: str) -> Iterator[str]:
    """Yield the address of a copy of one of the databases above, on the server that the parameter names."""
    if request.param == "sqlite":
        path = shutil.copyfile(request.getfixturevalue(f"{original}_sqlite"), folder / "tandem.sqlite3")
        yield f"sqlite:///{path}"
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    name = cluster.create_database(request.getfixturevalue(f"{original}_postgres"))
    yield cluster.url(name)
    cluster.drop_database(name)


@pytest.fixture(scope="session")
def loaded_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the reference data, to copy."""
    path = Path(shutil.copyfile(migrated_sqlite, tmp_path_factory.mktemp("loaded") / "tandem.sqlite3"))
    load_reference(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def loaded_postgres(postgres_cluster: Cluster, migrated_postgres: str) -> str:
    """The name of a PostgreSQL database with the reference data, to copy."""
    name = postgres_cluster.create_database(migrated_postgres)
    load_reference(postgres_cluster.url(name))
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def loaded_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a new database with the reference data, once on SQLite and once on PostgreSQL."""
    yield from _copied(request, tmp_path, "loaded")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real browser without a screen."""
    executable = find_chromium()
    if executable is None:
        missing_part("Chromium", "chromium")
    with running_browser(executable) as running:
        yield running


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """LibreOffice as a person's spreadsheet program."""
    executable = find_office()
    if executable is None:
        missing_part("LibreOffice", "libreoffice-calc")
    return Office(executable, tmp_path_factory.mktemp("office-profile"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of data beside the project; tests that use it are left out where it is not there."""
    return SHARED / "data"
