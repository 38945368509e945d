"""What a run knows of texts from earlier ones, and keeps for the next."""

from __future__ import annotations

from dataclasses import dataclass, field

from matching.readings import Found
from matching.shelf import Shelf
from matching.text import KnownTexts


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMemory:
    """Texts as they were worked out before: what their vectors are made of, and what was found in them.

    No text stands in it, and yet enough to tell what it is about. All of it is for one release, one set of search terms
    and one list of places.
    """

    texts: KnownTexts = field(default_factory=KnownTexts)
    found: Shelf[Found] = field(default_factory=Shelf)

    @property
    def has_changed(self) -> bool:
        """Whether a run has learned anything, or has no more use for something; kinships follow from the texts."""
        return self.texts.stems.has_changed or self.found.has_changed
