"""Reads the file of needs."""

from __future__ import annotations

from functools import partial
from typing import Final

from matching.intake import cells as cell
from matching.intake.codebooks import AreaCodes, StateCodes, WordSet
from matching.intake.pairs import check_amount, check_period
from matching.intake.rows import Cells, Columns, Intake, UniqueIds, read_rows
from matching.records import Need
from matching.reference import Geography, Taxonomy
from matching.vocabulary import Mode, Visibility

_COLUMNS: Final = """
id state title description areas modes languages earliest latest priority gap budget currency audience outcome
underway excluded_providers visibility source_url
"""
NEED_COLUMNS: Final = Columns(
    known=tuple(_COLUMNS.split()),
    required=("id", "state", "title"),
    texts=("title", "description", "audience", "outcome", "underway", "excluded_providers"),
    sibling=("provider", "offers"),
)
DEFAULT_PRIORITY: Final = 3

_priority: Final = partial(cell.whole_number, lowest=1, highest=5)
_gap: Final = partial(cell.whole_number, lowest=0, highest=5)


def read_needs(content: bytes, *, name: str, geography: Geography, taxonomy: Taxonomy) -> Intake[Need]:
    r"""Return the needs of a file, and all that is wrong with it.

    Parameters
    ----------
    content
        The bytes of a CSV or XLSX file with the columns of ``NEED_COLUMNS``, in any order.
    name
        The name of the file, for its faults.
    geography
        The States that a need may name.
    taxonomy
        The areas that a need may name.

    Returns
    -------
    Intake of Need
        One need for each row without a fault, in the order of the file. A need without areas or modes says nothing
        about them; they are for the engine to infer.

    Examples
    --------
    >>> from matching.reference import State
    >>> fiji = Geography(state_by_code={"FJI": State(code="FJI", names={})}, members_by_token={}, group_by_state={})
    >>> content = b"id,state,title,priority\nn-1,fji,Train a CERT,9\n"
    >>> taxonomy = Taxonomy(release="1", area_by_code={})
    >>> print(*read_needs(content, name="needs.csv", geography=fiji, taxonomy=taxonomy).faults)
    needs.csv:2:priority: out_of_range: '9' is out of range; write a whole number from 1 to 5.
    """
    reader = _NeedReader(geography, taxonomy, file=name)
    intake = read_rows(content, name=name, columns=NEED_COLUMNS, read_row=reader.read)
    return Intake(
        records=intake.records,
        rows=intake.rows,
        faults=intake.faults,
        warnings=(*intake.warnings, *reader.areas.warnings),
    )


class _NeedReader:
    def __init__(self, geography: Geography, taxonomy: Taxonomy, *, file: str) -> None:
        self.states = StateCodes(geography)
        self.areas = AreaCodes(taxonomy, file=file)
        self._ids = UniqueIds()

    def read(self, cells: Cells) -> Need:
        need_id = cells.require("id", cell.record_id, "")
        self._ids.check(cells, "id", need_id)
        need = Need(
            need_id=need_id,
            states=cells.require("state", self.states.read_list, ()),
            title=cells.require("title", cell.title, ""),
            description=cells.read("description", cell.free_text, ""),
            area_codes=cells.read_list("areas", self.areas.read_list, ()),
            modes=cells.read_list("modes", _MODES.read_list, ()),
            languages=cells.read_list("languages", cell.languages, ()),
            earliest_on=cells.read("earliest", cell.day, None),
            latest_on=cells.read("latest", cell.day, None),
            priority=cells.read("priority", _priority, DEFAULT_PRIORITY),
            gap=cells.read("gap", _gap, None),
            budget=cells.read("budget", cell.amount, None),
            currency=cells.read("currency", cell.currency, None),
            audience=cells.read("audience", cell.free_text, ""),
            outcome=cells.read("outcome", cell.free_text, ""),
            underway=cells.read("underway", cell.free_text, ""),
            excluded_providers=cells.read_list("excluded_providers", cell.names, ()),
            visibility=cells.read("visibility", _VISIBILITIES.read_one, Visibility.SECRETARIAT),
            source_url=cells.read("source_url", cell.address, ""),
        )
        check_period(cells, need.earliest_on, need.latest_on, end_column="latest")
        check_amount(cells, need.budget)
        return need


_MODES: Final = WordSet(Mode, kind="a mode of support")
_VISIBILITIES: Final = WordSet(Visibility, kind="a visibility")
