"""Which States a text names, in any of the six languages: a template filled for two States is two offers."""

from __future__ import annotations

from collections.abc import Iterable

from matching.reference import Geography, State
from matching.words import Tokenizer


class PlaceReader:
    """Finds the names of States in texts, as whole runs of stems."""

    def __init__(self, geography: Geography, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._names: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for code, stems in self._names_of(geography.state_by_code.values()):
            self._names.setdefault(stems[0], []).append((stems, code))

    def named_in(self, text: str) -> frozenset[str]:
        """Return the codes of the States that a text names."""
        stems = tuple(self._tokenizer.tokens(text))
        return frozenset(
            code
            for at, stem in enumerate(stems)
            for name, code in self._names.get(stem, ())
            if stems[at : at + len(name)] == name
        )

    def _names_of(self, states: Iterable[State]) -> list[tuple[str, tuple[str, ...]]]:
        found = {(state.code, tuple(self._tokenizer.tokens(name))) for state in states for name in state.names.values()}
        return sorted((code, stems) for code, stems in found if stems)
