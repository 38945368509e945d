"""The codes that a cell may name (States, groups, areas, modes), and what was probably meant by others."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Generic, TypeVar

from matching.intake.cells import CellError, parts, unique, unknown_codes
from matching.intake.suggestions import Suggester
from matching.reference import EVERYBODY, Geography, Taxonomy
from matching.tables import FaultCode, one_line, quoted

_M49_LENGTH: Final = 3
_STATUS_BY_M49: Final = {"199": "LDC", "432": "LLDC", "722": "SIDS"}  # M49 has numbers for these groups too

WordT = TypeVar("WordT", bound=StrEnum)


class StateCodes:
    """The States of the States file."""

    def __init__(self, geography: Geography) -> None:
        self._geography = geography
        names = {name: code for code, state in sorted(geography.state_by_code.items()) for name in state.names.values()}
        self._suggester = Suggester(geography.state_by_code, names)
        self._known: dict[str, tuple[str, ...]] = {}

    def read_list(self, text: str) -> tuple[str, ...]:
        """Return the States of a list, sorted.

        Raises
        ------
        CellError
            ``unknown_state`` when a part is not one of the States.
        """
        if text not in self._known:
            codes = unique(part.upper() for part in parts(text))
            unknown = [code for code in codes if not self._geography.has_state(code)]
            if unknown:
                raise self._unknown([part for part in parts(text) if part.upper() in unknown])
            self._known[text] = tuple(sorted(codes))
        return self._known[text]

    def read_one(self, text: str) -> str:
        """Return the one State of a cell.

        Raises
        ------
        CellError
            ``unknown_state`` when it is not one of the States, ``out_of_range`` when there are several.
        """
        found = self.read_list(text)
        if len(found) != 1:
            raise CellError(FaultCode.OUT_OF_RANGE, f"{quoted(text)} names several States; write a row for each.")
        return found[0]

    def _unknown(self, unknown: list[str]) -> CellError:
        n_states = len(self._geography.state_by_code)
        kind = f"among the {n_states} States of the States file; write ISO 3166-1 alpha-3 codes"
        return unknown_codes(unknown, kind=kind, suggester=self._suggester, code=FaultCode.UNKNOWN_STATE)


class EligibleCodes:
    """The States and groups that an offer may be open to."""

    def __init__(self, geography: Geography) -> None:
        self._tokens = frozenset(geography.members_by_token) | {EVERYBODY}
        names = {state.name(): code for code, state in geography.state_by_code.items()}
        names.update({title: token for token, title in sorted(geography.title_by_token.items())})
        self._suggester = Suggester(sorted(self._tokens), names)
        self._known: dict[str, tuple[str, ...]] = {}

    def read_list(self, text: str) -> tuple[str, ...]:
        """Return the tokens of a list, each once; numbers as M49 codes of three digits.

        Raises
        ------
        CellError
            ``unknown_code`` when a part is neither a State nor a group.
        """
        if text not in self._known:
            tokens = unique(_token(part) for part in parts(text))
            unknown = [token for token in tokens if token not in self._tokens]
            if unknown:
                kind = "a State or a group that an offer can be open to; write codes, or * for everybody"
                raise unknown_codes(unknown, kind=kind, suggester=self._suggester)
            self._known[text] = tokens
        return self._known[text]


class AreaCodes:
    """The areas of the taxonomy; a retired code is read as its successor, and the reader is told."""

    def __init__(self, taxonomy: Taxonomy, *, file: str) -> None:
        self._taxonomy, self._file = taxonomy, file
        names = {area.title(): code for code, area in taxonomy.area_by_code.items() if area.successor is None}
        self._suggester = Suggester(taxonomy.current_codes, names)
        self._known: dict[str, tuple[str, ...]] = {}
        self._successor_by_retired: dict[str, str] = {}

    @property
    def warnings(self) -> tuple[str, ...]:
        """One warning for each retired code that was read."""
        return tuple(
            f"{one_line(self._file)}: the area {retired} is retired and was read as {successor}."
            for retired, successor in sorted(self._successor_by_retired.items())
        )

    def read_list(self, text: str) -> tuple[str, ...]:
        """Return the areas of a list in force, each once.

        Raises
        ------
        CellError
            ``unknown_code`` when a part never was an area.
        """
        if text not in self._known:
            found = {part: self._taxonomy.resolve(part.upper()) for part in parts(text)}
            unknown = [part for part, code in found.items() if code is None]
            if unknown:
                kind = "an area code of the taxonomy, such as GOV or IRC.1"
                raise unknown_codes(unknown, kind=kind, suggester=self._suggester)
            self._successor_by_retired.update(
                {part.upper(): code for part, code in found.items() if code is not None and code != part.upper()}
            )
            self._known[text] = unique(code for code in found.values() if code is not None)
        return self._known[text]

    def read_one(self, text: str) -> str:
        """Return the one area of a cell.

        Raises
        ------
        CellError
            ``unknown_code`` when it never was an area, ``out_of_range`` when there are several.
        """
        found = self.read_list(text)
        if len(found) != 1:
            raise CellError(FaultCode.OUT_OF_RANGE, f"{quoted(text)} names several areas; write a row for each.")
        return found[0]


class WordSet(Generic[WordT]):
    """The words of a closed set."""

    def __init__(self, words: type[WordT], *, kind: str) -> None:
        self._word_by_spelling = {word.value: word for word in words}
        self._kind = f"{kind}; known are {', '.join(sorted(self._word_by_spelling))}"
        self._suggester = Suggester(self._word_by_spelling)

    def read_one(self, text: str) -> WordT:
        """Return the word of a cell.

        Raises
        ------
        CellError
            ``unknown_code`` when it is not in the set.
        """
        word = self._word_by_spelling.get(text) or self._word_by_spelling.get(text.lower())
        if word is None:
            raise unknown_codes([text], kind=self._kind, suggester=self._suggester)
        return word

    def read_list(self, text: str) -> tuple[WordT, ...]:
        """Return the words of a list, each once.

        Raises
        ------
        CellError
            ``unknown_code`` when one is not in the set.
        """
        spelled = unique(part.lower() for part in parts(text))
        unknown = [part for part in spelled if part not in self._word_by_spelling]
        if unknown:
            raise unknown_codes(unknown, kind=self._kind, suggester=self._suggester)
        return tuple(self._word_by_spelling[part] for part in spelled)


def _token(part: str) -> str:
    """Return a token as the data spell it; a spreadsheet takes the leading zeros from an M49 code."""
    is_number = part.isascii() and part.isdigit()
    token = part.zfill(_M49_LENGTH) if is_number else part.upper()
    return _STATUS_BY_M49.get(token, token)
