"""Reads the file of decisions: which offers a list showed for a need, at which place, and what came of each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from matching.intake import cells as cell
from matching.intake.cells import CellError
from matching.intake.codebooks import WordSet
from matching.intake.rows import Cells, Columns, Intake, read_rows
from matching.intake.suggestions import Suggester
from matching.learning.decisions import Answer, Decision
from matching.tables import Fault, FaultCode, quoted
from matching.tables.values import HEADER_LINE
from matching.vocabulary import Component

DECISION_COLUMNS: Final = Columns(
    # What else ``matches.csv`` has may stand there: the file of a run with one more column is a file of decisions.
    known=("need_id", "offer_id", "rank", "decision", "list", *Component, "score", "allocated", "reasons"),
    required=("need_id", "offer_id", "rank", "decision"),
    sibling=("title", "needs or offers"),
)

_MAX_RANK: Final = 1_000_000
# A spreadsheet writes the smallest as 5.7E-05.
_SHARE: Final = re.compile(r"[0-9]{1,20}(\.[0-9]{0,20})?([eE]-?[0-9]{1,2})?\Z")
_NAN: Final = float("nan")

rank: Final = partial(cell.whole_number, lowest=1, highest=_MAX_RANK)


def share(text: str) -> float:
    """Return the value of a component.

    Raises
    ------
    CellError
        ``bad_number`` when it is no plain decimal, ``out_of_range`` when it is not in [0, 1].

    Examples
    --------
    >>> share("0.750000")
    0.75
    """
    if not _SHARE.match(text):
        sentence = (
            f"{quoted(text)} is not the value of a component; write a number from 0 to 1 as in matches.csv: 0.75."
        )
        raise CellError(FaultCode.BAD_NUMBER, sentence)
    if float(text) > 1:
        raise CellError(FaultCode.OUT_OF_RANGE, f"{quoted(text)} is out of range; write a number from 0 to 1.")
    return float(text)


def read_decisions(content: bytes, *, name: str, need_ids: Iterable[str], offer_ids: Iterable[str]) -> Intake[Decision]:
    r"""Return the decisions of a file, and all that is wrong with it.

    Parameters
    ----------
    content
        The bytes of a CSV or XLSX file with the columns of ``DECISION_COLUMNS``, in any order.
    name
        The name of the file, for its faults.
    need_ids, offer_ids
        The records that are at hand. A row that holds none of the values of its components has to name them.

    Returns
    -------
    Intake of Decision
        One for each row without a fault, in the order of the file; its values are ``None`` where the row says nothing of
        them. An empty decision is no word.

    Examples
    --------
    >>> print(*read_decisions(b"need_id,rank,decision\n", name="d.csv", need_ids=(), offer_ids=()).faults)
    d.csv:1:offer_id: missing_column: The header has no column 'offer_id'; add it.
    """
    reader = _DecisionReader(need_ids, offer_ids)
    intake = read_rows(content, name=name, columns=DECISION_COLUMNS, read_row=reader.read)
    missing = _missing_components(intake, name=name)
    return replace(intake, faults=(*missing, *intake.faults)) if missing else intake


def _missing_components(intake: Intake[Decision], *, name: str) -> list[Fault]:
    """Return a fault for each component without a column where others have one: nobody could tell silence from that."""
    columns = intake.rows[0].cells if intake.rows else {}
    missing = [component for component in Component if component not in columns]
    if len(missing) == len(Component):
        return []
    sentence = "The header has columns for some components and none for '{}'; give all of them, or none."
    return [
        Fault(
            file=name,
            line=HEADER_LINE,
            column=component,
            code=FaultCode.MISSING_COLUMN,
            sentence=sentence.format(component),
        )
        for component in missing
    ]


class _DecisionReader:
    def __init__(self, need_ids: Iterable[str], offer_ids: Iterable[str]) -> None:
        self._needs, self._offers = _Known(need_ids, kind="need"), _Known(offer_ids, kind="offer")
        self._line_by_pair: dict[tuple[str, str, str], int] = {}
        self._line_by_place: dict[tuple[str, str, int], int] = {}

    def read(self, cells: Cells) -> Decision | None:
        values = _values(cells)
        is_whole = values is not None
        need_id = cells.require("need_id", partial(self._needs.read, is_whole=is_whole), "")
        offer_id = cells.require("offer_id", partial(self._offers.read, is_whole=is_whole), "")
        shown_at = cells.require("rank", rank, None)
        list_id = cells.read("list", cell.record_id, "")
        answer = cells.read("decision", _ANSWERS.read_one, Answer.NO_WORD)
        if not need_id or not offer_id or shown_at is None:
            return None
        self._check_pair(cells, (need_id, list_id, offer_id))
        self._check_place(cells, (need_id, list_id, shown_at))
        return Decision(
            need_id=need_id, offer_id=offer_id, rank=shown_at, answer=answer, list_id=list_id, values=values
        )

    def _check_pair(self, cells: Cells, pair: tuple[str, str, str]) -> None:
        first = self._line_by_pair.setdefault(pair, cells.line)
        if first != cells.line:
            sentence = (
                f"The offer {quoted(pair[2])} already stands on line {first} in this list of need {quoted(pair[0])}; "
                "delete one row, or tell two lists apart in the column 'list'."
            )
            cells.add("offer_id", FaultCode.DUPLICATE_ID, sentence)

    def _check_place(self, cells: Cells, place: tuple[str, str, int]) -> None:
        first = self._line_by_place.setdefault(place, cells.line)
        if first != cells.line:
            sentence = (
                f"Rank {place[2]} of this list of need {quoted(place[0])} already stands on line {first}; "
                "correct one of them, or tell two lists apart in the column 'list'."
            )
            cells.add("rank", FaultCode.BAD_VALUE, sentence)


class _Known:
    """The records of one kind that are at hand, by either spelling in Unicode."""

    def __init__(self, ids: Iterable[str], *, kind: str) -> None:
        self._id_by_key: Mapping[str, str] = {_key(record_id): record_id for record_id in ids}
        self._kind = kind
        self._suggester = Suggester(list(self._id_by_key.values()))

    def read(self, text: str, *, is_whole: bool) -> str:
        """Return the id as the file of the records has it; a row that holds its own values may name any."""
        record_id = cell.record_id(text)
        found = self._id_by_key.get(_key(record_id))
        if found is None and not is_whole:
            guess = self._suggester.find(record_id)
            hint = "" if guess is None else f" (did you mean {guess}?)"
            sentence = (
                f"There is no {self._kind} {quoted(record_id)}{hint} among those that may be matched; add it to the file of "
                f"{self._kind}s, or give the values of the components as matches.csv had them."
            )
            raise CellError(FaultCode.UNKNOWN_CODE, sentence)
        return found or record_id


def _values(cells: Cells) -> tuple[float, ...] | None:
    """Return what a row says of the components of its pair, silence as NaN, or nothing where it says nothing at all."""
    if not any(cells.has_text(component) for component in Component):
        return None
    return tuple(cells.read(component, share, _NAN) for component in Component)


def _key(record_id: str) -> str:
    return unicodedata.normalize("NFC", record_id)


_ANSWERS: Final = WordSet(Answer, kind="what came of an offer")
