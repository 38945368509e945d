"""What a release touches, and what becomes of records, choices, counts and the matcher once it is adopted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from app.actor import PUBLIC, SYSTEM, Actor
from app.areas import drafts
from app.areas import queries as areas
from app.areas.incidents import load_incidents
from app.areas.models import Area, AreaRelease
from app.areas.profiles import suggest_readings
from app.areas.release_queries import get_area_of, release_in_force
from app.areas.releases import Adoption, discard_draft
from app.areas.services import load_areas
from app.assessments import queries as assessments
from app.assessments.answers import AnswerContent
from app.assessments.models import AssessmentState
from app.matches.profiles import read_run_input
from app.needs import queries as needs
from app.needs.entries import change_need
from app.needs.filters import NeedFilter
from app.needs.profiles import need_value
from app.needs.services import read_need_file
from app.offers import queries as offers
from app.offers.queries import OfferFilter
from app.organizations.entries import FaultyRecordError
from app.organizations.importing import FileImport
from app.organizations.models import Organization, OrganizationKind
from app.paging import PageRequest
from app.reports.names import load_names
from app.reports.releases import adopt_release, review_release
from app.reports.touched import Touched, touched_by_code
from matching.vocabulary import Basis, Visibility
from tests.factories import (
    create_area,
    create_assessment,
    create_incident,
    create_match_run,
    create_need,
    create_offer,
    create_organization,
    create_share,
    create_tandem,
)
from tests.factories.accounts import actor_of, create_user

ADOPTION = Adoption(adopted_on=date(2026, 11, 29), review_on=date(2027, 11, 29))


def clock() -> datetime:
    """Return the instant of the tests."""
    return datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture
def secretary(session: Session) -> Actor:
    """Somebody of the secretariat, and two areas with topics."""
    for code in ("GOV.1", "GOV.2", "IRC.1"):
        create_area(session, code)
    return actor_of(create_user(session, "secretariat"))


@pytest.fixture
def draft(session: Session, secretary: Actor) -> AreaRelease:
    """A draft that retires GOV.2 for IRC.1."""
    draft = drafts.begin_draft(session, secretary)
    retire(session, draft, "GOV.2", successor="IRC.1")
    return draft


def retire(session: Session, draft: AreaRelease, code: str, *, successor: str | None = None, reason: str = "") -> None:
    """Retire an area in a draft."""
    area = replace(get_area_of(session, draft, code), is_retired=True, successor=successor, reason=reason)
    drafts.change_areas(session, SYSTEM, draft, {code: area})


def test_what_a_change_touches_is_counted(session: Session, secretary: Actor, draft: AreaRelease) -> None:
    create_need(session, areas=("GOV.2", "IRC"))
    create_need(session, areas=("GOV.2",))
    create_offer(session, areas=("GOV.2",))
    create_incident(session, areas=("GOV.2",))
    run = create_match_run(session)
    create_tandem(session, run=run, area_code="GOV.2")

    (change,) = review_release(session, secretary, draft).changes

    assert change.difference.code == "GOV.2"
    assert change.touched == Touched(n_needs=2, n_offers=1, n_incidents=1, n_runs=1)


def test_what_is_kept_from_the_secretariat_does_not_count_for_it(session: Session, secretary: Actor) -> None:
    other = create_organization(session, "other")
    for visibility in Visibility:
        create_need(session, organization=other, areas=("GOV.2",), visibility=visibility)
        create_offer(session, organization=other, areas=("GOV.2",), visibility=visibility)
    hidden = create_match_run(session)
    create_tandem(session, run=hidden, area_code="GOV.2")

    touched = touched_by_code(session, secretary)["GOV.2"]

    assert (touched.n_needs, touched.n_offers) == (4, 4)
    assert touched_by_code(session, SYSTEM)["GOV.2"].n_needs == 5


def test_private_needs_of_its_own_count(session: Session, secretary: Actor) -> None:
    (affiliation,) = secretary.affiliations
    own = session.get_one(Organization, affiliation.organization_id)
    create_need(session, organization=own, areas=("GOV.2",), visibility=Visibility.PRIVATE)

    assert touched_by_code(session, secretary)["GOV.2"].n_needs == 1


def test_of_assessments_those_count_of_which_an_answer_is_shown(session: Session, secretary: Actor) -> None:
    for code, is_shared in (("one", True), ("two", False)):
        organization = create_organization(session, code, kind=OrganizationKind.STATE)
        assessment = create_assessment(
            session,
            organization=organization,
            state=AssessmentState.SUBMITTED,
            answers={"GOV": AnswerContent(current=1, target=3)},
        )
        if is_shared:
            create_share(session, assessment, scope="GOV")

    touched = touched_by_code(session, secretary)["GOV"]

    assert (touched.n_questions, touched.n_assessments) == (1, 1)


def test_a_code_to_which_only_hidden_records_refer_needs_no_successor(
    session: Session, secretary: Actor, draft: AreaRelease
) -> None:
    """Otherwise the secretariat would learn of them; the need stays, and what its code says is no area to the matcher."""
    need = create_need(session, areas=("GOV.1",), visibility=Visibility.PRIVATE, title="Write our strategy")
    offer = create_offer(session, areas=("GOV.1",), visibility=Visibility.PRIVATE)
    retire(session, draft, "GOV.1", reason="Nobody asked for it.")

    adopt_release(session, secretary, draft, ADOPTION, clock=clock)

    found = needs.get_need(session, SYSTEM, need.id)
    assert found.area_codes == ("GOV.1",)
    assert offers.get_offer(session, SYSTEM, offer.id).area_codes == ("GOV.1",)
    (reading,) = suggest_readings(session, [need_value(found, need_id="n")])
    assert reading.areas_basis is Basis.INFERRED
    assert "GOV.1" not in reading.area_codes


def test_who_changes_a_record_with_such_a_code_is_asked_for_another(
    session: Session, secretary: Actor, draft: AreaRelease
) -> None:
    ministry = create_organization(session, "ministry", kind=OrganizationKind.STATE)
    actor = actor_of(create_user(session, "recipient", organization=ministry))
    need = create_need(session, organization=ministry, areas=("GOV.1",), visibility=Visibility.PRIVATE)
    retire(session, draft, "GOV.1", reason="Nobody asked for it.")
    adopt_release(session, secretary, draft, ADOPTION, clock=clock)
    found = needs.get_need(session, actor, need.id)

    with pytest.raises(FaultyRecordError) as refused:
        change_need(session, actor, found, {"priority": 5})
    change_need(session, actor, found, {"priority": 5, "areas": ["GOV"]})

    assert [error["pointer"] for error in refused.value.errors or []] == ["/json/areas"]
    assert needs.get_need(session, actor, need.id).area_codes == ("GOV",)


@pytest.fixture
def adopted(session: Session, secretary: Actor, draft: AreaRelease) -> AreaRelease:
    """The draft, in force; some records were made before."""
    create_need(session, external_id="old", areas=("GOV.2", "GOV"))
    create_need(session, external_id="new", areas=("IRC.1",))
    create_offer(session, external_id="old", areas=("GOV.2",))
    create_incident(session, areas=("GOV.2",))
    adopt_release(session, secretary, draft, ADOPTION, clock=clock)
    return draft


def test_records_keep_their_codes_and_are_read_as_before(session: Session, adopted: AreaRelease) -> None:
    (old,) = needs.list_page(session, PUBLIC, PageRequest(), NeedFilter(text="old")).items

    names = load_names(session, PUBLIC, "en")

    assert old.area_codes == ("GOV.2", "GOV")
    assert names.area("GOV.2") == "Area GOV.2"
    retirement = names.retirement("GOV.2")
    assert retirement is not None
    assert (retirement.release, retirement.successor) == ("2", "IRC.1")
    assert names.retirement("GOV") is None


def test_a_filter_finds_what_was_written_before(session: Session, adopted: AreaRelease) -> None:
    def found(area: str) -> list[str]:
        page = needs.list_page(session, PUBLIC, PageRequest(), NeedFilter(area=area))
        return [need.external_id for need in page.items]

    assert found("IRC.1") == found("IRC") == found("GOV.2") == found("gov.2") == ["new", "old"]
    assert found("GOV") == ["old"]
    assert found("GOV.1") == []
    offer_page = offers.list_page(session, PUBLIC, PageRequest(), OfferFilter(area="IRC"))
    assert [offer.external_id for offer in offer_page.items] == ["old"]


def test_private_needs_are_found_in_the_same_way(session: Session, adopted: AreaRelease) -> None:
    ministry = create_organization(session, "ministry", kind=OrganizationKind.STATE)
    actor = actor_of(create_user(session, "recipient", organization=ministry))
    create_need(session, organization=ministry, external_id="p", areas=("GOV.2",), visibility=Visibility.PRIVATE)

    page = needs.list_page(session, actor, PageRequest(), NeedFilter(area="IRC"))

    assert "p" in [need.external_id for need in page.items]
    assert needs.count_by_area(session, actor)["IRC.1"] == 3
    assert "GOV.2" not in needs.count_by_area(session, actor)


def test_counts_go_to_the_successor(session: Session, adopted: AreaRelease) -> None:
    assert needs.count_by_area(session, PUBLIC) == {"IRC.1": 2, "IRC": 2, "GOV": 1}
    assert offers.count_by_area(session, PUBLIC) == {"IRC.1": 1, "IRC": 1}


def test_a_search_for_a_retired_area_finds_its_successor(session: Session, adopted: AreaRelease) -> None:
    (node,) = areas.list_tree(session, PUBLIC, text="Area GOV.2")

    assert [area.code for area in node.children] == ["IRC.1"]
    assert [area.code for area in areas.list_children(session, PUBLIC, "GOV")] == ["GOV.1"]


def test_a_file_with_an_old_code_is_read_as_the_successor(session: Session, adopted: AreaRelease) -> None:
    content = b"id,state,title,areas,visibility\nn,XAA,Train us,GOV.2,members\n"
    create_organization(session, "secretariat")
    found = read_need_file(session, SYSTEM, FileImport(content=content, name="f.csv", organization_code="secretariat"))

    assert [need.area_codes for need in found.intake.records] == [("IRC.1",)]
    assert any("GOV.2 is retired and was read as IRC.1" in told for told in found.intake.warnings)


def test_a_run_takes_the_release_in_force(session: Session, adopted: AreaRelease) -> None:
    found = read_run_input(session, SYSTEM, circle=Visibility.PUBLIC, as_of_on=ADOPTION.adopted_on)

    assert found.reference.taxonomy.release == "2"
    assert found.reference.taxonomy.resolve("GOV.2") == "IRC.1"
    assert {need.area_codes for need in found.pool.needs} == {("GOV.2", "GOV"), ("IRC.1",)}


def test_a_questionnaire_opens_as_before(session: Session, draft: AreaRelease, secretary: Actor) -> None:
    assessment = create_assessment(session, answers={"GOV": AnswerContent(current=1, target=3)})
    retire(session, draft, "GOV.1", successor="IRC")
    adopt_release(session, secretary, draft, ADOPTION, clock=clock)

    questionnaire = assessments.get_questionnaire(session, SYSTEM, assessment.release)

    assert [section.code for section in questionnaire.sections][:2] == ["GOV", "IRC"]
    assert assessments.answers_of(session, SYSTEM, assessment)["GOV"].target == 3


def test_loading_leaves_what_was_drafted_here(session: Session) -> None:
    load_areas(session, SYSTEM)
    draft = drafts.begin_draft(session, SYSTEM)
    retire(session, draft, "GOV.2", successor="GOV.1")
    adopt_release(
        session, SYSTEM, draft, Adoption(adopted_on=date(2026, 11, 29), review_on=date(2099, 1, 1)), clock=clock
    )

    tally = load_areas(session, SYSTEM)
    load_incidents(session, SYSTEM)

    assert (tally.created, tally.updated) == (0, 0)
    assert release_in_force(session).release == "2"
    assert session.get_one(Area, "GOV.2").successor_code == "GOV.1"


def test_after_a_draft_was_discarded_loading_goes_on(session: Session) -> None:
    load_areas(session, SYSTEM)
    draft = drafts.begin_draft(session, SYSTEM)
    discard_draft(session, SYSTEM, draft)
    session.get_one(Area, "GOV").scope_en = "Otherwise."
    session.flush()

    assert load_areas(session, SYSTEM).updated == 1
