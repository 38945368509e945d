"""The second factor: one-time codes of an authenticator app, and recovery codes for the day it is lost."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import pyotp
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.models import RecoveryCode, User
from app.db import keyring_of
from app.resealing import count_sealed, reseal

ISSUER: Final = "Tandem"
STEP_SECONDS: Final = 30  # RFC 6238
STEPS_OF_DRIFT: Final = 1  # how far a phone's clock may be off, either way
N_RECOVERY_CODES: Final = 10
RECOVERY_BYTES: Final = 10  # 80 bits of chance: nothing that one could try through
_CODE: Final = re.compile(r"[0-9]{6}\Z")
_RECOVERY_GROUP: Final = 4


def new_totp_secret(session: Session, user: User) -> str:
    """Give a person a new secret, not in force before a code of it was shown; return it, to be put into the app."""
    secret = pyotp.random_base32()
    user.totp_secret = keyring_of(session).seal(secret, place=_place(user))
    user.totp_confirmed_at = user.totp_last_step = None
    return secret


def totp_secret(session: Session, user: User) -> str | None:
    """Return the secret of a person; None where they have none."""
    return None if user.totp_secret is None else keyring_of(session).open(user.totp_secret, place=_place(user))


def count_sealed_second_factors(session: Session, key_name: str) -> int:
    """Return how many secrets are sealed with a key."""
    return count_sealed(session, User.totp_secret, key_name)


def reseal_second_factors(session: Session) -> int:
    """Seal with the key in use the secrets that are sealed with another one; return how many that were."""

    def seal_anew(user: User) -> None:
        user.totp_secret = keyring_of(session).seal(totp_secret(session, user) or "", place=_place(user))

    return reseal(session, select(User), User.totp_secret, seal_anew)


def totp_address(user: User, secret: str) -> str:
    """Return what an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=ISSUER)


def take_code(session: Session, user: User, code: str, *, now: datetime) -> bool:
    """Return whether a code of the app is right; one that was accepted, and any before it, is never accepted again."""
    secret = totp_secret(session, user)
    plain = re.sub(r"\s", "", code)
    if secret is None or not _CODE.fullmatch(plain):
        return False
    step = _step_of(secret, plain, now)
    if step is None:
        return False
    # One statement, so that of two requests with the same code one is refused.
    fresh = or_(User.totp_last_step.is_(None), User.totp_last_step < step)
    taken = update(User).where(User.id == user.id, fresh).values(totp_last_step=step).returning(User.id)
    return session.scalar(taken.execution_options(synchronize_session=False)) is not None


def new_recovery_codes(session: Session, user: User) -> tuple[str, ...]:
    """Give a person new recovery codes in the place of the old ones; return them, to be shown once."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = tuple(_new_recovery_code() for _ in range(N_RECOVERY_CODES))
    session.add_all(
        RecoveryCode(id=uuid4(), user_id=user.id, code_hash=_recovery_hash(user.id, code)) for code in codes
    )
    return codes


def take_recovery_code(session: Session, user: User, code: str, *, now: datetime) -> bool:
    """Return whether this is a recovery code that was not used yet; now it is."""
    is_it = RecoveryCode.user_id == user.id, RecoveryCode.code_hash == _recovery_hash(user.id, code)
    taken = update(RecoveryCode).where(*is_it, RecoveryCode.used_at.is_(None)).values(used_at=now)
    return session.scalar(taken.returning(RecoveryCode.id)) is not None


def count_recovery_codes(session: Session, user: User) -> int:
    """Return how many recovery codes a person has left."""
    unused = select(func.count(RecoveryCode.id)).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    present = int(now.timestamp()) // STEP_SECONDS
    for step in range(present - STEPS_OF_DRIFT, present + STEPS_OF_DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None


def _new_recovery_code() -> str:
    letters = pyotp.random_base32(length=32)[: RECOVERY_BYTES * 8 // 5].lower()
    return "-".join(letters[place : place + _RECOVERY_GROUP] for place in range(0, len(letters), _RECOVERY_GROUP))


def _recovery_hash(user_id: UUID, code: str) -> str:
    plain = re.sub(r"[\s-]", "", code).lower()
    return hashlib.sha256(f"{user_id}:{plain}".encode()).hexdigest()


def _place(user: User) -> str:
    return f"users.totp_secret:{user.id}"
