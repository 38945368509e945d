"""Registering needs: from a file, and from the sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.access.policy import require, require_somewhere
from app.access.vocabulary import Permission
from app.actor import Actor
from app.areas.profiles import suggest_readings, taxonomy
from app.audit.services import Document
from app.audit.sync import Tally, count_changes, sync
from app.clock import Clock, now_utc, today_utc
from app.needs.choices import choices_in, with_choices
from app.needs.filings import end_signatures, require_filed
from app.needs.models import MAX_STATED_ON_LENGTH
from app.needs.models import Need as NeedRow
from app.needs.secrets import CHOSEN_PROVIDERS, REVIEW_NOTE, stored_ids
from app.needs.storing import NeedEntry, NeedKind
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
from app.organizations.models import Organization
from app.organizations.ownfiles import remark_in, with_own_columns
from app.organizations.services import get_by_code
from app.states.profiles import geography_on
from matching.execution import Progress
from matching.intake import Intake, read_needs
from matching.records import Need
from matching.reference import Reference
from matching.results import Reading
from matching.tables import Row
from matching.vocabulary import Basis, Visibility


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
    intake = take_in_needs(session, actor, file, clock=clock)
    found = ReadFile(file=file, intake=intake)
    if found.is_refused or file.is_sample:
        return found
    return replace(found, readings=tuple(suggest_readings(session, intake.records, progress=progress)))


def take_in_needs(
    session: Session,
    actor: Actor,
    file: FileImport,
    *,
    reference: Reference | None = None,
    clock: Clock = now_utc,
) -> Intake[Need]:
    """Return the needs of a file as its rows say them, and all that is wrong with it.

    The States and areas that they may name are those of the day, or of reference data that were read already.

    Raises
    ------
    ForbiddenError
        When the actor may draft needs for nobody.
    """
    require_somewhere(actor, Permission.NEED_DRAFT)
    intake = read_needs(
        file.content,
        name=file.name,
        geography=geography_on(session, today_utc(clock)) if reference is None else reference.geography,
        taxonomy=taxonomy(session) if reference is None else reference.taxonomy,
    )
    intake = with_own_columns(intake, file=file.name, remark="stated_on", max_length=MAX_STATED_ON_LENGTH)
    return with_choices(session, intake, file=file.name)


def store_needs(session: Session, actor: Actor, found: ReadFile[Need], *, clock: Clock = now_utc) -> ImportReport:
    """Store the needs that were read from a file; in a dry run, and where the file is refused, store nothing.

    Raises
    ------
    NotFoundError
        When there is no such organization.
    SignaturesLackingError
        When a State that a need names has to sign it first.
    """
    organization = get_by_code(session, found.file.organization_code)
    require(actor, Permission.NEED_DRAFT, owner_id=organization.id)
    if found.is_refused:
        return report(found, Tally())
    # Two needs of one id, one of them private, look different to the database: who stores here waits for who does so already.
    session.execute(select(Organization.id).where(Organization.id == organization.id).with_for_update())
    existing = _existing(session, organization.id, [need.need_id for need in found.intake.records])
    circles = {need.visibility for need in found.intake.records} | {row.visibility for row in existing.values()}
    if circles - {Visibility.PRIVATE}:
        require(actor, Permission.NEED_SUBMIT, owner_id=organization.id)
    is_sample = found.file.is_sample
    origin = SAMPLE_ORIGIN if is_sample else ""
    kind = NeedKind(session=session, organization_id=organization.id, now=clock(), origin=origin)
    # What somebody corrected or withdrew is theirs: the sample does not take it back.
    corrected = changed_by_others(session, kind, existing) if is_sample else frozenset()
    wanted = {need_id: entry for need_id, entry in _entries(found, kind, existing).items() if need_id not in corrected}
    if found.file.is_dry_run:
        tally = count_changes(kind, wanted=wanted, existing=existing)
    else:
        require_filed(session, actor, kind, wanted=wanted, existing=existing)
        tally = sync(session, actor, kind, wanted=wanted, existing=existing, clock=clock)
        end_signatures(session, actor, kind, wanted=wanted, existing=existing, clock=clock)
    return report(found, tally + Tally(unchanged=len(corrected)))


def _existing(session: Session, organization_id: UUID, need_ids: Sequence[str]) -> dict[str, NeedRow]:
    """Return the needs of an organization that are there already by their ids, as the database holds them."""
    need_id_by_stored_id = {
        stored_id: need_id for need_id in need_ids for stored_id in stored_ids(session, organization_id, need_id)
    }
    query = select(NeedRow).where(NeedRow.organization_id == organization_id)
    query = query.options(selectinload(NeedRow.secret), selectinload(NeedRow.choices))
    # A need that was opened in memory is read anew.
    query = query.execution_options(populate_existing=True)
    rows = find_existing(session, query, NeedRow.external_id, need_id_by_stored_id)
    return {need_id_by_stored_id[stored_id]: row for stored_id, row in rows.items()}


def _entries(found: ReadFile[Need], kind: NeedKind, existing: Mapping[str, NeedRow]) -> dict[str, NeedEntry]:
    needs = found.intake.records
    if found.file.is_sample:
        return {
            need.need_id: _sample_entry(need, row.cells, existing.get(need.need_id))
            for need, row in zip(needs, found.intake.rows, strict=True)
        }
    known = {need_id: kind.describe_row(row) for need_id, row in existing.items()}
    return {
        need.need_id: _entry(need, row, reading, known.get(need.need_id, {}))
        for need, row, reading in zip(needs, found.intake.rows, found.readings, strict=True)
    }


def _sample_entry(need: Need, cells: Mapping[str, str], existing: NeedRow | None) -> NeedEntry:
    # The sample was classified by reading: a record without areas or modes was found to have none.
    need = replace(need, areas_basis=Basis.READ, modes_basis=Basis.READ)
    if existing is not None:
        need = replace(need, visibility=narrower(need.visibility, existing.visibility))
    return NeedEntry(need=need, stated_on=cells.get("stated_on", "").strip(), is_sample=True)


def _entry(need: Need, row: Row, reading: Reading, known: Document) -> NeedEntry:
    need = replace(
        need,
        area_codes=reading.area_codes,
        areas_basis=reading.areas_basis,
        modes=reading.modes,
        modes_basis=reading.modes_basis,
    )
    # A file of the contract's columns alone says none of this: what is known stays.
    return NeedEntry(
        need=need,
        stated_on=remark_in(row, "stated_on", otherwise=known.get("stated_on", "")),
        is_sample=known.get("is_sample", False),
        chosen_providers=choices_in(row, otherwise=known.get(CHOSEN_PROVIDERS, ())),
        review_note=known.get(REVIEW_NOTE, ""),
    )
