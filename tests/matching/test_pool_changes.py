"""What would serve the most needs: promised by the engine, carried out in the pool, and run again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import matching.what_if
from matching.answers import PoolChange, PoolChanges, PoolEdit
from matching.changed_models import with_offers
from matching.engine import run
from matching.model import prepare
from matching.offer_edits import OfferEdit, edits_for
from matching.output import CHANGE_COLUMNS
from matching.profiles import ScoringProfile
from matching.records import Need, Offer, Pool
from matching.report import render_report
from matching.vocabulary import Mode, Visibility
from tests.matching.command_line import FILES, golden_arguments, read_cells, status_of
from tests.matching.random_pools import random_pool
from tests.matching.worlds import TODAY, make_need, make_offer, make_pool, make_profile, make_reference

REFERENCE = make_reference()
STRICT = make_profile(minimum_score=0.6)


def changes_of(pool: Pool, profile: ScoringProfile = STRICT) -> PoolChanges:
    what_if = run(pool, REFERENCE, profile, as_of_on=TODAY).what_if
    changes = None if what_if is None else what_if.pool_changes()
    assert changes is not None
    return changes


def served(pool: Pool) -> set[str]:
    """Return the needs that have a place in a run."""
    return {match.need_id for match in run(pool, REFERENCE, STRICT, as_of_on=TODAY).matches if match.is_allocated}


def carried_out(change: PoolChange, pool: Pool) -> Pool:
    """Return the pool in which exactly what is told has been done, and nothing else."""
    if change.new_offer is not None:
        return replace(pool, offers=(*pool.offers, change.new_offer))
    readings = run(pool, REFERENCE, STRICT, as_of_on=TODAY).reading_by_offer_id
    edit = OfferEdit(edit=change.edit, value=change.value)

    def changed(offer: Offer) -> Offer:
        if offer.offer_id not in change.offer_ids:
            return offer
        if change.edit is PoolEdit.PLACES:
            return replace(offer, capacity=offer.capacity + change.n_places)
        return edit.applied(offer, readings[offer.offer_id], as_of_on=TODAY)

    return replace(pool, offers=tuple(changed(offer) for offer in pool.offers))


@pytest.mark.parametrize("seed", range(8))
def test_every_change_serves_whom_it_promises(seed: int) -> None:
    pool = random_pool(seed, n_needs=14, n_offers=9)
    now = served(pool)

    for change in changes_of(pool).single:
        then = served(carried_out(change, pool))
        assert then - now == set(change.need_ids), change
        assert now - then == set(change.lost_need_ids), change


@pytest.mark.parametrize("seed", range(4))
def test_the_changes_together_serve_whom_they_promise_one_after_the_other(seed: int) -> None:
    pool = random_pool(seed, n_needs=14, n_offers=9)

    for change in changes_of(pool).together:
        now, pool = served(pool), carried_out(change, pool)
        assert served(pool) - now == set(change.need_ids)


@pytest.mark.parametrize("seed", range(3))
def test_changes_come_by_the_needs_that_they_gain(seed: int) -> None:
    gained = [change.n_gained for change in changes_of(random_pool(seed, n_needs=14, n_offers=9)).single]

    assert gained == sorted(gained, reverse=True)
    assert all(number > 0 for number in gained)
    assert len(gained) <= 10


@pytest.mark.parametrize("seed", range(4))
def test_a_changed_model_is_that_of_the_changed_pool(seed: int) -> None:
    """Every edit in turn, on all offers: scores and conditions are those of the pool read anew."""
    pool = random_pool(seed, n_needs=6, n_offers=12)
    model = prepare(pool, REFERENCE, STRICT, as_of_on=TODAY)
    rows = np.arange(len(model.needs))

    for edit in edits_for(model.needs, model.need_readings, REFERENCE.geography):
        offers = [
            edit.applied(offer, reading, as_of_on=TODAY)
            for offer, reading in zip(model.offers, model.offer_readings, strict=True)
        ]
        made = with_offers(model, offers, REFERENCE, profile=STRICT, as_of_on=TODAY)
        anew = prepare(replace(pool, offers=tuple(offers)), REFERENCE, STRICT, as_of_on=TODAY)
        assert made.scorer.scores(rows).tolist() == anew.scorer.scores(rows).tolist(), edit
        assert made.eligibility.is_eligible(rows).tolist() == anew.eligibility.is_eligible(rows).tolist(), edit
        assert list(made.offer_readings) == list(anew.offer_readings), edit


def test_a_model_with_a_new_offer_is_that_of_the_pool_with_it() -> None:
    pool = random_pool(1, n_needs=6, n_offers=12)
    model = prepare(pool, REFERENCE, STRICT, as_of_on=TODAY)
    new = make_offer("ZZ new", provider="", title="", description="", area_codes=("IRC.1",), languages=("fr",))
    rows = np.arange(len(model.needs))

    made = with_offers(model, (*model.offers, new), REFERENCE, profile=STRICT, as_of_on=TODAY)
    anew = prepare(replace(pool, offers=(*pool.offers, new)), REFERENCE, STRICT, as_of_on=TODAY)

    assert made.scorer.scores(rows).tolist() == anew.scorer.scores(rows).tolist()
    assert made.eligibility.is_eligible(rows).tolist() == anew.eligibility.is_eligible(rows).tolist()
    pairs = np.repeat(rows, len(made.offers)), np.tile(np.arange(len(made.offers)), len(rows))
    assert made.scorer.explain(*pairs).contributions() == anew.scorer.explain(*pairs).contributions()


CSIRT: dict[str, Any] = {"title": "A national CSIRT", "description": "", "area_codes": ("IRC.1",)}


def told(changes: tuple[PoolChange, ...]) -> dict[str, tuple[str, ...]]:
    return {str(change.sentence): change.need_ids for change in changes}


def test_trainers_in_another_language_serve_all_who_ask_for_it() -> None:
    french = [make_need(f"N{at}", languages=("fr",), modes=(Mode.TRAINING,), **CSIRT) for at in range(3)]
    english = make_offer(languages=("en",), modes=(Mode.TRAINING,), capacity=5, **CSIRT)
    profile = make_profile(minimum_score=0.8)

    changes = changes_of(make_pool(*french, english), profile)

    assert told(changes.single)["If offers came in fr as well."] == ("N0", "N1", "N2")
    assert changes.single[0].n_gained == 3


def test_offers_that_are_opened_to_a_group_serve_its_needs() -> None:
    needs = [make_need(f"N{at}", states=(state,), **CSIRT) for at, state in enumerate(("XAA", "XAB", "XBA"))]
    offer = make_offer(eligible=("XCA",), capacity=5, **CSIRT)

    changes = changes_of(make_pool(*needs, offer))

    assert told(changes.single)["If offers were open to African States as well."] == ("N0", "N1")
    assert told(changes.single)["If offers were open to all States as well."] == ("N0", "N1", "N2")


def test_as_many_more_places_are_told_as_it_takes() -> None:
    needs = [make_need(f"N{at}", **CSIRT) for at in range(3)]

    (change, *_) = changes_of(make_pool(*needs, make_offer(**CSIRT))).single

    assert str(change.sentence) == "If O1 had 2 more places."
    assert change.n_gained == 2


def test_an_offer_that_gives_no_place_now_is_told_to_give_some() -> None:
    needs = [make_need(f"N{at}", **CSIRT) for at in range(2)]

    (change, *_) = changes_of(make_pool(*needs, make_offer(capacity=0, **CSIRT))).single

    assert (str(change.sentence), change.need_ids) == ("If O1 had 2 more places.", ("N0", "N1"))


def test_a_new_offer_is_told_with_no_more_than_it_takes() -> None:
    """With a mode and a language it would serve the same needs as without."""
    needs = [make_need(f"N{at}", modes=(Mode.TRAINING,), languages=("fr",), **CSIRT) for at in range(2)]

    changes = changes_of(make_pool(*needs), make_profile(minimum_score=0.6))

    assert told(changes.single) == {"A new offer about National CSIRT (IRC.1), open to all States.": ("N0", "N1")}


def test_a_free_place_is_promised_to_one_need_only() -> None:
    needs = [make_need(f"N{at}", languages=("fr",), **CSIRT) for at in range(3)]
    offer = make_offer(languages=("en",), capacity=1, **CSIRT)

    changes = changes_of(make_pool(*needs, offer), make_profile(minimum_score=0.75)).single

    assert [change.n_gained for change in changes if change.edit is PoolEdit.LANGUAGE] == [1]


def test_a_need_that_has_closed_waits_for_no_change() -> None:
    closed = make_need(latest_on=TODAY - timedelta(days=1), **CSIRT)

    assert changes_of(make_pool(closed, make_offer(eligible=("XBA",), **CSIRT))).single == ()


def test_a_provider_whom_a_state_excludes_is_no_change_for_it() -> None:
    need = make_need(excluded_providers=("Provider A",), **CSIRT)

    changes = changes_of(make_pool(need, make_offer(provider="Provider A", **CSIRT))).single

    assert {change.edit for change in changes} <= {PoolEdit.NEW_OFFER}


def test_a_large_pool_is_searched_only_where_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching.what_if, "QUICK_PAIRS", 1)
    what_if = run(random_pool(0, n_needs=4, n_offers=4), REFERENCE, STRICT, as_of_on=TODAY).what_if
    assert what_if is not None

    assert what_if.pool_changes() is None
    assert what_if.pool_changes(is_asked=True) is not None
    assert what_if.pool_changes() is not None


def page_of(*needs: Need) -> str:
    pool = make_pool(*needs, make_offer(eligible=("XCA",), capacity=5, **CSIRT))
    return render_report(run(pool, REFERENCE, STRICT, as_of_on=TODAY), REFERENCE, inputs=())


def test_the_report_tells_what_would_help_most() -> None:
    page = page_of(make_need(**CSIRT))

    assert "What would help most" in page
    assert "If offers were open to <bdi>African States</bdi> as well." in page


def test_the_report_tells_no_change_that_would_give_a_hidden_need_away() -> None:
    page = page_of(make_need(visibility=Visibility.SECRETARIAT, **CSIRT))

    assert "African States</bdi> as well" not in page


def test_the_command_writes_the_changes_where_it_is_asked_to(tmp_path: Path) -> None:
    assert status_of(*golden_arguments(tmp_path, options=("--changes", "--quiet"))) == 0

    rows = read_cells((tmp_path / "changes.csv").read_bytes())
    assert {path.name for path in tmp_path.iterdir()} == {*FILES, "changes.csv"}
    assert list(rows[0]) == list(CHANGE_COLUMNS)
    assert [row["rank"] for row in rows if row["list"] == "single"][:2] == ["1", "2"]


def test_the_command_writes_no_changes_unasked(tmp_path: Path) -> None:
    assert status_of(*golden_arguments(tmp_path, options=("--quiet",))) == 0

    assert {path.name for path in tmp_path.iterdir()} == set(FILES)
