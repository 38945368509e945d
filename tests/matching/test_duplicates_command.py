"""``python -m matching duplicates``: which records of two files probably say the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.matching.command_line import DAY, read_cells, status_of

NEEDS = """id,state,title,description,underway,visibility
N-1,FJI,Digital forensics training for police,Fifteen investigators need to learn to examine phones.,,
N-2,FJI,Training of police in digital forensics,Fifteen investigators need to learn to examine phones.,,public
N-3,FJI,Digital forensics training for police,Fifteen investigators need to learn to examine phones.,,private
N-4,FJI,Assistance,Servers,Police are trained in digital forensics by a university,
"""
OFFERS = """id,provider,title,description
O-1,Academy A,Cyber diplomacy course,A course for diplomats on norms of responsible State behaviour.
O-2,Academy A,Course in cyber diplomacy,A course for diplomats on the norms of responsible State behaviour.
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    needs, offers = tmp_path / "needs.csv", tmp_path / "offers.csv"
    needs.write_text(NEEDS, encoding="utf-8")
    offers.write_text(OFFERS, encoding="utf-8")
    return needs, offers


def test_the_pairs_are_printed_by_kind_and_private_ones_are_not_among_them(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of("duplicates", *files, "--as-of", DAY) == 0

    lines = capsys.readouterr().out.splitlines()

    assert [line for line in lines if not line.startswith("        ")] == [
        "Needs of one State that probably ask for the same:",
        "  1.00  N-1  N-2",
        "Offers that probably are the same:",
        "  1.00  O-1  O-2",
        "Needs that ask for what another need says is under way:",
        "  0.61  N-1  N-4",
        "  0.61  N-2  N-4",
    ]
    assert "Both come from Fiji." in lines[2]


def test_the_pairs_are_printed_as_an_object(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of("duplicates", *files, "--as-of", DAY, "--json") == 0

    told = json.loads(capsys.readouterr().out)["duplicates"]

    assert [(item["kind"], item["one_id"], item["other_id"], item["suggestion"]) for item in told] == [
        ("needs", "N-1", "N-2", "keep_one"),
        ("offers", "O-1", "O-2", "keep_one"),
        ("project", "N-1", "N-4", "ask_project"),
        ("project", "N-2", "N-4", "ask_project"),
    ]


def test_the_pairs_are_written_to_a_file(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "duplicates.csv"

    assert status_of("duplicates", *files, "--as-of", DAY, "--out", out) == 0

    assert capsys.readouterr().out == f"Likely duplicates: 4\nWritten to {out}\n"
    assert [(row["one_id"], row["other_id"]) for row in read_cells(out.read_bytes())] == [
        ("N-1", "N-2"),
        ("O-1", "O-2"),
        ("N-1", "N-4"),
        ("N-2", "N-4"),
    ]


def test_a_file_that_cannot_be_written_is_named_before_anything_is_read(
    files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    out = files[0] / "duplicates.csv"

    assert status_of("duplicates", *files, "--out", out) == 2
    assert str(out.parent) in capsys.readouterr().err


def test_a_folder_in_the_place_of_the_file_is_refused(
    files: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status_of("duplicates", *files, "--as-of", DAY, "--out", tmp_path) == 2

    assert capsys.readouterr().err == f"{tmp_path}: it is a folder; name a file to write to.\n"


def test_files_without_duplicates_are_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    needs, offers = tmp_path / "needs.csv", tmp_path / "offers.csv"
    needs.write_text("id,state,title\nN-1,FJI,A national CSIRT\n", encoding="utf-8")
    offers.write_text("id,provider,title\n", encoding="utf-8")

    assert status_of("duplicates", needs, offers) == 0
    assert capsys.readouterr().out == "No likely duplicates.\n"
