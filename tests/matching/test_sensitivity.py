"""How far a weight can move before the first offer of a need changes, checked against plain sums under new weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matching.answers import Sensitivity
from matching.engine import run
from matching.model import Model, prepare
from matching.profiles import ScoringProfile
from matching.records import Need, Offer
from matching.report import render_report
from matching.sensitivity import N_TRIALS, measure_sensitivity, told, trial_weights
from matching.vocabulary import Component, Mode, Visibility
from tests.matching.command_line import DAY, GOLDEN, status_of
from tests.matching.random_pools import random_pool
from tests.matching.worlds import TODAY, make_need, make_offer, make_pool, make_profile, make_reference

REFERENCE = make_reference()
A_LITTLE = 2e-5
ROUNDING = 2e-6  # scores are equal in six decimals


def measured(model: Model, profile: ScoringProfile) -> list[Sensitivity]:
    return measure_sensitivity(model, profile, np.arange(len(model.needs)))


def measured_one(*records: Need | Offer, profile: ScoringProfile) -> Sensitivity:
    """Return what is measured for the only need among some records."""
    (sensitivity,) = measured(prepare(make_pool(*records), REFERENCE, profile, as_of_on=TODAY), profile)
    return sensitivity


def lead_of(
    offer_id: str, weights: Mapping[Component, float], model: Model, profile: ScoringProfile, *, row: int
) -> float:
    """Return by how much an offer leads all others that are open to a need, by plain sums of weight times value."""
    columns = np.flatnonzero(model.eligibility.is_eligible(np.array([row]))[0])
    values = model.scorer.values_at(np.full(len(columns), row), columns)
    totals = sum(weights[part] * np.nan_to_num(values[part], nan=profile.neutral[part]) for part in Component)
    is_offer = np.array([model.offers[column].offer_id == offer_id for column in columns.tolist()])
    return float(totals[is_offer][0] - totals[~is_offer].max())


@pytest.mark.parametrize("seed", range(40))
def test_the_first_place_holds_within_each_range_and_is_lost_just_beyond_it(seed: int) -> None:
    """Eighty offers: more than are kept as candidates, so that one behind the list would be missed."""
    chance = np.random.default_rng(seed)
    profile = make_profile(weights={part: 1.0 + float(chance.integers(0, 5)) for part in Component})
    model = prepare(random_pool(seed, n_needs=3, n_offers=80), REFERENCE, profile, as_of_on=TODAY)
    row_by_need_id = {need.need_id: row for row, need in enumerate(model.needs)}

    for sensitivity in measured(model, profile):
        first, row = sensitivity.first_offer_id, row_by_need_id[sensitivity.need_id]
        for part in sensitivity.ranges:
            lowest, highest = part.lowest, 1e6 if part.highest is None else part.highest
            moved = {
                weight: lead_of(first, {**profile.weights, part.component: weight}, model, profile, row=row)
                for weight in (lowest, highest, lowest - A_LITTLE, highest + A_LITTLE)
            }
            assert min(moved[lowest], moved[highest]) > -ROUNDING
            assert lowest == 0 or moved[lowest - A_LITTLE] < 0
            assert part.highest is None or moved[highest + A_LITTLE] < 0


TRAINING = make_offer("O1", modes=(Mode.TRAINING,), languages=("fr",))
FRENCH = make_offer("O2", modes=(Mode.DRAFTING,), languages=("fr",))
ASKED = make_need(modes=(Mode.TRAINING,), languages=("fr",))


def test_a_run_with_the_weight_just_beyond_its_range_has_another_first_offer() -> None:
    """O1 is better in its mode by 1, O2 is better in geography by 0.5: at a weight of 0.5 the mode no longer decides."""
    named = replace(FRENCH, eligible=("XAA",))
    profile = make_profile(weights={**dict.fromkeys(Component, 0.0), Component.MODE: 2.0, Component.GEOGRAPHY: 1.0})

    mode = measured_one(ASKED, TRAINING, named, profile=profile).ranges[list(Component).index(Component.MODE)]

    assert (mode.lowest, mode.highest) == (0.5, None)
    for weight, first in ((0.51, "O1"), (0.49, "O2")):
        moved = replace(profile, weights={**profile.weights, Component.MODE: weight})
        result = run(make_pool(ASKED, TRAINING, named), REFERENCE, moved, as_of_on=TODAY)
        assert result.matches[0].offer_id == first


def test_offers_with_one_score_are_told_to_be_equal() -> None:
    sensitivity = measured_one(ASKED, TRAINING, replace(TRAINING, offer_id="O2"), profile=make_profile())

    assert sensitivity.margin == 0
    assert sensitivity.is_toss_up
    assert list(map(str, told(sensitivity))) == ["The first two offers have the same score: treat them as equal."]


def test_a_first_place_that_many_plausible_weights_take_away_is_a_toss_up() -> None:
    named = replace(FRENCH, eligible=("XAA",))
    weights = {**dict.fromkeys(Component, 0.0), Component.MODE: 1.0, Component.GEOGRAPHY: 1.95}

    sensitivity = measured_one(ASKED, TRAINING, named, profile=make_profile(weights=weights))

    n_changes = sum(mode < 0.5 * geography for mode, geography in trial_weights([1.0, 0, 0, 0, 1.95])[:, [0, 4]])
    assert sensitivity.is_toss_up
    assert sensitivity.rival_offer_ids == ("O2",)
    assert 20 < N_TRIALS - sensitivity.n_first < 40
    assert n_changes > 20


def test_a_first_place_that_hardly_any_weights_take_away_is_none() -> None:
    sensitivity = measured_one(ASKED, TRAINING, FRENCH, profile=make_profile())

    assert not sensitivity.is_toss_up
    assert sensitivity.n_first == sensitivity.n_trials
    assert list(map(str, told(sensitivity))) == [
        "To change a single weight never changes the first place.",
        "With other plausible weights the same offer comes first in 64 of 64 cases.",
    ]


def test_the_only_offer_has_no_rival() -> None:
    sensitivity = measured_one(ASKED, TRAINING, profile=make_profile())

    assert (sensitivity.second_offer_id, sensitivity.margin, sensitivity.is_toss_up) == (None, None, False)
    assert list(map(str, told(sensitivity))) == ["No other offer is open to this need."]


def test_a_need_to_which_no_offer_is_open_has_no_order() -> None:
    model = prepare(make_pool(ASKED, make_offer(eligible=("XBA",))), REFERENCE, make_profile(), as_of_on=TODAY)

    assert measured(model, make_profile()) == []


def test_the_range_that_is_told_is_that_of_the_weight_which_has_to_move_least() -> None:
    """Of a weight of 2 a quarter is enough for O2, of a weight of 3 it takes all the way to 4."""
    named = replace(FRENCH, eligible=("XAA",))
    weights = {**dict.fromkeys(Component, 0.0), Component.MODE: 2.0, Component.GEOGRAPHY: 3.0}

    sensitivity = measured_one(ASKED, TRAINING, named, profile=make_profile(weights=weights))

    assert str(told(sensitivity)[0]) == "The first place holds while the weight of mode stays above 1.500."


def test_trial_weights_stay_within_a_fifth_and_are_spread_evenly() -> None:
    trials = trial_weights([0.5] * len(Component))

    assert trials.shape == (N_TRIALS, len(Component))
    assert trials.min() > 0.4
    assert trials.max() < 0.6
    assert np.abs(trials.mean(axis=0) - 0.5).max() < 0.005
    assert np.abs(np.corrcoef(trials.T) - np.eye(len(Component))).max() < 0.35


def test_the_report_tells_a_toss_up_at_its_need_and_nothing_at_a_need_shown_by_id() -> None:
    twin = replace(TRAINING, offer_id="O2")
    hidden = replace(ASKED, need_id="N2", visibility=Visibility.SECRETARIAT)

    pages = [
        render_report(
            run(make_pool(need, TRAINING, twin), REFERENCE, make_profile(), as_of_on=TODAY), REFERENCE, inputs=()
        )
        for need in (ASKED, hidden)
    ]

    assert ["treat them as equal" in page for page in pages] == [True, False]


GOLDEN_INPUTS = [
    *(GOLDEN / f"{name}.csv" for name in ("needs", "offers")),
    *("--states", GOLDEN / "states.csv", "--profile", GOLDEN / "profile.json", "--as-of", DAY),
]


def test_the_command_tells_every_need_in_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of("sensitivity", *GOLDEN_INPUTS) == 0

    told_lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("Need ") for line in told_lines) > 1
    assert sum(line.startswith("  text ") for line in told_lines) == sum(
        line.startswith("Need ") for line in told_lines
    )


def test_the_command_tells_one_need_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of("sensitivity", *GOLDEN_INPUTS, "--json") == 0
    need_id = json.loads(capsys.readouterr().out)[1]["need_id"]

    assert status_of("sensitivity", *GOLDEN_INPUTS, "--need", need_id, "--json") == 0

    (document,) = json.loads(capsys.readouterr().out)
    assert document["need_id"] == need_id
    assert set(document["weights"]) == set(Component)
    assert document["stays_first"] <= document["trials"]


def test_the_command_refuses_a_need_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of("sensitivity", *GOLDEN_INPUTS, "--need", "nobody") == 2

    assert "There is no need 'nobody'" in capsys.readouterr().err


def test_the_command_says_so_where_no_offer_is_open_to_the_need(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    needs, offers = tmp_path / "needs.csv", tmp_path / "offers.csv"
    needs.write_text("id,state,title\nN1,KEN,A national strategy\n", encoding="utf-8")
    offers.write_text("id,provider,title,eligible\nO1,Somebody,Strategies,FJI\n", encoding="utf-8")

    assert status_of("sensitivity", needs, offers, "--as-of", DAY) == 0

    assert capsys.readouterr().out == "No offer is open to the need.\n"


def test_the_command_says_so_where_there_is_no_need(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    needs, offers = tmp_path / "needs.csv", tmp_path / "offers.csv"
    needs.write_text("id,state,title\n", encoding="utf-8")
    offers.write_text("id,provider,title\nO1,Somebody,Strategies\n", encoding="utf-8")

    assert status_of("sensitivity", needs, offers, "--as-of", DAY) == 0

    assert capsys.readouterr().out == "There is no need that may be matched.\n"
