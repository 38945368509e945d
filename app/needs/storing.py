"""How a need is kept: in the open, or sealed where it is private, and how the audit trail describes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.audit.services import Document
from app.audit.sync import RecordKind
from app.needs.consent import Filing, filing_states, text_of
from app.needs.models import Need as NeedRow
from app.needs.models import NeedArea, NeedChoice, NeedLanguage, NeedMode, NeedState
from app.needs.profiles import need_value
from app.needs.secrets import (
    CHOSEN_PROVIDERS,
    EXCLUDED_PROVIDERS,
    EXTERNAL_ID,
    REVIEW_NOTE,
    open_need,
    seal_need,
)
from app.organizations.models import Organization
from matching.records import Need
from matching.vocabulary import Visibility

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

_CONFIDENTIAL = (EXCLUDED_PROVIDERS, CHOSEN_PROVIDERS)

# What the row of a private need says: nothing.
_BLANK = Need(need_id="", states=(), title="")


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedEntry:
    """A need to store: what the matcher knows of it, and what only the store keeps."""

    need: Need
    stated_on: str = ""
    is_sample: bool = False
    chosen_providers: tuple[str, ...] = ()
    review_note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedKind(RecordKind[NeedEntry, NeedRow]):
    """Needs of one organization, as they are kept at an instant."""

    session: Session
    organization_id: UUID
    now: datetime
    origin: str = ""
    new_id: Callable[[], UUID] = uuid4

    record_type = "need"

    def describe_value(self, value: NeedEntry) -> Document:
        """Return what a need should hold, as JSON values."""
        return _described(value)

    def describe_row(self, row: NeedRow) -> Document:
        """Return what a need holds, opened where it is sealed."""
        secret = open_need(self.session, row)
        if row.visibility is Visibility.PRIVATE:
            return {name: value for name, value in secret.items() if name != EXTERNAL_ID}
        return _described(self.entry_of(row))

    def entry_of(self, row: NeedRow) -> NeedEntry:
        """Return what to store to have the need as it is; a private one has to be opened."""
        need = replace(
            need_value(row, need_id=row.external_id),
            # The matcher infers anew, but the row holds what was inferred when it came in.
            area_codes=row.area_codes,
            modes=row.mode_codes,
            excluded_providers=tuple(open_need(self.session, row).get(EXCLUDED_PROVIDERS, ())),
        )
        return NeedEntry(
            need=need,
            stated_on=row.stated_on,
            is_sample=row.is_sample,
            chosen_providers=row.chosen_providers,
            review_note=row.review_note,
        )

    def create(self, value: NeedEntry) -> NeedRow:
        """Return a new row for a need, sealed where it is private."""
        row = NeedRow(
            id=self.new_id(),
            organization_id=self.organization_id,
            secret=None,
            created_at=self.now,
        )
        self._fill(row, value)
        return row

    def update(self, row: NeedRow, value: NeedEntry) -> None:
        """Make the row hold the need."""
        # Whom a State excludes or chooses is confidential, and so is that it changed: the version, which follows, stays as well.
        is_seen = _public(self.describe_row(row)) != _public(self.describe_value(value))
        updated_at = self.now if is_seen else row.updated_at
        self._fill(row, value)
        row.updated_at = updated_at

    def filing(self, need_id: UUID, document: Document) -> Filing:
        """Return a need that is so described as it is to be signed."""
        organization = self.session.get_one(Organization, self.organization_id)
        return Filing(need_id=need_id, organization=organization, text=text_of(document))

    def record_id(self, row: NeedRow) -> str:
        """Return what the audit trail calls the need."""
        return str(row.id)

    def _fill(self, row: NeedRow, value: NeedEntry) -> None:
        is_private = value.need.visibility is Visibility.PRIVATE
        need = replace(_BLANK, visibility=Visibility.PRIVATE) if is_private else value.need
        for column in _SAME_COLUMNS:
            setattr(row, column, getattr(need, column))
        row.external_id = need.need_id
        row.stated_on = "" if is_private else value.stated_on
        row.is_sample, row.updated_at = value.is_sample, self.now
        signed = frozenset() if is_private else filing_states(self.session, self.filing(row.id, _described(value)))
        row.states = [NeedState(state_code=code, is_signed=code in signed) for code in need.states]
        row.areas = [NeedArea(area_code=code, position=place) for place, code in enumerate(need.area_codes)]
        row.modes = [NeedMode(mode=mode, position=place) for place, mode in enumerate(need.modes)]
        row.languages = [NeedLanguage(language=code, position=place) for place, code in enumerate(need.languages)]
        chosen = () if is_private else value.chosen_providers
        row.choices = [NeedChoice(provider_code=code) for code in chosen]
        seal_need(self.session, row, {**_described(value), EXTERNAL_ID: value.need.need_id})


def _public(document: Document) -> Document:
    return {name: content for name, content in document.items() if name not in _CONFIDENTIAL}


def _described(entry: NeedEntry) -> Document:
    need = entry.need
    columns = {column: getattr(need, column) for column in _SAME_COLUMNS}
    columns |= {name: list(getattr(need, name)) for name in _LISTS}
    for day in _DAYS:
        columns[day] = None if columns[day] is None else columns[day].isoformat()
    columns["budget"] = None if need.budget is None else f"{need.budget:f}"
    columns |= {"stated_on": entry.stated_on, "is_sample": entry.is_sample}
    if entry.review_note and need.visibility is Visibility.PRIVATE:
        columns[REVIEW_NOTE] = entry.review_note
    return columns | {CHOSEN_PROVIDERS: sorted(entry.chosen_providers)}
