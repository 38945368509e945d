"""Whole commands beside each other: the day's script, this matcher, and this matcher on a cluster of one machine."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.speed.measuring import Limits, Ran, run_measured
from benchmarks.speed.pools import AS_OF_ON

SCRIPT: Final = "script: read, rank, write"
COMMAND: Final = "command: all five files"
CACHED: Final = "command, texts seen before"
_REFUSED: Final = 2  # the exit status of an option that is not there


@dataclass(slots=True)
class CommandRow:
    """What one command took on one pool, a figure for each round; ``note`` says why there is none."""

    command: str
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    peak_mb: float = 0.0
    note: str = ""

    @property
    def median_seconds(self) -> float | None:
        """The median over the rounds; nothing where it never ended."""
        return statistics.median(self.seconds) if self.seconds else None

    @property
    def median_cpu_seconds(self) -> float | None:
        """The same of the seconds that processors worked for it."""
        return statistics.median(self.cpu_seconds) if self.cpu_seconds else None

    def add(self, ran: Ran) -> None:
        """Take in what one run took, or why it did not end as it should."""
        if ran.stopped or ran.status:
            told = ran.errors.strip().splitlines()
            is_refused = ran.status == _REFUSED and "--engine" in ran.errors
            self.note = ran.stopped or (
                "not available" if is_refused else f"failed: {told[-1] if told else ran.status}"
            )
            return
        self.seconds.append(ran.seconds)
        self.cpu_seconds.append(ran.cpu_seconds)
        self.peak_mb = max(self.peak_mb, ran.peak_mb)


def whole_commands(folder: Path) -> dict[str, Sequence[str]]:
    """Return the script and the matcher, without and with texts that an earlier run has seen, by name."""
    script = ("-m", "benchmarks.speed.script", *_files(folder), "--out", str(folder / "script.csv"), *_DAY)
    return {SCRIPT: script, COMMAND: _match(folder), CACHED: _match(folder, "--cache", str(folder / "cache"))}


def engines(folder: Path) -> dict[str, Sequence[str]]:
    """Return the matcher on each engine with one and two workers, by name."""
    return {
        f"--engine {engine} --workers {n_workers}": _match(folder, "--engine", engine, "--workers", str(n_workers))
        for engine in ("local", "dask")
        for n_workers in (1, 2)
    }


def measure_commands(commands: dict[str, Sequence[str]], limits: Limits, *, n_rounds: int) -> list[CommandRow]:
    """Return what each command took; they run one after the other in rounds, and one that fails runs once.

    The one whose texts have been seen before runs once more at the beginning, which sees them.
    """
    rows = {name: CommandRow(name) for name in commands}
    if CACHED in commands:
        run_measured(commands[CACHED], limits)
    for _ in range(n_rounds):
        for name, command in commands.items():
            if not rows[name].note:
                rows[name].add(run_measured(command, limits))
    return list(rows.values())


def forget(folder: Path) -> None:
    """Remove what commands wrote beside the pool."""
    shutil.rmtree(folder / "cache", ignore_errors=True)
    shutil.rmtree(folder / "out", ignore_errors=True)


_DAY: Final = ("--as-of", AS_OF_ON.isoformat())


def _files(folder: Path) -> tuple[str, str]:
    return str(folder / "needs.csv"), str(folder / "offers.csv")


def _match(folder: Path, *options: str) -> tuple[str, ...]:
    return (
        "-m",
        "matching",
        *_files(folder),
        "--out",
        str(folder / "out"),
        *_DAY,
        "--workers",
        "2",
        "--quiet",
        *options,
    )
