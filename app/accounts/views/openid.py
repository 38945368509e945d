"""The addresses at which somebody goes to the OpenID provider and comes back; where none is set, they are not there."""

from __future__ import annotations

import hmac
from typing import Final

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from app.accounts.authentication import PRIVATE, acting, current_login, set_cookies
from app.accounts.browsers import browser_name
from app.accounts.failures import UNKNOWN
from app.accounts.identities import ProvedIdentity
from app.accounts.identity_logins import find_invitation, log_in_by_identity
from app.accounts.openid_cookies import (
    GOOD_MINUTES,
    Flow,
    Pending,
    Purpose,
    new_flow,
    open_flow,
    open_pending,
    seal_flow,
    seal_pending,
)
from app.accounts.openid_errors import OpenIdError, StrayAnswerError, UnknownIdentityError
from app.accounts.openid_provider import Provider, Question
from app.accounts.services import note_happening
from app.accounts.views.common import for_people, logged_in, next_address, secret_page
from app.actor import PUBLIC
from app.clock import now_utc
from app.cookies import find_cookie, give_cookie, take_cookie
from app.edge import current_settings, release_session, request_session, request_unit_of_work
from app.errors import NotFoundError
from app.sealing import Keyring
from matching.sentences import N_

PROVIDER_EXTENSION: Final = "tandem_openid_provider"
FLOW_COOKIE: Final = "tandem_elsewhere"
PENDING_COOKIE: Final = "tandem_identity"
SENTENCES: Final = {
    "provider_unreachable": N_("%(name)s does not answer at present. Try again in a minute, or log in another way."),
    "provider_refused": N_("%(name)s did not confirm who you are. Try again, or log in another way."),
    "unusable_answer": N_("What %(name)s answered cannot be used. Log in another way, and tell an administrator."),
    "stray_answer": N_("This login was not begun in this browser, took too long, or is over already. Begin anew."),
    "unknown_identity": N_(
        "No account here is linked to who you are at %(name)s. Log in another way and link it on the page of your account, "
        "or open the link of your invitation."
    ),
}

bp = Blueprint("openid", __name__)


@bp.get("/login/openid")
def begin() -> ResponseReturnValue:
    """Lead to the provider; whoever is logged in goes on."""
    login = current_login()
    if login is not None and login.is_complete:
        return redirect(next_address())
    return _lead(new_flow(Purpose.LOGIN, next_address=next_address(), now=now_utc()))


@bp.get("/account/identities/new")
@for_people
def begin_linking() -> ResponseReturnValue:
    """Lead to the provider, to link who one is there to one's account."""
    return _lead(new_flow(Purpose.LINK, bound_to=str(logged_in().session_id), now=now_utc()))


@bp.get("/invitations/<string:secret>/openid")
def begin_invitation(secret: str) -> ResponseReturnValue:
    """Lead to the provider, to log in with who one is there instead of a password."""
    now = now_utc()
    if find_invitation(request_session(), secret, now=now) is None:
        raise NotFoundError("The link has been used or is too old; ask for a new one.")
    return _lead(new_flow(Purpose.INVITATION, bound_to=secret, now=now))


@bp.get("/login/openid/callback")
def come_back() -> ResponseReturnValue:
    """Log in whom the provider names, or keep the identity until its person says to which account it belongs."""
    flow = _flow()
    proved = _fetch_identity(flow)
    response = _enter(flow, proved) if flow.purpose is Purpose.LOGIN else _ask_whether_to_link(flow, proved)
    take_cookie(response, FLOW_COOKIE)
    return response


@bp.after_request
def keep_out_of_caches(response: Response) -> Response:
    """Let no cache keep what passes here, and no other site learn its address."""
    response.headers["Cache-Control"] = PRIVATE
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@bp.errorhandler(OpenIdError)
def fail(error: OpenIdError) -> Response:
    """Say in one sentence what went wrong; what was sent is neither shown nor logged."""
    current_app.logger.warning("Logging in elsewhere failed: %s (%s).", error.code, error)
    login, name = current_login(), provider().settings.name
    response = secret_page(
        "accounts/openid_failed.html",
        error=error,
        title=gettext("Logging in with %(name)s did not work", name=name),
        sentence=gettext(SENTENCES[error.code], name=name),
        back=url_for("login.begin" if login is None else "account.show"),
    )
    take_cookie(response, FLOW_COOKIE)
    return response


def provider() -> Provider:
    """Return the provider of the running application."""
    found: Provider = current_app.extensions[PROVIDER_EXTENSION]
    return found


def pending_identity() -> Pending:
    """Return the identity that waits in this browser to be linked, to the account with which it was begun.

    Raises
    ------
    StrayAnswerError
        When there is none, or another session has begun meanwhile.
    """
    pending = open_pending(_keyring(), find_cookie(PENDING_COOKIE), now=now_utc())
    if pending is None or not _is_same_session(pending):
        raise StrayAnswerError("no_identity")
    return pending


def forget_pending(response: BaseResponse) -> None:
    """Take the identity that waited from the browser."""
    take_cookie(response, PENDING_COOKIE)


def _lead(flow: Flow) -> BaseResponse:
    # The provider may take its time: until it has answered nothing of the database is held.
    release_session()
    response = redirect(provider().authorization_address(_question(flow), now=flow.begun_at))
    _keep(response, FLOW_COOKIE, seal_flow(_keyring(), flow))
    return response


def _flow() -> Flow:
    flow = open_flow(_keyring(), find_cookie(FLOW_COOKIE), now=now_utc())
    if flow is None:
        raise StrayAnswerError("no_flow")
    if not hmac.compare_digest(flow.state.encode(), request.args.get("state", "").encode()):
        raise StrayAnswerError("other_state")
    if not _is_same_session(flow):
        raise StrayAnswerError("other_session")
    return flow


def _is_same_session(kept: Flow | Pending) -> bool:
    """Return whether what links to an account was begun in the session that there is now."""
    if kept.purpose is not Purpose.LINK:
        return True
    login = current_login()
    return login is not None and login.is_complete and str(login.session_id) == kept.bound_to


def _fetch_identity(flow: Flow) -> ProvedIdentity:
    release_session()
    try:
        return provider().fetch_identity(request.args.to_dict(), _question(flow), now=now_utc())
    except OpenIdError:
        # Only whoever began a login in this browser comes so far.
        login = current_login()
        with request_unit_of_work() as session:
            note_happening(
                session, acting(PUBLIC), "user.login_failed", UNKNOWN if login is None else str(login.user.id)
            )
        raise


def _enter(flow: Flow, proved: ProvedIdentity) -> BaseResponse:
    browser = browser_name(request.user_agent.string)
    with request_unit_of_work() as session:
        opened = log_in_by_identity(session, acting(PUBLIC), proved, browser=browser)
    if opened is None:
        raise UnknownIdentityError("unlinked")
    response = redirect(url_for("login.go_on", next=flow.next_address))
    set_cookies(response, opened)
    return response


def _ask_whether_to_link(flow: Flow, proved: ProvedIdentity) -> BaseResponse:
    pending = Pending(purpose=flow.purpose, bound_to=flow.bound_to, identity=proved, begun_at=now_utc())
    response = redirect(url_for("identities.confirm"))
    _keep(response, PENDING_COOKIE, seal_pending(_keyring(), pending))
    return response


def _question(flow: Flow) -> Question:
    return Question(
        redirect_uri=url_for("openid.come_back", _external=True),
        state=flow.state,
        nonce=flow.nonce,
        verifier=flow.verifier,
    )


def _keyring() -> Keyring:
    return current_settings().require_keyring()


def _keep(response: BaseResponse, name: str, value: str) -> None:
    # Lax, because the browser comes back from another site.
    give_cookie(response, name, value, seconds=GOOD_MINUTES * 60)
