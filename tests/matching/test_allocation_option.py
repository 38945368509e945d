"""``--allocation`` and floors on the command line, on the golden files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.matching.command_line import GOLDEN, TABLES, golden_arguments, read_cells, status_of

RULES = ("optimal", "greedy", "stable")


def run_with(folder: Path, *options: str) -> dict[str, Any]:
    """Run on the golden files and return the run document."""
    assert status_of(*golden_arguments(folder, options=options)) == 0
    document: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return document


def golden_profile(path: Path, floor: dict[str, float]) -> str:
    """Write the golden profile with a floor and return its path."""
    document = json.loads((GOLDEN / "profile.json").read_text(encoding="utf-8"))
    path.write_text(json.dumps(document | {"equity_floor": floor}), encoding="utf-8")
    return str(path)


def test_the_rule_stands_in_the_run_document_where_it_is_not_the_best_total(tmp_path: Path) -> None:
    named = [run_with(tmp_path / rule, "--allocation", rule).get("allocation") for rule in RULES]

    assert named == [None, "greedy", "stable"]


def test_the_best_total_is_what_a_run_without_the_option_gives(tmp_path: Path) -> None:
    run_with(tmp_path / "plain")
    run_with(tmp_path / "optimal", "--allocation", "optimal")

    assert all(
        (tmp_path / "plain" / name).read_bytes() == (tmp_path / "optimal" / name).read_bytes() for name in TABLES
    )


@pytest.mark.parametrize("rule", ["greedy", "stable"])
def test_every_rule_ranks_alike_and_allocates_no_need_twice(rule: str, tmp_path: Path) -> None:
    for name in ("optimal", rule):
        run_with(tmp_path / name, "--allocation", name)
    rows = {name: read_cells((tmp_path / name / "matches.csv").read_bytes()) for name in ("optimal", rule)}

    first_three = [
        [(row["need_id"], row["offer_id"], row["score"]) for row in found if int(row["rank"]) <= 3]
        for found in rows.values()
    ]
    allocated = [row["need_id"] for row in rows[rule] if row["allocated"] == "1"]
    assert first_three[0] == first_three[1]
    assert len(allocated) == len(set(allocated))


@pytest.mark.parametrize(
    ("rule", "words"), [("greedy", "made greedily"), ("stable", "made stably"), ("optimal", "with the best total")]
)
def test_the_report_says_by_which_rule_places_were_shared_out(rule: str, words: str, tmp_path: Path) -> None:
    run_with(tmp_path, "--allocation", rule)

    page = (tmp_path / "report.html").read_text(encoding="utf-8")

    assert words in page
    assert ("for the best total over all needs; nothing" in page) is (rule == "optimal")


def test_the_summary_says_by_which_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_with(tmp_path, "--allocation", "greedy")

    assert "an offer (greedily), " in capsys.readouterr().out


def test_an_unknown_rule_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    assert status_of(*golden_arguments(tmp_path / "out", options=("--allocation", "random"))) == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("rule", ["greedy", "stable"])
def test_a_rule_that_keeps_no_floor_is_refused_where_one_is_set(
    rule: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = golden_profile(tmp_path / "mine.json", {"LDC": 0.5})

    status = status_of(*golden_arguments(tmp_path / "out", options=("--profile", profile, "--allocation", rule)))

    assert status == 2
    assert f"A {rule} allocation keeps no equity floor" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_floor_is_told_in_the_summary_and_in_the_run_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = golden_profile(tmp_path / "mine.json", {"AFR": 1.0})

    document = run_with(tmp_path / "out", "--profile", profile)

    (told,) = document["fairness"]["groups"]
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("Equity floor: "))
    assert line.startswith(f"Equity floor: AFR {told['served']} served of {told['open']}, {told['needed']} needed")
    assert document["profile"]["equity_floor"] == {"AFR": 1.0}
