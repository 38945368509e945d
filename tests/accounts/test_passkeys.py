"""Passkeys: logging in without a password, and everything that must not get one in that way."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from werkzeug.test import TestResponse

from app.accounts.key_models import SecurityKey
from app.accounts.models import User
from app.accounts.services import set_disabled
from app.accounts.throttle import FAILURES_PER_ACCOUNT
from app.actor import SYSTEM
from app.audit.models import AuditEvent
from app.db import Database
from tests.support.authenticator import SoftwareKey
from tests.support.keyring import (
    PASSKEY,
    a_person,
    actions,
    add,
    asked,
    is_let_in,
    log_out,
    make_older,
    send,
    show_key,
    show_password,
)

WRONG = "There is no account with this passkey"


def a_passkey(client: FlaskClient, database: Database, key: SoftwareKey | None = None) -> SoftwareKey:
    """Return the passkey of a focal point who has logged out."""
    key = key or SoftwareKey()
    a_person(client, database)
    add(client, key)
    log_out(client)
    return key


def show_passkey(client: FlaskClient, key: SoftwareKey) -> TestResponse:
    """Log in with the key alone."""
    return send(client, PASSKEY, key.answer(asked(client, f"{PASSKEY}/options")), next="/needs")


def test_a_passkey_is_password_and_second_factor_in_one(client: FlaskClient, database: Database) -> None:
    key = a_passkey(client, database)

    shown = show_passkey(client, key)

    assert shown.headers["Location"] == "/needs"
    assert is_let_in(client)
    assert actions(database)[-1] == "user.logged_in_with_key"
    # The role that says nothing without a second factor has its say.
    assert "Your role says nothing" not in client.get("/account").get_data(as_text=True)


def test_what_is_asked_is_the_same_for_everybody(client: FlaskClient, database: Database) -> None:
    before = asked(client, f"{PASSKEY}/options")
    a_passkey(client, database)

    after = asked(client, f"{PASSKEY}/options")

    assert before.pop("challenge") != after.pop("challenge")
    assert before == after
    assert after["userVerification"] == "required"
    assert after["allowCredentials"] == []


def test_a_key_that_was_only_touched_is_not_enough_alone(client: FlaskClient, database: Database) -> None:
    key = a_passkey(client, database, SoftwareKey(verifies_user=False))

    refused = show_passkey(client, key)

    assert refused.status_code == 401
    assert WRONG in refused.get_data(as_text=True)
    assert not is_let_in(client)


def another_origin(key: SoftwareKey) -> None:
    key.origin = "https://evil.example"


def another_host(key: SoftwareKey) -> None:
    key.host = "evil.example"


def another_private_half(key: SoftwareKey) -> None:
    key.private = SoftwareKey().private


def another_person(key: SoftwareKey) -> None:
    key.user_handle = uuid4().bytes


def no_person(key: SoftwareKey) -> None:
    key.user_handle = b""


def another_id(key: SoftwareKey) -> None:
    key.credential_id = b"a key that nobody has"


def counts_back(key: SoftwareKey) -> None:
    key.step = -1


@pytest.mark.parametrize(
    "spoil", [another_origin, another_host, another_private_half, another_person, no_person, another_id, counts_back]
)
def test_a_wrong_answer_lets_nobody_in_and_does_not_say_why(
    client: FlaskClient, database: Database, spoil: Callable[[SoftwareKey], None]
) -> None:
    key = a_passkey(client, database, SoftwareKey(sign_count=7))
    spoil(key)

    refused = show_passkey(client, key)

    assert refused.status_code == 401
    assert WRONG in refused.get_data(as_text=True)
    assert not is_let_in(client)
    assert actions(database)[-1] == "user.login_failed"


def test_a_passkey_that_counts_back_leaves_the_event_of_a_copy(client: FlaskClient, database: Database) -> None:
    key = a_passkey(client, database, SoftwareKey(sign_count=7))
    counts_back(key)

    show_passkey(client, key)

    assert actions(database)[-2:] == ["security_key.copied", "user.login_failed"]


@pytest.mark.parametrize("credential", ["", "{}", "null", "[" * 15_000, "x" * 30_000])
def test_what_is_no_answer_lets_nobody_in(client: FlaskClient, database: Database, credential: str) -> None:
    asked(client, f"{PASSKEY}/options")

    assert send(client, PASSKEY, credential).status_code == 401


def test_an_answer_is_accepted_once(client: FlaskClient, database: Database) -> None:
    key = a_passkey(client, database, SoftwareKey(step=0))
    credential = key.answer(asked(client, f"{PASSKEY}/options"))
    first = send(client, PASSKEY, credential)
    log_out(client)

    again = send(client, PASSKEY, credential)

    assert (first.status_code, again.status_code) == (302, 401)
    assert not is_let_in(client)


def test_an_answer_of_another_browser_lets_nobody_in(app: Flask, client: FlaskClient, database: Database) -> None:
    key = a_passkey(client, database)
    credential = key.answer(asked(client, f"{PASSKEY}/options"))
    attacker = app.test_client()
    asked(attacker, f"{PASSKEY}/options")

    assert send(attacker, PASSKEY, credential).status_code == 401
    assert not is_let_in(attacker)


def test_an_answer_that_comes_too_late_lets_nobody_in(client: FlaskClient, database: Database) -> None:
    key = a_passkey(client, database)
    options = asked(client, f"{PASSKEY}/options")
    make_older(database, minutes=5)

    assert send(client, PASSKEY, key.answer(options)).status_code == 401


def test_an_answer_to_the_second_factor_is_none_without_a_password(
    app: Flask, client: FlaskClient, database: Database
) -> None:
    person, key = a_person(client, database), SoftwareKey()
    add(client, key)
    log_out(client)
    show_password(person)
    options = asked(client, "/login/second-factor/options") | {"allowCredentials": []}

    assert send(client, PASSKEY, key.answer(options)).status_code == 401


def test_the_passkey_of_a_disabled_person_is_as_none(client: FlaskClient, database: Database) -> None:
    key = a_passkey(client, database)
    with database.unit_of_work() as session:
        set_disabled(session, SYSTEM, session.scalars(select(User.id)).one(), is_disabled=True)

    refused = show_passkey(client, key)

    assert refused.status_code == 401
    assert WRONG in refused.get_data(as_text=True)


def test_a_person_disabled_between_password_and_key_is_not_let_in(client: FlaskClient, database: Database) -> None:
    person, key = a_person(client, database), SoftwareKey()
    add(client, key)
    log_out(client)
    show_password(person)
    options = asked(client, "/login/second-factor/options")
    with database.unit_of_work() as session:
        session.execute(update(User).values(is_disabled=True))

    shown = send(client, "/login/second-factor/key", key.answer(options))

    assert shown.headers["Location"] == "/login"
    assert not is_let_in(client)


def test_a_passkey_that_was_removed_is_as_one_that_never_was(client: FlaskClient, database: Database) -> None:
    """Status, sentence and headers are the same, whether there was such a key or not."""
    removed, never = a_passkey(client, database), SoftwareKey(user_handle=uuid4().bytes)
    with database.unit_of_work() as session:
        session.execute(delete(SecurityKey))

    answers = [show_passkey(client, key) for key in (removed, never)]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert all(WRONG in answer.get_data(as_text=True) for answer in answers)
    assert len({tuple(sorted(name for name, _ in answer.headers)) for answer in answers}) == 1


@pytest.mark.parametrize("is_known", [True, False], ids=["a key there is", "a key there is not"])
def test_too_many_wrong_answers_are_told_whether_there_is_such_a_key_or_not(
    client: FlaskClient, database: Database, *, is_known: bool
) -> None:
    key = a_passkey(client, database)
    client.delete_cookie("tandem_browser")
    key.origin = "https://evil.example"
    key.credential_id = key.credential_id if is_known else b"a key that nobody has"
    options = asked(client, f"{PASSKEY}/options")

    statuses = [send(client, PASSKEY, key.answer(options)).status_code for _ in range(FAILURES_PER_ACCOUNT + 1)]

    assert statuses == [401] * FAILURES_PER_ACCOUNT + [429]


def test_failures_are_in_the_audit_trail(client: FlaskClient, database: Database) -> None:
    a_passkey(client, database)

    show_passkey(client, SoftwareKey(user_handle=uuid4().bytes))

    with database.reading() as session:
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.position.desc()).limit(1)).one()
    assert (event.action, event.actor, event.record_id) == ("user.login_failed", "public", "unknown")


@pytest.mark.parametrize(
    "address",
    [
        "/account/security-keys",
        "/account/security-keys/options",
        "/login/second-factor/key",
        "/login/second-factor/options",
        PASSKEY,
        f"{PASSKEY}/options",
    ],
)
def test_no_other_site_sends_what_a_key_answers(client: FlaskClient, database: Database, address: str) -> None:
    assert client.post(address, data={"credential": "{}"}).status_code == 400


def test_over_tls_the_key_is_for_the_name_and_origin_of_the_address(client: FlaskClient, database: Database) -> None:
    """The port stands in the origin, not in the name."""
    at = {"base_url": "https://Tandem.example:8443", "headers": {"Referer": "https://Tandem.example:8443/login"}}
    page = client.get("/login", **at).get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]

    answer = client.post(f"{PASSKEY}/options", data={"csrf_token": token}, **at)

    assert answer.get_json()["rpId"] == "tandem.example"
    assert "Secure" in next(line for line in answer.headers.getlist("Set-Cookie") if "__Host-tandem_challenge" in line)


def test_a_key_that_was_used_beside_the_password_also_works_alone(client: FlaskClient, database: Database) -> None:
    person, key = a_person(client, database), SoftwareKey()
    add(client, key)
    log_out(client)
    show_password(person)
    show_key(client, key)
    log_out(client)

    with database.reading() as session:
        assert session.scalars(select(SecurityKey.stood_alone_at)).all() == [None]
    assert show_passkey(client, key).status_code == 302
    with database.reading() as session:
        assert session.scalars(select(SecurityKey.stood_alone_at)).one() is not None
