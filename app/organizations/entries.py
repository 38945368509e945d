"""Single records given field by field: checked and stored as a row of a file is, so that every way in has the same rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.policy import require
from app.access.vocabulary import Permission
from app.actor import Actor
from app.clock import Clock, now_utc
from app.errors import ConflictError, InvalidInputError
from app.organizations.importing import FileImport, ImportReport, ReadFile
from app.organizations.models import Organization
from app.organizations.queries import list_kept_for
from app.tables import Cell, Table, csv_chunks
from matching.intake import Intake
from matching.reference import Reference
from matching.tables import Fault, FaultCode
from matching.vocabulary import Basis, Visibility

LIST_SEPARATOR: Final = ";"
ORGANIZATION: Final = "organization"
EXTERNAL_ID: Final = "external_id"
LINES_IT_TAKES: Final[tuple[str, ...]] = (
    "title",
    "provider",
)  # without one of these there is no record, but maybe a draft
NOTHING_YET: Final = "–"  # stands there meanwhile, and says nothing
# Fields whose codes are stated once somebody gives them, however the record came by those it had.
BASIS_BY_FIELD: Final = {"areas": "areas_basis", "modes": "modes_basis"}


class KeptRecord(Protocol):
    """What needs and offers have in common."""

    id: Any
    external_id: Any
    organization_id: Any
    title: Any
    description: Any
    budget: Any
    currency: Any
    visibility: Any
    areas_basis: Any
    modes_basis: Any
    source_url: Any

    @property
    def area_codes(self) -> tuple[str, ...]:
        """The areas, the most important first."""

    @property
    def mode_codes(self) -> Sequence[str]:
        """The modes of support."""

    @property
    def language_codes(self) -> tuple[str, ...]:
        """The languages."""


RecordT = TypeVar("RecordT", bound=KeptRecord)


class RecordExistsError(ConflictError):
    """The organization has a record of this id already."""

    code = "record_exists"


class FaultyRecordError(InvalidInputError):
    """Some fields do not hold what they have to; ``errors`` says which, each with a pointer to it.

    ``code_by_field`` says in one word what is wrong with each of them.
    """

    def __init__(self, errors: Sequence[Mapping[str, str]], *, code_by_field: Mapping[str, FaultCode]) -> None:
        super().__init__("Some of the input is not valid; `errors` says which and why.")
        self.errors = [dict(error) for error in errors]
        self.code_by_field = code_by_field


def _itself(_session: Session, _organization_id: UUID, external_id: str) -> Sequence[str]:
    return (external_id,)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryKind(Generic[RecordT]):
    """How records of one kind are taken in: what fields and columns are called, and the two halves of an import."""

    noun: str
    permission: Permission
    column_by_field: Mapping[str, str]
    cells_of: Callable[[RecordT], Mapping[str, Cell]]
    model: type[RecordT]
    # What a row says, and all that is wrong with it; the text is not read for what the row does not say.
    take_in: Callable[..., Intake[Any]]
    read: Callable[..., ReadFile[Any]]
    store: Callable[..., ImportReport]
    # What may stand in the column of external ids for one: itself, and what it is where it is sealed.
    stored_ids: Callable[[Session, UUID, str], Sequence[str]] = _itself


def create_record(
    session: Session, actor: Actor, kind: EntryKind[RecordT], given: Mapping[str, Any], *, clock: Clock = now_utc
) -> UUID:
    """Store a new record; return its id.

    Raises
    ------
    FaultyRecordError
        When a field does not hold what it has to, or names no organization for which the actor may do this.
    RecordExistsError
        When the organization has a record of this id already.
    """
    organization = _keeper(session, actor, kind.permission, given.get(ORGANIZATION))
    external_id = given.get(EXTERNAL_ID) or str(uuid4())
    its_id = select(kind.model.id).where(
        kind.model.organization_id == organization.id,
        kind.model.external_id.in_(kind.stored_ids(session, organization.id, external_id)),
    )
    if session.scalar(its_id) is not None:
        raise RecordExistsError(
            f"{organization.code} has a {kind.noun} with the id '{external_id}' already; change that one."
        )
    values = {name: value for name, value in given.items() if name != ORGANIZATION} | {EXTERNAL_ID: external_id}
    _enter(session, actor, kind, {}, values, organization=organization, clock=clock)
    record_id: UUID = session.scalars(its_id).one()
    return record_id


def change_record(
    session: Session,
    actor: Actor,
    kind: EntryKind[RecordT],
    record: RecordT,
    given: Mapping[str, Any],
    *,
    clock: Clock = now_utc,
) -> None:
    """Give some fields of a record other values; the rest stays, and what was read before is read anew.

    Raises
    ------
    ForbiddenError
        When the actor may not change it.
    FaultyRecordError
        When a field does not hold what it has to.
    """
    require(actor, kind.permission, owner_id=record.organization_id)
    organization = session.get_one(Organization, record.organization_id)
    _enter(session, actor, kind, kind.cells_of(record), given, organization=organization, clock=clock)
    session.expire_all()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftReading:
    """What fields say that may not be whole yet: the record, ``None`` where not even that can be told, and the faults."""

    record: Any
    code_by_field: Mapping[str, FaultCode]


def read_draft(
    session: Session,
    actor: Actor,
    kind: EntryKind[RecordT],
    given: Mapping[str, Any],
    *,
    reference: Reference | None = None,
) -> DraftReading:
    """Return a record as far as its fields can be read, each that cannot as if it were empty; nothing is stored.

    ``reference`` saves reading the States and areas once more.
    """
    cells = {"id": kind.noun, **_cells(kind, given)}
    faults = {column: FaultCode.MISSING_VALUE for column in LINES_IT_TAKES if column in cells and not cells[column]}
    cells |= dict.fromkeys(faults, NOTHING_YET)
    while True:
        intake = kind.take_in(session, actor, _file(kind, cells, organization_code=""), reference=reference)
        found = {fault.column: fault.code for fault in intake.faults if fault.column not in faults}
        faults |= found
        if not found:
            break
        # A sum says nothing without its currency.
        unread = {*found, *(("budget",) if "currency" in found else ())}
        cells = {column: cell for column, cell in cells.items() if column not in unread}
        cells |= {column: NOTHING_YET for column in LINES_IT_TAKES if column in found}
    return DraftReading(
        record=next(iter(intake.records), None),
        code_by_field={_field(column, kind): code for column, code in faults.items()},
    )


def shared_cells(record: KeptRecord) -> dict[str, Cell]:
    """Return what a file of our own says of a need or an offer; what was inferred is left to be inferred again."""
    has_areas, has_modes = record.areas_basis is not Basis.INFERRED, record.modes_basis is not Basis.INFERRED
    return {
        "id": record.external_id,
        "title": record.title,
        "description": record.description,
        "areas": LIST_SEPARATOR.join(record.area_codes) if has_areas else "",
        "modes": LIST_SEPARATOR.join(record.mode_codes) if has_modes else "",
        "languages": LIST_SEPARATOR.join(record.language_codes),
        "budget": record.budget,
        "currency": record.currency,
        "visibility": record.visibility.value,
        "source_url": record.source_url,
        "areas_basis": record.areas_basis.value,
        "modes_basis": record.modes_basis.value,
    }


def _keeper(session: Session, actor: Actor, permission: Permission, code: str | None) -> Organization:
    """Return the organization that is to keep a record: the one that is named, or the only one there can be."""
    organizations = list_kept_for(session, actor, permission)
    if not organizations:
        require(actor, permission)
    named = [row for row in organizations if code is None or row.code.lower() == code.lower()]
    if len(named) == 1:
        return named[0]
    told = ", ".join(row.code for row in organizations)
    raise FaultyRecordError(
        [{"pointer": f"/json/{ORGANIZATION}", "detail": f"Name one of your organizations: {told}."}],
        code_by_field={ORGANIZATION: FaultCode.UNKNOWN_CODE},
    )


def _enter(  # noqa: PLR0913 – what is there, what is given, and for whom
    session: Session,
    actor: Actor,
    kind: EntryKind[RecordT],
    present: Mapping[str, Cell],
    given: Mapping[str, Any],
    *,
    organization: Organization,
    clock: Clock,
) -> None:
    cells = {**present, **_cells(kind, given)}
    file = _file(kind, cells, organization_code=organization.code)
    found = kind.read(session, actor, file, clock=clock)
    if found.is_refused:
        faults = found.intake.faults
        raise FaultyRecordError(
            [_error(fault, kind) for fault in faults],
            code_by_field={_field(fault.column, kind): fault.code for fault in faults},
        )
    kind.store(session, actor, found, clock=clock)


def _cells(kind: EntryKind[RecordT], given: Mapping[str, Any]) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for field, value in given.items():
        cells[kind.column_by_field.get(field, field)] = _cell(value)
        if field in BASIS_BY_FIELD:
            cells[BASIS_BY_FIELD[field]] = None
    return cells


def _file(kind: EntryKind[RecordT], cells: Mapping[str, Cell], *, organization_code: str) -> FileImport:
    table = Table(name=kind.noun, columns=tuple(cells), rows=iter([tuple(cells.values())]))
    content = b"".join(csv_chunks(table))
    return FileImport(content=content, name=kind.noun, organization_code=organization_code)


def _cell(value: Any) -> Cell:  # noqa: ANN401 – whatever a field holds
    if isinstance(value, Visibility):
        return value.value
    if isinstance(value, list | tuple):
        return LIST_SEPARATOR.join(map(str, value))
    if value is None or isinstance(value, str | int | Decimal | date):
        return value
    raise TypeError(f"A field cannot hold {value!r}.")


def _error(fault: Fault, kind: EntryKind[RecordT]) -> dict[str, str]:
    return {"pointer": f"/json/{_field(fault.column, kind)}", "detail": fault.sentence}


def _field(column: str, kind: EntryKind[RecordT]) -> str:
    """Return the field that is in a column."""
    return next((field for field, name in kind.column_by_field.items() if name == column), column)
