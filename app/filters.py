"""Template filters: numbers, days and sentences in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_skeleton
from flask import Flask
from flask_babel import (
    format_date,
    format_datetime,
    format_decimal,
    format_percent,
    get_locale,
    gettext,
)

from matching.sentences import Sentence

MONTH: Final = re.compile(r"\d{4}-\d{2}\Z")
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
FIRST_STRONG_ISOLATE: Final = "\u2068"
POP_ISOLATE: Final = "\u2069"
LINKED_SCHEMES: Final = frozenset({"http", "https"})


def init_app(app: Flask) -> None:
    """Make the filters known to the templates."""
    for make_readable in (
        percent,
        number,
        score,
        amount,
        day,
        instant,
        stated,
        sentence,
        language_name,
        web_address,
        host,
        groups_of_four,
    ):
        app.add_template_filter(make_readable)


def percent(ratio: float) -> str:
    """Return a ratio in [0, 1] as a whole percentage."""
    return str(format_percent(ratio, "#,##0%"))


def number(value: int) -> str:
    """Return a whole number with its digits grouped."""
    return str(format_decimal(value, "#,##0"))


def score(value: float) -> str:
    """Return a score or a part of one with two decimals."""
    return str(format_decimal(value, "0.00"))


def amount(value: Decimal, currency: str) -> str:
    """Return a sum of money, to the digit, with its currency code."""
    return f"{currency}\N{NO-BREAK SPACE}{format_decimal(value, '#,##0.######')}"


def day(value: date) -> str:
    """Return a day with the month in words, so that nobody takes one for the other."""
    return _isolated(format_date(value, "long"))


def instant(value: datetime) -> str:
    """Return an instant in UTC, to the minute."""
    return _isolated(format_datetime(value, "d MMMM yyyy, HH:mm 'UTC'"))


def stated(value: str) -> str:
    """Return a day, month or year as far as the source states it; other words as they stand."""
    try:
        if DAY.match(value):
            return day(date.fromisoformat(value))
        if MONTH.match(value):
            return format_skeleton("yMMMM", date.fromisoformat(f"{value}-01"), locale=get_locale() or Locale("en"))
    except ValueError:
        return value
    return value


def _isolated(words: str) -> str:
    """Return the words so that, in a script that runs from right to left, what stands around leaves them in order."""
    locale = get_locale()
    is_mirrored = locale is not None and locale.text_direction == "rtl"
    return f"{FIRST_STRONG_ISOLATE}{words}{POP_ISOLATE}" if is_mirrored else str(words)


def sentence(value: Sentence | Mapping[str, Any]) -> str:
    """Return a sentence of the matcher, or one that was stored, in the reader's language."""
    if isinstance(value, Sentence):
        return str(gettext(value.message, **value.values)) if value.message else ""
    message, values = str(value["message"]), value.get("values") or {}
    return str(gettext(message, **values)) if message else ""


def language_name(code: str) -> str:
    """Return what the reader's language calls a language; the code where it has no word for it."""
    reader = get_locale() or Locale("en")
    try:
        return Locale.parse(code, sep="-").get_display_name(reader) or code
    except (UnknownLocaleError, ValueError):
        return str(reader.languages.get(code, code))


def web_address(value: str) -> str:
    """Return the address where a page may link to it, else nothing."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    return value if parts.scheme.lower() in LINKED_SCHEMES and parts.hostname else ""


def host(value: str) -> str:
    """Return the name of the site that an address leads to."""
    return (urlsplit(value).hostname or "").removeprefix("www.")


def groups_of_four(value: str) -> str:
    """Return a key in groups of four signs, as one copies it by hand."""
    return " ".join(value[place : place + 4] for place in range(0, len(value), 4))
