"""Statistics of self-assessments: what is shown of many States, when it changes, and that it tells of none of them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from string import ascii_uppercase

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actor import SYSTEM, Actor, Affiliation, Role
from app.assessments.answers import AnswerContent
from app.assessments.counting import counted_by_state, counting_of, let_count
from app.assessments.disclosure import n_apart
from app.assessments.models import Assessment, AssessmentState
from app.assessments.sealed_statistics import open_said
from app.assessments.statistic_models import CountedAssessment, Statistic
from app.assessments.statistic_queries import iter_rows, list_page
from app.assessments.statistics_release import MIN_DAYS_BETWEEN, release_statistics
from app.audit.models import AuditEvent
from app.errors import ConflictError, ForbiddenError, NotFoundError
from app.organizations.models import Organization, OrganizationKind
from app.paging import PageRequest
from app.states.models import Group, GroupScheme
from tests.factories import create_assessment, create_group, create_membership, create_organization, create_state
from tests.factories.statistics import create_counted, create_counting

FIRST = datetime(2026, 3, 2, 6, tzinfo=UTC)
QUARTER = timedelta(days=MIN_DAYS_BETWEEN)
N_MEMBERS = 30
CODES = [f"X{ascii_uppercase[n // 26]}{ascii_uppercase[n % 26]}" for n in range(60)]

Told = tuple[str, int | None, int | None, int | None, int | None, date | None]


@pytest.fixture
def africa(session: Session) -> Group:
    """A group of thirty States, of which no one has submitted anything."""
    return group_of(session, "AFR", CODES[:N_MEMBERS])


def group_of(
    session: Session, code: str, states: Iterable[str], *, scheme: GroupScheme = GroupScheme.UN_REGIONAL_GROUP
) -> Group:
    group = create_group(session, code, scheme)
    for state in states:
        create_membership(session, create_state(session, state), group)
    return group


def count(session: Session, states: Iterable[str], *, stages: tuple[int, ...] = (1, 2, 3)) -> list[Assessment]:
    """Let what States submitted be counted; their stages of GOV take turns."""
    return [create_counted(session, code, stage=stages[n % len(stages)]) for n, code in enumerate(states)]


def release(session: Session, number: int = 0) -> list[Told]:
    """Make the release of a quarter, and return what is shown of GOV then."""
    release_statistics(session, SYSTEM, clock=lambda: FIRST + number * QUARTER)
    return shown(session)


def shown(session: Session) -> list[Told]:
    rows = (row for row in iter_rows(session, SYSTEM) if row.area == "GOV")
    return [
        (row.group_code, row.n_states, row.lower_quartile, row.median, row.upper_quartile, row.as_of_on) for row in rows
    ]


def day(number: int) -> date:
    return (FIRST + number * QUARTER).date()


def say(session: Session, assessment: Assessment, stage: int) -> None:
    """Let a State say something else in a new assessment that counts in place of the last."""
    create_counting(
        session,
        create_assessment(
            session,
            organization=ministry_of(session, assessment),
            state=AssessmentState.SUBMITTED,
            as_of_on=assessment.as_of_on + timedelta(days=1),
            answers={"GOV": AnswerContent(current=stage)},
        ),
    )


def take_back(session: Session, assessments: Iterable[Assessment]) -> None:
    for assessment in assessments:
        let_count(session, SYSTEM, assessment, is_counted=False)


def ministry_of(session: Session, assessment: Assessment) -> Organization:
    return session.get_one(Organization, assessment.organization_id)


def focal_point(organization: Organization, role: Role = Role.RECIPIENT) -> Actor:
    affiliation = Affiliation(organization_id=organization.id, role=role)
    return Actor(affiliations=frozenset({affiliation}))


# When figures are shown.


@pytest.mark.parametrize(("n", "is_shown"), [(9, False), (10, True)])
def test_figures_are_shown_of_ten_states_and_of_no_fewer(
    session: Session, africa: Group, n: int, *, is_shown: bool
) -> None:
    count(session, CODES[:n])

    found = release(session)

    # Stages 1 2 3 1 2 3 1 2 3 1: the third, the fifth and the eighth of ten in order.
    assert found == ([("AFR", 10, 1, 2, 3, day(0))] if is_shown else [])


@pytest.mark.parametrize(("n", "told"), [(14, 10), (15, 15), (29, 25), (30, 25)])
def test_how_many_count_is_told_in_steps_and_never_that_all_do(
    session: Session, africa: Group, n: int, told: int
) -> None:
    count(session, CODES[:n])

    assert [row[1] for row in release(session)] == [told]


def test_a_group_of_ten_is_never_shown_since_all_of_it_would_count(session: Session) -> None:
    group_of(session, "AFR", CODES[:10])
    count(session, CODES[:10])

    assert release(session) == []


@pytest.mark.parametrize(("n_others", "is_shown"), [(2, False), (3, True)])
def test_what_nearly_all_say_is_not_shown(session: Session, africa: Group, n_others: int, *, is_shown: bool) -> None:
    count(session, CODES[: 12 - n_others], stages=(1,))
    count(session, CODES[12 - n_others : 12], stages=(4,))

    assert bool(release(session)) is is_shown


def test_an_area_that_was_assessed_by_its_topics_counts_with_their_median(session: Session, africa: Group) -> None:
    for n, code in enumerate(CODES[:12]):
        create_counted(session, code, answers={"IRC.1": AnswerContent(current=1 + n % 3)})

    release(session)

    assert [(row.area, row.median) for row in iter_rows(session, SYSTEM)] == [("IRC", 2)]


# Who counts.


@pytest.mark.parametrize("state", [AssessmentState.DRAFT, AssessmentState.WITHDRAWN])
def test_what_is_not_submitted_does_not_count(session: Session, africa: Group, state: AssessmentState) -> None:
    *others, last = count(session, CODES[:10])
    last.state = state
    session.flush()

    assert len(counted_by_state(session, SYSTEM)) == len(others)
    assert release(session) == []


def test_what_was_let_be_counted_says_nothing_of_the_next_assessment(session: Session) -> None:
    (first,) = count(session, CODES[:1])
    later = create_assessment(
        session,
        organization=ministry_of(session, first),
        state=AssessmentState.SUBMITTED,
        as_of_on=first.as_of_on + timedelta(days=1),
    )

    assert counted_by_state(session, SYSTEM) == {}
    let_count(session, SYSTEM, later, is_counted=True)
    assert counted_by_state(session, SYSTEM) == {"XAA": later}


def test_a_draft_of_the_next_one_leaves_the_last_one_counted(session: Session) -> None:
    (first,) = count(session, CODES[:1])
    create_assessment(session, organization=ministry_of(session, first), as_of_on=first.as_of_on + timedelta(days=1))

    assert counted_by_state(session, SYSTEM) == {"XAA": first}


def test_a_state_with_several_authorities_has_one_vote_and_the_newest_speaks(session: Session, africa: Group) -> None:
    (first, *_) = count(session, CODES[:9])
    authority = create_organization(session, "cert", kind=OrganizationKind.STATE, state_code="XAA")
    newer = create_assessment(
        session,
        organization=authority,
        state=AssessmentState.SUBMITTED,
        as_of_on=first.as_of_on + timedelta(days=1),
        answers={"GOV": AnswerContent(current=5)},
    )

    # What the other authority does not let be counted stands in nobody's way.
    assert counted_by_state(session, SYSTEM)["XAA"] is first
    create_counting(session, newer)
    assert counted_by_state(session, SYSTEM)["XAA"] is newer
    # Nine States with ten assessments are nine.
    assert release(session) == []


def test_organizations_that_are_no_states_do_not_count(session: Session) -> None:
    organization = create_organization(session, "mfa", kind=OrganizationKind.STATE)
    create_counting(session, create_assessment(session, organization=organization, state=AssessmentState.SUBMITTED))
    create_state(session, "XAA")
    desk = create_organization(session, "desk", kind=OrganizationKind.PROVIDER, state_code="XAA")
    create_counting(session, create_assessment(session, organization=desk, state=AssessmentState.SUBMITTED))

    assert counted_by_state(session, SYSTEM) == {}


# From one release to the next.


@pytest.mark.parametrize(("n_more", "is_new"), [(0, False), (1, False), (2, False), (3, True)])
def test_figures_change_when_three_states_have_come_and_not_before(
    session: Session,
    africa: Group,
    n_more: int,
    *,
    is_new: bool,
) -> None:
    count(session, CODES[:12])
    before = release(session)

    count(session, CODES[12 : 12 + n_more], stages=(5,))

    assert (release(session, 1) != before) is is_new
    assert [row[-1] for row in shown(session)] == [day(1 if is_new else 0)]


@pytest.mark.parametrize("n_changed", [1, 2, 3])
def test_what_a_state_says_anew_counts_as_a_change(session: Session, africa: Group, n_changed: int) -> None:
    assessments = count(session, CODES[:12])
    before = release(session)

    for assessment in assessments[:n_changed]:
        say(session, assessment, 5)

    after = release(session, 1)
    assert (after == before) is (n_changed < 3)


def test_one_that_comes_where_one_goes_is_two_changes(session: Session, africa: Group) -> None:
    assessments = count(session, CODES[:12])
    before = release(session)

    take_back(session, assessments[:1])
    count(session, CODES[12:13], stages=(5,))
    assert release(session, 1) == before

    count(session, CODES[13:14], stages=(5,))
    assert release(session, 2) != before


def test_changes_add_up_over_releases_that_showed_none(session: Session, africa: Group) -> None:
    count(session, CODES[:12])
    days = [release(session)[0][-1]]
    for number in range(1, 4):
        count(session, CODES[11 + number : 12 + number])
        days.append(release(session, number)[0][-1])

    assert days == [day(0), day(0), day(0), day(3)]


def test_the_tenth_state_alone_opens_nothing(session: Session, africa: Group) -> None:
    count(session, CODES[:9])
    release(session)

    found = []
    for number in range(1, 4):
        count(session, CODES[8 + number : 9 + number])
        found.append(release(session, number))

    assert found == [[], [], [("AFR", 10, 1, 1, 2, day(3))]]


@pytest.mark.parametrize(("n_back", "is_shown"), [(1, True), (2, True), (3, False)])
def test_figures_over_too_few_go_once_three_states_took_their_word_back(
    session: Session,
    africa: Group,
    n_back: int,
    *,
    is_shown: bool,
) -> None:
    assessments = count(session, CODES[:10])
    before = release(session)

    take_back(session, assessments[:n_back])

    assert release(session, 1) == (before if is_shown else [])


def test_a_state_that_comes_and_goes_and_comes_back_is_not_seen(session: Session, africa: Group) -> None:
    """With three others it left, with three others it comes: against the first release it would stand alone."""
    assessments = count(session, CODES[:16])
    first = release(session)
    take_back(session, assessments[:4])
    second = release(session, 1)
    for assessment in assessments[1:4]:
        let_count(session, SYSTEM, assessment, is_counted=True)

    third = release(session, 2)

    # All but one State are there again, and the first release was read.
    assert (len(first), len(second), third) == (1, 1, [])


# Groups that share States.


@pytest.mark.parametrize("n_more", [0, 1, 2, 3])
def test_of_two_groups_that_differ_by_one_or_two_states_one_is_shown(
    session: Session, africa: Group, n_more: int
) -> None:
    group_of(session, "LDC", CODES[:12], scheme=GroupScheme.STATUS)
    # All twelve of the poorest but one count, and of the others so many.
    count(session, CODES[:11])
    count(session, CODES[12 : 12 + n_more], stages=(5,))

    found = release(session)

    # The regional group comes first; where both are made of the same States nobody is left over.
    assert [row[0] for row in found] == (["AFR"] if n_more in (1, 2) else ["AFR", "LDC"])


def test_a_group_that_is_two_others_and_one_more_state_is_not_shown(session: Session) -> None:
    group_of(session, "AFR", CODES[:40])
    group_of(session, "LDC", CODES[:15], scheme=GroupScheme.STATUS)
    group_of(session, "SIDS", CODES[15:30], scheme=GroupScheme.STATUS)
    count(session, CODES[:12])
    count(session, CODES[15:27])
    count(session, CODES[30:31])

    # All three States' figures together would tell what the one says that is in neither of the smaller ones.
    assert [row[0] for row in release(session)] == ["AFR", "LDC"]


def test_a_group_that_would_be_shown_beside_an_older_figure_of_another_is_not(session: Session, africa: Group) -> None:
    group_of(session, "LDC", CODES[:14], scheme=GroupScheme.STATUS)
    assessments = count(session, CODES[:12])
    count(session, CODES[20:23])
    assert [row[0] for row in release(session)] == ["AFR", "LDC"]
    # Then the poorest become twelve others, and with them one more: as the region was before, but for one.
    for code in CODES[20:22]:
        create_membership(session, create_state(session, code), session.get(Group, (GroupScheme.STATUS, "LDC")))
    say(session, assessments[0], 5)

    found = release(session, 1)

    assert [(row[0], row[-1]) for row in found] == [("AFR", day(0))]


@pytest.mark.parametrize("seed", range(3))
def test_however_states_come_and_go_no_two_figures_ever_shown_single_one_out(session: Session, seed: int) -> None:
    """Ten releases of three groups that share States, between which a few come, go, or say something else."""
    drawn = random.Random(seed)
    for code, scheme, share in (
        ("AFR", GroupScheme.UN_REGIONAL_GROUP, 0.9),
        ("LDC", GroupScheme.STATUS, 0.8),
        ("SIDS", GroupScheme.STATUS, 0.5),
    ):
        group_of(session, code, [state for state in CODES[:N_MEMBERS] if drawn.random() < share], scheme=scheme)
    assessments = count(session, [code for code in CODES[:N_MEMBERS] if create_state(session, code)])
    for number in range(10):
        for assessment in drawn.sample(assessments, drawn.randint(0, 5)):
            row = session.get(CountedAssessment, assessment.id)
            if row is None:
                create_counting(session, assessment)
            else:
                session.delete(row)
                session.flush()
        release(session, number)

    figures = session.scalars(select(Statistic).where(Statistic.as_of_on.is_not(None))).all()
    ever = {open_said(session, row) for row in figures}
    assert len(ever) > 3
    assert all(len(said) >= 10 for said in ever)
    assert min(n_apart(*pair) for pair in combinations(ever, 2)) >= 3
    for beside in by_release(figures):
        sets = {open_said(session, row) for row in beside}
        assert all(n_apart(*three) not in (1, 2) for three in combinations(sets, 3))


def by_release(figures: Iterable[Statistic]) -> Iterable[list[Statistic]]:
    by_id = defaultdict(list)
    for row in figures:
        by_id[row.release_id].append(row)
    return by_id.values()


# Around it.


def test_a_release_is_made_by_the_system_alone(session: Session, africa: Group) -> None:
    ministry = create_organization(session, "mfa", kind=OrganizationKind.STATE)

    for role in Role:
        with pytest.raises(ForbiddenError):
            release_statistics(session, focal_point(ministry, role))


def test_the_next_release_is_made_a_quarter_later(session: Session, africa: Group) -> None:
    count(session, CODES[:12])
    release(session)

    with pytest.raises(ConflictError, match="2026-05-21"):
        release_statistics(session, SYSTEM, clock=lambda: FIRST + QUARTER - timedelta(days=1))

    assert len({row.release_id for row in session.scalars(select(Statistic))}) == 1


def test_a_release_leaves_one_event_that_names_nobody(session: Session, africa: Group) -> None:
    count(session, CODES[:12])
    release(session)

    events = session.scalars(select(AuditEvent)).all()

    assert [(event.action, event.record_type) for event in events] == [("statistics.released", "statistics")]


def test_who_counts_stands_sealed_in_the_rows_and_every_row_is_of_one_length(session: Session, africa: Group) -> None:
    count(session, CODES[:12])
    release(session)

    rows = session.scalars(select(Statistic)).all()

    # Also of what is not shown, so that no length tells of how many.
    assert {len(row.content) for row in rows} == {len(rows[0].content)}
    assert not any("XAA" in row.content for row in rows)
    assert {len(open_said(session, row)) for row in rows} == {0, 12}


# Letting be counted.


def test_a_focal_point_lets_an_assessment_be_counted_and_takes_it_back(session: Session) -> None:
    assessment = create_assessment(session)
    actor = focal_point(ministry_of(session, assessment))

    assert not counting_of(session, actor, assessment).is_counted
    assert let_count(session, actor, assessment, is_counted=True).is_counted
    assert let_count(session, actor, assessment, is_counted=True).is_counted
    assert not let_count(session, actor, assessment, is_counted=False).is_counted

    events = session.scalars(select(AuditEvent).order_by(AuditEvent.position)).all()
    assert [event.action for event in events] == ["assessment.counted", "assessment.not_counted"]
    assert session.scalars(select(CountedAssessment)).all() == []


def test_nothing_that_others_see_of_an_assessment_changes_with_it(session: Session) -> None:
    assessment = create_assessment(session, state=AssessmentState.SUBMITTED)
    before = (assessment.version, assessment.updated_at)

    let_count(session, SYSTEM, assessment, is_counted=True)
    session.refresh(assessment)

    assert (assessment.version, assessment.updated_at) == before


def test_who_may_not_submit_lets_nothing_be_counted(session: Session) -> None:
    assessment = create_assessment(session)
    stranger = create_organization(session, "stranger", kind=OrganizationKind.STATE)

    for actor in (focal_point(ministry_of(session, assessment), Role.CONTRIBUTOR), focal_point(stranger)):
        with pytest.raises(ForbiddenError):
            let_count(session, actor, assessment, is_counted=True)
    with pytest.raises(NotFoundError):
        counting_of(session, focal_point(stranger), assessment)
    assert session.scalars(select(CountedAssessment)).all() == []


@pytest.mark.parametrize("role", Role)
def test_the_people_of_states_read_statistics_and_nobody_else(session: Session, africa: Group, role: Role) -> None:
    count(session, CODES[:12])
    release(session)
    reader = focal_point(create_organization(session, "mfa", kind=OrganizationKind.STATE), role)

    if role in (Role.RECIPIENT, Role.CONTRIBUTOR):
        # Of every group, whether their own State is in it or not.
        assert [row.group_code for row in list_page(session, reader, PageRequest()).items] == ["AFR"]
        assert list_page(session, reader, PageRequest(), group="apg").items == ()
    else:
        with pytest.raises(ForbiddenError):
            list_page(session, reader, PageRequest())
        with pytest.raises(ForbiddenError):
            list(iter_rows(session, reader))
