"""How somebody links who they are at the OpenID provider to their account, and unlinks it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.credentials import choose_password
from app.accounts.identities import IdentityTakenError, LastWayInError, ProvedIdentity, WaysHere, add_identity, unlink
from app.accounts.identity_models import Identity
from app.accounts.models import LinkPurpose, LoginSession, User
from app.actor import PUBLIC, Actor
from app.audit.models import AuditEvent
from app.clock import now_utc
from app.db import Database
from app.errors import NotFoundError
from app.openid_settings import OpenIdSettings
from tests.factories.accounts import actor_of, create_identity, create_link, create_security_key, create_user
from tests.factories.storing import AN_INSTANT
from tests.support.openid import SUBJECT, OpenIdProvider, begin, come_back, settings_for, walk
from tests.support.people import PASSWORD, Person, form_token, submit, with_password, with_second_factor
from tests.web.inspection import fetch

NEW = "/account/identities/new"
CONFIRM = "/login/openid/confirm"
ISSUER = "https://login.example.org"


@pytest.fixture
def openid(provider: OpenIdProvider) -> OpenIdSettings:
    """The settings for logging in with the provider."""
    return settings_for(provider)


def logged_in(client: FlaskClient, database: Database, role: str = "contributor") -> Person:
    """Return somebody with a password who is logged in."""
    with database.unit_of_work() as session:
        user = with_password(session, create_user(session, role))
    person = Person(client=client, email=user.email)
    person.log_in()
    return person


def an_invited(database: Database, role: str = "contributor", **columns: Any) -> tuple[str, str]:
    """Return the address of somebody invited, and the link's."""
    with database.unit_of_work() as session:
        user = create_user(session, role)
        return user.email, f"/invitations/{create_link(session, user, **columns)}"


def linked(database: Database) -> list[tuple[str, str]]:
    """Return which subject is linked to whose account."""
    with database.reading() as session:
        rows = (
            select(Identity.subject, User.email).join(User, User.id == Identity.user_id).order_by(Identity.created_at)
        )
        return [(row.subject, row.email) for row in session.execute(rows)]


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.position)))


def all_actions(database: Database) -> list[str]:
    with database.reading() as session:
        return actions(session)


def is_logged_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def a_proved(subject: str = SUBJECT) -> ProvedIdentity:
    return ProvedIdentity(issuer=ISSUER, subject=subject, label="somebody", has_second_factor=False)


def test_whoever_gives_their_password_links_an_identity_and_logs_in_with_it(
    app: Flask, client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    person = logged_in(client, database)

    answer = walk(client, provider, NEW)
    page = fetch(client, CONFIRM)
    done = submit(client, CONFIRM, password=PASSWORD)
    elsewhere = app.test_client()
    walk(elsewhere, provider)

    assert answer.headers["Location"] == CONFIRM
    assert "somebody@provider.example" in page.text
    assert person.email in page.text
    assert done.headers["Location"] == "/account"
    assert linked(database) == [(SUBJECT, person.email)]
    assert person.email in fetch(elsewhere, "/account").text
    assert all_actions(database) == ["user.logged_in", "user.identity_linked", "user.logged_in_elsewhere"]


def test_without_the_password_nothing_is_linked(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    """Whoever finds a browser open must not make themselves a way in that stays."""
    logged_in(client, database)
    walk(client, provider, NEW)

    refused = submit(client, CONFIRM, password="not mine")

    assert refused.status_code == 422
    assert "This is not your present password." in refused.get_data(as_text=True)
    assert linked(database) == []
    assert all_actions(database)[-1] == "user.proof_failed"


def test_passwords_are_not_tried_out_that_way(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    logged_in(client, database)
    walk(client, provider, NEW)
    token = form_token(client, CONFIRM)

    answers = [client.post(CONFIRM, data={"csrf_token": token, "password": "not mine"}) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert "There were too many attempts" in answers[-1].get_data(as_text=True)


def test_without_a_form_of_ours_nothing_is_linked(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    logged_in(client, database)
    walk(client, provider, NEW)

    answer = client.post(CONFIRM, data={"password": PASSWORD})

    assert answer.status_code == 400
    assert linked(database) == []


def test_linking_is_for_whoever_is_logged_in(client: FlaskClient) -> None:
    answer = client.get(NEW)

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/login?next={NEW}"


def test_half_a_login_links_nothing(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        user = with_password(session, create_user(session))
        with_second_factor(session, user)
    Person(client=client, email=user.email).log_in()

    assert client.get(NEW).headers["Location"] == "/login/second-factor"


def test_what_one_person_began_is_not_ended_by_the_next_at_the_browser(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    logged_in(client, database)
    back = provider.authorize(begin(client, NEW))
    client.post("/login/end", data={"csrf_token": form_token(client, "/account")})
    logged_in(client, database)

    answer = come_back(client, back)

    assert answer.status_code == 400
    assert client.get(CONFIRM).status_code == 400
    assert linked(database) == []


def test_an_identity_that_waits_does_so_for_one_person(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    logged_in(client, database)
    walk(client, provider, NEW)
    client.post("/login/end", data={"csrf_token": form_token(client, "/account")})
    logged_in(client, database)

    assert client.get(CONFIRM).status_code == 400
    assert linked(database) == []


def test_a_login_that_was_begun_is_not_made_a_link(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    """The cookie of the one is not that of the other, though both are sealed with one key."""
    walk(client, provider)
    begin(client)
    cookie = client.get_cookie("tandem_elsewhere")
    assert cookie is not None
    client.set_cookie("tandem_identity", cookie.value)

    assert client.get(CONFIRM).status_code == 400


@pytest.mark.parametrize("address", [CONFIRM, f"{CONFIRM}?lang=ar"])
def test_where_nothing_waits_that_is_told(client: FlaskClient, address: str) -> None:
    page = fetch(client, address)

    assert page.status == 400
    assert "Begin anew." in page.text


def test_an_identity_belongs_to_one_account(client: FlaskClient, database: Database, provider: OpenIdProvider) -> None:
    with database.unit_of_work() as session:
        first = create_user(session)
        create_identity(session, first, issuer=provider.issuer, subject=SUBJECT)
    logged_in(client, database)
    walk(client, provider, NEW)

    refused = submit(client, CONFIRM, password=PASSWORD)

    text = refused.get_data(as_text=True)
    assert refused.status_code == 409
    assert "linked to another account already" in text
    assert first.email not in text
    assert linked(database) == [(SUBJECT, first.email)]


def test_whoever_is_invited_logs_in_without_ever_having_a_password(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    email, address = an_invited(database)
    page = fetch(client, address)

    walk(client, provider, f"{address}/openid")
    form = fetch(client, CONFIRM)
    done = submit(client, CONFIRM)
    account = fetch(client, "/account").text

    assert f"{address}/openid" in page.links
    assert not [field for field in form.all("input") if field.get("type") == "password"]
    assert client.get(done.headers["Location"]).headers["Location"] == "/"
    assert email in account
    assert "Without a password." in account
    assert linked(database) == [(SUBJECT, email)]
    assert client.get(address).status_code == 404
    assert all_actions(database) == ["user.identity_linked", "user.logged_in_elsewhere"]


def test_an_invitation_works_once_however_many_try(
    app: Flask, client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    _, address = an_invited(database)
    others = [app.test_client() for _ in range(3)]
    for number, other in enumerate(others):
        provider.person = {"sub": f"subject-{number}"}
        walk(other, provider, f"{address}/openid")
    tokens = [form_token(other, CONFIRM) for other in others]

    with ThreadPoolExecutor(3) as pool:
        answers = list(
            pool.map(lambda pair: pair[0].post(CONFIRM, data={"csrf_token": pair[1]}), zip(others, tokens, strict=True))
        )

    assert sorted(answer.status_code for answer in answers) == [302, 404, 404]
    assert len(linked(database)) == 1


def test_an_invitation_that_is_used_meanwhile_links_nothing(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    _, address = an_invited(database)
    walk(client, provider, f"{address}/openid")
    token = form_token(client, CONFIRM)
    submit(client.application.test_client(), address, password=PASSWORD, again=PASSWORD)

    answer = client.post(CONFIRM, data={"csrf_token": token})

    assert answer.status_code == 404
    assert linked(database) == []


@pytest.mark.parametrize("address", ["/invitations/none/openid", f"/invitations/{'x' * 5000}/openid"])
def test_without_an_invitation_nobody_is_led_anywhere(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_link_for_a_new_password_is_for_a_password(client: FlaskClient, database: Database) -> None:
    _, address = an_invited(database, purpose=LinkPurpose.PASSWORD_RESET)

    page = fetch(client, address)

    assert f"{address}/openid" not in page.links
    assert client.get(f"{address}/openid").status_code == 404


def test_a_password_by_a_link_takes_the_place_of_what_was_linked(
    app: Flask, client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    """Whoever got into an account and linked themselves to it is out with everybody else."""
    with database.unit_of_work() as session:
        user = with_password(session, create_user(session, "contributor"))
        create_identity(session, user, issuer=provider.issuer, subject=SUBJECT)
        address = f"/invitations/{create_link(session, user, purpose=LinkPurpose.PASSWORD_RESET)}"

    submit(client, address, password=PASSWORD, again=PASSWORD)
    answer = walk(app.test_client(), provider)

    assert answer.status_code == 401
    assert linked(database) == []
    assert "user.identity_unlinked" in all_actions(database)


def test_an_invitation_anew_takes_the_place_of_what_was_linked(
    app: Flask, client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    with database.unit_of_work() as session:
        user = create_user(session, "contributor")
        create_identity(session, user, issuer=provider.issuer, subject="lost")
        address = f"/invitations/{create_link(session, user)}"
    walk(client, provider, f"{address}/openid")

    submit(client, CONFIRM)

    assert linked(database) == [(SUBJECT, user.email)]


def test_an_identity_is_unlinked_and_logs_nobody_in(
    app: Flask, client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    logged_in(client, database)
    walk(client, provider, NEW)
    submit(client, CONFIRM, password=PASSWORD)
    elsewhere = app.test_client()
    walk(elsewhere, provider)
    unlinking = _unlinking(client)

    done = submit(client, "/account", to=unlinking)

    assert done.headers["Location"] == "/account"
    assert linked(database) == []
    assert is_logged_in(client)
    assert not is_logged_in(elsewhere)
    assert walk(elsewhere, provider).status_code == 401
    assert all_actions(database)[-2:] == ["user.identity_unlinked", "user.login_failed"]


def test_the_only_way_to_log_in_stays(client: FlaskClient, database: Database, provider: OpenIdProvider) -> None:
    with database.unit_of_work() as session:
        create_identity(session, create_user(session, "contributor"), issuer=provider.issuer, subject=SUBJECT)
    walk(client, provider)

    refused = submit(client, "/account", to=_unlinking(client))

    assert refused.status_code == 409
    assert "This is your only way to log in, so it stays." in refused.get_data(as_text=True)
    assert len(linked(database)) == 1


def test_an_identity_of_somebody_else_is_as_none(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        foreign_id = create_identity(session, create_user(session)).id
    logged_in(client, database)
    token = form_token(client, "/account")

    answers = [
        client.post(f"/account/identities/{identity_id}/unlink", data={"csrf_token": token})
        for identity_id in (foreign_id, uuid4())
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert len(linked(database)) == 1


def test_whoever_has_no_password_links_another_one_right_after_logging_in(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    with database.unit_of_work() as session:
        user = create_user(session, "contributor")
        create_identity(session, user, issuer=provider.issuer, subject=SUBJECT)
    walk(client, provider)
    provider.person = {"sub": "another"}
    walk(client, provider, NEW)

    submit(client, CONFIRM)

    assert linked(database) == [(SUBJECT, user.email), ("another", user.email)]


def test_whoever_has_no_password_and_logged_in_long_ago_logs_in_again_first(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    with database.unit_of_work() as session:
        create_identity(session, create_user(session, "contributor"), issuer=provider.issuer, subject=SUBJECT)
    walk(client, provider)
    with database.unit_of_work() as session:
        session.execute(update(LoginSession).values(created_at=now_utc() - timedelta(minutes=11)))
    provider.person = {"sub": "another"}
    walk(client, provider, NEW)

    refused = submit(client, CONFIRM)

    assert refused.status_code == 401
    assert "You logged in too long ago" in refused.get_data(as_text=True)
    assert len(linked(database)) == 1


def test_what_the_provider_calls_somebody_is_text(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    logged_in(client, database)
    provider.person = {"sub": SUBJECT, "email": 7, "preferred_username": "two\nlines", "name": "<b>Bold</b>" * 40}
    walk(client, provider, NEW)
    submit(client, CONFIRM, password=PASSWORD)

    page = fetch(client, "/account")

    assert ("<b>Bold</b>" * 40)[:200] in page.text


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_pages_are_whole(client: FlaskClient, database: Database, provider: OpenIdProvider, language: str) -> None:
    _, invitation = an_invited(database)
    login = fetch(client, f"/login?lang={language}")
    invited = fetch(client, f"{invitation}?lang={language}")
    logged_in(client, database)
    before = fetch(client, f"/account?lang={language}")
    walk(client, provider, NEW)
    confirm = fetch(client, f"{CONFIRM}?lang={language}")
    submit(client, CONFIRM, password=PASSWORD)
    after = fetch(client, f"/account?lang={language}")

    assert {page.status for page in (login, invited, before, confirm, after)} == {200}


@pytest.mark.parametrize("others", [(), ("https://a-former-one.example",)], ids=["none", "one that is out of use"])
def test_without_a_password_the_last_identity_in_use_stays(session: Session, others: tuple[str, ...]) -> None:
    user = create_user(session)
    identity = create_identity(session, user)
    for issuer in others:
        create_identity(session, user, issuer=issuer)

    with pytest.raises(LastWayInError):
        unlink(session, actor_of(user), identity.id, ways=WaysHere(issuer=ISSUER))


def test_of_two_the_one_may_go_and_then_no_more(session: Session) -> None:
    user = create_user(session)
    first, second = create_identity(session, user), create_identity(session, user)

    unlink(session, actor_of(user), first.id, ways=WaysHere(issuer=ISSUER))

    with pytest.raises(LastWayInError):
        unlink(session, actor_of(user), second.id, ways=WaysHere(issuer=ISSUER))


@pytest.mark.parametrize(
    ("host", "stood_alone_at", "n_left"),
    [("localhost", AN_INSTANT, 0), ("localhost", None, 1), ("elsewhere.example", AN_INSTANT, 1)],
    ids=["a passkey", "only beside a password", "under another name"],
)
def test_a_passkey_that_has_logged_in_by_itself_is_another_way_in(
    session: Session, host: str, stood_alone_at: datetime | None, n_left: int
) -> None:
    user = create_user(session)
    identity = create_identity(session, user)
    create_security_key(session, user, host=host, stood_alone_at=stood_alone_at)
    create_security_key(session, create_user(session), stood_alone_at=AN_INSTANT)
    ways = WaysHere(issuer=ISSUER, host="localhost")

    with pytest.raises(LastWayInError) if n_left else nullcontext():
        unlink(session, actor_of(user), identity.id, ways=ways)

    assert len(session.scalars(select(Identity)).all()) == n_left


def test_two_that_unlink_at_once_do_not_shut_their_person_out(database: Database) -> None:
    with database.unit_of_work() as session:
        user = create_user(session)
        ids = [create_identity(session, user).id for _ in range(2)]

    def try_it(identity_id: UUID) -> bool:
        try:
            with database.unit_of_work() as session:
                unlink(session, actor_of(user), identity_id, ways=WaysHere(issuer=ISSUER))
        except LastWayInError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(try_it, ids))

    assert sorted(done) == [False, True]
    assert len(linked(database)) == 1


def test_of_two_that_link_one_identity_at_once_one_does(database: Database) -> None:
    with database.unit_of_work() as session:
        people = [create_user(session) for _ in range(4)]

    def try_it(user: User) -> bool:
        try:
            with database.unit_of_work() as session:
                add_identity(session, actor_of(user), user.id, a_proved())
        except IdentityTakenError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(try_it, people))

    assert sum(done) == 1
    assert len(linked(database)) == 1


def test_what_is_linked_already_is_not_linked_twice(session: Session) -> None:
    user = create_user(session)

    first = add_identity(session, actor_of(user), user.id, a_proved())
    again = add_identity(session, actor_of(user), user.id, a_proved())

    assert first.id == again.id
    assert actions(session) == ["user.identity_linked"]


def test_somebody_who_is_nobody_unlinks_nothing(session: Session) -> None:
    identity = create_identity(session, create_user(session))

    with pytest.raises(NotFoundError):
        unlink(session, Actor(), identity.id, ways=WaysHere(issuer=ISSUER))


def test_subjects_are_told_apart_to_the_letter(session: Session) -> None:
    first, second = create_user(session), create_user(session)

    add_identity(session, PUBLIC, first.id, a_proved("ABC"))
    add_identity(session, PUBLIC, second.id, a_proved("abc"))

    assert len(list(session.scalars(select(Identity)))) == 2


def test_choosing_a_password_by_a_link_unlinks(session: Session) -> None:
    user = create_user(session, "contributor")
    create_identity(session, user)
    secret = create_link(session, user)

    choose_password(session, PUBLIC, secret, PASSWORD)

    assert actions(session) == ["user.identity_unlinked", "user.password_chosen"]


def _unlinking(client: FlaskClient) -> str:
    found = re.search(r"/account/identities/[0-9a-f-]+/unlink", client.get("/account").get_data(as_text=True))
    assert found is not None
    return found[0]
