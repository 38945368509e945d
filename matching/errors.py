"""The errors that the matcher raises; a caller may catch them all as ``MatchingError``."""

from __future__ import annotations


class MatchingError(Exception):
    """Something the caller can put right; the message says how."""


class UnreadableProfileError(MatchingError):
    """A scoring profile that cannot be used: a key is missing, unknown or out of range."""


class UnknownRecordError(MatchingError):
    """A need or an offer was asked for by an id that is not in the files."""
