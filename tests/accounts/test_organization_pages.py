"""The page of an organization: who sees it, who sees its people, and what those can do who look after them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.accounts.authentication import SESSION_COOKIE
from app.accounts.models import User, UserAffiliation
from app.actor import Role
from app.audit.models import AuditEvent
from app.db import Database
from app.organizations.models import OrganizationKind
from matching.vocabulary import Visibility
from tests.factories import create_need, create_offer, create_organization, create_state
from tests.factories.accounts import create_api_token, create_login, create_user
from tests.support.people import PASSWORD, Person, form_token, submit, with_second_factor
from tests.web.inspection import fetch

PAGE = "/organizations/ministry"
PEOPLE = f"{PAGE}/people"
A_HASH = "of a password that nobody enters"


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """A person at a browser in which they are logged in."""

    client: FlaskClient
    user: User

    @property
    def email(self) -> str:
        return self.user.email


def somebody(app: Flask, database: Database, role: str = "recipient", *, code: str = "ministry") -> Somebody:
    """Return somebody who is logged in, with the second factor that their role needs."""
    with database.unit_of_work() as session:
        create_state(session, "XAA")
        home = "secretariat" if role in ("administrator", "secretariat") else code
        kind = OrganizationKind.SECRETARIAT if home == "secretariat" else OrganizationKind.STATE
        create_organization(session, code, kind=OrganizationKind.STATE, name=f"Name of {code}", state_code="XAA")
        organization = create_organization(session, home, kind=kind)
        user = create_user(session, role, organization=organization, password_hash=A_HASH)
        with_second_factor(session, user)
        secret = create_login(session, user)
    client = app.test_client()
    client.set_cookie(SESSION_COOKIE, secret)
    return Somebody(client=client, user=user)


def a_colleague(
    database: Database, role: str = "contributor", *, code: str = "ministry", name: str = "A Colleague"
) -> User:
    with database.unit_of_work() as session:
        organization = create_organization(session, code, kind=OrganizationKind.STATE, name=f"Name of {code}")
        return create_user(session, role, organization=organization, name=name, password_hash=A_HASH)


def role_id(user: User) -> UUID:
    return user.affiliations[0].id


def roles_of(database: Database, email: str) -> set[str]:
    with database.reading() as session:
        statement = select(UserAffiliation.role).join(UserAffiliation.user).where(User.email == email)
        return {role.value for role in session.scalars(statement)}


def actions(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.position)))


def link_in(answer: TestResponse) -> str:
    found = re.search(r"http://localhost(/invitations/tandem_[A-Za-z0-9_-]{43})", answer.get_data(as_text=True))
    assert found is not None, answer.get_data(as_text=True)
    return found[1]


def send(person: Somebody, address: str, **fields: str) -> TestResponse:
    """Send a form that the page does not show."""
    return person.client.post(address, data=fields | {"csrf_token": form_token(person.client, "/account")})


def invite(
    person: Somebody, email: str = "new@example.org", role: str = "contributor", name: str = "New"
) -> TestResponse:
    return submit(person.client, PAGE, to=PEOPLE, email=email, role=role, name=name)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("role", ["recipient", "contributor", "administrator"])
def test_every_page_is_whole(app: Flask, database: Database, role: str, language: str) -> None:
    person = somebody(app, database, role)
    colleague = a_colleague(database)
    addresses = ["/organizations", PAGE]
    if role != "contributor":
        addresses.append(f"{PEOPLE}/{colleague.id}/roles/{role_id(colleague)}/end")

    for address in addresses:
        assert fetch(person.client, f"{address}?lang={language}").status == 200


def test_the_public_sees_an_organization_by_its_public_records(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        ministry = create_organization(session, "ministry", kind=OrganizationKind.STATE, name="The Ministry")
        create_need(session, organization=ministry, title="A public need")
        create_need(session, organization=ministry, title="A hidden need", visibility=Visibility.MEMBERS)
        create_offer(session, organization=ministry, visibility=Visibility.SECRETARIAT)
        hidden = create_organization(session, "hidden", name="A hidden one")
        create_need(session, organization=hidden, visibility=Visibility.PROVIDERS)
    a_colleague(database)

    listed, page, needs = (
        fetch(client, "/organizations"),
        fetch(client, PAGE),
        fetch(client, "/needs?organization=ministry"),
    )

    assert "The Ministry" in listed.text
    assert "hidden" not in listed.text
    assert "1 need " in page.text
    assert "0 offers" in page.text
    assert "People" not in page.text
    assert "A Colleague" not in page.text
    assert "/needs?organization=ministry" in page.links
    assert "A public need" in needs.text
    assert "hidden" not in needs.text


def test_an_organization_of_which_one_may_not_know_is_as_none(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        secluded = create_organization(session, "secluded")
        create_need(session, organization=secluded, visibility=Visibility.MEMBERS)

    for address, known, never in (
        ("/organizations/{}", "secluded", "imagined"),
        ("/organizations/{}", str(secluded.id), str(uuid4())),
        ("/needs?organization={}", "secluded", "imagined"),
        ("/offers?organization={}&format=csv", "secluded", "imagined"),
    ):
        there, nowhere = client.get(address.format(known)), client.get(address.format(never))
        assert there.status_code == nowhere.status_code == (404 if address.startswith("/organ") else 422)
        assert there.text.replace(known, "X") == nowhere.text.replace(never, "X")


def test_a_list_shows_that_it_is_of_one_organization(client: FlaskClient, database: Database) -> None:
    with database.unit_of_work() as session:
        create_need(session, organization=create_organization(session, "ministry", name="The Ministry"), title="Theirs")
        create_need(session, organization=create_organization(session, "other"), title="Not theirs")

    page = fetch(client, "/needs?organization=MINISTRY")
    table = client.get("/needs?organization=ministry&format=csv").get_data(as_text=True)

    assert "Kept by" in page.text
    assert "1 need" in page.text
    assert "Not theirs" not in page.text + table
    assert "Theirs" in table


@pytest.mark.parametrize("role", ["recipient", "contributor", "administrator"])
def test_one_finds_ones_organization_from_the_account(app: Flask, database: Database, role: str) -> None:
    person = somebody(app, database, role)
    code = "secretariat" if role == "administrator" else "ministry"

    assert f"/organizations/{code}" in fetch(person.client, "/account").links


def test_colleagues_see_names_and_roles_and_no_more(app: Flask, database: Database) -> None:
    person, colleague = somebody(app, database, "contributor"), a_colleague(database, "recipient")

    page = fetch(person.client, PAGE)

    assert "A Colleague" in page.text
    assert "focal point" in page.text
    assert colleague.email not in page.html
    assert "second factor" not in page.text
    assert "password" not in page.text
    assert [form.get("action") for form in page.all("form")] == ["/login/end"]


def test_whoever_may_invite_sees_how_far_people_have_come(app: Flask, database: Database) -> None:
    person, colleague = somebody(app, database), a_colleague(database)
    invite(person)

    text = fetch(person.client, PAGE).text

    assert f"A Colleague{colleague.email} contributor, who drafts · take away A Colleague has chosen a password" in text
    assert "invited, the link works until" in text
    assert "with a second factor" in text
    assert "without a second factor" in text


@pytest.mark.parametrize("role", ["recipient", "provider", "contributor", "analyst", "secretariat"])
def test_the_people_of_another_organization_are_not_there(app: Flask, database: Database, role: str) -> None:
    """Though the organization is known by its public records."""
    colleague = a_colleague(database)
    with database.unit_of_work() as session:
        create_need(session, organization=create_organization(session, "ministry"))
    stranger = somebody(app, database, role, code="other")
    end = f"{PEOPLE}/{colleague.id}/roles/{role_id(colleague)}/end"

    page = fetch(stranger.client, PAGE)
    answers = [
        send(stranger, PEOPLE, email="new@example.org", role="contributor"),
        send(stranger, f"{PEOPLE}/{colleague.id}/link"),
        send(stranger, f"{PEOPLE}/{colleague.id}/disable"),
        stranger.client.get(end),
        send(stranger, end),
    ]
    never = send(stranger, "/organizations/nobody/people", email="new@example.org", role="contributor")

    assert "A Colleague" not in page.text
    assert [answer.status_code for answer in answers] == [404] * 5
    assert never.status_code == 404
    assert roles_of(database, colleague.email) == {"contributor"}


@pytest.mark.parametrize("role", ["contributor", "analyst"])
def test_whoever_may_not_invite_does_nothing_by_sending_the_form_anyway(
    app: Flask, database: Database, role: str
) -> None:
    person, colleague = somebody(app, database, role), a_colleague(database)
    end = f"{PEOPLE}/{colleague.id}/roles/{role_id(colleague)}/end"
    before = actions(database)

    answers = [
        send(person, PEOPLE, email="new@example.org", role="contributor"),
        send(person, f"{PEOPLE}/{colleague.id}/link"),
        send(person, f"{PEOPLE}/{colleague.id}/disable"),
        person.client.get(end),
        send(person, end),
    ]

    assert [answer.status_code for answer in answers] == [403] * 5
    assert "tandem_" not in "".join(answer.text for answer in answers).replace("tandem_form", "")
    assert actions(database) == [*before, *["user.refused"] * 5]
    assert roles_of(database, colleague.email) == {"contributor"}


def test_an_invited_person_comes_in_with_the_link_that_is_shown_once(app: Flask, database: Database) -> None:
    person = somebody(app, database)

    shown = invite(person, "New@Example.org")
    address = link_in(shown)
    invited = Person(client=app.test_client(), email="new@example.org")
    submit(invited.client, address, password=PASSWORD, again=PASSWORD)
    invited.log_in()

    assert shown.headers["Cache-Control"] == "private, no-store"
    assert address.rpartition("/")[2] not in person.client.get(PAGE).text
    assert "Name of ministry" in fetch(invited.client, "/account").text
    assert actions(database)[:2] == ["user.registered", "user.invitation_issued"]


def test_whoever_has_a_password_is_given_the_role_without_a_link(app: Flask, database: Database) -> None:
    person, colleague = somebody(app, database), a_colleague(database)

    shown = invite(person, colleague.email, "recipient")

    assert "No link is needed" in shown.text
    assert roles_of(database, colleague.email) == {"contributor", "recipient"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": ""}, "email"),
        ({"name": "New\u202ePerson"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"role": "king"}, "role"),
        ({"role": ""}, "role"),
    ],
    ids=["address", "no address", "direction", "long", "unknown role", "no role"],
)
def test_what_cannot_be_is_told_beside_the_field(
    app: Flask, database: Database, wrong: dict[str, str], field: str
) -> None:
    person = somebody(app, database)

    refused = submit(
        person.client, PAGE, to=PEOPLE, **{"email": "new@example.org", "name": "New", "role": "contributor"} | wrong
    )

    assert refused.status_code == 422
    assert f'<a href="#{field}">' in refused.text
    with database.reading() as session:
        assert session.scalar(select(func.count(User.id))) == 1


@pytest.mark.parametrize("role", ["analyst", "secretariat", "administrator"])
def test_nobody_invites_to_more_than_they_may_give(app: Flask, database: Database, role: str) -> None:
    person = somebody(app, database)

    refused = send(person, PEOPLE, email="new@example.org", name="New", role=role)

    assert refused.status_code == 403
    assert roles_of(database, "new@example.org") == set()


def test_an_administrator_does_not_give_a_role_that_the_kind_does_not_have(app: Flask, database: Database) -> None:
    person = somebody(app, database, "administrator")

    refused = send(person, PEOPLE, email="new@example.org", name="New", role="secretariat")

    assert refused.status_code == 422
    assert "which has no secretariat" in refused.text


def test_a_person_of_another_organization_is_not_drawn_in(app: Flask, database: Database) -> None:
    person, stranger = somebody(app, database), a_colleague(database, code="other", name="A Stranger")

    refused = invite(person, stranger.email)

    assert refused.status_code == 403
    assert "ask an administrator" in refused.text
    assert "A Stranger" not in refused.text
    assert roles_of(database, stranger.email) == {"contributor"}


def test_whoever_lost_their_link_gets_a_new_one(app: Flask, database: Database) -> None:
    person = somebody(app, database)
    first = link_in(invite(person))
    with database.reading() as session:
        its_id = session.scalars(select(User.id).where(User.email == "new@example.org")).one()

    second = link_in(submit(person.client, PAGE, to=f"{PEOPLE}/{its_id}/link"))

    visitor = app.test_client()
    assert (visitor.get(first).status_code, visitor.get(second).status_code) == (404, 200)


def test_whoever_is_more_elsewhere_gets_a_new_link_from_an_administrator_alone(app: Flask, database: Database) -> None:
    person, administrator = somebody(app, database), somebody(app, database, "administrator")
    both = a_colleague(database)
    with database.unit_of_work() as session:
        other = create_organization(session, "other", kind=OrganizationKind.STATE)
        columns = {"id": uuid4(), "role": Role.CONTRIBUTOR, "created_at": both.created_at}
        session.add(UserAffiliation(user_id=both.id, organization_id=other.id, **columns))
    address = f"{PEOPLE}/{both.id}/link"

    refused = send(person, address)

    assert address not in [form.get("action") for form in fetch(person.client, PAGE).all("form")]
    assert refused.status_code == 403
    assert "/invitations/" not in refused.text
    assert link_in(submit(administrator.client, PAGE, to=address))


def test_nobody_makes_a_new_link_for_themselves(app: Flask, database: Database) -> None:
    person = somebody(app, database)

    refused = send(person, f"{PEOPLE}/{person.user.id}/link")

    assert refused.status_code == 403
    assert "/invitations/" not in refused.text


def test_a_role_is_taken_away_after_a_question_and_counts_at_once(app: Flask, database: Database) -> None:
    person = somebody(app, database)
    gone = somebody(app, database, "contributor")
    end = f"{PEOPLE}/{gone.user.id}/roles/{role_id(gone.user)}/end"
    is_linked, question = end in fetch(person.client, PAGE).links, fetch(person.client, end)
    before = gone.client.get(PAGE).status_code

    done = submit(person.client, end)

    assert is_linked
    assert gone.email in question.text
    assert (done.status_code, done.headers["Location"]) == (302, PAGE)
    assert (before, gone.client.get(PAGE).status_code) == (200, 404)
    assert gone.client.get("/account").status_code == 302
    assert actions(database)[-1] == "user.disaffiliated"


def test_the_last_focal_point_does_not_leave_their_state_alone(app: Flask, database: Database) -> None:
    person = somebody(app, database)
    end = f"{PEOPLE}/{person.user.id}/roles/{role_id(person.user)}/end"

    refused = submit(person.client, end)

    assert refused.status_code == 409
    assert "take it over first" in refused.text
    assert roles_of(database, person.email) == {"recipient"}
    a_colleague(database, "recipient")
    left = submit(person.client, end)
    assert (left.status_code, left.headers["Location"]) == (302, "/")
    assert person.client.get("/account").status_code == 302


def test_a_role_of_another_organization_is_not_taken_away_through_ones_own(app: Flask, database: Database) -> None:
    person, stranger = somebody(app, database), a_colleague(database, code="other")
    colleague = a_colleague(database)

    answers = [
        send(person, f"{PEOPLE}/{stranger.id}/roles/{role_id(stranger)}/end"),
        send(person, f"{PEOPLE}/{colleague.id}/roles/{role_id(stranger)}/end"),
        send(person, f"{PEOPLE}/{colleague.id}/roles/{uuid4()}/end"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert roles_of(database, stranger.email) == roles_of(database, colleague.email) == {"contributor"}


def test_an_administrator_shuts_somebody_out_and_lets_them_in_again(app: Flask, database: Database) -> None:
    administrator, person = somebody(app, database, "administrator"), somebody(app, database, "contributor")
    with database.unit_of_work() as session:
        bearer = {"Authorization": f"Bearer {create_api_token(session, person.user)}"}
    address = f"{PEOPLE}/{person.user.id}"

    submit(administrator.client, PAGE, to=f"{address}/disable")
    again = send(administrator, f"{address}/disable")
    page, token = person.client.get("/account"), app.test_client().get("/api/v1/needs", headers=bearer)
    submit(administrator.client, PAGE, to=f"{address}/enable")

    assert (page.status_code, token.status_code, again.status_code) == (302, 401, 409)
    assert app.test_client().get("/api/v1/needs", headers=bearer).status_code == 200
    assert person.client.get("/account").status_code == 302
    assert actions(database) == ["user.disabled", "user.enabled"]


def test_a_focal_point_shuts_nobody_out(app: Flask, database: Database) -> None:
    person, colleague = somebody(app, database), a_colleague(database)

    assert send(person, f"{PEOPLE}/{colleague.id}/disable").status_code == 403
    assert "Shut out" not in person.client.get(PAGE).text


@pytest.mark.parametrize("path", ["", "/{id}/link", "/{id}/disable", "/{id}/enable", "/{id}/roles/{role}/end"])
def test_no_other_site_changes_anything(app: Flask, database: Database, path: str) -> None:
    administrator, colleague = somebody(app, database, "administrator"), a_colleague(database)
    address = PEOPLE + path.format(id=colleague.id, role=role_id(colleague))

    answer = administrator.client.post(address, data={"email": "new@example.org", "role": "contributor", "name": "New"})

    assert answer.status_code == 400
    assert actions(database) == []


@pytest.mark.parametrize("path", ["", "/{id}/link", "/{id}/disable", "/{id}/roles/{role}/end"])
def test_whoever_is_not_logged_in_is_asked_to(client: FlaskClient, database: Database, path: str) -> None:
    colleague = a_colleague(database)
    address = PEOPLE + path.format(id=colleague.id, role=role_id(colleague))

    answer = client.post(address, data={"csrf_token": form_token(client)})

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login")
    assert actions(database) == []


def test_a_role_without_its_second_factor_says_nothing(app: Flask, database: Database) -> None:
    """A focal point who has shown the password alone is not one yet."""
    colleague = a_colleague(database)
    with database.unit_of_work() as session:
        ministry = create_organization(session, "ministry")
        user = create_user(session, organization=ministry, password_hash=A_HASH)
        secret = create_login(session, user, second_factor_at=None)
    person = Somebody(client=app.test_client(), user=user)
    person.client.set_cookie(SESSION_COOKIE, secret)

    assert person.client.get("/account").status_code == 200
    assert person.client.get(PAGE).status_code == 404
    assert send(person, f"{PEOPLE}/{colleague.id}/link").status_code == 404
