"""The world, served: one that is only read, and one that is as new for every test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from app.db import Database
from tests.access.site import Site
from tests.access.world import World, build_world
from tests.support.application import served
from tests.support.keys import KEYRING

Built = tuple[Path, World]


@contextmanager
def opened(path: Path) -> Iterator[Flask]:
    """Yield the application on a database, with forms that anybody may send: that they may not is tested apart."""
    with served(f"sqlite:///{path}") as app:
        app.config["WTF_CSRF_ENABLED"] = False
        yield app


@pytest.fixture(scope="session")
def built(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A database that holds the world, to copy, and what is in it."""
    path = tmp_path_factory.mktemp("world") / "world.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}", keyring=KEYRING)
    with database.unit_of_work() as session:
        world = build_world(session)
    # The last connection puts all into the file itself, which is copied alone.
    database.close()
    return path, world


@pytest.fixture(scope="session")
def site(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The world for tests that change nothing."""
    path = tmp_path_factory.mktemp("read") / "tandem.sqlite3"
    shutil.copyfile(built[0], path)
    with opened(path) as app:
        yield Site(app=app, world=built[1], original=built[0], path=path)


@pytest.fixture
def changing_site(built: Built, tmp_path: Path) -> Iterator[Site]:
    """The world for a test that changes it."""
    path = tmp_path / "tandem.sqlite3"
    shutil.copyfile(built[0], path)
    with opened(path) as app:
        yield Site(app=app, world=built[1], original=built[0], path=path)
