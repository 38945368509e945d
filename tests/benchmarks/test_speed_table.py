"""The table of the measurements of speed, and how commands are run and stopped for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.speed.commands import COMMAND, SCRIPT, CommandRow, measure_commands
from benchmarks.speed.measuring import Limits, Ran, run_measured
from benchmarks.speed.searches import ENGINE, Row
from benchmarks.speed.table import (
    WIDTH,
    SizeFigures,
    command_lines,
    growth_lines,
    machine_lines,
    one_need_lines,
    search_lines,
)

LIMITS = Limits(seconds=60.0, memory_mb=4000.0)
PRODUCT = {"multiply_adds": 6.4e8, "a_pair": 6.4, "a_second": 1.3e9, "seconds": 0.5, "cpu_seconds": 1.0}
MACHINE = {"bytes_a_second": 1.9e10, "flops": 2e11, "tfidf": PRODUCT, "engine": PRODUCT}


def figures(n_needs: int, *, seconds: float) -> SizeFigures:
    rows = [Row("full cosine, masked"), Row(ENGINE), Row("DuckDB blocking join", note="stopped after 600 s")]
    for row in rows[:2]:
        row.add({"seconds": seconds, "cpu_seconds": 2 * seconds, "peak_mb": 123.4, "note": ""})
    return SizeFigures(
        n_needs=n_needs,
        n_offers=n_needs,
        kind="synthetic",
        n_eligible=n_needs,
        searches=rows,
        commands=[CommandRow(SCRIPT), CommandRow(COMMAND, note="x" * 200)],
        machine=MACHINE,
    )


def test_every_line_fits_the_width_of_the_page() -> None:
    sizes = [figures(n_needs, seconds=1e4) for n_needs in (2_000, 20_000, 100_000)]

    lines = growth_lines(sizes)
    for size in sizes:
        lines += [*search_lines(size), *machine_lines(size), *command_lines(size.commands, title="whole command")]

    assert len(lines) > 30
    assert max(map(len, lines)) <= WIDTH


def test_a_method_that_was_stopped_keeps_its_row_and_says_why() -> None:
    line = next(line for line in search_lines(figures(1_000, seconds=1.0)) if line.startswith("DuckDB"))

    assert line.endswith("stopped after 600 s")


def test_how_far_the_search_is_from_the_bound_of_the_machine_is_told() -> None:
    assert "the engine's search takes 4.0 times the CPU seconds of its bound" in list(
        machine_lines(figures(1_000, seconds=2.0))
    )


def test_growth_is_the_power_of_the_number_of_pairs() -> None:
    small, large = figures(100, seconds=1.0), figures(1_000, seconds=100.0)

    line = next(line for line in growth_lines([small, large]) if line.startswith(ENGINE))

    assert line.split()[-1] == "1.00"
    assert growth_lines([small]) == []


def test_an_answer_to_one_need_is_told_in_milliseconds() -> None:
    seconds = {"p50": 0.0123, "p95": 0.045, "p99": 0.2, "cpu_p50": 0.01, "cpu_p95": 0.04, "cpu_p99": 0.1}
    advice = {"advice_cpu_p50": 0.18, "advice_cpu_p95": 0.28, "advice_cpu_p99": 0.3}
    told = {"n_offers": 100_000, "n_needs": 200, "cpu_prepared": 90.0, **seconds, **advice, "peak_mb": 900.0}

    lines = one_need_lines(told)

    assert "p50, p95, p99 12.3, 45.0, 200.0; CPU 10.0, 40.0, 100.0; advice on it CPU 180.0, 280.0, 300.0" in lines[1]
    assert "peak 900 MB" in lines[2]
    assert max(map(len, lines)) <= WIDTH


def test_figures_can_be_kept_as_they_are() -> None:
    document = json.loads(json.dumps(figures(10, seconds=1.0).as_document()))

    assert document["searches"][1]["seconds"] == [1.0]


@pytest.mark.parametrize(
    ("code", "limits", "stopped"),
    [
        ("pass", LIMITS, ""),
        ("while True: pass", Limits(seconds=0.2, memory_mb=4000.0), "stopped after 0 s"),
        ("import time; x = b'x' * 10**8; time.sleep(60)", Limits(seconds=60.0, memory_mb=60.0), "stopped at 60 MB"),
    ],
)
def test_a_command_that_passes_a_limit_is_stopped(code: str, limits: Limits, stopped: str) -> None:
    ran = run_measured(["-c", code], limits)

    assert ran.stopped == stopped
    assert (ran.status == 0) == (not stopped)


def test_what_a_stopped_command_started_is_stopped_as_well(tmp_path: Path) -> None:
    child, told = "import time; time.sleep(60)", tmp_path / "pid"
    code = (
        "import pathlib, subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        f"pathlib.Path({str(told)!r}).write_text(str(child.pid))\n"
        "child.wait()"
    )

    ran = run_measured(["-c", code], Limits(seconds=3.0, memory_mb=4000.0))

    started = told.read_text(encoding="ascii")
    status = Path(f"/proc/{started}/status")
    assert ran.stopped == "stopped after 3 s"
    assert not status.exists() or "State:\tZ" in status.read_text(encoding="ascii")


def test_the_memory_of_everything_that_a_command_starts_is_counted() -> None:
    child = "x = b'x' * 10**8; import time; time.sleep(0.5)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"

    assert run_measured(["-c", code], LIMITS).peak_mb > 95


def test_an_option_that_is_not_there_is_told_as_such_and_asked_for_once() -> None:
    refuse = "import sys; sys.stderr.write('leave --engine out'); sys.exit(2)"

    rows = measure_commands({"dask": ["-c", refuse], "local": ["-c", "pass"]}, LIMITS, n_rounds=2)

    assert rows[0].note == "not available"
    assert "not available" in command_lines(rows, title="by engine")[2]
    assert len(rows[1].seconds) == 2


def test_a_command_that_fails_is_told_with_its_last_words() -> None:
    row = CommandRow(COMMAND)
    row.add(Ran(seconds=1.0, cpu_seconds=1.0, peak_mb=1.0, status=1, stopped="", errors="one\ntwo\n"))

    assert row.note == "failed: two"
