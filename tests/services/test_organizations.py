"""Registering organizations."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actor import PUBLIC, SYSTEM
from app.audit.models import AuditEvent
from app.errors import ForbiddenError, InvalidInputError, NotFoundError
from app.organizations.models import OrganizationKind
from app.organizations.services import (
    NewOrganization,
    OrganizationExistsError,
    get_by_code,
    load_secretariat,
    register,
)
from tests.factories import create_state


def an_organization(**columns: str) -> NewOrganization:
    """Return the order to register a provider."""
    ordinary = {"code": "first", "name": "First Provider", "kind": OrganizationKind.PROVIDER}
    return NewOrganization(**ordinary | columns)  # type: ignore[arg-type]  # plain text stands for the kind too


def test_a_registered_organization_is_found_by_its_code(session: Session) -> None:
    register(session, SYSTEM, an_organization(code="first"))

    assert get_by_code(session, "first").name == "First Provider"


def test_a_registration_leaves_one_event(session: Session) -> None:
    organization = register(session, SYSTEM, an_organization())

    event = session.scalars(select(AuditEvent)).one()
    assert (event.action, event.record_id, event.actor) == (
        "organization.registered",
        str(organization.id),
        "system",
    )


def test_a_code_that_is_taken_is_refused(session: Session) -> None:
    register(session, SYSTEM, an_organization(code="first"))

    with pytest.raises(OrganizationExistsError, match="'first' already"):
        register(session, SYSTEM, an_organization(code="first"))


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"code": ""}, id="no-code"),
        pytest.param({"code": "a b"}, id="space-in-code"),
        pytest.param({"code": "first\n"}, id="line-end-in-code"),
        pytest.param({"code": "x" * 65}, id="long-code"),
        pytest.param({"name": "  "}, id="no-name"),
        pytest.param({"name": "two\nlines"}, id="two-lines"),
        pytest.param({"name": "x" * 301}, id="long-name"),
        pytest.param({"state_code": "XZZ"}, id="unknown-state"),
    ],
)
def test_what_cannot_be_used_is_refused(session: Session, columns: dict[str, str]) -> None:
    with pytest.raises(InvalidInputError):
        register(session, SYSTEM, an_organization(**columns))


def test_an_organization_may_belong_to_a_state(session: Session) -> None:
    create_state(session, "XAA")

    organization = register(session, SYSTEM, an_organization(state_code="XAA"))

    assert organization.state_code == "XAA"


def test_the_public_may_not_register_organizations(session: Session) -> None:
    with pytest.raises(ForbiddenError, match="organization:create"):
        register(session, PUBLIC, an_organization())


def test_an_organization_that_is_not_there_is_asked_for(session: Session) -> None:
    register(session, SYSTEM, an_organization(code="first"))

    with pytest.raises(NotFoundError, match=r"there are first\. Add it with `flask --app wsgi organization add nobody"):
        get_by_code(session, "nobody")


def test_before_there_is_any_organization_the_reference_data_are_asked_for(session: Session) -> None:
    with pytest.raises(NotFoundError, match="load reference"):
        get_by_code(session, "nobody")


def test_the_secretariat_is_registered_once(session: Session) -> None:
    first = load_secretariat(session, SYSTEM)

    second = load_secretariat(session, SYSTEM)

    assert (first.created, second.created, second.unchanged) == (1, 0, 1)
