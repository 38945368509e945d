"""Who makes a request: the person for whom its token acts, or somebody without an account."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask import Flask, Response, g, request
from werkzeug.datastructures import Authorization

from app.accounts.tokens import find_actor_by_token
from app.clock import now_utc
from app.edge import request_actor, request_session
from app.errors import UnauthenticatedError
from app.http import request_id

API_PATH: Final = "/api/"
PRIVATE: Final = "private, no-store"


def init_app(app: Flask) -> None:
    """Find out who makes each request, and keep what they alone may see out of every cache."""
    app.before_request(_authenticate)
    app.after_request(_keep_private)


def _authenticate() -> None:
    # Pages are for people and take no tokens, the API is for programs and takes no cookies.
    given = request.authorization
    if not request.path.startswith(API_PATH) or "Authorization" not in request.headers:
        return
    actor = find_actor_by_token(request_session(), _bearer(given), now=now_utc())
    if actor is None:
        raise UnauthenticatedError("The token is unknown, has expired or was revoked; ask for a new one.")
    g.actor = replace(actor, request_id=request_id())


def _bearer(given: Authorization | None) -> str:
    if given is None or given.type != "bearer" or not given.token:
        raise UnauthenticatedError("The Authorization header has to be: Bearer TOKEN.")
    return given.token


def _keep_private(response: Response) -> Response:
    if request.path.startswith(API_PATH):
        response.vary.add("Authorization")
    if request_actor().user_id is not None:
        response.headers["Cache-Control"] = PRIVATE
    return response
