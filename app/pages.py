"""Pages: the reader's language, what templates can use, and pages that say what went wrong."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from babel import Locale
from flask import Flask, Response, current_app, render_template, request, url_for
from flask_babel import Babel, gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from app import filters, labels
from app.db import is_out_of_order
from app.errors import AppError
from app.http import request_id
from matching.reference import LANGUAGES
from matching.sentences import N_

LANGUAGE_COOKIE: Final = "language"
LANGUAGE_COOKIE_SECONDS: Final = 365 * 24 * 3600
ASSET_SECONDS: Final = 365 * 24 * 3600  # an asset's address changes with its content
DEFAULT_LANGUAGE: Final = "en"
COMPLETE_LANGUAGES: Final = frozenset({"en"})  # the others have names and titles, but no catalogue yet

OWN_NAMES: Final = {
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "ru": "Русский",
    "zh": "中文",
    "ar": "العربية",
}
"""What each language calls itself: the reader of a language finds it in any other."""

ERROR_TITLES: Final = {
    400: N_("The address cannot be read"),
    403: N_("This is not open to you"),
    404: N_("There is no such page"),
    405: N_("This cannot be done here"),
    413: N_("That was too much at once"),
    422: N_("The filters cannot be used"),
    429: N_("Too many requests"),
    500: N_("Something went wrong on our side"),
}
ERROR_ADVICE: Final = {
    400: N_("Part of the address is damaged or out of date. Start again from one of the lists below."),
    403: N_("Ask the secretariat if you should have access."),
    404: N_(
        "The address may be mistyped, or the record may have been withdrawn or may not be public. "
        "Look for it in one of the lists below."
    ),
    405: N_("Go back and use the links and buttons of the page."),
    413: N_("Shorten what you entered and try again."),
    422: N_(
        "A filter in the address has a value that does not exist. Choose the filters anew in one of the lists below."
    ),
    429: N_("Wait a minute, then try again."),
    500: N_(
        "Nothing you did was lost. Try again in a minute; if it happens again, tell the secretariat the number below."
    ),
}
# The control characters of Unicode in UTF-8, but for a tab and the ends of lines.
_UNPRINTED: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]")


def init_app(app: Flask) -> None:
    """Set up languages, template filters and error pages."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", DEFAULT_LANGUAGE)
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "UTC")
    Babel(app, locale_selector=_current_locale)
    filters.init_app(app)
    labels.init_app(app)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_template_values)
    app.after_request(_remember_language)
    app.after_request(_keep_assets)
    app.after_request(_leave_out_controls)
    app.register_error_handler(SecurityError, _name_error)
    app.register_error_handler(CSRFError, _form_error_page)
    app.register_error_handler(HTTPException, _http_error_page)
    app.register_error_handler(AppError, _app_error_page)
    app.register_error_handler(Exception, _failure_page)


def current_language() -> str:
    """Return the language the reader chose in the address or before, else English."""
    for choice in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if choice in LANGUAGES:
            return str(choice)
    return DEFAULT_LANGUAGE


def _current_locale() -> str:
    """Return the locale of the language; English is written as the United Nations write it: 2 March 2026."""
    language = current_language()
    return "en_GB" if language == "en" else language


def address_in(language: str) -> str:
    """Return the present address with another language."""
    if request.endpoint is None or request.routing_exception is not None:
        return f"{url_for('home.index')}?lang={language}"
    # Names in the address are anybody's: some mean something to url_for itself.
    query = request.args.to_dict() | {"lang": language}
    return f"{url_for(request.endpoint, **(request.view_args or {}))}?{urlencode(query)}"


def asset(path: str) -> str:
    """Return the address of a static file, with a digest that changes when the file does."""
    file = Path(str(current_app.static_folder)) / path
    modified_ns = file.stat().st_mtime_ns if file.is_file() else 0
    return url_for("static", filename=path, v=_digest(file, modified_ns))


@lru_cache(maxsize=64)
def _digest(file: Path, modified_ns: int) -> str:
    """Return the first digits of the file's digest; the time of change makes a new file count."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if modified_ns else "none"


def _template_values() -> dict[str, Any]:
    language = current_language()
    return {
        "language": language,
        "direction": Locale.parse(language).text_direction,
        "languages": OWN_NAMES,
        "is_language_complete": language in COMPLETE_LANGUAGES,
        "address_in": address_in,
        "asset": asset,
    }


def _remember_language(response: Response) -> Response:
    # Other answers do not depend on the language, and a file that may be shared must not carry a reader's cookie.
    if response.mimetype != "text/html":
        return response
    response.vary.add("Cookie")
    choice = request.args.get("lang")
    if choice in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            str(choice),
            max_age=LANGUAGE_COOKIE_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
    return response


def _keep_assets(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args and response.status_code == HTTPStatus.OK:
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = ASSET_SECONDS
        response.cache_control.immutable = True
    return response


def _leave_out_controls(response: Response) -> Response:
    """Show what came with the request once more without what no page can hold, such as NUL."""
    is_repeating = bool(request.query_string) or request.method == "POST"
    if is_repeating and response.mimetype == "text/html" and not response.is_streamed:
        content = response.get_data()
        if _UNPRINTED.search(content):
            response.set_data(_UNPRINTED.sub(b"", content))
    return response


def error_page(status: int) -> Response:
    """Return the page for an error: what happened and what to do, nothing about the inside."""
    is_ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    known = status if status in ERROR_TITLES else (500 if is_ours else 400)
    html = render_template(
        "errors/error.html",
        title=gettext(ERROR_TITLES[known]),
        advice=gettext(ERROR_ADVICE[known]),
        reference=request_id() if is_ours else None,
    )
    return Response(html, status=status, mimetype="text/html")


def _name_error(error: SecurityError) -> Response:
    # Asked for under another name, the service knows no address of its own, so there is no page to show.
    return Response("This service does not answer under that name.\n", status=error.code, mimetype="text/plain")


def _form_error_page(error: CSRFError) -> Response:
    html = render_template(
        "errors/error.html",
        title=gettext("The form is too old"),
        advice=gettext("Nothing was changed. Go back, load the page again, and send the form once more."),
        reference=None,
    )
    return Response(html, status=error.code, mimetype="text/html")


def _http_error_page(error: HTTPException) -> Response | HTTPException:
    # Redirects are raised as errors too; they go their way.
    if error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    response = error_page(error.code)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _app_error_page(error: AppError) -> Response:
    return error_page(error.status)


def _failure_page(error: Exception) -> Response:
    current_app.logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return error_page(503 if is_out_of_order(error) else 500)
