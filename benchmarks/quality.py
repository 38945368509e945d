"""Scores the rankings of the engine and of two baselines against graded judgements and pairs that came about.

``make bench`` prints one table. The needs, offers, judgements and pairs are read from a folder with ``needs.csv``,
``offers.csv``, ``judged.tsv`` and ``links.tsv`` (by default the one beside the project); areas, modes and languages
are empty there, so what is measured is reading them out of the text as well.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

from matching.arrays import Bools, Floats
from matching.command.datafiles import load_profile, load_reference
from matching.evaluation import measure_judged, measure_links
from matching.intake import read_needs, read_offers
from matching.model import Model, prepare
from matching.profiles import ScoringProfile
from matching.records import Pool
from matching.vocabulary import Component

DEFAULT_FOLDER = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "real"
FILES = ("needs.csv", "offers.csv", "judged.tsv", "links.tsv")

Judgements = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is ranked, and what is known of the right answer."""

    model: Model
    eligible: Bools
    judgements: Judgements
    links: list[tuple[str, str]]


def load_task(folder: Path, profile: ScoringProfile, *, as_of_on: date) -> Task:
    """Return the task of a folder."""
    reference = load_reference(as_of_on=as_of_on)
    known = {"geography": reference.geography, "taxonomy": reference.taxonomy}
    needs = read_needs((folder / "needs.csv").read_bytes(), name="needs.csv", **known)
    offers = read_offers((folder / "offers.csv").read_bytes(), name="offers.csv", **known)
    pool = Pool(needs=needs.records, offers=offers.records)
    model = prepare(pool, reference, profile, as_of_on=as_of_on)
    judgements: Judgements = {}
    for row in _rows(folder / "judged.tsv"):
        judgements.setdefault(row["need_id"], {})[row["offer_id"]] = float(row["grade"])
    return Task(
        model=model,
        eligible=model.eligibility.is_eligible(np.arange(len(model.needs))),
        judgements=judgements,
        links=[(row["need_id"], row["offer_id"]) for row in _rows(folder / "links.tsv")],
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def tfidf(task: Task) -> Floats:
    """Return the plain cosine of word TF-IDF vectors, fitted on the pool as is usual."""
    needs = [f"{need.title} {need.description}" for need in task.model.needs]
    offers = [f"{offer.title} {offer.description}" for offer in task.model.offers]
    vectorizer = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit([*needs, *offers])
    scores: Floats = (vectorizer.transform(needs) @ vectorizer.transform(offers).T).toarray()
    return scores


def rankings(task: Task, scores: Floats, *, are_all_kept: bool = False) -> dict[str, list[str]]:
    """Return the offers of each need, best first, ties by id; only eligible ones unless all are kept."""
    model = task.model
    return {
        need.need_id: [
            model.offers[column].offer_id
            for column in np.argsort(-scores[row], kind="stable")
            if are_all_kept or task.eligible[row, column]
        ]
        for row, need in enumerate(model.needs)
    }


def among_eligible(task: Task) -> Judgements:
    """Return the judgements of eligible pairs: the others count for nobody."""
    row = {need.need_id: at for at, need in enumerate(task.model.needs)}
    column = {offer.offer_id: at for at, offer in enumerate(task.model.offers)}
    return {
        need_id: {offer: grade for offer, grade in grades.items() if task.eligible[row[need_id], column[offer]]}
        for need_id, grades in task.judgements.items()
    }


def with_weights(profile: ScoringProfile, weights: Mapping[Component, float]) -> ScoringProfile:
    """Return the profile with other weights; a component that is not named weighs nothing."""
    return replace(profile, weights={component: weights.get(component, 0.0) for component in Component})


def engine_scores(folder: Path, profile: ScoringProfile, *, as_of_on: date) -> Floats:
    """Return the scores of the engine with a profile."""
    model = load_task(folder, profile, as_of_on=as_of_on).model
    return model.scorer.scores(np.arange(len(model.needs)))


def methods(folder: Path, profile: ScoringProfile, task: Task, *, as_of_on: date) -> dict[str, Callable[[], Floats]]:
    """Return what is compared, by name."""

    def engine(weights: Mapping[Component, float]) -> Callable[[], Floats]:
        return lambda: engine_scores(folder, with_weights(profile, weights), as_of_on=as_of_on)

    without_area = {component: weight for component, weight in profile.weights.items() if component != Component.AREA}
    without_place = {
        component: weight for component, weight in profile.weights.items() if component != Component.GEOGRAPHY
    }
    return {
        "TF-IDF alone": lambda: tfidf(task),
        "eligibility, then TF-IDF": lambda: tfidf(task),
        "engine, default profile": engine(profile.weights),
        "engine, text only": engine({Component.TEXT: 1.0}),
        "engine, area only": engine({Component.AREA: 1.0}),
        "engine without area": engine(without_area),
        "engine without geography": engine(without_place),
    }


def main() -> int:
    """Print the table; 2 where the data are not there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DEFAULT_FOLDER, metavar="DIR", help="the folder of the four files")
    parser.add_argument("--each", action="store_true", help="also show every judged need and every historical pair")
    options = parser.parse_args()
    folder: Path = options.data
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        print(f"{', '.join(missing)} not found in {folder.name}; name a folder that has them with --data.")
        return 2
    as_of_on = datetime.now(UTC).date()
    profile = load_profile(None)
    task = load_task(folder, profile, as_of_on=as_of_on)
    figures: dict[str, dict[str, float]] = {}
    ndcg_by_need: dict[str, Mapping[str, float]] = {}
    rank_by_pair: dict[str, Mapping[tuple[str, str], int]] = {}
    for name, scores in methods(folder, profile, task, as_of_on=as_of_on).items():
        ranked = rankings(task, scores(), are_all_kept=name == "TF-IDF alone")
        judged = measure_judged(ranked, among_eligible(task))
        linked = measure_links(ranked, task.links)
        figures[name] = {
            "nDCG@10": judged.ndcg,
            "judged": judged.judged_share,
            "in ten": linked.share_in_first_ten,
            "MRR": linked.mean_reciprocal_rank,
        }
        ndcg_by_need[name] = judged.ndcg_by_need_id
        rank_by_pair[name] = linked.rank_by_pair
    print(pd.DataFrame(figures).T.round(3).to_string())
    if options.each:
        print(f"\nnDCG@10 of each judged need\n{pd.DataFrame(ndcg_by_need).round(2).to_string()}")
        print(f"\nRank of each pair that came about\n{pd.DataFrame(rank_by_pair).to_string()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
