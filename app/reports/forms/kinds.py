"""What the pages on which records are written have to know of one kind of record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from marshmallow import Schema

from app.access.vocabulary import Permission
from app.matches.advice import Ground
from app.organizations.entries import EXTERNAL_ID, ORGANIZATION, DraftReading, KeptRecord
from app.organizations.models import Organization
from app.reports.forms.fields import FormField, Kind, Section, Sections, fields_of
from app.reports.forms.texts import Texts
from app.reports.names import ChoiceGroups
from matching.sentences import N_

RecordT = TypeVar("RecordT", bound=KeptRecord)

KEEPER: Final = Section(
    name="for",
    title=N_("For whom you write"),
    fields=(
        FormField(
            name=ORGANIZATION,
            kind=Kind.SELECT,
            label=N_("Organization"),
            hint=N_("The one of yours that keeps it and answers for it."),
            is_required=True,
        ),
    ),
)
GIVEN_ONCE: Final = frozenset({EXTERNAL_ID})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordForm(Generic[RecordT]):
    """How records of one kind are written on pages.

    ``publishing`` is the permission that it takes to let others see one. ``beside`` returns what a page shows beside a form
    that was checked, of the record as it was read; where one is stored already, its id comes with it.
    """

    noun: str
    endpoints: str
    sections: Sections
    titles: tuple[str, str]  # of a new one, and of one that is changed
    permission: Permission
    publishing: Permission
    schemas: tuple[Schema, Schema]  # of a new one, and of a change
    texts_of: Callable[[RecordT], Texts]
    blank: Callable[[Sequence[Organization]], Texts]
    choices: Callable[[], dict[str, ChoiceGroups]]
    get: Callable[..., RecordT]
    create: Callable[..., RecordT]
    change: Callable[..., RecordT]
    read_draft: Callable[..., DraftReading]
    beside: Callable[[Ground, Any, UUID | None], Mapping[str, Any]]

    @property
    def parameter(self) -> str:
        """What the id of a record is called in an address."""
        return f"{self.noun}_id"

    def address_values(self, record_id: UUID) -> dict[str, Any]:
        """Return what names a record in an address."""
        return {self.parameter: record_id}

    def fields(self, *, is_new: bool) -> list[FormField]:
        """Return the fields of a form."""
        if is_new:
            return [*KEEPER.fields, *fields_of(self.sections)]
        return list(fields_of(self.sections, without=GIVEN_ONCE))
