"""The smallest change that is told for an unmet need comes true when it is made."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from matching.engine import run
from matching.records import Need, Offer
from matching.results import RunResult, UnmetNeed
from matching.vocabulary import Component, Mode
from tests.matching.worlds import TODAY, make_need, make_offer, make_pool, make_profile, make_reference


def result(*records: Need | Offer, minimum_score: float) -> RunResult:
    weights = {part: float(part in (Component.AREA, Component.MODE, Component.LANGUAGE)) for part in Component}
    profile = make_profile(weights=weights, minimum_score=minimum_score)
    return run(make_pool(*records), make_reference(), profile, as_of_on=TODAY)


def unmet(*records: Need | Offer, minimum_score: float) -> UnmetNeed:
    return next(item for item in result(*records, minimum_score=minimum_score).unmet if item.need_id == "N1")


NEED = make_need(area_codes=("GOV.1",), modes=(Mode.TRAINING,), languages=("fr",))
OFFER = make_offer(area_codes=("GOV.1",), modes=(Mode.TRAINING,), languages=("fr",))


@pytest.mark.parametrize(
    ("now", "change", "told"),
    [
        ({"languages": ("en",)}, {"languages": ("fr",)}, "If O1 came in fr."),
        ({"modes": (Mode.EXERCISE,)}, {"modes": (Mode.TRAINING,)}, "If O1 came as training."),
        ({"area_codes": ("CRI",)}, {"area_codes": ("GOV.1",)}, "If O1 were about National strategy."),
        ({"eligible": ("XCA",)}, {"eligible": ("XAA", "XCA")}, "If O1 were open to State XAA."),
        (
            {"available_until_on": date(2026, 5, 31)},
            {"available_until_on": TODAY},
            "If O1 were still open on 2026-06-01.",
        ),
        ({"capacity": 0}, {"capacity": 1}, "If O1 had one more place."),
    ],
    ids=["language", "mode", "area", "State", "closed", "capacity"],
)
def test_the_change_that_is_told_serves_the_need(now: dict[str, Any], change: dict[str, Any], told: str) -> None:
    before = unmet(NEED, replace(OFFER, **now), minimum_score=0.9)

    after = result(NEED, replace(OFFER, **now | change), minimum_score=0.9)

    assert str(before.would_match_if) == told
    assert before.nearest_offer_id == "O1"
    assert after.counts.n_unmet == 0


def test_an_offer_whose_places_are_taken_needs_one_more_place_as_well() -> None:
    """One change in five that was told did not help, because the offer had no place left."""
    rival = make_need("N2", area_codes=("GOV.1",), modes=(Mode.TRAINING,), languages=("en",), priority=5)
    taken = replace(OFFER, languages=("en",))

    found = unmet(NEED, rival, taken, minimum_score=0.9)

    assert str(found.would_match_if) == "If O1 came in fr and had a place left."


def test_a_place_that_would_be_the_needs_own_is_nearer_than_one_for_which_another_need_comes_first() -> None:
    """Two of five changes with a place would have served somebody else, whose need was worth more there."""
    rivals = [
        make_need(f"N-{state}", states=(state,), area_codes=("GOV.1",), modes=(Mode.TRAINING,), languages=("en",))
        for state in ("XBA", "XBB")
    ]
    wanted = replace(OFFER, languages=("en",))
    quiet = replace(wanted, offer_id="O2", eligible=("XAA",), capacity=0, confirmed_on=None)

    by_need = {item.need_id: item for item in result(NEED, *rivals, wanted, quiet, minimum_score=0.9).unmet}

    assert str(by_need["N1"].would_match_if) == "If O2 came in fr and had a place left."


def test_opening_an_offer_is_told_before_several_edits_of_one_that_is_open() -> None:
    """One of four changes in several respects together could be had by opening another offer to the State."""
    far = replace(OFFER, offer_id="O2", area_codes=("CRI",), modes=(Mode.EXERCISE,), languages=("en",), capacity=3)
    closed = replace(OFFER, eligible=("XCA",))

    found = unmet(NEED, far, closed, minimum_score=0.9)

    assert str(found.would_match_if) == "If O1 were open to State XAA."


def test_an_offer_with_a_free_place_is_nearer_than_a_better_one_without() -> None:
    taken = replace(OFFER, languages=("en",), capacity=0)
    free = replace(OFFER, offer_id="O2", area_codes=("CRI",))

    found = unmet(NEED, taken, free, minimum_score=0.9)

    assert (found.nearest_offer_id, str(found.would_match_if)) == ("O2", "If O2 were about National strategy.")


def test_a_mode_that_was_read_out_of_the_text_is_not_told_as_asked() -> None:
    """An inferred mode never counts in full, so naming it did not reach the minimum."""
    need = replace(NEED, modes=(), title="Training", description="")

    found = unmet(need, replace(OFFER, modes=(Mode.EXERCISE,)), minimum_score=0.95)

    assert str(found.would_match_if) == "If a new offer about National strategy were open to State XAA."
