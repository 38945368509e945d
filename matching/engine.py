"""One run of the matcher, from a pool of records to ranked, allocated and explained matches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Final

import numpy as np

from matching.allocation import Allocation, Edges, allocate_exactly, worth_of
from matching.arrays import Integers, Rows
from matching.candidates import Candidates, best_above_zero, find_candidates, join_candidates, split_into_blocks
from matching.execution import PLAIN, Execution, Progress, Stopwatch
from matching.model import Model, prepare
from matching.peers import PeerNeed, peer_areas, propose_peer_tandems
from matching.profiles import ScoringProfile
from matching.records import Pool, TandemCandidate
from matching.reference import Reference
from matching.results import Match, RunCounts, RunResult, Tandem, UnmetNeed
from matching.scoring import Contributions, total_score
from matching.tandems import propose_led_tandems, resolve_candidates
from matching.unmet import UnmetExplainer
from matching.vocabulary import ENGINE_VERSION

N_KEPT: Final = 64
"""Candidates of each need that the allocation begins with, however many are listed; it asks for more where it must."""


def run(
    pool: Pool,
    reference: Reference,
    profile: ScoringProfile,
    *,
    as_of_on: date,
    top: int = 10,
    execution: Execution = PLAIN,
) -> RunResult:
    """Match a pool: rank, allocate, explain, and propose tandems.

    Parameters
    ----------
    pool
        Records in any order; ids are unique among the needs and among the offers.
    reference
        States as they stand on the day, areas, background statistics.
    profile
        The weights, what silence counts, and the threshold.
    as_of_on
        The day of the run: what closed before it is closed.
    top
        How many of the best eligible offers to list for each need, at least 1; allocated ones are listed beyond it.
    execution
        How the run is carried out.

    Returns
    -------
    RunResult
        The same for the same input, whatever the order of the records; only ``seconds`` differs.

    Raises
    ------
    UnreadableProfileError
        When the profile asks for what this engine does not have.
    """
    watch = Stopwatch()
    with watch.stage("prepare"):
        model = prepare(pool, reference, profile, as_of_on=as_of_on, memory=execution.memory)
    rows = np.arange(len(model.needs), dtype=np.int64)
    with watch.stage("score"):
        candidates = _candidates(model, rows, max(top, N_KEPT), execution)
    with watch.stage("allocate"):
        allocation = _allocation(model, candidates.first(N_KEPT), profile)
    with watch.stage("explain"):
        matches = _matches(model, candidates, allocation, top=top, tell=execution.progress)
        unmet = _unmet(model, allocation, reference, profile=profile, as_of_on=as_of_on)
    with watch.stage("tandems"):
        tandems = _tandems(model, pool.tandem_candidates, reference, as_of_on=as_of_on)
    return RunResult(
        engine_version=ENGINE_VERSION,
        profile=profile,
        as_of_on=as_of_on,
        needs=model.needs,
        offers=model.offers,
        reading_by_need_id=model.reading_by_need_id,
        reading_by_offer_id=model.reading_by_offer_id,
        matches=matches,
        unmet=unmet,
        tandems=tandems,
        counts=_counts(model, candidates, allocation),
        seconds=watch.seconds,
    )


def _counts(model: Model, candidates: Candidates, allocation: Allocation) -> RunCounts:
    n_allocated = int((allocation.columns >= 0).sum())
    return RunCounts(
        n_needs=len(model.needs),
        n_offers=len(model.offers),
        n_private=model.n_private,
        n_eligible_pairs=int(candidates.n_eligible.sum()),
        n_allocated=n_allocated,
        n_unmet=len(model.needs) - n_allocated,
    )


def _candidates(model: Model, rows: Rows, n_kept: int, execution: Execution) -> Candidates:
    blocks = split_into_blocks(rows, n_offers=len(model.offers))

    def find(block: Rows) -> Candidates:
        return find_candidates(model.scorer, model.eligibility, block, n_offers=len(model.offers), n_kept=n_kept)

    found: list[Candidates] = []
    with ThreadPoolExecutor(execution.n_workers) as workers:
        for block in workers.map(find, blocks):
            found.append(block)
            execution.progress("score", sum(len(part.n_eligible) for part in found), len(rows))
    return join_candidates(found)


def _allocation(model: Model, candidates: Candidates, profile: ScoringProfile) -> Allocation:
    priorities = np.array([need.priority for need in model.needs], dtype=np.int64)
    capacities = np.array([offer.capacity for offer in model.offers], dtype=np.int64)

    def find_missing(rows: Rows, price: Integers, surplus: Integers) -> Edges:
        found = Edges.none()
        for block in split_into_blocks(rows, n_offers=len(model.offers)):
            scores = model.scorer.scores(block)
            worth = worth_of(scores, priorities[block][:, None])
            least = surplus[np.searchsorted(rows, block)]
            gain = np.where(scores >= profile.minimum_score, worth - price[None, :] - least[:, None], 0)
            gain[~model.eligibility.is_eligible(block) | (capacities == 0)] = 0
            at, column = best_above_zero(gain, N_KEPT)
            found = found.joined(Edges(need=block[at], offer=column, worth=worth[at, column]))
        return found

    return allocate_exactly(
        candidates,
        find_missing,
        priorities=priorities,
        capacities=capacities,
        minimum_score=profile.minimum_score,
    )


def _matches(
    model: Model, candidates: Candidates, allocation: Allocation, *, top: int, tell: Progress
) -> tuple[Match, ...]:
    matches: list[Match] = []
    rows = np.arange(len(model.needs), dtype=np.int64)
    for block in split_into_blocks(rows, n_offers=len(model.offers)):
        listed = [_listed(candidates.columns[row], int(allocation.columns[row]), top=top) for row in block]
        explained = model.scorer.contributions(block, listed)
        for row, columns, parts in zip(block, listed, explained, strict=True):
            matches.extend(_ranked(model, int(row), columns, parts, allocated=int(allocation.columns[row])))
        tell("explain", int(block[-1]) + 1 if len(block) else 0, len(rows))
    return tuple(matches)


def _listed(kept: Integers, allocated: int, *, top: int) -> list[int]:
    """Return the offers to list for one need: the best ones, and the allocated one even if it stands behind them."""
    columns = [int(column) for column in kept[:top] if column >= 0]
    return columns if allocated < 0 or allocated in columns else [*columns, allocated]


def _ranked(model: Model, row: int, columns: Sequence[int], parts: Contributions, *, allocated: int) -> Iterator[Match]:
    for rank, (column, contributions) in enumerate(zip(columns, parts, strict=True), start=1):
        yield Match(
            need_id=model.needs[row].need_id,
            offer_id=model.offers[column].offer_id,
            rank=rank,
            score=total_score(contributions),
            is_allocated=column == allocated,
            contributions=contributions,
        )


def _unmet(
    model: Model, allocation: Allocation, reference: Reference, *, profile: ScoringProfile, as_of_on: date
) -> tuple[UnmetNeed, ...]:
    explainer = UnmetExplainer(model, reference, profile, allocation, as_of_on=as_of_on)
    unmet: list[UnmetNeed] = []
    for block in split_into_blocks(np.flatnonzero(allocation.columns < 0), n_offers=len(model.offers)):
        unmet.extend(explainer.explain(block))
    return tuple(unmet)


def _tandems(
    model: Model, candidates: Sequence[TandemCandidate], reference: Reference, *, as_of_on: date
) -> tuple[Tandem, ...]:
    led = propose_led_tandems(resolve_candidates(candidates, reference.taxonomy), reference.geography)
    taken: dict[str, frozenset[str]] = {}
    for tandem in led:
        taken[tandem.area_code] = taken.get(tandem.area_code, frozenset()) | {tandem.lead, *tandem.partners}
    peers = propose_peer_tandems(_peer_needs(model, as_of_on=as_of_on), model.need_vectors, reference, taken=taken)
    return tuple(sorted([*led, *peers], key=lambda item: (item.area_code, item.kind, item.lead, item.partners)))


def _peer_needs(model: Model, *, as_of_on: date) -> list[PeerNeed]:
    """Return the open needs of single States; a joint need has found its peers."""
    return [
        PeerNeed(
            need_id=need.need_id,
            state=need.states[0],
            area_codes=peer_areas(model.need_readings[row]),
            position=row,
        )
        for row, need in enumerate(model.needs)
        if len(need.states) == 1 and not need.has_closed_on(as_of_on)
    ]
