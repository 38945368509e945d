"""One need on its way: from a file that a secretariat imports to a reason that anybody can read on a page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from app.actor import SYSTEM
from app.db import Database
from app.matches.services import RunOrder, plan_runs, run_match
from app.needs.services import import_needs
from app.offers.services import import_offers
from app.organizations.importing import FileImport
from tests.factories import create_group, create_membership, create_organization, create_state
from tests.support.application import database_of, served
from tests.web.inspection import FetchedPage, cells, fetch, words

NEEDS = """\
id,state,title,description,areas,modes,languages,visibility,excluded_providers,source_url\r
n-1,XAA,Training for our national CERT,Twelve analysts learn to handle incidents,IRC,training,fr,public,Excluded Institute,https://example.org/n-1\r
n-2,XAB,A quiet need,Nobody else may know of it,IRC,training,fr,private,,\r
"""
OFFERS = """\
id,provider,title,description,areas,modes,languages,eligible,capacity,visibility,source_url\r
o-1,First Provider,Incident handling for CERT analysts,Training for analysts of a national CERT,IRC,training,fr,AFR,1,public,https://example.org/o-1\r
o-2,Second Provider,Fellowship in international law,A year of study,LAW,fellowship,es,XAB,1,public,\r
o-3,Excluded Institute,Incident handling for CERT analysts,Training for analysts of a national CERT,IRC,training,fr,*,5,public,\r
"""
A_DAY = date(2026, 3, 2)
A_MONTH_LATER = date(2026, 4, 2)


@pytest.fixture
def app(loaded_url: str) -> Iterator[Flask]:
    """The application with the reference data, two made-up States, and nothing else."""
    with served(loaded_url) as app:
        with database_of(app).unit_of_work() as session:
            create_organization(session, "desk")
            africa = create_group(session, "AFR")
            for code, name in (("XAA", "Aland"), ("XAB", "Beland")):
                create_membership(session, create_state(session, code, name_en=name), africa)
        yield app


def follow(app: Flask, address: str, name: str) -> FetchedPage:
    """Return the page that the link of that name leads to."""
    client = app.test_client()
    page = fetch(client, address)
    (target,) = {link.get("href") for link in page.all("a") if words(link) == name}
    return fetch(client, target or "")


def import_files(database: Database) -> None:
    """Bring both files into the organization ``desk``, as the secretariat's command does."""
    with database.unit_of_work() as session:
        needs = import_needs(session, SYSTEM, a_file("needs.csv", NEEDS))
        offers = import_offers(session, SYSTEM, a_file("offers.csv", OFFERS))
    assert (needs.created, offers.created, needs.faults, offers.faults) == (2, 3, (), ())


def a_file(name: str, text: str) -> FileImport:
    """Return a file as it comes in."""
    return FileImport(content=text.encode(), name=name, organization_code="desk")


def reasons_of(page: FetchedPage) -> set[str]:
    """Return every reason that the page gives for any of its offers."""
    return {words(item) for listed in page.all("ul") if listed.get("class") == "reasons" for item in listed.iter("li")}


def test_a_need_comes_in_by_file_and_its_page_says_which_offer_fits_and_why(app: Flask) -> None:
    database = database_of(app)
    import_files(database)

    with database.unit_of_work() as session:
        run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))
    page = follow(app, "/needs", "Training for our national CERT")

    assert "Offer proposed: Incident handling for CERT analysts (First Provider)" in page.text
    assert reasons_of(page) >= {
        "Both are about Incident response and CERT/CSIRT (IRC).",
        "Both can work in fr.",
        "The offer is for African States, to which the State belongs.",
    }


def test_the_parts_of_the_score_on_the_page_add_up_to_it(app: Flask) -> None:
    database = database_of(app)
    import_files(database)

    with database.unit_of_work() as session:
        run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))
    page = follow(app, "/needs", "Training for our national CERT")

    parts = [float(cells(row)[2]) for row in page.all("details")[0].iter("tr") if cells(row)[0] != "Component"]
    (score,) = (float(words(element)) for element in page.all("span") if element.get("class") == "score")
    assert len(parts) == 9
    # Each of the nine parts and the score is rounded to two decimals.
    assert sum(parts) == pytest.approx(score, abs=0.05)


def test_a_need_for_the_secretariat_alone_leaves_the_pages_up_to_date(app: Flask) -> None:
    """The home page called a run of last month the newest, because each later one held a need that is not public."""
    database = database_of(app)
    import_files(database)
    client = app.test_client()
    with database.unit_of_work() as session:
        run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))
        confided = "id,state,title,areas\r\nn-3,XAA,A confided need,IRC\r\n"
        import_needs(session, SYSTEM, a_file("confided.csv", confided))

    with database.unit_of_work() as session:
        for order in plan_runs(session, SYSTEM, RunOrder(as_of_on=A_MONTH_LATER)):
            run_match(session, SYSTEM, order)

    runs = client.get("/api/v1/match-runs").json["data"]
    assert [run["as_of_on"] for run in runs] == ["2026-04-02", "2026-03-02"]
    assert [run["counts"]["needs"] for run in runs] == [1, 1]
    assert "The newest run, as of 2 April 2026" in fetch(client, "/").text
    assert "A confided need" not in follow(app, "/match-runs", "2 April 2026").text


def test_what_the_owner_keeps_to_itself_is_on_no_page(app: Flask) -> None:
    database = database_of(app)
    import_files(database)

    with database.unit_of_work() as session:
        run_match(session, SYSTEM, RunOrder(as_of_on=A_DAY))
    needs = fetch(app.test_client(), "/needs")
    need = follow(app, "/needs", "Training for our national CERT")
    run = follow(app, "/match-runs", "2 March 2026")

    assert "A quiet need" not in needs.text + run.text
    assert "Excluded Institute" not in need.text + run.text
