"""What the page of an organization lets those do who look after its people: invite, let in again, take away, shut out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.accounts.credentials import IssuedLink, issue_link
from app.accounts.idempotency import KeyedRequest, do_once
from app.accounts.invitations import Invitation, invite
from app.accounts.models import UserAffiliation
from app.accounts.queries import Person, get_person, may_see_people
from app.accounts.services import NewUser, remove_affiliation, roles_to_give, set_disabled
from app.accounts.views.common import for_people, secret_page
from app.actor import Role
from app.edge import request_actor, request_session, request_unit_of_work
from app.errors import AppError, ConflictError, ForbiddenError, InvalidFieldError, InvalidInputError, NotFoundError
from app.organizations.models import Organization
from app.organizations.queries import get_organization
from app.reports.views.organizations import organization_page

bp = Blueprint("people", __name__, url_prefix="/organizations/<handle:handle>/people")


@bp.post("")
@for_people
def add(handle: str) -> ResponseReturnValue:
    """Invite a person, and show the link this once."""
    actor, organization = request_actor(), _organization(request_session(), handle)
    if not roles_to_give(actor, organization):
        raise ForbiddenError("You may not invite people here; ask an administrator.")

    def create(session: Session) -> tuple[UUID, Invitation]:
        invitation = invite(session, actor, _wanted(organization))
        return invitation.user.id, invitation

    try:
        # Without a key, but tried again where somebody else invites the same person at the same time.
        keyless = KeyedRequest(key=None, operation="user:invite", body={})
        invitation = do_once(request_unit_of_work, actor, keyless, create=create, read=_read_nothing)
    except (InvalidInputError, ConflictError, ForbiddenError) as error:
        return organization_page(handle, error)
    return _link_page(organization, invitation.user.email, invitation.link)


@bp.post("/<uuid:person_id>/link")
@for_people
def renew_link(handle: str, person_id: UUID) -> ResponseReturnValue:
    """Make a new link for a person who has lost theirs, or their password, and show it this once."""
    actor = request_actor()
    organization, person = _person(request_session(), handle, person_id)
    try:
        with request_unit_of_work() as session:
            link = issue_link(session, actor, person.id)
    except ForbiddenError as error:
        return organization_page(handle, error)
    return _link_page(organization, person.email or person.name, link)


@bp.get("/<uuid:person_id>/roles/<uuid:role_id>/end")
@for_people
def ask_to_end_role(handle: str, person_id: UUID, role_id: UUID) -> ResponseReturnValue:
    """Ask whether a role is really to be taken away."""
    return _question(handle, person_id, role_id)


@bp.post("/<uuid:person_id>/roles/<uuid:role_id>/end")
@for_people
def end_role(handle: str, person_id: UUID, role_id: UUID) -> ResponseReturnValue:
    """Take a role away from a person; whoever takes their own away is logged out."""
    actor = request_actor()
    _role(request_session(), handle, person_id, role_id=role_id)
    try:
        with request_unit_of_work() as session:
            remove_affiliation(session, actor, person_id, role_id)
    except ConflictError as error:
        return _question(handle, person_id, role_id, error=error)
    is_own = person_id == actor.user_id
    return redirect(url_for("home.index") if is_own else url_for("organizations.show", handle=handle))


@bp.post("/<uuid:person_id>/disable")
@for_people
def disable(handle: str, person_id: UUID) -> ResponseReturnValue:
    """Shut a person out, everywhere and at once."""
    return _set_disabled(handle, person_id, is_disabled=True)


@bp.post("/<uuid:person_id>/enable")
@for_people
def enable(handle: str, person_id: UUID) -> ResponseReturnValue:
    """Let a person in again who was shut out."""
    return _set_disabled(handle, person_id, is_disabled=False)


def _set_disabled(handle: str, person_id: UUID, *, is_disabled: bool) -> ResponseReturnValue:
    actor = request_actor()
    _, person = _person(request_session(), handle, person_id)
    try:
        with request_unit_of_work() as session:
            set_disabled(session, actor, person.id, is_disabled=is_disabled)
    except ConflictError as error:
        return organization_page(handle, error)
    return redirect(url_for("organizations.show", handle=handle))


def _wanted(organization: Organization) -> NewUser:
    role = request.form.get("role", "")
    if role not in set(Role):
        raise InvalidFieldError("role", gettext("Choose a role."))
    return NewUser(
        email=request.form.get("email", ""),
        organization_code=organization.code,
        role=Role(role),
        name=request.form.get("name", ""),
    )


def _read_nothing(_session: Session, _record_id: UUID) -> Invitation:
    raise NotFoundError("Nothing is kept of a form that was sent.")


def _organization(session: Session, handle: str) -> Organization:
    """Return an organization whose people the reader sees; any other is as none."""
    organization = get_organization(session, request_actor(), handle)
    if not may_see_people(request_actor(), organization):
        raise NotFoundError("There is no such organization.")
    return organization


def _person(session: Session, handle: str, person_id: UUID) -> tuple[Organization, Person]:
    organization = _organization(session, handle)
    return organization, get_person(session, request_actor(), organization, person_id=person_id)


def _role(session: Session, handle: str, person_id: UUID, *, role_id: UUID) -> tuple[Person, UserAffiliation]:
    """Return a person and one of their roles, to those who may take it away.

    Raises
    ------
    NotFoundError
        When the person has no such role there.
    ForbiddenError
        When the reader may not take it away.
    """
    organization, person = _person(session, handle, person_id)
    row = next((row for row in person.roles if row.id == role_id), None)
    if row is None:
        raise NotFoundError("The person has no such role.")
    if row.role not in roles_to_give(request_actor(), organization):
        raise ForbiddenError("You may not take this role away; ask an administrator.")
    return person, row


def _question(handle: str, person_id: UUID, role_id: UUID, *, error: AppError | None = None) -> Response:
    session = request_session()
    person, row = _role(session, handle, person_id, role_id=role_id)
    return secret_page(
        "organizations/end_role.html",
        error=error,
        title=gettext("Take this role away?"),
        organization=_organization(session, handle),
        person=person,
        role=row.role,
        is_own=person.id == request_actor().user_id,
    )


def _link_page(organization: Organization, addressee: str, link: IssuedLink | None) -> Response:
    ends_at: datetime | None = None if link is None else link.row.expires_at
    return secret_page(
        "organizations/link.html",
        title=gettext("A link to hand over") if link else gettext("The person has the role"),
        organization=organization,
        addressee=addressee,
        address=url_for("invitations.show", secret=link.secret, _external=True) if link else None,
        ends_at=ends_at,
    )
