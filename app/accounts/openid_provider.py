"""The OpenID provider as this service talks to it: where it is, with which keys it signs, and what it says of somebody."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final, TypeVar

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.discovery import get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import HTTPError, RequestException

from app.accounts.id_tokens import ALGORITHMS, Expected, UnknownKeyError, read_id_token
from app.accounts.identities import ProvedIdentity
from app.accounts.openid_errors import ProviderRefusedError, ProviderUnreachableError, UnusableAnswerError
from app.openid_settings import OpenIdSettings, is_safe_address

SCOPE: Final = "openid email"
TIMEOUT_SECONDS: Final = (3.05, 4.0)  # to connect, and to answer; of four in a row, less than a worker may take
KEPT_MINUTES: Final = 60  # how long what the provider says of itself is believed
REST_SECONDS: Final = 20  # how long one that did not answer is left alone: each who asks would wait as long again
DEFAULT_ALGORITHM: Final = "RS256"
_ERROR_CODE: Final = re.compile(r"[a-z_]{1,40}")

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a login is known by to the provider: where the answer goes, and what it and the token have to repeat."""

    redirect_uri: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the provider says of itself, and until when that is believed; its keys are asked for when they are needed."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    auth_method: str
    algorithms: tuple[str, ...]
    is_naming_itself: bool
    keys: KeySet | None
    expires_at: datetime


class Provider:
    """One provider, asked for the first time when somebody wants to log in with it."""

    def __init__(self, settings: OpenIdSettings) -> None:
        self.settings = settings
        self._known: Known | None = None
        self._rests_until: datetime | None = None

    def authorization_address(self, question: Question, *, now: datetime) -> str:
        """Return where a browser goes to log in: the authorization code flow, with PKCE.

        Raises
        ------
        ProviderUnreachableError
            When the provider does not answer.
        UnusableAnswerError
            When it does not describe itself as a provider has to.
        """
        known = self._ask(self._describe, now=now)
        with self._client(known.auth_method) as client:
            address, _state = client.create_authorization_url(
                known.authorization_endpoint,
                state=question.state,
                nonce=question.nonce,
                code_verifier=question.verifier,
                redirect_uri=question.redirect_uri,
            )
        return str(address)

    def fetch_identity(self, answer: Mapping[str, str], question: Question, *, now: datetime) -> ProvedIdentity:
        """Return whom the provider names for the answer that a browser brought.

        Raises
        ------
        ProviderRefusedError
            When the person did not log in there, or the code is none.
        ProviderUnreachableError
            When the provider does not answer.
        UnusableAnswerError
            When the token is not what was asked for, or may not come from the provider.
        """
        if "error" in answer or not answer.get("code"):
            raise ProviderRefusedError(f"answer:{_told(answer.get('error'))}")
        return self._ask(lambda now: self._fetch(answer, question, now=now), now=now)

    def _ask(self, ask: Callable[[datetime], ResultT], *, now: datetime) -> ResultT:
        if self._rests_until is not None and now < self._rests_until:
            raise ProviderUnreachableError("resting")
        try:
            return ask(now)
        except RequestException as error:
            # One that answers is there, however wrong: whoever can make it fail must not shut out the others.
            if not isinstance(error, HTTPError):
                self._rests_until = now + timedelta(seconds=REST_SECONDS)
            raise ProviderUnreachableError(f"connection:{type(error).__name__}") from error

    def _fetch(self, answer: Mapping[str, str], question: Question, *, now: datetime) -> ProvedIdentity:
        known = self._describe(now)
        # Where an answer names its provider, another one's is not for here (RFC 9207).
        if answer.get("iss", "" if known.is_naming_itself else self.settings.issuer) != self.settings.issuer:
            raise UnusableAnswerError("answer:issuer")
        tokens = self._redeem(known, answer["code"], question)
        token, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(token, str) or not isinstance(access_token, str):
            raise UnusableAnswerError("token:missing")
        expected = Expected(
            issuer=self.settings.issuer,
            client_id=self.settings.client_id,
            nonce=question.nonce,
            access_token=access_token,
            second_factor_values=self.settings.second_factor_values,
        )
        try:
            return read_id_token(token, self._keys(now), expected, algorithms=known.algorithms, now=now)
        except UnknownKeyError:
            # The provider may have begun to sign with another key.
            keys = self._keys(now, is_anew=True)
            return read_id_token(token, keys, expected, algorithms=known.algorithms, now=now)

    def _redeem(self, known: Known, code: str, question: Question) -> Mapping[str, Any]:
        with self._client(known.auth_method) as client:
            try:
                tokens: Mapping[str, Any] = client.fetch_token(
                    known.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=question.verifier,
                    redirect_uri=question.redirect_uri,
                    allow_redirects=False,
                )
            except AuthlibBaseError as error:
                raise ProviderRefusedError(f"token:{_told(error.error)}") from error
            except (ValueError, TypeError) as error:
                raise UnusableAnswerError("token:unreadable") from error
        return tokens

    def _describe(self, now: datetime) -> Known:
        if self._known is None or self._known.expires_at <= now:
            document = self._read(get_well_known_url(self.settings.issuer, external=True))
            self._known = _checked(document, self.settings.issuer, now=now)
        return self._known

    def _keys(self, now: datetime, *, is_anew: bool = False) -> KeySet:
        known = self._describe(now)
        if known.keys is not None and not is_anew:
            return known.keys
        try:
            keys = KeySet.import_key_set(self._read(known.jwks_uri))  # type: ignore[arg-type]  # checked as it is read
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise UnusableAnswerError("keys:unreadable") from error
        self._known = replace(known, keys=keys)
        return keys

    def _read(self, address: str) -> dict[str, Any]:
        with self._client("none") as client:
            # A provider that has moved is told in the settings: whoever could lead elsewhere could sign.
            answer = client.get(address, withhold_token=True, allow_redirects=False)
            if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                answer.raise_for_status()
            try:
                document = answer.json() if answer.status_code == HTTPStatus.OK else None
            except ValueError:
                document = None
        if not isinstance(document, dict):
            raise UnusableAnswerError("document:unreadable")
        return document

    def _client(self, auth_method: str) -> OAuth2Session:
        return OAuth2Session(
            self.settings.client_id,
            self.settings.client_secret,
            scope=SCOPE,
            token_endpoint_auth_method=auth_method,
            code_challenge_method="S256",
            default_timeout=TIMEOUT_SECONDS,
        )


def _checked(document: Mapping[str, Any], issuer: str, *, now: datetime) -> Known:
    if document.get("issuer") != issuer:
        raise UnusableAnswerError("document:issuer")
    offered = document.get("id_token_signing_alg_values_supported", [DEFAULT_ALGORITHM])
    algorithms = tuple(name for name in ALGORITHMS if name in offered) if isinstance(offered, list) else ()
    if not algorithms:
        raise UnusableAnswerError("document:algorithms")
    methods = document.get("token_endpoint_auth_methods_supported")
    by_post = isinstance(methods, list) and "client_secret_basic" not in methods and "client_secret_post" in methods
    return Known(
        authorization_endpoint=_address(document, "authorization_endpoint"),
        token_endpoint=_address(document, "token_endpoint"),
        jwks_uri=_address(document, "jwks_uri"),
        auth_method="client_secret_post" if by_post else "client_secret_basic",
        algorithms=algorithms,
        is_naming_itself=document.get("authorization_response_iss_parameter_supported") is True,
        keys=None,
        expires_at=now + timedelta(minutes=KEPT_MINUTES),
    )


def _address(document: Mapping[str, Any], key: str) -> str:
    address = document.get(key)
    if not isinstance(address, str) or not is_safe_address(address):
        raise UnusableAnswerError(f"document:{key}")
    return address


def _told(code: object) -> str:
    """Return an error's code for the log, where it is one: whatever else stands there is anybody's text."""
    return code if isinstance(code, str) and _ERROR_CODE.fullmatch(code) else "none"
