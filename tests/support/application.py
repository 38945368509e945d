"""The application as it is served, on a database that a test has made."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import make_server

from app import create_app
from app.config import Settings
from app.db import Database
from app.edge import DATABASE_EXTENSION
from tests.support.keys import KEYRING


@contextmanager
def served(database_url: str, **settings: Any) -> Iterator[Flask]:
    """Yield the application with the keys of the tests and what else is set, and leave the database at the end."""
    app = create_app(Settings(database_url=database_url, **{"secret_key": "k" * 32, "keyring": KEYRING, **settings}))
    yield app
    database_of(app).close()


@contextmanager
def serving(app: Flask, *, name: str = "127.0.0.1") -> Iterator[str]:
    """Serve the application on a free port of this machine; yield its address, with the name that the browser is to know it by."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://{name}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def database_of(app: Flask) -> Database:
    """Return the database of an application."""
    database: Database = app.extensions[DATABASE_EXTENSION]
    return database
