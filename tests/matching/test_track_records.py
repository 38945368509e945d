"""Records of providers: what States said of finished work, shrunk to the mean of all, and nothing that can be staged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.command.datafiles import load_reference
from matching.engine import run
from matching.learning.track_records import PRIOR_STRENGTH, Subject, TrackRecords, damped, subject_of
from matching.model import prepare
from matching.records import Outcome, Pool
from matching.reference import Geography, Reference, State
from matching.results import Reading
from matching.vocabulary import Basis, Component, Mode
from tests.matching.worlds import TODAY, make_need, make_offer, make_profile, make_reference

STATES = ("XAA", "XAB", "XBA", "XBB", "XCA", "XZZ")


def make_outcome(outcome_id: str = "E1", **changes: object) -> Outcome:
    outcome = Outcome(
        outcome_id=outcome_id,
        states=("XAA",),
        provider="Provider A",
        area_codes=("IRC.1",),
        modes=(Mode.TRAINING,),
        rating_by_state=5,
        ended_on=TODAY,
    )
    return replace(outcome, **changes)  # type: ignore[arg-type]  # the caller names fields of an outcome


def rated(provider: str, ratings: Sequence[int], **changes: object) -> list[Outcome]:
    """Return one outcome of each of several States."""
    return [
        make_outcome(f"{provider}-{at}", provider=provider, states=(STATES[at % 6],), rating_by_state=rating, **changes)
        for at, rating in enumerate(ratings)
    ]


def records_of(outcomes: Sequence[Outcome]) -> TrackRecords:
    return TrackRecords(outcomes, make_reference(), as_of_on=TODAY)


def value_of(outcomes: Sequence[Outcome], subject: Subject = Subject(), provider: str = "Provider A") -> float:  # noqa: B008 – a frozen value
    records = records_of(outcomes)
    return float(records.estimate(subject).values[records.position(provider)])


OTHERS = rated("Provider B", [3, 3, 3, 3, 3, 3])


def component_of(outcomes: Sequence[Outcome], **need: object) -> tuple[float | None, str]:
    """Return the value and the sentence of the record in a run of one need and one offer of Provider A."""
    pool = Pool(needs=(make_need(**need),), offers=(make_offer(),), outcomes=tuple(outcomes))
    match = run(pool, make_reference(), make_profile(), as_of_on=TODAY).matches[0]
    part = next(part for part in match.contributions if part.component is Component.RECORD)
    return part.value, str(part.sentence)


def test_a_provider_without_a_record_says_nothing() -> None:
    found = component_of(OTHERS)

    assert found == (None, "No outcome of this provider has been recorded yet.")


def test_an_ordinary_record_is_worth_what_no_record_counts() -> None:
    found = value_of([*OTHERS, *rated("Provider A", [3, 3])])

    assert found == pytest.approx(make_profile().neutral[Component.RECORD])


def test_many_ratings_come_to_their_own_mean_and_few_stay_near_that_of_all() -> None:
    # A and B weigh alike in the mean of all, where both have many ratings: 3 and 5 make 4.
    many = [
        make_outcome(
            f"{provider}-{at}", provider=f"Provider {provider}", states=(f"S{at:04d}",), rating_by_state=rating
        )
        for provider, rating in (("A", 5), ("B", 3))
        for at in range(5000)
    ]

    few, full = value_of([*OTHERS, *rated("Provider A", [5])]), value_of(many)

    assert full == pytest.approx(0.5 + (5 - 4) / 4, abs=0.001)
    assert 0.5 < few < 0.58


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_the_estimate_is_the_shrunken_mean_that_is_promised(own: list[int], others: list[int]) -> None:
    found = value_of([*rated("Provider A", own), *rated("Provider B", others)])

    trust = [len(ratings) / (len(ratings) + PRIOR_STRENGTH) for ratings in (own, others)]
    mean_of_all = np.average([np.mean(own), np.mean(others)], weights=trust)
    estimate = (sum(own) + PRIOR_STRENGTH * mean_of_all) / (len(own) + PRIOR_STRENGTH)
    assert found == pytest.approx(np.clip(0.5 + (estimate - mean_of_all) / 4, 0, 1))


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.integers(0, 5), st.integers(1, 4))
def test_a_better_rating_never_lowers_a_record(ratings: list[int], at: int, lower: int) -> None:
    at %= len(ratings)
    better = [*ratings[:at], lower + 1, *ratings[at + 1 :]]
    worse = [*ratings[:at], lower, *ratings[at + 1 :]]

    raised = value_of([*OTHERS, *rated("Provider A", better)])
    lowered = value_of([*OTHERS, *rated("Provider A", worse)])

    assert raised >= lowered


@pytest.mark.parametrize(
    "changes",
    [
        {"ended_on": None},
        {"ended_on": TODAY + timedelta(days=1)},
        {"rating_by_state": None, "rating_by_provider": 5},
        {"provider": "State XAA"},
        {"provider": "xaa"},
    ],
    ids=["under way", "ends tomorrow", "rated by itself", "a State that rates itself", "the same by its code"],
)
def test_what_does_not_count_changes_no_score(changes: dict[str, object]) -> None:
    staged = [make_outcome(f"X{at}", **changes) for at in range(50)]
    provider = str(changes.get("provider", "Provider A"))

    records = records_of([*OTHERS, *staged])

    assert records.position(provider) == -1
    assert value_of([*OTHERS, *staged], provider="Provider B") == value_of(OTHERS, provider="Provider B")


def test_a_state_is_known_by_its_name_in_every_language() -> None:
    fiji = State(code="FJI", names={"en": "Fiji", "fr": "Fidji"})
    geography = Geography(state_by_code={"FJI": fiji}, members_by_token={}, group_by_state={})
    world = make_reference()
    reference = Reference(geography=geography, taxonomy=world.taxonomy, background=world.background)

    records = TrackRecords([make_outcome(states=("FJI",), provider=" FIDJI")], reference, as_of_on=TODAY)

    assert records.n_providers == 0


@pytest.mark.parametrize(
    ("provider", "states", "does_count"),
    [
        ("Ministry of Communications of Fiji", ("FJI",), False),
        ("Estonian Information System Authority", ("EST",), False),
        ("Agence nationale de sécurité du Tchad", ("TCD",), False),
        ("Министерство связи Казахстана", ("KAZ",), False),
        ("وزارة الاتصالات المصرية", ("EGY",), False),
        ("肯尼亚通信部", ("KEN",), False),
        ("Ministry of Communications of Fiji", ("KEN", "FJI"), False),
        ("Ministry of Communications of Fiji", ("KEN",), True),
        ("Guinea-Bissau CERT", ("GIN",), True),
        ("Georgia Tech", ("GEO",), True),
    ],
)
def test_who_carries_the_name_of_a_state_is_not_rated_by_that_state(
    provider: str, states: tuple[str, ...], *, does_count: bool
) -> None:
    reference = load_reference(as_of_on=TODAY)

    records = TrackRecords([make_outcome(provider=provider, states=states)], reference, as_of_on=TODAY)

    assert records.n_providers == int(does_count)


def test_names_are_compared_as_everywhere() -> None:
    value, _ = component_of([*OTHERS, make_outcome(provider="  provider\u00a0a ")])

    assert value is not None
    assert value > 0.5


def test_no_state_can_make_or_break_a_provider() -> None:
    once = value_of([*OTHERS, make_outcome(rating_by_state=1)])
    often = value_of([*OTHERS, *(make_outcome(f"E{at}", rating_by_state=1) for at in range(200))])
    by_six_states = value_of([*OTHERS, *rated("Provider A", [1] * 6)])

    # Two hundred ratings of one State move less than twice as far as one, and less than six States do.
    assert 0.5 > once > often > by_six_states
    assert 0.5 - often < 2 * (0.5 - once)


@given(st.lists(st.floats(0, 50), min_size=2, max_size=2))
def test_the_ratings_of_one_state_count_ever_less(counts: list[float]) -> None:
    fewer, more = sorted(counts)

    weights = damped(np.array([fewer, more, more + 1]))

    assert 0 <= weights[0] <= weights[1] <= weights[2] <= 2
    assert weights[2] - weights[1] <= 1


def test_a_joint_rating_counts_once() -> None:
    alone = value_of([*OTHERS, make_outcome()])
    jointly = value_of([*OTHERS, make_outcome(states=("XAA", "XBA", "XCA"))])

    assert jointly == pytest.approx(alone)


@pytest.mark.parametrize(
    ("nearer", "farther"),
    [
        (("IRC.1",), ("IRC.2",)),
        (("IRC.1",), ("IRC",)),
        (("IRC.2",), ("GOV.1",)),
        (("GOV.1", "IRC.1"), ("GOV.1",)),
        (("IRC",), ()),
    ],
)
def test_work_in_the_same_subject_counts_more_than_work_nearby_and_that_more_than_the_rest(
    nearer: tuple[str, ...], farther: tuple[str, ...]
) -> None:
    subject = Subject("IRC.1")

    near = value_of([*OTHERS, *rated("Provider A", [5, 5], area_codes=nearer)], subject)
    far = value_of([*OTHERS, *rated("Provider A", [5, 5], area_codes=farther)], subject)

    assert near > far > 0.5


def test_work_in_the_same_mode_counts_more() -> None:
    subject = Subject("IRC.1", "training")

    same = value_of([*OTHERS, *rated("Provider A", [5, 5])], subject)
    other = value_of([*OTHERS, *rated("Provider A", [5, 5], modes=(Mode.EXERCISE,))], subject)

    assert same > other > 0.5


def test_a_retired_area_counts_as_its_successor() -> None:
    old = value_of([*OTHERS, make_outcome(area_codes=("GOV.9",))], Subject("GOV.1"))
    new = value_of([*OTHERS, make_outcome(area_codes=("GOV.1",))], Subject("GOV.1"))

    assert old == new


@pytest.mark.parametrize(
    ("areas", "areas_basis", "modes", "modes_basis", "subject"),
    [
        (("IRC.1",), Basis.STATED, (Mode.TRAINING,), Basis.STATED, Subject("IRC.1", "training")),
        (("IRC.1", "IRC.2"), Basis.STATED, (), Basis.STATED, Subject("IRC")),
        (("IRC.1", "IRC"), Basis.READ, (), Basis.STATED, Subject("IRC")),
        (("IRC.1", "GOV.1"), Basis.STATED, (), Basis.STATED, Subject()),
        (("IRC.1", "GOV.1"), Basis.INFERRED, (Mode.TRAINING,), Basis.INFERRED, Subject("IRC.1")),
        ((), Basis.READ, (Mode.TRAINING, Mode.EXERCISE), Basis.READ, Subject()),
    ],
    ids=["one", "one branch", "parent and child", "two branches", "inferred", "outside all areas"],
)
def test_the_subject_is_the_smallest_branch_that_holds_all_areas(
    areas: tuple[str, ...], areas_basis: Basis, modes: tuple[Mode, ...], modes_basis: Basis, subject: Subject
) -> None:
    reading = Reading(area_codes=areas, areas_basis=areas_basis, modes=modes, modes_basis=modes_basis)

    found = subject_of(reading, make_reference().taxonomy)

    assert found == subject


@pytest.mark.parametrize(
    ("outcomes", "need", "sentence"),
    [
        (
            rated("Provider A", [4, 5, 4]),
            {"area_codes": ("IRC.1",)},
            (
                "States rated the provider's finished work in National CSIRT (IRC.1) 4.3 of 5 on average (n = 3); "
                "counted as 0.57 (in nine of ten cases 0.46 to 0.69), where 0.50 is the mean of all providers."
            ),
        ),
        (
            rated("Provider A", [4, 5, 4]),
            {"area_codes": ("IRC.1", "GOV.1")},
            (
                "States rated the provider's finished work 4.3 of 5 on average (n = 3); "
                "counted as 0.57 (in nine of ten cases 0.46 to 0.69), where 0.50 is the mean of all providers."
            ),
        ),
        (
            [*rated("Provider A", [4, 5, 4]), make_outcome(area_codes=("GOV.1",), rating_by_state=1)],
            {"area_codes": ("IRC.1",), "modes": (Mode.TRAINING,)},
            (
                "States rated the provider's finished work in National CSIRT (IRC.1), training 4.3 of 5 on average (n = 3), "
                "elsewhere 1.0 (n = 1); counted as 0.58 (in nine of ten cases 0.43 to 0.73), where 0.50 is the mean of all "
                "providers."
            ),
        ),
        (
            rated("Provider A", [4, 5, 4]),
            {"area_codes": ("GOV.1",)},
            (
                "No finished work of the provider in National strategy (GOV.1) has been rated; elsewhere States rated it "
                "4.3 of 5 on average (n = 3); counted as 0.52 (in nine of ten cases 0.38 to 0.66), where 0.50 is the mean "
                "of all providers."
            ),
        ),
    ],
    ids=["here", "anywhere", "here and elsewhere", "elsewhere"],
)
def test_the_sentence_tells_how_many_ratings_their_mean_and_what_they_count_for(
    outcomes: list[Outcome], need: dict[str, object], sentence: str
) -> None:
    found = component_of([*OTHERS, *outcomes], **need)

    assert found[1] == sentence


def test_the_interval_holds_the_true_value_in_about_nine_of_ten_cases() -> None:
    """Providers are drawn as the shrinkage assumes, and each is rated 1 to 5 by as many States as chance has it."""
    chance = np.random.default_rng(3)
    n_providers, spread, held = 1500, 1.0, []
    truth = np.clip(chance.normal(3.0, spread / np.sqrt(PRIOR_STRENGTH), n_providers), 1, 5)
    outcomes = []
    for provider, mean in enumerate(truth):
        for state in range(int(chance.integers(1, 12))):
            rating = int(np.clip(np.rint(chance.normal(mean, spread)), 1, 5))
            outcomes.append(
                make_outcome(
                    f"{provider}-{state}", provider=f"P{provider}", states=(f"S{state}",), rating_by_state=rating
                )
            )
    records = records_of(outcomes)

    found = records.estimate(Subject())

    center = float(np.mean(truth))
    for provider, mean in enumerate(truth):
        at = records.position(f"P{provider}")
        held.append(found.low[at] <= 0.5 + (mean - center) / 4 <= found.high[at])
    assert 0.87 < np.mean(held) < 0.94


def test_an_offer_in_the_pool_changes_no_other_offers_record() -> None:
    outcomes = (*OTHERS, *rated("Provider A", [5, 4]))
    need = make_need(area_codes=("IRC.1",))

    def value(*providers: str) -> float:
        offers = tuple(make_offer(f"O{at}", provider=provider) for at, provider in enumerate(providers))
        model = prepare(
            Pool(needs=(need,), offers=offers, outcomes=outcomes), make_reference(), make_profile(), as_of_on=TODAY
        )
        return float(model.comparisons.record.values(np.array([0]))[0, 0])

    assert value("Provider A") == value("Provider A", "Provider B", "Provider C")


def test_the_order_of_the_outcomes_changes_no_bit() -> None:
    chance = np.random.default_rng(1)
    outcomes = [
        make_outcome(
            f"E{at}",
            provider=f"Provider {chance.integers(0, 9)}",
            states=(STATES[chance.integers(0, 6)],),
            rating_by_state=int(chance.integers(1, 6)),
            ended_on=date(2026, 1, 1),
        )
        for at in range(300)
    ]
    forth, back = records_of(outcomes), records_of(outcomes[::-1])

    found = [
        [records.estimate(Subject("IRC")).values[records.position(f"Provider {at}")] for at in range(9)]
        for records in (forth, back)
    ]

    assert found[0] == found[1]
