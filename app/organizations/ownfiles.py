"""Reads the columns that our own exports add to those of the contract, so that a file comes back as it went out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final, TypeVar

from matching.intake import Intake
from matching.records import Need, Offer
from matching.tables import Fault, FaultCode, Row, one_line, quoted
from matching.tables.values import HEADER_LINE
from matching.vocabulary import Basis

RecordT = TypeVar("RecordT", Need, Offer)

AREAS_BASIS: Final = "areas_basis"
MODES_BASIS: Final = "modes_basis"
BASIS_COLUMNS: Final = (AREAS_BASIS, MODES_BASIS)


def with_own_columns(intake: Intake[RecordT], *, file: str, remark: str, max_length: int) -> Intake[RecordT]:
    """Return the intake with how each record came by its areas and modes, and what is wrong with these columns.

    ``remark`` is a column of free text that the store keeps and the matcher does not know; whoever stores the records
    takes it from the rows.
    """
    found = [fault for row in intake.rows for fault in _faults(row, file=file, remark=remark, limit=max_length)]
    good = with_known_columns(intake, found, file=file, columns=(*BASIS_COLUMNS, remark))
    records = (
        replace(record, areas_basis=_basis(row, AREAS_BASIS), modes_basis=_basis(row, MODES_BASIS))
        for record, row in zip(good.records, good.rows, strict=True)
    )
    return replace(good, records=tuple(records))


def with_known_columns(
    intake: Intake[RecordT], faults: Collection[Fault], *, file: str, columns: Collection[str]
) -> Intake[RecordT]:
    """Return the intake with columns known that the matcher does not know: their faults told, and the rows with one left out."""
    bad_lines = {fault.line for fault in faults}
    good = [(record, row) for record, row in zip(intake.records, intake.rows, strict=True) if row.line not in bad_lines]
    known = {_unknown(column, file=file) for column in columns}
    return Intake(
        records=tuple(record for record, _ in good),
        rows=tuple(row for _, row in good),
        faults=tuple(sorted((*intake.faults, *faults), key=lambda fault: fault.line)),
        warnings=tuple(warning for warning in intake.warnings if warning not in known),
    )


def remark_in(row: Row, column: str, *, otherwise: str) -> str:
    """Return what a row says in such a column, or else what is known where the file has no such column."""
    return row.cells[column].strip() if column in row.cells else otherwise


def _basis(row: Row, column: str) -> Basis:
    """Return how the record came by its codes; what was inferred is left empty and will be inferred again."""
    is_read = _word(row, column) == Basis.READ
    return Basis.READ if is_read else Basis.STATED


def _word(row: Row, column: str) -> str:
    return row.cells.get(column, "").strip().lower()


def _faults(row: Row, *, file: str, remark: str, limit: int) -> Iterator[Fault]:
    for column in BASIS_COLUMNS:
        if _word(row, column) not in ("", *Basis):
            sentence = (
                f"{quoted(row.cells[column].strip())} is not a basis; write stated, read or inferred, or nothing."
            )
            yield Fault(file=file, line=row.line, column=column, code=FaultCode.UNKNOWN_CODE, sentence=sentence)
    text = remark_in(row, remark, otherwise="")
    if len(text) > limit:
        sentence = f"The cell is longer than {limit} characters; shorten it."
        yield Fault(file=file, line=row.line, column=remark, code=FaultCode.OUT_OF_RANGE, sentence=sentence)
    elif not text.isprintable():
        sentence = "The cell holds a line break or a character that nobody sees; type the text anew."
        yield Fault(file=file, line=row.line, column=remark, code=FaultCode.BAD_CHARACTER, sentence=sentence)


def _unknown(column: str, *, file: str) -> str:
    """Return the matcher's warning about a column that the contract does not have."""
    return f"{one_line(file)}:{HEADER_LINE}:{column}: the column is not known and is ignored."
