"""What is wrong with the fields of a form, in the reader's language: the schemas of the API and the reader of files find it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from flask_babel import gettext
from marshmallow import Schema, ValidationError

from app.reports.forms.fields import FormField
from app.reports.forms.texts import Texts
from app.texts import TOO_LONG, UNUSABLE_SIGN
from matching.sentences import N_
from matching.tables import FaultCode

Errors = dict[str, str]

SENTENCES: Final[Mapping[str, str]] = {
    FaultCode.END_BEFORE_START: N_("This day lies before the one on which it begins. Change one of them."),
    FaultCode.BAD_CHARACTER: UNUSABLE_SIGN,
    FaultCode.DUPLICATE_ID: N_("Your organization has a record with this reference already. Choose another one."),
}
MISSING: Final = N_("Fill this in.")
NO_CURRENCY: Final = N_("Choose the currency of the sum.")
CURRENCY: Final = "currency"


def refused_by(schema: Schema, given: Mapping[str, Any]) -> tuple[set[str], dict[str, Any]]:
    """Return the fields that a schema refuses, and what it makes of the others."""
    try:
        return set(), dict(schema.load(given))
    except ValidationError as error:
        names = set(error.messages_dict)
        return names, {name: value for name, value in given.items() if name not in names}


def errors_of(
    texts: Texts, fields: Iterable[FormField], *, refused: Collection[str], code_by_field: Mapping[str, FaultCode]
) -> Errors:
    """Return what is wrong with each field in one sentence, in the order of the form."""
    return {
        field.name: _sentence(field, texts.get(field.name, ()), code_by_field.get(field.name))
        for field in fields
        if field.name in refused or field.name in code_by_field
    }


def sentence_of(code: FaultCode) -> str:
    """Return what a fault is called, whatever the field."""
    return str(gettext(SENTENCES[code]))


def _sentence(field: FormField, values: tuple[str, ...], code: FaultCode | None) -> str:
    if not values:
        return str(gettext(NO_CURRENCY if field.name == CURRENCY else MISSING))
    if field.max_length and any(len(value) > field.max_length for value in values):
        return str(gettext(TOO_LONG, limit=field.max_length))
    return str(gettext(field.wrong if code is None else SENTENCES.get(code, field.wrong)))
