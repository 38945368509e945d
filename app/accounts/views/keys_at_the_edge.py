"""What pages with security keys share: as whom keys know this service, and what a script asks and is told."""

from __future__ import annotations

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from flask import Response, jsonify, request
from flask_babel import gettext

from app.accounts.authentication import PRIVATE
from app.accounts.ceremonies import Answer, Service, read_answer
from app.accounts.key_models import MAX_HOST_LENGTH
from app.errors import AppError, ConflictError, InvalidInputError
from app.filters import sentence
from matching.sentences import N_

LOCAL: Final = "localhost"  # the one name to which browsers let keys answer without TLS
NO_NAME: Final = N_(
    "Security keys answer only where the service has a name and is reached over https. Here, use an authenticator app."
)


class NotTheKeyError(InvalidInputError):
    """What a key answered is not what was asked, or not of this person."""

    code = "wrong_key"


def find_service() -> Service | None:
    """Return as whom keys know this service at the address that was asked for; None where browsers let none answer.

    The name is that of the request, which the list of hosts has let through. A false one gains nothing: a browser lets
    a key answer only to the name in its own address bar, and a key that was added under another name is not asked.
    """
    origin = f"{request.scheme}://{request.host}".lower()
    host = urlsplit(origin).hostname or ""
    is_private = request.is_secure or host == LOCAL or host.endswith(f".{LOCAL}")
    if not is_private or not host or len(host) > MAX_HOST_LENGTH or _is_number(host):
        return None
    return Service(host=host, origin=origin)


def get_service() -> Service:
    """Return as whom keys know this service.

    Raises
    ------
    ConflictError
        When browsers let no key answer at this address.
    """
    service = find_service()
    if service is None:
        raise ConflictError(gettext(NO_NAME))
    return service


def given_answer() -> Answer | None:
    """Return what the script of a page has put into its form; None where that is nothing that a key could answer."""
    return read_answer(request.form.get("credential", ""))


def asked(options: str) -> Response:
    """Return what a script hands to the browser."""
    return _private(Response(options, mimetype="application/json"))


def refused(error: AppError) -> Response:
    """Return what a script shows to the person."""
    response = jsonify(error=sentence(error.sentence))
    response.status_code = error.status
    return _private(response)


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = PRIVATE
    return response


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
