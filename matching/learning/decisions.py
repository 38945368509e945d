"""Decisions: which offers a list showed for a need, at which place, and what came of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from matching.arrays import Bools, Floats, Integers
from matching.errors import MatchingError
from matching.profiles import ScoringProfile
from matching.vocabulary import Component

FEWEST_WORKED: Final = 5
"""A shorter list may have an answer for each offer by chance, and to take all of it for looked at would favor its end."""


class Answer(StrEnum):
    """What came of an offer that a list showed."""

    TAKEN = "taken"
    DECLINED = "declined"
    NOT_SEEN = "not_seen"
    NO_WORD = "no_word"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One offer in one list for one need, and what came of it.

    ``rank`` is the place at which it was shown, from 1; ``list_id`` tells the lists of one need apart. ``values`` are the
    components of the pair in the order of ``Component``, in [0, 1], NaN for silence; ``None`` while nobody has scored it.
    """

    need_id: str
    offer_id: str
    rank: int
    answer: Answer
    list_id: str = ""
    values: tuple[float, ...] | None = None


class UnscoredDecisionError(MatchingError):
    """Decisions to learn from that do not say what the components of their pairs were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much there is to learn from; ``n_decisions`` leaves out what was not seen, which tells nothing."""

    n_decisions: int = 0
    n_taken: int = 0
    n_declined: int = 0
    n_not_seen: int = 0
    n_needs: int = 0
    n_lists: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Observations:
    """Decisions as arrays, in one order whatever the order of the records was.

    ``values`` has shape (n, n_components), in [0, 1], silence counted with the profile's neutral values. All others have
    shape (n,): ``log_ranks`` at least 0; ``is_known_seen`` where the list was worked through, an answer for each of
    its offers, so that all of them were looked at; ``needs`` and ``lists`` are numbers from 0.
    """

    values: Floats
    log_ranks: Floats
    is_taken: Bools
    is_declined: Bools
    is_known_seen: Bools
    needs: Integers
    lists: Integers

    def __len__(self) -> int:
        return len(self.log_ranks)

    def where(self, is_kept: Bools) -> Observations:
        """Return some of the observations; shape (n,) says which."""
        return Observations(
            values=self.values[is_kept],
            log_ranks=self.log_ranks[is_kept],
            is_taken=self.is_taken[is_kept],
            is_declined=self.is_declined[is_kept],
            is_known_seen=self.is_known_seen[is_kept],
            needs=self.needs[is_kept],
            lists=self.lists[is_kept],
        )


def in_order(decisions: Sequence[Decision]) -> list[Decision]:
    """Return decisions in an order that depends on nothing but what they say."""
    return sorted(decisions, key=lambda item: (item.need_id, item.list_id, item.rank, item.offer_id, item.answer))


def count(decisions: Sequence[Decision]) -> Counts:
    """Return how much there is to learn from."""
    seen = [item for item in decisions if item.answer is not Answer.NOT_SEEN]
    return Counts(
        n_decisions=len(seen),
        n_taken=sum(item.answer is Answer.TAKEN for item in seen),
        n_declined=sum(item.answer is Answer.DECLINED for item in seen),
        n_not_seen=len(decisions) - len(seen),
        n_needs=len({item.need_id for item in seen}),
        n_lists=len({(item.need_id, item.list_id) for item in seen}),
    )


def observe(decisions: Sequence[Decision], profile: ScoringProfile) -> Observations:
    """Return decisions as arrays, those that were not seen left out.

    Parameters
    ----------
    decisions
        In any order, each with the values of its pair.
    profile
        Says what silence counts.

    Raises
    ------
    UnscoredDecisionError
        When a decision has no values.
    """
    seen = in_order([item for item in decisions if item.answer is not Answer.NOT_SEEN])
    lists = [(item.need_id, item.list_id) for item in seen]
    answers = np.array([item.answer.value for item in seen], dtype=object)
    return Observations(
        values=_values(seen, profile),
        log_ranks=np.log(np.array([item.rank for item in seen], dtype=np.float64)),
        is_taken=np.array(answers == Answer.TAKEN, dtype=np.bool_),
        is_declined=np.array(answers == Answer.DECLINED, dtype=np.bool_),
        is_known_seen=_is_known_seen(seen),
        needs=_numbered([item.need_id for item in seen]),
        lists=_numbered(lists),
    )


def _values(decisions: Sequence[Decision], profile: ScoringProfile) -> Floats:
    unscored = next((item for item in decisions if item.values is None), None)
    if unscored is not None:
        raise UnscoredDecisionError(
            f"The decision on need '{unscored.need_id}' and offer '{unscored.offer_id}' has no values of components; "
            "score the pair first."
        )
    rows = [item.values for item in decisions if item.values is not None]
    return filled(np.array(rows, dtype=np.float64).reshape(len(rows), len(Component)), profile)


def filled(values: Floats, profile: ScoringProfile) -> Floats:
    """Return values of components, NaN for silence, with what silence counts; shape (..., n_components)."""
    neutral = np.array([profile.neutral[component] for component in Component])
    return np.where(np.isnan(values), neutral, values)


def _is_known_seen(decisions: Sequence[Decision]) -> Bools:
    """Return whose list was worked through: it has an answer for each of its offers, and they are not few."""
    answers: defaultdict[tuple[str, str], list[Answer]] = defaultdict(list)
    for item in decisions:
        answers[item.need_id, item.list_id].append(item.answer)
    is_whole = {of: Answer.NO_WORD not in found and len(found) >= FEWEST_WORKED for of, found in answers.items()}
    return np.array([is_whole[item.need_id, item.list_id] for item in decisions], dtype=np.bool_)


def _numbered(keys: Sequence[object]) -> Integers:
    """Return for each key how many different ones stand before its first place."""
    number_by_key = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([number_by_key[key] for key in keys], dtype=np.int64)
