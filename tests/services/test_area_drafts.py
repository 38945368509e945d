"""The next release of the areas: drafted, checked, and discarded or adopted; the one before stays readable."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.actor import SYSTEM, Actor, Affiliation, Role
from app.areas import drafts, release_queries
from app.areas.models import Area, AreaRelease, ReleaseState
from app.areas.profiles import taxonomy
from app.areas.release_events import NoDraftError
from app.areas.released import ReleasedArea, differences
from app.areas.releases import Adoption, UnsoundDraftError, adopt_draft, default_review, discard_draft
from app.areas.succession import successors
from app.areas.transitions import TRANSITIONS, Action, actions_open_to
from app.audit.models import AuditEvent
from app.db import Database
from app.errors import ConflictError, ForbiddenError, InvalidFieldError, NotFoundError
from tests.factories import create_area, create_organization, create_release, create_scheme_code
from tests.factories.accounts import create_user

TODAY = date(2026, 11, 29)
ADOPTION = Adoption(adopted_on=TODAY, review_on=date(2027, 11, 29))


def clock() -> datetime:
    """Return the instant of the tests."""
    return datetime(2026, 11, 29, 12, tzinfo=UTC)


def person(session: Session, role: str = "secretariat") -> Actor:
    """Return somebody of a role."""
    organization = create_organization(session, "office")
    user = create_user(session, role, organization=organization)
    return Actor(
        user_id=user.id, affiliations=frozenset({Affiliation(organization_id=organization.id, role=Role(role))})
    )


@pytest.fixture
def secretary(session: Session) -> Actor:
    """Somebody of the secretariat, and a release with two areas, one of them with two topics."""
    create_area(session, "GOV", terms=(("en", "strategy"), ("fr", "stratégie")), links=(("gfce", "A"),))
    for code in ("GOV.1", "GOV.2", "IRC"):
        create_area(session, code)
    return person(session)


@pytest.fixture
def draft(session: Session, secretary: Actor) -> AreaRelease:
    """A draft of the release that comes after it."""
    return drafts.begin_draft(session, secretary)


def area(session: Session, draft: AreaRelease, code: str) -> ReleasedArea:
    """Return an area as the draft has it."""
    return release_queries.get_area_of(session, draft, code)


def change(session: Session, actor: Actor, draft: AreaRelease, code: str, **changes: object) -> None:
    """Change some fields of an area of the draft."""
    drafts.change_areas(session, actor, draft, {code: replace(area(session, draft, code), **changes)})


def adopt(session: Session, actor: Actor, draft: AreaRelease, adoption: Adoption = ADOPTION, **referring: int) -> None:
    """Adopt a draft; so many records refer to codes."""
    counts = {code.replace("_", "."): n for code, n in referring.items()}
    adopt_draft(session, actor, draft, adoption, n_referring=counts, clock=clock)


def faults(refused: pytest.ExceptionInfo[UnsoundDraftError]) -> list[tuple[str, str]]:
    """Return where a draft is wrong."""
    return [(one.code, one.field) for one in refused.value.faults]


def actions(session: Session) -> list[str]:
    """Return what the audit trail says has happened."""
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.position)))


def test_a_draft_begins_as_the_release_in_force(session: Session, draft: AreaRelease) -> None:
    assert (draft.release, draft.state, draft.base_release) == ("2", ReleaseState.DRAFT, "1")
    assert list(release_queries.areas_of(session, draft)) == ["GOV", "GOV.1", "GOV.2", "IRC"]
    assert release_queries.differences_of(session, draft) == ()
    assert release_queries.release_in_force(session).release == "1"
    assert actions(session) == ["area_release.drafted"]


def test_there_is_one_draft_at_a_time(session: Session, secretary: Actor, draft: AreaRelease) -> None:
    with pytest.raises(ConflictError, match=r"Release 2 is being drafted already"):
        drafts.begin_draft(session, secretary)


def test_the_database_holds_to_one_draft(database: Database) -> None:
    """Two who begin at once may both find none."""
    with database.unit_of_work() as session:
        create_release(session, "2", state=ReleaseState.DRAFT)

    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        create_release(session, "3", state=ReleaseState.DRAFT)


def test_without_areas_there_is_nothing_to_begin_with(session: Session) -> None:
    with pytest.raises(ConflictError, match="load reference"):
        drafts.begin_draft(session, SYSTEM)


def test_an_area_is_added_changed_and_retired(session: Session, secretary: Actor, draft: AreaRelease) -> None:
    create_scheme_code(session, "gfce", "B")
    new = ReleasedArea(
        parent="IRC", titles={"en": "Exercises"}, scope="Rehearsals.", terms=(("en", "drill"),), links=(("gfce", "B"),)
    )
    drafts.add_area(session, secretary, draft, "IRC.1", new)
    change(session, secretary, draft, "GOV", titles={"en": "Strategy and law"})
    change(session, secretary, draft, "GOV.2", is_retired=True, successor="GOV.1")
    # Nothing is in force before it is adopted.
    assert session.get(Area, "IRC.1") is None

    adopt(session, secretary, draft)

    rows = {row.code: row for row in session.scalars(select(Area))}
    assert (rows["IRC.1"].title_en, rows["IRC.1"].parent_code, rows["IRC.1"].since_release) == ("Exercises", "IRC", "2")
    assert (rows["GOV"].title_en, rows["GOV"].since_release) == ("Strategy and law", "1")
    assert (rows["GOV.2"].retired_in, rows["GOV.2"].successor_code, rows["GOV.2"].title_en) == (
        "2",
        "GOV.1",
        "Area GOV.2",
    )
    engine = taxonomy(session)
    assert engine.release == "2"
    assert engine.resolve("GOV.2") == "GOV.1"
    assert engine.area_by_code["IRC.1"].terms == {"en": ("drill",)}
    assert actions(session) == [
        "area_release.drafted",
        *["area_release.edited"] * 3,
        "area_release.superseded",
        "area_release.adopted",
        "area.registered",
        "area.updated",
        "area.updated",
    ]


def test_the_release_before_stays_readable_as_it_was(session: Session, secretary: Actor, draft: AreaRelease) -> None:
    last = release_queries.get_release(session, secretary, "1")
    before = dict(release_queries.areas_of(session, last))
    change(session, secretary, draft, "GOV", titles={"en": "Strategy and law"}, terms=(("en", "plan"),))
    change(session, secretary, draft, "GOV.2", is_retired=True, successor="GOV.1")

    adopt(session, secretary, draft)

    last = release_queries.get_release(session, secretary, "1")
    assert last.state is ReleaseState.SUPERSEDED
    assert release_queries.areas_of(session, last) == before
    new = release_queries.get_release(session, secretary, "2")
    assert (new.state, new.adopted_on, new.review_on) == (ReleaseState.ADOPTED, TODAY, date(2027, 11, 29))
    assert [(one.code, one.kind, one.fields) for one in release_queries.differences_of(session, new)] == [
        ("GOV", "changed", ("titles", "terms")),
        ("GOV.2", "retired", ("is_retired", "successor")),
    ]


def test_a_release_in_force_stays_itself_when_the_next_changes_the_table(
    session: Session, secretary: Actor, draft: AreaRelease
) -> None:
    adopt(session, secretary, draft)
    third = drafts.begin_draft(session, secretary)
    change(session, secretary, third, "GOV", scope="Anew.")
    adopt(session, secretary, third)

    areas = [release_queries.areas_of(session, release_queries.get_release(session, secretary, name)) for name in "123"]

    assert [found["GOV"].scope for found in areas] == ["", "", "Anew."]


def test_a_draft_that_changes_nothing_can_be_adopted(session: Session, secretary: Actor, draft: AreaRelease) -> None:
    adopt(session, secretary, draft)

    assert release_queries.release_in_force(session).release == "2"
    assert "area.updated" not in actions(session)


@pytest.mark.parametrize("code", ["gov.3", "GOVX", "GOV.0", "GOV.1.1", "GOV.100", "", "G\u0000V"])
def test_a_code_has_one_form(session: Session, secretary: Actor, draft: AreaRelease, code: str) -> None:
    with pytest.raises(InvalidFieldError, match="three capital letters"):
        drafts.add_area(session, secretary, draft, code, ReleasedArea(titles={"en": "New"}))


def test_a_code_is_given_once(session: Session, secretary: Actor, draft: AreaRelease) -> None:
    change(session, secretary, draft, "GOV.2", is_retired=True, successor="GOV.1")
    adopt(session, secretary, draft)
    third = drafts.begin_draft(session, secretary)

    with pytest.raises(InvalidFieldError, match=r"GOV\.2 is used already, or was once"):
        drafts.add_area(session, secretary, third, "GOV.2", ReleasedArea(parent="GOV", titles={"en": "New"}))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"GOV": {"titles": {"en": " "}}}, ("GOV", "title_en")),
        ({"GOV": {"parent": "GOV.1"}}, ("GOV", "parent")),
        ({"GOV.1": {"parent": "GOV.1"}}, ("GOV.1", "parent")),
        ({"GOV.1": {"parent": "IRC"}}, ("GOV.1", "parent")),
        ({"GOV.1": {"parent": "XXX"}}, ("GOV.1", "parent")),
        ({"IRC": {"parent": "GOV"}}, ("IRC", "parent")),
        ({"GOV.1": {"is_retired": True, "successor": "XXX"}}, ("GOV.1", "successor")),
        ({"GOV.1": {"is_retired": True, "successor": "GOV.1"}}, ("GOV.1", "successor")),
        ({"GOV.1": {"is_retired": True}}, ("GOV.1", "reason")),
        ({"GOV.2": {"is_retired": True, "reason": "Nobody uses it."}}, ("GOV.2", "successor")),
        (
            {"GOV.1": {"is_retired": True, "successor": "GOV.2"}, "GOV.2": {"is_retired": True, "successor": "IRC"}},
            ("GOV.1", "successor"),
        ),
        (
            {"GOV.1": {"is_retired": True, "successor": "GOV.2"}, "GOV.2": {"is_retired": True, "successor": "GOV.1"}},
            ("GOV.2", "successor"),
        ),
    ],
    ids=[
        *("no title", "a cycle of parents", "under itself", "under another than its code says", "under nothing"),
        *("an area under another", "no such successor", "its own successor", "no reason", "records refer to it"),
        *("a successor that is retired", "a cycle of successors"),
    ],
)
def test_a_draft_with_faults_is_not_adopted_and_nothing_of_it_is_lost(
    session: Session,
    secretary: Actor,
    draft: AreaRelease,
    changes: dict[str, dict[str, object]],
    fault: tuple[str, str],
) -> None:
    for code, fields in changes.items():
        change(session, secretary, draft, code, **fields)
    before = release_queries.differences_of(session, draft)

    with pytest.raises(UnsoundDraftError) as refused:
        adopt(session, secretary, draft, GOV_2=3)

    assert fault in faults(refused)
    assert draft.state is ReleaseState.DRAFT
    assert release_queries.differences_of(session, draft) == before != ()
    assert release_queries.release_in_force(session).release == "1"


def test_an_area_in_force_does_not_stand_under_a_retired_one(
    session: Session, secretary: Actor, draft: AreaRelease
) -> None:
    for code, parent in (("ADD", None), ("ADD.1", "ADD")):
        drafts.add_area(session, secretary, draft, code, ReleasedArea(parent=parent, titles={"en": code}))
    adopt(session, secretary, draft)
    third = drafts.begin_draft(session, secretary)
    change(session, secretary, third, "ADD", is_retired=True, successor="IRC")

    with pytest.raises(UnsoundDraftError) as refused:
        adopt(session, secretary, third)

    assert faults(refused) == [("ADD.1", "parent")]


def test_the_twelve_areas_stay_for_good(session: Session, secretary: Actor, draft: AreaRelease) -> None:
    change(session, secretary, draft, "IRC", is_retired=True, successor="GOV")

    with pytest.raises(UnsoundDraftError) as refused:
        adopt(session, secretary, draft)

    assert faults(refused) == [("IRC", "is_retired")]
    with pytest.raises(InvalidFieldError):
        drafts.move_area(session, secretary, draft, "IRC", "GOV")


def test_what_leads_to_a_code_that_is_retired_now_leads_on(
    session: Session, secretary: Actor, draft: AreaRelease
) -> None:
    change(session, secretary, draft, "GOV.2", is_retired=True, successor="GOV.1")
    adopt(session, secretary, draft)
    third = drafts.begin_draft(session, secretary)
    change(session, secretary, third, "GOV.1", is_retired=True, reason="Left out.")

    with pytest.raises(UnsoundDraftError) as refused:
        adopt(session, secretary, third)
    assert faults(refused) == [("GOV.2", "successor")]

    change(session, secretary, third, "GOV.1", successor="IRC", reason="")
    adopt(session, secretary, third)
    assert successors(session) == {"GOV.1": "IRC", "GOV.2": "IRC"}


def test_what_was_retired_stays_so(session: Session, secretary: Actor, draft: AreaRelease) -> None:
    change(session, secretary, draft, "GOV.2", is_retired=True, reason="Nobody asked for it.")
    adopt(session, secretary, draft)
    third = drafts.begin_draft(session, secretary)
    change(session, secretary, third, "GOV.2", is_retired=False, reason="")

    with pytest.raises(UnsoundDraftError) as refused:
        adopt(session, secretary, third)

    assert faults(refused) == [("GOV.2", "is_retired")]


def test_a_code_without_successor_is_none_for_the_engine(
    session: Session, secretary: Actor, draft: AreaRelease
) -> None:
    change(session, secretary, draft, "GOV.2", is_retired=True, reason="Nobody asked for it.")

    adopt(session, secretary, draft)

    assert taxonomy(session).resolve("GOV.2") is None
    assert "GOV.2" not in taxonomy(session).current_codes


def test_an_area_is_moved_by_a_new_code_that_succeeds_the_old(
    session: Session, secretary: Actor, draft: AreaRelease
) -> None:
    new = drafts.move_area(session, secretary, draft, "GOV.2", "IRC")

    moved, old = area(session, draft, new), area(session, draft, "GOV.2")
    assert (new, moved.parent, moved.title()) == ("IRC.1", "IRC", "Area GOV.2")
    assert (old.is_retired, old.successor, old.title()) == (True, "IRC.1", "Area GOV.2")
    adopt(session, secretary, draft, GOV_2=7)


@pytest.mark.parametrize("parent", ["GOV", "GOV.1", "XXX", "GOV.2"])
def test_an_area_is_moved_under_another_top_level_area_alone(
    session: Session, secretary: Actor, draft: AreaRelease, parent: str
) -> None:
    with pytest.raises(InvalidFieldError):
        drafts.move_area(session, secretary, draft, "GOV.2", parent)


def test_a_change_is_taken_back(session: Session, secretary: Actor, draft: AreaRelease) -> None:
    change(session, secretary, draft, "GOV", scope="Anew.")

    drafts.take_back(session, secretary, draft, "GOV")

    assert release_queries.differences_of(session, draft) == ()
    with pytest.raises(NotFoundError):
        drafts.take_back(session, secretary, draft, "GOV")


def test_what_others_rest_on_is_not_taken_back(session: Session, secretary: Actor, draft: AreaRelease) -> None:
    drafts.add_area(session, secretary, draft, "LAW", ReleasedArea(titles={"en": "Law"}))
    change(session, secretary, draft, "GOV.2", is_retired=True, successor="LAW")

    with pytest.raises(ConflictError, match=r"GOV\.2"):
        drafts.take_back(session, secretary, draft, "LAW")


def test_a_link_leads_to_an_entry_that_there_is(session: Session, secretary: Actor, draft: AreaRelease) -> None:
    with pytest.raises(InvalidFieldError, match="no entry Z9"):
        change(session, secretary, draft, "GOV", links=(("gfce", "Z9"),))


def test_a_discarded_draft_stays_readable_and_its_name_is_not_given_again(
    session: Session, secretary: Actor, draft: AreaRelease
) -> None:
    change(session, secretary, draft, "GOV", scope="Anew.")

    discard_draft(session, secretary, draft)

    assert [one.code for one in release_queries.differences_of(session, draft)] == ["GOV"]
    assert drafts.begin_draft(session, secretary).release == "3"
    assert actions(session)[-2:] == ["area_release.discarded", "area_release.drafted"]


@pytest.mark.parametrize(
    ("adopted_on", "review_on", "field"),
    [
        (date(2026, 11, 30), date(2027, 11, 29), "adopted_on"),
        (date(2025, 12, 31), date(2027, 11, 29), "adopted_on"),
        (date(2026, 11, 29), date(2026, 11, 29), "review_on"),
    ],
    ids=["a day to come", "before the release in force", "a review that is due at once"],
)
def test_the_days_of_a_release_make_sense(
    session: Session, secretary: Actor, draft: AreaRelease, adopted_on: date, review_on: date, field: str
) -> None:
    with pytest.raises(InvalidFieldError) as refused:
        adopt(session, secretary, draft, Adoption(adopted_on=adopted_on, review_on=review_on))

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("adopted_on", "expected"), [(TODAY, date(2027, 11, 29)), (date(2028, 2, 29), date(2029, 2, 28))]
)
def test_a_review_comes_after_a_year_where_nobody_says_otherwise(adopted_on: date, expected: date) -> None:
    assert default_review(adopted_on) == expected


@pytest.mark.parametrize("state", ReleaseState)
@pytest.mark.parametrize("role", Role)
def test_a_release_moves_as_the_table_says(session: Session, secretary: Actor, role: Role, state: ReleaseState) -> None:
    release = create_release(session, "7", state=state, base_release="1", adopted_on=None)
    actor = person(session, role)
    is_open = role is Role.SECRETARIAT and state is ReleaseState.DRAFT

    for move in (discard_draft, adopt):
        with session.begin_nested() as attempt:
            if is_open:
                move(session, actor, release)
            else:
                with pytest.raises(ForbiddenError if role is not Role.SECRETARIAT else NoDraftError):
                    move(session, actor, release)
            attempt.rollback()

    assert actions_open_to(actor, state) == ((Action.ADOPT, Action.DISCARD) if is_open else ())
    assert {(step.source.value, step.target.value) for step in TRANSITIONS.values()} == {
        ("draft", "adopted"),
        ("draft", "discarded"),
        ("adopted", "superseded"),
    }


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SECRETARIAT}))
def test_nobody_else_drafts_or_reads_drafts(session: Session, secretary: Actor, draft: AreaRelease, role: Role) -> None:
    actor = person(session, role)
    for refused in (
        lambda: drafts.begin_draft(session, actor),
        lambda: drafts.add_area(session, actor, draft, "LAW", ReleasedArea()),
        lambda: drafts.change_areas(session, actor, draft, {}),
        lambda: drafts.move_area(session, actor, draft, "GOV.2", "IRC"),
        lambda: drafts.take_back(session, actor, draft, "GOV"),
        lambda: release_queries.get_release(session, actor, "2"),
        lambda: release_queries.list_releases(session, actor),
    ):
        with pytest.raises(ForbiddenError):
            refused()
    assert release_queries.find_draft(session, actor) is None


@pytest.mark.parametrize("state", sorted(set(ReleaseState) - {ReleaseState.DRAFT}))
def test_only_a_draft_is_changed(session: Session, secretary: Actor, state: ReleaseState) -> None:
    release = create_release(session, "7", state=state, base_release="1")
    for refused in (
        lambda: drafts.add_area(session, secretary, release, "LAW", ReleasedArea()),
        lambda: drafts.change_areas(session, secretary, release, {}),
        lambda: drafts.move_area(session, secretary, release, "GOV.2", "IRC"),
        lambda: drafts.take_back(session, secretary, release, "GOV"),
    ):
        with pytest.raises(NoDraftError, match="Release 7 is no draft"):
            refused()


@pytest.mark.parametrize(
    ("today", "is_due"), [(date(2027, 9, 29), False), (date(2027, 9, 30), True), (date(2028, 1, 1), True)]
)
def test_the_review_asks_for_itself(
    session: Session, secretary: Actor, draft: AreaRelease, today: date, *, is_due: bool
) -> None:
    adopt(session, secretary, draft)

    found = release_queries.find_review(session, secretary, today=today)

    assert (found is not None) is is_due
    assert release_queries.find_review(session, person(session, "recipient"), today=today) is None


def test_differences_know_no_order_of_words_of_one_language() -> None:
    one = ReleasedArea(titles={"en": "One"}, links=(("a", "2"), ("a", "1")))
    other = replace(one, links=(("a", "1"), ("a", "2")))

    assert differences({"GOV": one}, {"GOV": other}) == ()
