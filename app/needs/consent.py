"""Which States have to sign a need beside its keeper's, and what each of them has said to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.services import Document, canonical_json
from app.db import keyring_of
from app.errors import ConflictError
from app.needs.signature_models import Consent, NeedSignature
from app.organizations.models import Organization, OrganizationKind
from app.resealing import count_sealed, reseal
from app.sealing import padded
from matching.sentences import N_, Sentence
from matching.vocabulary import Visibility

STATES: Final = "states"
SIGNED_FIELDS: Final = (
    "title",
    "description",
    STATES,
    "area_codes",
    "modes",
    "languages",
    "earliest_on",
    "latest_on",
    "priority",
    "gap",
    "budget",
    "currency",
    "audience",
    "outcome",
    "underway",
    "source_url",
    "stated_on",
)
"""What a State signs: all that a need says, without what its keeper alone sees."""
PADDED_TO: Final = 512  # bytes: how long a sealed text is tells little of what it says
LACKING: Final = N_(
    "Every State that it names has to file it too, and to agree to this circle. Not so far: %(states)s."
)


class SignaturesLackingError(ConflictError):
    """A need cannot be shown to others as it is: not every State that it names has signed it."""

    code = "signatures_lacking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """A need as it is to be signed: who keeps it, and what it says."""

    need_id: UUID
    organization: Organization
    text: Document


@dataclass(frozen=True, slots=True, kw_only=True)
class StateConsent:
    """What a State has said; ``changed`` are the fields that are not as it signed them."""

    state: str
    consent: Consent
    visibility: Visibility | None = None
    reason: str = ""
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    changed: tuple[str, ...] = ()

    def agrees_to(self, circle: Visibility) -> bool:
        """Return whether the State files the need as it is, and agrees that the circle sees it."""
        widths = list(Visibility)
        is_wide_enough = self.visibility is not None and widths.index(self.visibility) >= widths.index(circle)
        return self.consent is Consent.SIGNED and is_wide_enough


def text_of(document: Document) -> Document:
    """Return what a State signs of a need that is described in whole."""
    text = {name: document.get(name) for name in SIGNED_FIELDS}
    return {**text, STATES: sorted(document[STATES])}


def other_states(organization: Organization, states: Iterable[str]) -> tuple[str, ...]:
    """Return the States that have to sign a need beside the one whose organization keeps it, by code.

    What the secretariat keeps are statements that were made in public: nobody has to sign them. An authority of which
    nobody has said whose it is speaks for one State.
    """
    named, is_of_state = sorted(states), organization.kind is OrganizationKind.STATE
    if organization.kind is OrganizationKind.SECRETARIAT:
        return ()
    if is_of_state and organization.state_code is None and len(named) == 1:
        return ()
    own = organization.state_code if is_of_state else None
    return tuple(code for code in named if code != own)


def consents_to(session: Session, filing: Filing, *, is_locked: bool = False) -> tuple[StateConsent, ...]:
    """Return what each State that has to sign a need has said to it; locked, nobody says otherwise meanwhile."""
    others = other_states(filing.organization, filing.text[STATES])
    if not others:
        return ()
    statement = select(NeedSignature).where(NeedSignature.need_id == filing.need_id)
    statement = statement.order_by(NeedSignature.state_code).execution_options(populate_existing=True)
    rows = session.scalars(statement.with_for_update() if is_locked else statement)
    row_by_state = {row.state_code: row for row in rows}
    return tuple(_consent_of(session, code, row_by_state.get(code), filing.text) for code in others)


def filing_states(session: Session, filing: Filing) -> frozenset[str]:
    """Return the States that file a need as it is: the one whose organization keeps it, and all that have signed it."""
    keeper = filing.organization
    own = {keeper.state_code} if keeper.kind is OrganizationKind.STATE else set()
    signed = {row.state for row in consents_to(session, filing) if row.consent is Consent.SIGNED}
    return frozenset(code for code in filing.text[STATES] if code in own | signed)


def require_signatures(session: Session, filing: Filing, circle: Visibility, *, is_statement: bool = False) -> None:
    """Do nothing where all States that a need names file it as it is, and agree that the circle sees it.

    Of a statement that was made in public, those alone are asked that were asked before.

    Raises
    ------
    SignaturesLackingError
        When one does not.
    """
    found = consents_to(session, filing, is_locked=True)
    spared = (Consent.NAMED,) if is_statement else ()
    lacking = [row.state for row in found if row.consent not in spared and not row.agrees_to(circle)]
    if lacking:
        raise SignaturesLackingError(Sentence(message=LACKING, values={"states": ", ".join(lacking)}))


def seal_content(session: Session, row: NeedSignature, *, text: Document | None = None, reason: str = "") -> None:
    """Keep what a State signed, or why it does not file the need."""
    document = {"text": text, "reason": reason}
    sealed = padded(canonical_json(document), to_bytes=PADDED_TO)
    row.content = keyring_of(session).seal(sealed, place=_place(row))


def count_sealed_signatures(session: Session, key_name: str) -> int:
    """Return of how many signatures something is sealed with a key."""
    return count_sealed(session, NeedSignature.content, key_name)


def reseal_signatures(session: Session) -> int:
    """Seal with the key in use what is sealed with another one; return how many signatures that were."""

    def seal_anew(row: NeedSignature) -> None:
        seal_content(session, row, **_opened(session, row))

    return reseal(session, select(NeedSignature), NeedSignature.content, seal_anew)


def _consent_of(session: Session, code: str, row: NeedSignature | None, text: Document) -> StateConsent:
    if row is None:
        return StateConsent(state=code, consent=Consent.NAMED)
    opened = _opened(session, row)
    signed = opened.get("text") if row.consent is Consent.SIGNED else None
    changed = tuple(_changed(signed, text)) if signed is not None else ()
    return StateConsent(
        state=code,
        consent=Consent.OUTDATED if changed else row.consent,
        visibility=row.visibility,
        reason=opened.get("reason", ""),
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        changed=changed,
    )


def _changed(before: Document, after: Document) -> Iterator[str]:
    yield from (name for name in SIGNED_FIELDS if before.get(name) != after.get(name))


def _opened(session: Session, row: NeedSignature) -> Mapping[str, Any]:
    if row.content is None:
        return {}
    document: Mapping[str, Any] = json.loads(keyring_of(session).open(row.content, place=_place(row)))
    return document


def _place(row: NeedSignature) -> str:
    return f"need_signatures.content:{row.need_id}:{row.state_code}"
