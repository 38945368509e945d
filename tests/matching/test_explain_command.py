"""``python -m matching explain``: one pair, with the conditions that stand against it and what adds up to its score."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.matching.command_line import DAY, GOLDEN, golden_arguments, in_a_process, read_cells, status_of

COMPONENTS = ["area", "text", "mode", "language", "geography", "time", "budget", "record", "freshness"]


def explain_arguments(need_id: str, offer_id: str, *options: str) -> list[str]:
    return [
        *("explain", str(GOLDEN / "needs.csv"), str(GOLDEN / "offers.csv"), "--states", str(GOLDEN / "states.csv")),
        *("--profile", str(GOLDEN / "profile.json"), "--as-of", DAY, "--need", need_id, "--offer", offer_id, *options),
    ]


def explain(capsys: pytest.CaptureFixture[str], need_id: str, offer_id: str) -> dict[str, Any]:
    """Return what ``--json`` prints of one pair."""
    assert status_of(*explain_arguments(need_id, offer_id, "--json")) == 0
    told = capsys.readouterr()
    assert told.err == ""
    document: dict[str, Any] = json.loads(told.out)
    return document


def test_an_explanation_is_printed_in_lines(tmp_path: Path) -> None:
    # A terminal that knows no Arabic must not end it.
    done = in_a_process(explain_arguments("N-04", "O-02"), tmp_path, PYTHONIOENCODING="ascii")

    lines = done.stdout.splitlines()

    assert (done.status, done.stderr) == (0, "")
    assert lines[0].startswith("Need N-04: \\u0625")
    assert lines[3] == "  audiences: police (inferred from the text)"
    assert lines[4] == "Offer O-02: Establishing a national CSIRT (Provider Beta)"
    assert lines[7:9] == ["  audiences: responders (inferred from the text)", "Eligible."]
    assert [line.split()[1] for line in lines[11:]] == COMPONENTS
    assert sum(float(line.split()[0]) for line in lines[11:]) == pytest.approx(
        float(lines[10].split()[1].rstrip(",")), abs=1e-5
    )


def told_lines(capsys: pytest.CaptureFixture[str], need_id: str, offer_id: str) -> list[str]:
    assert status_of(*explain_arguments(need_id, offer_id)) == 0
    return capsys.readouterr().out.splitlines()


def test_areas_and_modes_are_told_with_how_each_side_came_by_them(capsys: pytest.CaptureFixture[str]) -> None:
    """What the engine had read out of a text could not be told from what the State had said."""
    lines = told_lines(capsys, "N-01", "O-02")

    assert lines[1:3] == ["  areas: GOV.1 (inferred from the text)", "  modes: drafting (inferred from the text)"]
    assert lines[4:6] == ["  areas: IRC.1 (stated)", "  modes: training, advisory (stated)"]


def test_a_text_that_names_no_area_is_told_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told_lines(capsys, "N-11", "O-02")

    assert lines[1:3] == ["  areas: none (inferred from the text)", "  modes: none (inferred from the text)"]


@pytest.mark.parametrize(
    ("need_id", "offer_id", "told"),
    [
        (
            "N-02",
            "O-03",
            ("Minimum score 0.500000, below which nothing is allocated: reached.", "Score 0.882658, as the sum of:"),
        ),
        (
            "N-06",
            "O-02",
            (
                "Minimum score 0.500000, below which nothing is allocated: not reached.",
                "Score 0.325125, as the sum of:",
            ),
        ),
        (
            "N-01",
            "O-04",
            (
                "Minimum score 0.500000, below which nothing is allocated: not reached.",
                "Score 0.163889 is what the pair would be worth, as the sum of:",
            ),
        ),
    ],
    ids=["reached", "not reached", "not eligible"],
)
def test_the_minimum_score_is_told_beside_the_score(
    need_id: str, offer_id: str, told: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A pair that stayed unallocated did not show the threshold, and one that is not eligible had a score as any."""
    lines = told_lines(capsys, need_id, offer_id)

    assert tuple(line for line in lines if line.startswith(("Minimum", "Score"))) == told


def test_the_document_has_the_threshold_and_the_readings_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    document = explain(capsys, "N-05", "O-04")

    assert (document["minimum_score"], document["reaches_minimum"]) == (0.5, True)
    assert document["need_reading"] == {
        "areas": ["CRI", "CRI.2", "CRI.3"],
        "areas_basis": "inferred",
        "modes": ["training"],
        "modes_basis": "inferred",
        "audiences": ["police"],
        "audiences_basis": "inferred",
        "places": [],
        "confidences": {"areas": [0.9, 0.58, 0.45], "modes": [0.74], "audiences": [0.88], "places": []},
    }
    assert document["offer_reading"]["modes_basis"] == "stated"


def test_the_contributions_add_up_to_the_score(capsys: pytest.CaptureFixture[str]) -> None:
    document = explain(capsys, "N-02", "O-03")

    shares = [part["share"] for part in document["contributions"]]

    assert [part["component"] for part in document["contributions"]] == COMPONENTS
    assert sum(shares) == pytest.approx(document["score"], abs=1e-6)
    assert all(part["sentence"].endswith(".") for part in document["contributions"])


def test_an_explanation_says_what_the_table_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status_of(*golden_arguments(tmp_path, options=("--quiet",)))
    row = read_cells((tmp_path / "matches.csv").read_bytes())[3]

    document = explain(capsys, row["need_id"], row["offer_id"])

    values = {part["component"]: part["value"] for part in document["contributions"]}
    assert f"{document['score']:.6f}" == row["score"]
    assert {name: "" if value is None else f"{value:.6f}" for name, value in values.items()} == {
        name: row[name] for name in COMPONENTS
    }


def test_an_eligible_pair_has_no_condition_against_it(capsys: pytest.CaptureFixture[str]) -> None:
    document = explain(capsys, "N-02", "O-02")

    found = (document["need_id"], document["offer_id"], document["eligible"], document["conditions"])

    assert found == ("N-02", "O-02", True, [])


@pytest.mark.parametrize("offer_id", ["O-08", "O-05"], ids=["open", "closed as well"])
def test_an_excluded_provider_is_told_alone_and_without_detail(
    offer_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """``offer_closed`` once stood beside it, so that ``not_eligible`` could only be an exclusion."""
    document = explain(capsys, "N-07", offer_id)

    found = (document["eligible"], document["conditions"])

    assert found == (False, [{"code": "not_eligible", "sentence": "The pair is not eligible."}])


@pytest.mark.parametrize(
    ("need_id", "offer_id", "conditions"),
    [
        ("N-08", "O-02", ["need_closed"]),
        ("N-02", "O-05", ["offer_closed"]),
        ("N-01", "O-04", ["state_not_eligible"]),
        ("N-12", "O-02", ["windows_apart"]),
        ("N-12", "O-01", ["state_not_eligible", "windows_apart"]),
        ("N-08", "O-05", ["need_closed", "offer_closed"]),
    ],
    ids=["need closed", "offer closed", "State", "windows", "two", "both closed"],
)
def test_every_condition_that_stands_against_a_pair_is_told(
    need_id: str, offer_id: str, conditions: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    document = explain(capsys, need_id, offer_id)

    assert [condition["code"] for condition in document["conditions"]] == conditions
    assert document["eligible"] is False


@pytest.mark.parametrize(
    ("need_id", "offer_id", "words"),
    [
        ("N-99", "O-02", "There is no need 'N-99'"),
        ("N-02", "O-99", "There is no offer 'O-99'"),
        ("N-10", "O-02", "There is no need 'N-10'"),
        ("N-02", "O-07", "There is no offer 'O-07'"),
        ("n-02", "O-02", "There is no need 'n-02'"),
    ],
    ids=["unknown need", "unknown offer", "private need", "private offer", "another case"],
)
def test_an_id_that_may_not_be_matched_is_told_whether_it_exists_or_not(
    need_id: str, offer_id: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = status_of(*explain_arguments(need_id, offer_id))

    told = capsys.readouterr()
    assert (status, told.out) == (2, "")
    assert told.err == f"{words} among those that may be matched.\n"


def test_an_id_is_found_by_either_spelling_of_its_accent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "needs.csv").write_text("id,state,title\nn-e\u0301,XAA,Train\n", encoding="utf-8")
    files = (tmp_path / "needs.csv", GOLDEN / "offers.csv", "--states", GOLDEN / "states.csv")

    status = status_of("explain", *files, "--need", "n-é", "--offer", "O-02")

    assert status == 0
    assert capsys.readouterr().out.startswith("Need n-e\u0301: Train\n")


def test_faulty_files_are_told_as_in_a_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "needs.csv").write_text("id,state,title\nn-1,Atlantis,Train\n", encoding="utf-8")

    status = status_of("explain", tmp_path / "needs.csv", GOLDEN / "offers.csv", "--need", "n-1", "--offer", "O-02")

    told = capsys.readouterr().err.splitlines()
    assert status == 2
    assert told[0].startswith(f"{tmp_path}/needs.csv:2:state: unknown_state: 'Atlantis'")


def test_an_explanation_comes_with_the_warnings_of_the_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A misspelt column made a score that nobody could explain, and explain said nothing about it."""
    (tmp_path / "needs.csv").write_text("id,state,title,langauges\nn-1,XAA,Train,en\n", encoding="utf-8")
    files = (tmp_path / "needs.csv", GOLDEN / "offers.csv", "--states", GOLDEN / "states.csv")

    status = status_of("explain", *files, "--need", "n-1", "--offer", "O-02", "--json")

    told = capsys.readouterr()
    assert status == 0
    assert told.err == f"warning: {tmp_path}/needs.csv:1:langauges: the column is not known and is ignored.\n"
    assert json.loads(told.out)["need_id"] == "n-1"


def test_an_option_that_is_missing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    status = status_of("explain", GOLDEN / "needs.csv", GOLDEN / "offers.csv", "--need", "N-02")

    assert status == 2
    assert "the following arguments are required: --offer" in capsys.readouterr().err
