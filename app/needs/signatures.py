"""Where the States stand that a need names beside its keeper's, as far as a reader is told, and what can be done there.

See ``docs/decisions/0028-joint-needs.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from app.access.policy import keeps_for, may, partners_for
from app.access.vocabulary import Permission
from app.actor import Actor
from app.clock import Clock, now_utc, today_utc
from app.needs.consent import Filing, StateConsent, consents_to
from app.needs.life import NEED_LIFE
from app.needs.models import Need
from app.needs.queries import needs_by_id
from app.needs.signature_models import TAKES_PART, Consent, NeedSignature
from app.needs.storing import NeedKind
from app.organizations.lives import Status
from app.organizations.models import Organization, OrganizationKind
from app.organizations.moves import Standing, standing_of
from app.organizations.transitions import DRAFT, SHOWN, Action
from matching.vocabulary import Visibility


class SignatureAction(StrEnum):
    """Something that can be done about the signature of one State."""

    ASK = "ask"
    SIGN = "sign"
    DECLINE = "decline"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureStep:
    """From what a State has said an action leads to what, while the need stands where, and who may take it."""

    sources: frozenset[Consent]
    target: Consent
    statuses: frozenset[Status]
    permission: Permission
    event: str


REFUSING: Final = frozenset({SignatureAction.DECLINE, SignatureAction.LEAVE})
OPEN: Final = DRAFT | SHOWN
AWAITED: Final = frozenset({Consent.ASKED, Consent.OUTDATED})
REFUSED: Final = frozenset({Consent.DECLINED, Consent.LEFT})
NOT_AGREED: Final = frozenset(Status) - {Status.MATCHED, Status.FULFILLED}
STEPS: Final[Mapping[SignatureAction, SignatureStep]] = {
    SignatureAction.ASK: SignatureStep(
        sources=frozenset({Consent.NAMED, Consent.DECLINED, Consent.LEFT}),
        target=Consent.ASKED,
        statuses=OPEN,
        permission=Permission.NEED_SUBMIT,
        event="asked",
    ),
    SignatureAction.SIGN: SignatureStep(
        sources=frozenset({Consent.ASKED, Consent.OUTDATED}),
        target=Consent.SIGNED,
        statuses=OPEN,
        permission=Permission.NEED_SIGN,
        event="signed",
    ),
    SignatureAction.DECLINE: SignatureStep(
        sources=frozenset({Consent.ASKED}),
        target=Consent.DECLINED,
        statuses=NOT_AGREED,
        permission=Permission.NEED_SIGN,
        event="declined",
    ),
    SignatureAction.LEAVE: SignatureStep(
        sources=frozenset({Consent.SIGNED, Consent.OUTDATED}),
        target=Consent.LEFT,
        statuses=NOT_AGREED,
        permission=Permission.NEED_SIGN,
        event="left",
    ),
}
"""What can be done about a signature: read by the service, the buttons of a page and every refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSignature:
    """What a State has said, as far as the reader is told, and what the reader can do about it."""

    told: StateConsent
    actions: tuple[SignatureAction, ...] = ()
    is_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatures:
    """What the States have said that have to sign a need beside its keeper's; ``is_kept`` for who keeps it."""

    need_id: UUID
    version: int
    is_kept: bool
    shown: tuple[ShownSignature, ...]

    @property
    def lacking(self) -> tuple[str, ...]:
        """The States that do not file the need as it is, as far as the reader is told."""
        return tuple(row.told.state for row in self.shown if row.told.consent is not Consent.SIGNED)

    @property
    def is_shared(self) -> bool:
        """Whether a State sees it beside its keeper's, whoever else does, as far as the reader is told."""
        return any(row.told.consent in AWAITED | {Consent.SIGNED} for row in self.shown)

    @property
    def circles(self) -> tuple[Visibility, ...]:
        """The circles to which all agree that have signed, as far as the reader is told."""
        widths = list(Visibility)
        agreed = (row.told.visibility for row in self.shown if row.told.visibility is not None)
        widest = min(map(widths.index, agreed), default=len(widths))
        return tuple(widths[: widest + 1])


def signatures_of(session: Session, actor: Actor, need: Need, *, clock: Clock = now_utc) -> Signatures:
    """Return what the other States have said to a need that the actor sees.

    Who keeps it is told all; a State that takes part, what it said itself, and who else has signed; others, who has signed.
    """
    shown: list[ShownSignature] = []
    is_kept = may(actor, Permission.NEED_READ, owner_id=need.organization_id)
    own_states = () if is_kept else _own_states(session, actor, need.id)
    if is_kept or own_states:
        for told in other_consents(session, need):
            is_own = told.state in own_states
            if is_kept or is_own:
                actions = tuple(_actions(session, actor, need, told, clock=clock))
                shown.append(ShownSignature(told=told, actions=actions, is_own=is_own))
            elif told.consent is Consent.SIGNED:
                shown.append(_outside(told.state))
    else:
        own = session.get_one(Organization, need.organization_id).state_code
        shown += [_outside(code) for code in need.signed_state_codes if code != own]
    return Signatures(need_id=need.id, version=need.version, is_kept=is_kept, shown=tuple(shown))


def standing_with_signatures(actor: Actor, need: Need, signatures: Signatures, *, clock: Clock = now_utc) -> Standing:
    """Return where a need stands; who keeps it can show it to others once all States that it names have signed."""
    standing = standing_of(actor, NEED_LIFE, need, clock=clock)
    if not signatures.lacking:
        return standing
    held_back = (Action.SUBMIT, Action.PUBLISH)
    return replace(standing, actions=tuple(action for action in standing.actions if action not in held_back))


def list_awaiting(session: Session, actor: Actor) -> tuple[tuple[Need, ShownSignature], ...]:
    """Return the needs that wait for the State of the actor, or of whom the actor keeps one that a State does not file."""
    partners, kept = (sorted(those(actor, Permission.NEED_READ)) for those in (partners_for, keeps_for))
    is_refused = and_(Need.organization_id.in_(kept), NeedSignature.consent.in_(sorted(REFUSED)))
    concerns = or_(Need.is_filed_with(partners), is_refused)
    need_ids = session.scalars(select(Need.id).join(NeedSignature, NeedSignature.need_id == Need.id).where(concerns))
    found = sorted(needs_by_id(session, actor, set(need_ids)).values(), key=lambda need: (need.title, need.id))
    return tuple((need, row) for need in found for row in signatures_of(session, actor, need).shown if _waits(row))


def partner_ids_among(session: Session, actor: Actor, need_ids: list[UUID]) -> frozenset[UUID]:
    """Return which of these needs another State keeps that has asked the actor's to file it together."""
    partners = sorted(partners_for(actor, Permission.NEED_READ))
    if not partners:
        return frozenset()
    kept = Need.organization_id.in_(sorted(keeps_for(actor, Permission.NEED_READ)))
    return frozenset(session.scalars(select(Need.id).where(Need.id.in_(need_ids), Need.is_filed_with(partners), ~kept)))


def _waits(row: ShownSignature) -> bool:
    return row.told.consent in (AWAITED if row.is_own else REFUSED)


def _outside(code: str) -> ShownSignature:
    return ShownSignature(told=StateConsent(state=code, consent=Consent.SIGNED))


def other_consents(session: Session, need: Need, *, is_locked: bool = False) -> tuple[StateConsent, ...]:
    """Return what the other States have said to a need; locked, none of them says otherwise meanwhile."""
    return consents_to(session, filing_of(session, need), is_locked=is_locked)


def filing_of(session: Session, need: Need) -> Filing:
    """Return a need as it is to be signed."""
    kind = NeedKind(session=session, organization_id=need.organization_id, now=now_utc())
    return kind.filing(need.id, kind.describe_row(need))


def _own_states(session: Session, actor: Actor, need_id: UUID) -> frozenset[str]:
    """Return the States of the actor that take part in a need which others keep."""
    partners = sorted(partners_for(actor, Permission.NEED_READ))
    if not partners:
        return frozenset()
    statement = _taking_part(need_id).where(Organization.id.in_(partners))
    return frozenset(session.scalars(statement.with_only_columns(NeedSignature.state_code)))


def authorities(session: Session, need_id: UUID, state: str) -> frozenset[UUID]:
    """Return the organizations that speak for a State which takes part in a need."""
    return frozenset(session.scalars(_taking_part(need_id).where(NeedSignature.state_code == state)))


def _taking_part(need_id: UUID) -> Select[UUID]:
    joined = select(Organization.id).join(NeedSignature, NeedSignature.state_code == Organization.state_code)
    takes_part = NeedSignature.consent.in_(sorted(TAKES_PART))
    return joined.where(Organization.kind == OrganizationKind.STATE, NeedSignature.need_id == need_id, takes_part)


def _actions(
    session: Session, actor: Actor, need: Need, told: StateConsent, *, clock: Clock
) -> Iterator[SignatureAction]:
    status = need.status_on(today_utc(clock))
    partner_ids = authorities(session, need.id, told.state)
    for action, step in STEPS.items():
        is_possible = told.consent in step.sources and status in step.statuses
        if is_possible and may(actor, step.permission, owner_id=need.organization_id, partner_ids=partner_ids):
            yield action
