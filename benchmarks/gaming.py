"""Measures what attacks on the ranking gain on the sample, and prints a table: ``python -m benchmarks.gaming``.

Scores do not depend on the pool, so the honest offers and the attacked version of each attacker are scored at once; an
attacked version then takes the place of its honest one and of no other.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.attacks import Attack, World, attacks, honest_additions, reaches
from benchmarks.judged_collections import classified_collection, own_collection
from benchmarks.quality import Task, eligible_pairs, load_task
from matching.arrays import Bools, Floats, Integers
from matching.model import prepare
from matching.records import Pool

AS_OF_ON: Final = date(2026, 11, 1)
TOP: Final = 10
EVERY: Final = 8  # of so many offers one attacks


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What an attack gains for some attackers, attacked less honest, over all needs; arrays of shape (n_attackers,).

    The mean score, an offer that is not eligible counted 0; the mean rank, below 0 where the offer climbs; and in how
    many more first tens the offer stands.
    """

    score: Floats
    rank: Floats
    n_listed: Integers


def furnished(task: Task) -> Task:
    """Return the task with what the sample is silent about: languages, dates, sums and confirmations, by a fixed rule."""
    states, today = task.reference.geography.state_by_code, task.as_of_on
    needs = tuple(
        replace(
            need,
            languages=states[need.states[0]].languages[:2],
            earliest_on=today + timedelta(days=30 * (at % 7)),
            latest_on=today + timedelta(days=400 + 50 * (at % 5)),
            budget=Decimal(20_000 * (1 + at % 6)),
            currency="USD",
        )
        for at, need in enumerate(sorted(task.pool.needs, key=lambda need: need.need_id))
    )
    offers = tuple(
        replace(
            offer,
            languages=(("en",), ("en", "fr"), ("es",), ("en", "ar"))[at % 4],
            available_from_on=today - timedelta(days=20 * (at % 9)),
            available_until_on=today + timedelta(days=150 * (2 + at % 5)),
            confirmed_on=today - timedelta(days=11 * (at % 33)),
            budget=Decimal(15_000 * (1 + at % 8)),
            currency="USD",
        )
        for at, offer in enumerate(sorted(task.pool.offers, key=lambda offer: offer.offer_id))
    )
    return replace(task, pool=Pool(needs=needs, offers=offers))


def opened(task: Task) -> Task:
    """Return the task with every offer open to all States."""
    offers = tuple(replace(offer, eligible=("*",)) for offer in task.pool.offers)
    return replace(task, pool=replace(task.pool, offers=offers))


def gains(task: Task, attack_by_name: Mapping[str, Attack]) -> dict[str, Gain]:
    """Return what each attack gains if one offer alone attacks, for one of ``EVERY`` offers."""
    attackers = task.pool.offers[::EVERY]
    attacked = [
        replace(attack(offer), offer_id=f"attack {name}/{offer.offer_id}")
        for name, attack in attack_by_name.items()
        for offer in attackers
    ]
    pool = replace(task.pool, offers=(*task.pool.offers, *attacked))
    model = prepare(pool, task.reference, task.profile, as_of_on=task.as_of_on)
    scores = np.where(eligible_pairs(model), model.scorer.scores(np.arange(len(model.needs))), 0.0)
    column = {offer.offer_id: at for at, offer in enumerate(model.offers)}
    honest = np.array([column[offer.offer_id] for offer in task.pool.offers])
    before = np.array([column[offer.offer_id] for offer in attackers])
    return {
        name: _gain(
            scores,
            before,
            np.array([column[f"attack {name}/{offer.offer_id}"] for offer in attackers]),
            honest=honest,
        )
        for name in attack_by_name
    }


def _gain(scores: Floats, before: Integers, after: Integers, *, honest: Integers) -> Gain:
    others = [honest[honest != at] for at in before]
    ranks_before, ranks_after = _ranks(scores, before, others), _ranks(scores, after, others)
    n_before = _is_listed(scores[:, before], ranks_before).sum(axis=0)
    return Gain(
        score=scores[:, after].mean(axis=0) - scores[:, before].mean(axis=0),
        rank=ranks_after.mean(axis=0) - ranks_before.mean(axis=0),
        n_listed=_is_listed(scores[:, after], ranks_after).sum(axis=0) - n_before,
    )


def _ranks(scores: Floats, columns: Integers, others: Sequence[Integers]) -> Floats:
    each = [
        1.0 + (scores[:, other] > scores[:, [at]]).sum(axis=1)
        for at, other in zip(columns.tolist(), others, strict=True)
    ]
    return np.column_stack(each)


def _is_listed(scores: Floats, ranks: Floats) -> Bools:
    is_listed: Bools = (ranks <= TOP) & (scores > 0)
    return is_listed


def measure(task: Task) -> dict[str, Gain]:
    """Return what every attack gains, and what an honest addition does."""
    world = World(needs=task.pool.needs, reference=task.reference, as_of_on=task.as_of_on)
    additions = honest_additions(task.pool.offers)
    return gains(task, {**additions, **attacks(world)}) | gains(opened(task), reaches(world))


def show(name: str, gain_by_name: Mapping[str, Gain]) -> None:
    """Print the table of a collection."""
    rows = {
        attack: {
            "score": gain.score.mean(),
            "most": gain.score.max(),
            "rank": gain.rank.mean(),
            "first tens": gain.n_listed.mean(),
        }
        for attack, gain in gain_by_name.items()
    }
    print(f"\n{name}\n{pd.DataFrame(rows).T.round(3).to_string()}")


def main() -> int:
    """Print a table for the sample as it reads itself, and one for the sample as people classified it."""
    for collection in (own_collection(), classified_collection()):
        show(collection.name, measure(furnished(load_task(collection, as_of_on=AS_OF_ON))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
