"""The page that a link opens which works once: on it a person chooses a password."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts.authentication import acting, forget_session
from app.accounts.credentials import choose_password, find_link
from app.accounts.models import SingleUseLink
from app.accounts.passwords import UnusablePasswordError
from app.accounts.views.common import secret_page, wanted_password
from app.actor import PUBLIC
from app.clock import now_utc
from app.edge import request_session, request_unit_of_work
from app.errors import AppError, NotFoundError

bp = Blueprint("invitations", __name__, url_prefix="/invitations")


@bp.get("/<string:secret>")
def show(secret: str) -> ResponseReturnValue:
    """Show the form to choose a password."""
    return _form(_link(secret))


@bp.post("/<string:secret>")
def choose(secret: str) -> ResponseReturnValue:
    """Choose a password; then one logs in with it."""
    link = _link(secret)
    try:
        password = wanted_password()
        with request_unit_of_work() as session:
            choose_password(session, acting(PUBLIC), secret, password)
    except UnusablePasswordError as error:
        return _form(link, error)
    response = redirect(url_for("login.begin"))
    forget_session(response)
    return response


def _link(secret: str) -> SingleUseLink:
    link = find_link(request_session(), secret, now=now_utc())
    if link is None:
        raise NotFoundError("The link has been used or is too old; ask for a new one.")
    return link


def _form(link: SingleUseLink, error: AppError | None = None) -> Response:
    title = gettext("Choose a password")
    return secret_page("accounts/choose_password.html", error=error, title=title, user=link.user, link=link)
