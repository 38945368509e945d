"""The pages on which a person adds security keys and removes them."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.authentication import visitor
from app.accounts.credentials import WrongPasswordError
from app.accounts.logins import renew
from app.accounts.proofs import Proof
from app.accounts.security_keys import (
    LastSecondFactorError,
    TooManyKeysError,
    WantedKey,
    add_key,
    begin_addition,
    copied_at_by_key,
    get_key,
    list_keys,
    remove_key,
)
from app.accounts.throttle import TooManyFailuresError
from app.accounts.views.common import for_people, logged_in, recovery_codes_page, secret_page
from app.accounts.views.keys_at_the_edge import (
    NotTheKeyError,
    asked,
    find_service,
    get_service,
    given_answer,
    refused,
)
from app.clock import now_utc
from app.edge import request_actor, request_session, request_unit_of_work
from app.errors import AppError
from matching.sentences import N_

WRONG_PASSWORD = N_("This is not your present password.")
NOT_ADDED = N_("The key was not added. It takes a browser with JavaScript and a few minutes at most; try again.")
LAST = N_("This is your only second factor. Add another key or an authenticator app first, then remove it.")

bp = Blueprint("security_keys", __name__, url_prefix="/account/security-keys")


@bp.get("")
@for_people
def show() -> ResponseReturnValue:
    """Show the person's keys, and the form to add one."""
    return _keys()


@bp.post("/options")
@for_people
def begin() -> ResponseReturnValue:
    """Give the script of the page what the browser needs to add a key, once the password was shown again."""
    try:
        wanted = WantedKey(name=request.form.get("name", ""), service=get_service())
        with request_unit_of_work() as session:
            options = begin_addition(session, request_actor(), logged_in(), wanted, _proof())
    except AppError as error:
        return refused(error)
    return refused(WrongPasswordError(gettext(WRONG_PASSWORD))) if options is None else asked(options)


@bp.post("")
@for_people
def add() -> ResponseReturnValue:
    """Add the key that answered; with the first second factor, show the recovery codes this once."""
    login, service, answer = logged_in(), find_service(), given_answer()
    added = opened = None
    try:
        with request_unit_of_work() as session:
            if service is not None:
                added = add_key(session, request_actor(), login, service, answer)
            if added is not None:
                opened = renew(session, login.session_id, now=now_utc())
    except TooManyKeysError as error:
        return _keys(error)
    if added is None or opened is None:
        return _keys(NotTheKeyError(gettext(NOT_ADDED)))
    return recovery_codes_page(added.recovery_codes, opened, otherwise="security_keys.show")


@bp.get("/<uuid:key_id>/removal")
@for_people
def removal(key_id: UUID) -> ResponseReturnValue:
    """Show what removing a key means, and the form for it."""
    return _removal_form(key_id)


@bp.post("/<uuid:key_id>/removal")
@for_people
def remove(key_id: UUID) -> ResponseReturnValue:
    """Remove a key."""
    try:
        with request_unit_of_work() as session:
            is_removed = remove_key(session, request_actor(), logged_in(), key_id, _proof())
    except TooManyFailuresError as error:
        return _removal_form(key_id, error)
    except LastSecondFactorError:
        return _removal_form(key_id, LastSecondFactorError(gettext(LAST)))
    if not is_removed:
        return _removal_form(key_id, WrongPasswordError(gettext(WRONG_PASSWORD)))
    return redirect(url_for("security_keys.show"))


def _proof() -> Proof:
    return Proof(password=request.form.get("present", ""), visitor=visitor())


def _keys(error: AppError | None = None) -> Response:
    return secret_page(
        "accounts/security_keys.html",
        error=error,
        title=gettext("Your security keys"),
        user=logged_in().user,
        keys=list_keys(request_session(), request_actor()),
        copied_at_by_key=copied_at_by_key(request_session(), request_actor()),
        service=find_service(),
    )


def _removal_form(key_id: UUID, error: AppError | None = None) -> Response:
    key = get_key(request_session(), request_actor(), key_id)
    title = gettext("Remove a security key")
    return secret_page("accounts/remove_security_key.html", error=error, title=title, key=key, user=logged_in().user)
