"""Logging in with OpenID Connect, against a provider that can be told to lie."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.accounts.models import LoginSession, User
from app.audit.models import AuditEvent
from app.db import Database
from app.openid_settings import OpenIdSettings
from tests.factories.accounts import create_identity, create_user
from tests.support.openid import (
    CLIENT_SECRET,
    SUBJECT,
    OpenIdProvider,
    answer_of,
    begin,
    come_back,
    settings_for,
    walk,
)
from tests.support.people import Person, submit, with_second_factor
from tests.web.inspection import fetch

UNLINKED = "No account here is linked to who you are at The Provider."
UNUSABLE = "What The Provider answered cannot be used."
STRAY = "This login was not begun in this browser, took too long, or is over already."
REFUSED = "The Provider did not confirm who you are."
SILENT = "The Provider does not answer at present."


@pytest.fixture
def second_factor_values() -> frozenset[str]:
    """The values with which the provider's second factor counts."""
    return frozenset()


@pytest.fixture
def openid(provider: OpenIdProvider, second_factor_values: frozenset[str]) -> OpenIdSettings:
    """The settings for logging in with the provider."""
    return settings_for(provider, second_factor_values)


def a_linked(database: Database, provider: OpenIdProvider, role: str = "contributor", **columns: Any) -> User:
    """Return somebody whose account is linked to who is logged in at the provider."""
    with database.unit_of_work() as session:
        user = create_user(session, role, **columns)
        create_identity(session, user, issuer=provider.issuer, subject=SUBJECT)
        return user


def is_logged_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def n_sessions(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(LoginSession)) or 0


def events(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        newest_last = select(AuditEvent.action, AuditEvent.record_id).order_by(AuditEvent.position)
        return [(row.action, row.record_id) for row in session.execute(newest_last)]


def test_whoever_is_linked_logs_in_and_goes_where_they_wanted(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    user = a_linked(database, provider)

    answer = walk(client, provider, "/login/openid?next=/needs?area=GOV")
    onward = client.get(answer.headers["Location"])

    assert answer.status_code == 302
    assert onward.headers["Location"] == "/needs?area=GOV"
    assert user.email in fetch(client, "/account").text
    assert events(database) == [("user.logged_in_elsewhere", str(user.id))]


def test_logging_out_ends_the_session_here(client: FlaskClient, database: Database, provider: OpenIdProvider) -> None:
    a_linked(database, provider)
    walk(client, provider)
    page = client.get("/account").get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]

    client.post("/login/end", data={"csrf_token": token})

    assert not is_logged_in(client)
    assert n_sessions(database) == 0


def test_what_the_provider_says_of_itself_is_asked_for_once(
    app: Flask, database: Database, provider: OpenIdProvider
) -> None:
    a_linked(database, provider)

    for _ in range(2):
        walk(app.test_client(), provider)

    assert provider.requests.count("/.well-known/openid-configuration") == 1
    assert provider.requests.count("/keys") == 1


@pytest.mark.parametrize(
    "next_address", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\nevil"]
)
def test_nobody_is_led_to_another_site(
    client: FlaskClient, database: Database, provider: OpenIdProvider, next_address: str
) -> None:
    a_linked(database, provider)
    begun = client.get("/login/openid", query_string={"next": next_address}).headers["Location"]

    answer = come_back(client, provider.authorize(begun))
    onward = client.get(answer.headers["Location"])

    assert begun.startswith(provider.issuer)
    assert onward.headers["Location"] == "/"


@pytest.mark.parametrize("is_known", [True, False], ids=["an account with the address", "none"])
def test_the_address_alone_logs_nobody_in_and_tells_nothing(
    client: FlaskClient, database: Database, provider: OpenIdProvider, *, is_known: bool
) -> None:
    provider.person = {"sub": "a-stranger", "email": "minister@example.org", "email_verified": True}
    if is_known:
        with database.unit_of_work() as session:
            create_user(session, email="minister@example.org")

    answer = walk(client, provider)

    text = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert UNLINKED in text
    assert "minister" not in text
    assert not is_logged_in(client)
    assert events(database) == [("user.login_failed", "unknown")]


def test_the_subject_of_another_provider_is_somebody_else(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    with database.unit_of_work() as session:
        create_identity(session, create_user(session), issuer="https://another.example", subject=SUBJECT)

    answer = walk(client, provider)

    assert answer.status_code == 401
    assert not is_logged_in(client)


def test_whoever_is_disabled_is_as_a_stranger(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    user = a_linked(database, provider, is_disabled=True)

    answer = walk(client, provider)

    assert answer.status_code == 401
    assert UNLINKED in answer.get_data(as_text=True)
    assert events(database) == [("user.login_failed", str(user.id))]


NOW = int(time.time())
LIES = {
    "another nonce": {"nonce": "of-another-login"},
    "another audience": {"aud": "another-client"},
    "another issuer": {"iss": "https://evil.example"},
    "expired": {"exp": NOW - 600},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_token_that_is_not_the_one_that_was_asked_for_logs_nobody_in(
    client: FlaskClient, database: Database, provider: OpenIdProvider, lie: dict[str, Any]
) -> None:
    a_linked(database, provider)
    provider.changes = lie

    answer = walk(client, provider)

    assert answer.status_code == 502
    assert UNUSABLE in answer.get_data(as_text=True)
    assert not is_logged_in(client)
    assert events(database) == [("user.login_failed", "unknown")]


@pytest.mark.parametrize(
    "sign",
    [OpenIdProvider.unsigned, OpenIdProvider.signed_with_what_is_published],
    ids=["unsigned", "public key as secret"],
)
def test_a_token_that_the_provider_did_not_sign_logs_nobody_in(
    client: FlaskClient, database: Database, provider: OpenIdProvider, sign: Any
) -> None:
    a_linked(database, provider)
    provider.sign = lambda claims: sign(provider, claims)

    answer = walk(client, provider)

    assert answer.status_code == 502
    assert UNUSABLE in answer.get_data(as_text=True)
    assert not is_logged_in(client)


def test_an_answer_is_taken_once(client: FlaskClient, database: Database, provider: OpenIdProvider) -> None:
    a_linked(database, provider)
    back = provider.authorize(begin(client))
    come_back(client, back)

    again = come_back(client, back)

    assert again.status_code == 400
    assert STRAY in again.get_data(as_text=True)
    assert n_sessions(database) == 1


def test_an_answer_with_its_cookie_is_not_taken_again_either(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    """Whoever kept a copy of the cookie has a code that the provider has taken already."""
    a_linked(database, provider)
    back = provider.authorize(begin(client))
    cookie = client.get_cookie("tandem_elsewhere")
    assert cookie is not None
    come_back(client, back)
    client.set_cookie("tandem_elsewhere", cookie.value)

    again = come_back(client, back)

    assert again.status_code == 401
    assert REFUSED in again.get_data(as_text=True)
    assert n_sessions(database) == 1


def test_an_answer_for_another_browser_logs_nobody_in(
    app: Flask, client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    """Whoever sends somebody the end of a login of their own would have them work in the wrong account."""
    a_linked(database, provider)
    back = provider.authorize(begin(app.test_client()))
    begin(client)

    answer = come_back(client, back)

    assert answer.status_code == 400
    assert STRAY in answer.get_data(as_text=True)
    assert not is_logged_in(client)
    assert "/token" not in provider.requests


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x&code=y", "?error=access_denied", "?state="])
def test_an_answer_that_nobody_waits_for_is_told_and_writes_nothing(
    client: FlaskClient, database: Database, query: str
) -> None:
    answer = client.get(f"/login/openid/callback{query}")

    assert answer.status_code == 400
    assert STRAY in answer.get_data(as_text=True)
    assert events(database) == []


def test_a_code_of_another_login_is_not_taken(
    app: Flask, client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    """A code that was stolen is worth nothing without what the browser that began keeps."""
    a_linked(database, provider)
    stolen = answer_of(provider.authorize(begin(app.test_client())))["code"]
    state = answer_of(begin(client))["state"]

    answer = client.get("/login/openid/callback", query_string={"code": stolen, "state": state})

    assert answer.status_code == 401
    assert not is_logged_in(client)


def test_a_cookie_that_somebody_made_is_none(client: FlaskClient) -> None:
    begin(client)
    client.set_cookie("tandem_elsewhere", "first:AAAA")

    assert client.get("/login/openid/callback?state=x&code=y").status_code == 400


def test_the_cookie_tells_its_browser_nothing_and_is_out_of_reach(client: FlaskClient) -> None:
    answer = client.get("/login/openid", base_url="https://localhost")

    asked = answer_of(answer.headers["Location"])
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Host-tandem_elsewhere=")]
    assert asked["redirect_uri"] == "https://localhost/login/openid/callback"
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=Lax", "Max-Age=600"} <= set(cookie.split("; "))
    assert asked["state"] not in cookie
    assert asked["nonce"] not in cookie
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("error", ["access_denied", "<script>alert(1)</script>", "temporarily_unavailable"])
def test_a_provider_that_refuses_is_told_in_a_sentence(
    client: FlaskClient, database: Database, provider: OpenIdProvider, error: str
) -> None:
    a_linked(database, provider)
    provider.error = error

    answer = walk(client, provider)

    text = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert REFUSED in text
    assert "<script>alert" not in text
    assert "Do not show this" not in text
    assert events(database) == [("user.login_failed", "unknown")]


def test_a_provider_that_is_down_is_told_and_left_alone_for_a_while(
    app: Flask, client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    a_linked(database, provider)
    provider.description = {"token_endpoint": "http://127.0.0.1:1/token"}
    back = provider.authorize(begin(client))

    answer = come_back(client, back)
    later = app.test_client().get("/login/openid")

    assert (answer.status_code, later.status_code) == (503, 503)
    assert SILENT in answer.get_data(as_text=True)
    assert not is_logged_in(client)


@pytest.mark.parametrize("status", [500, 503])
def test_a_provider_in_trouble_is_told(client: FlaskClient, provider: OpenIdProvider, status: int) -> None:
    provider.status = status

    answer = client.get("/login/openid")

    assert answer.status_code == 503
    assert SILENT in answer.get_data(as_text=True)


def test_neither_log_nor_page_holds_what_was_sent(
    client: FlaskClient, database: Database, provider: OpenIdProvider, caplog: pytest.LogCaptureFixture
) -> None:
    a_linked(database, provider)
    provider.changes = {"aud": "another-client"}
    caplog.set_level(logging.DEBUG, logger="app")
    back = provider.authorize(begin(client))

    come_back(client, back)

    logged = "\n".join(record.getMessage() for record in caplog.records if record.name == "app")
    assert logged == "Logging in elsewhere failed: unusable_answer (token:invalid_claim)."
    assert CLIENT_SECRET not in caplog.text


def test_no_connection_to_the_database_is_held_while_the_provider_takes_its_time(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    a_linked(database, provider)
    held: list[int] = []
    provider.sign = lambda claims: held.append(database.engine.pool.checkedout()) or provider.signed(claims)  # type: ignore[attr-defined, func-returns-value]  # a pool that counts, and a list that returns nothing

    walk(client, provider)

    assert held == [0]
    assert is_logged_in(client)


def test_a_second_factor_of_ones_own_is_still_asked_for(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    user = a_linked(database, provider, "recipient")
    with database.unit_of_work() as session:
        secret = with_second_factor(session, session.merge(user))
    provider.person |= {"amr": ["pwd", "mfa"], "acr": "mfa"}

    answer = walk(client, provider)
    onward = client.get(answer.headers["Location"])
    code = Person(client=client, email=user.email, secret=secret).code()

    assert onward.headers["Location"].startswith("/login/second-factor")
    assert not is_logged_in(client)
    submit(client, "/login/second-factor", code=code)
    assert is_logged_in(client)


def test_a_role_that_needs_a_second_factor_says_nothing_without_one(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    a_linked(database, provider, "recipient")
    provider.person |= {"amr": ["mfa"]}

    answer = walk(client, provider)

    assert client.get(answer.headers["Location"]).headers["Location"] == "/account/second-factor"
    assert "Your role says nothing" in fetch(client, "/account").text


@pytest.mark.parametrize("second_factor_values", [frozenset({"mfa", "urn:two"})], ids=["mfa or urn:two"])
@pytest.mark.parametrize(
    ("said", "is_enough"),
    [
        ({"amr": ["pwd", "mfa"]}, True),
        ({"acr": "urn:two"}, True),
        ({"amr": ["pwd"], "acr": "urn:one"}, False),
        ({"amr": [], "acr": ["mfa"]}, False),
        ({"amr": [{"mfa": 1}, 2, None]}, False),
        ({}, False),
    ],
    ids=str,
)
def test_the_providers_second_factor_counts_where_the_settings_say_so(
    client: FlaskClient, database: Database, provider: OpenIdProvider, said: dict[str, Any], *, is_enough: bool
) -> None:
    user = a_linked(database, provider, "recipient")
    with database.unit_of_work() as session:
        with_second_factor(session, session.merge(user))
    provider.person |= said

    walk(client, provider)

    assert is_logged_in(client) is is_enough


@pytest.mark.parametrize("second_factor_values", [frozenset({"mfa"})], ids=["mfa"])
def test_whoever_shows_it_there_need_not_set_one_up_here(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    a_linked(database, provider, "recipient")
    provider.person |= {"amr": ["mfa"]}

    answer = walk(client, provider)

    assert client.get(answer.headers["Location"]).headers["Location"] == "/"
    assert "Your role says nothing" not in fetch(client, "/account").text


def test_a_role_that_has_ended_says_nothing(client: FlaskClient, database: Database, provider: OpenIdProvider) -> None:
    user = a_linked(database, provider)
    with database.unit_of_work() as session:
        session.merge(user).affiliations.clear()

    walk(client, provider)

    assert "You have no role in any organization" in fetch(client, "/account").text


def test_a_name_of_the_provider_stands_on_the_page_to_log_in(client: FlaskClient) -> None:
    page = fetch(client, "/login?next=/needs")

    assert "/login/openid?next=/needs" in page.links
    assert "Log in with The Provider" in page.text


def test_whoever_is_logged_in_goes_on(client: FlaskClient, database: Database, provider: OpenIdProvider) -> None:
    a_linked(database, provider)
    walk(client, provider)

    assert client.get("/login/openid?next=/needs").headers["Location"] == "/needs"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_of_a_failure_is_whole(client: FlaskClient, language: str) -> None:
    page = fetch(client, f"/login/openid/callback?lang={language}")

    assert page.status == 400
    assert page.links.count("/login") == 2


def test_a_login_that_took_too_long_is_over(
    client: FlaskClient, database: Database, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_linked(database, provider)
    back = provider.authorize(begin(client))
    monkeypatch.setattr("app.accounts.openid_cookies.GOOD_MINUTES", 0)

    answer = come_back(client, back)

    assert answer.status_code == 400
    assert not is_logged_in(client)


def test_a_session_by_identity_ends_as_others_do(
    client: FlaskClient, database: Database, provider: OpenIdProvider
) -> None:
    user = a_linked(database, provider)
    walk(client, provider)
    with database.unit_of_work() as session:
        session.execute(update(User).where(User.id == user.id).values(is_disabled=True))

    assert not is_logged_in(client)
