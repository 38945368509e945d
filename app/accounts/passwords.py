"""Passwords: which ones may be chosen, what is kept of them, and whether one is right."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn import zxcvbn

from app.errors import InvalidInputError
from matching.sentences import N_, Sentence

MIN_LENGTH: Final = 15  # characters, of a password that stands alone (NIST SP 800-63B-4, 3.1.1.2)
MIN_LENGTH_WITH_SECOND_FACTOR: Final = 8  # the same, where something else has to be shown as well
MAX_LENGTH: Final = 200
WEAKEST_SCORE: Final = 2  # of zxcvbn's 0 to 4: below it the password is among the first million that are tried
MAX_ESTIMATED_LENGTH: Final = 72  # what zxcvbn takes; what is longer is long enough
HASHES_AT_ONCE: Final = 2  # each takes 64 MB and a processor

_HASHER: Final = PasswordHasher()  # argon2id with the second recommended parameters of RFC 9106
_TURN: Final = BoundedSemaphore(HASHES_AT_ONCE)
# Of a password that nobody knows: an account that does not exist costs the same work.
_DUMMY: Final = _HASHER.hash("nobody has this password, and whoever guesses it gets nowhere")


class UnusablePasswordError(InvalidInputError):
    """The password may not be chosen; the message says why."""

    code = "unusable_password"


def check_password(password: str, *, has_second_factor: bool, known_words: Sequence[str]) -> None:
    """Do nothing for a password that may be chosen; ``known_words`` are what everybody knows of the person.

    Raises
    ------
    UnusablePasswordError
        When it is too short or too long, or among those that are tried first.
    """
    plain = normal_password(password)
    least = MIN_LENGTH_WITH_SECOND_FACTOR if has_second_factor else MIN_LENGTH
    if len(plain) < least:
        message = N_("The password has %(length)s characters; it needs at least %(least)s.")
        raise UnusablePasswordError(Sentence(message=message, values={"length": len(plain), "least": least}))
    if len(plain) > MAX_LENGTH:
        message = N_("The password is longer than %(most)s characters.")
        raise UnusablePasswordError(Sentence(message=message, values={"most": MAX_LENGTH}))
    estimate = zxcvbn(plain[:MAX_ESTIMATED_LENGTH], user_inputs=[word for word in known_words if word])
    if estimate["score"] < WEAKEST_SCORE:
        message = N_(
            "This password is among the first that are tried. A few words that do not belong together are easy to remember."
        )
        raise UnusablePasswordError(Sentence(message=message))


def hash_password(password: str) -> str:
    """Return what is kept of a password: its argon2id hash with the parameters and a salt."""
    with _TURN:
        return _HASHER.hash(normal_password(password))


def is_password(kept: str | None, password: str) -> bool:
    """Return whether this is the password; without one that is kept, no, after as much work."""
    with _TURN:
        try:
            _HASHER.verify(kept or _DUMMY, normal_password(password)[: MAX_LENGTH + 1])
        except (VerifyMismatchError, InvalidHashError):
            return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Return whether a hash was made with weaker parameters than are in use now."""
    return _HASHER.check_needs_rehash(kept)


def normal_password(password: str) -> str:
    """Return a password as it is compared: the same letters are the same, however a keyboard composes them."""
    return unicodedata.normalize("NFKC", password)
