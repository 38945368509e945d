"""Scores the rankings of the engine and of two baselines against graded judgements and pairs that came about.

``make bench`` prints a table for each collection: the sample with this project's own judgements, and the folder of
real needs and offers beside the project, where it is there. Areas, modes and languages are empty in both, so what is
measured is reading them out of the text as well.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.judged_collections import (
    NEIGHBOUR,
    Collection,
    Judgements,
    classified_collection,
    collection_of,
    own_collection,
)
from matching.arrays import Bools, Floats
from matching.command.datafiles import load_reference
from matching.command.profilefiles import load_profile
from matching.evaluation import JudgedQuality, LinkQuality, measure_judged, measure_links
from matching.intake import read_needs, read_offers
from matching.model import Model, prepare
from matching.profiles import ScoringProfile
from matching.records import Pool
from matching.reference import Reference
from matching.vocabulary import Component

Ranking = dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is ranked, and the ground for ranking it."""

    collection: Collection
    pool: Pool
    reference: Reference
    profile: ScoringProfile
    as_of_on: date

    def model(self, profile: ScoringProfile | None = None) -> Model:
        """Return the pool made ready with a profile, the default one where none is given."""
        return prepare(self.pool, self.reference, profile or self.profile, as_of_on=self.as_of_on)


def load_task(collection: Collection, *, as_of_on: date) -> Task:
    """Return the task of a collection, with the default profile."""
    reference = load_reference(as_of_on=as_of_on)
    geography, taxonomy = reference.geography, reference.taxonomy
    needs = read_needs(collection.needs_csv, name="needs.csv", geography=geography, taxonomy=taxonomy)
    offers = read_offers(collection.offers_csv, name="offers.csv", geography=geography, taxonomy=taxonomy)
    pool = Pool(needs=needs.records, offers=offers.records)
    return Task(collection=collection, pool=pool, reference=reference, profile=load_profile(), as_of_on=as_of_on)


def tfidf(model: Model) -> Floats:
    """Return the plain cosine of word TF-IDF vectors, fitted on the pool as is usual."""
    needs = [f"{need.title} {need.description}" for need in model.needs]
    offers = [f"{offer.title} {offer.description}" for offer in model.offers]
    vectorizer = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit([*needs, *offers])
    scores: Floats = (vectorizer.transform(needs) @ vectorizer.transform(offers).T).toarray()
    return scores


def rank(model: Model, scores: Floats, eligible: Bools) -> Ranking:
    """Return the eligible offers of each need, best first, ties by id."""
    return {
        need.need_id: [
            model.offers[column].offer_id for column in np.argsort(-scores[row], kind="stable") if eligible[row, column]
        ]
        for row, need in enumerate(model.needs)
    }


def rank_by_tfidf(task: Task, *, is_eligibility_known: bool) -> Ranking:
    """Return the rankings of a baseline."""
    model = task.model()
    scores = tfidf(model)
    return rank(model, scores, eligible_pairs(model) if is_eligibility_known else np.ones_like(scores, dtype=np.bool_))


def rank_by_engine(task: Task, weights: Mapping[Component, float] | None = None) -> Ranking:
    """Return the rankings of the engine; a component that other weights do not name weighs nothing."""
    weighed = None if weights is None else {component: weights.get(component, 0.0) for component in Component}
    profile = task.profile if weighed is None else replace(task.profile, weights=weighed)
    model = task.model(profile)
    return rank(model, model.scorer.scores(np.arange(len(model.needs))), eligible_pairs(model))


def eligible_pairs(model: Model) -> Bools:
    """Return where nothing stands against a pair; shape (n_needs, n_offers)."""
    return model.eligibility.is_eligible(np.arange(len(model.needs)))


def eligible_judgements(task: Task) -> Judgements:
    """Return the judgements of eligible pairs: the others count for nobody."""
    model = task.model()
    allowed = {
        need.need_id: {model.offers[column].offer_id for column in np.flatnonzero(eligible)}
        for need, eligible in zip(model.needs, eligible_pairs(model), strict=True)
    }
    return {
        need_id: {offer: grade for offer, grade in grades.items() if offer in allowed[need_id]}
        for need_id, grades in task.collection.judgements.items()
    }


def methods(task: Task) -> dict[str, Callable[[], Ranking]]:
    """Return what is compared, by name."""
    weights = task.profile.weights

    def without(component: Component) -> dict[Component, float]:
        return {other: weight for other, weight in weights.items() if other != component}

    return {
        "TF-IDF alone": lambda: rank_by_tfidf(task, is_eligibility_known=False),
        "eligibility, then TF-IDF": lambda: rank_by_tfidf(task, is_eligibility_known=True),
        "engine, default profile": lambda: rank_by_engine(task),
        "engine, text only": lambda: rank_by_engine(task, {Component.TEXT: 1.0}),
        "engine, area only": lambda: rank_by_engine(task, {Component.AREA: 1.0}),
        "engine without area": lambda: rank_by_engine(task, without(Component.AREA)),
        "engine without geography": lambda: rank_by_engine(task, without(Component.GEOGRAPHY)),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How one method fares on one collection."""

    judged: JudgedQuality
    linked: LinkQuality


def measure(task: Task) -> dict[str, Measured]:
    """Return how each method fares, by name."""
    grades = eligible_judgements(task)
    return {
        name: Measured(judged=measure_judged(ranking, grades), linked=measure_links(ranking, task.collection.links))
        for name, ranking in ((name, rank_with()) for name, rank_with in methods(task).items())
    }


def show(collection: Collection, measured: Mapping[str, Measured], *, is_each_shown: bool) -> None:
    """Print the table of a collection."""
    n_pairs = sum(map(len, collection.judgements.values()))
    print(
        f"\n{collection.name}: {len(collection.judgements)} needs, {n_pairs} pairs, {len(collection.links)} came about"
    )
    figures = pd.DataFrame({name: _figures(item, collection) for name, item in measured.items()}).T
    print(figures.round(3).to_string())
    if is_each_shown:
        each = pd.DataFrame({name: item.judged.ndcg_by_need_id for name, item in measured.items()})
        print(f"\nnDCG@10 of each judged need\n{each.round(2).to_string()}")
        ranks = pd.DataFrame({name: item.linked.rank_by_pair for name, item in measured.items()})
        print(f"\nRank of each pair that came about\n{ranks.to_string()}")


def _figures(item: Measured, collection: Collection) -> dict[str, float]:
    figures = {"nDCG@10": item.judged.ndcg, "judged": item.judged.judged_share}
    if collection.links:
        figures |= {"in ten": item.linked.share_in_first_ten, "MRR": item.linked.mean_reciprocal_rank}
    return figures


def main() -> int:
    """Print the tables; 2 where the data asked for are not there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, metavar="DIR", help="only the collection of this folder")
    parser.add_argument("--each", action="store_true", help="also show every judged need and every historical pair")
    options = parser.parse_args()
    try:
        collections = [collection_of(options.data)] if options.data else _known_collections()
    except FileNotFoundError as error:
        print(f"{error}; name a folder that has them with --data.")
        return 2
    as_of_on = datetime.now(UTC).date()
    for collection in collections:
        show(collection, measure(load_task(collection, as_of_on=as_of_on)), is_each_shown=options.each)
    return 0


def _known_collections() -> list[Collection]:
    neighbours = [collection_of(NEIGHBOUR)] if NEIGHBOUR.is_dir() else []
    return [own_collection(), classified_collection(), *neighbours]


if __name__ == "__main__":
    sys.exit(main())
