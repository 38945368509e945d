"""A cell that a spreadsheet would run: no text field, through whatever file of a page, is one for a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from flask.testing import FlaskClient

from app.db import Database
from tests.factories import (
    create_area,
    create_match,
    create_match_run,
    create_match_run_file,
    create_need,
    create_offer,
    create_organization,
    create_state,
    create_unmet_need,
)
from tests.factories.answers import create_pool_change, create_sensitivity

FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201"]
CELL = '{}HYPERLINK("https://evil.example","x")'
NEED_TEXTS = ("external_id", "title", "description", "audience", "outcome", "underway", "source_url", "stated_on")
OFFER_TEXTS = ("external_id", "provider", "title", "description", "funder", "source_url", "kind")


def addresses(need_id: object, offer_id: object, run_id: object) -> list[str]:
    tables = ["matches", "unmet-needs", "tandems", "unmet-reasons", "coverage", "weights", "changes", "sensitivities"]
    return [
        "/needs",
        "/offers",
        "/areas",
        "/states",
        "/states/XAA",
        "/match-runs",
        "/areas/IRC?table=needs",
        "/areas/IRC?table=offers",
        f"/needs/{need_id}",
        f"/offers/{offer_id}",
        *(f"/match-runs/{run_id}?table={table}" for table in tables),
    ]


@pytest.mark.parametrize("start", FORMULAS, ids=ascii)
def test_no_cell_for_a_spreadsheet_is_a_formula(client: FlaskClient, database: Database, start: str) -> None:
    """A cell with a wide sign, or white space before the sign, was once left as it was."""
    cell = CELL.format(start)[:30]
    with database.unit_of_work() as session:
        create_state(session, "XAA", name_en=cell)
        create_area(session, "IRC", title_en=cell, scope_en=cell)
        keeper = create_organization(session, "keeper", name=cell)
        need = create_need(session, organization=keeper, excluded_providers=(cell,), **dict.fromkeys(NEED_TEXTS, cell))
        offer = create_offer(session, organization=keeper, **dict.fromkeys(OFFER_TEXTS, cell))
        run = create_match_run(session)
        told = {"message": "%(cell)s", "values": {"cell": cell}}
        create_match(session, run=run, need=need, offer=offer)
        create_unmet_need(session, run=run, need=create_need(session), detail=told, would_match_if=told)
        create_sensitivity(session, run=run, need=need, offer=offer, told=[told])
        create_pool_change(session, run=run, needs=(need,), offers=(offer,), told=told)
        rows = f'need_id,detail\r\n"{cell.replace(chr(34), chr(34) * 2)}","{cell.replace(chr(34), chr(34) * 2)}"\r\n'
        for name in ("matches.csv", "unmet.csv", "tandems.csv"):
            create_match_run_file(session, run=run, name=name, content=rows.encode())

    found = 0
    for address in addresses(need.id, offer.id, run.id):
        with client.get(f"{address}{'&' if '?' in address else '?'}format=csv-excel") as answer:
            assert answer.status_code == 200, address
            text = answer.get_data(as_text=True).removeprefix("\ufeff")
        cells = [one for row in csv.reader(io.StringIO(text, newline="")) for one in row]
        assert cell not in cells, address
        assert not any(one.lstrip().startswith(tuple("=+@\uff1d\uff0b\uff20")) for one in cells), address
        found += sum(one == f"'{cell}" for one in cells)
    assert found > 20
