"""What requests and commands take from the running application: its database and a session to read with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from flask import Flask, current_app, g
from sqlalchemy.orm import Session

from app.actor import PUBLIC, Actor
from app.config import Settings
from app.db import Database
from app.errors import UnauthenticatedError

DATABASE_EXTENSION: Final = "tandem_database"
SETTINGS_EXTENSION: Final = "tandem_settings"

P = ParamSpec("P")
R = TypeVar("R")


def init_app(app: Flask, settings: Settings) -> None:
    """Give the application its database; each request that reads gets one session, closed at its end."""
    app.extensions[SETTINGS_EXTENSION] = settings
    app.extensions[DATABASE_EXTENSION] = Database(settings.database_url, keyring=settings.keyring)
    app.teardown_appcontext(_close_session)


def current_settings() -> Settings:
    """Return the settings of the running application."""
    settings: Settings = current_app.extensions[SETTINGS_EXTENSION]
    return settings


def current_database() -> Database:
    """Return the database of the running application."""
    database: Database = current_app.extensions[DATABASE_EXTENSION]
    return database


def request_session() -> Session:
    """Return the reading session of this request, opened at its first use."""
    if "session" not in g:
        g.session_stack = ExitStack()
        g.session = g.session_stack.enter_context(current_database().reading())
    session: Session = g.session
    return session


@contextmanager
def request_unit_of_work() -> Iterator[Session]:
    """Yield a session whose changes are committed together, after the one that reads has given its connection back.

    A request that held one connection and waited for a second could wait for others that do the same.
    """
    release_session()
    with current_database().unit_of_work() as session:
        yield session


def request_actor() -> Actor:
    """Return who makes this request; without an account, the public."""
    actor: Actor = g.get("actor", PUBLIC)
    return actor


def narrow_to(actor: Actor) -> None:
    """Show of fields, for the rest of this request, only what this actor sees as well as who makes the request."""
    g.narrowed_to = actor


def request_readers() -> tuple[Actor, ...]:
    """Return for whom this request shows fields: all of them have to see one."""
    narrowed_to: Actor | None = g.get("narrowed_to")
    return (request_actor(),) if narrowed_to is None else (request_actor(), narrowed_to)


def for_callers(view: Callable[P, R]) -> Callable[P, R]:
    """Return a view of the API for those who send a token; to everybody else it answers the same, whatever is there."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        if request_actor().user_id is None:
            raise UnauthenticatedError("This needs a token: Authorization: Bearer TOKEN.")
        return view(*args, **kwargs)

    return answer


def _close_session(_error: BaseException | None) -> None:
    release_session()


def release_session() -> None:
    """Close the reading session of this request, if there is one; the next use opens another."""
    g.pop("session", None)
    stack = g.pop("session_stack", None)
    if stack is not None:
        stack.close()
