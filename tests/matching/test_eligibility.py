"""Hard conditions: which offers are open to a need, and what stands against the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.eligibility import EligibilityCheck, provider_key
from matching.reach import measure_reach
from matching.records import Need, Offer
from matching.vocabulary import Condition
from tests.matching.made_intakes import needs_of
from tests.matching.worlds import TODAY, make_geography, make_need, make_offer

YESTERDAY, TOMORROW = date(2026, 5, 31), date(2026, 6, 2)
days = st.none() | st.dates(date(2026, 5, 1), date(2026, 7, 1))
tokens = st.lists(st.sampled_from(["*", "AFR", "APG", "XAA", "XZZ"]), min_size=1, max_size=3, unique=True).map(tuple)


def check(need: Need, *offers: Offer) -> EligibilityCheck:
    return EligibilityCheck([need], offers, make_geography(), as_of_on=TODAY)


def failed(need: Need, offer: Offer) -> list[Condition]:
    return list(check(need, offer).explain(0, 0).failed)


def sentence(need: Need, offer: Offer) -> str:
    return " ".join(map(str, check(need, offer).explain(0, 0).sentences))


@pytest.mark.parametrize(
    ("need", "offer", "conditions"),
    [
        ({}, {}, []),
        ({"latest_on": YESTERDAY}, {}, [Condition.NEED_CLOSED]),
        ({"latest_on": TODAY}, {}, []),
        ({}, {"available_until_on": YESTERDAY}, [Condition.OFFER_CLOSED]),
        ({}, {"available_until_on": TODAY}, []),
        ({"earliest_on": TOMORROW}, {"available_until_on": TODAY}, [Condition.WINDOWS_APART]),
        ({"earliest_on": TOMORROW}, {"available_until_on": TOMORROW}, []),
        ({"latest_on": TODAY}, {"available_from_on": TOMORROW}, [Condition.WINDOWS_APART]),
        ({"latest_on": TODAY}, {"available_from_on": TODAY}, []),
        ({"latest_on": YESTERDAY}, {"available_from_on": TOMORROW}, [Condition.NEED_CLOSED]),
        # Both were open once, at the same time, and the need still is: it can only be served from today on.
        ({"earliest_on": date(2026, 1, 1)}, {"available_until_on": YESTERDAY}, [Condition.OFFER_CLOSED]),
        ({}, {"eligible": ("APG",)}, [Condition.STATE_NOT_ELIGIBLE]),
        ({}, {"eligible": ("APG", "XAA")}, []),
        ({"states": ("XZZ",)}, {"eligible": ("AFR", "APG", "EEG")}, [Condition.STATE_NOT_ELIGIBLE]),
        ({"states": ("XZZ",)}, {"eligible": ("*",)}, []),
        ({"states": ("XAA", "XBA")}, {"eligible": ("AFR",)}, [Condition.STATE_NOT_ELIGIBLE]),
        ({"states": ("XAA", "XBA")}, {"eligible": ("AFR", "XBA")}, []),
        ({"excluded_providers": ("Provider A",)}, {}, [Condition.PROVIDER_EXCLUDED]),
        ({"excluded_providers": ("Provider",)}, {}, []),
        ({}, {"capacity": 0}, []),
    ],
    ids=[
        *("open", "need closed", "need's last day", "offer closed", "offer's last day", "apart", "one common day"),
        *("not yet", "from today", "closed need", "past overlap", "other group", "named too", "no group", "everybody"),
        *("joint, one refused", "joint, both admitted", "excluded", "other name", "no places"),
    ],
)
def test_each_condition_stands_where_it_should(
    need: dict[str, Any], offer: dict[str, Any], conditions: list[Condition]
) -> None:
    found = failed(make_need(**need), make_offer(**offer))

    assert found == conditions


@pytest.mark.parametrize(
    ("excluded", "provider", "is_excluded"),
    [
        ("PROVIDER ALPHA", "Provider Alpha", True),
        ("Ｐｒｏｖｉｄｅｒ Alpha", "Provider Alpha", True),
        ("Straße", "STRASSE", True),
        ("ﬁnance", "Finance", True),
        ("Provider  Alpha ", "Provider Alpha", True),
        ("Ágora", "A\u0301gora", True),
        ("نرم\u200cافزار", "نرمافزار", True),
        ("Agora", "Ágora", False),
        ("Provider Alph", "Provider Alpha", False),
    ],
    ids=["case", "full width", "sharp s", "ligature", "spaces", "decomposed", "joiner", "accent", "part"],
)
def test_names_of_providers_are_compared_after_nfkc_and_case_folding(
    excluded: str,
    provider: str,
    is_excluded: bool,  # noqa: FBT001 – a parameter of the table
) -> None:
    found = provider_key(excluded) == provider_key(provider)

    assert found is is_excluded


@pytest.mark.parametrize(
    ("cell", "provider", "is_excluded"),
    [
        ("Alpha; Beta Institute", "alpha;  Beta institute", True),
        ("Gamma;Alpha;Beta", "Beta; Alpha", True),
        ("Alpha", "Alpha; Beta", False),
        ("Gamma", "Alpha; Beta", False),
        ("", "Alpha; Beta", False),
    ],
    ids=["the whole name", "among others", "a part of the name", "another name", "nobody"],
)
def test_a_provider_whose_name_holds_a_semicolon_can_be_excluded(
    cell: str,
    provider: str,
    is_excluded: bool,  # noqa: FBT001 – a parameter of the table
) -> None:
    """The list cell took "Alpha; Beta Institute" for two names, so the provider was excluded and yet allocated."""
    need = needs_of({"excluded_providers": cell}).records[0]

    conditions = failed(need, make_offer(provider=provider))

    assert conditions == ([Condition.PROVIDER_EXCLUDED] if is_excluded else [])


def test_an_exclusion_is_told_without_the_name_of_the_provider() -> None:
    need = make_need(excluded_providers=("Provider A",))

    told = sentence(need, make_offer())

    assert told == "The pair is not eligible."


def test_an_exclusion_hides_every_other_condition() -> None:
    """The contract wants ``not_eligible`` without detail; the State's code and the closing day stood beside it."""
    need = make_need(excluded_providers=("Provider A",), latest_on=YESTERDAY)
    offer = make_offer(eligible=("APG",), available_until_on=YESTERDAY)

    found = failed(need, offer)

    assert found == [Condition.PROVIDER_EXCLUDED]


@pytest.mark.parametrize(
    ("need", "offer", "told"),
    [
        ({"latest_on": YESTERDAY}, {}, "The need closed on 2026-05-31."),
        ({}, {"available_until_on": YESTERDAY}, "The offer closed on 2026-05-31."),
        ({"states": ("XAA", "XBA")}, {"eligible": ("AFR",)}, "The offer is not open to State XBA."),
        (
            {"earliest_on": TOMORROW},
            {"available_until_on": TODAY},
            "The dates of the need and of the offer do not meet.",
        ),
    ],
    ids=["need closed", "offer closed", "State", "windows"],
)
def test_each_condition_has_its_sentence(need: dict[str, Any], offer: dict[str, Any], told: str) -> None:
    found = sentence(make_need(**need), make_offer(**offer))

    assert found == told


def test_a_named_state_is_nearer_than_its_group_and_the_group_than_everybody() -> None:
    reach = measure_reach([make_offer(eligible=(token,)) for token in ("XAA", "AFR", "*")], make_geography())

    closeness = np.round(reach.closeness[reach.position_by_state["XAA"]], 6).tolist()

    assert closeness == [1.0, 0.806574, 0.5]


def test_closeness_to_some_offers_is_that_to_all_and_open_is_where_it_is_above_nothing() -> None:
    needs = make_need("N1", states=("XAA", "XAB")), make_need("N2", states=("XAA",))
    offers = [
        make_offer(f"O{at}", eligible=eligible)
        for at, eligible in enumerate([("XAA",), ("*",), ("XAA", "XAB"), ("XAB",)])
    ]
    made = EligibilityCheck(needs, offers, make_geography(), as_of_on=TODAY)
    rows, columns = np.arange(2), np.array([0, 2, 3])

    whole = made.closeness(rows)

    assert np.array_equal(made.closeness(rows, columns), whole[:, columns])
    assert [made.open_to(row).tolist() for row in (0, 1)] == [[False, True, True, False], [True, True, True, False]]
    assert np.array_equal(whole > 0, [made.open_to(row) for row in (0, 1)])


def test_the_narrowest_token_admits_a_state() -> None:
    need = make_need(states=("XAA", "XAB"))

    found = check(need, make_offer(eligible=("*", "XAA", "AFR")))

    (token,) = found.narrowest_tokens(np.array([0]), np.array([0]))
    assert found.reach.tokens[token] == "AFR"


@given(tokens, tokens, days, days)
def test_an_offer_that_is_open_to_more_is_open_to_all_that_it_was(
    fewer: tuple[str, ...], more: tuple[str, ...], earliest: date | None, until: date | None
) -> None:
    need = make_need(earliest_on=earliest)
    narrow = make_offer(eligible=fewer, available_until_on=until)
    wide = replace(narrow, eligible=tuple(dict.fromkeys((*fewer, *more))))

    before, after = check(need, narrow, wide).is_eligible(np.array([0]))[0]

    assert after or not before


@given(tokens, days, days, st.sampled_from([(), ("Provider A",)]))
def test_a_pair_is_eligible_where_nothing_is_told_against_it(
    eligible: tuple[str, ...], latest: date | None, until: date | None, excluded: tuple[str, ...]
) -> None:
    need = make_need(latest_on=latest, excluded_providers=excluded)
    conditions = check(need, make_offer(eligible=eligible, available_until_on=until))

    explained = conditions.explain(0, 0)

    assert explained.is_eligible == bool(conditions.is_eligible(np.array([0]))[0, 0])
    assert len(explained.failed) == len(explained.sentences)
