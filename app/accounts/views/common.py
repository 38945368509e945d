"""What the pages of accounts share: where one goes on, what was wrong, and that nothing of them stays anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Final, ParamSpec

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from app.accounts.authentication import PRIVATE, current_login, set_cookies
from app.accounts.logins import Login, OpenedSession
from app.accounts.passwords import UnusablePasswordError
from app.errors import AppError, NotFoundError, UnauthenticatedError

P = ParamSpec("P")

NEXT: Final = "next"
MAX_NEXT_LENGTH: Final = 1000
CSRF_FIELD: Final = "csrf_token"


def secret_page(template: str, *, error: AppError | None = None, **values: object) -> Response:
    """Return a page that no cache keeps and whose address no other site learns; with an error, as one."""
    html = render_template(template, error=error, **values)
    response = Response(html, status=HTTPStatus.OK if error is None else error.status, mimetype="text/html")
    response.headers["Cache-Control"] = PRIVATE
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def recovery_codes_page(codes: Sequence[str], opened: OpenedSession, *, otherwise: str) -> BaseResponse:
    """Return the page that shows recovery codes this once, else the way to another page, with a renewed session."""
    response: BaseResponse = redirect(url_for(otherwise))
    if codes:
        response = secret_page("accounts/recovery_codes.html", title=gettext("Keep these recovery codes"), codes=codes)
    set_cookies(response, opened)
    return response


def for_people(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Return a view for those who are logged in whole; others log in first and come back."""

    @wraps(view)
    def shown(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        login = current_login()
        if login is None:
            return redirect(url_for("login.begin", next=_own_address()))
        if not login.is_complete:
            return redirect(url_for("login.second_factor"))
        return view(*args, **kwargs)

    return shown


def for_readers(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Return a view for whoever sees what its address names; others who are not logged in whole do that first.

    So an own page of which the session has ended is found again, and nobody learns whether there is one.
    """

    @wraps(view)
    def shown(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        try:
            return view(*args, **kwargs)
        except NotFoundError:
            login = current_login()
            if login is not None and login.is_complete:
                raise
            return for_people(view)(*args, **kwargs)

    return shown


def for_people_at_work(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Return a view that takes a form for those who are logged in whole; to others it gives back all that they typed.

    A session may end while somebody writes. They log in elsewhere and send the same form again.
    """
    return for_people_or(_what_was_typed)(view)


def for_people_or(
    otherwise: Callable[[], ResponseReturnValue],
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Return what makes a view one for those who are logged in whole; to others it answers what ``otherwise`` does."""

    def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def taken(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            login = current_login()
            is_complete = login is not None and login.is_complete
            return view(*args, **kwargs) if is_complete else otherwise()

        return taken

    return decorate


def _what_was_typed() -> Response:
    typed = [(name, value) for name, value in request.form.items(multi=True) if name != CSRF_FIELD]
    page = secret_page("accounts/kept.html", title=gettext("You are not logged in any more"), typed=typed)
    page.status_code = HTTPStatus.UNAUTHORIZED
    return page


def logged_in() -> Login:
    """Return the login of a view that only those see who are logged in.

    Raises
    ------
    UnauthenticatedError
        When there is none, which ``for_people`` does not let happen.
    """
    login = current_login()
    if login is None:
        raise UnauthenticatedError("Log in first.")
    return login


def wanted_password() -> str:
    """Return the password that somebody chose.

    Raises
    ------
    UnusablePasswordError
        When the same was not given twice.
    """
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        raise UnusablePasswordError(gettext("The two passwords are not the same."))
    return password


def next_address() -> str:
    """Return where somebody wanted to go: an address of this service, else the start page."""
    wanted = request.values.get(NEXT, "")
    # What begins with one slash is a path; browsers read a second one, or a backslash, as the beginning of another host.
    is_path = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    is_own = is_path and len(wanted) <= MAX_NEXT_LENGTH and wanted.isprintable()
    return wanted if is_own else url_for("home.index")


def _own_address() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else url_for("account.show")
