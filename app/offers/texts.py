"""Texts that people write beside an offer: as they are stored, or why they cannot be."""

from __future__ import annotations

import unicodedata
from typing import Final

from app.errors import InvalidFieldError
from matching.intake.cells import CellError, free_text
from matching.sentences import N_, Sentence

TOO_LONG: Final = N_("Say it in %(limit)s characters at most.")
UNUSABLE_SIGN: Final = N_("It holds a character that nobody sees and that cannot be kept; type the text anew.")


def checked_text(text: str, *, field: str, limit: int) -> str:
    """Return a text of several lines in composed Unicode, without blanks around it.

    Raises
    ------
    InvalidFieldError
        When it is longer than that, or holds control characters or such as turn the direction of writing.
    """
    try:
        found = free_text(text).strip()
    except CellError as error:
        raise InvalidFieldError(field, UNUSABLE_SIGN) from error
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in found):
        raise InvalidFieldError(field, UNUSABLE_SIGN)
    if len(found) > limit:
        raise InvalidFieldError(field, Sentence(message=TOO_LONG, values={"limit": limit}))
    return found
