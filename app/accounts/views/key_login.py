"""What the pages to log in ask of a security key: an answer beside the password, or, of a passkey, in its place."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.authentication import (
    CHALLENGE_COOKIE,
    acting,
    current_login,
    set_challenge_cookie,
    set_cookies,
    visitor,
)
from app.accounts.browsers import browser_name
from app.accounts.ceremonies import Service
from app.accounts.key_logins import (
    KeyCredentials,
    ShownKey,
    begin_login,
    begin_second_factor,
    log_in_with_key,
    show_key,
)
from app.accounts.secrets import new_token
from app.accounts.views.common import next_address
from app.accounts.views.keys_at_the_edge import NotTheKeyError, asked, get_service, given_answer, refused
from app.accounts.views.login import code_form, login_form
from app.actor import PUBLIC
from app.cookies import find_cookie
from app.edge import request_unit_of_work
from app.errors import AppError, NotFoundError, UnauthenticatedError
from matching.sentences import N_

NO_LOGIN = N_("The login has ended; begin again.")
NO_KEY_HERE = N_("None of your keys was added under this address of the service.")
WRONG_KEY = N_("This was not the right answer of one of your keys, or it came too late. Try again.")
WRONG_PASSKEY = N_("There is no account with this passkey, or it did not ask for your PIN or fingerprint.")

bp = Blueprint("key_login", __name__, url_prefix="/login")


@bp.post("/second-factor/options")
def begin_beside_password() -> ResponseReturnValue:
    """Give the script of the page what the browser needs to let a key of the person answer."""
    login = current_login()
    try:
        if login is None:
            raise UnauthenticatedError(gettext(NO_LOGIN))
        service = get_service()
        with request_unit_of_work() as session:
            options = begin_second_factor(session, login, service)
        if options is None:
            raise NotFoundError(gettext(NO_KEY_HERE))
    except AppError as error:
        return refused(error)
    return asked(options)


@bp.post("/second-factor/key")
def show_beside_password() -> ResponseReturnValue:
    """Finish logging in with a security key."""
    login = current_login()
    if login is None:
        return redirect(url_for("login.begin"))
    try:
        shown = _shown(get_service())
        with request_unit_of_work() as session:
            opened = show_key(session, acting(PUBLIC), login, shown)
    except AppError as error:
        return code_form(error)
    if opened is None:
        return code_form(NotTheKeyError(gettext(WRONG_KEY)))
    response = redirect(next_address())
    set_cookies(response, opened)
    return response


@bp.post("/passkey/options")
def begin_alone() -> ResponseReturnValue:
    """Give the script of the page what the browser needs to let any passkey answer: the same for everybody."""
    try:
        service = get_service()
    except AppError as error:
        return refused(error)
    holder = new_token()
    with request_unit_of_work() as session:
        response = asked(begin_login(session, holder, service))
    set_challenge_cookie(response, holder)
    return response


@bp.post("/passkey")
def show_alone() -> ResponseReturnValue:
    """Log in with a passkey alone."""
    try:
        given = KeyCredentials(
            shown=_shown(get_service()),
            holder=find_cookie(CHALLENGE_COOKIE),
            browser=browser_name(request.user_agent.string),
        )
        with request_unit_of_work() as session:
            opened = log_in_with_key(session, acting(PUBLIC), given)
    except AppError as error:
        return login_form(error)
    if opened is None:
        return login_form(UnauthenticatedError(gettext(WRONG_PASSKEY)))
    response = redirect(next_address())
    set_cookies(response, opened)
    return response


def _shown(service: Service) -> ShownKey:
    return ShownKey(answer=given_answer(), service=service, visitor=visitor())
