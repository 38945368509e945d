"""Track records: what States thought of a provider's finished work, shrunk to the mean of all where it is little."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import numpy as np

from matching.arrays import Floats, Integers
from matching.eligibility import provider_key
from matching.places import PlaceReader
from matching.records import Outcome
from matching.reference import Geography, Reference, Taxonomy
from matching.results import Reading
from matching.vocabulary import Basis

PRIOR_STRENGTH: Final = 5.0
"""How many ratings the mean of all counts for: a record of five States has come half of the way to its own mean."""

SAME_BRANCH: Final = 0.5
ELSEWHERE: Final = 0.2
OTHER_MODE: Final = 0.5

LOWEST_RATING: Final = 1
HIGHEST_RATING: Final = 5
_SCALE: Final = HIGHEST_RATING - LOWEST_RATING
_PRIOR_VARIANCE: Final = 1.0  # of the ratings of one provider, on the scale from 1 to 5
_PRIOR_FREEDOM: Final = 10.0  # how many ratings that assumption counts for
_NINETY_PER_CENT: Final = 1.6448536269514722  # quantile 0.95 of the normal distribution
_MIDDLE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Subject:
    """What a need is about as far as records are concerned: a branch of the areas and a mode, each ``""`` for any."""

    area_code: str = ""
    mode: str = ""


class Estimates(NamedTuple):
    """The records of all providers in one subject, each array of shape (n_providers,).

    ``values`` and the ends of the interval that holds 90 in 100 cases are in [0, 1], 0.5 being the mean of all.
    """

    values: Floats
    low: Floats
    high: Floats


class Told(NamedTuple):
    """How many ratings of a provider there are in a subject and elsewhere, and their plain means, NaN for none."""

    n_here: int
    mean_here: float
    n_elsewhere: int
    mean_elsewhere: float


def subject_of(reading: Reading, taxonomy: Taxonomy) -> Subject:
    """Return what a need is about: the smallest branch that holds all its areas, and the one mode that a person named.

    Of areas that were inferred the surest counts alone; inferred modes are too unsure.

    Examples
    --------
    >>> from matching.reference import Area
    >>> from matching.vocabulary import Mode
    >>> codes = {"IRC": None, "IRC.1": "IRC", "IRC.2": "IRC"}
    >>> areas = {code: Area(code=code, parent=parent, titles={}) for code, parent in codes.items()}
    >>> stated = {"areas_basis": Basis.STATED, "modes_basis": Basis.STATED}
    >>> subject_of(Reading(area_codes=("IRC.1", "IRC.2"), modes=(Mode.TRAINING,), **stated), Taxonomy("1", areas))
    Subject(area_code='IRC', mode='training')
    """
    codes = reading.area_codes[:1] if reading.areas_basis is Basis.INFERRED else reading.area_codes
    has_one_mode = len(reading.modes) == 1 and reading.modes_basis is not Basis.INFERRED
    return Subject(_branch(codes, taxonomy), reading.modes[0].value if has_one_mode else "")


def _branch(codes: Sequence[str], taxonomy: Taxonomy) -> str:
    if len(set(codes)) == 1:
        return codes[0]
    tops = {taxonomy.area_by_code[code].top_code for code in codes}
    return tops.pop() if len(tops) == 1 else ""


class TrackRecords:
    """The records of all providers that a State has rated after finished work.

    Parameters
    ----------
    outcomes
        In any order. Those count whose engagement ended on ``as_of_on`` at the latest, that a State has rated, and whose
        provider neither is one of the States that rated nor carries the name of one, as a ministry does.
    reference
        The areas, and the names of the States.

    References
    ----------
    Efron & Morris (1975), JASA 70(350), 311-319, for the shrinkage; Gelman et al. (2013), Bayesian Data Analysis, ch. 5.
    """

    def __init__(self, outcomes: Iterable[Outcome], reference: Reference, *, as_of_on: date) -> None:
        self._taxonomy = reference.taxonomy
        places = PlaceReader(reference.geography, reference.gazetteer)
        rated = [outcome for outcome in outcomes if _is_rated(outcome, as_of_on=as_of_on)]
        counted = [outcome for outcome in rated if not _is_of_itself(outcome, reference.geography, places)]
        # In one order, so that sums have the same last bit.
        self._outcomes = sorted(counted, key=lambda outcome: (provider_key(outcome.provider), outcome.outcome_id))
        keys = [provider_key(outcome.provider) for outcome in self._outcomes]
        self._position = {key: at for at, key in enumerate(dict.fromkeys(keys))}
        self._provider = np.array([self._position[key] for key in keys], dtype=np.int64)
        self._rating = np.array([outcome.rating_by_state for outcome in self._outcomes], dtype=np.float64)
        self._areas = [_resolved(outcome.area_codes, self._taxonomy) for outcome in self._outcomes]
        self._shares = _Shares.of(self._outcomes, self._provider)
        self._mean, self._variance = self._over_all()

    @property
    def n_providers(self) -> int:
        """How many providers have a record."""
        return len(self._position)

    def position(self, provider: str) -> int:
        """Return the position of a provider among the records, -1 where it has none; names as names are compared."""
        return self._position.get(provider_key(provider), -1)

    def estimate(self, subject: Subject) -> Estimates:
        """Return how every provider that has a record did in a subject.

        Returns
        -------
        Estimates
            Each array of shape (n_providers,), in [0, 1]; 0.5 is the mean of all, and a quarter more is one point more.
        """
        weight, total = self._weighed(self._nearness(subject))
        mean = (total + PRIOR_STRENGTH * self._mean) / (weight + PRIOR_STRENGTH)
        half_width = _NINETY_PER_CENT * np.sqrt(self._variance / (weight + PRIOR_STRENGTH))
        values, low, high = (
            np.clip(_MIDDLE + (rating - self._mean) / _SCALE, 0.0, 1.0)
            for rating in (mean, mean - half_width, mean + half_width)
        )
        return Estimates(values, low, high)

    def tell(self, subject: Subject, position: int) -> Told:
        """Return the ratings behind the record of one provider: those in the subject itself, and all others."""
        is_own = self._provider == position
        is_here = is_own & (self._nearness(subject) >= 1)
        return Told(*_number_and_mean(self._rating[is_here]), *_number_and_mean(self._rating[is_own & ~is_here]))

    def _nearness(self, subject: Subject) -> Floats:
        """Return how near each outcome is to a subject; shape (n_outcomes,), in (0, 1]."""
        areas = [_area_nearness(subject.area_code, codes, self._taxonomy) for codes in self._areas]
        is_in_mode = [not subject.mode or subject.mode in outcome.modes for outcome in self._outcomes]
        return np.array(areas, dtype=np.float64) * np.where(np.array(is_in_mode, dtype=np.bool_), 1.0, OTHER_MODE)

    def _weighed(self, nearness: Floats) -> tuple[Floats, Floats]:
        """Return the weight of the ratings of each provider, and their weighted sum; shape (n_providers,) each."""
        shares = self._shares
        part = nearness[shares.outcome] * shares.share
        n_pairs = len(shares.provider_of_pair)
        count = _summed(part, shares.pair, n_pairs)
        mean = _summed(part * self._rating[shares.outcome], shares.pair, n_pairs) / count
        weight, provider = damped(count), shares.provider_of_pair
        return _summed(weight, provider, self.n_providers), _summed(weight * mean, provider, self.n_providers)

    def _over_all(self) -> tuple[float, float]:
        """Return the mean of all providers, and the variance of the ratings of one."""
        if not self._outcomes:
            return (LOWEST_RATING + HIGHEST_RATING) / 2, _PRIOR_VARIANCE
        weight, total = self._weighed(np.ones(len(self._outcomes)))
        means, trust = total / weight, weight / (weight + PRIOR_STRENGTH)
        spread = float(np.sum((self._rating - means[self._provider]) ** 2))
        freedom = len(self._outcomes) - self.n_providers
        variance = (_PRIOR_FREEDOM * _PRIOR_VARIANCE + spread) / (_PRIOR_FREEDOM + freedom)
        return float(np.sum(trust * means) / np.sum(trust)), variance


class _Shares(NamedTuple):
    """The outcomes shared out to their States: each share belongs to a pair of a provider and a State."""

    outcome: Integers
    share: Floats
    pair: Integers
    provider_of_pair: Integers

    @classmethod
    def of(cls, outcomes: Sequence[Outcome], provider: Integers) -> _Shares:
        rows = [
            (at, 1 / len(outcome.states), (int(provider[at]), state))
            for at, outcome in enumerate(outcomes)
            for state in outcome.states
        ]
        position = {pair: at for at, pair in enumerate(sorted({pair for _, _, pair in rows}))}
        return cls(
            outcome=np.array([at for at, _, _ in rows], dtype=np.int64),
            share=np.array([share for _, share, _ in rows], dtype=np.float64),
            pair=np.array([position[pair] for _, _, pair in rows], dtype=np.int64),
            provider_of_pair=np.array([provider for provider, _ in position], dtype=np.int64),
        )


def _summed(values: Floats, groups: Integers, n_groups: int) -> Floats:
    sums: Floats = np.bincount(groups, weights=values, minlength=n_groups).astype(np.float64, copy=False)
    return sums


def damped(counts: Floats) -> Floats:
    """Return what so many ratings of one State count for: all up to one, then ever less, and never as much as two.

    Parameters
    ----------
    counts : shape (n,)
        At least 0; a rating from far away, or one that States gave jointly, is a part of one.

    Returns
    -------
    shape (n,)
        In [0, 2), rising.

    Examples
    --------
    >>> damped(np.array([0.5, 1.0, 2.0, 3.0])).tolist()
    [0.5, 1.0, 1.5, 1.75]
    """
    return np.minimum(counts, 2.0 - np.exp2(1.0 - np.maximum(counts, 1.0)))


def _is_rated(outcome: Outcome, *, as_of_on: date) -> bool:
    is_finished = outcome.ended_on is not None and outcome.ended_on <= as_of_on
    return is_finished and outcome.rating_by_state is not None


def _is_of_itself(outcome: Outcome, geography: Geography, places: PlaceReader) -> bool:
    """Return whether the provider is one of the States that rated, or has the name of one in its own."""
    states = [geography.state_by_code[code] for code in outcome.states if geography.has_state(code)]
    names = [*outcome.states, *(name for state in states for name in state.names.values())]
    is_a_state = provider_key(outcome.provider) in {provider_key(name) for name in names}
    return is_a_state or not places.states_in(outcome.provider).isdisjoint(outcome.states)


def _resolved(codes: Iterable[str], taxonomy: Taxonomy) -> frozenset[str]:
    return frozenset(code for code in map(taxonomy.resolve, codes) if code is not None)


def _area_nearness(wanted: str, codes: frozenset[str], taxonomy: Taxonomy) -> float:
    if not wanted or wanted in codes:
        return 1.0
    area = taxonomy.area_by_code[wanted]
    if any(taxonomy.area_by_code[code].top_code == area.top_code for code in codes):
        return 1.0 if area.parent is None else SAME_BRANCH
    return ELSEWHERE


def _number_and_mean(ratings: Floats) -> tuple[int, float]:
    return len(ratings), float(ratings.mean()) if len(ratings) else float("nan")
