"""The pages on which a person links who they are at the OpenID provider to their account, and unlinks it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import Blueprint, Flask, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from app.accounts.authentication import acting, set_cookies, visitor
from app.accounts.browsers import browser_name
from app.accounts.credentials import WrongPasswordError
from app.accounts.identities import IdentityTakenError, LastWayInError, WaysHere, unlink
from app.accounts.identity_logins import LoginTooOldError, accept_invitation, find_invitation, link_identity
from app.accounts.models import User
from app.accounts.openid_cookies import Pending, Purpose
from app.accounts.openid_errors import OpenIdError
from app.accounts.openid_provider import Provider
from app.accounts.proofs import Proof
from app.accounts.throttle import TooManyFailuresError
from app.accounts.views import openid
from app.accounts.views.common import for_people, logged_in, secret_page
from app.accounts.views.keys_at_the_edge import find_service
from app.actor import PUBLIC
from app.clock import now_utc
from app.config import Settings
from app.edge import request_actor, request_session, request_unit_of_work
from app.errors import AppError, NotFoundError
from matching.sentences import N_

SENTENCES: Final = {
    "wrong_password": N_("This is not your present password."),
    "identity_taken": N_("This identity is linked to another account already; nothing was changed."),
    "login_too_old": N_("You logged in too long ago to change how you log in. Log out, log in again, and begin anew."),
    "last_way_in": N_(
        "This is your only way to log in, so it stays. Link another one first, or ask for a link to choose a password."
    ),
}

bp = Blueprint("identities", __name__)
bp.register_error_handler(OpenIdError, openid.fail)
bp.after_request(openid.keep_out_of_caches)


def init_app(app: Flask, settings: Settings) -> None:
    """Give the application its provider and what leads there, where one is set; where none is, none of it is there."""
    app.jinja_env.globals["openid_name"] = None if settings.openid is None else settings.openid.name
    if settings.openid is not None:
        app.extensions[openid.PROVIDER_EXTENSION] = Provider(settings.openid)
        app.register_blueprint(openid.bp)
        app.register_blueprint(bp)


@bp.get("/login/openid/confirm")
def confirm() -> ResponseReturnValue:
    """Show who one is at the provider and to which account that would be linked."""
    return _form(openid.pending_identity())


@bp.post("/login/openid/confirm")
def link() -> ResponseReturnValue:
    """Link the identity to the account."""
    pending = openid.pending_identity()
    try:
        response = _accept(pending) if pending.purpose is Purpose.INVITATION else _link(pending)
    except (WrongPasswordError, IdentityTakenError, LoginTooOldError, TooManyFailuresError) as error:
        return _form(pending, error)
    openid.forget_pending(response)
    return response


@bp.post("/account/identities/<uuid:identity_id>/unlink")
@for_people
def remove(identity_id: UUID) -> ResponseReturnValue:
    """Unlink one of one's identities."""
    kept, service = logged_in().session_id, find_service()
    ways = WaysHere(issuer=openid.provider().settings.issuer, host=None if service is None else service.host)
    try:
        with request_unit_of_work() as session:
            unlink(session, request_actor(), identity_id, ways=ways, kept_session_id=kept)
    except LastWayInError as error:
        return secret_page(
            "accounts/openid_failed.html",
            error=error,
            title=gettext("Nothing was unlinked"),
            sentence=gettext(SENTENCES[error.code]),
            back=url_for("account.show"),
        )
    return redirect(url_for("account.show"))


def _accept(pending: Pending) -> BaseResponse:
    browser = browser_name(request.user_agent.string)
    with request_unit_of_work() as session:
        opened = accept_invitation(session, acting(PUBLIC), pending.bound_to, pending.identity, browser=browser)
    response = redirect(url_for("login.go_on"))
    set_cookies(response, opened)
    return response


def _link(pending: Pending) -> BaseResponse:
    proof = Proof(password=request.form.get("password", ""), visitor=visitor())
    with request_unit_of_work() as session:
        linked = link_identity(session, request_actor(), logged_in(), pending.identity, proof)
    if linked is None:
        raise WrongPasswordError("This is not your present password.")
    return redirect(url_for("account.show"))


def _form(pending: Pending, error: AppError | None = None) -> Response:
    user = _person(pending)
    sentence = "" if error is None else SENTENCES.get(error.code, "")
    return secret_page(
        "accounts/link_identity.html",
        error=error,
        title=gettext("Log in with %(name)s from now on?", name=openid.provider().settings.name),
        sentence=gettext(sentence) if sentence else error,
        user=user,
        label=pending.identity.label,
        needs_password=pending.purpose is Purpose.LINK and user.password_hash is not None,
    )


def _person(pending: Pending) -> User:
    """Return the person to whose account the identity would be linked."""
    if pending.purpose is Purpose.LINK:
        return logged_in().user
    invitation = find_invitation(request_session(), pending.bound_to, now=now_utc())
    if invitation is None:
        raise NotFoundError("The link has been used or is too old; ask for a new one.")
    return invitation.user
