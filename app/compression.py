"""Compression: pages and their files go over a slow line in a fraction of their size."""

from __future__ import annotations

import gzip
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, g, request

# The API's answers keep their strong entity tags and stay as they are.
COMPRESSED_TYPES: Final = frozenset({"text/html", "text/css", "text/javascript", "image/svg+xml"})
WORTHWHILE_BYTES: Final = 1_000  # below that a packet carries it all anyway
LEVEL: Final = 6  # gzip's own balance of time and size


def init_app(app: Flask) -> None:
    """Compress what is worth it, for those who can read it."""
    app.after_request(_compress)


def tell_that_names_were_asked_for() -> None:
    """Have this page made small though it was asked for with more than its path.

    To be said of a request alone whose whole query names what there is: nobody can try anything out in it.
    """
    g.asks_by_name = True


def _compress(response: Response) -> Response:
    if response.mimetype not in COMPRESSED_TYPES:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code == HTTPStatus.PARTIAL_CONTENT or not request.accept_encodings["gzip"]:
        return response
    is_file = response.direct_passthrough
    if (response.is_streamed and not is_file) or _could_be_measured(response):
        return response
    response.direct_passthrough = False
    content = response.get_data()
    if is_file:
        # It has been read whole; a reader who hangs up now must not leave it open.
        response.close()
    if len(content) < WORTHWHILE_BYTES:
        return response
    # Files are the same for everybody and stay; a page is made for one reader.
    response.set_data(_smaller_file(content) if is_file else _smaller(content))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)
    tag, _is_weak = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)
    return response


def _could_be_measured(response: Response) -> bool:
    """Return whether the size of the page, made small, could tell what stands on it.

    A page for one reader alone that says again what came with the request gets smaller where the two are alike: another
    site that makes a browser ask for it, and sees how much comes back, could try a secret out letter by letter (BREACH).
    """
    says_again = bool(request.query_string) and not getattr(g, "asks_by_name", False)
    return (says_again or request.method not in ("GET", "HEAD")) and response.cache_control.no_store


def _smaller(content: bytes) -> bytes:
    return gzip.compress(content, LEVEL, mtime=0)


@lru_cache(maxsize=32)
def _smaller_file(content: bytes) -> bytes:
    return _smaller(content)
