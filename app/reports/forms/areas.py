"""The form of an area in a draft of a release: read from what was typed, filled from what is stored, and compared with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from app.areas.models import MAX_TERM_LENGTH, MAX_TITLE_LENGTH
from app.areas.released import Link, ReleasedArea, Term, in_language_order
from app.datafiles import LANGUAGES
from app.errors import InvalidFieldError
from app.texts import seen_line, seen_text
from matching.sentences import N_, Sentence

AreaTexts = Mapping[str, str]
"""What stands in the fields of the form, by name."""

FIELDS: Final = (
    *(f"title_{language}" for language in LANGUAGES),
    *("scope", "is_adjacent", "terms", "links", "is_retired", "successor", "reason"),
)
CHECKED: Final = "1"
BAD_TERM: Final = N_(
    "Write one term a line, the language before it: “en: incident response”. This line is otherwise: %(line)s"
)
BAD_LINK: Final = N_("Write one entry a line, its scheme and its code: “gfce A1”. This line is otherwise: %(line)s")


def texts_of_area(area: ReleasedArea) -> AreaTexts:
    """Return what stands in the fields for an area."""
    return {
        **{f"title_{language}": area.titles.get(language, "") for language in LANGUAGES},
        "scope": area.scope,
        "is_adjacent": CHECKED if area.is_adjacent else "",
        "terms": "\n".join(f"{language}: {term}" for language, term in area.terms),
        "links": "\n".join(f"{scheme} {code}" for scheme, code in area.links),
        "is_retired": CHECKED if area.is_retired else "",
        "successor": area.successor or "",
        "reason": area.reason,
    }


def typed_texts(form: Mapping[str, str]) -> AreaTexts:
    """Return what was typed, without the blanks around it and the line ends of browsers."""
    return {name: form.get(name, "").replace("\r\n", "\n").replace("\r", "\n").strip() for name in FIELDS}


def area_of_texts(texts: AreaTexts, before: ReleasedArea) -> ReleasedArea:
    """Return an area as it was typed; what the form does not hold stays.

    Raises
    ------
    InvalidFieldError
        When a field cannot be what it is for.
    """
    is_retired = bool(texts["is_retired"])
    return replace(
        before,
        titles={language: _title(texts, f"title_{language}") for language in LANGUAGES},
        scope=seen_text(texts["scope"], field="scope"),
        is_adjacent=bool(texts["is_adjacent"]),
        terms=_terms(texts["terms"]),
        links=_links(texts["links"]),
        is_retired=is_retired,
        successor=(texts["successor"] or None) if is_retired else None,
        reason=seen_text(texts["reason"], field="reason") if is_retired else "",
    )


def _title(texts: AreaTexts, field: str) -> str:
    return seen_line(texts[field], field=field, limit=MAX_TITLE_LENGTH)


def mark_of(area: ReleasedArea) -> str:
    """Return what changes whenever an area does: a form says with it what it was filled from."""
    return hashlib.sha256(json.dumps(area.document(), sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


def _terms(text: str) -> tuple[Term, ...]:
    found: list[Term] = []
    for line in _lines(text):
        language, separator, term = line.partition(":")
        if not separator or language.strip().lower() not in LANGUAGES or not term.strip():
            raise InvalidFieldError("terms", Sentence(message=BAD_TERM, values={"line": line}))
        found.append((language.strip().lower(), seen_line(term, field="terms", limit=MAX_TERM_LENGTH)))
    return in_language_order(found)


def _links(text: str) -> tuple[Link, ...]:
    found: list[Link] = []
    for line in _lines(text):
        scheme, _, code = line.partition(" ")
        if not code.strip() or " " in code.strip():
            raise InvalidFieldError("links", Sentence(message=BAD_LINK, values={"line": line}))
        found.append((scheme, code.strip()))
    return tuple(sorted(set(found)))


def _lines(text: str) -> Iterable[str]:
    return filter(None, (line.strip() for line in text.split("\n")))
