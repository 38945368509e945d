"""Registering organizations and finding them by their code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.policy import require
from app.access.vocabulary import Permission
from app.actor import Actor
from app.audit.services import Change, Document, record
from app.audit.sync import Tally
from app.clock import Clock, now_utc
from app.errors import ConflictError, InvalidFieldError, NotFoundError
from app.likeness import is_plain_line, likeness
from app.organizations.models import Organization, OrganizationKind
from app.states.models import State

CODE_PATTERN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
MAX_NAME_LENGTH: Final = 300
MAX_CODES_TOLD: Final = 10  # in an error; `organization list` tells all
SECRETARIAT_CODE: Final = "secretariat"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrganization:
    """What is needed to register an organization."""

    code: str
    name: str
    kind: OrganizationKind
    state_code: str | None = None


class OrganizationExistsError(ConflictError):
    """The code or the name is taken, or looks like one that is."""

    code = "organization_exists"


def register(session: Session, actor: Actor, new: NewOrganization, *, clock: Clock = now_utc) -> Organization:
    """Return the organization, newly registered.

    Raises
    ------
    InvalidInputError
        When the code, the name or the State cannot be used.
    OrganizationExistsError
        When there is one of this code or name, or of one that a reader may take for it.
    """
    require(actor, Permission.ORGANIZATION_CREATE)
    _check(session, new)
    _require_distinct(session, new)
    now = clock()
    organization = Organization(
        id=uuid4(),
        code=new.code,
        name=new.name.strip(),
        kind=new.kind,
        state_code=new.state_code,
        created_at=now,
        updated_at=now,
    )
    session.add(organization)
    session.flush()
    change = Change(
        action="organization.registered",
        record_type="organization",
        record_id=str(organization.id),
        before=None,
        after=_described(organization),
    )
    record(session, actor, [change], clock=clock)
    # Once more, now that nobody else writes before this is done: of two that look alike one is refused.
    _require_distinct(session, new, own_id=organization.id)
    return organization


def load_secretariat(session: Session, actor: Actor, *, clock: Clock = now_utc) -> Tally:
    """Register the secretariat, whose records are those that no other organization answers for."""
    if find_by_code(session, SECRETARIAT_CODE) is not None:
        return Tally(unchanged=1)
    kind = OrganizationKind.SECRETARIAT
    register(session, actor, NewOrganization(code=SECRETARIAT_CODE, name="Secretariat", kind=kind), clock=clock)
    return Tally(created=1)


def find_by_code(session: Session, code: str) -> Organization | None:
    """Return the organization of that code, in any case, or None."""
    return session.scalars(select(Organization).where(func.lower(Organization.code) == code.lower())).one_or_none()


def get_by_code(session: Session, code: str) -> Organization:
    """Return the organization of that code.

    Raises
    ------
    NotFoundError
        When there is none.
    """
    organization = find_by_code(session, code)
    if organization is None:
        raise NotFoundError(_no_such_organization(session, code))
    return organization


def _no_such_organization(session: Session, code: str) -> str:
    known = session.scalars(select(Organization.code).order_by(Organization.code).limit(MAX_CODES_TOLD + 1)).all()
    if not known:
        return "There is no organization yet; run `flask --app wsgi load reference` first."
    told = ", ".join(known[:MAX_CODES_TOLD]) + (" and more" if len(known) > MAX_CODES_TOLD else "")
    adding = f"flask --app wsgi organization add {code} --name NAME --kind KIND"
    return f"There is no organization '{code}'; there are {told}. Add it with `{adding}`."


def _check(session: Session, new: NewOrganization) -> None:
    if not CODE_PATTERN.fullmatch(new.code):
        told = new.code if is_plain_line(new.code) else ascii(new.code).strip("'")
        raise InvalidFieldError(
            "code", f"'{told}' cannot be a code: use up to 64 letters, digits, dots, hyphens and underscores."
        )
    if _is_id(new.code):
        raise InvalidFieldError("code", f"'{new.code}' cannot be a code: it looks like an id.")
    name = new.name.strip()
    if not likeness(name) or len(name) > MAX_NAME_LENGTH or not is_plain_line(name):
        raise InvalidFieldError(
            "name", f"The name has to be one line of 1 to {MAX_NAME_LENGTH} characters, all of which can be seen."
        )
    if new.state_code is not None and session.get(State, new.state_code) is None:
        raise InvalidFieldError("state", f"'{new.state_code}' is not the code of a State; use ISO 3166-1 alpha-3.")


def _is_id(code: str) -> bool:
    try:
        UUID(code)
    except ValueError:
        return False
    return True


def _require_distinct(session: Session, new: NewOrganization, *, own_id: UUID | None = None) -> None:
    """Do nothing where nobody takes the code or the name for those of another organization.

    Raises
    ------
    OrganizationExistsError
        When somebody may.
    """
    wanted = {likeness(new.code): "code", likeness(new.name): "name"}
    others = select(Organization.code, Organization.name)
    if own_id is not None:
        others = others.where(Organization.id != own_id)
    for code, name in session.execute(others):
        for taken in (code, name):
            which = wanted.get(likeness(taken))
            if which is not None:
                raise OrganizationExistsError(
                    f"There is an organization '{taken}' already; choose another {which}, which nobody takes for it."
                )


def _described(organization: Organization) -> Document:
    return {
        "code": organization.code,
        "name": organization.name,
        "kind": organization.kind,
        "state_code": organization.state_code,
    }
