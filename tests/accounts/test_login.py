"""Logging in, as a person at a browser meets it, and everything that must not get one in."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from werkzeug.test import TestResponse

from app.accounts.credentials import choose_password, issue_link
from app.accounts.models import LoginSession, User
from app.accounts.services import NewUser, add_user, remove_affiliation, set_disabled
from app.accounts.throttle import FAILURES_PER_ACCOUNT, FAILURES_PER_ADDRESS
from app.actor import SYSTEM, Role
from app.audit.models import AuditEvent
from app.db import Database
from app.organizations.models import OrganizationKind
from matching.vocabulary import Visibility
from tests.factories import create_need, create_organization
from tests.factories.accounts import create_user
from tests.support.people import PASSWORD, Person, form_token, submit, with_password, with_second_factor

WRONG = "The address and the password do not go together, or there is no such account."
OURS = "Ours alone"
OVER_TLS: dict[str, Any] = {"base_url": "https://localhost", "headers": {"Referer": "https://localhost/login"}}


def a_person(
    client: FlaskClient, database: Database, role: str = "contributor", *, has_second_factor: bool = False
) -> Person:
    """Return somebody with an account, whose organization, a State's authority, keeps a private need."""
    with database.unit_of_work() as session:
        ministry = create_organization(session, "ministry", kind=OrganizationKind.STATE)
        user = with_password(session, create_user(session, role, organization=ministry, email=f"{role}@example.org"))
        secret = with_second_factor(session, user) if has_second_factor else ""
        create_need(session, title=OURS, visibility=Visibility.PRIVATE, organization=ministry)
    return Person(client=client, email=user.email, secret=secret)


def sees_own(client: FlaskClient) -> bool:
    return OURS in client.get("/needs").get_data(as_text=True)


def log_in_over_tls(client: FlaskClient, person: Person) -> tuple[TestResponse, TestResponse]:
    """Return the page to log in and the answer to its form."""
    page = client.get("/login", base_url="https://localhost")
    token = page.get_data(as_text=True).partition('name="csrf_token" value="')[2].partition('"')[0]
    form = {"csrf_token": token, "email": person.email, "password": person.password}
    return page, client.post("/login", data=form, **OVER_TLS)


def cookies_of(answer: TestResponse) -> list[str]:
    return answer.headers.getlist("Set-Cookie")


def actions(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.position)))


def test_whoever_logs_in_sees_what_is_theirs_until_they_log_out(client: FlaskClient, database: Database) -> None:
    person = a_person(client, database)
    before = sees_own(client)

    person.log_in()
    within = sees_own(client)
    client.post("/login/end", data={"csrf_token": form_token(client, "/account")})

    assert (before, within, sees_own(client)) == (False, True, False)
    assert actions(database) == ["user.logged_in", "user.session_ended"]


def test_a_cookie_that_was_logged_out_is_worth_nothing(client: FlaskClient, database: Database) -> None:
    a_person(client, database).log_in()
    cookie = client.get_cookie("tandem_session")
    assert cookie is not None
    client.post("/login/end", data={"csrf_token": form_token(client, "/account")})

    client.set_cookie("tandem_session", cookie.value)

    assert not sees_own(client)


def test_the_cookie_of_a_session_is_for_this_service_alone(client: FlaskClient, database: Database) -> None:
    person = a_person(client, database)

    page, answer = log_in_over_tls(client, person)

    given = {line.partition("=")[0]: set(line.split("; ")[1:]) for line in cookies_of(page) + cookies_of(answer)}
    assert set(given) == {f"__Host-tandem_{name}" for name in ("form", "session", "browser")}
    for parts in given.values():
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts
        assert not any(part.startswith("Domain") for part in parts)


def test_without_tls_cookies_have_the_names_that_a_browser_takes_there(client: FlaskClient, database: Database) -> None:
    """Browsers refuse the prefix without TLS, and on one's own machine there is none."""
    a_person(client, database).log_in()

    assert client.get_cookie("tandem_form") is not None
    assert client.get_cookie("tandem_session") is not None
    assert client.get_cookie("tandem_browser") is not None
    assert sees_own(client)


def test_over_tls_a_cookie_that_another_host_could_have_set_says_nothing(
    client: FlaskClient, database: Database
) -> None:
    """A page on another host of the domain, or whoever answers in the place of http://, can set one without the prefix."""
    person = a_person(client, database)
    log_in_over_tls(client, person)
    session, form = client.get_cookie("__Host-tandem_session"), client.get_cookie("__Host-tandem_form")
    assert session is not None
    assert form is not None
    is_in = client.get("/account", base_url="https://localhost").status_code == 200
    stranger = client.application.test_client()
    stranger.set_cookie("tandem_session", session.value)
    stranger.set_cookie("tandem_form", form.value)

    planted = stranger.get("/account", base_url="https://localhost")

    assert is_in
    assert planted.headers["Location"].endswith("/login?next=/account")


def test_one_logs_out_over_tls(client: FlaskClient, database: Database) -> None:
    log_in_over_tls(client, a_person(client, database))
    page = client.get("/account", base_url="https://localhost").get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]

    answer = client.post("/login/end", data={"csrf_token": token}, **OVER_TLS)

    (gone,) = cookies_of(answer)
    assert gone.startswith("__Host-tandem_session=;")
    assert {"Secure", "Path=/", "Max-Age=0"} <= set(gone.split("; "))
    assert client.get_cookie("__Host-tandem_session") is None


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("contributor@example.org", "not the password"),
        ("nobody@example.org", PASSWORD),
        ("", ""),
        ("contributor@example.org", ""),
        ("contributor@example.org\x00", PASSWORD),
        ("contributor@example.org", "x" * 100_000),
    ],
    ids=["wrong password", "no such account", "nothing", "no password", "NUL", "endless"],
)
def test_what_is_wrong_does_not_say_whether_there_is_an_account(
    client: FlaskClient, database: Database, email: str, password: str
) -> None:
    a_person(client, database)

    answer = submit(client, "/login", email=email, password=password)

    assert answer.status_code == 401
    assert WRONG in answer.get_data(as_text=True)
    assert "tandem_session" not in str(answer.headers)
    assert not sees_own(client)


def test_the_answer_for_an_account_and_for_none_is_the_same(client: FlaskClient, database: Database) -> None:
    a_person(client, database)
    pages = []
    for email in ("contributor@example.org", "stranger-xx@example.org"):
        answer = submit(client, "/login", email=email, password="not the password")
        # The token of a form says in which second it was made.
        page = re.sub(r'(name="csrf_token" value=)"[^"]*"', r"\1", answer.get_data(as_text=True)).replace(
            email, "EMAIL"
        )
        pages.append((answer.status_code, page, sorted(name for name, _ in answer.headers)))

    assert pages[0] == pages[1]


def test_an_account_that_is_none_costs_the_same_work(client: FlaskClient, database: Database) -> None:
    """The time is that of one hash in both cases; compared loosely, since machines are noisy."""
    a_person(client, database)
    seconds = {"contributor@example.org": [], "nobody@example.org": []}
    token = form_token(client)
    for _ in range(3):
        for email, taken in seconds.items():
            began = time.process_time()
            client.post("/login", data={"csrf_token": token, "email": email, "password": "not the password"})
            taken.append(time.process_time() - began)

    fastest = [min(taken) for taken in seconds.values()]
    assert min(fastest) > 0.4 * max(fastest)


def test_a_disabled_account_is_as_none(client: FlaskClient, database: Database) -> None:
    person = a_person(client, database)
    with database.unit_of_work() as session:
        session.execute(update(User).values(is_disabled=True))

    answer = person.log_in()

    assert answer.status_code == 401
    assert WRONG in answer.get_data(as_text=True)


def test_failures_are_in_the_audit_trail(client: FlaskClient, database: Database) -> None:
    a_person(client, database)

    for email in ("contributor@example.org", "nobody@example.org"):
        submit(client, "/login", email=email, password="wrong")

    with database.reading() as session:
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.position)).all()
        told = [(event.action, event.actor, bool(event.request_id)) for event in events]
        unknown = events[1].record_id
    assert told == [("user.login_failed", "public", True)] * 2
    assert unknown == "unknown"


def test_a_form_that_another_site_sends_is_refused(client: FlaskClient, database: Database) -> None:
    person = a_person(client, database)

    answer = client.post("/login", data={"email": person.email, "password": person.password})

    assert answer.status_code == 400
    assert "The form is too old" in answer.get_data(as_text=True)
    assert "tandem_session" not in str(answer.headers)


# --- the second factor


def test_the_password_alone_is_not_enough_where_there_is_a_second_factor(
    client: FlaskClient, database: Database
) -> None:
    person = a_person(client, database, "recipient", has_second_factor=True)

    submit(client, "/login", email=person.email, password=person.password)
    half = sees_own(client)
    account = client.get("/account")
    submit(client, "/login/second-factor", code=person.code())

    assert not half
    assert account.headers["Location"] == "/login/second-factor"
    assert sees_own(client)
    assert actions(database) == ["user.logged_in", "user.second_factor_shown"]


def test_the_cookie_changes_with_the_second_factor(client: FlaskClient, database: Database) -> None:
    """Whoever saw the cookie of the half login has nothing."""
    person = a_person(client, database, "recipient", has_second_factor=True)
    submit(client, "/login", email=person.email, password=person.password)
    half = client.get_cookie("tandem_session")
    submit(client, "/login/second-factor", code=person.code())

    assert half is not None
    client.set_cookie("tandem_session", half.value)

    assert not sees_own(client)


def test_a_code_is_accepted_once(client: FlaskClient, database: Database) -> None:
    person = a_person(client, database, "recipient", has_second_factor=True)
    code = person.code()
    submit(client, "/login", email=person.email, password=person.password)
    first = submit(client, "/login/second-factor", code=code)
    client.post("/login/end", data={"csrf_token": form_token(client, "/account")})

    submit(client, "/login", email=person.email, password=person.password)
    again = submit(client, "/login/second-factor", code=code)

    assert (first.status_code, again.status_code) == (302, 422)
    assert not sees_own(client)


def test_a_code_before_one_that_was_accepted_is_refused(client: FlaskClient, database: Database) -> None:
    person = a_person(client, database, "recipient", has_second_factor=True)
    before, present = person.code(), person.code()
    submit(client, "/login", email=person.email, password=person.password)
    submit(client, "/login/second-factor", code=present)
    client.post("/login/end", data={"csrf_token": form_token(client, "/account")})
    submit(client, "/login", email=person.email, password=person.password)

    assert submit(client, "/login/second-factor", code=before).status_code == 422


@pytest.mark.parametrize("code", ["", "000000", "12345", "1234567", "٠١٢٣٤٥", "x" * 5_000, "abcd-efgh-abcd-efgh"])
def test_a_wrong_code_is_refused(client: FlaskClient, database: Database, code: str) -> None:
    person = a_person(client, database, "recipient", has_second_factor=True)
    code = "999999" if person.secret and code == pyotp.TOTP(person.secret).now() else code
    submit(client, "/login", email=person.email, password=person.password)

    answer = submit(client, "/login/second-factor", code=code)

    assert answer.status_code == 422
    assert not sees_own(client)


@pytest.mark.parametrize("minutes", [-2, 2])
def test_a_code_of_another_time_is_refused(client: FlaskClient, database: Database, minutes: int) -> None:
    person = a_person(client, database, "recipient", has_second_factor=True)
    submit(client, "/login", email=person.email, password=person.password)

    answer = submit(client, "/login/second-factor", code=pyotp.TOTP(person.secret).at(time.time() + 60 * minutes))

    assert answer.status_code == 422


@pytest.mark.parametrize("role", ["recipient", "secretariat", "administrator"])
def test_a_role_that_needs_it_says_nothing_before_it_is_set_up(
    client: FlaskClient, database: Database, role: str
) -> None:
    with database.unit_of_work() as session:
        user = with_password(session, create_user(session, role))
        organization = user.affiliations[0].organization_id
        create_need(session, title=OURS, visibility=Visibility.PRIVATE).organization_id = organization
        create_need(session, title="For the secretariat", visibility=Visibility.SECRETARIAT)
    person = Person(client=client, email=user.email)

    answer = client.get(person.log_in().headers["Location"])

    page = client.get("/needs").get_data(as_text=True)
    assert answer.headers["Location"] == "/account/second-factor"
    assert OURS not in page
    assert "For the secretariat" not in page


def test_a_second_factor_is_set_up_and_counts_from_then_on(client: FlaskClient, database: Database) -> None:
    person = a_person(client, database, "recipient")
    person.log_in()
    key = client.get("/account/second-factor").get_data(as_text=True).partition('fs-6" dir="ltr">')[2].partition("<")[0]
    person.secret = key.replace(" ", "")

    wrong = submit(client, "/account/second-factor", code="000000")
    right = submit(client, "/account/second-factor", code=person.code())

    codes = [part.partition("<")[0] for part in right.get_data(as_text=True).split('fs-6">')[1:]]
    assert (wrong.status_code, right.status_code, len(codes)) == (422, 200, 10)
    assert sees_own(client)
    assert client.get("/account/second-factor").headers["Location"] == "/account"
    client.post("/login/end", data={"csrf_token": form_token(client, "/account")})
    submit(client, "/login", email=person.email, password=person.password)
    used = submit(client, "/login/second-factor", code=codes[0].upper())
    assert used.status_code == 302
    assert sees_own(client)


def test_a_recovery_code_works_once(client: FlaskClient, database: Database) -> None:
    person = a_person(client, database, "recipient")
    person.log_in()
    key = client.get("/account/second-factor").get_data(as_text=True).partition('fs-6" dir="ltr">')[2].partition("<")[0]
    person.secret = key.replace(" ", "")
    shown = submit(client, "/account/second-factor", code=person.code()).get_data(as_text=True)
    code = shown.split('fs-6">')[1].partition("<")[0]
    statuses = []

    for _ in range(2):
        client.post("/login/end", data={"csrf_token": form_token(client, "/account" if sees_own(client) else "/login")})
        submit(client, "/login", email=person.email, password=person.password)
        statuses.append(submit(client, "/login/second-factor", code=code).status_code)

    assert statuses == [302, 422]


# --- throttling


def test_too_many_failures_are_told_whether_there_is_an_account_or_not(client: FlaskClient, database: Database) -> None:
    a_person(client, database)
    token = form_token(client)
    statuses = {}
    for email in ("contributor@example.org", "nobody@example.org"):
        given = {"csrf_token": token, "email": email, "password": "wrong"}
        statuses[email] = [client.post("/login", data=given).status_code for _ in range(FAILURES_PER_ACCOUNT + 1)]

    expected = [401] * FAILURES_PER_ACCOUNT + [429]
    assert list(statuses.values()) == [expected, expected]


def test_nobody_is_shut_out_by_failures_in_their_name(client: FlaskClient, database: Database) -> None:
    """A person who has logged in with a browser before gets in with it, however often others fail elsewhere."""
    person = a_person(client, database)
    person.log_in()
    client.post("/login/end", data={"csrf_token": form_token(client, "/account")})
    attacker = client.application.test_client()
    token = form_token(attacker)
    given = {"csrf_token": token, "email": person.email, "password": "wrong"}
    elsewhere = {"REMOTE_ADDR": "192.0.2.1"}
    for _ in range(FAILURES_PER_ACCOUNT):
        attacker.post("/login", data=given, environ_base=elsewhere)
    shut_out = attacker.post("/login", data=given | {"password": person.password}, environ_base=elsewhere)

    person.log_in()

    assert shut_out.status_code == 429
    assert sees_own(client)


def test_one_address_may_fail_for_so_many_accounts(client: FlaskClient, database: Database) -> None:
    a_person(client, database)
    token = form_token(client)
    statuses = [
        client.post("/login", data={"csrf_token": token, "email": f"{n}@example.org", "password": "wrong"}).status_code
        for n in range(FAILURES_PER_ADDRESS + 1)
    ]

    assert statuses == [401] * FAILURES_PER_ADDRESS + [429]


def test_codes_are_not_tried_through(client: FlaskClient, database: Database) -> None:
    person = a_person(client, database, "recipient", has_second_factor=True)
    submit(client, "/login", email=person.email, password=person.password)
    token = form_token(client, "/login/second-factor")

    statuses = [
        client.post("/login/second-factor", data={"csrf_token": token, "code": f"{n:06}"}).status_code
        for n in range(FAILURES_PER_ACCOUNT + 1)
    ]

    assert statuses == [422] * FAILURES_PER_ACCOUNT + [429]


# --- where one goes on


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("/needs?area=IRC", "/needs?area=IRC"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("\\\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("needs", "/"),
        ("/" + "x" * 2_000, "/"),
    ],
)
def test_one_goes_on_within_the_service(client: FlaskClient, database: Database, wanted: str, expected: str) -> None:
    person = a_person(client, database)
    page = client.get("/login", query_string={"next": wanted}).get_data(as_text=True)
    answer = client.post(
        "/login",
        data={"csrf_token": form_token(client), "email": person.email, "password": person.password, "next": wanted},
    )

    last = client.get(answer.headers["Location"])

    assert 'href="//' not in page
    assert last.headers["Location"] == expected


def test_a_page_of_the_account_leads_back_after_logging_in(client: FlaskClient, database: Database) -> None:
    person = a_person(client, database)
    asked = client.get("/account/password").headers["Location"]

    answer = submit(client, asked, email=person.email, password=person.password)

    assert client.get(answer.headers["Location"]).headers["Location"] == "/account/password"


# --- how sessions end


def _disable(database: Database) -> None:
    with database.unit_of_work() as session:
        set_disabled(session, SYSTEM, session.scalars(select(User.id)).one(), is_disabled=True)


def _give_role(database: Database) -> None:
    with database.unit_of_work() as session:
        new = NewUser(email="contributor@example.org", organization_code="ministry", role=Role.PROVIDER)
        add_user(session, SYSTEM, new)


def _expire(database: Database) -> None:
    with database.unit_of_work() as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(LoginSession).values(created_at=past - timedelta(days=14), expires_at=past))


def _leave_alone(database: Database) -> None:
    with database.unit_of_work() as session:
        session.execute(update(LoginSession).values(seen_at=datetime.now(UTC) - timedelta(hours=12, seconds=1)))


def _choose_password(database: Database) -> None:
    with database.unit_of_work() as session:
        link = issue_link(session, SYSTEM, session.scalars(select(User.id)).one())
        choose_password(session, SYSTEM, link.secret, "another lamp on friday")


def _end_by_hand(database: Database) -> None:
    with database.unit_of_work() as session:
        session.execute(delete(LoginSession))


@pytest.mark.parametrize(
    "end", [_disable, _give_role, _expire, _leave_alone, _choose_password, _end_by_hand], ids=lambda end: end.__name__
)
def test_a_session_ends(client: FlaskClient, database: Database, end: Callable[[Database], None]) -> None:
    a_person(client, database).log_in()
    before = sees_own(client)

    end(database)

    assert (before, sees_own(client)) == (True, False)
    assert client.get("/account").headers["Location"].startswith("/login?next=")


def test_a_role_that_is_taken_away_ends_the_session(client: FlaskClient, database: Database) -> None:
    a_person(client, database).log_in()

    with database.unit_of_work() as session:
        user = session.scalars(select(User)).one()
        session.refresh(user, ["affiliations"])
        remove_affiliation(session, SYSTEM, user.id, user.affiliations[0].id)

    assert client.get("/account").status_code == 302
    assert not sees_own(client)


def test_a_session_that_is_used_stays(client: FlaskClient, database: Database) -> None:
    a_person(client, database).log_in()
    with database.unit_of_work() as session:
        session.execute(update(LoginSession).values(seen_at=datetime.now(UTC) - timedelta(hours=11)))
    before = datetime.now(UTC)

    client.get("/needs")

    with database.reading() as session:
        assert session.scalars(select(LoginSession.seen_at)).one() >= before


def test_nobody_is_shut_out_by_others_at_their_address(client: FlaskClient, database: Database) -> None:
    """An office, or a proxy, has one address for many people."""
    person = a_person(client, database)
    person.log_in()
    client.post("/login/end", data={"csrf_token": form_token(client, "/account")})
    attacker = client.application.test_client()
    token = form_token(attacker)
    statuses = [
        attacker.post("/login", data={"csrf_token": token, "email": f"{n}@example.org", "password": "x"}).status_code
        for n in range(FAILURES_PER_ADDRESS + 1)
    ]

    person.log_in()

    assert statuses[-1] == 429
    assert sees_own(client)
