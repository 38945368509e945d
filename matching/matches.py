"""The matches of a run as columns, from which each match is made when somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Final, overload

import numpy as np

from matching.arrays import Bools, Floats, Integers, Rows
from matching.records import Need, Offer
from matching.results import Match
from matching.scoring import Explained, Scorer
from matching.sentences import Sentence
from matching.vocabulary import Component

BLOCK_PAIRS: Final = 20_000  # matches explained at once
_VALUED_AT_ONCE: Final = 100_000  # pairs

Values = Mapping[Component, Floats]
"""The components of some pairs, each of shape (n_pairs,), NaN for silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Listed pairs by need, then rank; every array has shape (n_pairs,).

    ``rows`` and ``columns`` are the positions of need and offer; ``ranks`` count from 1 in each need.
    """

    rows: Rows
    columns: Rows
    ranks: Integers
    is_allocated: Bools

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, chosen: Integers | Bools | slice) -> Pairs:
        """Return some of the pairs."""
        return Pairs(
            rows=self.rows[chosen],
            columns=self.columns[chosen],
            ranks=self.ranks[chosen],
            is_allocated=self.is_allocated[chosen],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchBlock:
    """Some matches with all that is told of them."""

    pairs: Pairs
    explained: Explained


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """A match in one line: ``reason`` is what adds most to its score, of what both sides speak of.

    It is ``None`` where both speak of nothing, or where no reasons were asked for.
    """

    need_id: str
    offer_id: str
    score: float
    reason: Sentence | None


class Matches(Sequence[Match]):
    """The matches of a run, by need, then rank.

    Ten offers for each of many thousand needs, each with nine numbers and nine sentences, would be millions of objects;
    here they are columns of numbers, and sentences are made by blocks. ``values`` are those of the pairs, where they are
    known.
    """

    def __init__(
        self,
        pairs: Pairs,
        needs: Sequence[Need],
        offers: Sequence[Offer],
        scorer: Scorer,
        *,
        values: Values | None = None,
    ) -> None:
        self.pairs, self._needs, self._offers, self._scorer = pairs, needs, offers, scorer
        self._values = _values_of(pairs, scorer) if values is None else values

    def __len__(self) -> int:
        return len(self.pairs)

    def __iter__(self) -> Iterator[Match]:
        for block in self.blocks():
            yield from self._objects(block)

    @overload
    def __getitem__(self, at: int) -> Match: ...

    @overload
    def __getitem__(self, at: slice) -> Matches: ...

    def __getitem__(self, at: int | slice) -> Match | Matches:
        if isinstance(at, slice):
            return self._take(at)
        position = range(len(self))[at]
        return next(iter(self[position : position + 1]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(_is_same, self, other))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self)!r})"

    @property
    def allocated(self) -> Matches:
        """The allocated ones."""
        return self._take(self.pairs.is_allocated)

    def of_needs(self, need_ids: frozenset[str]) -> Matches:
        """Return those of some needs."""
        rows = np.array([at for at, need in enumerate(self._needs) if need.need_id in need_ids], dtype=np.int64)
        return self._take(np.isin(self.pairs.rows, rows))

    def need_ids(self, pairs: Pairs) -> list[str]:
        """Return the id of the need of each pair."""
        return [self._needs[row].need_id for row in pairs.rows.tolist()]

    def offer_ids(self, pairs: Pairs) -> list[str]:
        """Return the id of the offer of each pair."""
        return [self._offers[column].offer_id for column in pairs.columns.tolist()]

    def blocks(self) -> Iterator[MatchBlock]:
        """Return all matches in their order, some thousands at a time."""
        for some in self._by_blocks():
            explained = self._scorer.explain(some.pairs.rows, some.pairs.columns, values=some._values)  # noqa: SLF001 – some of itself
            yield MatchBlock(pairs=some.pairs, explained=explained)

    def briefs(self, *, with_reasons: bool = True) -> Iterator[Brief]:
        """Return all matches in their order, with one reason each, which is made without the others, or with none."""
        for some in self._by_blocks():
            yield from some._briefs(with_reasons=with_reasons)  # noqa: SLF001 – some of itself

    def _briefs(self, *, with_reasons: bool) -> Iterator[Brief]:
        pairs, scores = self.pairs, self._scorer.score_of(self._values)
        reasons: Iterable[Sentence | None] = repeat(None, len(pairs))
        if with_reasons:
            reasons = self._scorer.first_reasons(pairs.rows, pairs.columns, self._values)
        parts = zip(self.need_ids(pairs), self.offer_ids(pairs), scores.tolist(), reasons, strict=True)
        for need_id, offer_id, score, reason in parts:
            yield Brief(need_id=need_id, offer_id=offer_id, score=score, reason=reason)

    def _by_blocks(self) -> Iterator[Matches]:
        for start in range(0, len(self.pairs), BLOCK_PAIRS):
            yield self._take(slice(start, start + BLOCK_PAIRS))

    def _take(self, chosen: Integers | Bools | slice) -> Matches:
        values = {component: column[chosen] for component, column in self._values.items()}
        return Matches(self.pairs.take(chosen), self._needs, self._offers, self._scorer, values=values)

    def _objects(self, block: MatchBlock) -> Iterator[Match]:
        contributions = block.explained.contributions()
        ids = zip(self.need_ids(block.pairs), self.offer_ids(block.pairs), strict=True)
        for at, ((need_id, offer_id), parts) in enumerate(zip(ids, contributions, strict=True)):
            yield Match(
                need_id=need_id,
                offer_id=offer_id,
                rank=int(block.pairs.ranks[at]),
                score=float(block.explained.scores[at]),
                is_allocated=bool(block.pairs.is_allocated[at]),
                contributions=parts,
            )


def _values_of(pairs: Pairs, scorer: Scorer) -> Values:
    values = {component: np.empty(len(pairs)) for component in Component}
    for start in range(0, len(pairs), _VALUED_AT_ONCE):
        some = slice(start, start + _VALUED_AT_ONCE)
        for component, column in scorer.values_at(pairs.rows[some], pairs.columns[some]).items():
            values[component][some] = column
    return values


def allocated_of(matches: Sequence[Match]) -> Sequence[Match]:
    """Return the allocated ones of some matches."""
    if isinstance(matches, Matches):
        return matches.allocated
    return [match for match in matches if match.is_allocated]


def allocated_briefs(matches: Sequence[Match], *, with_reasons: bool) -> Iterator[Brief]:
    """Return the allocated ones of some matches in one line each, with their first reasons or with none."""
    allocated = allocated_of(matches)
    if isinstance(allocated, Matches):
        yield from allocated.briefs(with_reasons=with_reasons)
        return
    for match in allocated:
        reason = next(iter(match.reasons), None) if with_reasons else None
        yield Brief(need_id=match.need_id, offer_id=match.offer_id, score=match.score, reason=reason)


def allocated_ids(matches: Sequence[Match]) -> list[tuple[str, str]]:
    """Return need and offer of each allocated match, in their order."""
    allocated = allocated_of(matches)
    if isinstance(allocated, Matches):
        return list(zip(allocated.need_ids(allocated.pairs), allocated.offer_ids(allocated.pairs), strict=True))
    return [(match.need_id, match.offer_id) for match in allocated]


def matches_of_needs(matches: Sequence[Match], need_ids: Iterable[str]) -> Sequence[Match]:
    """Return the matches of some needs."""
    wanted = frozenset(need_ids)
    if isinstance(matches, Matches):
        return matches.of_needs(wanted)
    return [match for match in matches if match.need_id in wanted]


def _is_same(one: Match, other: object) -> bool:
    return one == other
