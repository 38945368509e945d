"""Registering offers: from a file, and from the sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.policy import require, require_somewhere
from app.access.vocabulary import Permission
from app.actor import Actor
from app.areas.profiles import suggest_readings, taxonomy
from app.audit.services import Document
from app.audit.sync import RecordKind, Tally, count_changes, sync
from app.clock import Clock, now_utc, today_utc
from app.offers.models import MAX_KIND_LENGTH, OfferArea, OfferEligibility, OfferLanguage, OfferMode
from app.offers.models import Offer as OfferRow
from app.offers.profiles import offer_value
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
from app.organizations.lives import KEPT_BACK
from app.organizations.ownfiles import remark_in, with_known_columns, with_own_columns
from app.organizations.services import get_by_code
from app.states.profiles import geography_on
from matching.execution import Progress
from matching.intake import Intake, read_offers
from matching.records import Offer
from matching.reference import Reference
from matching.results import Reading
from matching.tables import Row
from matching.vocabulary import Basis

# What the matcher's offer and the row call by the same name.
_SAME_COLUMNS = (
    "provider",
    "title",
    "description",
    "capacity",
    "available_from_on",
    "available_until_on",
    "budget",
    "currency",
    "funder",
    "confirmed_on",
    "visibility",
    "areas_basis",
    "modes_basis",
    "source_url",
)
_LISTS = ("area_codes", "modes", "languages", "eligible")
_DAYS = ("available_from_on", "available_until_on", "confirmed_on")
LABEL_COLUMNS: Final = ("label", "labelled_on", "label_reason", "principles_met", "principles_not_met")
"""What our own files tell of the label and the checklist of an offer."""
# What happens to the label and the checklist, which no file changes.
BESIDE_THE_OFFER: Final = frozenset(
    {"offer.principles_changed", "offer.label_granted", "offer.label_confirmed", "offer.label_withdrawn"}
)
# What says nothing of what is offered: that it still stands, whom it is shown to, and how it was read.
_NO_CONTENTS = frozenset({"confirmed_on", "visibility", "areas_basis", "modes_basis", "is_sample"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """An offer to store: what the matcher knows of it, and what only the store keeps."""

    offer: Offer
    kind: str = ""
    is_sample: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfferKind(RecordKind[_Entry, OfferRow]):
    organization_id: UUID
    now: datetime
    origin: str = ""

    record_type = "offer"
    beside = BESIDE_THE_OFFER

    def describe_value(self, value: _Entry) -> Document:
        return _described(value)

    def describe_row(self, row: OfferRow) -> Document:
        return describe_offer(row)

    def create(self, value: _Entry) -> OfferRow:
        row = OfferRow(
            id=uuid4(),
            organization_id=self.organization_id,
            external_id=value.offer.offer_id,
            created_at=self.now,
        )
        self._fill(row, value)
        return row

    def update(self, row: OfferRow, value: _Entry) -> None:
        if _contents(describe_offer(row)) != _contents(_described(value)):
            row.contents_revision += 1
        self._fill(row, value)

    def record_id(self, row: OfferRow) -> str:
        return str(row.id)

    def _fill(self, row: OfferRow, value: _Entry) -> None:
        offer = value.offer
        for column in _SAME_COLUMNS:
            setattr(row, column, getattr(offer, column))
        if row.status not in KEPT_BACK:
            row.review_note = ""
        row.kind, row.is_sample, row.updated_at = value.kind, value.is_sample, self.now
        row.areas = [OfferArea(area_code=code, position=place) for place, code in enumerate(offer.area_codes)]
        row.modes = [OfferMode(mode=mode, position=place) for place, mode in enumerate(offer.modes)]
        row.languages = [OfferLanguage(language=code, position=place) for place, code in enumerate(offer.languages)]
        row.eligibilities = [
            OfferEligibility(token=token, position=place) for place, token in enumerate(offer.eligible)
        ]


def describe_offer(row: OfferRow) -> Document:
    """Return what an offer holds, as JSON values."""
    offer = offer_value(row, offer_id=row.external_id)
    # The matcher infers anew, but the row holds what was inferred when it came in.
    offer = replace(offer, area_codes=row.area_codes, modes=row.mode_codes)
    return _described(_Entry(offer=offer, kind=row.kind, is_sample=row.is_sample))


def import_offers(session: Session, actor: Actor, file: FileImport, *, clock: Clock = now_utc) -> ImportReport:
    """Store the offers of a file; one that is there already by its id is updated, and left alone if nothing changed.

    For large files call ``read_offer_file`` and ``store_offers`` apart: the first takes long and changes nothing, so that
    others can write meanwhile.

    Raises
    ------
    NotFoundError
        When there is no such organization.
    """
    return store_offers(session, actor, read_offer_file(session, actor, file, clock=clock), clock=clock)


def read_offer_file(
    session: Session, actor: Actor, file: FileImport, *, progress: Progress | None = None, clock: Clock = now_utc
) -> ReadFile[Offer]:
    """Return the offers of a file, and what their texts suggest where they do not say; nothing is stored yet.

    Raises
    ------
    NotFoundError
        When there is no such organization.
    """
    organization = get_by_code(session, file.organization_code)
    require(actor, Permission.OFFER_EDIT, owner_id=organization.id)
    intake = take_in_offers(session, actor, file, clock=clock)
    found = ReadFile(file=file, intake=intake)
    if found.is_refused or file.is_sample:
        return found
    return replace(found, readings=tuple(suggest_readings(session, intake.records, progress=progress)))


def take_in_offers(
    session: Session,
    actor: Actor,
    file: FileImport,
    *,
    reference: Reference | None = None,
    clock: Clock = now_utc,
) -> Intake[Offer]:
    """Return the offers of a file as its rows say them, and all that is wrong with it.

    The States and areas that they may name are those of the day, or of reference data that were read already.

    Raises
    ------
    ForbiddenError
        When the actor may make offers for nobody.
    """
    require_somewhere(actor, Permission.OFFER_EDIT)
    intake = read_offers(
        file.content,
        name=file.name,
        geography=geography_on(session, today_utc(clock)) if reference is None else reference.geography,
        taxonomy=taxonomy(session) if reference is None else reference.taxonomy,
    )
    own = with_own_columns(intake, file=file.name, remark="kind", max_length=MAX_KIND_LENGTH)
    # They come back in our own files and are left alone: nobody labels an offer by a file.
    return with_known_columns(own, (), file=file.name, columns=LABEL_COLUMNS)


def store_offers(session: Session, actor: Actor, found: ReadFile[Offer], *, clock: Clock = now_utc) -> ImportReport:
    """Store the offers that were read from a file; in a dry run, and where the file is refused, store nothing.

    Raises
    ------
    NotFoundError
        When there is no such organization.
    """
    organization = get_by_code(session, found.file.organization_code)
    require(actor, Permission.OFFER_EDIT, owner_id=organization.id)
    if found.is_refused:
        return report(found, Tally())
    query = select(OfferRow).where(OfferRow.organization_id == organization.id)
    existing = find_existing(session, query, OfferRow.external_id, [offer.offer_id for offer in found.intake.records])
    is_sample = found.file.is_sample
    kind = _OfferKind(organization_id=organization.id, now=clock(), origin=SAMPLE_ORIGIN if is_sample else "")
    # What somebody corrected or withdrew is theirs: the sample does not take it back.
    corrected = changed_by_others(session, kind, existing) if is_sample else frozenset()
    wanted = {offer_id: entry for offer_id, entry in _entries(found, existing).items() if offer_id not in corrected}
    if found.file.is_dry_run:
        tally = count_changes(kind, wanted=wanted, existing=existing)
    else:
        tally = sync(session, actor, kind, wanted=wanted, existing=existing, clock=clock)
    return report(found, tally + Tally(unchanged=len(corrected)))


def _entries(found: ReadFile[Offer], existing: Mapping[str, OfferRow]) -> dict[str, _Entry]:
    offers = found.intake.records
    if found.file.is_sample:
        return {
            offer.offer_id: _sample_entry(offer, row.cells, existing.get(offer.offer_id))
            for offer, row in zip(offers, found.intake.rows, strict=True)
        }
    return {
        offer.offer_id: _entry(offer, row, reading, existing.get(offer.offer_id))
        for offer, row, reading in zip(offers, found.intake.rows, found.readings, strict=True)
    }


def _sample_entry(offer: Offer, cells: Mapping[str, str], existing: OfferRow | None) -> _Entry:
    # The sample was classified by reading: a record without areas or modes was found to have none.
    offer = replace(offer, areas_basis=Basis.READ, modes_basis=Basis.READ)
    if existing is not None:
        offer = replace(offer, visibility=narrower(offer.visibility, existing.visibility))
    return _Entry(offer=offer, kind=cells.get("kind", "").strip(), is_sample=True)


def _entry(offer: Offer, row: Row, reading: Reading, existing: OfferRow | None) -> _Entry:
    offer = replace(
        offer,
        area_codes=reading.area_codes,
        areas_basis=reading.areas_basis,
        modes=reading.modes,
        modes_basis=reading.modes_basis,
    )
    # A file of the contract's columns alone says neither: what is known stays.
    kind, is_sample = ("", False) if existing is None else (existing.kind, existing.is_sample)
    return _Entry(offer=offer, kind=remark_in(row, "kind", otherwise=kind), is_sample=is_sample)


def _described(entry: _Entry) -> Document:
    offer = entry.offer
    columns = {column: getattr(offer, column) for column in _SAME_COLUMNS}
    columns |= {name: list(getattr(offer, name)) for name in _LISTS}
    for day in _DAYS:
        columns[day] = None if columns[day] is None else columns[day].isoformat()
    columns["budget"] = None if offer.budget is None else f"{offer.budget:f}"
    return columns | {"kind": entry.kind, "is_sample": entry.is_sample}


def _contents(document: Document) -> Document:
    """Return what a label is granted for: a change of anything else leaves it as it is."""
    return {name: value for name, value in document.items() if name not in _NO_CONTENTS}
