"""A warm engine says of one new need what a run on it says, to the bit."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from matching import live
from matching.arrays import Integers
from matching.command.datafiles import load_reference
from matching.command.profilefiles import load_profile
from matching.comparisons import base, geography, language, mode
from matching.engine import run
from matching.errors import UnreadableProfileError
from matching.execution import Execution
from matching.live import LiveEngine
from matching.records import Need, Offer, Outcome, Pool
from matching.results import Match, RunResult
from matching.vocabulary import Visibility
from tests.matching.random_pools import random_pool
from tests.matching.test_search import made_profile
from tests.matching.test_sentence_model import made_model
from tests.matching.worlds import TODAY, make_need, make_offer, make_profile, make_reference

N_NEEDS, N_OFFERS = 25, 60
REFERENCE = make_reference()
# Copied by an offer, so that its words do not count.
COPIED = "national incident response team training workshop digital forensics cybercrime policy law judges exercise"


@pytest.fixture(params=[1_000_000, 0], ids=["plain", "compiled"])
def in_both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the search be made by compiled code, or not, however few the offers are."""
    monkeypatch.setattr(live, "FEWEST_OFFERS", request.param)


def warm(offers: Sequence[Offer], outcomes: Sequence[Outcome] = (), **changes: Any) -> LiveEngine:
    profile = changes.pop("profile", make_profile())
    return LiveEngine(offers, REFERENCE, profile, as_of_on=TODAY, outcomes=outcomes, **changes)


def listed(result: RunResult) -> list[Match]:
    """Return the matches of a run on one need, as if none had been allocated."""
    return [replace(match, is_allocated=False) for match in result.matches]


@pytest.mark.usefixtures("in_both_ways")
@pytest.mark.parametrize("seed", range(6))
def test_the_answer_to_a_need_is_that_of_a_run_on_it(seed: int) -> None:
    profile, pool = made_profile(seed), random_pool(seed, n_needs=N_NEEDS, n_offers=N_OFFERS)
    engine = warm(pool.offers, pool.outcomes, profile=profile)

    for need in pool.needs:
        answer = engine.best(need, n_best=N_OFFERS)

        alone = replace(pool, needs=(need,))
        result = run(alone, REFERENCE, profile, as_of_on=TODAY, top=N_OFFERS)
        assert list(answer.matches) == listed(result)
        assert answer.n_eligible == result.counts.n_eligible_pairs
        assert answer.reading == result.reading_by_need_id[need.need_id]
        assert answer.n_offers == result.counts.n_offers


@pytest.mark.usefixtures("in_both_ways")
@pytest.mark.parametrize(
    "changes",
    [
        {"states": ("XAA", "XBA")},
        {"excluded_providers": ("FIRST  provider",)},
        {"latest_on": date(2020, 1, 1)},
        {"earliest_on": date(9999, 12, 1)},
        {"languages": ("pt", "sw")},
        {"currency": "XDR", "budget": Decimal(5)},
        {"title": "", "description": ""},
        {"title": "Zyzzyva quixotry", "description": "aardvark 2031 çà et là"},
        {"title": "Csirts trainings", "description": "cybersecurité incidente 2018"},
        {"title": "киберпреступность", "description": "应急响应 и обучение"},
        {"title": "National CSIRT", "description": COPIED},
        {"title": "Anything", "description": f"{COPIED} zyzzyva {COPIED}"},
    ],
    ids=[
        *("joint", "excluding", "closed", "last days", "unheard languages", "unheard currency", "silent"),
        *("unheard words", "akin words", "other scripts", "copied", "copied twice"),
    ],
)
def test_a_need_unlike_any_before_is_answered_as_a_run_would(changes: dict[str, Any]) -> None:
    pool = random_pool(11, n_needs=1, n_offers=N_OFFERS)
    offers = (
        *pool.offers,
        make_offer("P1", provider="First Provider", title="CSIRT", description="Training of a team"),
        make_offer("P2", title="Copy", description=f"We give: {COPIED}.", languages=("en", "sw")),
        make_offer("P3", title="Copies", description=f"{COPIED} and {COPIED}"),
    )
    need = make_need("N", **{"title": "Training in incident response", "languages": ("en",), **changes})

    answer = warm(offers, pool.outcomes).best(need, n_best=len(offers))

    alone = replace(pool, needs=(need,), offers=offers)
    assert list(answer.matches) == listed(run(alone, REFERENCE, make_profile(), as_of_on=TODAY, top=len(offers)))


@pytest.mark.usefixtures("in_both_ways")
def test_offers_that_do_not_qualify_are_told_apart_as_a_run_tells_them() -> None:
    profile = replace(made_profile(3), minimum_score=0.45)
    pool = random_pool(3, n_needs=N_NEEDS, n_offers=N_OFFERS)
    engine = warm(pool.offers, profile=profile)

    found = engine.qualifying(pool.needs)

    result = run(Pool(needs=pool.needs, offers=pool.offers), REFERENCE, profile, as_of_on=TODAY, top=N_OFFERS)
    expected = {(match.need_id, match.offer_id) for match in result.matches if match.score >= profile.minimum_score}
    rows, columns = np.nonzero(found)
    needs = [need.need_id for need in pool.needs]
    assert {(needs[row], engine.offers[column].offer_id) for row, column in zip(rows, columns, strict=True)} == expected
    assert 0 < len(expected) < N_NEEDS * N_OFFERS


@pytest.mark.usefixtures("in_both_ways")
def test_real_texts_are_answered_as_a_run_would() -> None:
    reference, profile = load_reference(as_of_on=TODAY), load_profile()
    texts = ("Training for the national CSIRT", "Formation des juges à la preuve électronique", "国家网络安全战略")
    offers = [make_offer(f"O{at}", title=text, eligible=("*",)) for at, text in enumerate(texts)]
    engine = LiveEngine(offers, reference, profile, as_of_on=TODAY)

    for text in ("Cybersecurity strategies", "Электронные доказательства для судей", "Incident responders' exercise"):
        need = Need(need_id="N", states=("FJI",), title=text, visibility=Visibility.PUBLIC)
        alone = Pool(needs=(need,), offers=tuple(offers))
        assert list(engine.best(need).matches) == listed(run(alone, reference, profile, as_of_on=TODAY))


def test_with_a_sentence_model_the_answer_is_that_of_a_run() -> None:
    model = made_model()
    profile = make_profile(sentence_model=model.name, sentence_share=0.4)
    pool = random_pool(5, n_needs=6, n_offers=20)
    engine = warm(pool.offers, profile=profile, sentence_model=model)

    for need in pool.needs:
        alone, execution = Pool(needs=(need,), offers=pool.offers), Execution(sentence_model=model)
        result = run(alone, REFERENCE, profile, as_of_on=TODAY, execution=execution)
        assert list(engine.best(need).matches) == listed(result)


def test_private_offers_take_no_part_and_a_private_need_is_answered_as_if_it_were_circulated() -> None:
    offers = [make_offer("O1"), make_offer("O2", visibility=Visibility.PRIVATE)]
    engine = warm(offers)

    private, circulated = (
        engine.best(make_need("N", visibility=kind)) for kind in (Visibility.PRIVATE, Visibility.PUBLIC)
    )

    assert [match.offer_id for match in private.matches] == ["O1"]
    assert private == circulated


def test_without_offers_there_is_nothing_to_tell() -> None:
    answer = warm([]).best(make_need("N"))

    assert (answer.matches, answer.n_eligible, answer.n_offers) == ((), 0, 0)


def test_an_answer_does_not_depend_on_the_needs_asked_before() -> None:
    pool = random_pool(7, n_needs=10, n_offers=N_OFFERS)
    engine = warm(pool.offers)

    first = [engine.best(need) for need in pool.needs]
    again = [engine.best(need) for need in reversed(pool.needs)]

    assert again[::-1] == first


def test_offers_are_not_told_apart_again_for_every_need(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once they were, which took twenty times as long as the rest of an answer from 100,000 offers."""
    pool = random_pool(7, n_needs=3, n_offers=N_OFFERS)
    engine = warm(pool.offers)
    n_told_apart: list[int] = []
    told_apart = base.numbered

    def counted(keys: Sequence[Hashable]) -> Integers:
        n_told_apart.append(len(keys))
        return told_apart(keys)

    for module in (language, mode, geography):
        monkeypatch.setattr(module, "numbered", counted)
    answers = [engine.best(need) for need in pool.needs]

    assert any(answer.matches for answer in answers)
    assert max(n_told_apart) == 1


def test_a_profile_for_another_background_is_refused() -> None:
    with pytest.raises(UnreadableProfileError, match="background"):
        warm([], profile=make_profile(background="another"))
