"""A shelf of what earlier runs have worked out, from which only what is asked for is kept for the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Shelf(Generic[Value]):
    """Values by key; ``used`` holds those that were asked for, so that what nobody needs any more is let go."""

    def __init__(self, kept: Mapping[str, Value] | None = None) -> None:
        self._kept = {} if kept is None else kept
        self.used: dict[str, Value] = {}

    def get(self, key: str) -> Value | None:
        """Return the value of a key, which is then kept, or ``None`` where it has to be made.

        Examples
        --------
        >>> shelf = Shelf({"a": 1, "b": 2})
        >>> shelf.put("c", 3)
        >>> shelf.get("a"), shelf.get("d"), shelf.used
        (1, None, {'c': 3, 'a': 1})
        """
        if key not in self.used and key in self._kept:
            self.used[key] = self._kept[key]
        return self.used.get(key)

    @property
    def has_changed(self) -> bool:
        """Whether what is kept for the next run differs from what was there for this one."""
        return self.used.keys() != self._kept.keys()

    def put(self, key: str, value: Value) -> None:
        """Keep the value of a key."""
        self.used[key] = value
