"""`flask keys`: a new key takes the place of the old one, and nothing that was sealed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app
from app.accounts.models import User
from app.accounts.second_factor import totp_secret
from app.actor import SYSTEM
from app.assessments.answers import AnswerContent, open_answer
from app.assessments.models import Answer
from app.assessments.sealed_statistics import open_said
from app.assessments.statistic_models import Statistic
from app.audit.models import AuditEvent
from app.config import Settings
from app.db import Database
from app.edge import DATABASE_EXTENSION
from app.needs.consent import seal_content
from app.needs.models import Need, NeedSecret
from app.needs.queries import list_page
from app.needs.signature_models import NeedSignature
from app.organizations.models import OrganizationKind
from app.paging import PageRequest
from app.sealing import new_key_line, read_keyring
from matching.vocabulary import Visibility
from tests.factories import create_assessment, create_need, create_organization, create_signature
from tests.factories.accounts import create_user
from tests.factories.statistics import create_statistic
from tests.support.people import with_second_factor


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with one key."""
    path = tmp_path / "data-keys"
    path.write_text(f"{new_key_line('old')}\n", encoding="utf-8")
    path.chmod(0o600)
    return path


@pytest.fixture
def app(migrated_url: str, path: Path) -> Iterator[Flask]:
    """The application with that file, on a database with something sealed of each kind."""
    keyring = read_keyring(path)
    app = create_app(Settings(database_url=migrated_url, secret_key=None, keyring=keyring, data_keys_file=path))
    with database_of(app).unit_of_work() as session:
        ministry = create_organization(session, "ministry", kind=OrganizationKind.STATE)
        create_need(session, organization=ministry, external_id="ours", title="Ours", visibility=Visibility.PRIVATE)
        named = create_need(session, external_id="joint", states=("XAA", "XAB"))
        row = create_signature(session, named)
        seal_content(session, row, reason="Why not")
        create_need(session, external_id="theirs", excluded_providers=("Second Provider",))
        create_assessment(session, organization=ministry, answers={"GOV": AnswerContent(gaps="Hidden")})
        create_statistic(session)
        with_second_factor(session, create_user(session, organization=ministry))
    yield app
    database_of(app).close()


def database_of(app: Flask) -> Database:
    database: Database = app.extensions[DATABASE_EXTENSION]
    return database


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["keys", *arguments])


def sealed(session: Session) -> list[str]:
    """Return the name of the key with which each value is sealed."""
    columns = (NeedSecret.content, NeedSignature.content, Answer.content, Statistic.content, User.totp_secret)
    values = [value for column in columns for value in session.scalars(select(column))]
    return sorted(value.partition(":")[0] for value in values if value)


def opened(database: Database) -> tuple[object, ...]:
    """Return all that is sealed, as who may see it reads it."""
    with database.reading() as session:
        needs = {need.external_id: need for need in list_page(session, SYSTEM, PageRequest()).items}
        user = session.scalars(select(User)).one()
        answer = open_answer(session, session.scalars(select(Answer)).one())
        said = open_said(session, session.scalars(select(Statistic)).one())
        return needs["ours"].title, needs["theirs"].excluded_providers, answer.gaps, said, totp_secret(session, user)


def test_a_new_key_seals_all_that_the_old_one_had_sealed(app: Flask, path: Path) -> None:
    before, mark = opened(database_of(app)), mark_of_the_private_need(app)

    result = run(app, "rotate", "--name", "new")

    assert result.exit_code == 0, result.output
    assert (
        "2 needs, 1 signatures, 1 answers, 1 statistics and 1 second factors were sealed anew, with the key 'new'."
        in result.stdout
    )
    assert read_keyring(path).names == ("new", "old")
    assert path.stat().st_mode & 0o777 == 0o600
    with database_of(app).reading() as session:
        assert sealed(session) == ["new"] * 6
    assert mark_of_the_private_need(app) != mark
    # The application was started before there was the new key, and finds it in the file.
    assert opened(database_of(app)) == before == ("Ours", ("Second Provider",), "Hidden", {("XAA", 2)}, before[4])


def mark_of_the_private_need(app: Flask) -> str:
    with database_of(app).reading() as session:
        return session.scalars(select(Need.external_id).where(Need.visibility == Visibility.PRIVATE)).one()


def test_without_the_old_key_what_was_sealed_anew_still_opens(app: Flask, path: Path, migrated_url: str) -> None:
    before = opened(database_of(app))
    run(app, "rotate", "--name", "new")
    first, _ = path.read_text(encoding="utf-8").splitlines()
    path.write_text(first, encoding="utf-8")

    alone = Database(migrated_url, keyring=read_keyring(path))

    assert opened(alone) == before
    alone.close()


def test_the_trail_is_intact_after_it_and_tells_of_it(app: Flask) -> None:
    run(app, "rotate", "--name", "new")

    verified = app.test_cli_runner().invoke(args=["audit", "verify"])

    assert verified.exit_code == 0, verified.output
    with database_of(app).reading() as session:
        newest = session.scalars(select(AuditEvent).order_by(AuditEvent.position.desc()).limit(1)).one()
    assert (newest.action, newest.record_id, newest.key_name) == ("data_keys.resealed", "new", "new")


def test_the_keys_are_listed_with_what_they_seal_and_are_not_shown(app: Flask, path: Path) -> None:
    run(app, "rotate", "--name", "new")

    listed = run(app, "list")

    assert listed.stdout.splitlines() == [
        "new\t2 needs\t1 signatures\t1 answers\t1 statistics\t1 second factors\t1 audit entries",
        "old\t0 needs\t0 signatures\t0 answers\t0 statistics\t0 second factors\t0 audit entries",
    ]
    assert not any(line.partition(":")[2] in listed.stdout for line in path.read_text(encoding="utf-8").splitlines())


def test_what_a_running_service_sealed_with_the_old_key_meanwhile_is_sealed_anew(app: Flask) -> None:
    run(app, "rotate", "--name", "new")
    with database_of(app).unit_of_work() as session:
        # This application has not met the new key yet.
        create_need(session, external_id="later", visibility=Visibility.PRIVATE)
        assert sealed(session) == [*["new"] * 6, "old"]

    result = run(app, "reseal")

    assert (
        result.stdout
        == "1 needs, 0 signatures, 0 answers, 0 statistics and 0 second factors were sealed anew, with the key 'new'.\n"
    )
    assert (
        run(app, "reseal").stdout
        == "0 needs, 0 signatures, 0 answers, 0 statistics and 0 second factors were sealed anew, with the key 'new'.\n"
    )


@pytest.mark.parametrize(("name", "told"), [("old", "There is a key 'old' already"), ("No:such", "cannot be used")])
def test_a_name_that_cannot_be_taken_changes_nothing(app: Flask, path: Path, name: str, told: str) -> None:
    before = path.read_bytes()

    result = run(app, "rotate", "--name", name)

    assert (result.exit_code, told in result.stderr) == (2, True)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.glob("*data-keys*")] == ["data-keys"]


def test_what_cannot_be_opened_stops_it_with_nothing_sealed_anew(app: Flask) -> None:
    with database_of(app).unit_of_work() as session:
        session.scalars(select(NeedSecret)).first().content = "old:AAAA"  # type: ignore[union-attr]

    result = run(app, "rotate", "--name", "new")

    assert result.exit_code == 1
    assert "altered" in result.stderr
    with database_of(app).reading() as session:
        assert set(sealed(session)) == {"old"}
