"""A progress bar for a person who waits while a long file is read; nothing where nobody looks."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any, Final, Self

from tqdm import tqdm

LONG_FILE_ROWS: Final = 1_000  # fewer are read before anybody would look for a bar


class RowBars:
    """One bar for each stage, counted in rows, on standard error; shown only on a terminal and for a long file."""

    def __init__(self, *, is_quiet: bool) -> None:
        self._is_hidden = is_quiet or not sys.stderr.isatty()
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
        if self._is_hidden or total <= LONG_FILE_ROWS:
            return
        if stage not in self._bars:
            self._bars[stage] = tqdm(total=total, desc=stage, unit="row", leave=False)
        bar = self._bars[stage]
        bar.update(done - bar.n)
