"""Runs the matcher's command line as a person would, on the files of ``data/golden``."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from matching.command.main import main

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "data" / "golden"
DAY = "2026-06-01"
TABLES = ("matches.csv", "unmet.csv", "tandems.csv")
FILES = (*TABLES, "run.json", "report.html")

Cells = list[dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a run left behind."""

    status: int
    stdout: str
    stderr: str
    folder: Path

    def content(self, name: str) -> bytes:
        """Return the bytes of a file that was written."""
        return (self.folder / name).read_bytes()

    def rows(self, name: str) -> Cells:
        """Return the rows of a table that was written."""
        return read_cells(self.content(name))

    def tables(self) -> list[bytes]:
        """Return the three files that have to be the same for the same input."""
        return [self.content(name) for name in TABLES]


def read_cells(content: bytes) -> Cells:
    """Return the rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))


def golden_arguments(
    folder: Path, *, source: Path = GOLDEN, suffix: str = ".csv", options: tuple[str, ...] = ()
) -> list[str]:
    """Return the arguments of a run on the golden files, or on files of the same names elsewhere."""
    return [
        *(str(source / f"{name}{suffix}") for name in ("needs", "offers")),
        *("--states", str(source / f"states{suffix}")),
        *("--tandem", str(source / f"tandem{suffix}")),
        *("--profile", str(GOLDEN / "profile.json")),
        *("--as-of", DAY, "--top", "3", "--out", str(folder)),
        *options,
    ]


def in_a_process(arguments: list[str], folder: Path, **environment: str) -> Finished:
    """Run ``python -m matching`` as its own process."""
    done = subprocess.run(
        [sys.executable, "-m", "matching", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return Finished(status=done.returncode, stdout=done.stdout, stderr=done.stderr, folder=folder)


def status_of(*arguments: str | Path) -> int:
    """Run the command inside the test and return its exit status."""
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as left:
        return int(left.code or 0)
