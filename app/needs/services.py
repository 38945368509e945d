"""Registering needs: from a file, and from the sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.access.policy import Permission, require
from app.actor import Actor
from app.areas.profiles import suggest_readings, taxonomy
from app.audit.services import Document
from app.audit.sync import RecordKind, Tally, count_changes, sync
from app.clock import Clock, now_utc, today_utc
from app.needs.models import MAX_STATED_ON_LENGTH, NeedArea, NeedExclusion, NeedLanguage, NeedMode, NeedState
from app.needs.models import Need as NeedRow
from app.needs.profiles import need_value
from app.organizations.importing import (
    SAMPLE_ORIGIN,
    FileImport,
    ImportReport,
    ReadFile,
    changed_by_others,
    find_existing,
    narrower,
    report,
)
from app.organizations.ownfiles import remark_in, with_own_columns
from app.organizations.services import get_by_code
from app.states.profiles import geography_on
from matching.execution import Progress
from matching.intake import read_needs
from matching.records import Need
from matching.results import Reading
from matching.tables import Row
from matching.vocabulary import Basis, Visibility

# What the matcher's need and the row call by the same name.
_SAME_COLUMNS = (
    "title",
    "description",
    "priority",
    "gap",
    "earliest_on",
    "latest_on",
    "budget",
    "currency",
    "audience",
    "outcome",
    "underway",
    "visibility",
    "areas_basis",
    "modes_basis",
    "source_url",
)
_LISTS = ("states", "area_codes", "modes", "languages", "excluded_providers")
_DAYS = ("earliest_on", "latest_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A need to store: what the matcher knows of it, and what only the store keeps."""

    need: Need
    stated_on: str = ""
    is_sample: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _NeedKind(RecordKind[_Entry, NeedRow]):
    organization_id: UUID
    now: datetime
    origin: str = ""

    record_type = "need"

    def describe_value(self, value: _Entry) -> Document:
        return _described(value)

    def describe_row(self, row: NeedRow) -> Document:
        need = need_value(row, need_id=row.external_id)
        # The matcher infers anew, but the row holds what was inferred when it came in.
        need = replace(need, area_codes=row.area_codes, modes=row.mode_codes)
        return _described(_Entry(need=need, stated_on=row.stated_on, is_sample=row.is_sample))

    def create(self, value: _Entry) -> NeedRow:
        row = NeedRow(
            id=uuid4(),
            organization_id=self.organization_id,
            external_id=value.need.need_id,
            created_at=self.now,
        )
        self._fill(row, value)
        return row

    def update(self, row: NeedRow, value: _Entry) -> None:
        # Whom a State excludes is confidential, and so is that it changed: the version, which follows, stays as well.
        is_seen = _public(self.describe_row(row)) != _public(self.describe_value(value))
        updated_at = self.now if is_seen else row.updated_at
        self._fill(row, value)
        row.updated_at = updated_at

    def record_id(self, row: NeedRow) -> str:
        return str(row.id)

    def _fill(self, row: NeedRow, value: _Entry) -> None:
        need = value.need
        for column in _SAME_COLUMNS:
            setattr(row, column, getattr(need, column))
        row.stated_on, row.is_sample, row.updated_at = (
            value.stated_on,
            value.is_sample,
            self.now,
        )
        row.states = [NeedState(state_code=code) for code in need.states]
        row.areas = [NeedArea(area_code=code, position=place) for place, code in enumerate(need.area_codes)]
        row.modes = [NeedMode(mode=mode, position=place) for place, mode in enumerate(need.modes)]
        row.languages = [NeedLanguage(language=code, position=place) for place, code in enumerate(need.languages)]
        row.exclusions = [
            NeedExclusion(provider_name=name, position=place) for place, name in enumerate(need.excluded_providers)
        ]


def import_needs(session: Session, actor: Actor, file: FileImport, *, clock: Clock = now_utc) -> ImportReport:
    """Store the needs of a file; one that is there already by its id is updated, and left alone if nothing changed.

    For large files call ``read_need_file`` and ``store_needs`` apart: the first takes long and changes nothing, so that
    others can write meanwhile.

    Raises
    ------
    NotFoundError
        When there is no such organization.
    """
    return store_needs(session, actor, read_need_file(session, actor, file, clock=clock), clock=clock)


def read_need_file(
    session: Session, actor: Actor, file: FileImport, *, progress: Progress | None = None, clock: Clock = now_utc
) -> ReadFile[Need]:
    """Return the needs of a file, and what their texts suggest where they do not say; nothing is stored yet.

    Raises
    ------
    NotFoundError
        When there is no such organization.
    """
    organization = get_by_code(session, file.organization_code)
    require(actor, Permission.NEED_DRAFT, owner_id=organization.id)
    intake = read_needs(
        file.content,
        name=file.name,
        geography=geography_on(session, today_utc(clock)),
        taxonomy=taxonomy(session),
    )
    intake = with_own_columns(intake, file=file.name, remark="stated_on", max_length=MAX_STATED_ON_LENGTH)
    found = ReadFile(file=file, intake=intake)
    if found.is_refused or file.is_sample:
        return found
    return replace(found, readings=tuple(suggest_readings(session, intake.records, progress=progress)))


def store_needs(session: Session, actor: Actor, found: ReadFile[Need], *, clock: Clock = now_utc) -> ImportReport:
    """Store the needs that were read from a file; in a dry run, and where the file is refused, store nothing.

    Raises
    ------
    NotFoundError
        When there is no such organization.
    """
    organization = get_by_code(session, found.file.organization_code)
    require(actor, Permission.NEED_DRAFT, owner_id=organization.id)
    if found.is_refused:
        return report(found, Tally())
    query = select(NeedRow).where(NeedRow.organization_id == organization.id).options(selectinload(NeedRow.exclusions))
    existing = find_existing(session, query, NeedRow.external_id, [need.need_id for need in found.intake.records])
    circles = {need.visibility for need in found.intake.records} | {row.visibility for row in existing.values()}
    if circles - {Visibility.PRIVATE}:
        require(actor, Permission.NEED_SUBMIT, owner_id=organization.id)
    is_sample = found.file.is_sample
    kind = _NeedKind(organization_id=organization.id, now=clock(), origin=SAMPLE_ORIGIN if is_sample else "")
    # What somebody corrected or withdrew is theirs: the sample does not take it back.
    corrected = changed_by_others(session, kind, existing) if is_sample else frozenset()
    wanted = {need_id: entry for need_id, entry in _entries(found, existing).items() if need_id not in corrected}
    if found.file.is_dry_run:
        tally = count_changes(kind, wanted=wanted, existing=existing)
    else:
        tally = sync(session, actor, kind, wanted=wanted, existing=existing, clock=clock)
    return report(found, tally + Tally(unchanged=len(corrected)))


def _entries(found: ReadFile[Need], existing: Mapping[str, NeedRow]) -> dict[str, _Entry]:
    needs = found.intake.records
    if found.file.is_sample:
        return {
            need.need_id: _sample_entry(need, row.cells, existing.get(need.need_id))
            for need, row in zip(needs, found.intake.rows, strict=True)
        }
    return {
        need.need_id: _entry(need, row, reading, existing.get(need.need_id))
        for need, row, reading in zip(needs, found.intake.rows, found.readings, strict=True)
    }


def _sample_entry(need: Need, cells: Mapping[str, str], existing: NeedRow | None) -> _Entry:
    # The sample was classified by reading: a record without areas or modes was found to have none.
    need = replace(need, areas_basis=Basis.READ, modes_basis=Basis.READ)
    if existing is not None:
        need = replace(need, visibility=narrower(need.visibility, existing.visibility))
    return _Entry(need=need, stated_on=cells.get("stated_on", "").strip(), is_sample=True)


def _entry(need: Need, row: Row, reading: Reading, existing: NeedRow | None) -> _Entry:
    need = replace(
        need,
        area_codes=reading.area_codes,
        areas_basis=reading.areas_basis,
        modes=reading.modes,
        modes_basis=reading.modes_basis,
    )
    # A file of the contract's columns alone says neither: what is known stays.
    stated_on, is_sample = ("", False) if existing is None else (existing.stated_on, existing.is_sample)
    return _Entry(need=need, stated_on=remark_in(row, "stated_on", otherwise=stated_on), is_sample=is_sample)


def _public(document: Document) -> Document:
    return {name: content for name, content in document.items() if name != "excluded_providers"}


def _described(entry: _Entry) -> Document:
    need = entry.need
    columns = {column: getattr(need, column) for column in _SAME_COLUMNS}
    columns |= {name: list(getattr(need, name)) for name in _LISTS}
    for day in _DAYS:
        columns[day] = None if columns[day] is None else columns[day].isoformat()
    columns["budget"] = None if need.budget is None else f"{need.budget:f}"
    return columns | {"stated_on": entry.stated_on, "is_sample": entry.is_sample}
