"""Reads the files that a run has written, to compare it with another."""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import Any, Final

from matching.command.datafolder import content_of
from matching.differences import PairView, RunView, UnmetView
from matching.errors import UnreadableProfileError
from matching.output import MATCH_COLUMNS, UNMET_COLUMNS, sha256
from matching.profiles import parse_profile
from matching.tables import FaultCode, Row, quoted, read_table
from matching.tables.values import unreadable
from matching.vocabulary import AllocationRule, Component, UnmetReason

_YES: Final = "1"
_ALLOCATED: Final = ("0", _YES)


def read_run(folder: Path) -> RunView:
    """Return the run whose ``matches.csv``, ``unmet.csv`` and ``run.json`` lie in a folder.

    Raises
    ------
    UnreadableTableError
        When a file is missing or is not one that a run has written; its fault names the file.
    """
    ranking = content_of(folder / "matches.csv")
    document = _document(folder / "run.json")
    if document.get("ranking_sha256") != sha256(ranking):
        raise unreadable(
            str(folder / "matches.csv"), "It is not the file that run.json beside it tells of; run the match again."
        )
    name = str(folder / "run.json")
    try:
        return RunView(
            engine_version=str(document["engine_version"]),
            profile=parse_profile(document["profile"]),
            as_of_on=date.fromisoformat(document["as_of"]),
            rule=AllocationRule(document.get("allocation", AllocationRule.OPTIMAL.value)),
            inputs=tuple((str(item["name"]), str(item["sha256"])) for item in document["inputs"]),
            pairs_by_need_id=_pairs(ranking, str(folder / "matches.csv")),
            unmet_by_need_id=_unmet(folder / "unmet.csv"),
        )
    except (KeyError, TypeError, ValueError, UnreadableProfileError) as error:
        raise unreadable(name, f"It is not what a run writes ({error}); run the match again.") from error


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(content_of(path).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise unreadable(str(path), "It is not the JSON that a run writes; run the match again.") from error
    if not isinstance(document, dict):
        raise unreadable(str(path), "It is not the JSON that a run writes; run the match again.")
    return document


def _rows(content: bytes, name: str, columns: tuple[str, ...]) -> tuple[Row, ...]:
    table = read_table(content, name=name)
    missing = [column for column in columns if column not in table.columns]
    if table.faults or missing:
        what = str(table.faults[0].sentence) if table.faults else f"the column '{missing[0]}' is not there"
        raise unreadable(name, f"It is not what a run writes ({what}); run the match again.")
    return table.rows


def _pairs(content: bytes, name: str) -> dict[str, tuple[PairView, ...]]:
    found: dict[str, list[PairView]] = {}
    for row in _rows(content, name, MATCH_COLUMNS):
        try:
            found.setdefault(row.cells["need_id"], []).append(_pair(row))
        except ValueError as error:
            sentence = f"It is not what a run writes ({error}); run the match again."
            raise unreadable(name, sentence, code=FaultCode.BAD_NUMBER, line=row.line) from error
    return {need_id: tuple(pairs) for need_id, pairs in found.items()}


def _pair(row: Row) -> PairView:
    cells = row.cells
    if cells["allocated"] not in _ALLOCATED:
        raise ValueError(f"'allocated' is 0 or 1, not {quoted(cells['allocated'])}")
    return PairView(
        offer_id=cells["offer_id"],
        rank=int(cells["rank"]),
        score=_number(cells["score"]),
        is_allocated=cells["allocated"] == _YES,
        values={component: _number(cells[component]) if cells[component] else None for component in Component},
    )


def _number(cell: str) -> float:
    value = float(cell)
    if not math.isfinite(value):
        raise ValueError(f"{quoted(cell)} is no score")
    return value


def _unmet(path: Path) -> dict[str, UnmetView]:
    found: dict[str, UnmetView] = {}
    for row in _rows(content_of(path), str(path), UNMET_COLUMNS):
        try:
            reason = UnmetReason(row.cells["reason"])
        except ValueError as error:
            sentence = f"It is not what a run writes ({error}); run the match again."
            raise unreadable(str(path), sentence, code=FaultCode.UNKNOWN_CODE, line=row.line) from error
        found[row.cells["need_id"]] = UnmetView(reason=reason, detail=row.cells["detail"])
    return found
