"""What a browser keeps while somebody logs in elsewhere: sealed, so that nobody else reads, makes or alters it."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from app.accounts.identities import ProvedIdentity
from app.sealing import Keyring, UnsealingError

GOOD_MINUTES: Final = 10  # to log in at the provider, and then once more to link what it says
CHANCE_BYTES: Final = 32
_FLOW_PLACE: Final = "cookie:openid-flow"
_PENDING_PLACE: Final = "cookie:openid-identity"


class Purpose(StrEnum):
    """For what somebody logs in at the provider."""

    LOGIN = "login"
    LINK = "link"
    INVITATION = "invitation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A login at the provider that was begun in this browser.

    ``bound_to`` is what it was begun with: the session of a person who links an identity, the secret of an invitation.
    """

    purpose: Purpose
    bound_to: str
    next_address: str
    state: str
    nonce: str
    verifier: str
    begun_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Who somebody proved to be at the provider, to be linked to their account once they say so."""

    purpose: Purpose
    bound_to: str
    identity: ProvedIdentity
    begun_at: datetime


def new_flow(purpose: Purpose, *, bound_to: str = "", next_address: str = "", now: datetime) -> Flow:
    """Return a login that begins now, with what nobody can guess."""
    state, nonce, verifier = (secrets.token_urlsafe(CHANCE_BYTES) for _ in range(3))
    return Flow(
        purpose=purpose,
        bound_to=bound_to,
        next_address=next_address,
        state=state,
        nonce=nonce,
        verifier=verifier,
        begun_at=now,
    )


def seal_flow(keyring: Keyring, flow: Flow) -> str:
    """Return what the browser keeps of a login that was begun."""
    return _seal(keyring, asdict(flow), _FLOW_PLACE)


def open_flow(keyring: Keyring, sealed: str, *, now: datetime) -> Flow | None:
    """Return the login that was begun in a browser; None where there is none, or it was too long ago."""
    kept = _open(keyring, sealed, _FLOW_PLACE)
    if kept is None:
        return None
    flow = Flow(**kept | {"purpose": Purpose(kept["purpose"]), "begun_at": datetime.fromisoformat(kept["begun_at"])})
    return flow if _is_fresh(flow.begun_at, now) else None


def seal_pending(keyring: Keyring, pending: Pending) -> str:
    """Return what the browser keeps of an identity that waits to be linked."""
    return _seal(keyring, asdict(pending), _PENDING_PLACE)


def open_pending(keyring: Keyring, sealed: str, *, now: datetime) -> Pending | None:
    """Return the identity that waits in a browser; None where there is none, or it has waited too long."""
    kept = _open(keyring, sealed, _PENDING_PLACE)
    if kept is None:
        return None
    pending = Pending(
        purpose=Purpose(kept["purpose"]),
        bound_to=kept["bound_to"],
        identity=ProvedIdentity(**kept["identity"]),
        begun_at=datetime.fromisoformat(kept["begun_at"]),
    )
    return pending if _is_fresh(pending.begun_at, now) else None


def _is_fresh(begun_at: datetime, now: datetime) -> bool:
    return begun_at <= now < begun_at + timedelta(minutes=GOOD_MINUTES)


def _seal(keyring: Keyring, values: dict[str, Any], place: str) -> str:
    return keyring.seal(json.dumps(values, default=str), place=place)


def _open(keyring: Keyring, sealed: str, place: str) -> dict[str, Any] | None:
    try:
        kept: dict[str, Any] = json.loads(keyring.open(sealed, place=place))
    except UnsealingError:
        return None
    return kept
