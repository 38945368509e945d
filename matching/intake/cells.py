"""Single cells: how the text of one becomes a value, or a reason why it does not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from matching.errors import MatchingError
from matching.intake.currencies import CURRENCIES
from matching.intake.languages import CODE_BY_NAME, canonical_language
from matching.intake.suggestions import Suggester
from matching.tables import FaultCode, quoted

MAX_ID_LENGTH: Final = 200
MAX_NAME_LENGTH: Final = 500
MAX_ADDRESS_LENGTH: Final = 2_000
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2200
_MAX_SHOWN: Final = 5
_MAX_DIGITS: Final = 15  # before and after the point together with ``_MAX_DECIMALS``; nothing is offered beyond

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_WHOLE_NUMBER: Final = re.compile(r"[+-]?[0-9]+\Z")
_AMOUNT: Final = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?\Z")
_MAX_DECIMALS: Final = 4  # no currency has more
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"'\\`{}|^]+\Z", re.IGNORECASE)
# Characters that nobody sees and that change how a title reads: zero-width spaces, embeddings and overrides of the
# writing direction, tags. The joiners and direction marks that Persian, Arabic and Hindi need are not among them.
_HIDDEN: Final = re.compile("[\u00ad\u180e\u200b\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
# Embeddings and overrides of the writing direction: what they show is not what they say, in a text of any length.
# Isolates and marks, which set a name of another script apart in Arabic, Hebrew or Persian prose, are not among them.
_TURNING: Final = re.compile("[\u202a-\u202e]")
_JOINERS: Final = "\u200c\u200d"  # letters of Persian and of the scripts of India are written with them


class CellError(MatchingError):
    """A cell that cannot be used; ``code`` says in one word why."""

    def __init__(self, code: FaultCode, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def free_text(text: str) -> str:
    """Return a text in composed Unicode with plain line ends.

    Raises
    ------
    CellError
        ``bad_character`` when it holds an embedding or an override of the writing direction.
    """
    if text.isascii() and "\r" not in text:
        return text
    _refuse(_TURNING, text)
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def title(text: str) -> str:
    """Return a text of one line.

    Raises
    ------
    CellError
        ``bad_character`` when it holds characters that nobody sees.
    """
    _refuse(_HIDDEN, text)
    return " ".join(free_text(text).split())


def name(text: str) -> str:
    """Return the name of a provider; no hidden character but a joiner may stand in it.

    Raises
    ------
    CellError
        ``bad_character`` for a hidden character, ``out_of_range`` for more than 500 characters.
    """
    text = title(text)
    _refuse_format_characters(text, allowed=_JOINERS)
    if len(text) > MAX_NAME_LENGTH:
        raise CellError(FaultCode.OUT_OF_RANGE, f"The name is longer than {MAX_NAME_LENGTH} characters; shorten it.")
    return text


def names(text: str) -> tuple[str, ...]:
    """Return the names of a list, each once."""
    return unique(name(part) for part in parts(text))


def record_id(text: str) -> str:
    """Return the id of a record as it is written, so that a join with the file finds it.

    Raises
    ------
    CellError
        ``bad_character`` for line breaks and hidden characters, ``out_of_range`` for more than 200 characters.
    """
    _refuse_format_characters(text)
    if not text.isprintable():
        raise CellError(FaultCode.BAD_CHARACTER, f"The id {quoted(text)} holds a line break or a tab; delete it.")
    if len(text) > MAX_ID_LENGTH:
        raise CellError(FaultCode.OUT_OF_RANGE, f"The id is longer than {MAX_ID_LENGTH} characters; shorten it.")
    return text


def address(text: str) -> str:
    """Return a web address.

    Raises
    ------
    CellError
        ``bad_address`` when it is none that begins with http:// or https://, ``bad_character`` for a hidden character.
    """
    _refuse_format_characters(text)
    if len(text) > MAX_ADDRESS_LENGTH or not _ADDRESS.match(text):
        sentence = f"{quoted(text)} is not a web address; write one that begins with https:// or http://."
        raise CellError(FaultCode.BAD_ADDRESS, sentence)
    return text


def day(text: str) -> date:
    """Return a day.

    Raises
    ------
    CellError
        ``bad_date`` when it is not a day of the calendar as YYYY-MM-DD, ``out_of_range`` outside 1900 to 2200.

    Examples
    --------
    >>> day("2027-03-31")
    datetime.date(2027, 3, 31)
    """
    if not _DAY.match(text):
        raise CellError(FaultCode.BAD_DATE, f"{quoted(text)} is not a day; write it as YYYY-MM-DD: 2027-03-31.")
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise CellError(FaultCode.BAD_DATE, f"{quoted(text)} is not a day of the calendar; correct it.") from error
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        sentence = f"{text} is not between the years {_FIRST_YEAR} and {_LAST_YEAR}; leave an open end empty."
        raise CellError(FaultCode.OUT_OF_RANGE, sentence)
    return found


def whole_number(text: str, *, lowest: int, highest: int) -> int:
    """Return a whole number.

    Raises
    ------
    CellError
        ``bad_number`` when it is none, ``out_of_range`` when it is below ``lowest`` or above ``highest``.

    Examples
    --------
    >>> whole_number("4", lowest=1, highest=5)
    4
    """
    if not _WHOLE_NUMBER.match(text):
        sentence = f"{quoted(text)} is not a whole number; write one from {lowest} to {highest}."
        raise CellError(FaultCode.BAD_NUMBER, sentence)
    number = int(text) if len(text) <= _MAX_DIGITS else highest + 1
    if not lowest <= number <= highest:
        sentence = f"{quoted(text)} is out of range; write a whole number from {lowest} to {highest}."
        raise CellError(FaultCode.OUT_OF_RANGE, sentence)
    return number


def amount(text: str) -> Decimal:
    """Return a sum of money, at least 0.

    Raises
    ------
    CellError
        ``bad_number`` when it is no plain decimal, ``out_of_range`` when it is negative or too large or fine.

    Examples
    --------
    >>> amount("1500.50")
    Decimal('1500.50')
    """
    found = _AMOUNT.match(text)
    if found is None:
        sentence = f"{quoted(text)} is not an amount; write digits and a point only: 150000.50."
        raise CellError(FaultCode.BAD_NUMBER, sentence)
    sign, digits, decimals = found.groups(default="")
    if sign or len(digits.lstrip("0")) > _MAX_DIGITS or len(decimals) > _MAX_DECIMALS:
        sentence = f"{quoted(text)} is out of range; write an amount from 0 to a quadrillion, with at most 4 decimals."
        raise CellError(FaultCode.OUT_OF_RANGE, sentence)
    return Decimal(text)


def currency(text: str) -> str:
    """Return a code of ISO 4217.

    Raises
    ------
    CellError
        ``unknown_code`` when it is no active currency.
    """
    code = text.upper()
    if code not in CURRENCIES:
        sentence = f"{quoted(text)} is not a currency; write its code of ISO 4217, for example EUR or USD."
        raise CellError(FaultCode.UNKNOWN_CODE, sentence)
    return code


def languages(text: str) -> tuple[str, ...]:
    """Return the languages of a list, each once and by one code.

    Raises
    ------
    CellError
        ``unknown_code`` when a part is no language tag.

    Examples
    --------
    >>> languages("en-GB; fra;eng")
    ('en', 'fr')
    """
    found = {part: canonical_language(part) for part in parts(text)}
    unknown = [part for part, code in found.items() if code is None]
    if unknown:
        raise unknown_codes(unknown, kind="a language code (BCP 47)", suggester=_LANGUAGE_NAMES)
    return unique(code for code in found.values() if code is not None)


def parts(text: str) -> list[str]:
    """Return the parts of a list cell, trimmed, empty ones left out."""
    return [part for raw in text.split(";") if (part := raw.strip())]


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Return each value once, in the order of first mention."""
    return tuple(dict.fromkeys(values))


def unknown_codes(
    unknown: list[str], *, kind: str, suggester: Suggester, code: FaultCode = FaultCode.UNKNOWN_CODE
) -> CellError:
    """Return the error for parts that are not of a kind, with what was probably meant."""
    shown = [_with_guess(part, suggester.find(part)) for part in unknown[:_MAX_SHOWN]]
    more = f" and {len(unknown) - _MAX_SHOWN} more" if len(unknown) > _MAX_SHOWN else ""
    verb = "is not" if len(unknown) == 1 else "are not"
    return CellError(code, f"{', '.join(shown)}{more} {verb} {kind}.")


def _with_guess(part: str, guess: str | None) -> str:
    return quoted(part) if guess is None else f"{quoted(part)} (did you mean {guess}?)"


def _refuse(signs: re.Pattern[str], text: str) -> None:
    hit = None if text.isascii() else signs.search(text)
    if hit:
        raise _hidden_character(hit.group())


def _refuse_format_characters(text: str, *, allowed: str = "") -> None:
    if text.isascii():
        return
    for letter in text:
        if unicodedata.category(letter) == "Cf" and letter not in allowed:
            raise _hidden_character(letter)


def _hidden_character(letter: str) -> CellError:
    sentence = f"The cell holds the hidden character U+{ord(letter):04X}; type the text anew."
    return CellError(FaultCode.BAD_CHARACTER, sentence)


_LANGUAGE_NAMES: Final = Suggester((), CODE_BY_NAME)
