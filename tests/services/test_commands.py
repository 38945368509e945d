"""The commands of `flask --app wsgi`: what they say, what they store, and how they end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from app import schema
from app.areas.models import Area
from app.db import Base
from app.matches.models import Match, MatchRun, MatchRunFile
from app.needs.models import Need
from app.offers.models import Offer
from app.organizations.models import Organization
from app.states.models import State
from tests.support.application import database_of, served

HEADER = "id,state,title,areas,visibility\n"
TWO_NEEDS = HEADER + "n-1,FJI,Train our incident response team,IRC.1,public\nn-2,NAM,A national strategy,GOV.1,public\n"
BAD_NEEDS = HEADER + "n-1,FJI,Train our team,IRC.1,public\nn-2,COK,A strategy,GOV.1,public\nn-3,NAM,,NONE,public\n"
OFFERS = "id,provider,title,areas,visibility\no-1,First Provider,Incident response training,IRC.1,public\n"

*_, BEFORE, NEWEST = sorted(path.stem for path in (schema.MIGRATIONS_FOLDER / "versions").glob("*.py"))


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """The application on an empty database."""
    with served(database_url) as app:
        yield app


@pytest.fixture
def loaded(loaded_url: str) -> Iterator[Flask]:
    """The application on a database with the schema and the reference data."""
    with served(loaded_url) as app:
        yield app


def run(app: Flask, *arguments: str) -> Result:
    """Return what came of a command."""
    return app.test_cli_runner().invoke(args=list(arguments))


def count(app: Flask, model: type[Base]) -> int:
    """Return how many rows a table has."""
    database = database_of(app)
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def written(folder: Path, content: str, name: str = "needs.csv") -> str:
    """Return the path of a file with this content."""
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return str(path)


def test_the_schema_goes_up_and_down(app: Flask) -> None:
    up = run(app, "db", "upgrade")
    down = run(app, "db", "downgrade")
    current = run(app, "db", "current")

    assert up.stdout == f"The database is at {NEWEST} (newest).\n"
    assert down.stdout == current.stdout == f"The database is at {BEFORE}.\n"


def test_an_unknown_migration_is_refused_in_one_line(app: Flask) -> None:
    result = run(app, "db", "upgrade", "nothing")

    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


def test_a_command_before_the_upgrade_says_what_to_do(app: Flask) -> None:
    result = run(app, "load", "reference")

    assert result.exit_code == 1
    assert result.stderr == "Error: The database has no tables yet: run `flask --app wsgi db upgrade`.\n"


def test_a_command_on_an_older_schema_says_which_it_needs(loaded: Flask) -> None:
    run(loaded, "db", "downgrade", "0003_organizations")

    result = run(loaded, "match", "run")

    assert result.exit_code == 1
    told = f"is at 0003_organizations and this release needs {NEWEST}: run `flask --app wsgi db upgrade`."
    assert told in result.stderr


@pytest.mark.parametrize("arguments", [["match", "run"], ["import", "needs", "FILE"]], ids=["match", "import"])
def test_a_command_before_the_reference_data_names_the_whole_command(
    app: Flask, tmp_path: Path, arguments: list[str]
) -> None:
    run(app, "db", "upgrade")
    path = written(tmp_path, TWO_NEEDS)

    result = run(app, *(path if argument == "FILE" else argument for argument in arguments))

    assert result.exit_code == 2
    assert "run `flask --app wsgi load reference` first" in result.stderr


def test_reference_data_are_loaded_once(loaded: Flask) -> None:
    again = run(loaded, "load", "reference")

    assert "States and groups: 0 new, 0 updated," in again.stdout
    assert count(loaded, State) == 195
    assert count(loaded, Area) > 70


def test_the_sample_is_loaded_once(loaded: Flask) -> None:
    first = run(loaded, "load", "sample")

    second = run(loaded, "load", "sample")

    assert "needs: 55 new, 0 updated, 0 unchanged" in first.stdout
    assert "needs: 0 new, 0 updated, 55 unchanged" in second.stdout
    assert (count(loaded, Need), count(loaded, Offer)) == (55, 232)


def test_a_good_file_is_imported(loaded: Flask, tmp_path: Path) -> None:
    result = run(loaded, "import", "needs", written(tmp_path, TWO_NEEDS))

    assert (result.exit_code, result.stdout) == (0, "needs.csv: 2 new, 0 updated, 0 unchanged.\n")
    assert count(loaded, Need) == 2


def test_a_bad_file_is_refused_whole_with_one_line_a_fault(loaded: Flask, tmp_path: Path) -> None:
    result = run(loaded, "import", "needs", written(tmp_path, BAD_NEEDS))

    places = [line.split(": ")[0] + " " + line.split(": ")[1] for line in result.stderr.splitlines()]
    assert result.exit_code == 2
    assert places == [
        "needs.csv:3:state unknown_state",
        "needs.csv:4:title missing_value",
        "needs.csv:4:areas unknown_code",
    ]
    assert count(loaded, Need) == 0


def test_the_good_rows_are_imported_when_asked_for(loaded: Flask, tmp_path: Path) -> None:
    result = run(loaded, "import", "needs", written(tmp_path, BAD_NEEDS), "--good-rows")

    assert result.exit_code == 0
    assert result.stdout == "needs.csv: 1 new, 0 updated, 0 unchanged, 2 with faults left out.\n"
    assert len(result.stderr.splitlines()) == 3


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param("PK\x03\x04broken", "unreadable_file", id="broken-workbook"),
        pytest.param("id,title\nn-1,Train our team\n", "missing_column", id="no-state-column"),
        pytest.param("id;state;title\nn-1;FJI;Train our team\n", "bad_separator", id="semicolons"),
        pytest.param(HEADER + "n-1,COK,Train our team,IRC.1,public\n", "unknown_state", id="no-good-row"),
    ],
)
def test_asking_for_the_good_rows_of_a_file_without_any_fails(
    loaded: Flask, tmp_path: Path, content: str, code: str
) -> None:
    """A script that asked for the good rows once went on as if a file that cannot be read had been stored."""
    result = run(loaded, "import", "needs", written(tmp_path, content), "--good-rows")

    assert (result.exit_code, result.stdout) == (2, "")
    assert f": {code}: " in result.stderr
    assert count(loaded, Need) == 0


def test_a_dry_run_stores_nothing(loaded: Flask, tmp_path: Path) -> None:
    result = run(loaded, "import", "needs", written(tmp_path, TWO_NEEDS), "--dry-run")

    assert "2 new" in result.stdout
    assert "nothing was stored" in result.stdout
    assert count(loaded, Need) == 0


def test_a_warning_leaves_the_status_and_is_silenced_by_quiet(loaded: Flask, tmp_path: Path) -> None:
    path = written(
        tmp_path, TWO_NEEDS.replace("visibility\n", "visibility,colour\n").replace("public\n", "public,red\n")
    )

    loud = run(loaded, "import", "needs", path, "--dry-run")
    quiet = run(loaded, "import", "needs", path, "--dry-run", "--quiet")

    assert loud.exit_code == quiet.exit_code == 0
    assert loud.stderr.startswith("warning:")
    assert (quiet.stdout, quiet.stderr) == ("", "")


@pytest.mark.parametrize("kind", ["needs", "offers"])
def test_a_file_that_is_not_there_is_told_in_one_line(loaded: Flask, tmp_path: Path, kind: str) -> None:
    result = run(loaded, "import", kind, str(tmp_path / "absent.csv"))

    assert result.exit_code == 2
    assert result.stderr.startswith("absent.csv:1:-: unreadable_file:")
    assert result.stderr.count("\n") == 1


def test_an_unknown_organization_is_told_in_one_line(loaded: Flask, tmp_path: Path) -> None:
    result = run(loaded, "import", "needs", written(tmp_path, TWO_NEEDS), "--organization", "nobody")

    assert result.exit_code == 2
    assert "There is no organization 'nobody'; there are secretariat. Add it with" in result.stderr


def test_an_organization_is_added_and_can_import(loaded: Flask, tmp_path: Path) -> None:
    added = run(
        loaded, "organization", "add", "cert-fj", "--name", "National CERT", "--kind", "state", "--state", "fji"
    )

    imported = run(loaded, "import", "needs", written(tmp_path, TWO_NEEDS), "--organization", "cert-fj")

    assert (added.exit_code, imported.exit_code) == (0, 0)
    assert count(loaded, Organization) == 2


def test_a_code_is_an_organization_in_any_case(loaded: Flask, tmp_path: Path) -> None:
    run(loaded, "organization", "add", "MOFA-X", "--name", "Ministry", "--kind", "state")

    imported = run(loaded, "import", "needs", written(tmp_path, TWO_NEEDS), "--organization", "mofa-x")
    added_again = run(loaded, "organization", "add", "Mofa-X", "--name", "Ministry", "--kind", "state")

    assert (imported.exit_code, added_again.exit_code) == (0, 2)
    assert count(loaded, Organization) == 2


def test_the_organizations_are_listed_by_code(loaded: Flask) -> None:
    run(loaded, "organization", "add", "cert-fj", "--name", "National CERT", "--kind", "state", "--state", "fji")

    result = run(loaded, "organization", "list")

    assert result.stdout == "cert-fj\tstate\tFJI\tNational CERT\nsecretariat\tsecretariat\t-\tSecretariat\n"


def test_an_organization_of_an_unknown_kind_is_refused(loaded: Flask) -> None:
    result = run(loaded, "organization", "add", "x", "--name", "X", "--kind", "club")

    assert result.exit_code == 2


def test_a_run_is_made_summarized_and_not_repeated(loaded: Flask, tmp_path: Path) -> None:
    run(loaded, "import", "needs", written(tmp_path, TWO_NEEDS))
    run(loaded, "import", "offers", written(tmp_path, OFFERS, "offers.csv"))

    first = run(loaded, "match", "run", "--as-of", "2026-03-02")
    second = run(loaded, "match", "run", "--as-of", "2026-03-02")

    assert first.exit_code == second.exit_code == 0
    assert first.stdout.startswith("Match run ")
    assert "2 needs and 1 offers, 2 eligible pairs" in first.stdout
    assert second.stdout.startswith("Nothing has changed since match run ")
    assert count(loaded, MatchRun) == 1
    assert count(loaded, MatchRunFile) == 5
    assert count(loaded, Match) == 2


def test_what_is_not_public_is_matched_in_a_run_of_its_own(loaded: Flask, tmp_path: Path) -> None:
    run(loaded, "import", "needs", written(tmp_path, TWO_NEEDS))
    run(loaded, "import", "needs", written(tmp_path, "id,state,title\nn-3,FJI,Train our team of responders\n"))
    run(loaded, "import", "offers", written(tmp_path, OFFERS, "offers.csv"))

    first = run(loaded, "match", "run", "--as-of", "2026-03-02")
    second = run(loaded, "match", "run", "--as-of", "2026-03-02")

    shared, narrower = (line for line in first.stdout.splitlines() if line.startswith("Match run "))
    assert shared.endswith(", on the pages")
    assert narrower.endswith(", for the secretariat only: 1 record is not public")
    assert "  2 needs and 1 offers, 2 eligible pairs\n" in first.stdout
    assert "  3 needs and 1 offers, 3 eligible pairs\n" in first.stdout
    assert second.stdout.count("Nothing has changed since match run ") == count(loaded, MatchRun) == 2


def test_a_run_says_how_many_tandems_it_proposes(loaded: Flask, tmp_path: Path) -> None:
    alike = (
        "n-1,FJI,Train our incident response team,IRC.1,public\nn-2,NAM,Train our incident response team,IRC.1,public\n"
    )
    run(loaded, "import", "needs", written(tmp_path, HEADER + alike))

    result = run(loaded, "match", "run")

    assert "  0 needs with an offer, 2 without; 1 tandems proposed\n" in result.stdout


def test_a_run_is_asked_for_a_rule_coalitions_and_a_floor(loaded: Flask, tmp_path: Path) -> None:
    run(loaded, "import", "needs", written(tmp_path, TWO_NEEDS))
    run(loaded, "import", "offers", written(tmp_path, OFFERS, "offers.csv"))

    plain = run(loaded, "match", "run", "--as-of", "2026-03-02")
    asked = run(
        loaded,
        *["match", "run", "--as-of", "2026-03-02", "--coalitions", "3", "--equity-floor", "LDC=0.5", "--changes"],
    )
    greedy = run(loaded, *["match", "run", "--as-of", "2026-03-02", "--allocation", "greedy"])

    assert [result.exit_code for result in (plain, asked, greedy)] == [0, 0, 0]
    assert all(result.stdout.startswith("Match run ") for result in (plain, asked, greedy))
    with database_of(loaded).reading() as session:
        found = session.execute(select(MatchRun.allocation, MatchRun.options).order_by(MatchRun.started_at)).all()
    wanted = {"max_coalition": 3, "equity_floor": {"LDC": 0.5}, "needs_changes": True}
    assert [tuple(row) for row in found] == [("optimal", None), ("optimal", wanted), ("greedy", None)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--equity-floor", "LDC"), "is no group with a share from 0 to 1"),
        (("--equity-floor", "LDC=1.5"), "is no group with a share from 0 to 1"),
        (("--equity-floor", "LDC=nan"), "is no group with a share from 0 to 1"),
        (("--equity-floor", "XQQ=0.5"), "unknown group 'XQQ'"),
        (("--equity-floor", "LDC=0.5", "--allocation", "greedy"), "keeps no equity floor"),
        (("--coalitions", "6"), "6 is not in the range"),
        (("--allocation", "with_floor"), "'with_floor' is not one of"),
    ],
)
def test_what_no_run_can_keep_is_refused_in_one_sentence(
    loaded: Flask, arguments: tuple[str, ...], sentence: str
) -> None:
    result = run(loaded, "match", "run", *arguments)

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert count(loaded, MatchRun) == 0


def test_a_quiet_run_says_nothing(loaded: Flask) -> None:
    result = run(loaded, "match", "run", "--quiet")

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_a_day_that_is_none_is_told_as_the_matcher_tells_it(loaded: Flask) -> None:
    result = run(loaded, "match", "run", "--as-of", "tomorrow")

    assert result.exit_code == 2
    assert "'tomorrow' is not a day; write it as YYYY-MM-DD" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--as-of", "2026-02-30"], id="no-such-day"),
        pytest.param(["--as-of", "yesterday"], id="no-day"),
        pytest.param(["--profile", "other"], id="unknown-profile"),
    ],
)
def test_a_run_with_a_bad_option_is_refused(loaded: Flask, arguments: list[str]) -> None:
    result = run(loaded, "match", "run", *arguments)

    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    assert count(loaded, MatchRun) == 0
