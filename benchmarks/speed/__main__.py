"""Prints how fast the matcher is beside its neighbours: ``python -m benchmarks.speed``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.speed import script
from benchmarks.speed.commands import engines, forget, measure_commands, whole_commands
from benchmarks.speed.measuring import ROOT, Limits, figures_of
from benchmarks.speed.pools import AS_OF_ON, Plan, make_pool
from benchmarks.speed.searches import measure_searches
from benchmarks.speed.table import SizeFigures, command_lines, growth_lines, machine_lines, one_need_lines, search_lines

SIZES: Final = {"small": (2_000, 1_000), "medium": (20_000, 5_000), "large": (100_000, 20_000)}
LONG: Final = "large"  # measured once: a round of it takes longer than all the others together
ONE_NEED: Final = Plan(n_needs=200, n_offers=100_000)
POOLS: Final = ROOT / ".cache" / "speed"
RESULTS: Final = ROOT / "results"


def pool_folder(plan: Plan) -> Path:
    """Return the folder of a pool, which is made where it is not there yet."""
    folder = POOLS / f"{plan.kind}-{plan.n_needs}-{plan.n_offers}-{plan.stated:g}-{plan.seed}"
    if not (folder / "offers.csv").is_file():
        make_pool(plan, folder)
    return folder


def n_eligible(folder: Path) -> int:
    """Return how many pairs of a pool are eligible."""
    needs, offers = script.read(folder / "needs.csv"), script.read(folder / "offers.csv")
    mask = script.masks(needs, offers, AS_OF_ON)
    return sum(int(np.count_nonzero(mask.block(rows))) for rows in script.blocks(len(needs), len(offers)))


def measure_size(name: str, options: argparse.Namespace) -> SizeFigures:
    """Return the figures of one pool; each table is printed as soon as it is there."""
    plan, n_rounds = plan_of(name, options), 1 if name == LONG else options.rounds
    folder, limits = pool_folder(plan), limits_of(options)
    size = SizeFigures(n_needs=plan.n_needs, n_offers=plan.n_offers, kind=plan.kind, n_eligible=n_eligible(folder))
    size.searches = measure_searches(folder, limits, n_rounds=n_rounds)
    show(search_lines(size))
    size.machine = figures_of("limits", folder)
    show(machine_lines(size))
    size.commands = measure_commands(whole_commands(folder), limits, n_rounds=n_rounds)
    show(command_lines(size.commands, title="whole command"))
    return size


def plan_of(name: str, options: argparse.Namespace) -> Plan:
    """Return which pool is meant by the name of a size."""
    n_needs, n_offers = SIZES[name]
    return Plan(n_needs=n_needs, n_offers=n_offers, kind=options.pool)


def show(lines: Iterable[str]) -> None:
    """Print lines at once, since the next may take minutes."""
    print("\n".join(lines), flush=True)


def limits_of(options: argparse.Namespace) -> Limits:
    """Return when a measurement is stopped."""
    return Limits(seconds=options.seconds, memory_mb=options.memory)


def parsed(arguments: list[str]) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument(
        "--size", choices=list(SIZES), default="medium", help="the largest pool; %(default)s by default"
    )
    parser.add_argument(
        "--pool", choices=["synthetic", "mixed"], default="synthetic", help="what the texts are made of"
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured; %(default)s by default")
    parser.add_argument("--seconds", type=float, default=1200.0, help="stop what takes longer; %(default)s by default")
    parser.add_argument("--memory", type=float, default=6000.0, help="stop what takes more MB; %(default)s by default")
    return parser.parse_args(arguments)


def main() -> int:
    """Measure, print the table, and keep the figures."""
    options = parsed(sys.argv[1:])
    names = list(SIZES)[: list(SIZES).index(options.size) + 1]
    rounds = f"medians of {options.rounds} rounds in turns, one round of the large pool"
    print(f"Two threads each, {rounds}; load when begun {os.getloadavg()[0]:.1f}.")
    sizes = [measure_size(name, options) for name in names]
    show(growth_lines(sizes))
    one_need = figures_of("one_need", pool_folder(ONE_NEED))
    show(["", *one_need_lines(one_need)])
    folder = pool_folder(plan_of("medium" if options.size == LONG else options.size, options))
    by_engine = measure_commands(engines(folder), limits_of(options), n_rounds=1)
    show(command_lines(by_engine, title="whole command by engine"))
    forget(folder)
    document: dict[str, Any] = {
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "rounds": options.rounds,
        "sizes": [size.as_document() for size in sizes],
        "one_need": one_need,
        "engines": [{"command": row.command, "seconds": row.seconds, "note": row.note} for row in by_engine],
    }
    RESULTS.mkdir(exist_ok=True)
    kept = RESULTS / f"speed-{options.pool}-{options.size}.json"
    kept.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"\nAll figures: {kept.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
