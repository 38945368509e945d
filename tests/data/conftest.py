"""Fixtures that read the shipped data files with nothing but the standard library."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

DATA: Final = Path(__file__).resolve().parents[2] / "data"

Rows = list[dict[str, str]]
ReadTable = Callable[[str], Rows]


@pytest.fixture
def read_table() -> ReadTable:
    """Return a function that reads a table under data/ by its path without the suffix."""

    def read(name: str) -> Rows:
        with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream, strict=True))

    return read
