"""A shelf of what earlier runs have worked out, from which only what is asked for is kept for the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Shelf(Generic[Value]):
    """Values by key; ``used`` holds those that were asked for, so that what nobody needs any more is let go."""

    def __init__(self, kept: Mapping[str, Value] | None = None) -> None:
        self._kept = {} if kept is None else kept
        self.used: dict[str, Value] = {}

    def get(self, key: str, make: Callable[[], Value]) -> Value:
        """Return the value of a key, which is made where it is not there.

        Examples
        --------
        >>> shelf = Shelf({"a": 1, "b": 2})
        >>> shelf.get("a", lambda: 0), shelf.get("c", lambda: 3), shelf.used
        (1, 3, {'a': 1, 'c': 3})
        """
        if key not in self.used:
            self.used[key] = self._kept[key] if key in self._kept else make()
        return self.used[key]

    def missing(self, key: str) -> bool:
        """Return whether the value of a key would have to be made."""
        return key not in self.used and key not in self._kept
