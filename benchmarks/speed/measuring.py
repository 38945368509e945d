"""What is measured of a search, and how a process is started, watched and stopped."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from matching.arrays import Rows

ROOT: Final = Path(__file__).resolve().parents[2]
N_THREADS: Final = 2
N_SAMPLED: Final = 500  # needs whose exact answer is computed
_LOOK_SECONDS: Final = 0.02
_MB: Final = 1024  # kilobytes


@dataclass(frozen=True, slots=True)
class Searched:
    """What one search took; ``note`` says what the table should say beside it."""

    seconds: float
    cpu_seconds: float
    note: str = ""


NOTHING: Final = Searched(0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a measurement is stopped."""

    seconds: float
    memory_mb: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a whole command took; ``stopped`` says why it did not end by itself, ``status`` is its exit status."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    status: int
    stopped: str
    errors: str = ""


class Subject(Protocol):
    """Something that finds ten offers for every need; it is made from the folder of a pool.

    ``prepared`` is what its own preparation took, nothing where it takes vectors that are there.
    """

    prepared: Searched

    def search(self) -> Searched:
        """Search once."""

    def recall(self) -> float:
        """Return the share of the exact answer that the last search found."""


class StoppedError(Exception):
    """A measurement went over a limit."""


def sampled_rows(n_needs: int) -> Rows:
    """Return the positions of the needs whose exact answer is computed, evenly spread."""
    return np.unique(np.linspace(0, max(0, n_needs - 1), min(N_SAMPLED, n_needs)).astype(np.int64))


def environment() -> dict[str, str]:
    """Return the environment of a measured process: every library works with as many threads as the engine."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    return {**os.environ, **dict.fromkeys(names, str(N_THREADS))}


def forget_peak() -> None:
    """Let the highest memory of this process count from now on, without what the preparation has given free."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_mb(process: int | str = "self") -> float:
    """Return the highest resident memory of a process, 0 where it has gone.

    ``getrusage`` would begin with the peak of whoever started the process.
    """
    return _status_mb(process, "VmHWM:")


def _status_mb(process: int | str, name: str) -> float:
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / _MB for line in lines if line.startswith(name)), 0.0)


def _family(process: int) -> list[int]:
    """Return a process and all that it started."""
    found = [process]
    for parent in found:
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
        except OSError:
            continue
        found += [int(child) for child in children.split()]
    return found


def figures_of(module: str, folder: Path) -> dict[str, Any]:
    """Return what a module of measurements prints about a pool."""
    command = [sys.executable, "-m", f"benchmarks.speed.{module}", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, check=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def run_measured(command: Sequence[str], limits: Limits) -> Ran:
    """Run a command of Python to its end or to a limit.

    Its memory is the sum over itself and all processes that it started, looked at fifty times a second; its CPU
    seconds are those of all that it waited for.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=errors
        )
        ran = _watched(process, started, limits)
        errors.seek(0)
        return replace(ran, errors=errors.read())


def _watched(process: subprocess.Popen[bytes], started: float, limits: Limits) -> Ran:
    highest, stopped = 0.0, ""
    while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
        family = _family(process.pid)
        # One process knows its own peak; of several the sum at one time is what counts.
        now = peak_mb(process.pid) if len(family) == 1 else sum(_status_mb(member, "VmRSS:") for member in family)
        highest = max(highest, now)
        stopped = stopped or _reason(time.perf_counter() - started, highest, limits)
        if stopped:
            _kill(family)
        time.sleep(_LOOK_SECONDS)
    seconds = time.perf_counter() - started
    _, status, usage = ended
    process.returncode = os.waitstatus_to_exitcode(status)
    return Ran(
        seconds=seconds,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_mb=highest,
        status=process.returncode,
        stopped=stopped,
    )


def _kill(family: Sequence[int]) -> None:
    """End processes, those first that started the others, so that nobody starts any again."""
    for member in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)


def _reason(seconds: float, memory_mb: float, limits: Limits) -> str:
    if seconds > limits.seconds:
        return f"stopped after {limits.seconds:.0f} s"
    if memory_mb > limits.memory_mb:
        return f"stopped at {limits.memory_mb:.0f} MB"
    return ""


class Worker:
    """A subject in a process of its own, prepared once, that searches when it is told to."""

    def __init__(self, subject: str, folder: Path, limits: Limits) -> None:
        self._limits = limits
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.speed.worker", subject, str(folder)],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise StoppedError("has no pipes")
        self._orders, self._answers = self._process.stdin, self._process.stdout
        self.prepared = self._answer()

    def ask(self, order: str) -> dict[str, Any]:
        """Send an order and return the answer.

        Raises
        ------
        StoppedError
            When a limit was passed or the process ended; it is gone then.
        """
        self._orders.write(f"{order}\n")
        self._orders.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        started = time.perf_counter()
        while not select.select([self._answers], [], [], _LOOK_SECONDS)[0]:
            reason = _reason(time.perf_counter() - started, _status_mb(self._process.pid, "VmRSS:"), self._limits)
            if reason:
                self.stop()
                raise StoppedError(reason)
        line = self._answers.readline()
        if not line:
            raise StoppedError(f"ended with status {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
