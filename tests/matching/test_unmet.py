"""Why a need is unmet, and that the change told really matches it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from matching.engine import run
from matching.records import Offer
from matching.results import RunResult, UnmetNeed
from matching.vocabulary import Component, Mode, UnmetReason
from tests.matching.worlds import TODAY, make_need, make_offer, make_pool, make_profile, make_reference


def match(*records: Any, minimum_score: float = 0.3) -> RunResult:
    return run(make_pool(*records), make_reference(), make_profile(minimum_score=minimum_score), as_of_on=TODAY)


def only_unmet(result: RunResult) -> UnmetNeed:
    assert len(result.unmet) == 1
    return result.unmet[0]


@pytest.mark.parametrize(
    ("offer", "reason", "sentence", "change"),
    [
        (
            make_offer(eligible=("XBA",)),
            UnmetReason.NO_ELIGIBLE_OFFER,
            "If O1 were open to State XAA.",
            {"eligible": ("XBA", "XAA")},
        ),
        (
            make_offer(available_until_on=date(2026, 5, 31)),
            UnmetReason.CLOSED,
            "If O1 were still open on 2026-06-01.",
            {"available_until_on": TODAY},
        ),
        (
            make_offer(available_from_on=date(2028, 1, 1)),
            UnmetReason.NO_ELIGIBLE_OFFER,
            "If O1 were available for the whole window of the need.",
            {"available_from_on": date(2027, 1, 1)},
        ),
        (
            make_offer(eligible=("XBA",), available_until_on=date(2026, 5, 31)),
            UnmetReason.NO_ELIGIBLE_OFFER,
            "If O1 were open to State XAA and still open on 2026-06-01.",
            {"eligible": ("XBA", "XAA"), "available_until_on": TODAY},
        ),
        (
            make_offer(eligible=("XBA",), available_from_on=date(2028, 1, 1)),
            UnmetReason.NO_ELIGIBLE_OFFER,
            "If O1 were open to State XAA and available for the whole window of the need.",
            {"eligible": ("XBA", "XAA"), "available_from_on": date(2027, 1, 1)},
        ),
    ],
    ids=["state", "closed", "dates", "state-and-closed", "state-and-dates"],
)
def test_the_smallest_change_is_told_and_matches(
    offer: Offer, reason: UnmetReason, sentence: str, change: dict[str, Any]
) -> None:
    need = make_need(latest_on=date(2027, 6, 1))

    unmet = only_unmet(match(need, offer))

    assert (unmet.reason, unmet.nearest_offer_id, str(unmet.would_match_if)) == (reason, "O1", sentence)
    assert match(need, replace(offer, **change)).counts.n_allocated == 1


def test_a_need_that_has_closed_says_so() -> None:
    unmet = only_unmet(match(make_need(latest_on=date(2026, 5, 31)), make_offer()))

    assert unmet.reason is UnmetReason.CLOSED
    assert str(unmet.detail) == "The need closed on 2026-05-31."


def test_below_the_threshold_the_cheapest_sufficient_edit_is_told_and_matches() -> None:
    need = make_need(modes=(Mode.TRAINING,), area_codes=("GOV.1",), languages=("fr",))
    offer = make_offer(modes=(Mode.DRAFTING,), area_codes=("CRI",), languages=("fr",))
    reached = match(need, offer, minimum_score=0.0).matches[0].score

    unmet = only_unmet(match(need, offer, minimum_score=reached + 0.06))

    assert (unmet.reason, unmet.nearest_offer_id) == (UnmetReason.BELOW_THRESHOLD, "O1")
    assert str(unmet.would_match_if) == "If O1 came as training."
    changed = replace(offer, modes=(Mode.TRAINING,))
    assert match(need, changed, minimum_score=reached + 0.06).counts.n_allocated == 1


def test_below_the_threshold_by_far_a_new_offer_is_told() -> None:
    unmet = only_unmet(match(make_need(area_codes=("GOV.1",)), make_offer(area_codes=("CRI",)), minimum_score=0.99))

    assert str(unmet.would_match_if) == "If a new offer about National strategy were open to State XAA."


def test_where_no_single_edit_is_enough_the_fewest_together_are_told_and_match() -> None:
    need = make_need(modes=(Mode.TRAINING,), languages=("fr",), area_codes=("GOV.1",))
    offer = make_offer(modes=(Mode.DRAFTING,), languages=("en",), area_codes=("GOV.1",))
    reached = match(need, offer, minimum_score=0.0).matches[0].score

    unmet = only_unmet(match(need, offer, minimum_score=reached + 0.15))

    assert unmet.nearest_offer_id == "O1"
    assert str(unmet.would_match_if) == "If O1 met the need in full in these respects together: mode, language."
    changed = replace(offer, modes=(Mode.TRAINING,), languages=("fr",))
    assert match(need, changed, minimum_score=reached + 0.15).counts.n_allocated == 1


def test_an_offer_without_dates_is_told_to_state_them() -> None:
    """It was told to be available for the whole window, which it may well be: its silence counted neutral."""
    need = make_need(earliest_on=TODAY, latest_on=date(2026, 12, 31))
    offer = make_offer(confirmed_on=TODAY, eligible=("XAA",))
    reached = match(need, offer, minimum_score=0.0).matches[0].score

    unmet = only_unmet(match(need, offer, minimum_score=reached + 0.03))

    assert str(unmet.would_match_if) == "If O1 stated dates that cover the whole window of the need."


def test_a_new_offer_says_where_its_areas_were_only_read_from_the_text() -> None:
    unmet = only_unmet(match(make_need(), make_offer(eligible=("XBA",)), minimum_score=0.95))

    told = "If a new offer about National strategy, as read from the need's text, were open to State XAA."
    assert str(unmet.would_match_if) == told


def test_where_all_places_went_to_others_one_more_place_is_told_and_serves() -> None:
    needs = (make_need("N1", priority=5), make_need("N2", priority=1))

    unmet = only_unmet(match(*needs, make_offer()))

    assert (unmet.need_id, unmet.reason) == ("N2", UnmetReason.CAPACITY_TAKEN)
    assert str(unmet.would_match_if) == "If O1 had one more place."
    assert match(*needs, make_offer(capacity=2)).unmet == ()


def test_where_one_more_place_would_go_to_another_need_that_is_not_promised() -> None:
    needs = (make_need("N1", priority=5), make_need("N2", priority=3), make_need("N3", priority=1))

    unmet = match(*needs, make_offer()).unmet

    assert [(item.need_id, str(item.would_match_if)) for item in unmet] == [
        ("N2", "If O1 had one more place."),
        ("N3", "If O1 had several more places."),
    ]


def test_an_excluded_provider_is_never_named() -> None:
    need = make_need(excluded_providers=("  PROVIDER a",))

    unmet = only_unmet(match(need, make_offer()))

    assert unmet.reason is UnmetReason.NO_ELIGIBLE_OFFER
    assert unmet.nearest_offer_id is None
    told = f"{unmet.detail} {unmet.would_match_if}"
    assert "O1" not in told
    assert "Provider" not in told


def test_a_new_offer_is_described_where_none_is_near() -> None:
    unmet = only_unmet(match(make_need(area_codes=("IRC.1",)), make_offer(eligible=("XBA",)), minimum_score=0.95))

    assert unmet.nearest_offer_id is None
    assert str(unmet.would_match_if) == "If a new offer about National CSIRT were open to State XAA."


def test_an_offer_that_would_not_fit_anyway_does_not_make_a_need_closed() -> None:
    """One closed offer of fishing nets for everybody once turned the reason of every unmet need to closed."""
    need = make_need(area_codes=("GOV.1",))
    nets = make_offer("O1", title="Nets", description="For fishing.", available_until_on=date(2026, 1, 1))

    unmet = only_unmet(match(need, nets, make_offer("O2", eligible=("XBA",)), minimum_score=0.7))

    assert unmet.reason is UnmetReason.NO_ELIGIBLE_OFFER
    assert str(unmet.would_match_if) == "If O2 were open to State XAA."


def test_an_offer_that_ended_has_to_be_open_when_the_need_begins() -> None:
    need = make_need(earliest_on=date(2027, 1, 1), latest_on=date(2027, 12, 31))
    offer = make_offer(available_until_on=date(2025, 12, 31))

    unmet = only_unmet(match(need, offer))

    assert str(unmet.would_match_if) == "If O1 were still open on 2027-01-01."
    assert match(need, replace(offer, available_until_on=date(2027, 1, 1))).unmet == ()


def test_a_need_that_has_closed_is_promised_nothing_where_no_offer_is_open_to_it() -> None:
    unmet = only_unmet(match(make_need(latest_on=date(2026, 5, 31)), make_offer(eligible=("XBA",))))

    assert str(unmet.would_match_if) == "If the need were open on 2026-06-01 and a new offer fitted it."


def test_one_area_is_told_where_one_is_enough() -> None:
    need = make_need(area_codes=("CRI", "GOV.1"))
    offer = make_offer(area_codes=("IRC",))
    reached = match(need, offer, minimum_score=0.0).matches[0].score

    unmet = only_unmet(match(need, offer, minimum_score=reached + 0.05))

    assert str(unmet.would_match_if) == "If O1 were about Cybercrime."


def test_another_offer_is_told_where_no_edit_lifts_the_best_one() -> None:
    need = make_need(languages=("fr",), area_codes=("GOV.1",), modes=(Mode.DRAFTING,))
    full = {"area_codes": ("GOV.1",), "modes": (Mode.DRAFTING,), "confirmed_on": TODAY}
    best = make_offer("O1", languages=("fr",), eligible=("XAA",), description="Strategies.", **full)
    other = make_offer("O2", languages=("en",), eligible=("XAA",), description=make_need().description, **full)
    minimum = match(need, best, other, minimum_score=0.0).matches[0].score + 0.000001

    unmet = only_unmet(match(need, best, other, minimum_score=minimum))

    assert unmet.nearest_offer_id == "O2"
    assert str(unmet.would_match_if) == "If O2 came in fr."


def test_an_edit_and_a_place_are_told_together() -> None:
    need = make_need(languages=("fr",))
    offer = make_offer(languages=("en",), capacity=0)
    minimum = match(need, offer, minimum_score=0.0).matches[0].score + 0.05

    unmet = only_unmet(match(need, offer, minimum_score=minimum))

    assert str(unmet.would_match_if) == "If O1 came in fr and had a place left."


def test_a_pair_without_any_likeness_is_better_than_none() -> None:
    """At a minimum of 0 a pair that scored 0 once stayed apart, and its free place had gone "to other needs"."""
    nothing = make_profile(
        neutral=dict.fromkeys(Component, 0.0), weights={name: float(name is Component.TEXT) for name in Component}
    )

    result = run(
        make_pool(make_need(), make_offer(title="Nets", description="")), make_reference(), nothing, as_of_on=TODAY
    )

    assert result.matches[0].score == 0.0
    assert result.matches[0].is_allocated
