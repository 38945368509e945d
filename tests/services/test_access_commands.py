"""The commands about who may do and see what."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from app.config import Settings
from app.db import Database
from app.edge import DATABASE_EXTENSION
from app.organizations.models import OrganizationKind
from tests.factories import create_organization
from tests.support.keys import KEYRING


def test_the_policy_is_printed_cell_by_cell() -> None:
    policy = create_app(Settings(database_url="sqlite://", secret_key=None, keyring=KEYRING))

    result = policy.test_cli_runner().invoke(args=["policy", "show"])

    lines = result.stdout.splitlines()
    cells_by_name = {line.split()[0]: line.split()[1:] for line in lines if line}
    roles = ["recipient", "contributor", "provider", "secretariat", "analyst", "administrator"]
    assert cells_by_name["permission"] == roles
    assert cells_by_name["need:submit"] == ["own", "–", "–", "own", "–", "–"]
    assert cells_by_name["user:read"] == ["own", "own", "own", "own", "own", "any"]
    assert cells_by_name["organization:read"] == ["own", "own", "own", "any", "own", "any"]
    assert cells_by_name["user.email"] == ["own", "–", "own", "–", "–", "any"]
    assert cells_by_name["user:invite"] == ["own", "–", "own", "–", "–", "any"]
    assert cells_by_name["providers"] == ["–", "–", "–", "chosen", "seen", "–", "–"]
    assert cells_by_name["contributor"] == ["gives", "–", "–", "–", "–", "gives"]
    assert cells_by_name["second"] == ["factor", *roles]
    assert cells_by_name["asked"] == ["for", "always", "–", "–", "always", "–", "always"]
    for field in ("need.excluded_providers", "need.chosen_providers"):
        assert cells_by_name[field] == ["own", "own", "–", "any", "–", "–"]
    assert "PATCH /api/v1/offers/<uuid:offer_id> offer:edit" in [" ".join(line.split()) for line in lines]


@pytest.fixture
def app(migrated_url: str) -> Iterator[Flask]:
    """The application on an empty database with an organization of each kind."""
    app = create_app(Settings(database_url=migrated_url, secret_key=None, keyring=KEYRING))
    database: Database = app.extensions[DATABASE_EXTENSION]
    with database.unit_of_work() as session:
        for kind in OrganizationKind:
            create_organization(session, f"the-{kind.value}", kind=kind)
    yield app
    database.close()


def run(app: Flask, *arguments: str) -> Result:
    """Return what came of a command."""
    return app.test_cli_runner().invoke(args=list(arguments))


def add(app: Flask, email: str, *options: str) -> Result:
    """Add a recipient of the State's organization."""
    return run(app, "user", "add", email, "--organization", "the-state", "--role", "recipient", *options)


def test_a_person_is_added_with_a_token_on_the_last_line(app: Flask) -> None:
    result = add(app, "somebody@example.org", "--token")

    first, *_, last = result.stdout.splitlines()
    assert (result.exit_code, first) == (0, "somebody@example.org is now recipient of the-state.")
    answer = app.test_client().get("/api/v1/needs", headers={"Authorization": f"Bearer {last}"})
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert last.startswith("tandem_")


def test_a_person_is_added_without_a_token(app: Flask) -> None:
    result = add(app, "somebody@example.org")

    assert "tandem_" not in result.stdout


def test_adding_somebody_again_changes_nothing_and_gives_another_token(app: Flask) -> None:
    first = add(app, "somebody@example.org", "--token")

    again = add(app, "Somebody@example.org", "--token")

    assert again.stdout.splitlines()[0] == "somebody@example.org was already recipient of the-state."
    assert again.stdout.splitlines()[-1] != first.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nobody", "--organization", "the-state", "--role", "recipient"), "This is no e-mail address."),
        (("a@example.org", "--organization", "none", "--role", "recipient"), "There is no organization 'none'"),
        (("a@example.org", "--organization", "the-state", "--role", "king"), "Invalid value for '--role'"),
        (("a@example.org", "--organization", "the-provider", "--role", "recipient"), "which has no recipient"),
        (("a@example.org", "--organization", "the-state", "--role", "recipient", "--days", "366"), "'--days'"),
    ],
    ids=["address", "organization", "role", "kind", "days"],
)
def test_what_cannot_be_added_is_told_and_nothing_is_stored(
    app: Flask, arguments: tuple[str, ...], sentence: str
) -> None:
    result = run(app, "user", "add", *arguments)

    assert result.exit_code == 2
    assert sentence in result.stderr
    assert run(app, "user", "list").stdout == ""


def test_people_are_listed_role_by_role(app: Flask) -> None:
    add(app, "b@example.org")
    add(app, "a@example.org")
    run(app, "user", "add", "a@example.org", "--organization", "the-provider", "--role", "provider")
    run(app, "user", "disable", "b@example.org")

    assert run(app, "user", "list").stdout.splitlines() == [
        "a@example.org\tthe-state\trecipient\topen",
        "a@example.org\tthe-provider\tprovider\topen",
        "b@example.org\tthe-state\trecipient\tdisabled",
    ]


def test_a_role_is_taken_away_by_command(app: Flask) -> None:
    add(app, "a@example.org")

    result = run(app, "user", "remove", "a@example.org", "--organization", "the-state", "--role", "recipient")

    assert result.stdout == "a@example.org is no longer recipient of the-state.\n"
    assert run(app, "user", "list").stdout == "a@example.org\t-\t-\topen\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("disable", "nobody@example.org"),
        ("enable", "nobody@example.org"),
        ("remove", "nobody@example.org", "--organization", "the-state", "--role", "recipient"),
    ],
    ids=["disable", "enable", "remove"],
)
def test_whoever_is_not_there_is_told(app: Flask, arguments: tuple[str, ...]) -> None:
    result = run(app, "user", *arguments)

    assert result.exit_code == 2
    assert "nobody@example.org" in result.stderr
    assert "`flask user list`" in result.stderr


def test_somebody_is_let_in_again(app: Flask) -> None:
    token = add(app, "a@example.org", "--token").stdout.splitlines()[-1]
    run(app, "user", "disable", "a@example.org")
    result = run(app, "user", "enable", "a@example.org")

    answer = app.test_client().get("/api/v1/needs", headers={"Authorization": f"Bearer {token}"})
    assert (result.stdout, answer.status_code) == ("The account of a@example.org is open.\n", 200)


def test_people_of_one_organization_are_listed_with_their_roles_in_it(app: Flask) -> None:
    add(app, "a@example.org")
    run(app, "user", "add", "a@example.org", "--organization", "the-provider", "--role", "provider")
    run(app, "user", "add", "b@example.org", "--organization", "the-provider", "--role", "provider")

    assert (
        run(app, "user", "list", "--organization", "THE-STATE").stdout == "a@example.org\tthe-state\trecipient\topen\n"
    )
    assert run(app, "user", "list", "--organization", "nobody").exit_code == 2


def test_an_organization_is_shown_with_its_records_and_its_people(app: Flask) -> None:
    add(app, "a@example.org", "--name", "A Person")
    run(app, "user", "add", "a@example.org", "--organization", "the-state", "--role", "provider")
    run(app, "user", "add", "a@example.org", "--organization", "the-provider", "--role", "provider")
    run(app, "user", "invite", "a@example.org")

    assert run(app, "organization", "show", "the-state").stdout.splitlines() == [
        "the-state\tstate\t-\tOrganization the-state",
        "needs: 0, offers: 0",
        "a@example.org\trecipient, provider\tinvited\tno second factor\tA Person",
    ]
    assert run(app, "organization", "show", "nobody").exit_code == 2


def test_an_organization_that_looks_like_another_is_not_added(app: Flask) -> None:
    result = run(app, "organization", "add", "second", "--name", "Organіzatіon the-state", "--kind", "state")

    assert result.exit_code == 2
    assert "There is an organization 'Organization the-state' already" in result.stderr
    assert "second" not in run(app, "organization", "list").stdout
