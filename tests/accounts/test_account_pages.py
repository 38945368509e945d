"""The pages on which a person looks after their account."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.accounts.models import ApiToken, LoginSession, User
from app.accounts.second_factor import new_recovery_codes, take_code, take_recovery_code
from app.accounts.services import get_user
from app.clock import now_utc
from app.db import Database
from app.labels import ROLES
from tests.factories.accounts import create_api_token, create_login, create_user
from tests.support.people import PASSWORD, Person, form_token, submit, with_password, with_second_factor
from tests.web.inspection import fetch

ADDRESSES = ("/login", "/account", "/account/password", "/account/second-factor")


def logged_in(client: FlaskClient, database: Database, role: str = "contributor") -> Person:
    """Return somebody who is logged in."""
    with database.unit_of_work() as session:
        user = with_password(session, create_user(session, role))
    person = Person(client=client, email=user.email)
    person.log_in()
    return person


def count(database: Database, model: type[LoginSession | ApiToken]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("address", ADDRESSES[1:])
def test_every_page_is_whole(client: FlaskClient, database: Database, address: str, language: str) -> None:
    logged_in(client, database, "recipient")

    page = fetch(client, f"{address}?lang={language}")

    assert page.status == 200


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_page_to_log_in_is_whole(client: FlaskClient, language: str) -> None:
    assert fetch(client, f"/login?lang={language}").status == 200


@pytest.mark.parametrize("address", ADDRESSES[1:])
def test_a_page_of_an_account_is_for_whoever_is_logged_in(client: FlaskClient, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/login?next={address}"


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_of_an_account_is_kept_by_no_cache(client: FlaskClient, database: Database, address: str) -> None:
    if address != "/login":
        logged_in(client, database)

    assert client.get(address).headers["Cache-Control"] == "private, no-store"


def test_what_others_see_is_kept_by_no_cache_either_once_one_is_logged_in(
    client: FlaskClient, database: Database
) -> None:
    logged_in(client, database)

    assert client.get("/needs").headers["Cache-Control"] == "private, no-store"


def test_an_account_says_who_one_is(client: FlaskClient, database: Database) -> None:
    person = logged_in(client, database)

    text = fetch(client, "/account").text

    assert person.email in text
    assert f": {ROLES['contributor']}" in text
    assert "this one" in text


def test_one_logs_out_elsewhere(app: Flask, client: FlaskClient, database: Database) -> None:
    person = logged_in(client, database)
    elsewhere = Person(client=app.test_client(), email=person.email)
    elsewhere.log_in()
    page = client.get("/account").get_data(as_text=True)
    (other,) = set(re.findall(r"/account/sessions/[0-9a-f-]+/end", page)) - {_present(page)}

    submit(client, "/account", to=other)

    assert elsewhere.client.get("/account").status_code == 302
    assert client.get("/account").status_code == 200


def _present(page: str) -> str:
    row = page.partition("this one")[2]
    found = re.search(r"/account/sessions/[0-9a-f-]+/end", row)
    assert found is not None
    return found[0]


def test_a_session_of_somebody_else_is_as_none(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        create_login(session)
        foreign_id = session.scalars(select(LoginSession.id)).one()
    logged_in(client, database)
    token = form_token(client, "/account")

    answers = [
        client.post(f"/account/sessions/{session_id}/end", data={"csrf_token": token})
        for session_id in (foreign_id, uuid4())
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert count(database, LoginSession) == 2


def test_a_password_is_changed_and_other_sessions_end(app: Flask, client: FlaskClient, database: Database) -> None:
    person = logged_in(client, database)
    elsewhere = Person(client=app.test_client(), email=person.email)
    elsewhere.log_in()

    changed = submit(
        client, "/account/password", present=PASSWORD, password="another lamp on friday", again="another lamp on friday"
    )

    assert changed.status_code == 302
    assert client.get("/account").status_code == 200
    assert elsewhere.client.get("/account").status_code == 302
    assert elsewhere.log_in().status_code == 401
    elsewhere.password = "another lamp on friday"
    assert elsewhere.log_in().status_code == 302


@pytest.mark.parametrize(
    ("present", "password", "again", "sentence"),
    [
        ("not mine", "another lamp on friday", "another lamp on friday", "not your present password"),
        (PASSWORD, "another lamp on friday", "another lamp", "not the same"),
        (PASSWORD, "short", "short", "needs at least 15"),
    ],
)
def test_a_password_that_may_not_be_is_told(
    client: FlaskClient, database: Database, present: str, password: str, again: str, sentence: str
) -> None:
    person = logged_in(client, database)

    refused = submit(client, "/account/password", present=present, password=password, again=again)

    assert refused.status_code == 422
    assert sentence in refused.get_data(as_text=True)
    assert Person(client=client.application.test_client(), email=person.email).log_in().status_code == 302


def test_a_token_is_issued_shown_once_and_revoked(client: FlaskClient, database: Database) -> None:
    logged_in(client, database)

    shown = submit(client, "/account", to="/account/tokens", name="My sheet", scope="read", days="30")

    found = re.search(r"tandem_[A-Za-z0-9_-]{43}", shown.get_data(as_text=True))
    assert found is not None
    bearer = {"Authorization": f"Bearer {found[0]}"}
    programs = client.application.test_client()
    page = client.get("/account").get_data(as_text=True)
    before = programs.get("/api/v1/needs", headers=bearer).status_code
    revoke = re.search(r"/account/tokens/[0-9a-f-]+/revoke", page)
    assert revoke is not None
    submit(client, "/account", to=revoke[0])
    assert "My sheet" in page
    assert found[0] not in page
    assert (before, programs.get("/api/v1/needs", headers=bearer).status_code) == (200, 401)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"name": "two\nlines"},
        {"scope": "everything"},
        {"scope": ""},
        {"days": "0"},
        {"days": "366"},
        {"days": "-1"},
        {"days": "٣٠"},
        {"days": "9" * 5_000},
        {"days": "soon"},
    ],
    ids=str,
)
def test_a_token_that_cannot_be_is_told_and_not_issued(
    client: FlaskClient, database: Database, wrong: dict[str, str]
) -> None:
    logged_in(client, database)

    refused = submit(
        client, "/account", to="/account/tokens", **{"name": "Sheet", "scope": "read", "days": "30"} | wrong
    )

    assert refused.status_code == 422
    assert 'role="alert"' in refused.get_data(as_text=True)
    assert count(database, ApiToken) == 0


def test_a_token_of_somebody_else_is_as_none(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        create_api_token(session)
        foreign_id = session.scalars(select(ApiToken.id)).one()
    logged_in(client, database)

    answer = client.post(f"/account/tokens/{foreign_id}/revoke", data={"csrf_token": form_token(client, "/account")})

    assert answer.status_code == 404
    with database.reading() as session:
        assert session.scalars(select(ApiToken.revoked_at)).one() is None


@pytest.mark.parametrize(
    "address",
    [
        "/account/tokens",
        "/account/password",
        "/account/second-factor",
        "/login/end",
        "/account/sessions/12345678-1234-4234-8234-123456789abc/end",
    ],
)
def test_no_other_site_changes_an_account(client: FlaskClient, database: Database, address: str) -> None:
    logged_in(client, database)

    answer = client.post(address, data={"name": "Sheet", "scope": "write", "days": "30"})

    assert answer.status_code == 400
    assert count(database, LoginSession) == 1
    assert count(database, ApiToken) == 0


def test_whoever_has_a_second_factor_does_not_replace_it_with_the_password_alone(
    client: FlaskClient, database: Database
) -> None:
    with database.unit_of_work() as session:
        user = with_password(session, create_user(session))
        with_second_factor(session, user)
    submit(client, "/login", email=user.email, password=PASSWORD)

    answer = client.get("/account/second-factor")

    assert answer.headers["Location"] == "/login/second-factor"


def test_the_secret_of_an_app_is_sealed_in_the_database(database: Database) -> None:
    with database.unit_of_work() as session:
        user = create_user(session)
        secret = with_second_factor(session, user)

    with database.reading() as session:
        kept = session.scalars(select(User.totp_secret)).one()
    assert kept is not None
    assert kept.startswith("first:")
    assert secret not in kept


def test_of_twenty_who_use_one_code_at_once_one_gets_in(database: Database) -> None:
    with database.unit_of_work() as session:
        user = create_user(session)
        code = pyotp.TOTP(with_second_factor(session, user)).now()

    def take(_number: int) -> bool:
        with database.unit_of_work() as session:
            return take_code(session, get_user(session, user.id), code, now=now_utc())

    with ThreadPoolExecutor(20) as pool:
        taken = list(pool.map(take, range(20)))

    assert taken.count(True) == 1


def test_of_twenty_who_use_one_recovery_code_at_once_one_gets_in(database: Database) -> None:
    with database.unit_of_work() as session:
        user = create_user(session)
        code = new_recovery_codes(session, user)[0]

    def take(_number: int) -> bool:
        with database.unit_of_work() as session:
            return take_recovery_code(session, get_user(session, user.id), code, now=now_utc())

    with ThreadPoolExecutor(20) as pool:
        taken = list(pool.map(take, range(20)))

    assert taken.count(True) == 1


def test_a_recovery_code_is_its_persons_alone(database: Database) -> None:
    with database.unit_of_work() as session:
        user, other = create_user(session), create_user(session)
        code = new_recovery_codes(session, user)[0]

        assert not take_recovery_code(session, other, code, now=now_utc())
        assert take_recovery_code(session, user, code.replace("-", " ").upper(), now=now_utc())
