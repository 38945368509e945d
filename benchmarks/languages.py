"""Measures the six languages: areas read out of labelled texts, and whether a need finds the first offer of its twin."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.judged_collections import Judgements, own_collection
from benchmarks.quality import Task, eligible_judgements, eligible_pairs, load_task, rank_by_engine
from matching.evaluation import measure_judged
from matching.model import prepare
from matching.readings import Reader
from matching.records import Need, Offer, Pool
from matching.reference import LANGUAGES
from matching.text import Vectorizer

FOLDER: Final = Path(__file__).parent
N_NEAR: Final = 3
A_STATE: Final = "KEN"  # one of those for which the sample has most offers


def rows_of(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_areas(task: Task) -> pd.DataFrame:
    """Return in what share of the labelled texts the labelled area is the first read, and one of the first three."""
    texts = rows_of("labelled_texts.csv")
    reader = Reader(task.reference.taxonomy, Vectorizer(task.reference.background))
    read = reader.suggest_areas([_need(row["id"], row) for row in texts])
    found = pd.DataFrame(
        [
            (row["language"], row["area"] in codes[:1], row["area"] in codes[:N_NEAR])
            for row, codes in zip(texts, ([item.code for item in items] for items in read), strict=True)
        ],
        columns=["language", "first", "first three"],
    )
    return found.groupby("language").mean().reindex(LANGUAGES)


def find_twins(task: Task, needs: Sequence[tuple[str, str, Need]], offers: Sequence[Offer]) -> pd.DataFrame:
    """Return in what share the first offer of the English twin is the first, and among the first three.

    Parameters
    ----------
    needs
        The subject, the language, and the need; each subject once in English.
    """
    named = {
        f"{subject}|{language}": replace(need, need_id=f"{subject}|{language}") for subject, language, need in needs
    }
    pool = Pool(needs=tuple(named.values()), offers=tuple(offers))
    model = prepare(pool, task.reference, task.profile, as_of_on=task.as_of_on)
    scores = np.where(eligible_pairs(model), model.scorer.scores(np.arange(len(model.needs))), -1.0)
    best = {need.need_id: np.argsort(-scores[row], kind="stable") for row, need in enumerate(model.needs)}
    found = [
        (language, bool(best[name][0] == first), bool(first in best[name][:N_NEAR]))
        for name in named
        for subject, _, language in (name.partition("|"),)
        for first in (best[f"{subject}|en"][0],)
    ]
    return (
        pd.DataFrame(found, columns=["language", "first", "first three"]).groupby("language").mean().reindex(LANGUAGES)
    )


def judge_twins(task: Task) -> pd.DataFrame:
    """Return nDCG@10 of the real needs that are judged, in each language, by the judgements of the English ones."""
    judgements = eligible_judgements(task)
    needs = [item for item in real_needs(task) if item[0] in judgements]
    return pd.DataFrame(
        [(language, _quality(task, needs, judgements, language=language)) for language in LANGUAGES],
        columns=["language", "nDCG@10"],
    ).set_index("language")


def _quality(task: Task, needs: Sequence[tuple[str, str, Need]], judgements: Judgements, *, language: str) -> float:
    some = tuple(need for _, written_in, need in needs if written_in == language)
    asked = replace(task, pool=replace(task.pool, needs=some))
    judged = {need.need_id: judgements[need.need_id] for need in some}
    return measure_judged(rank_by_engine(asked), judged).ndcg


def find_offers(task: Task) -> pd.DataFrame:
    """Return in what share a labelled need finds the English offer that fits it first, and among the first three.

    The English needs are left out: an offer that copies a need counts nothing for the copied words.
    """
    needs = {f"{subject}|{language}": need for subject, language, need in labelled_needs() if language != "en"}
    named = tuple(replace(need, need_id=name) for name, need in needs.items())
    pool = Pool(needs=named, offers=(*fitting_offers(), *task.pool.offers))
    model = prepare(pool, task.reference, task.profile, as_of_on=task.as_of_on)
    scores = np.where(eligible_pairs(model), model.scorer.scores(np.arange(len(model.needs))), -1.0)
    found = []
    for row, need in enumerate(model.needs):
        subject, _, language = need.need_id.partition("|")
        first = [model.offers[at].offer_id for at in np.argsort(-scores[row], kind="stable")[:N_NEAR]]
        found.append((language, first[0] == subject, subject in first))
    table = pd.DataFrame(found, columns=["language", "first", "first three"]).groupby("language").mean()
    return table.reindex(LANGUAGES[1:])


def labelled_needs() -> list[tuple[str, str, Need]]:
    return [(row["id"], row["language"], _need(row["id"], row)) for row in rows_of("labelled_texts.csv")]


def real_needs(task: Task) -> list[tuple[str, str, Need]]:
    """Return twenty needs of the sample in English and as written again in the five other languages."""
    by_id = {need.need_id: need for need in task.pool.needs}
    twins = rows_of("need_twins.csv")
    english = [(name, "en", by_id[name]) for name in sorted({row["need_id"] for row in twins})]
    others = [
        (
            row["need_id"],
            row["language"],
            replace(by_id[row["need_id"]], title=row["title"], description=row["description"]),
        )
        for row in twins
    ]
    return [*english, *others]


def fitting_offers() -> list[Offer]:
    """Return an English offer for each labelled need."""
    return [
        Offer(offer_id=subject, provider=subject, title=need.title, description=need.description)
        for subject, language, need in labelled_needs()
        if language == "en"
    ]


def _need(need_id: str, row: dict[str, str]) -> Need:
    return Need(need_id=need_id, states=(A_STATE,), title=row["title"], description=row["description"])


def main() -> None:
    """Print the tables."""
    task = load_task(own_collection(), as_of_on=datetime.now(UTC).date())
    offers = task.pool.offers
    tables = {
        "Areas read out of 65 labelled texts": read_areas(task),
        "65 needs, as many fitting offers in English and those of the sample": find_offers(task),
        "65 needs, the offers of the sample": find_twins(task, labelled_needs(), offers),
        "20 real needs, the offers of the sample": find_twins(task, real_needs(task), offers),
        "Those of them that are judged, by the judgements of the English ones": judge_twins(task),
    }
    for title, table in tables.items():
        print(f"\n{title}\n{table.round(2).to_string()}")


if __name__ == "__main__":
    main()
