"""What a provider says of an offer beside the principles: whether it meets each, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from app.access.policy import require
from app.access.vocabulary import Permission
from app.actor import Actor
from app.audit.services import Change, Document, document_hash, record
from app.clock import Clock, now_utc
from app.errors import InvalidFieldError
from app.offers.models import MAX_HOW_LENGTH, Offer, OfferPrinciple, Principle
from app.offers.principles import list_principles
from app.texts import checked_text
from matching.sentences import N_, Sentence

NO_SUCH_PRINCIPLE: Final = N_("There is no principle of the code %(code)s.")
NAMED_TWICE: Final = N_("The principle %(code)s is named twice.")
SAY_WHETHER: Final = N_("Say whether the offer meets this principle, or leave the line empty.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is said of one principle; nothing where ``is_met`` is None."""

    principle: str
    is_met: bool | None = None
    how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """The lines of an offer, one for each principle in their order, those included of which nothing is said."""

    id: UUID
    version: int
    principles: Sequence[Principle]
    lines: Sequence[Line]

    @property
    def pairs(self) -> list[tuple[Principle, Line]]:
        """Each principle with what is said of it."""
        return list(zip(self.principles, self.lines, strict=True))

    @property
    def mark(self) -> str:
        """What is another one once somebody has changed a line."""
        return document_hash(_document({line.principle: line for line in self.lines}))


def checklist_of(session: Session, offer: Offer) -> Checklist:
    """Return the checklist of an offer that the actor sees: it is as visible as the offer."""
    principles, said = list_principles(session), _said(offer)
    lines = [said.get(one.code, Line(principle=one.code)) for one in principles]
    return Checklist(id=offer.id, version=offer.version, principles=principles, lines=lines)


def change_checklist(
    session: Session, actor: Actor, offer: Offer, lines: Sequence[Line], *, clock: Clock = now_utc
) -> Checklist:
    """Say something of some principles; of those that are not named it stays. The offer is locked.

    Raises
    ------
    ForbiddenError
        When the actor may not edit the offer.
    InvalidFieldError
        When a line names no principle, or one twice, or says how without saying whether.
    """
    require(actor, Permission.OFFER_EDIT, owner_id=offer.organization_id)
    before, wanted = _said(offer), _said(offer) | _checked(session, lines)
    said = {code: line for code, line in wanted.items() if line.is_met is not None}
    if said == before:
        return checklist_of(session, offer)
    rows = {row.principle_code: row for row in offer.checklist}
    for code, line in said.items():
        row = rows.setdefault(code, OfferPrinciple(principle_code=code))
        row.is_met, row.how = bool(line.is_met), line.how
    offer.checklist = [rows[code] for code in sorted(said)]
    # Whoever labelled the offer has not seen this.
    offer.contents_revision += 1
    offer.updated_at = clock()
    session.flush()
    change = Change(
        action="offer.principles_changed",
        record_type="offer",
        record_id=str(offer.id),
        before=_document(before),
        after=_document(said),
    )
    record(session, actor, [change], clock=clock)
    return checklist_of(session, offer)


def _said(offer: Offer) -> dict[str, Line]:
    return {
        row.principle_code: Line(principle=row.principle_code, is_met=row.is_met, how=row.how)
        for row in offer.checklist
    }


def _checked(session: Session, lines: Sequence[Line]) -> dict[str, Line]:
    """Return the lines by the code of their principle, with texts as they are stored."""
    known, found = {one.code for one in list_principles(session)}, dict[str, Line]()
    for number, line in enumerate(lines):
        code, at = line.principle.strip().upper(), f"lines/{number}"
        if code not in known:
            raise InvalidFieldError(f"{at}/principle", _about(NO_SUCH_PRINCIPLE, code))
        if code in found:
            raise InvalidFieldError(f"{at}/principle", _about(NAMED_TWICE, code))
        how = checked_text(line.how, field=f"{at}/how", limit=MAX_HOW_LENGTH)
        if how and line.is_met is None:
            raise InvalidFieldError(f"{at}/is_met", SAY_WHETHER)
        found[code] = Line(principle=code, is_met=line.is_met, how=how)
    return found


def _about(message: str, code: str) -> Sentence:
    return Sentence(message=message, values={"code": code})


def _document(lines: Mapping[str, Line]) -> Document:
    return {"principles": [[code, line.is_met, line.how] for code, line in sorted(lines.items())]}
