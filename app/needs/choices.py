"""The column in which our own files say to which providers alone a need is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.needs.secrets import CHOSEN_PROVIDERS
from app.organizations.entries import LIST_SEPARATOR
from app.organizations.models import Organization, OrganizationKind
from app.organizations.ownfiles import with_known_columns
from matching.intake import Intake
from matching.records import Need
from matching.tables import Fault, FaultCode, Row, quoted


def with_choices(session: Session, intake: Intake[Need], *, file: str) -> Intake[Need]:
    """Return the intake with the faults of the column: codes that are those of no organization that may offer anything."""
    if not any(CHOSEN_PROVIDERS in row.cells for row in intake.rows):
        return intake
    code_by_key = _offering_organizations(session)
    faults = [fault for row in intake.rows for fault in _faults(row, code_by_key, file=file)]
    good = with_known_columns(intake, faults, file=file, columns=(CHOSEN_PROVIDERS,))
    return replace(good, rows=tuple(_spelled(row, code_by_key) for row in good.rows))


def choices_in(row: Row, *, otherwise: Sequence[str]) -> tuple[str, ...]:
    """Return the organizations that a row names, or else those that are known where the file has no such column."""
    return tuple(_codes(row)) if CHOSEN_PROVIDERS in row.cells else tuple(otherwise)


def _offering_organizations(session: Session) -> Mapping[str, str]:
    """Return the codes of all organizations that may offer something, by the code in lower case."""
    statement = select(Organization.code).where(Organization.kind != OrganizationKind.SECRETARIAT)
    return {code.lower(): code for code in session.scalars(statement)}


def _codes(row: Row) -> Iterable[str]:
    return dict.fromkeys(filter(None, map(str.strip, row.cells.get(CHOSEN_PROVIDERS, "").split(LIST_SEPARATOR))))


def _spelled(row: Row, code_by_key: Mapping[str, str]) -> Row:
    codes = LIST_SEPARATOR.join(dict.fromkeys(code_by_key[code.lower()] for code in _codes(row)))
    return replace(row, cells={**row.cells, CHOSEN_PROVIDERS: codes})


def _faults(row: Row, code_by_key: Mapping[str, str], *, file: str) -> Iterator[Fault]:
    for code in _codes(row):
        if code.lower() not in code_by_key:
            sentence = (
                f"{quoted(code)} is not the code of an organization that offers anything; ask the secretariat for it."
            )
            yield Fault(
                file=file, line=row.line, column=CHOSEN_PROVIDERS, code=FaultCode.UNKNOWN_CODE, sentence=sentence
            )
