"""The same input gives the same bytes on a pool of 300 needs and 200 offers, however and wherever it is run.

The pool is drawn by chance from the terms of the taxonomy in six languages, with records that stand in it twice, so that
there are many ties. ``test_command.py`` has the same for the golden pool with other columns, workbooks and options.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.matching.command_line import ROOT, TABLES

N_NEEDS, N_OFFERS = 300, 200
MODES = ("advisory", "training", "exercise", "equipment", "financial", "drafting", "assessment")
STATES = ("FJI", "KEN", "PER", "TUR", "KHM", "ALB", "SEN", "UZB", "EGY", "HND")
GROUPS = ("*", "AFR", "APG", "GRULAC", "LDC", "SIDS", "FJI;KEN;PER", "TUR;ALB")
LANGUAGES = ("en", "fr", "es", "ru", "zh", "ar", "tr", "en;fr")

Rows = list[dict[str, str]]
FAR_AWAY = {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "12345"}
NOWHERE = {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "TZ": "America/Adak"}
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
FOUR_THREADS = {"OMP_NUM_THREADS": "4", "OPENBLAS_NUM_THREADS": "4"}
ENVIRONMENTS = {
    "a Turkish locale, another seed, four threads": FAR_AWAY | FOUR_THREADS,
    "no locale, one thread": NOWHERE | ONE_THREAD,
    # Another instruction set stands for another machine: sums in another order would differ in their last bit.
    "fewer instructions": {"OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD"},
}


def terms() -> list[str]:
    with (ROOT / "data" / "taxonomy" / "terms.csv").open(encoding="utf-8", newline="") as file:
        return [row["term"] for row in csv.DictReader(file)]


def drawn(chance: np.random.Generator, kind: str, number: int) -> Rows:
    """Return records drawn by chance; every seventh repeats the one before it under another id."""
    words = terms()

    def some(names: tuple[str, ...] | list[str], least: int, most: int, sign: str) -> str:
        chosen = chance.choice(len(names), size=chance.integers(least, most + 1), replace=False)
        return sign.join(names[at] for at in chosen)

    rows: Rows = []
    for at in range(number):
        row = {
            "id": f"{kind}-{chance.integers(10**6)}-{at}",
            "title": some(words, 1, 3, " "),
            "description": some(words, 0, 12, ", "),
            "modes": some(MODES, 0, 3, ";"),
            "languages": some(LANGUAGES, 0, 1, ";"),
            "budget": str(1000 * chance.integers(1, 9)) if chance.random() < 0.5 else "",
            "currency": "USD",
            "visibility": "public",
        }
        if kind == "need":
            row |= {"state": some(STATES, 1, 1, ";"), "priority": str(chance.integers(1, 6))}
            row |= {"latest": f"2027-{chance.integers(1, 13):02}-15" if chance.random() < 0.5 else ""}
        else:
            row |= {"provider": f"Provider {chance.integers(0, 30)}", "eligible": some(GROUPS, 1, 1, ";")}
            row |= {"capacity": str(chance.integers(0, 3)), "confirmed_on": f"202{chance.integers(3, 7)}-01-31"}
        rows.append(row if at % 7 or not rows else {**rows[-1], "id": row["id"]})
    return rows


def written(rows: Rows, *, mark: str = "", line_end: str = "\n") -> bytes:
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, list(rows[0]), lineterminator=line_end)
    writer.writeheader()
    writer.writerows(rows)
    return (mark + target.getvalue()).encode("utf-8")


def digests(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in TABLES}


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, chance = tmp_path_factory.mktemp("pool"), np.random.default_rng(20261125)
    (folder / "needs.csv").write_bytes(written(drawn(chance, "need", N_NEEDS)))
    (folder / "offers.csv").write_bytes(written(drawn(chance, "offer", N_OFFERS)))
    return folder


def match(pool: Path, out: Path, *options: str, cwd: Path = ROOT, **environment: str) -> dict[str, str]:
    """Return the digests of the tables that the command writes in a process of its own, in a folder."""
    arguments = [
        str(pool / "needs.csv"),
        str(pool / "offers.csv"),
        "--as-of",
        "2026-11-25",
        "--out",
        str(out),
        "--quiet",
    ]
    subprocess.run(
        [sys.executable, "-m", "matching", *arguments, *options],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        check=True,
        timeout=300,
    )
    return digests(cwd / out)


@pytest.fixture(scope="module")
def expected(pool: Path) -> dict[str, str]:
    return match(pool, pool / "out", PYTHONHASHSEED="0")


def test_the_pool_is_worth_the_trouble(pool: Path, expected: dict[str, str]) -> None:
    """All reasons for which a need may go without, more than a hundred matches, and ties."""
    with (pool / "out" / "unmet.csv").open(encoding="utf-8", newline="") as file:
        reasons = {row["reason"] for row in csv.DictReader(file)}
    with (pool / "out" / "matches.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    tied = [one for one, other in pairwise(rows) if one["score"] == other["score"]]

    assert {"below_threshold", "capacity_taken"} <= reasons
    assert sum(row["allocated"] == "1" for row in rows) > 20
    assert len(tied) > 100


@pytest.mark.parametrize("environment", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_the_surroundings_change_no_byte(
    pool: Path, expected: dict[str, str], tmp_path: Path, environment: dict[str, str]
) -> None:
    assert match(pool, tmp_path, **environment) == expected


@pytest.mark.parametrize("n_workers", ["1", "4"])
def test_workers_relative_paths_and_another_folder_change_no_byte(
    pool: Path, expected: dict[str, str], tmp_path: Path, n_workers: str
) -> None:
    near = Path(os.path.relpath(pool, tmp_path))

    assert match(near, Path("out"), "--workers", n_workers, cwd=tmp_path) == expected


def test_rows_in_another_order_with_mark_and_line_ends_of_another_system_change_no_byte(
    pool: Path, expected: dict[str, str], tmp_path: Path
) -> None:
    for seed, name in enumerate(("needs.csv", "offers.csv")):
        with (pool / name).open(encoding="utf-8", newline="") as file:
            rows: list[Any] = list(csv.DictReader(file))
        np.random.default_rng(seed).shuffle(rows)
        (tmp_path / name).write_bytes(written(rows, mark="\ufeff", line_end="\r\n"))

    assert match(tmp_path, tmp_path / "out") == expected


def test_a_first_run_with_a_cache_and_a_second_change_no_byte(
    pool: Path, expected: dict[str, str], tmp_path: Path
) -> None:
    cache = str(tmp_path / "cache")

    first, second = (match(pool, tmp_path / name, "--cache", cache) for name in ("first", "second"))

    assert (first, second) == (expected, expected)
