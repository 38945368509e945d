"""The database: base class, column types, engine, and the one place that commits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    Numeric,
    String,
    create_engine,
    event,
    false,
    func,
    make_url,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.errors import InvalidSettingError
from app.sealing import NO_KEYRING, Keyring

BUSY_TIMEOUT_MS: Final = 10_000  # how long a SQLite writer waits for the one before it
MAX_CODE_LENGTH: Final = 64
MAX_IDEMPOTENCY_KEY_LENGTH: Final = 100
MISSING_SCHEMA_STATES: Final = frozenset({"42P01", "42703"})  # PostgreSQL's codes for no such table, no such column
SHA256_HEX_LENGTH: Final = 64
MAX_INTEGER: Final = 2_147_483_647  # what an INTEGER column of PostgreSQL holds

KEYRING_INFO: Final = "keyring"  # under which a session has the keys

NAMING_CONVENTION: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every model inherits from."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class Instant(TypeDecorator[datetime]):
    """An instant in UTC: aware going in and coming out, on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 – SQLAlchemy's signature
        """Return the instant in UTC; a naive one is refused, because its zone would be a guess."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; give an aware instant.")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 – SQLAlchemy's signature
        """Return the stored instant as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Amount(TypeDecorator[Decimal]):
    """A sum of money, to the digit: SQLite has no decimals, so it keeps the text."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return text for SQLite and a number for the others."""
        return dialect.type_descriptor(String(40) if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | str | None:
        """Return the amount as the database keeps it, never in exponent notation."""
        if value is None:
            return None
        return f"{value:f}" if dialect.name == "sqlite" else value

    def process_result_value(self, value: Decimal | str | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 – SQLAlchemy's signature
        """Return the stored amount."""
        return None if value is None else Decimal(value)


class Word(TypeDecorator[StrEnum]):
    """A word of a closed set, stored as it is spelled; pair it with ``one_of``."""

    impl = String(32)
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 – SQLAlchemy's signature
        """Return the spelling; a word outside the set is refused."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002 – SQLAlchemy's signature
        """Return the member of the set."""
        return None if value is None else self.words(value)


Document = JSON(none_as_null=True)
"""A JSON column in which Python's None is the database's NULL."""

BigIdentity = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit key that the database counts up; SQLite does so for INTEGER only, which holds 64 bits there."""


def one_of(column: str, words: Iterable[StrEnum]) -> CheckConstraint:
    """Return the constraint that a column holds a word of the set."""
    spelled = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({spelled})", name=f"{column}_known")


def in_range(column: str, lowest: int, highest: int = MAX_INTEGER) -> CheckConstraint:
    """Return the constraint that a number lies between two others, both included."""
    return CheckConstraint(f"{column} BETWEEN {lowest} AND {highest}", name=f"{column}_in_range")


def is_out_of_order(error: BaseException) -> bool:
    """Return whether an error is the database's own: out of reach, or without the tables of this release."""
    if isinstance(error, ProgrammingError):
        # SQLite calls a missing table an operational error; PostgreSQL blames whoever asked for it.
        return getattr(error.orig, "sqlstate", None) in MISSING_SCHEMA_STATES
    # Without a free connection in time the database is out of reach too.
    return isinstance(error, OperationalError | PoolTimeoutError)


class IsAmount(ColumnElement[bool]):
    """Whether a column of sums holds a number that is not negative; on SQLite, which keeps a text, digits."""

    inherit_cache = True

    def __init__(self, column: str) -> None:
        self.column = column


@compiles(IsAmount)
def _is_amount_as_digits(element: IsAmount, _compiler: SQLCompiler, **_options: object) -> str:
    name = element.column
    return f"{name} GLOB '[0-9]*' AND {name} NOT GLOB '*[^0-9.]*' AND {name} NOT GLOB '*.*.*'"


@compiles(IsAmount, "postgresql")
def _is_amount_as_number(element: IsAmount, _compiler: SQLCompiler, **_options: object) -> str:
    # PostgreSQL counts NaN and Infinity among its numbers.
    return f"{element.column} >= 0 AND CAST({element.column} AS TEXT) NOT IN ('NaN', 'Infinity')"


def is_amount(column: str) -> CheckConstraint:
    """Return the constraint that a column of sums holds a number that is not negative."""
    return CheckConstraint(IsAmount(column), name=f"{column}_is_amount")


def has_currency(column: str) -> CheckConstraint:
    """Return the constraint that a sum comes with its currency."""
    return CheckConstraint(f"{column} IS NULL OR currency IS NOT NULL", name=f"{column}_has_currency")


def is_sealed_with(column: InstrumentedAttribute[Any], key_name: str) -> ColumnElement[bool]:
    """Return the condition that a sealed value was sealed with the key of that name; false where there is no value."""
    return func.coalesce(column.startswith(f"{key_name}:", autoescape=True), false())


class Database:
    """One database: an engine, sessions that read, and units of work that write."""

    def __init__(self, url: str, *, keyring: Keyring | None = None) -> None:
        self.engine = make_engine(url)
        self.keyring = keyring
        self._info = {KEYRING_INFO: keyring}
        self._reading_engine = self.engine.execution_options(is_reading=True)

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """Yield a session whose changes are committed together at the end, or not at all."""
        with Session(self.engine, expire_on_commit=False, info=self._info) as session:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Yield a session that changes nothing; on SQLite it waits for no writer."""
        with Session(self._reading_engine, autoflush=False, info=self._info) as session:
            try:
                yield session
            finally:
                # What was read stays readable; to roll back would make it be read anew, which nobody can by then.
                session.expunge_all()
                session.rollback()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def find_keyring(session: Session) -> Keyring | None:
    """Return the keys of the database of a session; None where it was opened without them."""
    keyring: Keyring | None = session.info.get(KEYRING_INFO)
    return keyring


def keyring_of(session: Session) -> Keyring:
    """Return the keys that seal what is secret in the database of a session.

    Raises
    ------
    InvalidSettingError
        When the database was opened without them.
    """
    keyring = find_keyring(session)
    if keyring is None:
        raise InvalidSettingError(NO_KEYRING)
    return keyring


def make_engine(url: str) -> Engine:
    """Return an engine for SQLite or PostgreSQL with the settings that keep data safe."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        driver = parsed.set(drivername="postgresql+psycopg")
        return create_engine(driver, pool_pre_ping=True, hide_parameters=True)
    # An error that is logged names its statement; what was to be stored is nobody's to read in a log.
    engine = create_engine(parsed, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite_connection)
    event.listen(engine, "begin", _begin_sqlite_transaction)
    return engine


def _prepare_sqlite_connection(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver begins transactions late and unasked; without an isolation level it leaves them to us.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        # With NORMAL a power cut loses acknowledged writes.
        "synchronous = FULL",
        "foreign_keys = ON",
        # What was deleted is overwritten: a need that became private is not to be read in the free pages of the file.
        "secure_delete = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite_transaction(connection: Connection) -> None:
    # A writer takes its lock at once: a reader that turns writer cannot wait and fails: "database is locked".
    is_reading = connection.get_execution_options().get("is_reading", False)
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")
