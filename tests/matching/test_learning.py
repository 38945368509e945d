"""What decisions teach: weights that are known are found, few decisions teach nothing, and places are not mistaken for fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from matching.arrays import Floats
from matching.learning.backtest import try_pulls
from matching.learning.calibration import calibrate
from matching.learning.decisions import Answer, Decision, UnscoredDecisionError, count, observe
from matching.learning.fitting import fit, intervals, shares, start
from matching.learning.likelihood import DECAY, N_SHARED, Pull, penalized
from matching.learning.proposal import FEWEST_DECISIONS, FEWEST_NEEDS, FEWEST_TAKEN, Proposal, Verdict, learn_profile
from matching.profiles import ScoringProfile, parse_profile
from matching.vocabulary import Component
from tests.matching.worlds import make_profile

N_SHOWN = 8
EQUAL = dict.fromkeys(Component, 1.0)
TEXT_AND_MODE = {Component.TEXT: 6.0, Component.MODE: 3.0}


def make_decision(need_id: str = "N1", offer_id: str = "O1", **changes: object) -> Decision:
    decision = Decision(need_id=need_id, offer_id=offer_id, rank=1, answer=Answer.TAKEN, values=(0.5,) * len(Component))
    return replace(decision, **changes)  # type: ignore[arg-type]


def simulated(
    weights: Mapping[Component, float], *, n_needs: int, seed: int = 0, decay: float = 1.0, candor: float = 0.5
) -> list[Decision]:
    """Return what people decide who want these weights, read from above, and tell some of what they do not want."""
    chance = np.random.default_rng(seed)
    wanted = np.array([weights.get(component, 0.0) for component in Component])
    wanted = wanted / wanted.sum()
    values = chance.random((n_needs, N_SHOWN, len(Component))).round(6)
    fits = chance.random((n_needs, N_SHOWN)) < expit(12.0 * (values @ wanted - 0.55))
    looked = chance.random((n_needs, N_SHOWN)) < np.arange(1, N_SHOWN + 1) ** -decay
    tells = chance.random((n_needs, N_SHOWN)) < candor
    answers = np.select(
        [looked & fits, looked & tells], [Answer.TAKEN.value, Answer.DECLINED.value], Answer.NO_WORD.value
    )
    return [
        make_decision(
            f"N{need:04}",
            f"O{place}",
            rank=place + 1,
            answer=Answer(answers[need, place]),
            values=tuple(values[need, place].tolist()),
        )
        for need in range(n_needs)
        for place in range(N_SHOWN)
    ]


def learned_shares(proposal: Proposal) -> Floats:
    """Return the weights that were learned as shares of their sum."""
    assert proposal.evidence is not None
    found = np.array([part.learned for part in proposal.evidence.weights])
    shared: Floats = found / found.sum()
    return shared


@pytest.fixture(scope="module")
def equal_profile() -> ScoringProfile:
    return make_profile(weights=EQUAL)


@pytest.fixture(scope="module")
def taught(equal_profile: ScoringProfile) -> Proposal:
    """What is learned from four hundred needs of people who look at text and mode alone."""
    return learn_profile(simulated(TEXT_AND_MODE, n_needs=400), equal_profile)


def test_weights_that_people_decide_by_are_found(taught: Proposal) -> None:
    found = dict(zip(Component, learned_shares(taught), strict=True))

    assert taught.verdict is Verdict.PROPOSE
    assert found[Component.TEXT] == pytest.approx(2 / 3, abs=0.1)
    assert found[Component.MODE] == pytest.approx(1 / 3, abs=0.1)


def test_a_proposal_is_a_new_version_of_the_profile_with_the_same_sum_of_weights(
    taught: Proposal, equal_profile: ScoringProfile
) -> None:
    assert parse_profile(taught.profile.as_document()) == taught.profile
    assert taught.profile.version.startswith("1-learned-")
    assert taught.profile.total_weight == pytest.approx(equal_profile.total_weight, abs=1e-9)
    assert replace(taught.profile, weights=EQUAL, version="1") == equal_profile
    assert taught.current == equal_profile


def test_no_weight_is_negative_and_each_lies_in_its_interval(taught: Proposal) -> None:
    assert taught.evidence is not None
    for part in taught.evidence.weights:
        assert 0 <= part.low <= part.learned <= part.high


def test_the_evidence_tells_how_lists_were_read_and_how_much_more_is_foretold(taught: Proposal) -> None:
    assert taught.evidence is not None
    attention, backtest = taught.evidence.attention, taught.evidence.backtest

    assert attention.low < 1.0 < attention.high
    assert attention.candor == pytest.approx(0.5, abs=0.1)
    assert backtest.loss.gain == pytest.approx(backtest.loss.current - backtest.loss.learned)
    assert backtest.loss.gain > 2 * backtest.loss.error > 0
    assert backtest.place.learned > backtest.place.current
    assert taught.evidence.calibration.error < 0.06


@pytest.mark.parametrize("seed", range(3))
def test_decisions_by_the_current_weights_leave_the_profile(equal_profile: ScoringProfile, seed: int) -> None:
    proposal = learn_profile(simulated(EQUAL, n_needs=60, seed=seed), equal_profile)

    assert proposal.verdict is Verdict.KEEP
    assert proposal.profile is equal_profile
    assert "The current profile stays." in str(proposal.reason)


@pytest.mark.parametrize("seed", range(10))
def test_twenty_decisions_leave_the_profile_whatever_they_say(equal_profile: ScoringProfile, seed: int) -> None:
    decisions = simulated({Component.BUDGET: 1.0}, n_needs=20, seed=seed)[::N_SHOWN]

    proposal = learn_profile(decisions, equal_profile)

    assert len(decisions) == 20
    assert (proposal.verdict, proposal.profile, proposal.evidence) == (Verdict.KEEP, equal_profile, None)
    assert f"20 decisions on 20 needs, {proposal.counts.n_taken} of them taken" in str(proposal.reason)


def answered(answers: Iterable[Answer], *, n_needs: int) -> list[Decision]:
    """Return decisions of some answers, dealt to so many needs."""
    return [
        make_decision(f"N{at % n_needs}", f"O{at}", rank=at // n_needs + 1, answer=answer)
        for at, answer in enumerate(answers)
    ]


ENOUGH_TAKEN = (Answer.TAKEN,) * FEWEST_TAKEN
ENOUGH = (*ENOUGH_TAKEN, *(Answer.DECLINED,) * (FEWEST_DECISIONS - FEWEST_TAKEN))


@pytest.mark.parametrize(
    ("answers", "n_needs", "is_enough"),
    [
        pytest.param(ENOUGH, FEWEST_NEEDS, True, id="just enough"),
        pytest.param(ENOUGH[:-1], FEWEST_NEEDS, False, id="a decision too few"),
        pytest.param((*ENOUGH[1:], Answer.DECLINED), FEWEST_NEEDS, False, id="a take too few"),
        pytest.param(ENOUGH, FEWEST_NEEDS - 1, False, id="a need too few"),
        pytest.param((*ENOUGH[:-1], Answer.NOT_SEEN), FEWEST_NEEDS, False, id="what nobody saw does not count"),
        pytest.param((Answer.TAKEN,) * FEWEST_DECISIONS, FEWEST_NEEDS, False, id="everything taken"),
    ],
)
def test_with_less_than_the_least_nothing_is_fitted(
    equal_profile: ScoringProfile, *, answers: Sequence[Answer], n_needs: int, is_enough: bool
) -> None:
    proposal = learn_profile(answered(answers, n_needs=n_needs), equal_profile)

    assert (proposal.evidence is not None) is is_enough
    assert proposal.verdict is Verdict.KEEP


def test_the_order_of_the_decisions_changes_nothing(equal_profile: ScoringProfile) -> None:
    decisions = simulated(TEXT_AND_MODE, n_needs=40)
    shuffled = [decisions[at] for at in np.random.default_rng(1).permutation(len(decisions))]

    assert learn_profile(shuffled, equal_profile) == learn_profile(decisions, equal_profile)


def test_what_is_taken_for_its_place_alone_moves_no_weight(equal_profile: ScoringProfile) -> None:
    """Two offers that fit alike, one by its text and one by its mode: the first is taken three times as often as the third.

    That is what the places explain; who takes no account of them finds that text counts for more.
    """
    by_text, by_mode = ((0.5, text, mode, *(0.5,) * 6) for text, mode in ((0.7, 0.4), (0.4, 0.7)))
    decisions = [
        make_decision(
            f"N{need:03}",
            offer_id,
            rank=rank,
            values=values,
            answer=Answer.TAKEN if need % 12 in taken else Answer.NO_WORD,
        )
        for need in range(240)
        for offer_id, rank, values, taken in (
            ("O1", 1, by_text, (0, 2, 4, 6, 8, 10)),
            ("O3", 3, by_mode, (1, 4)),
        )
    ]

    proposal = learn_profile(decisions, equal_profile)
    blind = learn_profile([replace(item, rank=1) for item in decisions], equal_profile)

    assert proposal.verdict is Verdict.KEEP
    assert learned_shares(proposal) == pytest.approx(np.full(len(Component), 1 / 9), abs=0.01)
    assert learned_shares(blind)[list(Component).index(Component.TEXT)] > 1 / 9 + 0.05


@pytest.mark.parametrize("decay", [0.5, 1.5])
def test_how_lists_are_read_is_found_where_it_is_not_the_usual_way(equal_profile: ScoringProfile, decay: float) -> None:
    observations = observe(simulated(EQUAL, n_needs=500, decay=decay), equal_profile)
    pull = Pull(np.full(len(Component), 1 / 9), 0.1)

    fitted = fit(observations, pull)

    assert fitted[DECAY] == pytest.approx(decay, abs=0.15)
    assert intervals(fitted, observations, pull).decay.low < decay < intervals(fitted, observations, pull).decay.high


@pytest.mark.parametrize("spread", [0.03, 0.3])
@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_is_that_of_the_value(equal_profile: ScoringProfile, spread: float, seed: int) -> None:
    decisions = simulated(TEXT_AND_MODE, n_needs=12, seed=seed)
    # A list that was worked through as well.
    decisions += [replace(item, need_id="N9999", answer=Answer.DECLINED) for item in decisions[:N_SHOWN]]
    observations, pull = observe(decisions, equal_profile), Pull(np.full(len(Component), 1 / 9), spread)
    place = start(pull) + np.random.default_rng(seed).random(N_SHARED + len(Component))

    _, gradient = penalized(place, observations, pull)

    for at, slope in enumerate(gradient):
        step = np.zeros(len(place))
        step[at] = 1e-6
        ahead, behind = (penalized(place + way * step, observations, pull)[0] for way in (1, -1))
        assert slope == pytest.approx((ahead - behind) / 2e-6, rel=1e-5, abs=1e-4)


def test_with_no_decisions_the_weights_are_those_of_the_profile(equal_profile: ScoringProfile) -> None:
    weights = np.array([0.2, 0.4, 0.12, 0.05, 0.1, 0.05, 0.03, 0.03, 0.02])

    found = shares(fit(observe([], equal_profile), Pull(weights, 0.3)))

    assert found == pytest.approx(weights, abs=1e-5)


def test_the_weaker_the_pull_the_further_the_weights_move(equal_profile: ScoringProfile) -> None:
    observations, weights = observe(simulated(TEXT_AND_MODE, n_needs=50), equal_profile), np.full(9, 1 / 9)

    moves = [np.abs(shares(fit(observations, Pull(weights, spread))) - weights).sum() for spread in (0.0, 0.01, 0.1, 1)]

    assert moves[0] == pytest.approx(0, abs=1e-9)
    assert moves == sorted(moves)
    assert moves[-1] > 0.3


def test_silence_counts_what_the_profile_has_for_it() -> None:
    profile = make_profile(neutral={**dict.fromkeys(Component, 0.5), Component.TEXT: 0.2})
    nothing = make_decision(values=(float("nan"),) * len(Component))

    assert observe([nothing], profile).values.tolist() == [[0.5, 0.2, *(0.5,) * 7]]


@pytest.mark.parametrize(
    ("answers", "is_known"),
    [
        pytest.param((Answer.DECLINED, Answer.TAKEN, *(Answer.DECLINED,) * 3), True, id="an answer for each"),
        pytest.param((Answer.DECLINED,) * 5 + (Answer.NOT_SEEN,), True, id="beside what was not seen"),
        pytest.param((Answer.DECLINED,) * 5 + (Answer.NO_WORD,), False, id="one left without a word"),
        pytest.param((Answer.TAKEN, Answer.DECLINED), False, id="too short to tell"),
    ],
)
def test_a_list_that_was_worked_through_was_looked_at(
    equal_profile: ScoringProfile, *, answers: Sequence[Answer], is_known: bool
) -> None:
    decisions = [make_decision("N1", f"O{at}", rank=at, answer=answer) for at, answer in enumerate(answers, start=1)]
    decisions.append(make_decision("N2", "O1", answer=Answer.TAKEN))

    known = observe(decisions, equal_profile).is_known_seen.tolist()

    assert known == [is_known] * (len(known) - 1) + [False]


def test_decisions_are_counted_by_what_came_of_them() -> None:
    answers = [Answer.TAKEN, Answer.DECLINED, Answer.DECLINED, Answer.NOT_SEEN, Answer.NO_WORD]
    decisions = [make_decision("N1", f"O{at}", answer=answer) for at, answer in enumerate(answers)]
    decisions.append(make_decision("N1", "O1", list_id="second"))

    counts = count(decisions)

    assert (counts.n_decisions, counts.n_taken, counts.n_declined, counts.n_not_seen) == (5, 2, 2, 1)
    assert (counts.n_needs, counts.n_lists) == (1, 2)


def test_a_decision_without_values_is_refused(equal_profile: ScoringProfile) -> None:
    with pytest.raises(UnscoredDecisionError, match="need 'N7' and offer 'O1' has no values"):
        learn_profile([make_decision("N7", values=None)], equal_profile)


def test_the_back_test_never_fits_on_the_needs_that_it_foretells(equal_profile: ScoringProfile) -> None:
    """Answers by a coin: who fits on what it foretells finds something, who does not finds nothing."""
    coin = simulated({Component.TEXT: 1.0}, n_needs=60)
    chance = np.random.default_rng(5)
    coin = [replace(item, answer=Answer.TAKEN if chance.random() < 0.3 else Answer.DECLINED) for item in coin]

    trial = try_pulls(observe(coin, equal_profile), np.full(len(Component), 1 / 9))

    assert trial.backtest.loss.gain <= trial.backtest.loss.error
    assert trial.backtest.n_folds_better < trial.backtest.n_folds == 5


def test_calibration_counts_what_was_not_looked_at_as_nothing() -> None:
    """Half of the pairs fit; of those whose place one in five looks at, one in ten is taken."""
    fits, seen = np.full(200, 0.5), np.repeat([1.0, 0.2], 100)
    is_taken = np.concatenate((np.arange(100) % 2 == 0, np.arange(100) % 10 == 0))

    found = calibrate(fits, seen, is_taken)

    assert found.error == pytest.approx(0)
    assert sum(part.n_decisions for part in found.bins) == 200
    assert sum(part.n_seen for part in found.bins) == pytest.approx(120)
    assert sum(part.n_seen * part.observed for part in found.bins) == pytest.approx(60)


def test_chances_that_are_too_high_are_told() -> None:
    found = calibrate(np.linspace(0.4, 0.8, 400), np.ones(400), np.arange(400) % 4 == 0)

    assert found.error == pytest.approx(0.35, abs=0.02)
    assert all(part.expected > part.observed + 2 * part.error for part in found.bins[2:])
