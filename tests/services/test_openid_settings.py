"""The settings for logging in with OpenID Connect: all of them or none, and one sentence for each that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.config import load_settings
from app.errors import InvalidSettingError
from app.openid_settings import is_safe_address

SECRET = "a-secret-of-the-client"
WHOLE = {
    "TANDEM_SECRET_KEY": "k" * 32,
    "TANDEM_OIDC_ISSUER": "https://login.example.org/realms/one",
    "TANDEM_OIDC_CLIENT_ID": "tandem",
    "TANDEM_OIDC_CLIENT_SECRET": SECRET,
}


def test_without_an_issuer_there_is_none() -> None:
    assert load_settings({"TANDEM_SECRET_KEY": "k" * 32}).openid is None


def test_three_are_enough() -> None:
    openid = load_settings(WHOLE).openid

    assert openid is not None
    assert (openid.issuer, openid.client_id, openid.client_secret) == (
        "https://login.example.org/realms/one",
        "tandem",
        SECRET,
    )
    assert openid.name == "login.example.org"
    assert openid.second_factor_values == frozenset()


def test_all_are_read(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(f"{SECRET}\n")
    others = {
        "TANDEM_OIDC_CLIENT_SECRET": "",
        "TANDEM_OIDC_CLIENT_SECRET_FILE": str(path),
        "TANDEM_OIDC_NAME": "Единый вход",
        "TANDEM_OIDC_SECOND_FACTOR": "mfa, urn:example:two ,otp",
    }

    openid = load_settings(WHOLE | others).openid

    assert openid is not None
    assert (openid.client_secret, openid.name) == (SECRET, "Единый вход")
    assert openid.second_factor_values == {"mfa", "urn:example:two", "otp"}


def test_the_secret_is_not_shown() -> None:
    assert SECRET not in repr(load_settings(WHOLE))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TANDEM_OIDC_ISSUER", "login.example.org"),
        ("TANDEM_OIDC_ISSUER", "http://login.example.org"),
        ("TANDEM_OIDC_ISSUER", "https://"),
        ("TANDEM_OIDC_ISSUER", "https://login.example.org?x=1"),
        ("TANDEM_OIDC_ISSUER", "https://login.example.org#x"),
        ("TANDEM_OIDC_ISSUER", "https://user:hidden@login.example.org"),
        ("TANDEM_OIDC_ISSUER", "https://login.example.org:port"),
        ("TANDEM_OIDC_ISSUER", "https://login.example.org/a b"),
        ("TANDEM_OIDC_ISSUER", f"https://login.example.org/{'x' * 300}"),
        ("TANDEM_OIDC_ISSUER", "javascript:alert(1)"),
        ("TANDEM_OIDC_CLIENT_ID", ""),
        ("TANDEM_OIDC_CLIENT_ID", "two words"),
        ("TANDEM_OIDC_CLIENT_ID", "x" * 201),
        ("TANDEM_OIDC_CLIENT_SECRET", ""),
        ("TANDEM_OIDC_CLIENT_SECRET", "geheim mit Lücke"),
        ("TANDEM_OIDC_NAME", "x" * 41),
        ("TANDEM_OIDC_NAME", "two\nlines"),
        ("TANDEM_OIDC_SECOND_FACTOR", "mfa,,otp"),
        ("TANDEM_OIDC_SECOND_FACTOR", "mfa otp"),
    ],
)
def test_one_that_cannot_be_is_named_in_one_sentence(name: str, value: str) -> None:
    with pytest.raises(InvalidSettingError, match=f"^{name} ") as caught:
        load_settings(WHOLE | {name: value})

    told = str(caught.value)
    assert "hidden" not in told
    assert "geheim" not in told
    assert "\n" not in told.removesuffix(value)


@pytest.mark.parametrize("name", [name for name in WHOLE if name.endswith(("_ID", "_SECRET"))])
def test_one_without_an_issuer_is_named(name: str) -> None:
    with pytest.raises(InvalidSettingError, match=f"^{name} is set, and TANDEM_OIDC_ISSUER is not"):
        load_settings({"TANDEM_SECRET_KEY": "k" * 32, name: WHOLE[name]})


def test_a_file_for_the_secret_that_is_not_there_is_named(tmp_path: Path) -> None:
    absent = {"TANDEM_OIDC_CLIENT_SECRET": "", "TANDEM_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "absent")}

    with pytest.raises(InvalidSettingError, match="TANDEM_OIDC_CLIENT_SECRET_FILE is not there"):
        load_settings(WHOLE | absent)


@pytest.mark.parametrize(
    ("address", "is_safe"),
    [
        ("https://login.example.org", True),
        ("https://login.example.org:8443/authorize?x=1", True),
        ("http://127.0.0.1:8080", True),
        ("http://[::1]:8080", True),
        ("http://localhost:8080", True),
        ("http://localhost.evil.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://127.0.0.1@evil.example", False),
        ("https://user@login.example.org", False),
        ("http://192.0.2.1", False),
        ("ftp://127.0.0.1", False),
        ("//login.example.org", False),
        ("https://[::1", False),
        ("https://login.example.org\n", False),
        ("", False),
    ],
)
def test_an_address_is_safe_over_tls_or_on_this_machine(address: str, *, is_safe: bool) -> None:
    assert is_safe_address(address) is is_safe
