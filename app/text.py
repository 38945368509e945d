"""Search in text without regard to case, in any script and on every database."""

from __future__ import annotations

import sqlite3
import unicodedata
from typing import Any, Final

from sqlalchemy import ColumnElement, Engine, String, event, literal, or_
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

ESCAPE: Final = "\\"
_WILDCARDS: Final = str.maketrans({sign: ESCAPE + sign for sign in (ESCAPE, "%", "_")})


class Folded(FunctionElement[str]):
    """A text with its case folded: SQLite's own ``lower`` knows ASCII only, PostgreSQL's what its locale knows."""

    type = String()
    inherit_cache = True


@compiles(Folded, "sqlite")
def _folded_on_sqlite(element: Folded, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 – passed on
    return f"casefold({compiler.process(element.clauses, **options)})"


@compiles(Folded, "postgresql")
def _folded_on_postgresql(element: Folded, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 – passed on
    return f'lower(({compiler.process(element.clauses, **options)}) COLLATE "und-x-icu")'


@event.listens_for(Engine, "connect")
def _teach_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_function("casefold", 1, _casefold, deterministic=True)


def _casefold(text: str | None) -> str | None:
    return None if text is None else text.casefold()


def holds_text(text: str, *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Return the condition that one of the columns holds the text; case and the signs of LIKE mean nothing."""
    pattern = f"%{unicodedata.normalize('NFC', text).translate(_WILDCARDS)}%"
    folded = Folded(literal(pattern))
    return or_(*(Folded(column).like(folded, escape=ESCAPE) for column in columns))
