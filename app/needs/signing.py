"""Filing a need together: its keeper asks other States, which sign, decline or leave.

See ``docs/decisions/0028-joint-needs.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from app.access.policy import require
from app.actor import Actor
from app.audit.services import record
from app.clock import Clock, now_utc, today_utc
from app.errors import ConflictError, InvalidFieldError
from app.needs.consent import seal_content
from app.needs.filings import described, signature_change
from app.needs.life import NEED_LIFE
from app.needs.models import Need
from app.needs.signature_models import NeedSignature
from app.needs.signatures import REFUSING, STEPS, SignatureAction, authorities, filing_of, other_consents
from app.organizations.lives import KEPT_BACK
from app.organizations.moves import NotFromHereError, Showing
from app.texts import checked_text
from matching.sentences import N_, Sentence
from matching.vocabulary import Visibility

NO_SUCH_STATE: Final = N_("The need names no such State beside the one that keeps it.")
UP_TO_WHOM: Final = N_("Say up to which circle your State agrees that it is shown.")
READ_AGAIN: Final = N_("The need has changed since you read it. Read it again, and decide then.")
NOT_NOW: Final = N_("This cannot be done now: the State is %(consent)s. Load the page again to see what can be.")


class TextChangedError(ConflictError):
    """The need does not say any more what the one who wants to sign it has read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureOrder:
    """What somebody wants to do about the signature of a State.

    ``visibility`` is the widest circle to which the State agrees, ``version`` that of the need which was read.
    """

    state: str
    action: SignatureAction
    visibility: Visibility | None = None
    reason: str = ""
    version: int | None = None


def take_step(session: Session, actor: Actor, need: Need, order: SignatureOrder, *, clock: Clock = now_utc) -> None:
    """Ask a State for its signature to a need, which the actor sees and which is locked; or sign, decline or leave for it.

    A need that others see goes back to its keeper alone when a State declines or leaves.

    Raises
    ------
    ForbiddenError
        When the actor may not.
    InvalidFieldError
        When the need names no such State, whoever signs does not say up to which circle, or the reason cannot be kept.
    NotFromHereError
        When that cannot be done now.
    TextChangedError
        When the need has changed since it was read.
    """
    step, state = STEPS[order.action], order.state.strip().upper()
    require(actor, step.permission, owner_id=need.organization_id, partner_ids=authorities(session, need.id, state))
    told = next((row for row in other_consents(session, need, is_locked=True) if row.state == state), None)
    if told is None:
        raise InvalidFieldError("state", NO_SUCH_STATE)
    status = need.status_on(today_utc(clock))
    if told.consent not in step.sources or status not in step.statuses:
        raise NotFromHereError(Sentence(message=NOT_NOW, values={"consent": told.consent.value}))
    if order.version is not None and order.version != need.version:
        raise TextChangedError(READ_AGAIN)
    if order.action is SignatureAction.SIGN and order.visibility in (None, Visibility.PRIVATE):
        raise InvalidFieldError("visibility", UP_TO_WHOM)
    reason = checked_text(order.reason, field="reason")
    _write(session, actor, need, replace(order, state=state, reason=reason), clock=clock)
    if order.action in REFUSING and need.status not in KEPT_BACK:
        now = clock()
        NEED_LIFE.show(
            session, need, Showing(visibility=Visibility.PRIVATE, circle=Visibility.PRIVATE, reason="", now=now)
        )
    session.flush()


def _write(session: Session, actor: Actor, need: Need, order: SignatureOrder, *, clock: Clock) -> None:
    step, now = STEPS[order.action], clock()
    row = session.get(NeedSignature, (need.id, order.state))
    before = None if row is None else described(row)
    if row is None:
        row = NeedSignature(need_id=need.id, state_code=order.state)
        session.add(row)
    row.consent = step.target
    row.visibility = order.visibility if order.action is SignatureAction.SIGN else None
    if order.action is SignatureAction.ASK:
        row.content, row.asked_at, row.asked_by = None, now, actor.user_id
        row.answered_at = row.answered_by = None
    else:
        text = filing_of(session, need).text if order.action is SignatureAction.SIGN else None
        seal_content(session, row, text=text, reason=order.reason)
        row.answered_at, row.answered_by = now, actor.user_id
    _tell_readers(need, order)
    session.flush()
    record(session, actor, [signature_change(row, step.event, before=before, after=described(row))], clock=clock)


def _tell_readers(need: Need, order: SignatureOrder) -> None:
    """Let those who see a need that is shown already know that a State files it."""
    if need.visibility is not Visibility.PRIVATE and order.action is SignatureAction.SIGN:
        for named in need.states:
            named.is_signed = named.is_signed or named.state_code == order.state
