"""The errors that the matcher raises; a caller may catch them all as ``MatchingError``."""

from __future__ import annotations


class MatchingError(Exception):
    """Something the caller can put right; the message says how."""


class UnreadableProfileError(MatchingError):
    """A scoring profile that cannot be used: a key is missing, unknown or out of range.

    ``key`` names it, ``code`` says in one word why, ``line`` is where the file stops being JSON; each may be absent.
    """

    def __init__(self, sentence: str, *, key: str = "", code: str = "", line: int | None = None) -> None:
        super().__init__(sentence)
        self.key, self.code, self.line = key, code, line


class UnknownRecordError(MatchingError):
    """A need or an offer was asked for by an id that is not in the files."""
