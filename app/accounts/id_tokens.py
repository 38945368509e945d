"""ID tokens: whether one comes from the provider, is meant for this service and this login, and whom it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from app.accounts.identities import ProvedIdentity
from app.accounts.identity_models import MAX_LABEL_LENGTH, MAX_SUBJECT_LENGTH
from app.accounts.openid_errors import UnusableAnswerError

# Signatures with a key that only the provider has. None, and those with a shared key, are out: a published key would do for
# them.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY_SECONDS: Final = 60  # how far the provider's clock may be off
CALLED_BY: Final = ("email", "preferred_username", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a token has to say to be the one that was asked for."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str
    second_factor_values: frozenset[str]


class UnknownKeyError(UnusableAnswerError):
    """The token names a key that is not among those of the provider, as far as they are known here."""


def read_id_token(
    token: str, keys: KeySet, expected: Expected, *, algorithms: Sequence[str], now: datetime
) -> ProvedIdentity:
    """Return whom a token names, after every check of OpenID Connect Core 1.0, 3.1.3.7.

    Raises
    ------
    UnknownKeyError
        When it is signed with a key that is not among ``keys``.
    UnusableAnswerError
        When it is not what was asked for, or may not come from the provider.
    """
    # An empty list would mean the library's own, which holds one with a shared key.
    allowed = [name for name in algorithms if name in ALGORITHMS] or list(ALGORITHMS)
    try:
        signed = jwt.decode(token, keys, registry=JWSRegistry(algorithms=allowed, strict_check_header=False))
        claims = CodeIDToken(signed.claims, signed.header, _options(expected), _params(expected))
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except InvalidKeyIdError as error:
        raise UnknownKeyError("token:unknown_key") from error
    except JoseError as error:
        raise UnusableAnswerError(f"token:{error.error}") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UnusableAnswerError("token:malformed") from error
    return ProvedIdentity(
        issuer=expected.issuer,
        subject=_subject(claims),
        label=_label(claims),
        has_second_factor=_has_second_factor(claims, expected.second_factor_values),
    )


def _options(expected: Expected) -> dict[str, Any]:
    return {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client_id},
        "azp": {"value": expected.client_id},
        "nonce": {"essential": True, "value": expected.nonce},
        "sub": {"essential": True},
    }


def _params(expected: Expected) -> dict[str, str]:
    return {"nonce": expected.nonce, "client_id": expected.client_id, "access_token": expected.access_token}


def _subject(claims: Mapping[str, Any]) -> str:
    subject: str = claims["sub"]
    if not subject.isprintable() or len(subject) > MAX_SUBJECT_LENGTH:
        raise UnusableAnswerError("token:subject")
    return subject


def _label(claims: Mapping[str, Any]) -> str:
    """Return what the provider calls the person, for a list of their own; whatever it is, nobody is found by it."""
    names = [claims.get(key) for key in CALLED_BY]
    told = [name.strip() for name in names if isinstance(name, str) and name.isprintable() and name.strip()]
    return (told[0] if told else str(claims["sub"]))[:MAX_LABEL_LENGTH]


def _has_second_factor(claims: Mapping[str, Any], values: frozenset[str]) -> bool:
    methods = claims.get("amr") or []
    said = [claims.get("acr"), *methods]
    return any(isinstance(value, str) and value in values for value in said)
