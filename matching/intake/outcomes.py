"""Reads the file of outcomes: what came of engagements, and how both sides rated them."""

from __future__ import annotations

from functools import partial
from typing import Final

from matching.intake import cells as cell
from matching.intake.codebooks import AreaCodes, StateCodes, WordSet
from matching.intake.rows import Cells, Columns, Intake, UniqueIds, read_rows
from matching.records import Outcome
from matching.reference import Geography, Taxonomy
from matching.tables import FaultCode
from matching.vocabulary import Mode

OUTCOME_COLUMNS: Final = Columns(
    known=("id", "states", "provider", "areas", "modes", "rating_by_state", "rating_by_provider", "ended_on"),
    required=("id", "states", "provider"),
    texts=("provider",),
    sibling=("state", "needs"),
)

rating: Final = partial(cell.whole_number, lowest=1, highest=5)


def read_outcomes(content: bytes, *, name: str, geography: Geography, taxonomy: Taxonomy) -> Intake[Outcome]:
    r"""Return the outcomes of a file, and all that is wrong with it.

    Parameters
    ----------
    content
        The bytes of a CSV or XLSX file with the columns of ``OUTCOME_COLUMNS``, in any order.
    name
        The name of the file, for its faults.
    geography
        The States that an outcome may name.
    taxonomy
        The areas that an outcome may name.

    Returns
    -------
    Intake of Outcome
        One outcome for each row without a fault, in the order of the file. An engagement without an end is under way.

    Examples
    --------
    >>> nowhere = Geography(state_by_code={}, members_by_token={}, group_by_state={})
    >>> taxonomy = Taxonomy(release="1", area_by_code={})
    >>> print(*read_outcomes(b"id,provider\n", name="o.csv", geography=nowhere, taxonomy=taxonomy).faults)
    o.csv:1:states: missing_column: The header has no column 'states'; add it.
    """
    reader = _OutcomeReader(geography, taxonomy, file=name)
    intake = read_rows(content, name=name, columns=OUTCOME_COLUMNS, read_row=reader.read)
    return Intake(
        records=intake.records,
        rows=intake.rows,
        faults=intake.faults,
        warnings=(*intake.warnings, *reader.areas.warnings),
    )


class _OutcomeReader:
    def __init__(self, geography: Geography, taxonomy: Taxonomy, *, file: str) -> None:
        self.states = StateCodes(geography)
        self.areas = AreaCodes(taxonomy, file=file)
        self._ids = UniqueIds()

    def read(self, cells: Cells) -> Outcome:
        outcome_id = cells.require("id", cell.record_id, "")
        self._ids.check(cells, "id", outcome_id)
        outcome = Outcome(
            outcome_id=outcome_id,
            states=cells.require("states", self.states.read_list, ()),
            provider=cells.require("provider", cell.name, ""),
            area_codes=cells.read_list("areas", self.areas.read_list, ()),
            modes=cells.read_list("modes", _MODES.read_list, ()),
            rating_by_state=cells.read("rating_by_state", rating, None),
            rating_by_provider=cells.read("rating_by_provider", rating, None),
            ended_on=cells.read("ended_on", cell.day, None),
        )
        if outcome.rating_by_state is not None and not cells.has_text("ended_on"):
            sentence = "The State has rated an engagement without an end; write the day on which it ended."
            cells.add("ended_on", FaultCode.MISSING_VALUE, sentence)
        return outcome


_MODES: Final = WordSet(Mode, kind="a mode of support")
