"""Readers of a kind, for looking at a record as they would see it: nobody in particular, but by the same policy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from app.actor import PUBLIC, Actor, Affiliation, Role
from app.errors import InvalidInputError
from app.organizations.models import OrganizationKind
from app.organizations.services import CODE_PATTERN, SECRETARIAT_CODE, find_by_code

NOBODYS_ID: Final = UUID(int=0)  # of no organization: a reader who keeps nothing
OF_PROVIDER: Final = "provider:"  # stands before the code of one


class NoSuchViewerError(InvalidInputError):
    """Nobody is called so; ``errors`` names the parameter."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.errors = [{"pointer": "/query/as", "parameter": "as", "detail": sentence}]


class ViewerKind(StrEnum):
    """As whom one can look at a record, from the narrowest circle to the widest."""

    SECRETARIAT = "secretariat"
    PROVIDERS = "providers"
    MEMBERS = "members"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A reader of a kind; ``code`` is that of the provider, where one was named."""

    kind: ViewerKind
    actor: Actor
    code: str = ""

    @property
    def word(self) -> str:
        """What the reader is called in an address."""
        return f"{OF_PROVIDER}{self.code}" if self.code else self.kind.value


def read_viewer(session: Session, word: str) -> Viewer:
    """Return the reader whom a word of an address means.

    A code that no provider has is a provider who keeps nothing: so nobody finds out by trying which codes there are.

    Raises
    ------
    InvalidInputError
        When the word means nobody.
    """
    code = word.removeprefix(OF_PROVIDER)
    if word.startswith(OF_PROVIDER) and CODE_PATTERN.fullmatch(code):
        return Viewer(kind=ViewerKind.PROVIDERS, actor=_somebody(Role.PROVIDER, _provider_id(session, code)), code=code)
    if word not in list(ViewerKind):
        told = ", ".join(kind.value for kind in ViewerKind)
        raise NoSuchViewerError(f"Nobody is called that; see a record as one of {told}, or as {OF_PROVIDER}CODE.")
    kind = ViewerKind(word)
    return Viewer(kind=kind, actor=_actor(session, kind))


def _actor(session: Session, kind: ViewerKind) -> Actor:
    if kind is ViewerKind.PUBLIC:
        return PUBLIC
    if kind is ViewerKind.SECRETARIAT:
        secretariat = find_by_code(session, SECRETARIAT_CODE)
        return _somebody(Role.SECRETARIAT, NOBODYS_ID if secretariat is None else secretariat.id)
    # Of the roles of members an analyst's is the one that sees no more than all of them.
    return _somebody(Role.PROVIDER if kind is ViewerKind.PROVIDERS else Role.ANALYST, NOBODYS_ID)


def _somebody(role: Role, organization_id: UUID) -> Actor:
    return Actor(affiliations=frozenset({Affiliation(organization_id=organization_id, role=role)}))


def _provider_id(session: Session, code: str) -> UUID:
    found = find_by_code(session, code)
    return NOBODYS_ID if found is None or found.kind is OrganizationKind.SECRETARIAT else found.id
