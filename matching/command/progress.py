"""Progress bars for a person who waits; nothing where nobody looks."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm


class ProgressBars:
    """One bar for each stage, on standard error, shown only on a terminal, and from so many units on."""

    def __init__(self, *, is_quiet: bool, unit: str = "need", n_least: int = 0) -> None:
        self._is_hidden = is_quiet or not sys.stderr.isatty()
        self._unit, self._n_least = unit, n_least
        self._bars: dict[str, tqdm[Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for bar in self._bars.values():
            bar.close()

    def tell(self, stage: str, done: int, total: int) -> None:
        """Show how far a stage is."""
        if self._is_hidden or total < self._n_least:
            return
        if stage not in self._bars:
            self._bars[stage] = tqdm(total=total, desc=stage, unit=self._unit, leave=False)
        bar = self._bars[stage]
        bar.update(done - bar.n)
