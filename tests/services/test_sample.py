"""Loading the sample again: what people did to its records since stays as they left it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actor import SYSTEM
from app.matches.sample import SAMPLE_CODE, load_sample
from app.needs.models import Need
from app.needs.queries import iter_rows
from app.needs.services import import_needs
from app.offers.models import Offer
from app.offers.services import import_offers
from app.organizations.importing import FileImport, ImportReport
from matching.vocabulary import Basis, Visibility
from tests.factories import create_area, create_state

NEEDS = """\
id,state,title,areas,visibility,stated_on
n-1,XAA,Train our CERT,IRC,public,2018-06
n-2,XAA,Draft a law,LAW,public,2019
"""
OFFERS = """\
id,provider,title,areas,visibility,kind
o-1,First Provider,A course,IRC,public,course
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with a small sample."""
    (tmp_path / "sample").mkdir()
    (tmp_path / "sample" / "needs.csv").write_text(NEEDS, encoding="utf-8")
    (tmp_path / "sample" / "offers.csv").write_text(OFFERS, encoding="utf-8")
    return tmp_path


@pytest.fixture(autouse=True)
def _reference_data(session: Session) -> None:
    create_state(session, "XAA")
    create_area(session, "IRC")
    create_area(session, "LAW")


def load(session: Session, folder: Path) -> dict[str, tuple[int, int, int]]:
    """Return how many records the loading created, updated and left, by kind."""
    reports = load_sample(session, SYSTEM, folder=folder)
    session.flush()
    session.expire_all()
    return {kind: counted(report) for kind, report in reports.items()}


def counted(report: ImportReport) -> tuple[int, int, int]:
    assert report.faults == ()
    return report.created, report.updated, report.unchanged


def correct(session: Session, content: str) -> None:
    """Import a correction as somebody who answers for the sample would."""
    file = FileImport(content=content.encode(), name="correction.csv", organization_code=SAMPLE_CODE)
    service = import_offers if "provider" in content else import_needs
    service(session, SYSTEM, file)
    session.flush()
    session.expire_all()


def rewrite(folder: Path, old: str, new: str) -> None:
    """Change the sample as a new release of it would."""
    path = folder / "sample" / "needs.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def get_need(session: Session, external_id: str) -> Need:
    (need,) = (need for need in iter_rows(session, SYSTEM) if need.external_id == external_id)
    return need


def test_a_withdrawn_record_is_not_published_again(session: Session, folder: Path) -> None:
    """Every start of the program once loaded the sample anew, and a need that had been made private was public again."""
    load(session, folder)
    correct(session, "id,state,title,areas,visibility\nn-1,XAA,Train our CERT,IRC,private\n")

    found = load(session, folder)

    assert get_need(session, "n-1").visibility is Visibility.PRIVATE
    assert found["needs"] == (0, 0, 2)


def test_a_corrected_offer_is_not_reverted(session: Session, folder: Path) -> None:
    load(session, folder)
    correct(session, "id,provider,title,areas,visibility\no-1,First Provider,A better course,IRC,public\n")

    found = load(session, folder)

    assert session.scalars(select(Offer.title)).one() == "A better course"
    assert found["offers"] == (0, 0, 1)


def test_a_corrected_record_is_still_one_of_the_sample(session: Session, folder: Path) -> None:
    load(session, folder)

    correct(session, "id,state,title,areas,visibility\nn-1,XAA,Train our team,IRC,public\n")

    need = get_need(session, "n-1")
    assert (need.title, need.is_sample, need.stated_on) == ("Train our team", True, "2018-06")
    assert need.areas_basis is Basis.STATED


def test_a_new_sample_updates_what_only_the_sample_wrote(session: Session, folder: Path) -> None:
    load(session, folder)
    rewrite(folder, "Draft a law", "Draft a law on evidence")

    first = load(session, folder)
    rewrite(folder, "Draft a law on evidence", "Draft a law on electronic evidence")
    second = load(session, folder)

    assert first["needs"] == second["needs"] == (0, 1, 1)
    assert get_need(session, "n-2").title == "Draft a law on electronic evidence"


def test_a_new_sample_leaves_a_corrected_record_alone(session: Session, folder: Path) -> None:
    load(session, folder)
    correct(session, "id,state,title,areas,visibility\nn-2,XAA,Draft two laws,LAW,public\n")
    rewrite(folder, "Draft a law", "Draft a law on evidence")

    found = load(session, folder)

    assert get_need(session, "n-2").title == "Draft two laws"
    assert found["needs"] == (0, 0, 2)


def test_a_new_sample_shows_a_record_to_no_more_than_before(session: Session, folder: Path) -> None:
    rewrite(folder, "IRC,public", "IRC,members")
    load(session, folder)
    rewrite(folder, "IRC,members", "IRC,public")

    load(session, folder)

    assert get_need(session, "n-1").visibility is Visibility.MEMBERS


def test_a_new_sample_may_show_a_record_to_fewer(session: Session, folder: Path) -> None:
    load(session, folder)
    rewrite(folder, "IRC,public", "IRC,members")

    load(session, folder)

    assert get_need(session, "n-1").visibility is Visibility.MEMBERS
