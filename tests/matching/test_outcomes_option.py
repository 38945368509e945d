"""``--outcomes``: what came of earlier work moves the component ``record``, in a run as in an explanation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.matching.command_line import DAY, GOLDEN, golden_arguments, read_cells, status_of

OUTCOMES = """id,states,provider,areas,modes,rating_by_state,rating_by_provider,ended_on
e-1,XAA,Provider Beta,IRC,training,5,1,2026-01-31
e-2,XBA,PROVIDER BETA,IRC,training,4,,2026-02-28
e-3,XCA,Provider Alpha,GOV,,2,5,2026-02-28
e-4,XCA,Provider Gamma,GOV,,,5,2026-02-28
"""


@pytest.fixture
def outcomes(tmp_path: Path) -> Path:
    path = tmp_path / "outcomes.csv"
    path.write_text(OUTCOMES, encoding="utf-8")
    return path


def records_by_offer_id(folder: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in read_cells((folder / "matches.csv").read_bytes()):
        found.setdefault(row["offer_id"], set()).add(row["record"])
    return found


def test_a_run_counts_the_ratings_of_states(tmp_path: Path, outcomes: Path) -> None:
    folder = tmp_path / "out"

    status = status_of(*golden_arguments(folder, options=("--quiet", "--outcomes", str(outcomes))))

    providers = {row["id"]: row["provider"] for row in read_cells((GOLDEN / "offers.csv").read_bytes())}
    document = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert status == 0
    assert "outcomes.csv" in [item["name"] for item in document["inputs"]]
    for offer_id, values in records_by_offer_id(folder).items():
        if providers[offer_id] == "Provider Beta":
            assert all(float(value) > 0.5 for value in values)
        elif providers[offer_id] == "Provider Alpha":
            assert all(float(value) < 0.5 for value in values)
        else:
            assert values == {""}


def explained_record(outcomes: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    options = ("--states", str(GOLDEN / "states.csv"), "--as-of", DAY, "--outcomes", str(outcomes), "--json")
    files = (str(GOLDEN / "needs.csv"), str(GOLDEN / "offers.csv"))
    assert status_of("explain", *files, *options, "--need", "N-01", "--offer", "O-02") == 0
    document = json.loads(capsys.readouterr().out)
    return next(part for part in document["contributions"] if part["component"] == "record")


def test_an_explanation_tells_the_record(outcomes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = explained_record(outcomes, capsys)

    assert record["value"] > 0.5
    assert "elsewhere States rated it 4.5 of 5 on average (n = 2)" in record["sentence"]


def test_the_order_of_the_outcomes_changes_no_byte(tmp_path: Path, outcomes: Path) -> None:
    header, *rows = OUTCOMES.splitlines()
    turned = tmp_path / "turned.csv"
    turned.write_text("\n".join([header, *rows[::-1]]), encoding="utf-8")

    for name, path in (("forth", outcomes), ("back", turned)):
        assert status_of(*golden_arguments(tmp_path / name, options=("--quiet", "--outcomes", str(path)))) == 0

    assert (tmp_path / "forth" / "matches.csv").read_bytes() == (tmp_path / "back" / "matches.csv").read_bytes()


def test_faulty_outcomes_are_refused_with_file_line_and_column(
    tmp_path: Path, outcomes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes.write_text(OUTCOMES.replace(",4,,", ",9,,").replace("e-4,XCA", "e-4,FRA"), encoding="utf-8")

    status = status_of(*golden_arguments(tmp_path / "out", options=("--outcomes", str(outcomes))))

    told = capsys.readouterr().err.splitlines()
    assert status == 2
    assert [line.split(": ")[:2] for line in told] == [
        [f"{outcomes}:3:rating_by_state", "out_of_range"],
        [f"{outcomes}:5:states", "unknown_state"],
    ]
    assert not (tmp_path / "out").exists()
