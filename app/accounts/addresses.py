"""E-mail addresses: their one spelling, and how two are compared."""

from __future__ import annotations

import unicodedata
from typing import Final

from email_validator import EmailNotValidError, validate_email

from app.accounts.models import MAX_EMAIL_LENGTH
from app.errors import InvalidFieldError
from matching.sentences import N_, Sentence

UNREADABLE: Final = "\N{REPLACEMENT CHARACTER}"


def normal_email(text: str) -> str:
    """Return an address in its one spelling.

    Raises
    ------
    InvalidFieldError
        When it is none.
    """
    try:
        email = validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        # What exactly is wrong is told by the library, in English.
        told = Sentence(message=N_("This is no e-mail address. %(reason)s"), values={"reason": str(error)})
        raise InvalidFieldError("email", told) from error
    if len(email) > MAX_EMAIL_LENGTH:
        message = N_("The e-mail address is longer than %(most)s characters.")
        raise InvalidFieldError("email", Sentence(message=message, values={"most": MAX_EMAIL_LENGTH}))
    return email


def email_key(email: str) -> str:
    """Return an address as it is compared: without regard to case and to how its letters are composed."""
    key = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", email).casefold())
    # What somebody types to log in may be anything; a database does not take every sign even to compare it.
    return "".join(letter if letter.isprintable() else UNREADABLE for letter in key)
