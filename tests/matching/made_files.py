"""Makes the files that tests of intake read: CSV from cells, and workbooks, honest and hostile."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import xlsxwriter

from matching.reference import Area, Geography, State, Taxonomy

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"

Table = Sequence[Sequence[Any]]


def make_geography() -> Geography:
    """Return three made-up States; XAA is also in a region, a group and a bloc."""
    states = {
        "XAA": State(code="XAA", names={"en": "Northland", "fr": "Terre du Nord"}),
        "XAB": State(code="XAB", names={"en": "Westland"}),
        "XAC": State(code="XAC", names={"en": "Southland"}),
    }
    members = {code: frozenset({code}) for code in states}
    groups = {"*": frozenset(states), "009": frozenset({"XAA"}), "AFR": frozenset({"XAA"}), "PIF": frozenset({"XAA"})}
    return Geography(state_by_code=states, members_by_token={**members, **groups}, group_by_state={"XAA": "AFR"})


def make_taxonomy() -> Taxonomy:
    """Return three areas, of which IRC.9 is retired in favour of IRC.1."""
    areas = {
        "GOV": Area(code="GOV", parent=None, titles={"en": "Policy"}),
        "IRC.1": Area(code="IRC.1", parent="IRC", titles={"en": "National CERT"}),
        "IRC.9": Area(code="IRC.9", parent="IRC", titles={"en": "Old"}, successor="IRC.1"),
    }
    return Taxonomy(release="1", area_by_code=areas)


def make_csv(*rows: Sequence[str]) -> bytes:
    """Return rows of cells as CSV."""
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    return target.getvalue().encode()


def make_workbook(*rows: Sequence[Any], fill: Callable[[Any, Any], None] | None = None) -> bytes:
    """Return rows of cells as a workbook of one sheet; ``fill`` may put more into it."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as workbook:
        sheet = workbook.add_worksheet("Needs")
        for at, row in enumerate(rows):
            for position, value in enumerate(row):
                write = sheet.write_datetime if isinstance(value, date) else sheet.write
                write(at, position, value)
        if fill is not None:
            fill(workbook, sheet)
    return target.getvalue()


def with_member(workbook: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a workbook with one of its files changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            content = source.read(name)
            copy.writestr(name, change(content) if name == member else content)
    return target.getvalue()
