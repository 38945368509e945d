"""What stands in the fields of a form, as texts: read from a request, turned into what a service takes, compared, marked."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from app.reports.forms.fields import UNORDERED, FormField, Kind

Texts = Mapping[str, tuple[str, ...]]
"""The values of each field by its name, none where it is empty, one where it is no list."""

ANY_VERSION: Final = "*"  # as in the API's If-Match: whichever there is
_DIGITS: Final = re.compile(r"-?[0-9]{1,9}")


def read_texts(form: MultiDict[str, str], fields: Iterable[FormField]) -> Texts:
    """Return what was typed, without the blanks around it, each item of a list once."""
    return {field.name: _values(form, field) for field in fields}


def given_of(texts: Texts, fields: Iterable[FormField]) -> dict[str, Any]:
    """Return the fields as a service takes them; what is no number is left as it was typed, to be refused."""
    return {field.name: _given(field, texts.get(field.name, ())) for field in fields}


def version_of(texts: Texts) -> str:
    """Return what changes whenever one of the texts does."""
    spelled = json.dumps(texts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(spelled.encode()).hexdigest()[:32]


def changed_fields(texts: Texts, before: Texts, fields: Iterable[FormField]) -> list[FormField]:
    """Return the fields whose texts are others than before."""
    return [field for field in fields if not _is_same(field, texts.get(field.name, ()), before.get(field.name, ()))]


def in_order_of(before: Texts, texts: Texts, fields: Iterable[FormField]) -> Texts:
    """Return the texts with the items of lists that know no order in the order that they had before, new ones last."""
    ordered = dict(texts)
    for field in fields:
        if field.kind in UNORDERED:
            known = [value for value in before.get(field.name, ()) if value in texts[field.name]]
            ordered[field.name] = tuple(dict.fromkeys((*known, *texts[field.name])))
    return ordered


def _values(form: MultiDict[str, str], field: FormField) -> tuple[str, ...]:
    given = [_plain(text) for text in form.getlist(field.name)]
    if field.kind is Kind.LINES:
        given = [line.strip() for text in given for line in text.split("\n")]
    kept = tuple(dict.fromkeys(filter(None, given)))
    return kept if field.is_list else kept[:1]


def _plain(text: str) -> str:
    # Browsers send the line ends of old typewriters.
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _given(field: FormField, values: tuple[str, ...]) -> Any:  # noqa: ANN401 – whatever a field holds
    if field.is_list:
        return list(values or field.empty)
    if not values:
        return field.empty
    is_number = field.is_number and _DIGITS.fullmatch(values[0])
    return int(values[0]) if is_number else values[0]


def _is_same(field: FormField, one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return sorted(one) == sorted(other) if field.kind in UNORDERED else one == other
