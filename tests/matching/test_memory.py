"""The peak memory that a run tells is its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from matching.command.memory import peak_memory_mib

HELD_MIB = 300
# A program that holds much, lets go of it, and starts another one in its own place.
HEAVY_PARENT = (
    f"import os, sys; held = bytearray({HELD_MIB} * 1024 * 1024); held[::4096] = b'1' * len(held[::4096]); del held; "
    "os.execv(sys.executable, [sys.executable, '-c', "
    "'from matching.command.memory import peak_memory_mib; print(peak_memory_mib())'])"
)


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="the system keeps no count for a process")
def test_what_the_starter_of_a_program_held_is_not_counted() -> None:
    done = subprocess.run([sys.executable, "-c", HEAVY_PARENT], capture_output=True, text=True, check=True)

    assert 1 < float(done.stdout) < HELD_MIB


def test_the_systems_own_count_is_told_in_mib(tmp_path: Path) -> None:
    status = tmp_path / "status"
    status.write_text("Name:\tpython\nVmPeak:\t  999999 kB\nVmHWM:\t  204800 kB\n", encoding="ascii")

    assert peak_memory_mib(status) == 200.0


@pytest.mark.parametrize(
    "told", [None, "", "VmHWM:\n", "VmHWM:\tmuch kB\n"], ids=["gone", "empty", "bare", "no number"]
)
def test_where_the_system_keeps_no_count_the_process_is_asked(tmp_path: Path, told: str | None) -> None:
    status = tmp_path / "status"
    if told is not None:
        status.write_text(told, encoding="ascii")

    assert 1 < peak_memory_mib(status) < 1_000_000
