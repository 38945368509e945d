"""What this service, a browser and a security key say to each other, in the words of WebAuthn."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_client_data_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.accounts.challenges import CHALLENGE_MINUTES
from app.accounts.key_models import MAX_CREDENTIAL_ID_LENGTH, SecurityKey
from app.accounts.models import User

SERVICE_NAME: Final = "Tandem"
TIMEOUT_MS: Final = CHALLENGE_MINUTES * 60_000
MAX_ANSWER_LENGTH: Final = 20_000  # characters; real ones have some 2,000, with a certificate 6,000
MAX_PUBLIC_KEY_LENGTH: Final = 2_000  # bytes; the longest kind in use, RSA with 4,096 bits, has some 530


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """As whom a key knows this service: the name in the address (RP ID), and the origin of its pages."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a key answered, as far as it can be read; nothing of it is proven."""

    credential: dict[str, Any] = field(repr=False)
    credential_id: str
    challenge: bytes
    user_handle: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """What is to be kept of a key that was added."""

    credential_id: str
    public_key: bytes
    sign_count: int
    transports: list[str]


def creation_options(service: Service, user: User, challenge: bytes, *, known: Iterable[SecurityKey]) -> str:
    """Return, as JSON, what a browser needs to let a person add a key that is none of those they have."""
    options = generate_registration_options(
        rp_id=service.host,
        rp_name=SERVICE_NAME,
        user_id=user.id.bytes,
        user_name=user.email,
        user_display_name=user.name or user.email,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=_descriptors(known),
    )
    return options_to_json(options)


def request_options(service: Service, challenge: bytes, *, allowed: Iterable[SecurityKey] = ()) -> str:
    """Return, as JSON, what a browser needs to let a key answer: one of those given, else any that verifies its person."""
    descriptors = _descriptors(allowed)
    wanted = UserVerificationRequirement.PREFERRED if descriptors else UserVerificationRequirement.REQUIRED
    options = generate_authentication_options(
        rp_id=service.host,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        allow_credentials=descriptors,
        user_verification=wanted,
    )
    return options_to_json(options)


def read_answer(text: str) -> Answer | None:
    """Return what a browser sent of a key's answer; None where it cannot be read."""
    if len(text) > MAX_ANSWER_LENGTH:
        return None
    try:
        credential = json.loads(text)
        response = credential["response"]
        challenge = parse_client_data_json(base64url_to_bytes(response["clientDataJSON"])).challenge
        credential_id = bytes_to_base64url(base64url_to_bytes(credential["rawId"]))
        handle = response.get("userHandle")
        user_handle = None if handle is None else bytes_to_base64url(base64url_to_bytes(handle))
    except Exception:  # noqa: BLE001 – the parsers fail in many ways on what is no answer, and all of them mean the same
        return None
    return Answer(credential=credential, credential_id=credential_id, challenge=challenge, user_handle=user_handle)


def verified_new_key(service: Service, answer: Answer) -> NewKey | None:
    """Return what is to be kept of a new key; None where the answer is not right."""
    try:
        verified = verify_registration_response(
            credential=answer.credential,
            expected_challenge=answer.challenge,
            expected_rp_id=service.host,
            expected_origin=service.origin,
        )
    except Exception:  # noqa: BLE001 – as above
        return None
    credential_id = bytes_to_base64url(verified.credential_id)
    is_it_kept = len(credential_id) <= MAX_CREDENTIAL_ID_LENGTH
    if not is_it_kept or len(verified.credential_public_key) > MAX_PUBLIC_KEY_LENGTH:
        return None
    return NewKey(
        credential_id=credential_id,
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
        transports=_known_transports(answer.credential["response"].get("transports")),
    )


def verified_sign_count(service: Service, key: SecurityKey, answer: Answer, *, stands_alone: bool) -> int | None:
    """Return how often the key says that it has signed, where the answer is that key's; None where it is not right.

    Without a password beside it, the key has to have verified its person and to name them. Whether it has signed more often
    than it said before is for the caller to look at.
    """
    owner = bytes_to_base64url(key.user_id.bytes)
    if key.host != service.host or answer.user_handle not in ({owner} if stands_alone else {owner, None}):
        return None
    try:
        verified = verify_authentication_response(
            credential=answer.credential,
            expected_challenge=answer.challenge,
            expected_rp_id=key.host,
            expected_origin=service.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=0,
            require_user_verification=stands_alone,
        )
    except Exception:  # noqa: BLE001 – as above
        return None
    return verified.new_sign_count


def _descriptors(keys: Iterable[SecurityKey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(key.credential_id),
            transports=[AuthenticatorTransport(name) for name in key.transports],
        )
        for key in keys
    ]


def _known_transports(given: object) -> list[str]:
    told = given if isinstance(given, list) else []
    return [transport.value for transport in AuthenticatorTransport if transport.value in told]
