"""What imports of needs and of offers share: the file that comes in, and the report on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.audit.services import newest_actions
from app.audit.sync import RecordKind, Tally
from app.db import Base
from matching.intake import Intake
from matching.results import Reading
from matching.tables import Fault
from matching.vocabulary import Visibility

RowT = TypeVar("RowT", bound=Base)
ValueT = TypeVar("ValueT")
RecordT = TypeVar("RecordT")

IDS_PER_QUERY: Final = 500  # SQLite takes 999 parameters in its older builds
SAMPLE_ORIGIN: Final = "sample_"  # begins what the audit trail says of a change that the loading of the sample made


@dataclass(frozen=True, slots=True, kw_only=True)
class FileImport:
    """A file to import into an organization.

    ``keep_good_rows`` stores the rows without faults of a file that has some; ``is_sample`` marks the records as
    taken from public statements and reads the sample's own columns.
    """

    content: bytes
    name: str
    organization_code: str
    is_dry_run: bool = False
    keep_good_rows: bool = False
    is_sample: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile(Generic[RecordT]):
    """A file as it was read, and what the texts of its records suggest; nothing of it is stored yet."""

    file: FileImport
    intake: Intake[RecordT]
    readings: tuple[Reading, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether nothing of the file may be stored: it has faults, and the good rows were not asked for or are none."""
        return bool(self.intake.faults) and not (self.file.keep_good_rows and self.intake.records)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did, or in a dry run would do; nothing where the file was refused for its faults."""

    is_refused: bool = False
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    faults: tuple[Fault, ...] = ()
    warnings: tuple[str, ...] = ()


def report(found: ReadFile[RecordT], tally: Tally) -> ImportReport:
    """Return the report on an import."""
    return ImportReport(
        is_refused=found.is_refused,
        created=tally.created,
        updated=tally.updated,
        unchanged=tally.unchanged,
        faults=found.intake.faults,
        warnings=found.intake.warnings,
    )


def find_existing(
    session: Session,
    query: Select[RowT],
    external_id: InstrumentedAttribute[str],
    wanted: Iterable[str],
) -> dict[str, RowT]:
    """Return the rows of the query whose external id is wanted, by that id."""
    ids = iter(wanted)
    found: dict[str, RowT] = {}
    while batch := list(islice(ids, IDS_PER_QUERY)):
        for row in session.scalars(query.where(external_id.in_(batch))):
            found[str(getattr(row, external_id.key))] = row
    return found


def changed_by_others(session: Session, kind: RecordKind[ValueT, RowT], existing: Mapping[str, RowT]) -> frozenset[str]:
    """Return the external ids of the records whose last change was not made by loading the sample."""
    ids = iter({kind.record_id(row): external_id for external_id, row in existing.items()}.items())
    found: set[str] = set()
    while batch := dict(islice(ids, IDS_PER_QUERY)):
        actions = newest_actions(session, kind.record_type, list(batch), apart_from=kind.beside)
        own = f"{kind.record_type}.{SAMPLE_ORIGIN}"
        found |= {external_id for row_id, external_id in batch.items() if not actions.get(row_id, "").startswith(own)}
    return frozenset(found)


def narrower(first: Visibility, second: Visibility) -> Visibility:
    """Return the one of two visibilities that shows a record to fewer."""
    return min(first, second, key=list(Visibility).index)


def engine_ids(records: Sequence[tuple[UUID, str, str]]) -> Mapping[UUID, str]:
    """Return what the matcher calls each record of a pool; no two are called the same.

    ``records`` holds the id, the organization's code and the external id of each. The external id serves where it
    names one record of the pool, and with the organization's code before it elsewhere.
    """
    n_by_external_id = Counter(external_id for _, _, external_id in records)
    qualified = {qualified_id(code, external_id) for _, code, external_id in records}
    return {
        record_id: (
            external_id
            if n_by_external_id[external_id] == 1 and external_id not in qualified
            else qualified_id(code, external_id)
        )
        for record_id, code, external_id in records
    }


def ambiguous_ids(session: Session, records: Select[str, str]) -> frozenset[str]:
    """Return the external ids that need the organization's code before them, by the same rule as ``engine_ids``.

    ``records`` selects the organization's code and the external id of each record.
    """
    found = records.subquery()
    external_id = found.c[1]
    repeated = select(external_id).group_by(external_id).having(func.count() > 1)
    ambiguous = set(session.scalars(repeated))
    # No code holds a colon, so only an id with one can look like another's with its organization's code.
    doubtful = set(session.scalars(select(external_id).where(external_id.contains(":"))))
    if doubtful:
        ambiguous |= doubtful & {qualified_id(code, plain) for code, plain in session.execute(records)}
    return frozenset(ambiguous)


def qualified_id(organization_code: str, external_id: str) -> str:
    """Return an external id with its organization's code before it, which is unique everywhere."""
    return f"{organization_code}:{external_id}"
