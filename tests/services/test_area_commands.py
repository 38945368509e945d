"""The commands of releases of the areas: drafted from files, looked at, adopted, written, and asked whether a review is due."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.actor import SYSTEM
from app.areas.release_queries import release_in_force
from app.areas.services import load_areas
from app.datafiles import DATA_FOLDER
from matching.command.datafiles import load_reference
from tests.factories.storing import AN_INSTANT
from tests.support.application import database_of, served

TAXONOMY = DATA_FOLDER / "taxonomy"
FILES = ("areas.csv", "terms.csv", "crosswalk.csv")


@pytest.fixture
def app(loaded_url: str) -> Iterator[Flask]:
    """The application with the areas that come with it."""
    with served(loaded_url) as app:
        yield app


@pytest.fixture
def unasked(migrated_url: str) -> Iterator[Flask]:
    """The application with those areas alone: no questionnaire asks for any of them."""
    with served(migrated_url) as app:
        with database_of(app).unit_of_work() as session:
            load_areas(session, SYSTEM)
        yield app


def run(app: Flask, *arguments: str | Path) -> Result:
    """Return what came of a command."""
    return app.test_cli_runner().invoke(args=["areas", *map(str, arguments)])


def edited(folder: Path, name: str, *edits: tuple[str, str]) -> Path:
    """Return a file of the release with some texts replaced."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    for before, after in edits:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_files_of_the_program_change_nothing(app: Flask) -> None:
    result = run(app, "draft", *(TAXONOMY / name for name in FILES))

    assert result.stdout == "Draft of release 2: 0 areas are otherwise than in 1.\n"


def test_what_is_written_can_be_changed_and_taken_in_again(app: Flask, tmp_path: Path) -> None:
    run(app, "export", tmp_path)
    retired = "retired_in,successor,retired_because\r\n"
    assert retired.encode() in (tmp_path / "areas.csv").read_bytes()
    edited(
        tmp_path,
        "areas.csv",
        ("National cybersecurity strategy,", "National strategy,"),
        ("IRC,,", "ZZZ,,Space,,,,,,Satellites.,0,,,,\nIRC,,"),
    )
    edited(tmp_path, "terms.csv", ("GOV.1,en,", "ZZZ,en,satellite security\nGOV.1,en,new "))

    taken = run(app, "draft", *(tmp_path / name for name in reversed(FILES)))
    told = run(app, "diff")

    assert taken.exit_code == 0, taken.output
    assert [line.split(" (")[0] for line in told.stdout.splitlines()] == ["GOV.1: changed", "ZZZ: added"]
    assert "titles" in told.stdout
    assert run(app, "draft", *(tmp_path / name for name in FILES)).exit_code == 0
    assert run(app, "diff").stdout == told.stdout


def test_a_file_with_faults_is_told_whole_and_nothing_is_stored(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    file.write_text(
        "code,title_en,parent,adjacent,successor\ngov,New,,2,\nGOV,Twice,,,\n,Nothing,,,\nG1,Bad,,,\nIRC,,,,irc.1x\n"
    )

    result = run(app, "draft", file)

    assert result.exit_code == 2
    assert [line.split(": ")[0:2] for line in result.stderr.splitlines()[:-1]] == [
        ["areas.csv:2:adjacent", "out_of_range"],
        ["areas.csv:3:code", "duplicate_id"],
        ["areas.csv:4:code", "missing_value"],
        ["areas.csv:5:code", "unknown_code"],
        ["areas.csv:6:title_en", "missing_value"],
        ["areas.csv:6:successor", "unknown_code"],
    ]
    assert "There is no draft" in run(app, "diff").stderr


def test_parts_name_areas_languages_and_entries_that_there_are(app: Flask, tmp_path: Path) -> None:
    terms, links = tmp_path / "terms.csv", tmp_path / "crosswalk.csv"
    terms.write_text("area,language,term\nXXX,en,one\nGOV,de,zwei\n")
    links.write_text("area,scheme,code\nGOV,gfce,Z99\n")

    of_terms, of_links = run(app, "draft", terms), run(app, "draft", links)

    assert "terms.csv:2:area: unknown_code" in of_terms.stderr
    assert "terms.csv:3:language: unknown_code" in of_terms.stderr
    assert "crosswalk.csv:2:code: unknown_code" in of_links.stderr


def test_it_is_adopted_and_the_command_line_matches_by_it(unasked: Flask, tmp_path: Path) -> None:
    run(unasked, "export", tmp_path)
    row = next(
        line for line in (tmp_path / "areas.csv").read_text(encoding="utf-8").splitlines() if line.startswith("GOV.2,")
    )
    assert row.endswith(",0,1,,,")
    other = next(
        line for line in (tmp_path / "areas.csv").read_text(encoding="utf-8").splitlines() if line.startswith("GOV.3,")
    )
    edited(
        tmp_path,
        "areas.csv",
        (row, row.removesuffix(",,,") + ",,GOV.1,"),
        (other, other.removesuffix(",,,") + ",2,,Nobody asks for it."),
    )
    run(unasked, "draft", tmp_path / "areas.csv")

    adopted = run(unasked, "adopt", "--review-on", "2199-01-01")
    assert adopted.stdout == "Release 2 is in force; it is to be looked at again by 2199-01-01.\n"

    folder = tmp_path / "data"
    (folder / "taxonomy").mkdir(parents=True)
    for name in ("reference", "background"):
        (folder / name).symlink_to(DATA_FOLDER / name)
    for path in TAXONOMY.iterdir():
        (folder / "taxonomy" / path.name).write_bytes(path.read_bytes())
    run(unasked, "export", folder / "taxonomy")
    taxonomy = load_reference(as_of_on=AN_INSTANT.date(), folder=folder).taxonomy
    assert taxonomy.resolve("GOV.2") == "GOV.1"
    assert taxonomy.resolve("GOV.3") is None
    assert not {"GOV.2", "GOV.3"} & set(taxonomy.current_codes)


def test_a_draft_with_faults_is_not_adopted(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    file.write_text("code,title_en,successor\nGOV.2,Institutions,GOV.3\nGOV.3,Law,GOV.2\n")
    run(app, "draft", file)

    result = run(app, "adopt")

    assert result.exit_code == 2
    assert "GOV.2: Its successor GOV.3 leads back to it." in result.stderr
    with database_of(app).reading() as session:
        assert release_in_force(session).release == "1"


def test_a_draft_is_discarded(app: Flask) -> None:
    run(app, "draft")

    assert run(app, "discard").stdout == "The draft of release 2 is discarded.\n"
    assert run(app, "discard").exit_code == 2
    assert run(app, "draft").stdout.startswith("Draft of release 3")


@pytest.mark.parametrize(("day", "status"), [("2028-09-24", 0), ("2028-09-25", 1), ("2029-01-01", 1)])
def test_a_review_that_is_due_ends_with_1(app: Flask, day: str, status: int) -> None:
    result = run(app, "review", "--as-of", day)

    assert result.exit_code == status
    assert ("to be looked at again by 2028-11-24; no draft is begun" in result.stderr) is bool(status)
