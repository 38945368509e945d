"""Reads the file of offers."""

from __future__ import annotations

from functools import partial
from typing import Final

from matching.intake import cells as cell
from matching.intake.codebooks import AreaCodes, EligibleCodes, WordSet
from matching.intake.pairs import check_amount, check_period
from matching.intake.rows import Cells, Columns, Intake, UniqueIds, read_rows
from matching.records import Offer
from matching.reference import EVERYBODY, Geography, Taxonomy
from matching.vocabulary import Mode, Visibility

_COLUMNS: Final = """
id provider title description areas modes languages eligible capacity available_from available_until budget currency
funder confirmed_on visibility source_url
"""
OFFER_COLUMNS: Final = Columns(
    known=tuple(_COLUMNS.split()),
    required=("id", "provider", "title"),
    texts=("provider", "title", "description", "funder"),
    sibling=("state", "needs"),
)
DEFAULT_CAPACITY: Final = 1
MAX_CAPACITY: Final = 1_000_000  # needs that one offer can serve; more is a typing error

_capacity: Final = partial(cell.whole_number, lowest=0, highest=MAX_CAPACITY)


def read_offers(content: bytes, *, name: str, geography: Geography, taxonomy: Taxonomy) -> Intake[Offer]:
    r"""Return the offers of a file, and all that is wrong with it.

    Parameters
    ----------
    content
        The bytes of a CSV or XLSX file with the columns of ``OFFER_COLUMNS``, in any order.
    name
        The name of the file, for its faults.
    geography
        The States and groups that an offer may be open to.
    taxonomy
        The areas that an offer may name.

    Returns
    -------
    Intake of Offer
        One offer for each row without a fault, in the order of the file.

    Examples
    --------
    >>> nowhere = Geography(state_by_code={}, members_by_token={}, group_by_state={})
    >>> content = b"id,provider,title,available_until\no-1,ITU,CIRT training,31/12/2027\n"
    >>> taxonomy = Taxonomy(release="1", area_by_code={})
    >>> print(*read_offers(content, name="offers.csv", geography=nowhere, taxonomy=taxonomy).faults)
    offers.csv:2:available_until: bad_date: '31/12/2027' is not a day; write it as YYYY-MM-DD: 2027-03-31.
    """
    reader = _OfferReader(geography, taxonomy, file=name)
    intake = read_rows(content, name=name, columns=OFFER_COLUMNS, read_row=reader.read)
    return Intake(
        records=intake.records,
        rows=intake.rows,
        faults=intake.faults,
        warnings=(*intake.warnings, *reader.areas.warnings),
    )


class _OfferReader:
    def __init__(self, geography: Geography, taxonomy: Taxonomy, *, file: str) -> None:
        self.areas = AreaCodes(taxonomy, file=file)
        self._eligible = EligibleCodes(geography)
        self._ids = UniqueIds()

    def read(self, cells: Cells) -> Offer:
        offer_id = cells.require("id", cell.record_id, "")
        self._ids.check(cells, "id", offer_id)
        offer = Offer(
            offer_id=offer_id,
            provider=cells.require("provider", cell.name, ""),
            title=cells.require("title", cell.title, ""),
            description=cells.read("description", cell.free_text, ""),
            area_codes=cells.read_list("areas", self.areas.read_list, ()),
            modes=cells.read_list("modes", _MODES.read_list, ()),
            languages=cells.read_list("languages", cell.languages, ()),
            eligible=cells.read_list("eligible", self._eligible.read_list, (EVERYBODY,)),
            capacity=cells.read("capacity", _capacity, DEFAULT_CAPACITY),
            available_from_on=cells.read("available_from", cell.day, None),
            available_until_on=cells.read("available_until", cell.day, None),
            budget=cells.read("budget", cell.amount, None),
            currency=cells.read("currency", cell.currency, None),
            funder=cells.read("funder", cell.title, ""),
            confirmed_on=cells.read("confirmed_on", cell.day, None),
            visibility=cells.read("visibility", _VISIBILITIES.read_one, Visibility.SECRETARIAT),
            source_url=cells.read("source_url", cell.address, ""),
        )
        check_period(cells, offer.available_from_on, offer.available_until_on, end_column="available_until")
        check_amount(cells, offer.budget)
        return offer


_MODES: Final = WordSet(Mode, kind="a mode of support")
_VISIBILITIES: Final = WordSet(Visibility, kind="a visibility")
