"""Sentences for people, kept apart from their values so that a page can translate them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def N_(message: str) -> str:  # noqa: N802 – gettext's own name for a marker that only collects messages
    """Return the message as it is; the marker lets the message extractor find it."""
    return message


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A message with named places and the values that go there.

    ``message`` is the English sentence in ``%(name)s`` style and the key of its translations; ``values`` holds
    plain strings and numbers only, so that a sentence can be stored as JSON.

    Examples
    --------
    >>> str(Sentence(message="Both speak %(languages)s.", values={"languages": "fr"}))
    'Both speak fr.'
    """

    message: str
    values: Mapping[str, str | int | float] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message
