"""Who makes a request: the person for whom its token or cookie acts, or somebody without an account."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, g, request
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import Authorization
from werkzeug.wrappers import Response as BaseResponse

from app.accounts.challenges import CHALLENGE_MINUTES
from app.accounts.logins import MAX_DAYS, Login, OpenedSession, find_login, touch
from app.accounts.services import note_happening
from app.accounts.throttle import Visitor
from app.accounts.tokens import find_actor_by_token
from app.actor import Actor
from app.clock import now_utc
from app.cookies import find_cookie, give_cookie, take_cookie
from app.edge import request_actor, request_session, request_unit_of_work
from app.errors import UnauthenticatedError
from app.http import request_id
from app.problems import API_PATH, is_for_programs

PRIVATE: Final = "private, no-store"
SESSION_COOKIE: Final = "tandem_session"
BROWSER_COOKIE: Final = "tandem_browser"
BROWSER_COOKIE_DAYS: Final = 365
CHALLENGE_COOKIE: Final = "tandem_challenge"
DAY_SECONDS: Final = 24 * 3600


def init_app(app: Flask) -> None:
    """Find out who makes each request, and keep what they alone may see out of every cache."""
    app.before_request(_authenticate)
    app.after_request(_keep_private)
    app.after_request(_note_refusal)
    app.context_processor(_template_values)


def current_login() -> Login | None:
    """Return in which login this page is asked for, a half one included; None where there is none."""
    login: Login | None = g.get("login")
    return login


def acting(actor: Actor) -> Actor:
    """Return an actor with the id of this request, for the audit trail."""
    return replace(actor, request_id=request_id())


def visitor() -> Visitor:
    """Return from where somebody tries to log in."""
    return Visitor(address=request.remote_addr or "", known_browser=find_cookie(BROWSER_COOKIE))


def set_cookies(response: BaseResponse, opened: OpenedSession) -> None:
    """Give the browser the cookies of a session that was opened or renewed."""
    give_cookie(response, SESSION_COOKIE, opened.secret, seconds=MAX_DAYS * DAY_SECONDS)
    if opened.known_browser:
        give_cookie(response, BROWSER_COOKIE, opened.known_browser, seconds=BROWSER_COOKIE_DAYS * DAY_SECONDS)


def set_challenge_cookie(response: BaseResponse, secret: str) -> None:
    """Give the browser, in which nobody is logged in yet, what a challenge for a passkey is bound to."""
    give_cookie(response, CHALLENGE_COOKIE, secret, seconds=CHALLENGE_MINUTES * 60)


def forget_session(response: BaseResponse) -> None:
    """Take the cookie of a session from the browser."""
    take_cookie(response, SESSION_COOKIE)


def _authenticate() -> None:
    # Pages are for people and take no tokens, the API is for programs and takes no cookies: so no other site can make a
    # browser use the API, and no leaked token opens a page.
    if request.path.startswith(API_PATH):
        _authenticate_program()
    elif not is_for_programs(request.path) and request.endpoint != "static":
        _authenticate_person()


def _authenticate_program() -> None:
    if "Authorization" not in request.headers:
        return
    actor = find_actor_by_token(request_session(), _bearer(request.authorization), now=now_utc())
    if actor is None:
        raise UnauthenticatedError("The token is unknown, has expired or was revoked; ask for a new one.")
    g.actor = acting(actor)


def _authenticate_person() -> None:
    secret, now = find_cookie(SESSION_COOKIE), now_utc()
    login = find_login(request_session(), secret, now=now) if secret else None
    if login is None:
        return
    g.login, g.actor = login, acting(login.actor)
    if login.is_seen_long_ago:
        # Whoever reads a page does not wait for a long write of somebody else: the next page notes it.
        with suppress(OperationalError), request_unit_of_work() as session:
            touch(session, login.session_id, now=now)


def _bearer(given: Authorization | None) -> str:
    if given is None or given.type != "bearer" or not given.token:
        raise UnauthenticatedError("The Authorization header has to be: Bearer TOKEN.")
    return given.token


def _keep_private(response: Response) -> Response:
    if request.path.startswith(API_PATH):
        response.vary.add("Authorization")
    if request_actor().user_id is not None or current_login() is not None:
        response.headers["Cache-Control"] = PRIVATE
    return response


def _note_refusal(response: Response) -> Response:
    """Leave an event where somebody with an account was refused what their roles do not allow."""
    actor = request_actor()
    if response.status_code == HTTPStatus.FORBIDDEN and actor.user_id is not None:
        with request_unit_of_work() as session:
            note_happening(session, actor, "user.refused", str(actor.user_id))
    return response


def _template_values() -> dict[str, object]:
    return {"login": current_login()}
