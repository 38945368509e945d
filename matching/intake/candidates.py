"""Reads the file of States that volunteer for tandems."""

from __future__ import annotations

from functools import partial
from typing import Final

from matching.intake import cells as cell
from matching.intake.codebooks import AreaCodes, StateCodes, WordSet
from matching.intake.rows import Cells, Columns, Intake, UniqueIds, read_rows
from matching.records import TandemCandidate
from matching.reference import Geography, Taxonomy
from matching.vocabulary import TandemRole

CANDIDATE_COLUMNS: Final = Columns(
    known=("state", "area", "capacity_level", "role", "max_partners", "languages"),
    required=("state", "area", "capacity_level", "role"),
)
DEFAULT_MAX_PARTNERS: Final = 1
MAX_PARTNERS: Final = 200  # there are not more States

_level: Final = partial(cell.whole_number, lowest=0, highest=5)
_partners: Final = partial(cell.whole_number, lowest=1, highest=MAX_PARTNERS)


def read_tandem_candidates(
    content: bytes, *, name: str, geography: Geography, taxonomy: Taxonomy
) -> Intake[TandemCandidate]:
    r"""Return the tandem candidates of a file, and all that is wrong with it.

    Parameters
    ----------
    content
        The bytes of a CSV or XLSX file with the columns of ``CANDIDATE_COLUMNS``, in any order.
    name
        The name of the file, for its faults.
    geography
        The States that may volunteer.
    taxonomy
        The areas they may volunteer in.

    Returns
    -------
    Intake of TandemCandidate
        One candidate for each row without a fault; a State stands once in an area.

    Examples
    --------
    >>> nowhere = Geography(state_by_code={}, members_by_token={}, group_by_state={})
    >>> taxonomy = Taxonomy(release="1", area_by_code={})
    >>> print(*read_tandem_candidates(b"state,area,role\n", name="t.csv", geography=nowhere, taxonomy=taxonomy).faults)
    t.csv:1:capacity_level: missing_column: The header has no column 'capacity_level'; add it.
    """
    reader = _CandidateReader(geography, taxonomy, file=name)
    intake = read_rows(content, name=name, columns=CANDIDATE_COLUMNS, read_row=reader.read)
    return Intake(
        records=intake.records,
        rows=intake.rows,
        faults=intake.faults,
        warnings=(*intake.warnings, *reader.areas.warnings),
    )


class _CandidateReader:
    def __init__(self, geography: Geography, taxonomy: Taxonomy, *, file: str) -> None:
        self.states = StateCodes(geography)
        self.areas = AreaCodes(taxonomy, file=file)
        self._places = UniqueIds()

    def read(self, cells: Cells) -> TandemCandidate:
        candidate = TandemCandidate(
            state=cells.require("state", self.states.read_one, ""),
            area_code=cells.require("area", self.areas.read_one, ""),
            capacity_level=cells.require("capacity_level", _level, 0),
            role=cells.require("role", _ROLES.read_one, TandemRole.EITHER),
            max_partners=cells.read("max_partners", _partners, DEFAULT_MAX_PARTNERS),
            languages=cells.read_list("languages", cell.languages, ()),
        )
        if candidate.state and candidate.area_code:
            self._places.check(cells, "state", f"{candidate.state} in {candidate.area_code}")
        return candidate


_ROLES: Final = WordSet(TandemRole, kind="a role in a tandem")
