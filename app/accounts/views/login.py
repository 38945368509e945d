"""The pages on which one logs in, shows the second factor, and logs out."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.authentication import acting, current_login, forget_session, set_cookies, visitor
from app.accounts.browsers import browser_name
from app.accounts.credentials import WrongCodeError
from app.accounts.key_logins import keys_here
from app.accounts.logins import Credentials, end_session, log_in, show_second_factor
from app.accounts.throttle import TooManyFailuresError
from app.accounts.views.common import next_address, secret_page
from app.accounts.views.keys_at_the_edge import find_service
from app.actor import PUBLIC
from app.edge import request_actor, request_session, request_unit_of_work
from app.errors import AppError, UnauthenticatedError
from matching.sentences import N_

WRONG = N_("The address and the password do not go together, or there is no such account.")
WRONG_CODE = N_("This code is not right, or it has been used. Wait for the next one and try again.")

bp = Blueprint("login", __name__, url_prefix="/login")


@bp.get("")
def begin() -> ResponseReturnValue:
    """Show the form to log in; whoever is logged in goes on."""
    login = current_login()
    if login is not None:
        return redirect(next_address() if login.is_complete else url_for("login.second_factor"))
    return login_form()


@bp.post("")
def enter() -> ResponseReturnValue:
    """Log in with address and password."""
    given = Credentials(
        email=request.form.get("email", ""),
        password=request.form.get("password", ""),
        visitor=visitor(),
        browser=browser_name(request.user_agent.string),
    )
    try:
        with request_unit_of_work() as session:
            opened = log_in(session, acting(PUBLIC), given)
    except TooManyFailuresError as error:
        return login_form(error)
    if opened is None:
        return login_form(UnauthenticatedError(gettext(WRONG)))
    response = redirect(url_for("login.go_on", next=next_address()))
    set_cookies(response, opened)
    return response


@bp.get("/next")
def go_on() -> ResponseReturnValue:
    """Lead to what is still missing: the second factor, setting it up, or nothing but where one wanted to go."""
    login = current_login()
    if login is None:
        return redirect(url_for("login.begin"))
    if not login.is_complete:
        return redirect(url_for("login.second_factor", next=next_address()))
    if login.user.needs_second_factor and not (login.user.has_second_factor or login.has_shown_second_factor):
        return redirect(url_for("account.second_factor"))
    return redirect(next_address())


@bp.get("/second-factor")
def second_factor() -> ResponseReturnValue:
    """Show the forms for a code of the app and for a security key."""
    login = current_login()
    if login is None:
        return redirect(url_for("login.begin"))
    return redirect(next_address()) if login.is_complete else code_form()


@bp.post("/second-factor")
def show_code() -> ResponseReturnValue:
    """Finish logging in with a code of the app, or a recovery code."""
    login = current_login()
    if login is None:
        return redirect(url_for("login.begin"))
    try:
        with request_unit_of_work() as session:
            opened = show_second_factor(session, acting(PUBLIC), login, request.form.get("code", ""), visitor())
    except TooManyFailuresError as error:
        return code_form(error)
    if opened is None:
        return code_form(WrongCodeError(gettext(WRONG_CODE)))
    response = redirect(next_address())
    set_cookies(response, opened)
    return response


@bp.post("/end")
def end() -> ResponseReturnValue:
    """Log out."""
    login = current_login()
    if login is not None:
        # Also where only the password was shown yet.
        actor = request_actor() if login.is_complete else acting(login.person)
        with request_unit_of_work() as session:
            end_session(session, actor, login.session_id)
    response = redirect(url_for("home.index"))
    forget_session(response)
    return response


def login_form(error: AppError | None = None) -> Response:
    """Return the page to log in."""
    return secret_page(
        "accounts/login.html",
        error=error,
        title=gettext("Log in"),
        email=request.form.get("email", ""),
        next=next_address(),
        service=find_service(),
    )


def code_form(error: AppError | None = None) -> Response:
    """Return the page to show the second factor, to somebody whose password was right."""
    login = current_login()
    keys = () if login is None else keys_here(request_session(), login, find_service())
    title = gettext("Confirm that it is you")
    user = None if login is None else login.user
    return secret_page(
        "accounts/second_factor.html", error=error, title=title, next=next_address(), user=user, has_key_here=bool(keys)
    )
