"""Security of the web edge: what cookies and responses have to carry."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect

from app.cookies import FormCookies

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)

CSRF_EXTENSION: Final = "tandem_csrf"

STRICT_TRANSPORT: Final = "max-age=31536000"  # a year, once the service was reached over TLS

HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def init_app(app: Flask) -> None:
    """Give every response the security headers; a view that needs another value sets it itself."""
    app.config.update(
        # Holds what forms are checked against and nothing else; who is logged in has a cookie of their own.
        SESSION_COOKIE_NAME="tandem_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # As long as the browser stays open: who writes for two hours does not lose the text for that.
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=1_000_000,
    )
    app.session_interface = FormCookies()
    app.extensions[CSRF_EXTENSION] = CSRFProtect(app)
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    return response
