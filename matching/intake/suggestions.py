"""Guesses what somebody meant by a code that is not known."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from rapidfuzz import fuzz, process

_MIN_LIKENESS: Final = 75.0  # of 100; below it a guess misleads more often than it helps
_MAX_LENGTH: Final = 80  # longer texts are no misspelt codes
_MAX_GUESSES: Final = 1_000  # for one file, so that a hostile one costs no time


class Suggester:
    """Finds the code that is spelled most like a text, or that stands for a name like it."""

    def __init__(self, codes: Iterable[str], code_by_name: Mapping[str, str] | None = None) -> None:
        self._code_by_key = {_key(name): code for name, code in (code_by_name or {}).items()}
        self._code_by_key.update({_key(code): code for code in codes})
        self._known: dict[str, str | None] = {}

    def find(self, text: str) -> str | None:
        """Return the code that was probably meant, or ``None`` where nothing is like the text.

        Examples
        --------
        >>> Suggester(["training", "drafting"]).find("trainings")
        'training'
        >>> Suggester(["FJI"], {"Fiji": "FJI"}).find("Fidji")
        'FJI'
        """
        key = _key(text)
        if len(key) > _MAX_LENGTH:
            return None
        if key in self._code_by_key:
            return self._code_by_key[key]
        if key not in self._known:
            if len(self._known) >= _MAX_GUESSES:
                return None
            self._known[key] = self._closest(key)
        return self._known[key]

    def _closest(self, key: str) -> str | None:
        found = process.extractOne(key, self._code_by_key.keys(), scorer=fuzz.ratio, score_cutoff=_MIN_LIKENESS)
        return None if found is None else self._code_by_key[found[0]]


def _key(text: str) -> str:
    """Return the text as names are compared: without case, accents, and the article behind a French or Spanish name."""
    plain = unicodedata.normalize("NFKD", text.partition("(")[0] or text).casefold()
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(letters.replace("_", " ").replace("-", " ").split())
