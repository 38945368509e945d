"""The cookies of this service: how they are named, and how they are given, read and taken away."""

from __future__ import annotations

from typing import Final

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from werkzeug.wrappers import Response

HOST_PREFIX: Final = "__Host-"  # RFC 6265bis: browsers take it with Secure, Path=/ and without Domain only


class FormCookies(SecureCookieSessionInterface):
    """What forms are checked against, in a cookie that is named and guarded like the others."""

    def get_cookie_name(self, app: Flask) -> str:
        """Return the name as it is at the address that was asked for."""
        return cookie_name(super().get_cookie_name(app))

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 – Flask's own signature
        """Return whether the browser sends it over TLS alone."""
        return request.is_secure


def cookie_name(name: str) -> str:
    """Return the name of a cookie as it is at the address that was asked for.

    Over TLS it begins with what keeps other hosts of the domain, and whoever sits on the line without TLS, from putting
    one of theirs in its place. Without TLS, as on one's own machine, browsers would not take it.
    """
    return f"{HOST_PREFIX}{name}" if request.is_secure else name


def find_cookie(name: str) -> str:
    """Return what the browser sent; an empty text where it sent nothing."""
    return request.cookies.get(cookie_name(name), "")


def give_cookie(response: Response, name: str, value: str, *, seconds: int) -> None:
    """Let the browser keep a value for so long: out of reach of scripts, and of other sites but for their links."""
    response.set_cookie(
        cookie_name(name), value, max_age=seconds, path="/", httponly=True, samesite="Lax", secure=request.is_secure
    )


def take_cookie(response: Response, name: str) -> None:
    """Let the browser forget a value."""
    response.delete_cookie(cookie_name(name), path="/", httponly=True, samesite="Lax", secure=request.is_secure)
