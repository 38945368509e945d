"""What is believed of an OpenID provider: over real HTTP, without the application around it."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from app.accounts.identities import ProvedIdentity
from app.accounts.openid_errors import OpenIdError, ProviderRefusedError, ProviderUnreachableError, UnusableAnswerError
from app.accounts.openid_provider import Provider, Question
from app.clock import now_utc
from tests.support.openid import CALLBACK, CLIENT_ID, SUBJECT, OpenIdProvider, answer_of, made_key, settings_for

QUESTION = Question(redirect_uri=CALLBACK, state="s" * 43, nonce="n" * 43, verifier="v" * 43)


def ask(client: Provider, provider: OpenIdProvider, **more: str) -> ProvedIdentity:
    """Log in at the provider, and return whom it names."""
    back = provider.authorize(client.authorization_address(QUESTION, now=now_utc()))
    return client.fetch_identity(answer_of(back) | more, QUESTION, now=now_utc())


@pytest.fixture
def client(provider: OpenIdProvider) -> Provider:
    """The provider as this service sees it."""
    return Provider(settings_for(provider))


def test_an_honest_provider_names_somebody(client: Provider, provider: OpenIdProvider) -> None:
    assert ask(client, provider) == ProvedIdentity(
        issuer=provider.issuer, subject=SUBJECT, label="somebody@provider.example", has_second_factor=False
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": [CLIENT_ID]},
        {"aud": [CLIENT_ID, "another"], "azp": CLIENT_ID},
        {"azp": CLIENT_ID},
        {"at_hash": None},
        {"sub": "x" * 255},
        {"something": {"new": [1]}},
    ],
    ids=["list", "two audiences", "issued to us", "no hash", "a long subject", "more claims"],
)
def test_a_token_may_say_so_too(client: Provider, provider: OpenIdProvider, changes: dict[str, Any]) -> None:
    provider.changes = changes

    assert ask(client, provider).issuer == provider.issuer


@pytest.mark.parametrize("seconds", [-320, 30], ids=["20 seconds after its end", "30 before its beginning"])
def test_a_clock_may_be_off_a_little(client: Provider, provider: OpenIdProvider, seconds: int) -> None:
    provider.clock_off_seconds = seconds

    assert ask(client, provider).subject == SUBJECT


NOW = int(time.time())
LIES = {
    "another nonce": {"nonce": "of-another-login"},
    "no nonce": {"nonce": None},
    "a list with the nonce": {"nonce": ["x"]},
    "another audience": {"aud": "another-client"},
    "no audience": {"aud": []},
    "two audiences, issued to the other": {"aud": [CLIENT_ID, "another"], "azp": "another"},
    "two audiences, issued to nobody": {"aud": [CLIENT_ID, "another"]},
    "issued to another": {"azp": "another"},
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "expired": {"exp": NOW - 600},
    "never expires": {"exp": None},
    "expires in words": {"exp": "tomorrow"},
    "of the future": {"iat": NOW + 3600},
    "without a time": {"iat": None},
    "not good yet": {"nbf": NOW + 3600},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a number for a subject": {"sub": 1234},
    "a subject in two lines": {"sub": "one\ntwo"},
    "an endless subject": {"sub": "x" * 256},
    "for another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "methods that are no list": {"amr": "mfa"},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_token_that_is_not_the_one_that_was_asked_for_is_refused(
    client: Provider, provider: OpenIdProvider, lie: dict[str, Any]
) -> None:
    provider.changes = lie

    with pytest.raises(UnusableAnswerError, match=r"^token:"):
        ask(client, provider)


@pytest.mark.parametrize(
    "sign",
    [
        OpenIdProvider.unsigned,
        OpenIdProvider.signed_with_what_is_published,
        OpenIdProvider.signed_by_somebody_else,
        OpenIdProvider.signed_for_less,
        OpenIdProvider.signed_under_an_unknown_name,
        lambda _provider, _claims: "not.a.token",
        lambda _provider, _claims: "",
        lambda _provider, _claims: None,
        lambda provider, claims: provider.signed(claims).replace(".", "..", 1),
        lambda _provider, _claims: "." * 10_000,
        lambda _provider, _claims: "W10.W10.W10",
        lambda _provider, _claims: "eyJhbGciOltdfQ.e30.e30",
    ],
    ids=[
        "unsigned",
        "public key as secret",
        "other key",
        "other content",
        "unknown key",
        "no token",
        "empty",
        "none",
        "four parts",
        "dots",
        "lists",
        "an algorithm that is a list",
    ],
)
def test_a_token_that_the_provider_did_not_sign_is_refused(
    client: Provider, provider: OpenIdProvider, sign: Any
) -> None:
    provider.sign = lambda claims: sign(provider, claims)

    with pytest.raises(UnusableAnswerError, match=r"^token:"):
        ask(client, provider)


@pytest.mark.parametrize(
    "description",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "http://provider.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
        {"id_token_signing_alg_values_supported": ["HS256", "none"]},
        {"id_token_signing_alg_values_supported": "RS256"},
    ],
    ids=str,
)
def test_a_provider_that_does_not_describe_itself_as_it_has_to_is_not_believed(
    client: Provider, provider: OpenIdProvider, description: dict[str, Any]
) -> None:
    provider.description = description

    with pytest.raises(UnusableAnswerError, match=r"^document:"):
        ask(client, provider)


def test_a_key_that_is_no_key_is_not_believed(client: Provider, provider: OpenIdProvider) -> None:
    provider.description = {"jwks_uri": f"{provider.issuer}/.well-known/openid-configuration"}

    with pytest.raises(UnusableAnswerError, match="keys:unreadable"):
        ask(client, provider)


def test_a_description_that_is_not_there_is_not_believed(client: Provider, provider: OpenIdProvider) -> None:
    provider.status = 404

    with pytest.raises(UnusableAnswerError, match="document:unreadable"):
        ask(client, provider)


def test_a_secret_goes_where_the_provider_wants_it(client: Provider, provider: OpenIdProvider) -> None:
    provider.description = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

    assert ask(client, provider).subject == SUBJECT


def test_a_provider_that_changes_its_key_is_believed(client: Provider, provider: OpenIdProvider) -> None:
    ask(client, provider)
    provider.key = made_key("second")

    assert ask(client, provider).subject == SUBJECT
    assert provider.requests.count("/keys") == 2


def test_what_it_says_of_itself_is_asked_for_once_an_hour(client: Provider, provider: OpenIdProvider) -> None:
    for minutes in (0, 59, 61):
        client.authorization_address(QUESTION, now=now_utc() + timedelta(minutes=minutes))

    assert provider.requests.count("/.well-known/openid-configuration") == 2


def test_an_answer_that_names_another_provider_is_refused(client: Provider, provider: OpenIdProvider) -> None:
    with pytest.raises(UnusableAnswerError, match="answer:issuer"):
        ask(client, provider, iss="https://evil.example")

    assert "/token" not in provider.requests


def test_an_answer_has_to_name_its_provider_where_it_says_that_it_does(
    client: Provider, provider: OpenIdProvider
) -> None:
    provider.description = {"authorization_response_iss_parameter_supported": True}

    assert ask(client, provider, iss=provider.issuer).subject == SUBJECT
    with pytest.raises(UnusableAnswerError, match="answer:issuer"):
        ask(client, provider)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"error": "access_denied"}, "answer:access_denied"),
        ({"error": "access_denied", "code": "x"}, "answer:access_denied"),
        ({"error": "a\nforged line"}, "answer:none"),
        ({"error": "x" * 5_000}, "answer:none"),
        ({"code": ""}, "answer:none"),
        ({"code": "made-up"}, "token:invalid_grant"),
        ({}, "answer:none"),
    ],
)
def test_what_the_provider_refuses_is_told_by_a_word(
    client: Provider, provider: OpenIdProvider, answer: dict[str, str], reason: str
) -> None:
    with pytest.raises(ProviderRefusedError, match=f"^{reason}$"):
        client.fetch_identity(answer, QUESTION, now=now_utc())


def test_without_the_proof_of_who_began_a_code_is_worth_nothing(client: Provider, provider: OpenIdProvider) -> None:
    back = provider.authorize(client.authorization_address(QUESTION, now=now_utc()))
    other = Question(redirect_uri=CALLBACK, state=QUESTION.state, nonce=QUESTION.nonce, verifier="w" * 43)

    with pytest.raises(ProviderRefusedError, match="token:invalid_grant"):
        client.fetch_identity(answer_of(back), other, now=now_utc())


def test_a_provider_that_is_down_is_left_alone_and_then_asked_again(provider: OpenIdProvider) -> None:
    now, client = now_utc(), Provider(settings_for(provider))
    issuer, provider.issuer = provider.issuer, "http://127.0.0.1:1"
    silent = Provider(settings_for(provider))
    provider.issuer = issuer

    told = [_told(silent, now + timedelta(seconds=seconds)) for seconds in (0, 19, 21)]

    assert told == ["connection:ConnectionError", "resting", "connection:ConnectionError"]
    assert client.authorization_address(QUESTION, now=now).startswith(provider.issuer)


def test_a_provider_that_fails_is_asked_again_at_once(client: Provider, provider: OpenIdProvider) -> None:
    """Whoever makes it fail with an answer of their own must not shut out the others."""
    provider.status = 503
    with pytest.raises(ProviderUnreachableError, match="connection:HTTPError"):
        client.authorization_address(QUESTION, now=now_utc())
    provider.status = 200

    assert ask(client, provider).subject == SUBJECT


def _told(client: Provider, now: Any) -> str:
    try:
        client.authorization_address(QUESTION, now=now)
    except OpenIdError as error:
        return str(error)
    return "answered"
