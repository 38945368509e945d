"""Fields that needs and offers have in common, and what stands in them of a record that is stored."""

from __future__ import annotations

from typing import Final

from app.fields import MAX_AMOUNT_LENGTH, MAX_LINE_LENGTH
from app.organizations.entries import KeptRecord
from app.reports.forms.fields import FormField, Kind
from app.reports.forms.texts import Texts
from app.texts import MAX_PROSE_LENGTH
from matching.intake.cells import MAX_ADDRESS_LENGTH, MAX_ID_LENGTH
from matching.sentences import N_
from matching.vocabulary import Basis, Visibility

TITLE_WRONG: Final = N_("Write one line of text.")
DAY_WRONG: Final = N_("Write a day as year-month-day between 1900 and 2200, such as 2027-03-31.")

AREAS: Final = FormField(
    name="areas",
    kind=Kind.SELECTS,
    label=N_("Area"),
    wrong=N_("Choose areas that are listed; one of these is not, or not any more."),
)
MODES: Final = FormField(name="modes", kind=Kind.BOXES, label=N_("Mode of support"))
LANGUAGES: Final = FormField(
    name="languages",
    kind=Kind.MANY,
    label=N_("Languages"),
    hint=N_("Those in which the support may come. To choose several, hold Ctrl or ⌘."),
)
BUDGET: Final = FormField(
    name="budget",
    kind=Kind.LINE,
    label=N_("Sum sought"),
    hint=N_("Digits and a point only, such as 150000.50. Leave it empty if you do not know."),
    wrong=N_("Write digits and a point only, such as 150000.50."),
    max_length=MAX_AMOUNT_LENGTH,
)
CURRENCY: Final = FormField(name="currency", kind=Kind.SELECT, label=N_("Currency"))
ADDRESS: Final = FormField(
    name="source_url",
    kind=Kind.LINE,
    label=N_("Published at"),
    hint=N_("Its web address."),
    wrong=N_("Write a web address that begins with https:// or http://."),
    max_length=MAX_ADDRESS_LENGTH,
)
EXTERNAL_ID: Final = FormField(
    name="external_id",
    kind=Kind.LINE,
    label=N_("Reference in your files"),
    hint=N_("So that an import finds it again. One is made up if you leave this empty."),
    wrong=N_("Write one line without characters that nobody sees."),
    max_length=MAX_ID_LENGTH,
)
TITLE: Final = FormField(
    name="title", kind=Kind.LINE, label=N_("Title"), wrong=TITLE_WRONG, is_required=True, max_length=MAX_LINE_LENGTH
)
DESCRIPTION: Final = FormField(
    name="description", kind=Kind.PROSE, label=N_("Description"), wrong=TITLE_WRONG, max_length=MAX_PROSE_LENGTH
)
VISIBILITY: Final = FormField(
    name="visibility",
    kind=Kind.LEVELS,
    label=N_("Seen by"),
    hint=N_("You can change this at any time; whoever has read it by then has read it."),
    empty=Visibility.PRIVATE.value,
)


def shared_texts(record: KeptRecord) -> Texts:
    """Return what stands in the fields that every record has."""
    return {
        "title": one(record.title),
        "description": one(record.description),
        "areas": () if record.areas_basis is Basis.INFERRED else record.area_codes,
        "modes": () if record.modes_basis is Basis.INFERRED else tuple(map(str, record.mode_codes)),
        "languages": record.language_codes,
        "budget": () if record.budget is None else (f"{record.budget.normalize():f}",),
        "currency": one(record.currency),
        "source_url": one(record.source_url),
        "visibility": (record.visibility.value,),
    }


def one(value: object) -> tuple[str, ...]:
    """Return what a field of one value holds."""
    text = "" if value is None else str(value).strip()
    return (text,) if text else ()
