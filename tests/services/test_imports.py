"""Importing needs and offers: whole or not at all, once or again, and every change with its event."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.actor import PUBLIC, SYSTEM
from app.audit.models import AuditEvent
from app.errors import ForbiddenError, NotFoundError
from app.needs.models import Need
from app.needs.queries import iter_rows
from app.needs.services import import_needs
from app.offers.models import Offer
from app.offers.services import import_offers
from app.organizations.importing import FileImport, ImportReport
from matching.vocabulary import Basis, Mode, Visibility
from tests.factories import create_area, create_group, create_organization, create_state

NEEDS = """\
id,state,title,description,areas,modes,languages,earliest,latest,priority,gap,budget,currency,excluded_providers,visibility
n-1,XAA;XAB,Train our CERT,Two weeks,IRC.1;IRC,training;exercise,fr;en,2026-01-01,2026-12-31,5,2,1000.50,EUR,Second Provider,public
n-2,XAA,A second need,,IRC,,,,,,,,,,
"""

OFFERS = """\
id,provider,title,areas,modes,languages,eligible,capacity,available_until,confirmed_on,visibility
o-1,First Provider,A course,IRC,training,en,XAB;AFR,3,2026-12-31,2026-02-01,public
o-2,First Provider,Another course,IRC,,,,,,,
"""

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _reference_data(session: Session) -> None:
    create_organization(session, "cert-xaa")
    create_state(session, "XAA")
    create_state(session, "XAB")
    create_group(session, "AFR")
    create_area(session, "IRC.1", terms=(("en", "incident response team"),))
    create_area(session, "LAW", terms=(("en", "international law"),))


def a_file(content: str, **options: bool) -> FileImport:
    """Return the order to import a file of the organization cert-xaa."""
    return FileImport(content=content.encode(), name="file.csv", organization_code="cert-xaa", **options)


def counted(report: ImportReport) -> tuple[int, int, int]:
    """Return how many records were created, updated and unchanged."""
    return report.created, report.updated, report.unchanged


def n_events(session: Session) -> int:
    """Return the length of the audit trail."""
    return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def get_need(session: Session, external_id: str) -> Need:
    """Return a need as the database holds it, opened."""
    session.flush()
    session.expire_all()
    (need,) = (need for need in iter_rows(session, SYSTEM) if need.external_id == external_id)
    return need


def test_a_need_is_stored_as_its_file_says(session: Session) -> None:
    import_needs(session, SYSTEM, a_file(NEEDS))

    need = get_need(session, "n-1")
    assert need.state_codes == ("XAA", "XAB")
    assert need.area_codes == ("IRC.1", "IRC")
    assert need.mode_codes == (Mode.TRAINING, Mode.EXERCISE)
    assert need.language_codes == ("fr", "en")
    assert (need.earliest_on, need.latest_on) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (need.priority, need.gap) == (5, 2)
    assert (need.budget, need.currency) == (Decimal("1000.50"), "EUR")
    assert need.excluded_providers == ("Second Provider",)
    assert (need.visibility, need.areas_basis) == (Visibility.PUBLIC, Basis.STATED)


def test_an_empty_cell_means_what_the_contract_says(session: Session) -> None:
    import_needs(session, SYSTEM, a_file(NEEDS))

    need = get_need(session, "n-2")
    assert (need.priority, need.gap, need.budget) == (3, None, None)
    assert (need.earliest_on, need.latest_on) == (None, None)
    assert need.visibility is Visibility.SECRETARIAT


def test_an_offer_is_stored_as_its_file_says(session: Session) -> None:
    import_offers(session, SYSTEM, a_file(OFFERS))

    offer = session.scalars(select(Offer).where(Offer.external_id == "o-1")).one()
    assert offer.eligible == ("XAB", "AFR")
    assert offer.capacity == 3
    assert (offer.available_from_on, offer.available_until_on) == (None, date(2026, 12, 31))
    assert offer.confirmed_on == date(2026, 2, 1)


def test_an_offer_that_does_not_say_otherwise_is_for_everybody_once(session: Session) -> None:
    import_offers(session, SYSTEM, a_file(OFFERS))

    offer = session.scalars(select(Offer).where(Offer.external_id == "o-2")).one()
    assert (offer.eligible, offer.capacity) == (("*",), 1)


def test_areas_that_are_not_given_are_inferred_and_marked(session: Session) -> None:
    content = "id,state,title\nn-1,XAA,We need an incident response team\n"

    import_needs(session, SYSTEM, a_file(content))

    need = get_need(session, "n-1")
    assert need.area_codes == ("IRC.1",)
    assert need.areas_basis is Basis.INFERRED


@pytest.mark.parametrize(
    ("service", "content"),
    [pytest.param(import_needs, NEEDS, id="needs"), pytest.param(import_offers, OFFERS, id="offers")],
)
class TestBoth:
    """What holds for needs and offers alike."""

    def test_new_records_leave_one_event_each(self, session: Session, service: object, content: str) -> None:
        report = service(session, SYSTEM, a_file(content))  # type: ignore[operator]  # one of the two services

        assert counted(report) == (2, 0, 0)
        assert n_events(session) == 2

    def test_importing_a_file_again_changes_nothing(self, session: Session, service: object, content: str) -> None:
        service(session, SYSTEM, a_file(content))  # type: ignore[operator]  # as above
        session.expire_all()

        report = service(session, SYSTEM, a_file(content))  # type: ignore[operator]  # as above

        assert counted(report) == (0, 0, 2)
        assert n_events(session) == 2

    def test_a_changed_row_updates_one_record(self, session: Session, service: object, content: str) -> None:
        service(session, SYSTEM, a_file(content))  # type: ignore[operator]  # as above
        session.expire_all()

        report = service(session, SYSTEM, a_file(content.replace(",IRC,", ",LAW,")))  # type: ignore[operator]  # as above

        assert report.updated >= 1
        assert report.created == 0
        assert n_events(session) == 2 + report.updated

    def test_a_dry_run_counts_and_stores_nothing(self, session: Session, service: object, content: str) -> None:
        report = service(session, SYSTEM, a_file(content, is_dry_run=True))  # type: ignore[operator]  # as above

        assert counted(report) == (2, 0, 0)
        assert session.scalar(select(func.count()).select_from(Need)) == 0
        assert session.scalar(select(func.count()).select_from(Offer)) == 0
        assert n_events(session) == 0

    def test_nothing_is_stored_from_a_file_with_a_fault(self, session: Session, service: object, content: str) -> None:
        bad = content + content.splitlines()[-1].replace("-2,", "-3,").replace("IRC", "NONE") + "\n"

        report = service(session, SYSTEM, a_file(bad))  # type: ignore[operator]  # as above

        assert [(fault.line, fault.column, fault.code) for fault in report.faults] == [(4, "areas", "unknown_code")]
        assert counted(report) == (0, 0, 0)
        assert n_events(session) == 0

    def test_the_good_rows_are_stored_when_they_are_asked_for(
        self, session: Session, service: object, content: str
    ) -> None:
        bad = content + content.splitlines()[-1].replace("-2,", "-3,").replace("IRC", "NONE") + "\n"

        report = service(session, SYSTEM, a_file(bad, keep_good_rows=True))  # type: ignore[operator]  # as above

        assert counted(report) == (2, 0, 0)
        assert len(report.faults) == 1

    def test_the_public_may_not_import(self, session: Session, service: object, content: str) -> None:
        with pytest.raises(ForbiddenError):
            service(session, PUBLIC, a_file(content))  # type: ignore[operator]  # as above

    def test_an_unknown_organization_is_asked_for(self, session: Session, service: object, content: str) -> None:
        file = FileImport(content=content.encode(), name="file.csv", organization_code="nobody")

        with pytest.raises(NotFoundError, match="'nobody'"):
            service(session, SYSTEM, file)  # type: ignore[operator]  # as above


def test_a_row_that_says_less_takes_away_what_it_no_longer_says(session: Session) -> None:
    import_needs(session, SYSTEM, a_file(NEEDS))
    session.expire_all()
    less = NEEDS.replace("XAA;XAB", "XAB").replace("training;exercise", "exercise").replace("fr;en", "en")

    report = import_needs(session, SYSTEM, a_file(less.replace("Second Provider", "")))

    need = get_need(session, "n-1")
    assert counted(report) == (0, 1, 1)
    assert need.state_codes == ("XAB",)
    assert need.mode_codes == (Mode.EXERCISE,)
    assert need.language_codes == ("en",)
    assert need.excluded_providers == ()
    assert need.version == 2


def test_a_changed_order_of_areas_is_a_change(session: Session) -> None:
    import_needs(session, SYSTEM, a_file(NEEDS))
    session.expire_all()

    import_needs(session, SYSTEM, a_file(NEEDS.replace("IRC.1;IRC", "IRC;IRC.1")))

    assert get_need(session, "n-1").area_codes == ("IRC", "IRC.1")


def test_the_same_id_in_two_organizations_is_two_needs(session: Session) -> None:
    create_organization(session, "cert-xab")
    import_needs(session, SYSTEM, a_file(NEEDS))
    session.expire_all()
    file = FileImport(content=NEEDS.encode(), name="file.csv", organization_code="cert-xab")

    report = import_needs(session, SYSTEM, file)

    assert counted(report) == (2, 0, 0)


def test_an_update_keeps_the_instant_of_creation(session: Session) -> None:
    import_needs(session, SYSTEM, a_file(NEEDS), clock=lambda: NOON)
    session.expire_all()
    later = NOON.replace(hour=13)

    import_needs(session, SYSTEM, a_file(NEEDS.replace("Train our CERT", "Train them")), clock=lambda: later)

    need = get_need(session, "n-1")
    assert (need.created_at, need.updated_at) == (NOON, later)


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        pytest.param("areas_basis", "guessed", "unknown_code: 'guessed' is not a basis", id="no-basis"),
        pytest.param("modes_basis", "known", "unknown_code: 'known' is not a basis", id="no-basis-of-modes"),
        pytest.param("stated_on", "x" * 33, "out_of_range: The cell is longer than 32", id="too-long"),
        pytest.param("stated_on", "2018\u200b", "bad_character: The cell holds", id="hidden-character"),
    ],
)
def test_a_cell_of_our_own_columns_that_cannot_be_used_is_told(
    session: Session, column: str, cell: str, told: str
) -> None:
    report = import_needs(session, SYSTEM, a_file(f"id,state,title,{column}\nn-1,XAA,A team,{cell}\nn-2,XAA,A law,\n"))

    (fault,) = report.faults
    assert str(fault).startswith(f"file.csv:2:{column}: {told}")


def test_the_basis_is_read_in_any_case_and_codes_filled_in_later_are_stated(session: Session) -> None:
    content = "id,state,title,areas,areas_basis\nn-1,XAA,A team,LAW, Read \nn-2,XAA,A team,LAW,inferred\n"

    report = import_needs(session, SYSTEM, a_file(content))

    bases = session.scalars(select(Need.areas_basis).order_by(Need.external_id)).all()
    assert (report.warnings, bases) == ((), [Basis.READ, Basis.STATED])


def test_a_sample_is_marked_as_classified_by_reading(session: Session) -> None:
    content = "id,state,title,areas,stated_on\nn-1,XAA,An incident response team,LAW,2018-06\nn-2,XAA,Vaccines,,2019\n"

    import_needs(session, SYSTEM, a_file(content, is_sample=True))

    read, outside = get_need(session, "n-1"), get_need(session, "n-2")
    assert (read.area_codes, read.areas_basis, read.stated_on) == (("LAW",), Basis.READ, "2018-06")
    assert (outside.area_codes, outside.areas_basis, outside.stated_on) == ((), Basis.READ, "2019")
    assert read.is_sample


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfei\x00d\x00", id="utf-16"),
        pytest.param(b"PK\x03\x04broken", id="broken-xlsx"),
        pytest.param(b"id,state,title\nn-1,XAA,a\x00b\n", id="nul"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", id="old-workbook"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_fault_and_not_a_failure(session: Session, content: bytes) -> None:
    file = FileImport(content=content, name="file.csv", organization_code="cert-xaa")

    report = import_needs(session, SYSTEM, file)

    assert report.faults
    assert counted(report) == (0, 0, 0)
