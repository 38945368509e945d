"""How a run is carried out: workers, memory of texts, progress, and how long each stage took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar

from matching.arrays import Rows
from matching.sentence_model import SentenceModel
from matching.text_memory import TextMemory

Shared = TypeVar("Shared")
Result = TypeVar("Result")

Progress = Callable[[str, int, int], None]
"""Called as ``progress(stage, done, total)``."""


def _tell_nobody(_stage: str, _done: int, _total: int) -> None:
    """Stand in for a progress bar where nobody looks."""


class Spread(Protocol):
    """Carries out one piece of work on many blocks, somewhere."""

    def map(self, work: Callable[[Shared, Rows], Result], shared: Shared, blocks: Sequence[Rows]) -> Iterator[Result]:
        """Return what the work makes of each block, in the order of the blocks.

        Parameters
        ----------
        work
            A function of a module, so that it can be sent to another machine.
        shared
            What every block needs; it is sent to each worker once.
        blocks
            Positions of needs.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Threads:
    """Works on this machine, on several blocks at once."""

    n_workers: int = 1

    def map(self, work: Callable[[Shared, Rows], Result], shared: Shared, blocks: Sequence[Rows]) -> Iterator[Result]:
        """Return what the work makes of each block, in the order of the blocks."""
        with ThreadPoolExecutor(self.n_workers) as workers:
            yield from workers.map(lambda block: work(shared, block), blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """How a run is carried out; nothing here changes a byte of its result.

    ``spread`` scores blocks of needs, and ``n_workers`` threads what stays on this machine; ``memory`` keeps what was
    worked out of texts between runs; ``progress`` is told how far a stage is.
    ``sentence_model`` is the model that the profile names, ``None`` where it names none.
    """

    spread: Spread = Threads()
    n_workers: int = 1
    memory: TextMemory | None = None
    progress: Progress = _tell_nobody
    sentence_model: SentenceModel | None = None


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
