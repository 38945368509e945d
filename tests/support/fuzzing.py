"""Schemathesis on the application, within this process: what its OpenAPI document allows, and much that it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pytest
import schemathesis
from flask import Flask
from hypothesis import strategies
from schemathesis import Case, CheckContext, Response
from schemathesis.checks import CHECKS as KNOWN_CHECKS
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.transport.wsgi import WSGI_TRANSPORT

DOCUMENT: Final = "/api/v1/openapi.json"
REMARK: Final = "x-refused-when"
PHASES: Final = ("examples", "coverage", "fuzzing", "stateful")
SOCKET_OPTIONS: Final = ("max_redirects", "verify", "cert")
_CODE: Final = re.compile(r"\((\w+)\)")

# What the checks take for a refusal, or for an answer to valid input, beside what they do by themselves. Which of the
# added ones a valid request may get, and when, is for `refusal_is_foretold`, which is stricter than a list of statuses.
CHECKS: Final = {
    "positive_data_acceptance": {"expected-statuses": ["2xx", 304, 400, 401, 403, 404, 409, 412, 422]},
    "negative_data_rejection": {"expected-statuses": [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428]},
    "missing_required_header": {"expected-statuses": [401, 403, 404, 428]},
}

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is tried: how many examples of each operation and walks between them, drawn from which seed.

    ``within`` is a pattern of the paths that are tried, all of them where it is empty.
    """

    examples: int
    seed: int = 1
    phases: tuple[str, ...] = PHASES
    within: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request of a phase: the operation and its status, from whose answer it was made, and whose it said it was."""

    phase: str
    operation: str
    status: int
    after: str = ""
    credentials: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All requests, and what was not as the document says: one text for each kind of finding."""

    steps: tuple[Step, ...]
    findings: tuple[str, ...]


def fuzz(app: Flask, effort: Effort, *, token: str | None = None) -> Outcome:
    """Run schemathesis with all of its checks on every operation, as whoever has the token or as the public."""
    settings: dict[str, Any] = {
        "seed": effort.seed,
        "continue-on-failure": True,
        "cache": {"enabled": False},
        "generation": {
            "max-examples": effort.examples,
            "deterministic": True,
            "no-shrink": True,
            "database": "none",
        },
        "checks": CHECKS,
        "phases": {name: {"enabled": name in effort.phases} for name in PHASES},
    }
    if token is not None:
        settings["auth"] = {"openapi": {"bearer": {"bearer": token}}}
    # Whoever collects tests imports this module under another name as well; the tool takes a check once.
    if refusal_is_foretold.__name__ not in KNOWN_CHECKS.get_all_names():
        schemathesis.check(refusal_is_foretold)
    with _within_process(token):
        schema = schemathesis.openapi.from_wsgi(DOCUMENT, app, config=SchemathesisConfig.from_dict(settings))
        if effort.within:
            schema = schema.include(path_regex=effort.within)
        return _collected(from_schema(schema).execute())


def refusal_is_foretold(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """Hold that a valid request is refused only for what the document says it may be, where it says it."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return None
    remarks = _remarks(case)
    match response.status_code:
        case 400 | 422:
            problem = response.json()
            pointers = {_field(error["pointer"]) for error in problem.get("errors", ())}
            codes = set() if pointers else {problem["code"]}
            foretold = {code for remark in remarks.values() for code in _CODE.findall(remark)}
            assert pointers <= remarks.keys(), f"{pointers - remarks.keys()} has no {REMARK} in the document"
            assert codes <= foretold, f"no {REMARK} of the operation names {codes}"
        case 412:
            assert "If-Match" in case.headers, "there was no If-Match"
    return None


def _field(pointer: str) -> str:
    return "/".join(pointer.split("/")[:3])


def _remarks(case: Case) -> Mapping[str, str]:
    """Return what the document says of refusals beyond the schema, by a pointer to the field."""
    document = case.operation.schema.raw_schema
    operation = document["paths"][case.operation.path][case.operation.method.lower()]
    found: dict[str, str] = {}
    for parameter in operation.get("parameters", ()):
        resolved = _resolved(document, parameter)
        place = {"header": "headers"}.get(resolved["in"], resolved["in"])
        found[f"/{place}/{resolved['name']}"] = _remark_of(resolved) or _remark_of(resolved["schema"])
    for content in operation.get("requestBody", {}).get("content", {}).values():
        for name, told in _resolved(document, content["schema"]).get("properties", {}).items():
            found[f"/json/{name}"] = _remark_of(told) or _remark_of(told.get("items", {}))
    return {pointer: remark for pointer, remark in found.items() if remark}


def _remark_of(told: Json) -> str:
    return str(told.get(REMARK, ""))


def _resolved(document: Json, part: Json) -> Json:
    if "$ref" not in part:
        return part
    found = document
    for key in part["$ref"].removeprefix("#/").split("/"):
        found = found[key]
    return found


def _collected(stream: Iterator[events.EngineEvent]) -> Outcome:
    steps: list[Step] = []
    findings: dict[tuple[str, ...], str] = {}
    for event in stream:
        if isinstance(event, events.NonFatalError):
            findings[event.label, str(event.value)] = f"{event.label}: {event.value!r}"
        if isinstance(event, events.ScenarioFinished):
            steps += _steps(event.phase.value, event.recorder)
            for key, text in _failures(event.recorder):
                findings.setdefault(key, f"[{event.phase.value}] {text}")
    return Outcome(steps=tuple(steps), findings=tuple(findings.values()))


def _steps(phase: str, recorder: ScenarioRecorder) -> Iterator[Step]:
    for case_id, interaction in recorder.interactions.items():
        node = recorder.cases[case_id]
        parent = recorder.cases.get(node.parent_id or "") if node.is_transition_applied else None
        yield Step(
            phase=phase,
            operation=node.value.operation.label,
            status=interaction.response.status_code if interaction.response else 0,
            after=parent.value.operation.label if parent else "",
            credentials=next(iter(interaction.request.headers.get("Authorization", ())), ""),
        )


def _failures(recorder: ScenarioRecorder) -> Iterator[tuple[tuple[str, ...], str]]:
    for case_id, nodes in recorder.checks.items():
        for node in nodes:
            if node.failure_info is None:
                continue
            failure, operation = node.failure_info.failure, recorder.cases[case_id].value.operation.label
            answer = recorder.interactions[case_id].response if case_id in recorder.interactions else None
            told = f"{answer.status_code} {answer.text[:600]}" if answer and answer.content else ""
            sent = node.failure_info.code_sample[:1500]
            yield (
                (node.name, operation, failure.title),
                (f"{node.name} of {operation}: {failure.title}: {failure.message}\n  {sent}\n  {told}"),
            )


@contextmanager
def _within_process(token: str | None) -> Iterator[None]:
    """Send requests to the application as the tool means them, for as long as this lasts.

    The check `ignored_auth` gives its probes settings of sockets, which WSGI has no use for. And what is open to everybody
    has no security scheme to give the token to, though whoever sends one is answered more. The tool's own headers of an
    operation are no way out: they stay in the session and go with every later request, in the place of wrong tokens too.
    """
    send = WSGI_TRANSPORT.send

    def sent(case: Case, **options: Any) -> Response:
        kept = {name: value for name, value in options.items() if name not in SOCKET_OPTIONS}
        is_public = not case.operation.definition.raw.get("security")
        if token is not None and is_public and "Authorization" not in case.headers:
            kept["headers"] = {**(kept.get("headers") or {}), "Authorization": f"Bearer {token}"}
        return send(case, **kept)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGI_TRANSPORT, "send", sent)
        yield


# Most days there could be lie outside of what a record may name, and few records would come to be.
schemathesis.openapi.format("date", strategies.dates(date(2000, 1, 1), date(2040, 1, 1)).map(date.isoformat))
