"""Reads a file of States with their groups."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from matching.intake import cells as cell
from matching.intake.rows import Cells, Columns, Intake, UniqueIds, read_rows
from matching.reference import LANGUAGES, Membership, State
from matching.tables import FaultCode, quoted

REGIONAL_GROUPS: Final = ("AFR", "APG", "EEG", "GRULAC", "WEOG")
STATUSES: Final = ("LDC", "LLDC", "SIDS")

# Each column of an M49 code with the column of its title; the title may be missing.
_REGION_COLUMNS: Final = (
    ("region_m49", "region"),
    ("subregion_m49", "subregion"),
    ("intermediate_m49", "intermediate"),
)
# M49 has the continent of North America beside the tree of its regions.
_NORTH_AMERICA: Final = "003"
_REGIONS_OF_NORTH_AMERICA: Final = frozenset({"013", "021", "029"})
STATE_COLUMNS: Final = Columns(
    known=(
        *("iso3", "iso2", "m49", *(f"name_{language}" for language in LANGUAGES), "un_member", "un_group"),
        *("group_sources_agree", *(column for pair in _REGION_COLUMNS for column in pair)),
        *(status.lower() for status in STATUSES),
        "languages_iso639_3",
    ),
    required=("iso3", "name_en"),
    texts=(*(f"name_{language}" for language in LANGUAGES), *(title for _, title in _REGION_COLUMNS)),
)
_STATE_CODE: Final = re.compile(r"[A-Z]{3}\Z")
_REGION_CODE: Final = re.compile(r"[0-9]{1,3}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class StateEntry:
    """A State with its groups, and the English titles of the regions it lies in."""

    state: State
    memberships: tuple[Membership, ...]
    title_by_region: tuple[tuple[str, str], ...]


def read_states(content: bytes, *, name: str) -> Intake[StateEntry]:
    r"""Return the States of a file with their groups, and all that is wrong with it.

    Parameters
    ----------
    content
        The bytes of a CSV or XLSX file with the columns of ``STATE_COLUMNS``; ``iso3`` and ``name_en`` are required.
    name
        The name of the file, for its faults.

    Returns
    -------
    Intake of StateEntry
        One entry for each row without a fault. An empty or missing column of a group means that there is none.

    Examples
    --------
    >>> intake = read_states(b"iso3,name_en,un_group,ldc\nXAA,Aland,AFR,1\n", name="states.csv")
    >>> [membership.code for membership in intake.records[0].memberships]
    ['AFR', 'LDC']
    """
    ids = UniqueIds()

    def read_row(cells: Cells) -> StateEntry:
        code = cells.require("iso3", _state_code, "")
        ids.check(cells, "iso3", code)
        names = {language: cells.read(f"name_{language}", cell.title, "") for language in LANGUAGES[1:]}
        state = State(
            code=code,
            names={"en": cells.require("name_en", cell.title, "")} | {key: text for key, text in names.items() if text},
            languages=cells.read_list("languages_iso639_3", cell.languages, ()),
            is_un_member=cells.read("un_member", _flag, True),
        )
        regions = _regions(cells)
        return StateEntry(
            state=state,
            memberships=_memberships(cells, code, _with_continent([region for region, _ in regions])),
            title_by_region=regions,
        )

    return read_rows(content, name=name, columns=STATE_COLUMNS, read_row=read_row)


def _memberships(cells: Cells, state: str, regions: list[str]) -> tuple[Membership, ...]:
    group = cells.read("un_group", _regional_group, "")
    statuses = [status for status in STATUSES if cells.read(status.lower(), _flag, False)]
    return (
        *(Membership(state=state, scheme="un_regional_group", code=code) for code in (group,) if code),
        *(Membership(state=state, scheme="status", code=status) for status in statuses),
        *(Membership(state=state, scheme="region", code=region) for region in regions),
    )


def _regions(cells: Cells) -> tuple[tuple[str, str], ...]:
    found = [
        (cells.read(code_column, _region_code, ""), cells.read(title_column, cell.title, ""))
        for code_column, title_column in _REGION_COLUMNS
    ]
    return tuple((code, title) for code, title in found if code)


def _with_continent(regions: list[str]) -> list[str]:
    is_north_american = _NORTH_AMERICA not in regions and not _REGIONS_OF_NORTH_AMERICA.isdisjoint(regions)
    return [*regions, _NORTH_AMERICA] if is_north_american else regions


def _state_code(text: str) -> str:
    code = text.upper()
    if not _STATE_CODE.match(code):
        sentence = f"{quoted(text)} is not a State code; write three letters, as in ISO 3166-1 alpha-3."
        raise cell.CellError(FaultCode.UNKNOWN_STATE, sentence)
    return code


def _regional_group(text: str) -> str:
    code = text.upper()
    if code not in REGIONAL_GROUPS:
        known = ", ".join(REGIONAL_GROUPS)
        raise cell.CellError(FaultCode.UNKNOWN_CODE, f"{quoted(text)} is not a UN regional group; known are {known}.")
    return code


def _region_code(text: str) -> str:
    if not _REGION_CODE.match(text):
        raise cell.CellError(FaultCode.UNKNOWN_CODE, f"{quoted(text)} is not an M49 code; write three digits.")
    return text.zfill(3)


def _flag(text: str) -> bool:
    is_true = text.casefold() in ("1", "true", "yes")
    if not is_true and text.casefold() not in ("0", "false", "no"):
        raise cell.CellError(FaultCode.UNKNOWN_CODE, f"{quoted(text)} is neither 1 (yes) nor 0 (no).")
    return is_true
