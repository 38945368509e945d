"""A link lets one person choose a password, once, for some days."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.credentials import choose_password, find_link, issue_link
from app.accounts.models import LinkPurpose, User
from app.accounts.passwords import is_password
from app.actor import PUBLIC, SYSTEM, Actor
from app.db import Database
from app.errors import ForbiddenError, NotFoundError
from app.organizations.models import OrganizationKind
from tests.factories import create_organization
from tests.factories.accounts import actor_of, create_link, create_user
from tests.support.people import PASSWORD, Person, submit, with_password


def an_invited(database: Database, role: str = "contributor", **columns: datetime) -> tuple[str, str]:
    """Return the address of somebody invited, and the link's."""
    with database.unit_of_work() as session:
        user = create_user(session, role)
        return user.email, f"/invitations/{create_link(session, user, **columns)}"


def password_hash(database: Database) -> str | None:
    with database.reading() as session:
        return session.scalars(select(User.password_hash)).one()


def test_whoever_is_invited_chooses_a_password_and_logs_in(client: FlaskClient, database: Database) -> None:
    email, address = an_invited(database)

    chosen = submit(client, address, password=PASSWORD, again=PASSWORD)
    answer = Person(client=client, email=email).log_in()

    assert (chosen.status_code, chosen.headers["Location"]) == (302, "/login")
    assert client.get(answer.headers["Location"]).headers["Location"] == "/"
    assert client.get("/account").status_code == 200


def test_a_link_works_once(client: FlaskClient, database: Database) -> None:
    _, address = an_invited(database)
    submit(client, address, password=PASSWORD, again=PASSWORD)

    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "columns",
    [
        {"expires_at": datetime.now(UTC) - timedelta(seconds=1)},
        {"used_at": datetime.now(UTC) - timedelta(seconds=1)},
    ],
    ids=["too old", "used"],
)
def test_a_link_that_has_ended_is_as_one_that_never_was(
    client: FlaskClient, database: Database, columns: dict[str, datetime]
) -> None:
    _, address = an_invited(database, **columns)

    ended, never = client.get(address), client.get("/invitations/tandem_never-was")

    assert ended.status_code == never.status_code == 404
    assert ended.data.replace(address.encode(), b"") == never.data.replace(b"/invitations/tandem_never-was", b"")


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        (PASSWORD, PASSWORD + "!", "not the same"),
        ("short", "short", "needs at least 15"),
        ("password12345678", "password12345678", "first that are tried"),
    ],
)
def test_a_password_that_may_not_be_leaves_the_link_good(
    client: FlaskClient, database: Database, password: str, again: str, sentence: str
) -> None:
    _, address = an_invited(database)

    refused = submit(client, address, password=password, again=again)

    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert sentence in page
    assert password not in page.replace(sentence, "")
    assert password_hash(database) is None
    assert submit(client, address, password=PASSWORD, again=PASSWORD).status_code == 302


def test_a_role_with_a_second_factor_may_choose_a_shorter_one(client: FlaskClient, database: Database) -> None:
    _, address = an_invited(database, "recipient")

    assert submit(client, address, password="x7Kq2mPz", again="x7Kq2mPz").status_code == 302


def test_a_page_of_a_link_stays_nowhere(client: FlaskClient, database: Database) -> None:
    _, address = an_invited(database)

    page = client.get(address)

    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"


def test_of_twenty_who_use_one_link_at_once_one_chooses_the_password(database: Database) -> None:
    _, address = an_invited(database)
    secret = address.removeprefix("/invitations/")

    def choose(number: int) -> bool:
        try:
            with database.unit_of_work() as session:
                choose_password(session, PUBLIC, secret, f"{PASSWORD} {number}")
        except NotFoundError:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        chosen = list(pool.map(choose, range(20)))

    assert chosen.count(True) == 1
    assert is_password(password_hash(database), f"{PASSWORD} {chosen.index(True)}")


def test_a_new_link_takes_the_place_of_the_one_before(database: Database) -> None:
    with database.unit_of_work() as session:
        user = create_user(session)
        first, second = issue_link(session, SYSTEM, user.id), issue_link(session, SYSTEM, user.id)
        found = [find_link(session, link.secret, now=datetime.now(UTC)) for link in (first, second)]

    assert found[0] is None
    assert found[1] is not None


def test_whoever_has_a_password_gets_a_link_for_another(database: Database) -> None:
    with database.unit_of_work() as session:
        first = issue_link(session, SYSTEM, create_user(session).id)
        second = issue_link(session, SYSTEM, with_password(session, create_user(session)).id)

    assert (first.row.purpose, second.row.purpose) == (LinkPurpose.INVITATION, LinkPurpose.PASSWORD_RESET)


def can_let_in(session: Session, actor: Actor, user: User) -> bool:
    try:
        issue_link(session, actor, user.id)
    except ForbiddenError:
        return False
    return True


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("recipient", {"recipient", "contributor", "provider"}),
        ("contributor", set()),
        ("provider", {"provider"}),
        ("analyst", set()),
        ("secretariat", set()),
        ("administrator", {"recipient", "contributor", "provider", "analyst", "secretariat", "administrator"}),
    ],
)
def test_one_lets_in_whom_one_could_have_invited(database: Database, role: str, expected: set[str]) -> None:
    """A link to a new password is as good as the account: it must not lead from a small role to a great one."""
    with database.unit_of_work() as session:
        ministry = create_organization(session, "ministry", kind=OrganizationKind.STATE)
        actor = actor_of(create_user(session, role, organization=ministry))
        users = {name: create_user(session, name, organization=ministry) for name in expected | set(ROLES)}

        assert {name for name, user in users.items() if can_let_in(session, actor, user)} == expected


ROLES = ("recipient", "contributor", "provider", "analyst", "secretariat", "administrator")


def test_a_focal_point_does_not_let_in_who_is_more_elsewhere(database: Database) -> None:
    """Somebody who is a contributor here and an administrator there: the link would open both."""
    with database.unit_of_work() as session:
        ministry = create_organization(session, "ministry", kind=OrganizationKind.STATE)
        focal_point = actor_of(create_user(session, "recipient", organization=ministry))
        both = create_user(session, "contributor", organization=ministry)
        both.affiliations.append(create_user(session, "administrator").affiliations[0])
        session.flush()

        assert not can_let_in(session, focal_point, both)
