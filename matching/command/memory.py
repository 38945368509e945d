"""The memory of this process: the highest that it has taken, and whether it looks for what is no longer used."""

from __future__ import annotations

import gc
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_STATUS: Final = Path("/proc/self/status")
_PEAK: Final = "VmHWM:"
_KIB_PER_MIB: Final = 1024
_BYTES_PER_KIB: Final = 1024


@contextmanager
def circles_left() -> Iterator[None]:
    """Let objects that hold each other lie until the end.

    A run makes millions of objects of which next to none stand in a circle; looking for those takes a tenth of its time.
    """
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_looking:
            gc.enable()


def peak_memory_mib(status: Path = _STATUS) -> float:
    """Return the highest resident memory of this process so far, in MiB.

    The system's own count for the process where it keeps one: ``getrusage``, which stands in elsewhere, begins a program
    with the peak of whoever started it.

    Parameters
    ----------
    status
        Where Linux tells of the process.
    """
    try:
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        lines = []
    told = next((line.split() for line in lines if line.startswith(_PEAK)), [])
    if len(told) > 1 and told[1].isdecimal():
        return int(told[1]) / _KIB_PER_MIB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Told in kilobytes, but for macOS.
    return peak / _KIB_PER_MIB / (_BYTES_PER_KIB if sys.platform == "darwin" else 1)
