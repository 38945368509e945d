"""The settings for logging in with OpenID Connect: without an issuer there is none of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from app.errors import InvalidSettingError
from app.setting import Setting, content_of, value_of

MAX_ISSUER_LENGTH: Final = 300
MAX_VALUE_LENGTH: Final = 200
MAX_NAME_LENGTH: Final = 40  # characters; what a button holds on a phone

OIDC_ISSUER: Final = Setting(
    name="TANDEM_OIDC_ISSUER",
    default="",
    help="The address of the OpenID provider, exactly as it names itself: https://…, or http:// on this machine.",
)
OIDC_CLIENT_ID: Final = Setting(
    name="TANDEM_OIDC_CLIENT_ID", default="", help="What the provider calls this service, in plain letters and signs."
)
OIDC_CLIENT_SECRET: Final = Setting(
    name="TANDEM_OIDC_CLIENT_SECRET",
    default="",
    help="With what this service proves itself to the provider, in plain letters and signs.",
)
OIDC_CLIENT_SECRET_FILE: Final = Setting(
    name="TANDEM_OIDC_CLIENT_SECRET_FILE",
    default="",
    help="The file that holds the secret where TANDEM_OIDC_CLIENT_SECRET is not set.",
)
OIDC_NAME: Final = Setting(
    name="TANDEM_OIDC_NAME",
    default="",
    help=f"What people call the provider, as it stands on the button, up to {MAX_NAME_LENGTH} characters.",
)
OIDC_SECOND_FACTOR: Final = Setting(
    name="TANDEM_OIDC_SECOND_FACTOR",
    default="",
    help="The values of acr or amr with which the provider says that it asked for a second factor, separated by commas.",
)
OPENID_SETTINGS: Final = (
    OIDC_ISSUER,
    OIDC_CLIENT_ID,
    OIDC_CLIENT_SECRET,
    OIDC_CLIENT_SECRET_FILE,
    OIDC_NAME,
    OIDC_SECOND_FACTOR,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdSettings:
    """The provider with which people can log in, and what this service is to it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    second_factor_values: frozenset[str] = frozenset()


def load_openid_settings(environment: Mapping[str, str]) -> OpenIdSettings | None:
    """Return the settings for OpenID Connect; None where no issuer is set.

    Raises
    ------
    InvalidSettingError
        When a value cannot be used or is missing beside others; the message names it.
    """
    issuer = value_of(OIDC_ISSUER, environment)
    if not issuer:
        alone = [setting.name for setting in OPENID_SETTINGS if value_of(setting, environment)]
        if alone:
            raise InvalidSettingError(f"{alone[0]} is set, and {OIDC_ISSUER.name} is not. {OIDC_ISSUER.help}")
        return None
    parts = _split(issuer)
    if parts is None or not is_safe_address(issuer) or parts.query or parts.fragment or len(issuer) > MAX_ISSUER_LENGTH:
        raise InvalidSettingError(f"{OIDC_ISSUER.name} cannot be used. {OIDC_ISSUER.help}")
    return OpenIdSettings(
        issuer=issuer,
        client_id=_plain(OIDC_CLIENT_ID, value_of(OIDC_CLIENT_ID, environment)),
        client_secret=_plain(OIDC_CLIENT_SECRET, _secret(environment)),
        name=_name(environment) or parts.netloc,
        second_factor_values=_second_factor_values(environment),
    )


def is_safe_address(address: str) -> bool:
    """Return whether nobody between this service and the address can read or alter what is sent: TLS, or this machine."""
    parts = _split(address)
    if parts is None or not parts.hostname or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(parts.hostname))


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts if address.isascii() and address.isprintable() and " " not in address else None


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _secret(environment: Mapping[str, str]) -> str:
    value = value_of(OIDC_CLIENT_SECRET, environment)
    if value or not value_of(OIDC_CLIENT_SECRET_FILE, environment):
        return value
    content = content_of(OIDC_CLIENT_SECRET_FILE, environment)
    if content is None:
        raise InvalidSettingError(f"The file of {OIDC_CLIENT_SECRET_FILE.name} is not there.")
    return content


def _plain(setting: Setting, value: str) -> str:
    if not value:
        raise InvalidSettingError(f"{setting.name} is missing beside {OIDC_ISSUER.name}. {setting.help}")
    if not (value.isascii() and value.isprintable()) or " " in value or len(value) > MAX_VALUE_LENGTH:
        # What it holds is not repeated: it may be the secret.
        raise InvalidSettingError(f"{setting.name} cannot be used. {setting.help}")
    return value


def _name(environment: Mapping[str, str]) -> str:
    value = value_of(OIDC_NAME, environment)
    if not value.isprintable() or len(value) > MAX_NAME_LENGTH:
        raise InvalidSettingError(f"{OIDC_NAME.name} has {len(value)} characters or a line break. {OIDC_NAME.help}")
    return value


def _second_factor_values(environment: Mapping[str, str]) -> frozenset[str]:
    text = value_of(OIDC_SECOND_FACTOR, environment)
    values = [value.strip() for value in text.split(",")] if text else []
    if any(not value or not value.isprintable() or " " in value for value in values):
        raise InvalidSettingError(f"{OIDC_SECOND_FACTOR.name} is '{text}'. {OIDC_SECOND_FACTOR.help}")
    return frozenset(values)
