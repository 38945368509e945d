"""The change that an unmet need is told, carried out in any pool, gives it a place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from matching.engine import run
from matching.records import Need, Offer
from matching.results import RunResult
from matching.sentences import Sentence
from matching.vocabulary import Mode, UnmetReason
from tests.matching.random_pools import random_pool
from tests.matching.worlds import TODAY, make_need, make_offer, make_pool, make_profile, make_reference

REFERENCE = make_reference()
STATES = sorted(REFERENCE.geography.state_by_code)
CODE_BY_NAME = {REFERENCE.geography.name(code): code for code in STATES}
CODE_BY_TITLE = {area.title(): code for code, area in REFERENCE.taxonomy.area_by_code.items()}
AREAS = st.lists(st.sampled_from(["GOV", "GOV.1", "IRC", "IRC.1", "CRI"]), max_size=3, unique=True).map(tuple)
MODES = st.lists(st.sampled_from([Mode.TRAINING, Mode.DRAFTING, Mode.ADVISORY]), max_size=2, unique=True).map(tuple)
LANGUAGES = st.lists(st.sampled_from(["en", "fr", "ar"]), max_size=2, unique=True).map(tuple)
DAYS = st.none() | st.sampled_from([date(year, month, 1) for year in (2025, 2026, 2027) for month in (1, 7)])
TEXTS = st.sampled_from(["", "Drafting of the national strategy.", "Training for a CSIRT.", "Nets for fishing."])
BUDGETS = st.none() | st.sampled_from([Decimal(100), Decimal(5000)])


@st.composite
def needs(draw: st.DrawFn, need_id: str) -> Need:
    days = sorted(day for day in (draw(DAYS), draw(DAYS)) if day is not None)
    budget = draw(BUDGETS)
    return make_need(
        need_id,
        states=tuple(sorted(draw(st.lists(st.sampled_from(STATES), min_size=1, max_size=2, unique=True)))),
        description=draw(TEXTS),
        area_codes=draw(AREAS),
        modes=draw(MODES),
        languages=draw(LANGUAGES),
        earliest_on=days[0] if len(days) == 2 else None,
        latest_on=days[-1] if days else None,
        budget=budget,
        currency="EUR" if budget is not None else None,
    )


@st.composite
def offers(draw: st.DrawFn, offer_id: str) -> Offer:
    days = sorted(day for day in (draw(DAYS), draw(DAYS)) if day is not None)
    budget = draw(BUDGETS)
    return make_offer(
        offer_id,
        description=draw(TEXTS),
        area_codes=draw(AREAS),
        modes=draw(MODES),
        languages=draw(LANGUAGES),
        eligible=tuple(
            draw(st.lists(st.sampled_from(["*", "AFR", "XAA", "XBA"]), min_size=1, max_size=2, unique=True))
        ),
        available_from_on=days[0] if len(days) == 2 else None,
        available_until_on=days[-1] if days else None,
        confirmed_on=draw(st.none() | st.just(date(2024, 1, 1))),
        capacity=draw(st.integers(0, 2)),
        budget=budget,
        currency="EUR" if budget is not None else None,
    )


def known_areas(offer: Offer, result: RunResult) -> tuple[str, ...]:
    return result.reading_by_offer_id[offer.offer_id].area_codes


Edited = dict[str, Any]
WHOLE_WINDOW: Edited = {"available_from_on": date(2025, 1, 1), "available_until_on": date(2032, 1, 1)}
"""Dates that cover the window of every need, and fewer than the ten years that count as none."""


def met_in_full(values: Mapping[str, Any], need: Need, offer: Offer, result: RunResult) -> Edited:
    """Return what makes an offer meet a need in full in each of some respects."""
    reading = result.reading_by_need_id[need.need_id]
    by_respect: dict[str, Edited] = {
        "area": {"area_codes": (*known_areas(offer, result), *reading.area_codes)},
        "mode": {"modes": tuple(dict.fromkeys((*offer.modes, *reading.modes)))},
        "language": {"languages": (*offer.languages, *need.languages)},
        "geography": {"eligible": tuple(dict.fromkeys((*offer.eligible, *need.states)))},
        "time": WHOLE_WINDOW,
        "budget": {"budget": need.budget, "currency": need.currency},
        "freshness": {"confirmed_on": TODAY},
    }
    changes: Edited = {}
    for respect in values["respects"].split(", "):
        changes |= by_respect[respect]
    return changes


EDITS: dict[str, Callable[[Mapping[str, Any], Need, Offer, RunResult], Edited]] = {
    "open to|named": lambda values, _, offer, __: {
        "eligible": tuple(
            dict.fromkeys((*offer.eligible, *map(CODE_BY_NAME.__getitem__, values["states"].split(", "))))
        )
    },
    "still open on": lambda values, *_: {"available_until_on": date.fromisoformat(values["day"])},
    "whole window": lambda *_: WHOLE_WINDOW,
    "confirmed": lambda *_: {"confirmed_on": TODAY},
    "came in": lambda values, _, offer, __: {"languages": (*offer.languages, values["language"])},
    "came as": lambda _, need, offer, result: {
        "modes": tuple(dict.fromkeys((*offer.modes, *result.reading_by_need_id[need.need_id].modes)))
    },
    "were about": lambda values, _, offer, result: {
        "area_codes": (*known_areas(offer, result), *map(CODE_BY_TITLE.__getitem__, values["areas"].split(", ")))
    },
    "in full": met_in_full,
    "sum sought": lambda _, need, *__: {"budget": need.budget, "currency": need.currency},
    "one more place|place left|were left": lambda _, __, offer, ___: {"capacity": offer.capacity + 1},
}
"""What each part of a sentence asks somebody to change."""


def carry_out(sentence: Sentence, need: Need, offer: Offer, result: RunResult) -> Offer:
    """Return the offer with everything changed that the sentence names."""
    parts = [edit for pattern, edit in EDITS.items() if re.search(pattern, sentence.message)]
    assert parts, sentence.message
    changes: Edited = {}
    for edit in parts:
        changes |= edit(sentence.values, need, offer, result)
    return replace(offer, **changes)


@settings(max_examples=150, deadline=None)
@given(needs("N1"), st.tuples(offers("O1"), offers("O2"), offers("O3")), st.floats(0.3, 0.95))
@example(
    make_need("N1", states=("XAA",), latest_on=date(2026, 7, 1), budget=Decimal(100), currency="EUR"),
    tuple(make_offer(f"O{at}", eligible=("*",), capacity=0, confirmed_on=None) for at in (1, 2, 3)),
    0.875,
)
def test_the_change_that_is_told_serves_the_need(need: Need, pool: tuple[Offer, ...], minimum: float) -> None:
    profile = make_profile(minimum_score=minimum)
    result = run(make_pool(need, *pool), REFERENCE, profile, as_of_on=TODAY)
    promised = [item for item in result.unmet if "If a new offer" not in str(item.would_match_if)]
    promised = [item for item in promised if item.reason is not UnmetReason.CLOSED or item.nearest_offer_id]

    for unmet in promised:
        offer = next(item for item in pool if item.offer_id == unmet.nearest_offer_id)
        assert unmet.would_match_if is not None
        changed = carry_out(unmet.would_match_if, need, offer, result)
        others = [item for item in pool if item is not offer]
        again = run(make_pool(need, changed, *others), REFERENCE, profile, as_of_on=TODAY)

        assert again.unmet == (), str(unmet.would_match_if)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 100_000), st.sampled_from([0.4, 0.5, 0.6, 0.7]))
def test_among_many_needs_the_changed_offer_fits_the_need_that_was_told(seed: int, minimum: float) -> None:
    """Others may want the place too; the need is served by it where it is left for this need."""
    profile = make_profile(minimum_score=minimum)
    pool = random_pool(seed, n_needs=8, n_offers=5)
    needs = tuple(need for need in pool.needs if is_in_order(need.earliest_on, need.latest_on))
    offers = tuple(item for item in pool.offers if is_in_order(item.available_from_on, item.available_until_on))
    result = run(replace(pool, needs=needs, offers=offers), REFERENCE, profile, as_of_on=TODAY)

    for unmet in result.unmet:
        told = unmet.would_match_if
        if told is None or "offer" not in told.values or unmet.reason is UnmetReason.CAPACITY_TAKEN:
            continue
        need = next(item for item in needs if item.need_id == unmet.need_id)
        offer = next(item for item in offers if item.offer_id == unmet.nearest_offer_id)
        alone = replace(pool, needs=(need,), offers=(carry_out(told, need, offer, result),))
        assert run(alone, REFERENCE, profile, as_of_on=TODAY).unmet == (), str(told)


def is_in_order(start: date | None, end: date | None) -> bool:
    return start is None or end is None or start <= end


@settings(max_examples=100, deadline=None)
@given(needs("N1"), st.tuples(offers("O1"), offers("O2")), st.floats(0.3, 0.95))
def test_a_need_that_would_be_served_if_it_were_open_is_served_when_it_is(
    need: Need, pool: tuple[Offer, ...], minimum: float
) -> None:
    closed = replace(need, earliest_on=None, latest_on=date(2026, 5, 31))
    profile = make_profile(minimum_score=minimum)

    told = str(run(make_pool(closed, *pool), REFERENCE, profile, as_of_on=TODAY).unmet[0].would_match_if)

    reopened = run(make_pool(replace(closed, latest_on=TODAY), *pool), REFERENCE, profile, as_of_on=TODAY)
    assert (reopened.unmet == ()) == (told == "If the need were open on 2026-06-01.")


@settings(max_examples=150, deadline=None)
@given(needs("N1"), needs("N2"), st.lists(offers("O"), max_size=3), st.floats(0.3, 0.95))
def test_every_unmet_need_is_told_a_reason_and_a_change(
    one: Need, other: Need, some: list[Offer], minimum: float
) -> None:
    pool = [replace(offer, offer_id=f"O{at}") for at, offer in enumerate(some)]

    result = run(make_pool(one, other, *pool), REFERENCE, make_profile(minimum_score=minimum), as_of_on=TODAY)

    for unmet in result.unmet:
        assert str(unmet.detail)
        assert str(unmet.would_match_if).startswith("If ")
        is_offer_named = unmet.would_match_if is not None and "offer" in unmet.would_match_if.values
        assert not is_offer_named or unmet.nearest_offer_id is not None
