"""``python -m matching coach``: the nine checks of one need, the next best edit, and how many offers qualify."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matching.coach import Check
from tests.matching.command_line import DAY, GOLDEN, in_a_process, status_of


def coach_arguments(need_id: str, *options: str, profile: Path = GOLDEN / "profile.json") -> list[str]:
    return [
        *("coach", str(GOLDEN / "needs.csv"), str(GOLDEN / "offers.csv"), "--states", str(GOLDEN / "states.csv")),
        *("--profile", str(profile), "--as-of", DAY, "--need", need_id, *options),
    ]


def strict_profile(folder: Path) -> Path:
    """Return a profile by which no offer qualifies for the need as it is."""
    document = json.loads((GOLDEN / "profile.json").read_text(encoding="utf-8"))
    path = folder / "profile.json"
    path.write_text(json.dumps(document | {"minimum_score": 0.7}), encoding="utf-8")
    return path


def test_the_advice_is_printed_in_lines(tmp_path: Path) -> None:
    # A terminal that knows no Arabic must not end it.
    arguments = coach_arguments("N-05", profile=strict_profile(tmp_path))
    done = in_a_process(arguments, tmp_path, PYTHONIOENCODING="ascii")

    lines = done.stdout.splitlines()

    assert (done.status, done.stderr) == (0, "")
    assert lines[0].startswith("Need N-05: \\u0411")
    assert [line.split()[1] for line in lines if line.startswith(("  passed", "  vague", "  missing"))] == list(Check)
    assert lines[-2] == (
        "Next best edit (areas): State the area Electronic evidence and digital forensics, if that is what it is about: "
        "offers that qualify go from 0 to 1."
    )
    assert lines[-1].startswith("  Or (latest): Say until when help is useful: ")


def test_the_advice_is_printed_as_an_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(*coach_arguments("N-05", "--json", profile=strict_profile(tmp_path))) == 0

    told = json.loads(capsys.readouterr().out)

    assert (told["need_id"], told["passed"], told["qualifying"]) == ("N-05", 2, 0)
    assert [check["check"] for check in told["checks"]] == list(Check)
    assert told["next_edit"] == {
        "check": "one_area",
        "field": "areas",
        "more": 1,
        "sentence": told["edits"][0]["sentence"],
    }


def test_a_need_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(*coach_arguments("N-99")) == 2
    assert capsys.readouterr().err == "There is no need 'N-99' among those that may be matched.\n"


def test_a_private_need_is_not_there_for_the_secretariat(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    needs = tmp_path / "needs.csv"
    needs.write_text("id,state,title,visibility\nN-1,XAA,A team,private\n", encoding="utf-8")

    status = status_of("coach", needs, GOLDEN / "offers.csv", "--states", GOLDEN / "states.csv", "--need", "N-1")

    assert status == 2
    assert "N-1" in capsys.readouterr().err
