"""Security keys: added, shown after the password, removed, and everything of them that must not get one in."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.accounts.credentials import remove_second_factor
from app.accounts.key_models import SecurityKey, SecurityKeyChallenge
from app.accounts.models import RecoveryCode, User
from app.accounts.security_keys import MAX_KEYS
from app.accounts.throttle import FAILURES_PER_ACCOUNT
from app.actor import SYSTEM
from app.audit.models import AuditEvent
from app.db import Database
from tests.factories.accounts import create_security_key
from tests.support.authenticator import SoftwareKey
from tests.support.keyring import (
    KEYS,
    SECOND,
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
from tests.support.people import PASSWORD, Person, submit
from tests.web.inspection import fetch

WRONG_KEY = "not the right answer of one of your keys"


def names(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(SecurityKey.name).order_by(SecurityKey.created_at)))


# --- adding


def test_the_first_key_is_a_second_factor_and_brings_recovery_codes(client: FlaskClient, database: Database) -> None:
    person, key = a_person(client, database), SoftwareKey()
    before = client.get("/login/next").headers["Location"]

    added = add(client, key, name="Blue one")

    page = fetch(client, KEYS).text
    codes = [part.partition("<")[0] for part in added.get_data(as_text=True).split('fs-6">')[1:]]
    assert before == "/account/second-factor"
    assert client.get("/login/next").headers["Location"] == "/"
    assert len(codes) == 10
    assert "Blue one" in page
    assert "never" in page
    assert actions(database)[-1] == "security_key.added"
    log_out(client)
    show_password(person)
    assert client.get("/account").headers["Location"] == SECOND
    assert submit(client, SECOND, to=SECOND, code=codes[0]).status_code == 302
    assert is_let_in(client)


def test_more_keys_bring_no_new_recovery_codes(client: FlaskClient, database: Database) -> None:
    a_person(client, database)
    add(client, SoftwareKey(), name="First")

    again = add(client, SoftwareKey(), name="Second")

    assert again.headers["Location"] == KEYS
    assert names(database) == ["First", "Second"]
    assert "With one of 2 security keys" in fetch(client, "/account").text


def test_a_key_beside_an_app_leaves_the_recovery_codes_as_they_are(client: FlaskClient, database: Database) -> None:
    a_person(client, database, has_app=True)

    added = add(client, SoftwareKey())

    assert added.status_code == 302
    with database.reading() as session:
        assert session.scalars(select(RecoveryCode)).all() == []


def test_a_new_key_ends_the_other_sessions(app: Flask, client: FlaskClient, database: Database) -> None:
    person = a_person(client, database)
    elsewhere = Person(client=app.test_client(), email=person.email)
    elsewhere.log_in()

    add(client, SoftwareKey())

    assert is_let_in(client)
    assert not is_let_in(elsewhere.client)


def test_a_key_is_added_only_after_the_present_password(client: FlaskClient, database: Database) -> None:
    a_person(client, database)

    refused = send(client, f"{KEYS}/options", name="Mine", present="not my password")

    assert refused.status_code == 422
    assert refused.get_json() == {"error": "This is not your present password."}
    with database.reading() as session:
        assert session.scalars(select(SecurityKeyChallenge)).all() == []
    assert actions(database)[-1] == "user.proof_failed"


def test_the_present_password_is_not_tried_through(client: FlaskClient, database: Database) -> None:
    a_person(client, database)

    statuses = [
        send(client, f"{KEYS}/options", name="Mine", present="wrong").status_code
        for _ in range(FAILURES_PER_ACCOUNT + 1)
    ]

    assert statuses == [422] * FAILURES_PER_ACCOUNT + [429]


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "two\nlines", "NUL\x00"])
def test_a_name_that_cannot_be_is_told(client: FlaskClient, database: Database, name: str) -> None:
    a_person(client, database)

    refused = send(client, f"{KEYS}/options", name=name, present=PASSWORD)

    assert refused.status_code == 422
    assert "The name of a key has to be one line" in refused.get_json()["error"]


def test_what_a_browser_is_asked_says_what_this_service_wants(client: FlaskClient, database: Database) -> None:
    a_person(client, database)
    key = SoftwareKey()
    add(client, key)

    options = asked(client, f"{KEYS}/options", name="Another", present=PASSWORD)

    assert options["rp"] == {"name": "Tandem", "id": "localhost"}
    assert options["attestation"] == "none"
    assert options["authenticatorSelection"]["userVerification"] == "preferred"
    assert len(options["excludeCredentials"]) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "tandem.example"])
def test_where_no_key_would_answer_the_page_says_so(client: FlaskClient, database: Database, host: str) -> None:
    """Browsers take no number for a name, and no name but localhost without TLS."""
    at = {"base_url": f"http://{host}"}
    person = a_person(client, database, "contributor")
    cookie = client.get_cookie("tandem_session")
    assert cookie is not None
    client.set_cookie("tandem_session", cookie.value, domain=host.strip("[]"))

    page = client.get(KEYS, **at).get_data(as_text=True)

    assert person.email
    assert "answer only where the service has a name" in page
    assert "data-key" not in page


def test_a_person_has_so_many_keys_and_no_more(client: FlaskClient, database: Database) -> None:
    a_person(client, database)
    add(client, SoftwareKey())
    options = asked(client, f"{KEYS}/options", name="Mine", present=PASSWORD)
    with database.unit_of_work() as session:
        user = session.scalars(select(User)).one()
        for _ in range(MAX_KEYS - 1):
            create_security_key(session, user)

    begun = send(client, f"{KEYS}/options", name="Mine", present=PASSWORD)
    finished = send(client, KEYS, SoftwareKey().create(options))

    assert (begun.status_code, finished.status_code) == (409, 409)
    assert len(names(database)) == MAX_KEYS


@pytest.mark.parametrize(
    "key",
    [
        SoftwareKey(origin="https://evil.example"),
        SoftwareKey(origin="http://localhost:8001"),
        SoftwareKey(host="evil.example"),
        SoftwareKey(credential_id=b"x" * 1024),
        SoftwareKey(credential_id=b""),
    ],
    ids=["other origin", "other port", "other RP id", "endless id", "no id"],
)
def test_a_key_that_answers_wrongly_is_not_added(client: FlaskClient, database: Database, key: SoftwareKey) -> None:
    a_person(client, database)

    refused = add(client, key)

    assert refused.status_code == 422
    assert "The key was not added" in refused.get_data(as_text=True)
    assert names(database) == []
    assert actions(database)[-1] == "user.security_key_refused"


@pytest.mark.parametrize(
    "credential",
    ["", "{}", "[]", "null", "[" * 15_000, "x" * 30_000, '{"rawId": "AA", "response": {"clientDataJSON": "AA"}}'],
    ids=["nothing", "empty", "a list", "null", "deep", "endless", "no client data"],
)
def test_what_is_no_answer_is_not_added(client: FlaskClient, database: Database, credential: str) -> None:
    a_person(client, database)
    asked(client, f"{KEYS}/options", name="Mine", present=PASSWORD)

    assert send(client, KEYS, credential).status_code == 422


def test_a_key_is_added_once(client: FlaskClient, database: Database) -> None:
    a_person(client, database)
    key = SoftwareKey()
    options = asked(client, f"{KEYS}/options", name="Mine", present=PASSWORD)
    credential = key.create(options)
    send(client, KEYS, credential)

    again = send(client, KEYS, credential)
    anew = add(client, key)

    assert (again.status_code, anew.status_code) == (422, 422)
    assert len(names(database)) == 1


def test_a_key_of_somebody_else_is_not_added_a_second_time(app: Flask, client: FlaskClient, database: Database) -> None:
    key = SoftwareKey()
    a_person(client, database)
    add(client, key)
    other = app.test_client()
    a_person(other, database)

    assert add(other, key).status_code == 422
    assert len(names(database)) == 1


def test_what_was_asked_elsewhere_or_for_something_else_adds_no_key(
    app: Flask, client: FlaskClient, database: Database
) -> None:
    person, key = a_person(client, database), SoftwareKey()
    elsewhere = Person(client=app.test_client(), email=person.email)
    elsewhere.log_in()
    in_another_session = asked(elsewhere.client, f"{KEYS}/options", name="Mine", present=PASSWORD)
    to_log_in = asked(client, "/login/passkey/options") | {key: in_another_session[key] for key in ("rp", "user")}

    answers = [send(client, KEYS, key.create(options)) for options in (in_another_session, to_log_in)]

    assert [answer.status_code for answer in answers] == [422, 422]


def test_what_was_asked_too_long_ago_adds_no_key(client: FlaskClient, database: Database) -> None:
    a_person(client, database)
    options = asked(client, f"{KEYS}/options", name="Mine", present=PASSWORD)
    make_older(database, minutes=5)

    assert send(client, KEYS, SoftwareKey().create(options)).status_code == 422


# --- an app beside a key


def test_an_app_is_set_up_beside_a_key_with_the_present_password(client: FlaskClient, database: Database) -> None:
    person = a_person(client, database)
    add(client, SoftwareKey())
    page = client.get("/account/second-factor").get_data(as_text=True)
    person.secret = page.partition('fs-6" dir="ltr">')[2].partition("<")[0].replace(" ", "")

    without = submit(client, "/account/second-factor", code=person.code())
    with_it = submit(client, "/account/second-factor", code=person.code(), present=PASSWORD)

    assert (without.status_code, with_it.headers.get("Location")) == (422, "/account")
    log_out(client)
    assert person.log_in().status_code == 302
    assert is_let_in(client)


def test_the_code_of_an_app_that_was_never_confirmed_lets_nobody_in(client: FlaskClient, database: Database) -> None:
    person = a_person(client, database)
    add(client, SoftwareKey())
    page = client.get("/account/second-factor").get_data(as_text=True)
    person.secret = page.partition('fs-6" dir="ltr">')[2].partition("<")[0].replace(" ", "")
    log_out(client)

    assert person.log_in().status_code == 422
    assert not is_let_in(client)


# --- logging in with the password and a key


@pytest.mark.parametrize("has_app", [False, True], ids=["key alone", "beside an app"])
@pytest.mark.parametrize("verifies_user", [False, True], ids=["touched", "with PIN"])
def test_a_key_takes_the_place_of_a_code(
    client: FlaskClient, database: Database, *, has_app: bool, verifies_user: bool
) -> None:
    person, key = a_person(client, database, has_app=has_app), SoftwareKey(verifies_user=verifies_user)
    add(client, key, name="Blue one")
    log_out(client)
    show_password(person)
    half = is_let_in(client)

    shown = show_key(client, key)

    assert not half
    assert shown.headers["Location"] == "/"
    assert is_let_in(client)
    assert "never" not in fetch(client, KEYS).text
    assert actions(database)[-2:] == ["user.logged_in", "user.security_key_shown"]


def test_the_cookie_changes_with_the_key(client: FlaskClient, database: Database) -> None:
    person, key = a_person(client, database), SoftwareKey()
    add(client, key)
    log_out(client)
    show_password(person)
    half = client.get_cookie("tandem_session")
    show_key(client, key)

    assert half is not None
    client.set_cookie("tandem_session", half.value)

    assert not is_let_in(client)


def test_the_page_asks_for_what_the_person_has(client: FlaskClient, database: Database) -> None:
    person, key = a_person(client, database), SoftwareKey()
    add(client, key)
    log_out(client)
    show_password(person)

    page = fetch(client, SECOND).text

    assert "With your security key" in page
    assert "Without JavaScript a key cannot answer" in page
    assert "One of your recovery codes." in page
    assert "six digits" not in page


def other_challenge(key: SoftwareKey, options: dict[str, object]) -> None:
    options["challenge"] = "A" * 43


def other_origin(key: SoftwareKey, options: dict[str, object]) -> None:
    key.origin = "https://localhost.evil.example"


def other_host(key: SoftwareKey, options: dict[str, object]) -> None:
    key.host = "evil.example"


def counts_back(key: SoftwareKey, options: dict[str, object]) -> None:
    key.step = -3


def counts_on_the_spot(key: SoftwareKey, options: dict[str, object]) -> None:
    key.step = 0


def another_private_half(key: SoftwareKey, options: dict[str, object]) -> None:
    key.private = SoftwareKey().private


def another_user_handle(key: SoftwareKey, options: dict[str, object]) -> None:
    key.user_handle, options["allowCredentials"] = uuid4().bytes, []


def nobody_there(key: SoftwareKey, options: dict[str, object]) -> None:
    key.is_touched = False


@pytest.mark.parametrize(
    "spoil",
    [
        other_challenge,
        other_origin,
        other_host,
        counts_back,
        counts_on_the_spot,
        another_private_half,
        another_user_handle,
        nobody_there,
    ],
)
def test_a_wrong_answer_lets_nobody_in(
    client: FlaskClient, database: Database, spoil: Callable[[SoftwareKey, dict[str, object]], None]
) -> None:
    person, key = a_person(client, database), SoftwareKey(sign_count=7)
    add(client, key)
    log_out(client)
    show_password(person)
    options = asked(client, f"{SECOND}/options")
    spoil(key, options)

    refused = send(client, f"{SECOND}/key", key.answer(options))

    assert refused.status_code == 422
    assert WRONG_KEY in refused.get_data(as_text=True)
    assert not is_let_in(client)
    assert actions(database)[-1] == "user.second_factor_failed"


@pytest.mark.parametrize("spoil", [counts_back, counts_on_the_spot])
def test_a_key_that_counts_back_is_told_of_as_one_that_may_have_a_copy(
    client: FlaskClient, database: Database, spoil: Callable[[SoftwareKey, dict[str, object]], None]
) -> None:
    """Refused it was before as well, like any other wrong answer, and nobody learned why."""
    person, key, other = a_person(client, database), SoftwareKey(sign_count=7), SoftwareKey()
    add(client, key, name="Copied one")
    add(client, other, name="Other one")
    before = fetch(client, KEYS).text, fetch(client, "/account").text
    log_out(client)
    show_password(person)
    options = asked(client, f"{SECOND}/options")
    spoil(key, options)

    send(client, f"{SECOND}/key", key.answer(options))

    assert actions(database)[-2:] == ["security_key.copied", "user.second_factor_failed"]
    show_key(client, other)
    after = fetch(client, KEYS).text, fetch(client, "/account").text
    assert "copied" not in "".join(before).replace("Copied one", "")
    assert after[0].index("Copied one") < after[0].index("May have been copied") < after[0].index("Other one")
    assert "One of them may have been copied." in after[1]


@pytest.mark.parametrize("spoil", [other_origin, another_private_half, nobody_there])
def test_a_wrong_answer_that_counts_back_says_nothing_of_a_copy(
    client: FlaskClient, database: Database, spoil: Callable[[SoftwareKey, dict[str, object]], None]
) -> None:
    """Nobody frightens a person without their key."""
    person, key = a_person(client, database), SoftwareKey(sign_count=7)
    add(client, key)
    log_out(client)
    show_password(person)
    options = asked(client, f"{SECOND}/options")
    spoil(key, options)
    counts_back(key, options)

    send(client, f"{SECOND}/key", key.answer(options))

    assert "security_key.copied" not in actions(database)


def test_an_answer_is_accepted_once(client: FlaskClient, database: Database) -> None:
    """Also from a key that does not count, and in a login of the same person."""
    person, key = a_person(client, database), SoftwareKey(step=0)
    add(client, key)
    log_out(client)
    show_password(person)
    credential = key.answer(asked(client, f"{SECOND}/options"))
    first = send(client, f"{SECOND}/key", credential)
    log_out(client)
    show_password(person)

    again = send(client, f"{SECOND}/key", credential)

    assert (first.status_code, again.status_code) == (302, 422)
    assert not is_let_in(client)


def test_a_challenge_is_gone_after_a_wrong_answer(client: FlaskClient, database: Database) -> None:
    person, key = a_person(client, database), SoftwareKey()
    add(client, key)
    log_out(client)
    show_password(person)
    options = asked(client, f"{SECOND}/options")
    wrong = SoftwareKey(credential_id=key.credential_id).answer(options)
    send(client, f"{SECOND}/key", wrong)

    assert send(client, f"{SECOND}/key", key.answer(options)).status_code == 422


def test_an_answer_to_another_browser_lets_nobody_in(app: Flask, client: FlaskClient, database: Database) -> None:
    person, key = a_person(client, database), SoftwareKey()
    add(client, key)
    log_out(client)
    show_password(person)
    credential = key.answer(asked(client, f"{SECOND}/options"))
    attacker = Person(client=app.test_client(), email=person.email)
    show_password(attacker)

    assert send(attacker.client, f"{SECOND}/key", credential).status_code == 422
    assert not is_let_in(attacker.client)


def test_an_answer_that_comes_too_late_lets_nobody_in(client: FlaskClient, database: Database) -> None:
    person, key = a_person(client, database), SoftwareKey()
    add(client, key)
    log_out(client)
    show_password(person)
    options = asked(client, f"{SECOND}/options")
    make_older(database, minutes=5)

    assert send(client, f"{SECOND}/key", key.answer(options)).status_code == 422
    assert not is_let_in(client)


def test_the_key_of_another_person_lets_nobody_in(app: Flask, client: FlaskClient, database: Database) -> None:
    theirs, others = SoftwareKey(), SoftwareKey()
    person = a_person(client, database)
    add(client, theirs)
    other = app.test_client()
    a_person(other, database)
    add(other, others)
    log_out(client)
    show_password(person)

    refused = show_key(client, others)

    assert refused.status_code == 422
    assert not is_let_in(client)


def test_a_key_that_was_removed_lets_nobody_in(client: FlaskClient, database: Database) -> None:
    person, key = a_person(client, database, has_app=True), SoftwareKey()
    add(client, key)
    log_out(client)
    show_password(person)
    options = asked(client, f"{SECOND}/options")
    with database.unit_of_work() as session:
        session.delete(session.scalars(select(SecurityKey)).one())

    refused = send(client, f"{SECOND}/key", key.answer(options))

    assert refused.status_code == 422
    assert not is_let_in(client)


def test_a_key_of_another_name_of_the_service_is_not_asked(client: FlaskClient, database: Database) -> None:
    person, key = a_person(client, database), SoftwareKey()
    add(client, key)
    with database.unit_of_work() as session:
        session.execute(update(SecurityKey).values(host="tandem.example"))
    listed = fetch(client, KEYS).text
    log_out(client)
    show_password(person)

    options = send(client, f"{SECOND}/options")

    assert "for tandem.example" in listed
    assert options.status_code == 404
    assert "With your security key" not in client.get(SECOND).get_data(as_text=True)


def test_wrong_answers_count_as_wrong_codes_do(client: FlaskClient, database: Database) -> None:
    person, key = a_person(client, database), SoftwareKey()
    add(client, key)
    log_out(client)
    # A browser that is not known yet shares its count with all others.
    client.delete_cookie("tandem_browser")
    show_password(person)

    statuses = [send(client, f"{SECOND}/key", "").status_code for _ in range(FAILURES_PER_ACCOUNT + 1)]
    code = submit(client, SECOND, to=SECOND, code="000000").status_code

    assert [*statuses, code] == [422] * FAILURES_PER_ACCOUNT + [429, 429]


def test_before_the_password_nothing_is_told_of_keys(client: FlaskClient, database: Database) -> None:
    options, shown = send(client, f"{SECOND}/options"), send(client, f"{SECOND}/key")

    assert (options.status_code, shown.headers["Location"]) == (401, "/login")


# --- removing


def removal_of(database: Database, name: str) -> str:
    with database.reading() as session:
        key_id = session.scalars(select(SecurityKey.id).where(SecurityKey.name == name)).one()
    return f"{KEYS}/{key_id}/removal"


def test_a_key_is_removed_and_other_sessions_end(app: Flask, client: FlaskClient, database: Database) -> None:
    person, key, other = a_person(client, database), SoftwareKey(), SoftwareKey()
    add(client, key, name="Lost")
    add(client, other, name="Kept")
    elsewhere = Person(client=app.test_client(), email=person.email)
    show_password(elsewhere)
    show_key(elsewhere.client, other)
    address = removal_of(database, "Lost")

    wrong = submit(client, address, present="not mine")
    right = submit(client, address, present=PASSWORD)

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert names(database) == ["Kept"]
    assert is_let_in(client)
    assert not is_let_in(elsewhere.client)
    assert actions(database)[-1] == "security_key.removed"
    log_out(client)
    show_password(person)
    assert show_key(client, key).status_code == 422


def test_the_only_second_factor_stays(client: FlaskClient, database: Database) -> None:
    a_person(client, database)
    add(client, SoftwareKey(), name="Only")

    refused = submit(client, removal_of(database, "Only"), present=PASSWORD)

    assert refused.status_code == 409
    assert "This is your only second factor" in refused.get_data(as_text=True)
    assert names(database) == ["Only"]


def test_the_last_key_goes_where_there_is_an_app(client: FlaskClient, database: Database) -> None:
    a_person(client, database, has_app=True)
    add(client, SoftwareKey(), name="Only")

    assert submit(client, removal_of(database, "Only"), present=PASSWORD).status_code == 302
    assert names(database) == []


def test_a_key_of_somebody_else_is_as_none(app: Flask, client: FlaskClient, database: Database) -> None:
    other = app.test_client()
    a_person(other, database)
    add(other, SoftwareKey(), name="Theirs")
    a_person(client, database)

    addresses = [removal_of(database, "Theirs"), f"{KEYS}/{uuid4()}/removal"]
    shown = [client.get(address).status_code for address in addresses]
    sent = [send(client, address, present=PASSWORD).status_code for address in addresses]

    assert (shown, sent) == ([404, 404], [404, 404])
    assert names(database) == ["Theirs"]


def test_whoever_lost_everything_has_their_keys_taken_away_too(client: FlaskClient, database: Database) -> None:
    person, key = a_person(client, database), SoftwareKey()
    add(client, key)
    with database.unit_of_work() as session:
        remove_second_factor(session, SYSTEM, session.scalars(select(User.id)).one())

    person.log_in()

    assert names(database) == []
    assert client.get("/login/next").headers["Location"] == "/account/second-factor"
    assert actions(database)[-3:-1] == ["security_key.removed", "user.second_factor_removed"]


def test_the_audit_trail_says_what_was_added_and_removed(client: FlaskClient, database: Database) -> None:
    a_person(client, database, has_app=True)
    add(client, SoftwareKey(), name="Blue one")
    submit(client, removal_of(database, "Blue one"), present=PASSWORD)

    with database.reading() as session:
        statement = select(AuditEvent).where(AuditEvent.record_type == "security_key").order_by(AuditEvent.position)
        events = session.scalars(statement).all()

    assert [event.action for event in events] == ["security_key.added", "security_key.removed"]
    assert events[0].before_hash is None
    assert events[0].after_hash == events[1].before_hash
    assert events[1].after_hash is None
