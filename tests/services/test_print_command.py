"""`flask print`: papers as files on this machine, for their owner alone."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from app.assessments.answers import AnswerContent
from app.config import Settings
from app.organizations.models import OrganizationKind
from tests.factories import create_assessment, create_organization, create_questionnaire
from tests.support.application import database_of
from tests.support.keys import KEYRING
from tests.support.papers import text_within


@pytest.fixture
def app(migrated_url: str) -> Iterator[Flask]:
    """The application with a ministry that has a draft, and a centre that has none."""
    app = create_app(Settings(database_url=migrated_url, secret_key=None, keyring=KEYRING))
    with database_of(app).unit_of_work() as session:
        create_questionnaire(session)
        ministry = create_organization(session, "ministry", kind=OrganizationKind.STATE)
        create_organization(session, "centre", kind=OrganizationKind.PROVIDER)
        create_assessment(
            session, organization=ministry, answers={"GOV": AnswerContent(current=1, target=2, gaps="Nolaw")}
        )
    yield app
    database_of(app).close()


def printed(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["print", *arguments])


@pytest.mark.parametrize(
    ("name", "file"),
    [("form", "form.pdf"), ("form", "form.xlsx"), ("report", "report.pdf"), ("gap-profile", "gaps.PDF")],
)
def test_a_paper_of_the_newest_assessment_is_written(app: Flask, tmp_path: Path, name: str, file: str) -> None:
    path = tmp_path / file

    result = printed(app, name, "--organization", "ministry", "--out", str(path))

    assert result.exit_code == 0, result.output
    assert "Nolaw" in text_within(path.read_bytes())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert str(path) in result.stdout


def test_without_an_organization_the_form_is_blank(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"

    result = printed(app, "form", "--language", "fr", "--out", str(path))

    words = text_within(path.read_bytes())
    assert result.exit_code == 0
    assert "Question GOV" in words
    assert "Nolaw" not in words


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("report",), "--organization"),
        (("form", "--organization", "centre"), "has no assessment"),
        (("form", "--organization", "nobody"), "nobody"),
    ],
)
def test_what_there_is_not_is_told_in_one_line(
    app: Flask, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    path = tmp_path / "paper.pdf"

    result = printed(app, *arguments, "--out", str(path))

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert not path.exists()


def test_another_kind_of_file_is_refused(app: Flask, tmp_path: Path) -> None:
    result = printed(app, "report", "--organization", "ministry", "--out", str(tmp_path / "report.xlsx"))

    assert result.exit_code == 2
    assert ".pdf" in result.stderr
