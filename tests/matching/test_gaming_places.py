"""Places cannot be gamed: neither by floods of needs, nor by urgency everywhere, nor by copies and other names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from matching.eligibility import provider_key
from matching.engine import run
from matching.records import Need, Offer
from matching.results import RunResult
from matching.urgency import urgency_of
from matching.vocabulary import Condition
from matching.words import Tokenizer
from tests.matching.test_eligibility import failed
from tests.matching.worlds import TODAY, make_need, make_offer, make_pool, make_profile, make_reference

TEXT = "Train incident handlers of the national team in forensics, malware analysis and reporting"
OTHER_TEXT = "Help to train judges and prosecutors of two courts in digital evidence from abroad"
THIRD_TEXT = "Advice for operators of ports and power plants on crisis plans"
EDITS = ("", "now", "soon", "please", "again", "urgently", "quickly")


def result(*records: Need | Offer) -> RunResult:
    return run(make_pool(*records), make_reference(), make_profile(), as_of_on=TODAY)


def served(found: RunResult) -> set[str]:
    return {match.need_id for match in found.matches if match.is_allocated}


def urgency(*needs: Need) -> list[float]:
    tokenizer, number = Tokenizer(), dict[str, int]()
    stems = [
        np.array(
            [number.setdefault(stem, len(number)) for stem in tokenizer.tokens(f"{need.title} {need.description}")]
        )
        for need in needs
    ]
    is_open = np.array([not need.has_closed_on(TODAY) for need in needs])
    return urgency_of(needs, stems, is_open=is_open).round(6).tolist()


def flood(state: str, n_needs: int, *, priority: int = 5) -> list[Need]:
    return [
        make_need(f"A{at}", states=(state,), title=TEXT, description=EDITS[at], priority=priority)
        for at in range(n_needs)
    ]


def test_a_flood_of_one_need_takes_no_place_from_another_state() -> None:
    """The seven copies scored 0.9 and were most urgent; the other State had 0.6 and lost both places to them."""
    offer = make_offer(title=TEXT, description="", capacity=2)
    modest = make_need("B", states=("XBA",), title="Train a team", description="", priority=3)

    alone = served(result(flood("XAA", 1)[0], modest, offer))
    flooded = served(result(*flood("XAA", 7), modest, offer))

    assert alone == {"A0", "B"}
    assert "B" in flooded
    assert len(flooded) == 2


def test_copies_of_a_need_still_get_places_that_nobody_else_wants() -> None:
    offer = make_offer(title=TEXT, description="", capacity=3)

    found = served(result(*flood("XAA", 3), offer))

    assert found == {"A0", "A1", "A2"}


def test_of_needs_that_repeat_each_other_the_most_urgent_counts_in_full() -> None:
    first, second, third = flood("XAA", 3, priority=3)

    found = urgency(first, replace(second, priority=4), third)

    assert found == [0.5, 1.1, round(1 / 3, 6)]


def test_a_need_that_is_filed_with_another_state_each_time_is_still_the_same_need() -> None:
    """Copies were told by all their States together, so that a partner made each the first of its kind."""
    copies = [
        replace(need, states=tuple(sorted(("XAA", partner))))
        for need, partner in zip(flood("XAA", 3, priority=3), ("XAB", "XBA", "XCA"), strict=True)
    ]

    assert urgency(*copies) == [1.0, 0.5, round(1 / 3, 6)]


@pytest.mark.parametrize(
    "change",
    [
        {"states": ("XBA",)},
        {"title": OTHER_TEXT},
        {"latest_on": date(2026, 5, 31)},
    ],
    ids=["another State", "another subject", "closed"],
)
def test_a_need_is_no_copy_of_one(change: dict[str, object]) -> None:
    first, second = flood("XAA", 2, priority=3)

    found = urgency(first, replace(second, **change))

    assert found == [1.0, 1.0]


def needs_of(state: str, *priorities: int) -> list[Need]:
    texts = (TEXT, OTHER_TEXT, THIRD_TEXT)
    return [
        make_need(f"{state}{at}", states=(state,), title=texts[at], description="", priority=priority)
        for at, priority in enumerate(priorities)
    ]


def test_a_state_that_calls_all_its_needs_most_urgent_puts_none_before_the_one_of_another() -> None:
    shouting, modest = needs_of("XAA", 5, 5, 5), needs_of("XBA", 5, 3, 3)

    found = urgency(*shouting, *modest)

    assert max(found[:3]) < found[3]
    assert sum(found[:3]) == pytest.approx(sum(found[3:]))


def test_one_urgent_need_and_needs_below_the_ordinary_count_as_they_say() -> None:
    found = urgency(*needs_of("XAA", 5, 2, 1))

    assert found == [1.2, 0.9, 0.8]


def test_a_joint_need_shares_the_urgency_of_the_state_that_urges_most() -> None:
    joint = make_need("J", states=("XAA", "XBA"), title=THIRD_TEXT, description="", priority=5)

    found = urgency(joint, *needs_of("XAA", 5))

    assert found == [1.1, 1.1]


def test_copies_of_an_offer_serve_no_more_needs_than_one_offer_with_as_many_places() -> None:
    needs = [make_need(f"N{at}", states=(state,)) for at, state in enumerate(("XAA", "XAB", "XBA", "XBB"))]
    rival = make_offer("R", provider="Rival", capacity=2)
    copies = [make_offer(f"O{at}", description=f"Drafting support for a strategy {at}") for at in range(3)]

    def n_served(found: RunResult, provider: str) -> int:
        of_provider = {offer.offer_id for offer in found.offers if offer.provider == provider}
        return sum(match.is_allocated and match.offer_id in of_provider for match in found.matches)

    one = n_served(result(*needs, rival, replace(copies[0], capacity=3)), "Provider A")
    several = n_served(result(*needs, rival, *copies), "Provider A")

    assert several <= one


@pytest.mark.parametrize(
    "name",
    [
        *("CYBER ACADEMY", "Cyber \u200bAcademy", "Cy\u00adber Academy", "Cyber Academy\ufe0f"),
        *("\u0421yber \u0410cademy", "\u202eCyber Academy\u202c", "Cyber\u00a0Academy", "\uff23yber Academy"),
    ],
    ids=["case", "zero width", "soft hyphen", "variation", "Cyrillic", "direction", "fixed space", "full width"],
)
def test_an_excluded_provider_does_not_come_back_under_a_name_that_looks_the_same(name: str) -> None:
    need = make_need(excluded_providers=("Cyber Academy",))

    conditions = failed(need, make_offer(provider=name))

    assert conditions == [Condition.PROVIDER_EXCLUDED]


@pytest.mark.parametrize("name", ["Cyber Academy 2", "Кибер Академия", "Ciber Academy"])
def test_another_name_is_another_provider(name: str) -> None:
    assert provider_key(name) != provider_key("Cyber Academy")
