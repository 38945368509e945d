"""What a run promises, whatever it is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine import run
from matching.errors import UnreadableProfileError
from matching.output import matches_csv, tandems_csv, unmet_csv
from matching.profiles import ScoringProfile
from matching.records import Need, Offer, Pool
from matching.results import RunResult
from matching.vocabulary import Basis, Component, Mode, UnmetReason, Visibility
from tests.matching.worlds import (
    GROUPS,
    TODAY,
    make_need,
    make_offer,
    make_pool,
    make_profile,
    make_reference,
    only,
)

REFERENCE = make_reference()
WORDS = ("CSIRT", "strategy", "training", "forensics", "законы", "应急响应", "استجابة", "équipe")


def match(*records: Any, profile: ScoringProfile | None = None, top: int = 10, as_of_on: date = TODAY) -> RunResult:
    return run(make_pool(*records), REFERENCE, profile or make_profile(), as_of_on=as_of_on, top=top)


def score(need: Need, offer: Offer, profile: ScoringProfile | None = None) -> float:
    return match(need, offer, profile=profile).matches[0].score


days = st.none() | st.dates(date(2026, 1, 1), date(2028, 1, 1))
texts = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
areas = st.lists(st.sampled_from(["GOV", "GOV.1", "IRC", "IRC.1", "IRC.2", "CRI"]), max_size=3, unique=True).map(tuple)
modes = st.lists(st.sampled_from(list(Mode)), max_size=3, unique=True).map(tuple)
languages = st.lists(st.sampled_from(["en", "fr", "ar"]), max_size=2, unique=True).map(tuple)
amounts = st.none() | st.integers(0, 1000).map(Decimal)


@st.composite
def needs(draw: st.DrawFn, need_id: str) -> Need:
    earliest, latest = sorted([draw(days) or TODAY, draw(days) or TODAY])
    return make_need(
        need_id, states=(draw(st.sampled_from(sorted(GROUPS))),), title=draw(texts), description=draw(texts),
        area_codes=draw(areas), modes=draw(modes), languages=draw(languages), earliest_on=earliest, latest_on=latest,
        priority=draw(st.integers(1, 5)), budget=draw(amounts), currency="EUR",
    )  # fmt: skip


@st.composite
def offers(draw: st.DrawFn, offer_id: str) -> Offer:
    return make_offer(
        offer_id, title=draw(texts), description=draw(texts), area_codes=draw(areas), modes=draw(modes),
        languages=draw(languages), eligible=(draw(st.sampled_from(["*", "AFR", "APG", "XAA", "XCA"])),),
        capacity=draw(st.integers(0, 2)), available_until_on=draw(days), confirmed_on=draw(days),
        budget=draw(amounts), currency="EUR",
    )  # fmt: skip


@st.composite
def pools(draw: st.DrawFn) -> Pool:
    return Pool(
        needs=tuple(draw(needs(f"N{at}")) for at in range(draw(st.integers(0, 4)))),
        offers=tuple(draw(offers(f"O{at}")) for at in range(draw(st.integers(0, 5)))),
    )


@settings(max_examples=60, deadline=None)
@given(pools())
def test_scores_lie_between_0_and_1_and_are_the_sum_of_their_contributions(pool: Pool) -> None:
    profile = make_profile()

    result = run(pool, REFERENCE, profile, as_of_on=TODAY)

    for found in result.matches:
        counted = [
            profile.weights[part.component] * (profile.neutral[part.component] if part.value is None else part.value)
            for part in found.contributions
        ]
        assert 0 <= found.score <= 1
        assert found.score == pytest.approx(sum(part.share for part in found.contributions), abs=1e-6)
        assert found.score == pytest.approx(sum(counted) / sum(profile.weights.values()), abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(pools(), st.randoms(use_true_random=False))
def test_the_order_of_the_records_changes_no_byte(pool: Pool, chance: Any) -> None:
    shuffled_needs, shuffled_offers = list(pool.needs), list(pool.offers)
    chance.shuffle(shuffled_needs)
    chance.shuffle(shuffled_offers)
    shuffled = Pool(needs=tuple(shuffled_needs), offers=tuple(shuffled_offers))

    one = run(pool, REFERENCE, make_profile(), as_of_on=TODAY)
    other = run(shuffled, REFERENCE, make_profile(), as_of_on=TODAY)

    for written in (matches_csv, unmet_csv, tandems_csv):
        assert written(one) == written(other)


@settings(max_examples=40, deadline=None)
@given(pools())
def test_ranks_have_no_gap_and_follow_the_scores(pool: Pool) -> None:
    result = run(pool, REFERENCE, make_profile(), as_of_on=TODAY)

    for need in pool.needs:
        found = [item for item in result.matches if item.need_id == need.need_id]
        assert [item.rank for item in found] == list(range(1, len(found) + 1))
        assert found == sorted(found, key=lambda item: (-item.score, item.offer_id))


@settings(max_examples=40, deadline=None)
@given(pools())
def test_every_need_is_either_allocated_or_unmet_and_no_offer_gives_more_than_it_has(pool: Pool) -> None:
    result = run(pool, REFERENCE, make_profile(minimum_score=0.5), as_of_on=TODAY)

    allocated = [item for item in result.matches if item.is_allocated]
    assert sorted([*(item.need_id for item in allocated), *(item.need_id for item in result.unmet)]) == sorted(
        need.need_id for need in pool.needs
    )
    for offer in pool.offers:
        assert sum(item.offer_id == offer.offer_id for item in allocated) <= offer.capacity
    assert all(item.score >= 0.5 for item in allocated)


@settings(max_examples=40, deadline=None)
@given(needs("N1"), offers("O1"), st.sampled_from(["GOV.1", "IRC.1", "CRI"]), st.sampled_from(list(Mode)))
def test_more_overlap_never_scores_less(need: Need, offer: Offer, area: str, mode: Mode) -> None:
    need = replace(need, states=("XAA",), latest_on=None, area_codes=(area,), modes=(mode,))
    offer = replace(offer, eligible=("*",), available_until_on=None, area_codes=offer.area_codes or ("CRI",))
    offer = replace(offer, modes=offer.modes or (Mode.FINANCIAL,))
    wider = replace(
        offer,
        area_codes=tuple(dict.fromkeys((*offer.area_codes, area))),
        modes=tuple(dict.fromkeys((*offer.modes, mode))),
    )

    assert score(need, wider) >= score(need, offer)


@settings(max_examples=40, deadline=None)
@given(pools(), offers("O9"))
def test_a_new_offer_changes_nobody_elses_score(pool: Pool, newcomer: Offer) -> None:
    larger = replace(pool, offers=(*pool.offers, newcomer))

    before = run(pool, REFERENCE, make_profile(), as_of_on=TODAY)
    after = run(larger, REFERENCE, make_profile(), as_of_on=TODAY)

    scores = {(item.need_id, item.offer_id): item.score for item in after.matches}
    assert all(scores[item.need_id, item.offer_id] == item.score for item in before.matches)


def test_a_private_record_is_counted_and_appears_nowhere_else() -> None:
    secret = make_need("N2", title="A secret weakness", visibility=Visibility.PRIVATE)
    hidden = make_offer("O2", visibility=Visibility.PRIVATE)

    result = match(make_need(), secret, make_offer(), hidden)

    assert result.counts.n_private == 2
    assert [need.need_id for need in result.needs] == ["N1"]
    assert b"N2" not in matches_csv(result) + unmet_csv(result)
    assert b"O2" not in matches_csv(result) + unmet_csv(result)


def test_a_private_need_takes_no_place() -> None:
    secret = make_need("N0", priority=5, visibility=Visibility.PRIVATE)

    result = match(secret, make_need(), make_offer(capacity=1))

    assert result.matches[0].is_allocated


def test_an_offer_without_places_is_listed_and_never_allocated() -> None:
    result = match(make_need(), make_offer(capacity=0))

    assert [item.is_allocated for item in result.matches] == [False]
    assert result.unmet[0].reason is UnmetReason.CAPACITY_TAKEN


def test_an_allocated_offer_is_listed_beyond_the_top() -> None:
    first, second = make_need("N1", priority=5), make_need("N2", priority=1)
    best, next_best = make_offer("O1"), make_offer("O2", description="Something about a strategy.")

    result = match(first, second, best, next_best, top=1)

    assert [(item.need_id, item.offer_id, item.rank, item.is_allocated) for item in result.matches] == [
        ("N1", "O1", 1, True),
        ("N2", "O1", 1, False),
        ("N2", "O2", 2, True),
    ]


def test_a_joint_need_is_placed_by_the_state_that_the_offer_is_least_meant_for() -> None:
    offer = make_offer(eligible=("XAA", "AFR"))

    alone = score(make_need(states=("XAA",)), offer, only(Component.GEOGRAPHY))
    joint = score(make_need(states=("XAA", "XAB")), offer, only(Component.GEOGRAPHY))
    other = score(make_need(states=("XAB",)), offer, only(Component.GEOGRAPHY))

    assert alone == 1.0
    assert joint == other < 1.0


def test_a_named_state_counts_before_its_region_and_the_region_before_everybody() -> None:
    values = [
        score(make_need(), make_offer(eligible=(token,)), only(Component.GEOGRAPHY)) for token in ("XAA", "AFR", "*")
    ]

    assert values == sorted(values, reverse=True)
    assert values[0] == 1.0
    assert values[2] == 0.5


def test_a_component_about_which_a_side_is_silent_counts_as_neutral() -> None:
    need = make_need(languages=("fr",))

    found = match(need, make_offer(), profile=only(Component.LANGUAGE)).matches[0]

    assert found.score == 0.5
    assert next(part.value for part in found.contributions if part.component is Component.LANGUAGE) is None


def test_amounts_in_different_currencies_are_not_compared() -> None:
    need = make_need(budget=Decimal(100), currency="EUR")

    same = score(need, make_offer(budget=Decimal(50), currency="EUR"), only(Component.BUDGET))
    other = score(need, make_offer(budget=Decimal(50), currency="USD"), only(Component.BUDGET))

    assert (same, other) == (0.5, 0.5)
    assert match(need, make_offer(budget=Decimal(50), currency="USD")).matches[0].contributions[6].value is None


def test_areas_and_modes_are_read_from_the_text_where_a_record_names_none() -> None:
    need = make_need(title="Establish a CSIRT", description="Training of the incident response team.")

    reading = match(need, make_offer()).reading_by_need_id["N1"]

    assert reading.area_codes[0] == "IRC.1"
    assert reading.areas_basis is Basis.INFERRED
    assert reading.modes == (Mode.TRAINING,)


@pytest.mark.parametrize(
    ("title", "area"),
    [("建立应急响应小组", "IRC.1"), ("إنشاء فريق الاستجابة", "IRC.1"), ("Борьба с киберпреступностью", "CRI"),
     ("Rédiger une stratégie nationale", "GOV.1")],
    ids=["zh", "ar", "ru", "fr"],
)  # fmt: skip
def test_areas_are_read_in_other_scripts_and_languages(title: str, area: str) -> None:
    reading = match(make_need(title=title, description=""), make_offer()).reading_by_need_id["N1"]

    assert reading.area_codes[0] == area


def test_a_retired_area_counts_as_its_successor() -> None:
    need = make_need(area_codes=("GOV.9",))

    result = match(need, make_offer(area_codes=("GOV.1",)), profile=only(Component.AREA))

    assert result.matches[0].score == 1.0
    assert result.reading_by_need_id["N1"].area_codes == ("GOV.1",)


def test_a_profile_for_another_background_is_refused() -> None:
    with pytest.raises(UnreadableProfileError, match="background-9"):
        match(make_need(), make_offer(), profile=make_profile(background="background-9"))


def test_an_empty_pool_gives_an_empty_result() -> None:
    result = match()

    assert (result.matches, result.unmet, result.tandems) == ((), (), ())


def test_needs_without_any_offer_are_unmet() -> None:
    result = match(make_need())

    assert result.unmet[0].reason is UnmetReason.NO_ELIGIBLE_OFFER
    assert "State XAA" in str(result.unmet[0].would_match_if)


def test_where_a_person_read_a_record_and_found_no_area_none_is_inferred() -> None:
    need = make_need(areas_basis=Basis.READ, modes_basis=Basis.READ)

    reading = match(need, make_offer()).reading_by_need_id["N1"]

    assert (reading.area_codes, reading.modes, reading.areas_basis) == ((), (), Basis.READ)
