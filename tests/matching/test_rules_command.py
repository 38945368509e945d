"""``python -m matching rules``: every rule of sharing out beside the best total."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.matching.command_line import DAY, GOLDEN, read_cells, status_of


def rules_arguments(*options: str) -> list[str]:
    return [
        *("rules", str(GOLDEN / "needs.csv"), str(GOLDEN / "offers.csv"), "--states", str(GOLDEN / "states.csv")),
        *("--as-of", DAY, *options),
    ]


def rules(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, dict[str, Any]]:
    """Return what ``--json`` prints, by rule."""
    assert status_of(*rules_arguments("--json", *options)) == 0
    return {item["rule"]: item for item in json.loads(capsys.readouterr().out)}


def profile_with_floor(folder: Path, **shares: float) -> str:
    document = json.loads((GOLDEN / "profile.json").read_text(encoding="utf-8"))
    path = folder / "floor.json"
    path.write_text(json.dumps({**document, "equity_floor": shares}), encoding="utf-8")
    return str(path)


def test_every_rule_is_told_as_a_run_by_it_would_end(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = rules(capsys, "--profile", str(GOLDEN / "profile.json"))

    for rule in ("optimal", "greedy", "stable"):
        run = [*rules_arguments()[1:], "--profile", str(GOLDEN / "profile.json"), "--allocation", rule, "--quiet"]
        assert status_of(*run, "--out", tmp_path / rule) == 0
        allocated = [
            row for row in read_cells((tmp_path / rule / "matches.csv").read_bytes()) if row["allocated"] == "1"
        ]
        assert found[rule]["served"] == len(allocated)
        assert found[rule]["score"] == pytest.approx(sum(float(row["score"]) for row in allocated), abs=1e-5)


def test_the_best_total_stands_first_and_is_worth_most(capsys: pytest.CaptureFixture[str]) -> None:
    found = list(rules(capsys).values())

    assert [item["rule"] for item in found] == ["optimal", "equity_first", "greedy", "stable"]
    assert [found[0][key] for key in ("gain", "lose", "move")] == [0, 0, 0]
    assert all(item["worth"] <= found[0]["worth"] for item in found)
    assert all(item["served"] == found[0]["served"] + item["gain"] - item["lose"] for item in found)


def test_a_floor_of_the_profile_is_kept_by_a_rule_of_its_own(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    found = rules(capsys, "--profile", profile_with_floor(tmp_path, LLDC=1.0), "--groups", "")

    assert found["with_floor"]["served_share_by_group"].keys() == {"LLDC"}
    shares = {rule: item["served_share_by_group"]["LLDC"] for rule, item in found.items()}
    assert shares["with_floor"] >= shares["optimal"]


def test_groups_are_told_as_they_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    found = rules(capsys, "--groups", "sids; LDC;Never_Served")

    assert list(found["greedy"]["served_share_by_group"]) == ["LDC", "SIDS", "never_served"]


def test_the_table_has_a_line_for_each_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(*rules_arguments()) == 0

    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.split() == [
        *("rule", "served", "score", "worth", "gain", "lose", "move"),
        *("LDC", "LLDC", "SIDS"),
    ]
    assert [line.split()[0] for line in lines] == ["optimal", "equity_first", "greedy", "stable"]
    assert {len(line) for line in lines} == {len(heading)}


def test_an_unknown_group_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(*rules_arguments("--groups", "LDC;Atlantis")) == 2

    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("--groups names an unknown group 'Atlantis'")
