"""What every request gets: an id, typed addresses and figures; and the addresses that say how the service is."""

from __future__ import annotations

import hmac
import re
import time
from ipaddress import ip_address
from typing import Final
from uuid import uuid4

from flask import Flask, Response, abort, current_app, g, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from werkzeug.routing import BaseConverter

from app.edge import current_database
from app.problems import is_for_programs, problem_response
from app.schema import is_current

REQUEST_ID_HEADER: Final = "X-Request-Id"
METRICS_EXTENSION: Final = "tandem_metrics"
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
_PROXY_HEADERS: Final = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class CodeConverter(BaseConverter):
    """The code of a State, a group or an area in an address."""

    regex = r"[A-Za-z0-9][A-Za-z0-9.\-]{0,15}"


class HandleConverter(BaseConverter):
    """The code of an organization in an address, or its id."""

    regex = r"[A-Za-z0-9][A-Za-z0-9._\-]{0,63}"


class Metrics:
    """Figures about the service itself, counted by each worker for its own requests."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "tandem_http_requests", "Requests answered.", ("method", "endpoint", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "tandem_http_request_seconds", "Time to answer.", ("endpoint",), registry=self.registry
        )


def init_app(app: Flask) -> None:
    """Set up ids, address types and figures, and the addresses that say how the service is."""
    app.extensions[METRICS_EXTENSION] = Metrics()
    app.url_map.converters["code"] = CodeConverter
    app.url_map.converters["handle"] = HandleConverter
    app.before_request(_begin)
    app.after_request(_finish)
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)
    app.add_url_rule("/metrics", "metrics", metrics)


def request_id() -> str:
    """Return the id of this request: the caller's own where it can be used, else a new one."""
    if "request_id" not in g:
        given = request.headers.get(REQUEST_ID_HEADER, "")
        g.request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid4())
    found: str = g.request_id
    return found


def attachment(content: bytes, *, media_type: str, name: str) -> Response:
    """Return a file that is to be kept under a name."""
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def healthz() -> Response:
    """Say that the process is alive."""
    return jsonify(status="alive")


def readyz() -> Response:
    """Say whether the database can be reached and is at this release's migration."""
    with current_database().reading() as session:
        is_ready = is_current(session.connection())
    if is_ready:
        return jsonify(status="ready")
    detail = "The database is not at this release's migration; run `flask --app wsgi db upgrade`."
    return problem_response(503, code="not_migrated", detail=detail)


def metrics() -> Response:
    """Give the figures to a collector on this machine or with the token, and nothing to anybody else."""
    if not _is_local() and not _has_token():
        abort(404)
    found: Metrics = current_app.extensions[METRICS_EXTENSION]
    return Response(generate_latest(found.registry), content_type=CONTENT_TYPE_LATEST)


def _is_local() -> bool:
    # Behind a proxy on the same machine every request comes from the loopback, but says for whom.
    if any(name in request.headers for name in _PROXY_HEADERS):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _has_token() -> bool:
    expected = current_app.config["METRICS_TOKEN"]
    given = request.authorization
    if not expected or given is None or given.type != "bearer" or given.token is None:
        return False
    return hmac.compare_digest(given.token.encode(), expected.encode())


def _begin() -> None:
    g.began = time.perf_counter()


def _finish(response: Response) -> Response:
    response.headers[REQUEST_ID_HEADER] = request_id()
    if is_for_programs(request.path):
        response.headers.setdefault("Cache-Control", "no-cache")
    found: Metrics = current_app.extensions[METRICS_EXTENSION]
    endpoint = request.endpoint or "none"
    # Anybody can invent methods, and each would be a series of its own.
    method = request.method if request.method in _METHODS else "other"
    found.requests.labels(method, endpoint, str(response.status_code)).inc()
    if "began" in g:
        found.seconds.labels(endpoint).observe(time.perf_counter() - g.began)
    return response
