"""How a run is carried out: workers, memory of texts, progress, and how long each stage took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from matching.words import TokenMemory

Progress = Callable[[str, int, int], None]
"""Called as ``progress(stage, done, total)``."""


def _tell_nobody(_stage: str, _done: int, _total: int) -> None:
    """Stand in for a progress bar where nobody looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """How a run is carried out; nothing here changes a byte of its result.

    ``n_workers`` threads score at once; ``memory`` keeps the stems of texts between runs; ``progress`` is told how far
    a stage is.
    """

    n_workers: int = 1
    memory: TokenMemory | None = None
    progress: Progress = _tell_nobody


@dataclass(slots=True)
class Stopwatch:
    """Collects how long each stage took."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        started = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - started, 3)


PLAIN: Final = Execution()
"""One worker, no memory, nobody told."""
