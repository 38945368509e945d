"""The pages on which a person looks after their account: password, second factor, browsers, tokens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.credentials import (
    WrongCodeError,
    WrongPasswordError,
    begin_second_factor,
    change_password,
    confirm_second_factor,
)
from app.accounts.identities import list_identities
from app.accounts.logins import end_session, list_sessions, renew
from app.accounts.passwords import UnusablePasswordError
from app.accounts.queries import affiliations_of
from app.accounts.second_factor import count_recovery_codes, totp_address
from app.accounts.security_keys import copied_at_by_key, list_keys
from app.accounts.tokens import DEFAULT_TOKEN_DAYS, NewToken, issue_token, list_tokens, revoke_token
from app.accounts.views.common import for_people, logged_in, recovery_codes_page, secret_page, wanted_password
from app.actor import Scope
from app.clock import now_utc
from app.edge import request_actor, request_session, request_unit_of_work
from app.errors import AppError, InvalidInputError

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.get("")
@for_people
def show() -> ResponseReturnValue:
    """Show who one is here, in which browsers one is logged in, and which tokens act for one."""
    return _account()


@bp.get("/password")
@for_people
def password() -> ResponseReturnValue:
    """Show the form for another password."""
    return _password_form()


@bp.post("/password")
@for_people
def set_password() -> ResponseReturnValue:
    """Change the password."""
    present = request.form.get("present", "")
    try:
        wanted = wanted_password()
        with request_unit_of_work() as session:
            change_password(session, request_actor(), logged_in(), present=present, wanted=wanted)
    except (WrongPasswordError, UnusablePasswordError) as error:
        return _password_form(error)
    return redirect(url_for("account.show"))


@bp.get("/second-factor")
@for_people
def second_factor() -> ResponseReturnValue:
    """Show what to put into the app; whoever has one is back at the account."""
    return redirect(url_for("account.show")) if logged_in().user.has_authenticator_app else _second_factor_form()


@bp.post("/second-factor")
@for_people
def set_second_factor() -> ResponseReturnValue:
    """Put the app in force, and show the recovery codes this once where it is the first second factor."""
    login, now = logged_in(), now_utc()
    code, present = request.form.get("code", ""), request.form.get("present", "")
    try:
        with request_unit_of_work() as session:
            codes = confirm_second_factor(session, request_actor(), login, code, present=present)
            opened = renew(session, login.session_id, now=now)
    except (WrongCodeError, WrongPasswordError) as error:
        return _second_factor_form(error)
    return recovery_codes_page(codes, opened, otherwise="account.show")


@bp.post("/sessions/<uuid:session_id>/end")
@for_people
def end_one(session_id: UUID) -> ResponseReturnValue:
    """Log out in one of one's browsers."""
    with request_unit_of_work() as session:
        end_session(session, request_actor(), session_id)
    return redirect(url_for("account.show"))


@bp.post("/tokens")
@for_people
def issue() -> ResponseReturnValue:
    """Issue a token, and show it this once."""
    try:
        wanted = _wanted_token()
        with request_unit_of_work() as session:
            issued = issue_token(session, request_actor(), wanted)
    except InvalidInputError as error:
        return _account(error)
    return secret_page("accounts/token.html", title=gettext("Your new token"), issued=issued)


@bp.post("/tokens/<uuid:token_id>/revoke")
@for_people
def revoke(token_id: UUID) -> ResponseReturnValue:
    """Revoke one of one's tokens."""
    with request_unit_of_work() as session:
        revoke_token(session, request_actor(), token_id)
    return redirect(url_for("account.show"))


def _account(error: AppError | None = None) -> Response:
    login, session, actor = logged_in(), request_session(), request_actor()
    return secret_page(
        "accounts/show.html",
        error=error,
        title=gettext("Your account"),
        user=login.user,
        affiliations=affiliations_of(session, actor),
        sessions=list_sessions(session, actor, now=now_utc()),
        tokens=list_tokens(session, actor),
        n_keys=len(list_keys(session, actor)),
        may_be_copied=bool(copied_at_by_key(session, actor)),
        identities=list_identities(session, actor),
        n_recovery_codes=count_recovery_codes(session, login.user),
        token_days=DEFAULT_TOKEN_DAYS,
        form=request.form,
    )


def _password_form(error: AppError | None = None) -> Response:
    title = gettext("Change your password")
    return secret_page("accounts/password.html", error=error, title=title, user=logged_in().user)


def _second_factor_form(error: AppError | None = None) -> Response:
    login = logged_in()
    with request_unit_of_work() as session:
        secret = begin_second_factor(session, login)
    values: dict[str, Any] = {
        "secret": secret,
        "picture": segno.make(totp_address(login.user, secret), micro=False).svg_data_uri(scale=5, border=2),
        "user": login.user,
    }
    title = gettext("Set up your authenticator app")
    return secret_page("accounts/set_up_second_factor.html", error=error, title=title, **values)


def _wanted_token() -> NewToken:
    days = request.form.get("days", "")
    scope = request.form.get("scope", "")
    if not days.isdecimal() or not days.isascii() or scope not in set(Scope):
        raise InvalidInputError(gettext("A token needs a number of days, and to be to read or to write."))
    return NewToken(
        user_id=logged_in().user.id, name=request.form.get("name", ""), scope=Scope(scope), days=int(days[:4])
    )
