"""Organizations and their people in the API."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from app.accounts import queries
from app.accounts.idempotency import KeyedRequest, do_once
from app.accounts.invitations import invite
from app.accounts.queries import Person
from app.accounts.schemas import InvitedPersonSchema, NewPersonSchema, PersonSchema
from app.accounts.services import NewUser, remove_affiliation
from app.edge import request_actor, request_session, request_unit_of_work
from app.errors import NotFoundError
from app.fields import page_request
from app.openapi import ApiBlueprint
from app.organizations import queries as organizations
from app.organizations.models import Organization
from app.organizations.schemas import NewOrganizationSchema, OrganizationSchema
from app.organizations.services import NewOrganization, register
from app.paging import Page

PEOPLE: Final = "/organizations/<handle:organization_id>/people"
PERSON: Final = f"{PEOPLE}/<uuid:person_id>"

blueprint = ApiBlueprint("organizations", __name__, description="Who keeps records, and their people")


@blueprint.reads_page("/organizations", OrganizationSchema)
def list_organizations(query: dict[str, Any]) -> Page[Organization]:
    """Return a page of organizations by code: those of which the caller knows by a record, and their own."""
    return organizations.list_page(request_session(), request_actor(), page_request(query))


@blueprint.reads_one("/organizations/<handle:organization_id>", OrganizationSchema)
def get_organization(organization_id: str) -> Organization:
    """Return one organization by its id or its code."""
    return organizations.get_organization(request_session(), request_actor(), organization_id)


@blueprint.creates("/organizations", OrganizationSchema, given=NewOrganizationSchema)
def create_organization(given: dict[str, Any], *, idempotency_key: str | None = None) -> Organization:
    """Register an organization and return it."""
    actor = request_actor()
    state = given.get("state")
    new = NewOrganization(
        code=given["code"], name=given["name"], kind=given["kind"], state_code=state.upper() if state else None
    )

    def create(session: Session) -> tuple[UUID, Organization]:
        organization = register(session, actor, new)
        return organization.id, organization

    return do_once(
        request_unit_of_work,
        actor,
        KeyedRequest(key=idempotency_key, operation="organization:create", body=given),
        create=create,
        read=lambda session, its_id: organizations.get_organization(session, actor, str(its_id)),
    )


@blueprint.reads_page(PEOPLE, PersonSchema, is_within_record=True, is_public=False)
def list_people(query: dict[str, Any], organization_id: str) -> Page[Person]:
    """Return a page of the people of an organization by name."""
    session, actor = request_session(), request_actor()
    organization = organizations.get_organization(session, actor, organization_id)
    return queries.list_people(session, actor, organization, page=page_request(query))


@blueprint.reads_one(PERSON, PersonSchema, is_public=False)
def get_person(organization_id: str, person_id: UUID) -> Person:
    """Return one of the people of an organization."""
    session, actor = request_session(), request_actor()
    organization = organizations.get_organization(session, actor, organization_id)
    return queries.get_person(session, actor, organization, person_id=person_id)


@blueprint.creates(PEOPLE, InvitedPersonSchema, given=NewPersonSchema, is_within_record=True)
def invite_person(given: dict[str, Any], organization_id: str, *, idempotency_key: str | None = None) -> Person:
    """Give a person a role, and return them with the link that lets them in, which is shown this once."""
    actor = request_actor()

    def create(session: Session) -> tuple[UUID, Person]:
        organization = _with_people(session, organization_id)
        new = NewUser(
            email=given["email"], organization_code=organization.code, role=given["role"], name=given.get("name", "")
        )
        invitation = invite(session, actor, new)
        person = queries.get_person(session, actor, organization, person_id=invitation.user.id)
        secret = invitation.link.secret if invitation.link else None
        return person.id, replace(person, link=url_for("invitations.show", secret=secret) if secret else None)

    def read(session: Session, person_id: UUID) -> Person:
        return queries.get_person(session, actor, _with_people(session, organization_id), person_id=person_id)

    operation = f"user:invite {organization_id.lower()}"
    request = KeyedRequest(key=idempotency_key, operation=operation, body=given)
    return do_once(request_unit_of_work, actor, request, create=create, read=read)


@blueprint.ends(f"{PERSON}/roles/<uuid:role_id>")
def end_role(organization_id: str, person_id: UUID, role_id: UUID) -> None:
    """Take a role in an organization from a person; it counts at their next request."""
    actor = request_actor()
    with request_unit_of_work() as session:
        organization = _with_people(session, organization_id)
        person = queries.get_person(session, actor, organization, person_id=person_id)
        if role_id not in {row.id for row in person.roles}:
            raise NotFoundError("The person has no such role.")
        remove_affiliation(session, actor, person_id, role_id)


def _with_people(session: Session, organization_id: str) -> Organization:
    """Return an organization whose people the caller sees; any other is as none."""
    actor = request_actor()
    organization = organizations.get_organization(session, actor, organization_id)
    if not queries.may_see_people(actor, organization):
        raise NotFoundError("There is no such organization.")
    return organization
