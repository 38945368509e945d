"""A small OpenID provider on this machine: it checks what a real one checks, and can be told to lie."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.serving import make_server
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Request, Response

from app.openid_settings import OpenIdSettings

CLIENT_ID = "tandem"
CLIENT_SECRET = "a-secret-of-the-client"
CALLBACK = "http://localhost/login/openid/callback"
SUBJECT = "00u-1234"

Claims = dict[str, Any]
Sign = Callable[[Claims], str]


@dataclass(kw_only=True)
class OpenIdProvider:
    """A provider at which one person is logged in; what it says of them, and how it signs, is up to the test."""

    issuer: str = ""
    callback: str = CALLBACK
    person: Claims = field(default_factory=lambda: {"sub": SUBJECT, "email": "somebody@provider.example"})
    changes: Claims = field(default_factory=dict)
    error: str = ""
    clock_off_seconds: int = 0
    status: int = 200
    description: Claims = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: made_key("first"))
    sign: Sign | None = None
    requests: list[str] = field(default_factory=list)
    grants: dict[str, dict[str, str]] = field(default_factory=dict)

    def authorize(self, address: str) -> str:
        """Return where the provider sends a browser that comes with an address: the person is logged in there."""
        answer = Client(self).get(urlsplit(address).path, query_string=urlsplit(address).query)
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return answer.headers["Location"]

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Answer a request, as WSGI has it."""
        request = Request(environ)
        self.requests.append(request.path)
        views = {
            "/.well-known/openid-configuration": self._describe,
            "/authorize": self._authorize,
            "/token": self._token,
            "/keys": self._keys,
        }
        try:
            response = views.get(request.path, _nothing)(request)
        except HTTPException as error:
            response = error.get_response(environ)
        return response(environ, start_response)

    def _describe(self, _request: Request) -> Response:
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        return _json(document | self.description, self.status)

    def _keys(self, _request: Request) -> Response:
        return _json({"keys": [self.key.as_dict(private=False, use="sig", alg="RS256")]})

    def _authorize(self, request: Request) -> Response:
        asked = request.args.to_dict()
        assert (asked["client_id"], asked["redirect_uri"]) == (CLIENT_ID, self.callback)
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        assert "openid" in asked["scope"].split()
        assert len(asked["state"]) >= 32
        assert len(asked["nonce"]) >= 32
        answer = {"state": asked["state"]}
        if self.error:
            answer |= {"error": self.error, "error_description": "<b>Do not show this</b>"}
        else:
            answer["code"] = secrets.token_urlsafe(16)
            self.grants[answer["code"]] = asked
        return Response(status=302, headers={"Location": f"{self.callback}?{urlencode(answer)}"})

    def _token(self, request: Request) -> Response:
        given = request.form.to_dict()
        granted = self.grants.pop(given.get("code", ""), None)
        shown = request.authorization or given
        assert (shown.get("username") or shown.get("client_id")) == CLIENT_ID
        assert (shown.get("password") or shown.get("client_secret")) == CLIENT_SECRET
        if granted is None or given["redirect_uri"] != granted["redirect_uri"] or not _is_proof(given, granted):
            return _json({"error": "invalid_grant"}, 400)
        if self.status != 200:
            return _json({"error": "server_error"}, self.status)
        now, access_token = int(time.time()) + self.clock_off_seconds, secrets.token_urlsafe(16)
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": granted["nonce"]}
        claims |= self.person | {"at_hash": _half_hash(access_token)} | self.changes
        told = {name: value for name, value in claims.items() if value is not None}
        return _json(
            {"access_token": access_token, "token_type": "Bearer", "id_token": (self.sign or self.signed)(told)}
        )

    def signed(self, claims: Claims) -> str:
        """Return the token as an honest provider signs it."""
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def unsigned(self, claims: Claims) -> str:
        """Return the token without a signature."""
        return f"{_part({'alg': 'none', 'kid': self.key.kid})}.{_part(claims)}."

    def signed_with_what_is_published(self, claims: Claims) -> str:
        """Return the token signed by anybody: with the public key as the secret of a shared one."""
        content = f"{_part({'alg': 'HS256', 'kid': self.key.kid})}.{_part(claims)}"
        return f"{content}.{_unpadded(hmac.digest(self.key.as_pem(private=False), content.encode(), 'sha256'))}"

    def signed_by_somebody_else(self, claims: Claims) -> str:
        """Return the token signed with another key under the name of the provider's."""
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, made_key("of somebody else"))

    def signed_under_an_unknown_name(self, claims: Claims) -> str:
        """Return the token signed with a key that is published nowhere."""
        return jwt.encode({"alg": "RS256", "kid": "unknown"}, claims, made_key("of somebody else"))

    def signed_for_less(self, claims: Claims) -> str:
        """Return the signature of another token on this one."""
        header, _, signature = self.signed(claims | {"sub": "somebody-else"}).split(".")
        return f"{header}.{_part(claims)}.{signature}"


@cache
def made_key(name: str) -> RSAKey:
    """Return a key that is made once; each name has one of its own."""
    return RSAKey.generate_key(2048, {"kid": name})


@contextmanager
def running_provider(provider: OpenIdProvider) -> Iterator[OpenIdProvider]:
    """Serve the provider on a free port of this machine."""
    server = make_server("127.0.0.1", 0, provider, threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()


def settings_for(provider: OpenIdProvider, second_factor_values: frozenset[str] = frozenset()) -> OpenIdSettings:
    """Return the settings for logging in with the provider."""
    return OpenIdSettings(
        issuer=provider.issuer,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        name="The Provider",
        second_factor_values=second_factor_values,
    )


def begin(client: FlaskClient, address: str = "/login/openid") -> str:
    """Return where at the provider a browser is led."""
    answer = client.get(address)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


def come_back(client: FlaskClient, address: str) -> TestResponse:
    """Follow the provider's answer with a browser."""
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")


def walk(client: FlaskClient, provider: OpenIdProvider, address: str = "/login/openid") -> TestResponse:
    """Go to the provider, where the person is logged in, and come back."""
    return come_back(client, provider.authorize(begin(client, address)))


def answer_of(address: str) -> dict[str, str]:
    """Return the parameters in an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def _nothing(request: Request) -> Response:
    raise NotFound


def _is_proof(given: dict[str, str], granted: dict[str, str]) -> bool:
    digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
    return _unpadded(digest) == granted["code_challenge"]


def _half_hash(text: str) -> str:
    return _unpadded(hashlib.sha256(text.encode()).digest()[:16])


def _part(document: Claims) -> str:
    return _unpadded(json.dumps(document).encode())


def _unpadded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _json(document: Any, status: int = 200) -> Response:
    return Response(json.dumps(document), status=status, mimetype="application/json")
