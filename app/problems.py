"""Errors under /api as RFC 9457 problem documents; every other address keeps its error pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from flask import Flask, Response, current_app, json, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.db import is_out_of_order
from app.errors import AppError

PROBLEM_TYPE: Final = "application/problem+json"
API_PATH: Final = "/api/"
MACHINE_PATHS: Final = (API_PATH, "/healthz", "/readyz", "/metrics")

# The codes are stable: programs may rely on them.
CODE_BY_STATUS: Final[Mapping[int, str]] = {
    400: "bad_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    412: "version_stale",
    413: "content_too_large",
    414: "address_too_long",
    415: "unsupported_media_type",
    422: "invalid_input",
    428: "version_missing",
    429: "too_many_requests",
    431: "headers_too_large",
    500: "internal_error",
    503: "unavailable",
}
# With those that only some errors have; `error` stands for a status that is not in the list above.
PROBLEM_CODES: Final = tuple(
    sorted(
        {
            *CODE_BY_STATUS.values(),
            "bad_cursor",
            "conflict",
            "error",
            "idempotency_key_reused",
            "last_of_role",
            "no_place_left",
            "not_from_here",
            "not_migrated",
            "organization_exists",
            "record_exists",
            "role_held",
            "signatures_lacking",
        }
    )
)
DETAIL_BY_STATUS: Final[Mapping[int, str]] = {
    400: "The request cannot be read.",
    404: "There is nothing at this address, or it may not be seen.",
    412: "The record was changed meanwhile; read it again and decide anew.",
    428: "A change needs the header If-Match with the ETag of what was read.",
    405: "This address does not take this method; the Allow header names those it takes.",
    413: "The request is larger than this address takes.",
    415: "The request's media type is not one that this address takes.",
    422: "Some of the input is not valid; `errors` says which and why.",
    500: "Something went wrong on our side; try again, and if it happens again give the X-Request-Id to the secretariat.",
    503: "The service cannot reach its database; try again in a minute.",
}

Handler = Callable[[Exception], Any]


def init_app(app: Flask) -> None:
    """Turn errors at the addresses for programs into problem documents; has to come after the error pages."""
    registered = app.error_handler_spec[None][None]
    for kind in (HTTPException, AppError, OperationalError, Exception):
        app.register_error_handler(kind, _for_programs(registered.get(kind) or registered.get(Exception)))


def is_for_programs(path: str) -> bool:
    """Return whether an address answers programs and not people."""
    return path.startswith(MACHINE_PATHS) or path == "/api"


def problem_response(
    status: int, *, code: str | None = None, detail: str | None = None, errors: list[dict[str, str]] | None = None
) -> Response:
    """Return a problem document; it never holds anything of the request, so that equal problems are equal bytes."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code or CODE_BY_STATUS.get(status, "error"),
        "detail": detail or DETAIL_BY_STATUS.get(status, HTTPStatus(status).description or HTTPStatus(status).phrase),
    }
    if errors is not None:
        document["errors"] = errors
    return Response(json.dumps(document, ensure_ascii=False), status=status, mimetype=PROBLEM_TYPE)


def listed_errors(messages: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return validation messages, nested as the input is, as the errors of a problem document."""
    return list(_listed(messages))


def problem_of(error: Exception) -> Response:
    """Return the problem document of an error; what was not foreseen is logged and tells nothing."""
    if isinstance(error, AppError):
        detail = str(error) or error.title
        response = problem_response(error.status, code=error.code, detail=detail, errors=error.errors)
        if error.status == HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = 'Bearer realm="tandem", error="invalid_token"'
        return response
    if isinstance(error, HTTPException):
        return _http_problem(error)
    if isinstance(error, StaleDataError):
        return problem_response(412)
    current_app.logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return problem_response(503 if is_out_of_order(error) else 500)


def _for_programs(otherwise: Handler | None) -> Handler:
    def handle(error: Exception) -> Any:  # noqa: ANN401 – whatever the pages' handler returns
        if isinstance(error, HTTPException) and (error.code or 500) < HTTPStatus.BAD_REQUEST:
            return error
        if is_for_programs(request.path):
            return problem_of(error)
        if otherwise is not None:
            return otherwise(error)
        if isinstance(error, HTTPException):
            return error
        raise error

    return handle


def _http_problem(error: HTTPException) -> Response:
    status = error.code or 500
    data = getattr(error, "data", None) or {}
    errors = listed_errors(data["messages"]) if "messages" in data else None
    response = problem_response(status, errors=errors)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _listed(messages: Any, pointer: str = "") -> Iterator[dict[str, str]]:  # noqa: ANN401 – nested as the input is
    """Yield one error for each message, with where in the request it is."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _listed(inner, f"{pointer}/{_escaped(str(key))}")
        return
    for message in [messages] if isinstance(messages, str) else messages:
        error = {"pointer": pointer, "detail": str(message)}
        if pointer.startswith("/query/"):
            error["parameter"] = pointer.removeprefix("/query/").partition("/")[0].replace("~1", "/").replace("~0", "~")
        yield error


def _escaped(key: str) -> str:
    """Return a key as RFC 6901 writes it in a pointer; signs that do not print are left out."""
    plain = "".join(letter for letter in key[:100] if letter.isprintable())
    return plain.replace("~", "~0").replace("/", "~1")
