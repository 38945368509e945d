"""Reads the JSON of a request within limits: what no record could hold is refused before it is looked at."""

from __future__ import annotations

import json
from typing import Any, Final, NoReturn

from marshmallow import Schema
from webargs import missing
from webargs.flaskparser import FlaskParser
from werkzeug import Request

from app.errors import AppError

MAX_JSON_DEPTH: Final = 16  # lists and objects within each other; no operation takes more than three
MAX_NUMBER_LENGTH: Final = 40  # characters


class UnreadableBodyError(AppError):
    """The body is no JSON, or more of it than any record holds."""

    code = "bad_request"
    status = 400
    title = "The body cannot be read"


class BodyParser(FlaskParser):
    """Takes the arguments of an operation out of a request."""

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ANN401, ARG002 – the library's own signature
        """Return the document in the body of a request.

        Raises
        ------
        UnreadableBodyError
            When there is none that is within the limits.
        """
        content = req.get_data()
        return read_json(content) if content else missing


def read_json(content: bytes) -> Any:  # noqa: ANN401 – any document
    """Return a JSON document.

    Raises
    ------
    UnreadableBodyError
        When it is no JSON in UTF-8, is nested too deeply or holds a number that is too long.
    """
    try:
        document = json.loads(
            content.decode(), parse_int=_whole_number, parse_float=_number, parse_constant=_refuse_constant
        )
    except ValueError as error:
        raise UnreadableBodyError("The body is not JSON in UTF-8.") from error
    except RecursionError as error:
        raise _too_deep() from error
    _check_depth(document)
    return document


def _whole_number(digits: str) -> int:
    return int(_short(digits))


def _number(digits: str) -> float:
    return float(_short(digits))


def _short(digits: str) -> str:
    if len(digits) > MAX_NUMBER_LENGTH:
        raise UnreadableBodyError(f"A number in the body has more than {MAX_NUMBER_LENGTH} characters.")
    return digits


def _refuse_constant(name: str) -> NoReturn:
    # Python reads these, JSON does not have them.
    raise UnreadableBodyError(f"The body is not JSON: {name} is no number.")


def _check_depth(document: Any) -> None:  # noqa: ANN401 – any document
    level = [document]
    for _ in range(MAX_JSON_DEPTH + 1):
        level = [inner for outer in level for inner in _parts(outer)]
    if level:
        raise _too_deep()


def _parts(value: Any) -> list[Any]:  # noqa: ANN401 – any document
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _too_deep() -> UnreadableBodyError:
    return UnreadableBodyError(f"The body has more than {MAX_JSON_DEPTH} lists or objects within each other.")
