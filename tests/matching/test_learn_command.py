"""``python -m matching learn``: from a file of decisions to a proposed profile, or to what is wrong with the file."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from matching.profiles import parse_profile
from matching.vocabulary import Component
from tests.matching.command_line import DAY, GOLDEN, Cells, golden_arguments, read_cells, status_of

OPTIONS = ("--states", str(GOLDEN / "states.csv"), "--profile", str(GOLDEN / "profile.json"), "--as-of", DAY)
HEADER = ("need_id", "offer_id", "rank", "decision")


def learn(decisions: Path, folder: Path, *options: str) -> int:
    files = (str(GOLDEN / "needs.csv"), str(GOLDEN / "offers.csv"))
    return status_of("learn", *files, *OPTIONS, "--decisions", str(decisions), "--out", str(folder), *options)


def written(path: Path, rows: Sequence[Sequence[str]], *, header: Sequence[str] = HEADER) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def document_in(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "learned.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Cells:
    """What the golden run lists."""
    folder = tmp_path_factory.mktemp("run")
    assert status_of(*golden_arguments(folder, options=("--quiet",))) == 0
    return read_cells((folder / "matches.csv").read_bytes())


def taken_by_language(*, n_needs: int, n_shown: int = 8) -> list[list[str]]:
    """Return rows with values of their own, of people who look at language and text alone and read from above."""
    chance = np.random.default_rng(3)
    at = [list(Component).index(component) for component in (Component.LANGUAGE, Component.TEXT)]
    rows = []
    for need in range(n_needs):
        for rank in range(1, n_shown + 1):
            values = chance.random(len(Component)).round(6)
            fits = chance.random() < expit(14 * (values[at].mean() - 0.55))
            looked = chance.random() < 1 / rank
            decision = "taken" if looked and fits else "declined" if looked and chance.random() < 0.5 else ""
            rows.append([f"past-{need}", f"offer-{rank}", str(rank), decision, *map(str, values.tolist())])
    return rows


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what was learned from many decisions of earlier runs, with the values of then."""
    folder = tmp_path_factory.mktemp("learned")
    path = written(folder / "decisions.csv", taken_by_language(n_needs=400), header=(*HEADER, *Component))
    assert learn(path, folder / "out", "--quiet") == 0
    return folder / "out"


def test_many_decisions_propose_a_profile_that_a_run_takes(taught: Path, tmp_path: Path) -> None:
    document, path = document_in(taught), taught / "proposed_profile.json"
    profile = parse_profile(json.loads(path.read_text(encoding="utf-8")))
    options = (*OPTIONS[:2], "--profile", str(path), "--as-of", DAY, "--quiet")

    status = status_of(str(GOLDEN / "needs.csv"), str(GOLDEN / "offers.csv"), *options, "--out", str(tmp_path / "run"))

    assert (document["verdict"], document["proposed"]["version"]) == ("propose", profile.version)
    assert profile.weights[Component.LANGUAGE] > 2 * document["evidence"]["weights"]["language"]["current"]
    assert status == 0
    assert json.loads((tmp_path / "run" / "run.json").read_bytes())["profile"]["version"] == profile.version


def test_who_gains_and_who_loses_is_that_of_two_runs(
    taught: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = (str(GOLDEN / "needs.csv"), str(GOLDEN / "offers.csv"), *OPTIONS[:2], "--as-of", DAY, "--quiet")
    profiles = {"before": GOLDEN / "profile.json", "after": taught / "proposed_profile.json"}
    for name, path in profiles.items():
        assert status_of(*files, "--profile", str(path), "--out", str(tmp_path / name)) == 0

    assert status_of("compare", str(tmp_path / "before"), str(tmp_path / "after"), "--json") == 0

    compared, difference = json.loads(capsys.readouterr().out), document_in(taught)["difference"]
    assert difference["counts"] == compared["counts"]
    assert [need["change"] for need in difference["needs"]] == [need["change"] for need in compared["needs"]]


def test_the_weights_stand_in_a_table(taught: Path) -> None:
    rows = read_cells((taught / "learned.csv").read_bytes())
    weights = json.loads((taught / "proposed_profile.json").read_bytes())["weights"]

    assert [row["component"] for row in rows] == list(Component)
    for row in rows:
        assert float(row["low"]) <= float(row["learned"]) <= float(row["high"])
        assert float(row["proposed"]) == pytest.approx(weights[row["component"]], abs=1e-6)
        assert row["proposed"] == row["learned"]


def test_few_decisions_keep_the_profile_and_say_why(
    ranking: Cells, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [(row["need_id"], row["offer_id"], row["rank"], "taken") for row in ranking[:20]]

    assert learn(written(tmp_path / "decisions.csv", rows), tmp_path / "out") == 0

    told = capsys.readouterr().out
    kept = json.loads((tmp_path / "out" / "proposed_profile.json").read_bytes())
    assert told.startswith("Keep ")
    assert "There is too little to learn from: 20 decisions" in told
    assert parse_profile(kept) == parse_profile(json.loads((GOLDEN / "profile.json").read_bytes()))
    assert document_in(tmp_path / "out")["evidence"] is None
    assert {row["learned"] for row in read_cells((tmp_path / "out" / "learned.csv").read_bytes())} == {""}


def test_the_ranking_of_a_run_with_one_more_column_is_a_file_of_decisions(
    ranking: Cells, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [[*row.values(), "declined"] for row in ranking]

    assert learn(written(tmp_path / "decisions.csv", rows, header=(*ranking[0], "decision")), tmp_path / "out") == 0

    assert capsys.readouterr().err == ""
    assert document_in(tmp_path / "out")["counts"]["declined"] == len(ranking)


def test_values_that_the_file_does_not_tell_are_those_of_a_run(ranking: Cells, tmp_path: Path) -> None:
    answers = ["taken", "declined", ""]
    beside = [list(row) for row in taken_by_language(n_needs=20)]
    shown = [(row["need_id"], row["offer_id"], row["rank"], answers[at % 3]) for at, row in enumerate(ranking)]
    told = [[*pair, *(row[part] for part in Component)] for pair, row in zip(shown, ranking, strict=True)]
    untold = [[*pair, *([""] * len(Component))] for pair in shown]
    for name, rows in (("told", told), ("untold", untold)):
        path = written(tmp_path / f"{name}.csv", [*rows, *beside], header=(*HEADER, *Component))
        assert learn(path, tmp_path / name, "--quiet") == 0

    one, other = (document_in(tmp_path / name) for name in ("told", "untold"))
    assert one["evidence"] is not None
    assert {**one, "inputs": []} == {**other, "inputs": []}


def test_the_order_of_the_rows_changes_no_byte(tmp_path: Path) -> None:
    header, rows = (*HEADER, *Component), taken_by_language(n_needs=30)
    for name, ordered in (("forth", rows), ("back", rows[::-1])):
        (tmp_path / name).mkdir()
        assert learn(written(tmp_path / name / "decisions.csv", ordered, header=header), tmp_path / name / "out") == 0

    for name in ("proposed_profile.json", "learned.csv"):
        assert (tmp_path / "forth" / "out" / name).read_bytes() == (tmp_path / "back" / "out" / name).read_bytes()
    forth, back = (document_in(tmp_path / name / "out") for name in ("forth", "back"))
    assert {**forth, "inputs": []} == {**back, "inputs": []}


@pytest.mark.parametrize(
    ("row", "place", "words"),
    [
        pytest.param("N-01,O-99,2,taken", "3:offer_id: unknown_code", "There is no offer 'O-99'", id="unknown offer"),
        pytest.param("N-77,O-02,2,taken", "3:need_id: unknown_code", "or give the values of the components", id="need"),
        pytest.param("N-01,O-02,0,taken", "3:rank: out_of_range", "from 1 to", id="rank of nothing"),
        pytest.param("N-01,O-02,-3,taken", "3:rank: out_of_range", "from 1 to", id="negative rank"),
        pytest.param("N-01,O-02,first,taken", "3:rank: bad_number", "whole number", id="rank in words"),
        pytest.param("N-01,O-02,,taken", "3:rank: missing_value", "every row needs a value", id="no rank"),
        pytest.param("N-01,O-02,2,takn", "3:decision: unknown_code", "did you mean taken?", id="unknown decision"),
        pytest.param("N-01,O-01,2,taken", "3:offer_id: duplicate_id", "already stands on line 2", id="offer twice"),
        pytest.param("N-01,O-02,1,taken", "3:rank: bad_value", "tell two lists apart", id="place twice"),
    ],
)
def test_a_faulty_row_is_told_with_its_place_and_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, place: str, words: str
) -> None:
    path = written(tmp_path / "decisions.csv", [["N-01", "O-01", "1", "taken"], row.split(",")])

    status = learn(path, tmp_path / "out")

    (line,) = capsys.readouterr().err.splitlines()
    assert status == 2
    assert line.startswith(f"{path}:{place}: ")
    assert words in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("cell", "code"),
    [("1.5", "out_of_range"), ("much", "bad_number"), ("-0.2", "bad_number"), ("nan", "bad_number")],
)
def test_a_faulty_value_of_a_component_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cell: str, code: str
) -> None:
    row = ["past", "offer", "1", "taken", *(["0.5"] * 8), cell]
    path = written(tmp_path / "decisions.csv", [row], header=(*HEADER, *Component))

    assert learn(path, tmp_path / "out") == 2

    assert capsys.readouterr().err.startswith(f"{path}:2:freshness: {code}: ")


def test_columns_for_some_components_alone_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "decisions.csv", [["past", "offer", "1", "taken", "0.5"]], header=(*HEADER, "text"))

    assert learn(path, tmp_path / "out") == 2

    told = capsys.readouterr().err.splitlines()
    assert len(told) == len(Component) - 1
    assert told[0].startswith(f"{path}:1:area: missing_column: ")


def test_a_file_of_needs_in_the_place_of_decisions_is_recognized(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert learn(GOLDEN / "needs.csv", tmp_path / "out") == 2

    assert "is this the needs or offers file?" in capsys.readouterr().err


def test_decisions_that_are_not_there_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert learn(tmp_path / "nothing.csv", tmp_path / "out") == 2

    assert "There is no such file" in capsys.readouterr().err
