"""Texts that people write beside a record: as they are stored, or why they cannot be."""

from __future__ import annotations

import unicodedata
from typing import Final

from app.errors import InvalidFieldError
from matching.intake import cells
from matching.intake.cells import CellError
from matching.sentences import N_, Sentence

MAX_PROSE_LENGTH: Final = 20_000  # characters

TOO_LONG: Final = N_("Shorten it to %(limit)s characters.")
UNUSABLE_SIGN: Final = N_("It holds a character that nobody sees. Type the text anew.")


def checked_text(text: str, *, field: str, limit: int = MAX_PROSE_LENGTH) -> str:
    """Return a text of several lines in composed Unicode, without blanks around it.

    Raises
    ------
    InvalidFieldError
        When it is longer than that, or holds control characters or such as turn the direction of writing.
    """
    try:
        found = cells.free_text(text).strip()
    except CellError as error:
        raise InvalidFieldError(field, UNUSABLE_SIGN) from error
    return _kept(found, field, limit)


def seen_text(text: str, *, field: str, limit: int = MAX_PROSE_LENGTH) -> str:
    """Return a text as ``checked_text``, of signs alone that a reader sees; raises as it does."""
    return _seen(checked_text(text, field=field, limit=limit), field)


def seen_line(text: str, *, field: str, limit: int) -> str:
    """Return a text of one line as ``seen_text``, with one blank between its words; raises as it does."""
    try:
        found = cells.title(text)
    except CellError as error:
        raise InvalidFieldError(field, UNUSABLE_SIGN) from error
    return _seen(_kept(found, field, limit), field)


def holds_controls(text: str) -> bool:
    """Return whether a text holds a control character other than a line feed or a tab, or half a surrogate pair."""
    return any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in text)


def _kept(found: str, field: str, limit: int) -> str:
    if holds_controls(found):
        raise InvalidFieldError(field, UNUSABLE_SIGN)
    if len(found) > limit:
        raise InvalidFieldError(field, Sentence(message=TOO_LONG, values={"limit": limit}))
    return found


def _seen(found: str, field: str) -> str:
    if not "".join(found.split()).isprintable():
        raise InvalidFieldError(field, UNUSABLE_SIGN)
    return found
