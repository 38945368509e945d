"""A form as a page shows it: what stands in each field, what there is to choose from, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from app.reports.forms.choices import labels_in
from app.reports.forms.faults import Errors
from app.reports.forms.fields import N_SELECTS, FormField, Kind, Section, Sections, fields_of
from app.reports.forms.texts import Texts
from app.reports.names import ChoiceGroups

KEEP: Final = "keep-"  # before the name of a field: whose text is to stay
THEIRS: Final = "theirs"
MINE: Final = "mine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field in which somebody else wrote something else meanwhile, both as one reads them."""

    field: FormField
    theirs: str
    mine: str
    kept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """What a page shows of a form.

    ``usual`` is what stands in one in which nobody has written yet; ``looked_for`` are fields to which the page leads.
    """

    sections: Sections
    texts: Texts
    choices: Mapping[str, ChoiceGroups]
    usual: Texts = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    looked_for: frozenset[str] = frozenset()

    def fields(self) -> Iterable[FormField]:
        """Return all fields, in their order."""
        return fields_of(self.sections, without=self.without)

    def is_open(self, section: Section) -> bool:
        """Return whether a section that is folded away shows its fields: something stands in them, lacks, is wrong or looked for."""
        return any(map(self._asks_for_a_look, self.shown_fields(section)))

    def shown_fields(self, section: Section) -> list[FormField]:
        """Return the fields of a section, without a list in which there is nothing to choose."""
        fields = fields_of([section], without=self.without)
        return [one for one in fields if one.kind is not Kind.MANY or labels_in(self.groups(one.name))]

    def values(self, name: str) -> tuple[str, ...]:
        """Return what stands in a field."""
        return self.texts.get(name, ())

    def value(self, name: str) -> str:
        """Return what stands in a field of one value; the items of a list one a line."""
        return "\n".join(self.values(name))

    def groups(self, name: str) -> ChoiceGroups:
        """Return what there is to choose from, with what was chosen though it is not listed."""
        listed = self.choices.get(name, [])
        known = labels_in(listed)
        unlisted = [(value, value) for value in self.values(name) if value not in known]
        return [*listed, ("", unlisted)] if unlisted else listed

    def selects(self, name: str) -> list[str]:
        """Return what is chosen in each of the lists of a field, nothing in the spare ones."""
        chosen = list(self.values(name))
        return chosen + [""] * max(1, N_SELECTS - len(chosen))

    def type_of(self, one: FormField) -> str:
        """Return how a field of one line is typed; a day that is none stays readable as it was typed."""
        if one.kind is not Kind.DAY:
            return "text"
        is_day = all(len(part) == n for part, n in zip(self.value(one.name).split("-"), (4, 2, 2), strict=False))
        return "date" if is_day or not self.value(one.name) else "text"

    def attributes(self, one: FormField, *, is_group: bool = False) -> dict[str, str | None]:
        """Return what tells programs that read a page aloud what helps with a field, and whether it is wrong."""
        is_wrong = one.name in self.errors
        told_by = [f"{one.name}-hint"] * bool(one.hint) + [f"{one.name}-error"] * is_wrong
        return {
            "aria-describedby": " ".join(told_by) or None,
            "aria-invalid": "true" if is_wrong and (not is_group or one.kind is Kind.LEVELS) else None,
            "aria-required": "true" if one.is_required and not is_group else None,
        }

    def words(self, one: FormField, values: tuple[str, ...]) -> str:
        """Return the values of a field as one reads them."""
        labels = labels_in(self.choices.get(one.name, []))
        return ("; " if one.is_list else "").join(labels.get(value, value) for value in values)

    def _asks_for_a_look(self, one: FormField) -> bool:
        lacks = one.is_required and not self.values(one.name)
        says_more = self.values(one.name) != self.usual.get(one.name, ())
        return lacks or says_more or one.name in self.errors or one.name in self.looked_for
