"""What the walks pass by: actors that no address makes yet, people without a place, roles that want a second factor."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.access.policy import is_field_visible, visibilities_seen
from app.access.vocabulary import Field
from app.accounts.addresses import email_key
from app.accounts.credentials import issue_link
from app.accounts.logins import find_login
from app.accounts.models import User
from app.accounts.services import LastOfRoleError, remove_affiliation
from app.actor import SYSTEM, Actor, Role, Scope
from app.clock import now_utc
from app.errors import ForbiddenError
from app.needs import entries, queries
from app.needs.profiles import pool_of_needs
from app.offers.profiles import pool_of_offers
from app.organizations.models import Organization
from app.reports.exports import ExportName, open_table
from matching.vocabulary import Visibility
from tests.access import told_twice
from tests.access.callers import Caller
from tests.access.site import Site
from tests.access.world import LATER
from tests.factories.accounts import create_user
from tests.factories.storing import AN_INSTANT, store


def acting(site: Site, name: str) -> tuple[Caller, Actor]:
    return next((caller, actor) for caller, actor in site.actors() if caller.name == name)


def test_a_role_that_wants_a_second_factor_says_nothing_without_one(site: Site) -> None:
    with site.database.reading() as session:
        for caller in site.world.browsers:
            login = find_login(session, caller.cookie, now=now_utc()) if caller.cookie else None
            if login is not None:
                assert login.actor.roles == {role for role, _ in caller.affiliations}, caller.name


def test_whoever_may_only_write_sees_what_the_public_sees(site: Site) -> None:
    with site.database.reading() as session:
        for caller, actor in site.actors():
            writer = replace(actor, scopes=frozenset({Scope.WRITE}))
            rows = list(open_table(session, writer, ExportName.NEEDS).rows)
            columns = open_table(session, writer, ExportName.NEEDS).columns

            assert len(rows) == 2, caller.name
            assert "excluded_providers" not in columns, caller.name
            assert not any("Unwanted" in str(cell) for row in rows for cell in row), caller.name


def test_whoever_may_only_write_is_told_of_no_exclusion(site: Site) -> None:
    with site.database.reading() as session:
        own = session.scalars(select(Organization).filter_by(code="own")).one()
    for _, actor in site.actors():
        writer = replace(actor, scopes=frozenset({Scope.WRITE}))
        assert not is_field_visible(writer, Field.NEED_EXCLUDED_PROVIDERS, owner_id=own.id)


def test_the_system_sees_everything(site: Site) -> None:
    with site.database.reading() as session:
        rows = list(open_table(session, SYSTEM, ExportName.NEEDS).rows)

    assert len(rows) == 13
    assert all(any("Unwanted" in str(cell) for cell in row) for row in rows)
    assert visibilities_seen(SYSTEM) == set(Visibility)


def test_what_is_private_takes_part_in_no_run(site: Site) -> None:
    with site.database.reading() as session:
        for pool in (pool_of_needs, pool_of_offers):
            rows = pool(session, SYSTEM, Visibility.PRIVATE, LATER).values()
            assert {row.visibility for row in rows} == set(Visibility) - {Visibility.PRIVATE}


def test_exclusions_are_not_even_loaded_for_those_who_see_none(site: Site) -> None:
    for caller, actor in site.actors():
        with site.database.reading() as session:
            need = queries.get_need(session, actor, site.world.named("need-other-public").id)
            is_loaded = "secret" not in inspect(need).unloaded
        assert is_loaded == any(told_twice.sees_exclusions(caller, owner) for _, owner in caller.affiliations), (
            caller.name
        )


def test_a_person_without_a_place_is_let_in_by_whoever_invites_everywhere(changing_site: Site) -> None:
    with changing_site.database.unit_of_work() as session:
        email = "new@example.org"
        key = email_key(email)
        user = User(id=uuid4(), email=email, email_key=key, created_at=AN_INSTANT, updated_at=AN_INSTANT)
        user.affiliations = []
        store(session, user)
    for caller, actor in changing_site.actors():
        session = Session(changing_site.database.engine)
        try:
            issue_link(session, actor, user.id)
            is_let_in = True
        except ForbiddenError:
            is_let_in = False
        session.rollback()
        session.close()
        assert is_let_in == told_twice.may(caller, "user:invite", "nowhere"), caller.name


@pytest.mark.parametrize("role", Role)
def test_one_takes_away_the_roles_that_one_gives(changing_site: Site, role: Role) -> None:
    wrong = []
    for caller, actor in changing_site.actors():
        for owner in ("own", "other"):
            session = Session(changing_site.database.engine)
            organization = session.scalars(select(Organization).filter_by(code=owner)).one()
            person = create_user(session, role, organization=organization)
            try:
                remove_affiliation(session, actor, person.id, person.affiliations[0].id)
                is_taken = True
            except ForbiddenError:
                is_taken = False
            except LastOfRoleError:
                # They may, if somebody were left.
                is_taken = True
            session.rollback()
            session.close()
            if is_taken != told_twice.gives(caller, role.value, owner):
                wrong.append((caller.name, owner))

    assert wrong == []


def test_a_need_is_kept_where_one_may_draft_it(changing_site: Site) -> None:
    """Who asks for one State and reads for another one need not say for which a need is."""
    _, actor = acting(changing_site, "analyst here")
    with changing_site.database.unit_of_work() as session:
        given = {"states": ["XAA"], "title": "Train our team", "areas": ["IRC"], "modes": ["training"]}
        need = entries.create_need(session, actor, given)

        assert need.organization.code == "third"
