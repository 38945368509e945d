"""How the report writes texts, sentences, addresses and numbers; everything from a record is escaped and set apart."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from matching.report.charts import THOUSANDTHS
from matching.sentences import Sentence

MAX_TEXT_LENGTH: Final = 700  # characters of a description; the longest public statements stay whole
MAX_TITLE_LENGTH: Final = 250  # characters of a title; longer ones are descriptions that went astray
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Return the text with a visible mark in place of characters that no page may hold."""
    return _UNPRINTABLE.sub("\ufffd", text)


def isolated(value: object) -> Markup:
    """Return text from a record, kept apart from the writing direction of what stands around it."""
    # Markup.format does the same at ten times the cost, and a report may hold a hundred thousand.
    return Markup(f"<bdi>{escape(printable(str(value)))}</bdi>")  # noqa: S704 – escaped in place


def shortened(text: str, length: int = MAX_TEXT_LENGTH) -> str:
    """Return at most that many characters, cut between words where there are any."""
    if len(text) <= length:
        return text
    head = text[:length]
    return f"{head.rsplit(maxsplit=1)[0] if ' ' in head else head} …"


def titled(text: str) -> Markup:
    """Return the title of a record, cut where it is no title any more."""
    return isolated(shortened(text, MAX_TITLE_LENGTH))


def said(sentence: Sentence) -> Markup:
    """Return a sentence of the engine with the values from records set apart."""
    message = escape(sentence.message)
    if not sentence.values:
        return message
    return message % {
        name: isolated(value) if isinstance(value, str) else value for name, value in sentence.values.items()
    }


def web_address(text: str) -> str | None:
    """Return the address if it may be linked, which only http and https may, else None."""
    address = printable(text.strip())
    try:
        parts = urlsplit(address)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return address if is_web else None


def host(address: str) -> str:
    """Return the name of the site of a web address."""
    return (urlsplit(address).hostname or address).removeprefix("www.")


def percent(share: float) -> str:
    """Return a share as whole percent; a small one that is not nothing is never printed as 0%."""
    if 0 < share < 0.005:  # noqa: PLR2004 – what would be rounded to 0 percent
        return "<1%"
    return f"{100 * share:.0f}%"


def decimals(value: int) -> str:
    """Return thousandths as a number with three decimals."""
    return f"{value / THOUSANDTHS:.3f}"
