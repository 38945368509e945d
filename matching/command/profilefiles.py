"""Reads scoring profiles from JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from matching.command.datafiles import DATA_FOLDER
from matching.command.datafolder import content_of
from matching.errors import UnreadableProfileError
from matching.profiles import ScoringProfile, parse_profile
from matching.tables import Fault, FaultCode, quoted
from matching.tables.values import HEADER_LINE, NO_COLUMN

_MAX_PROFILE_BYTES: Final = 1024 * 1024


def load_profile(path: Path = DATA_FOLDER / "profiles" / "default.json") -> ScoringProfile:
    """Return the scoring profile of a file, or the default one.

    Raises
    ------
    UnreadableTableError
        When the file cannot be opened.
    UnreadableProfileError
        When it is not JSON or describes no profile.
    """
    return parse_json_profile(content_of(path))


def parse_json_profile(content: bytes) -> ScoringProfile:
    """Return the scoring profile that the bytes of a JSON file describe.

    Raises
    ------
    UnreadableProfileError
        When they are not JSON or describe no profile; it has the key, or the line where JSON ends.
    """
    if len(content) > _MAX_PROFILE_BYTES:
        raise UnreadableProfileError("The profile is larger than 1 MB; it needs a few lines.")
    try:
        document = json.loads(
            content.decode("utf-8-sig"), parse_constant=_refuse_constant, object_pairs_hook=_each_once
        )
        # Half a surrogate pair, written as an escape, is JSON and yet no text that ``run.json`` could hold.
        json.dumps(document, ensure_ascii=False).encode("utf-8")
        return parse_profile(document)
    except json.JSONDecodeError as error:
        raise UnreadableProfileError(f"The profile is not JSON: {error.msg}.", line=error.lineno) from error
    except (ValueError, OverflowError, RecursionError) as error:
        raise UnreadableProfileError("The profile is not JSON in UTF-8 with plain numbers.") from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of an object, of which the last of two with one name would win unseen."""
    document: dict[str, Any] = {}
    for key, value in pairs:
        if key in document:
            raise UnreadableProfileError(f"The key {quoted(key)} stands twice in one object; keep one.", key=key)
        document[key] = value
    return document


def profile_fault(error: UnreadableProfileError, *, file: str) -> Fault:
    """Return what is wrong with a profile as a fault of its file; the column is the key."""
    return Fault(
        file=file,
        line=error.line or HEADER_LINE,
        column=error.key or NO_COLUMN,
        code=FaultCode(error.code or FaultCode.UNREADABLE_FILE),
        sentence=str(error),
    )


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number of JSON")
