"""One run of the matcher, from a pool of records to ranked, allocated and explained matches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from matching.allocation import (
    BEST_TOTAL,
    Allocation,
    Alternative,
    Placed,
    Sharing,
    allocate_by_every_rule,
    allocate_by_rule,
    open_market,
)
from matching.arrays import Integers, counted
from matching.candidates import (
    CandidateFinder,
    Candidates,
    PlainFinder,
    join_candidates,
    search_block,
    split_into_blocks,
)
from matching.coalitions import form_coalitions
from matching.comparisons.base import TooManyKindsError
from matching.execution import PLAIN, Execution, Stopwatch
from matching.groups import floors_of, read_floors
from matching.matches import Matches, Pairs
from matching.model import Model, prepare
from matching.pool_changes import PoolChangeFinder
from matching.pool_tandems import propose_tandems
from matching.profiles import ScoringProfile
from matching.records import Pool
from matching.reference import Reference
from matching.results import Coalition, RunCounts, RunResult, UnmetNeed
from matching.unmet import UnmetExplainer
from matching.vocabulary import ENGINE_VERSION, AllocationRule
from matching.what_if import WhatIfOfRun

if TYPE_CHECKING:
    from matching.search.finder import Finder

FEWEST_PAIRS: Final = 2_000_000
"""Pairs from which on compiled code searches them; the result is the same."""

N_KEPT: Final = 64
"""Candidates of each need that the allocation begins with, however many are listed; it asks for more where it must."""


Share = Callable[[Model, Candidates, "Finder | None"], Placed]
"""Shares out the places of a model, from the best offers of each need and a quicker way to pairs behind them."""


def run(  # noqa: PLR0913 – each is a decision of its own about a run
    pool: Pool,
    reference: Reference,
    profile: ScoringProfile,
    *,
    as_of_on: date,
    top: int = 10,
    sharing: Sharing = BEST_TOTAL,
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
    sharing
        How places are shared out: at the best total, which keeps the profile's floors, greedily or stably; and whether
        coalitions are formed beside that.
    execution
        How the run is carried out.

    Returns
    -------
    RunResult
        The same for the same input, whatever the order of the records; only ``seconds`` differs.

    Raises
    ------
    UnreadableProfileError
        When the profile asks for what is not there, or for a floor that the rule does not keep.
    """
    watch = Stopwatch()
    with watch.stage("prepare"):
        model = _prepared(pool, reference, profile, as_of_on=as_of_on, execution=execution)
    with watch.stage("score"):
        finder, candidates = _searched(model, profile, execution, n_kept=max(top, N_KEPT))
    share = _share(pool, reference, profile, rule=sharing.rule, as_of_on=as_of_on)
    with watch.stage("allocate"):
        placed = share(model, candidates.first(N_KEPT), finder)
    with watch.stage("explain"):
        unmet = _unmet(model, placed, reference, profile=profile, as_of_on=as_of_on)
    with watch.stage("tandems"):
        tandems = propose_tandems(model, pool.tandem_candidates, reference, as_of_on=as_of_on)
    return RunResult(
        engine_version=ENGINE_VERSION,
        profile=profile,
        as_of_on=as_of_on,
        needs=model.needs,
        offers=model.offers,
        reading_by_need_id=model.reading_by_need_id,
        reading_by_offer_id=model.reading_by_offer_id,
        matches=_matches(model, candidates, placed.allocation, top=top),
        unmet=unmet,
        tandems=tandems,
        counts=_counts(model, candidates, placed.allocation),
        seconds=watch.seconds,
        rule=placed.allocation.rule,
        fairness=placed.fairness,
        coalitions=_coalitions(model, placed.allocation, profile, sharing),
        what_if=_what_if(model, reference, profile, share=share, as_of_on=as_of_on),
    )


def share_out_by_every_rule(
    pool: Pool,
    reference: Reference,
    profile: ScoringProfile,
    *,
    share_by_group: Mapping[str, float],
    as_of_on: date,
    execution: Execution = PLAIN,
) -> tuple[Alternative, ...]:
    """Return what every rule makes of a pool; ``share_by_group`` are the groups told apart, each known and with its floor or 0.

    Raises
    ------
    UnreadableProfileError
        When the profile asks for what is not there.
    """
    model = _prepared(pool, reference, profile, as_of_on=as_of_on, execution=execution)
    finder, candidates = _searched(model, profile, execution, n_kept=N_KEPT)
    floors = floors_of(model.needs, reference.geography, share_by_group, outcomes=pool.outcomes, as_of_on=as_of_on)
    return allocate_by_every_rule(open_market(model, candidates, profile, finder=finder), floors)


def _coalitions(
    model: Model, allocation: Allocation, profile: ScoringProfile, sharing: Sharing
) -> tuple[Coalition, ...] | None:
    """Return the coalitions beside an allocation, None where none are asked for."""
    if sharing.max_coalition <= 1:
        return None
    return form_coalitions(model, profile, allocation, max_size=sharing.max_coalition)


def _share(pool: Pool, reference: Reference, profile: ScoringProfile, *, rule: AllocationRule, as_of_on: date) -> Share:
    """Return what shares out the places of a model: of the pool as it is, or with changed offers."""

    def share(model: Model, candidates: Candidates, finder: Finder | None) -> Placed:
        floors = read_floors(model.needs, reference.geography, profile, outcomes=pool.outcomes, as_of_on=as_of_on)
        return allocate_by_rule(open_market(model, candidates, profile, finder=finder), floors, rule)

    return share


def _what_if(
    model: Model, reference: Reference, profile: ScoringProfile, *, share: Share, as_of_on: date
) -> WhatIfOfRun:
    def allocated(changed: Model) -> Integers:
        finder, candidates = _searched(changed, profile, PLAIN, n_kept=N_KEPT)
        return share(changed, candidates, finder).allocation.columns

    return WhatIfOfRun(model, profile, PoolChangeFinder(reference, profile, allocated, as_of_on=as_of_on))


def _prepared(
    pool: Pool, reference: Reference, profile: ScoringProfile, *, as_of_on: date, execution: Execution
) -> Model:
    memory, model = execution.memory, execution.sentence_model
    return prepare(pool, reference, profile, as_of_on=as_of_on, memory=memory, sentence_model=model)


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


def _compiled_finder(model: Model, profile: ScoringProfile, execution: Execution) -> Finder | None:
    """Return the compiled search where there are pairs enough for it to pay; it knows no sentence model."""
    if len(model.needs) * len(model.offers) < FEWEST_PAIRS or profile.sentence_model is not None:
        return None
    from matching.search.finder import Finder  # noqa: PLC0415 – takes a second to load

    try:
        return Finder(model, profile, n_workers=execution.n_workers)
    except TooManyKindsError:
        return None


def _searched(
    model: Model, profile: ScoringProfile, execution: Execution, *, n_kept: int
) -> tuple[Finder | None, Candidates]:
    """Return the compiled search, if there is one, and the best offers of each need."""
    finder = _compiled_finder(model, profile, execution)
    return finder, _candidates(model, finder, execution, n_kept=n_kept)


def _candidates(model: Model, finder: Finder | None, execution: Execution, *, n_kept: int) -> Candidates:
    searching: CandidateFinder = finder or PlainFinder(
        scorer=model.scorer,
        eligibility=model.eligibility,
        n_needs=len(model.needs),
        n_offers=len(model.offers),
    )
    blocks = searching.blocks()
    found: list[Candidates] = []
    for block in execution.spread.map(search_block, (searching, n_kept), blocks):
        found.append(block)
        execution.progress("score", sum(len(part.n_eligible) for part in found), len(model.needs))
    return join_candidates(found, blocks)


def _matches(model: Model, candidates: Candidates, allocation: Allocation, *, top: int) -> Matches:
    return Matches(_pairs(candidates, allocation, top=top), model.needs, model.offers, model.scorer)


def _pairs(candidates: Candidates, allocation: Allocation, *, top: int) -> Pairs:
    """Return the pairs to list: the best offers of each need, and the allocated one even if it stands behind them."""
    columns, allocated = candidates.columns[:, :top], allocation.columns
    is_behind = (allocated >= 0) & ~(columns == allocated[:, None]).any(axis=1)
    listed = np.column_stack([columns, np.where(is_behind, allocated, -1)])
    rows, places = np.nonzero(listed >= 0)
    n_listed = np.bincount(rows, minlength=len(listed))
    _, place_in_need = counted(n_listed)
    return Pairs(
        rows=rows,
        columns=listed[rows, places],
        ranks=place_in_need + 1,
        is_allocated=listed[rows, places] == allocated[rows],
    )


def _unmet(
    model: Model, placed: Placed, reference: Reference, *, profile: ScoringProfile, as_of_on: date
) -> tuple[UnmetNeed, ...]:
    explainer = UnmetExplainer(model, reference, profile, placed, as_of_on=as_of_on)
    unmet: list[UnmetNeed] = []
    for block in split_into_blocks(np.flatnonzero(placed.allocation.columns < 0), n_offers=len(model.offers)):
        unmet.extend(explainer.explain(block))
    return tuple(unmet)
