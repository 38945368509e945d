"""Tables of security keys, and of the challenges that wait for one to answer."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import SHA256_HEX_LENGTH, Base, Document, Instant, in_range

MAX_KEY_NAME_LENGTH: Final = 100
MAX_CREDENTIAL_ID_LENGTH: Final = 1364  # WebAuthn allows 1,023 bytes; in base64url
MAX_HOST_LENGTH: Final = 253  # RFC 1035
MAX_SIGN_COUNT: Final = 4_294_967_295  # WebAuthn: 32 bits
CHALLENGE_LENGTH: Final = 43  # 32 bytes in base64url


class SecurityKey(Base):
    """A security key or passkey of a person: the public half, which proves that whoever answers has the other one."""

    __tablename__ = "security_keys"
    __table_args__ = (in_range("sign_count", 0, MAX_SIGN_COUNT),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    # What the person calls it, to tell several apart.
    name: Mapped[str] = mapped_column(String(MAX_KEY_NAME_LENGTH))
    # The name of the service under which it was added (WebAuthn: RP ID): it answers under no other.
    host: Mapped[str] = mapped_column(String(MAX_HOST_LENGTH))
    credential_id: Mapped[str] = mapped_column(String(MAX_CREDENTIAL_ID_LENGTH), unique=True)
    # In the form of COSE, RFC 9052.
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    # How often the key says that it has signed; 0 for those that do not count.
    sign_count: Mapped[int] = mapped_column(BigInteger)
    # How a browser reaches it: "usb", "nfc", "internal" and the like.
    transports: Mapped[list[str]] = mapped_column(Document)
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
    # When it last logged its person in by itself: not every key can.
    stood_alone_at: Mapped[datetime | None] = mapped_column(Instant)


class SecurityKeyChallenge(Base):
    """What a key has to sign: made for one browser and one purpose, good for one answer and a few minutes."""

    __tablename__ = "security_key_challenges"

    challenge: Mapped[str] = mapped_column(String(CHALLENGE_LENGTH), primary_key=True)
    # The hash of the purpose and of the session, or of the cookie of who is not logged in.
    held_by: Mapped[str] = mapped_column(String(SHA256_HEX_LENGTH))
    # What the key that is to be added will be called.
    key_name: Mapped[str] = mapped_column(String(MAX_KEY_NAME_LENGTH), default="")
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
