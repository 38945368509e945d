"""Sentences for people, kept apart from their values so that a page can translate them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

from matching.arrays import Integers


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


@dataclass(frozen=True, slots=True)
class SentenceColumn(Sequence[Sentence]):
    """A sentence for each of many pairs, of which few differ.

    ``different`` holds each sentence once, ``at`` has shape (n_pairs,) and says which of them each pair has.
    """

    different: Sequence[Sentence]
    at: Integers

    def __len__(self) -> int:
        return len(self.at)

    @overload
    def __getitem__(self, place: int) -> Sentence: ...

    @overload
    def __getitem__(self, place: slice) -> SentenceColumn: ...

    def __getitem__(self, place: int | slice) -> Sentence | SentenceColumn:
        if isinstance(place, slice):
            return SentenceColumn(self.different, self.at[place])
        return self.different[int(self.at[place])]

    def __iter__(self) -> Iterator[Sentence]:
        return map(self.different.__getitem__, self.at.tolist())

    def words(self) -> list[str]:
        """Return the sentences as text; shape (n_pairs,)."""
        told = list(map(str, self.different))
        return [told[at] for at in self.at.tolist()]
