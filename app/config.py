"""The settings: each with its name, default and help, read from the environment once at the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from app.errors import InvalidSettingError
from app.openid_settings import OPENID_SETTINGS, OpenIdSettings, load_openid_settings
from app.sealing import FORM, NO_KEYRING, Keyring, parse_keyring
from app.setting import Setting, content_of, value_of

PROJECT_FOLDER: Final = Path(__file__).resolve().parent.parent
INSTANCE_FOLDER: Final = PROJECT_FOLDER / "instance"
PREFIX: Final = "TANDEM_"
MIN_SECRET_LENGTH: Final = 32  # characters; what `make setup` writes is longer
MIN_TOKEN_LENGTH: Final = 16
MAX_PROXIES: Final = 9
# Other drivers of the same databases are not installed, or wait for answers in a way of their own.
DATABASE_DRIVERS: Final = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")


DATABASE_URL: Final = Setting(
    name="TANDEM_DATABASE_URL",
    default=f"sqlite:///{INSTANCE_FOLDER / 'tandem.sqlite3'}",
    help="Where the records are: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.",
)
SECRET_KEY: Final = Setting(
    name="TANDEM_SECRET_KEY",
    default="",
    help=f"What forms are signed with, at least {MIN_SECRET_LENGTH} characters.",
)
SECRET_KEY_FILE: Final = Setting(
    name="TANDEM_SECRET_KEY_FILE",
    default=str(INSTANCE_FOLDER / "secret-key"),
    help="The file that holds the secret key where TANDEM_SECRET_KEY is not set; `make setup` writes one.",
)
DATA_KEYS_FILE: Final = Setting(
    name="TANDEM_DATA_KEYS_FILE",
    default=str(INSTANCE_FOLDER / "data-keys"),
    help=f"The file of the keys that seal what is secret in the database: {FORM}; `make setup` writes one.",
)
METRICS_TOKEN: Final = Setting(
    name="TANDEM_METRICS_TOKEN",
    default="",
    help=f"What a collector on another machine sends as Bearer token to /metrics, at least {MIN_TOKEN_LENGTH} characters.",
)
PROXIES: Final = Setting(
    name="TANDEM_PROXIES",
    default="0",
    help=f"How many proxies stand before the service and set X-Forwarded-For and X-Forwarded-Proto, 0 to {MAX_PROXIES}.",
)
HOSTS: Final = Setting(
    name="TANDEM_HOSTS",
    default="",
    help="The names under which the service answers, separated by commas; without one, every name.",
)
SETTINGS: Final = (
    DATABASE_URL,
    SECRET_KEY,
    SECRET_KEY_FILE,
    DATA_KEYS_FILE,
    METRICS_TOKEN,
    PROXIES,
    HOSTS,
    *OPENID_SETTINGS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings in force; ``secret_key``, ``keyring``, ``metrics_token`` and ``openid`` are absent where none was found."""

    database_url: str = field(repr=False)
    secret_key: str | None = field(repr=False)
    keyring: Keyring | None = field(default=None, repr=False)
    data_keys_file: Path | None = None
    metrics_token: str | None = field(default=None, repr=False)
    n_proxies: int = 0
    hosts: tuple[str, ...] = ()
    openid: OpenIdSettings | None = None

    def require_secret_key(self) -> str:
        """Return the secret key.

        Raises
        ------
        InvalidSettingError
            When there is none.
        """
        if self.secret_key is None:
            raise InvalidSettingError(
                f"{SECRET_KEY.name} is not set and the file of {SECRET_KEY_FILE.name} is not there: "
                "run `make setup`, which makes a key, or set one."
            )
        return self.secret_key

    def require_keyring(self) -> Keyring:
        """Return the keys that seal what is secret in the database.

        Raises
        ------
        InvalidSettingError
            When there are none.
        """
        if self.keyring is None:
            raise InvalidSettingError(NO_KEYRING)
        return self.keyring


def load_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings that the environment gives.

    Raises
    ------
    InvalidSettingError
        When a value cannot be used or a name that begins with TANDEM_ is not known; the message names it.
    """
    known = {setting.name for setting in SETTINGS}
    unknown = sorted(name for name in environment if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise InvalidSettingError(f"{unknown[0]} is not a setting; known are {', '.join(sorted(known))}.")
    return Settings(
        database_url=_database_url(environment),
        secret_key=_secret_key(environment),
        keyring=_keyring(environment),
        data_keys_file=Path(value_of(DATA_KEYS_FILE, environment)),
        metrics_token=_metrics_token(environment),
        n_proxies=_n_proxies(environment),
        hosts=tuple(filter(None, map(str.strip, value_of(HOSTS, environment).split(",")))),
        openid=load_openid_settings(environment),
    )


def _database_url(environment: Mapping[str, str]) -> str:
    value = value_of(DATABASE_URL, environment)
    try:
        driver = make_url(value).drivername
    except (ArgumentError, ValueError) as error:
        # The error would repeat the address, and with it the password.
        raise InvalidSettingError(f"{DATABASE_URL.name} is not an address. {DATABASE_URL.help}") from error
    if driver not in DATABASE_DRIVERS:
        raise InvalidSettingError(f"{DATABASE_URL.name} names the database '{driver}'. {DATABASE_URL.help}")
    return value


def _metrics_token(environment: Mapping[str, str]) -> str | None:
    value = value_of(METRICS_TOKEN, environment)
    if value and len(value) < MIN_TOKEN_LENGTH:
        raise InvalidSettingError(f"{METRICS_TOKEN.name} has {len(value)} characters. {METRICS_TOKEN.help}")
    return value or None


def _keyring(environment: Mapping[str, str]) -> Keyring | None:
    content = content_of(DATA_KEYS_FILE, environment)
    return None if content is None else parse_keyring(content, path=Path(value_of(DATA_KEYS_FILE, environment)))


def _n_proxies(environment: Mapping[str, str]) -> int:
    value = value_of(PROXIES, environment)
    if not (value.isascii() and value.isdecimal()) or int(value) > MAX_PROXIES:
        raise InvalidSettingError(f"{PROXIES.name} is '{value}'. {PROXIES.help}")
    return int(value)


def _secret_key(environment: Mapping[str, str]) -> str | None:
    value, origin = value_of(SECRET_KEY, environment), SECRET_KEY.name
    if not value:
        content = content_of(SECRET_KEY_FILE, environment)
        if content is None:
            return None
        value, origin = content, f"the key in the file of {SECRET_KEY_FILE.name}"
    if len(value) < MIN_SECRET_LENGTH:
        raise InvalidSettingError(
            f"{origin} has {len(value)} characters; it needs at least {MIN_SECRET_LENGTH}, made at random."
        )
    return value
