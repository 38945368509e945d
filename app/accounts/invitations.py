"""Inviting people to an organization."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.credentials import IssuedLink, issue_link
from app.accounts.models import User
from app.accounts.services import NewUser, add_user
from app.actor import Actor
from app.clock import Clock, now_utc
from app.errors import ConflictError
from matching.sentences import N_, Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Who was invited, and the link to hand over; none for whoever has a password already."""

    user: User
    link: IssuedLink | None


class RoleHeldError(ConflictError):
    """The person has the role already."""

    code = "role_held"


def invite(session: Session, actor: Actor, new: NewUser, *, clock: Clock = now_utc) -> Invitation:
    """Give a person a role, and a link with which they come in where they have not yet.

    Raises
    ------
    RoleHeldError
        When the person has the role.
    NotFoundError
        When there is no such organization.
    ForbiddenError
        When the actor may not give the person that role there.
    InvalidFieldError
        When the address or the name cannot be used, or an organization of that kind has no such role.
    """
    added = add_user(session, actor, new, clock=clock)
    if not added.is_role_new:
        raise RoleHeldError(
            Sentence(message=N_("This person has that role already; if they lost their link, make a new one."))
        )
    has_come_in = added.user.password_hash is not None
    link = None if has_come_in else issue_link(session, actor, added.user.id, clock=clock)
    return Invitation(user=added.user, link=link)
