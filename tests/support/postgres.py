"""A PostgreSQL server for the tests alone: made in a scratch folder, reached by a socket there, removed at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg

STARTUP_SECONDS = 60.0
# A disk looks for a place for each of the thousands of files that come and go with the databases of tests; memory does not.
MEMORY = Path("/dev/shm")
BYTES_NEEDED = 2 << 30
# The data of a test run need not survive a power cut.
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=256MB",
    "listen_addresses=",
    "max_connections=50",
)


def find_server() -> Path | None:
    """Return the folder of the newest installed server's programs, or None."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


class Cluster:
    """A running server that hands out new, empty databases."""

    def __init__(self, socket_folder: Path, user: str) -> None:
        self._socket_folder, self._user = socket_folder, user
        self._numbers = count(1)

    def url(self, database: str) -> str:
        """Return the address of a database as SQLAlchemy reads it."""
        return f"postgresql+psycopg://{self._user}@/{database}?host={quote(str(self._socket_folder))}"

    def create_database(self, template: str = "template1") -> str:
        """Return the name of a new database: empty, or a copy of another one."""
        name = f"test_{next(self._numbers)}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database with whoever is still connected to it."""
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with psycopg.connect(
            host=str(self._socket_folder), user=self._user, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement.encode())


@contextmanager
def running_cluster(programs: Path) -> Iterator[Cluster]:
    """Start a server, and stop and remove it at the end; as root it runs as the user that Debian made for it."""
    user = "postgres" if os.geteuid() == 0 else None
    owner = user or pwd.getpwuid(os.geteuid()).pw_name
    folder = Path(tempfile.mkdtemp(prefix="tandem-pg-", dir=MEMORY if _has_room(MEMORY) else None))
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    subprocess.run(
        [programs / "initdb", "-D", data, "-A", "trust", "-E", "UTF8", "-U", owner, "--no-sync"],
        user=user,
        env=environment,
        cwd=folder,
        check=True,
        capture_output=True,
    )
    options = [part for setting in FAST for part in ("-c", setting)]
    log = (folder / "log").open("wb")
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, "-k", folder, *options],
        user=user,
        env=environment,
        cwd=folder,
        stdout=log,
        stderr=log,
    )
    try:
        _wait(folder, owner, server)
        yield Cluster(folder, owner)
    finally:
        # The fast way to stop: connections that a test left open are closed, not waited for.
        server.send_signal(signal.SIGINT)
        server.wait(timeout=STARTUP_SECONDS)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def _has_room(folder: Path) -> bool:
    """Return whether a folder is there and holds what a test run stores at once; in a container it often does not."""
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free >= BYTES_NEEDED


def _wait(folder: Path, owner: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTUP_SECONDS
    while True:
        try:
            psycopg.connect(host=str(folder), user=owner, dbname="postgres").close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
