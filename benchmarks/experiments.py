"""Chooses among a few weightings by cross-validation, and tries the view of texts on another public collection.

``python -m benchmarks.experiments`` prints what a choice is worth on needs that had no say in it: the judged needs of
both collections are divided into folds, the best of some coarse weightings is chosen on all folds but one, and measured
on that one. With the sentence model installed its share is one of the choices. ``--sdg DIR`` takes a checkout of
https://github.com/open-sdg/sdg-translations (MIT; the texts are the United Nations' indicators and targets in six
languages) and ranks the 169 targets for each indicator by the text alone.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.judged_collections import NEIGHBOUR, Collection, collection_of, own_collection
from benchmarks.quality import eligible_judgements, eligible_pairs, load_task
from matching.arrays import Bools, Floats
from matching.command.datafiles import DATA_FOLDER, load_reference
from matching.command.profilefiles import load_profile
from matching.command.sentence_models import open_sentence_model
from matching.errors import UnreadableProfileError
from matching.evaluation import ndcg_at_k
from matching.records import Offer
from matching.reference import LANGUAGES
from matching.sentence_model import SentenceModel, meanings, meeting
from matching.text import Vectorizer
from matching.vectors import likeness
from matching.vocabulary import Component

N_FOLDS: Final = 5
N_ROUNDS: Final = 10  # of dividing the needs by chance
N_RESAMPLES: Final = 2000
K: Final = 10

AREA: Final = (0.15, 0.2, 0.25, 0.3)
TEXT: Final = (0.3, 0.4, 0.5)
MODE: Final = (0.06, 0.12, 0.18)
GEOGRAPHY: Final = (0.05, 0.1, 0.15)
SHARES: Final = (0.0, 0.2, 0.4, 0.6)

_FOLDER_BY_LANGUAGE: Final = {"zh": "zh-Hans"}  # in that collection


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One judged need: what every eligible offer has in each component, and its grade (0 where nobody judged it)."""

    collection: str
    components: Mapping[Component, Floats]
    meaning: Floats | None
    grades: Floats


@dataclass(frozen=True, slots=True)
class Weighting:
    """One alternative: four weights, beside which the others stay as in the default profile, and the model's share."""

    area: float
    text: float
    mode: float
    geography: float
    share: float


def cases_of(collection: Collection, model: SentenceModel | None) -> list[Case]:
    """Return the judged needs of a collection with all that they are ranked by."""
    task = load_task(collection, as_of_on=datetime.now(UTC).date())
    prepared, grades = task.model(), eligible_judgements(task)
    rows = np.arange(len(prepared.needs))
    values, eligible = prepared.scorer.values(rows), eligible_pairs(prepared)
    neutral = task.profile.neutral
    filled = {part: np.where(np.isnan(block), neutral[part], block) for part, block in values.items()}
    need_texts = [f"{need.title}\n{need.description}" for need in prepared.needs]
    offer_texts = [f"{offer.title}\n{offer.description}" for offer in prepared.offers]
    alike = None if model is None else meeting(meanings(model, need_texts) @ meanings(model, offer_texts).T)
    return [
        Case(
            collection=collection.name,
            components={part: block[row, eligible[row]] for part, block in filled.items()},
            meaning=None if alike is None else alike[row, eligible[row]],
            grades=_grades_of(grades[need.need_id], prepared.offers, eligible[row]),
        )
        for row, need in enumerate(prepared.needs)
        if need.need_id in grades
    ]


def _grades_of(grades: Mapping[str, float], offers: Sequence[Offer], eligible: Bools) -> Floats:
    ids = [offers[column].offer_id for column in np.flatnonzero(eligible).tolist()]
    return np.array([grades.get(offer_id, 0.0) for offer_id in ids])


def quality_of(case: Case, weighting: Weighting, rest: Mapping[Component, float]) -> float:
    """Return the nDCG@10 of one need under a weighting."""
    text = case.components[Component.TEXT]
    if case.meaning is not None:
        text = (1 - weighting.share) * text + weighting.share * case.meaning
    weights = dict(rest) | {
        Component.AREA: weighting.area,
        Component.MODE: weighting.mode,
        Component.GEOGRAPHY: weighting.geography,
    }
    scores = weighting.text * text
    for part, block in case.components.items():
        if part is not Component.TEXT:
            scores = scores + weights[part] * block
    order = np.argsort(-scores, kind="stable")
    return ndcg_at_k(case.grades[order], case.grades, K)


def folds(n_cases: int, *, seed: int) -> Iterator[tuple[Bools, Bools]]:
    """Yield which needs choose and which are measured, each need measured once."""
    fold_of = np.random.default_rng(seed).permutation(n_cases) % N_FOLDS
    for fold in range(N_FOLDS):
        yield fold_of != fold, fold_of == fold


def interval(values: Floats) -> tuple[float, float]:
    """Return the 95 per cent bootstrap interval of a mean over needs."""
    chance = np.random.default_rng(0)
    means = values[chance.integers(0, len(values), (N_RESAMPLES, len(values)))].mean(axis=1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def cross_validate(cases: Sequence[Case], *, is_model_there: bool) -> None:
    """Print what the default is worth, what a chosen weighting is worth on needs without a say, and which was chosen."""
    profile = load_profile()
    weights = profile.weights
    default = Weighting(
        area=weights[Component.AREA],
        text=weights[Component.TEXT],
        mode=weights[Component.MODE],
        geography=weights[Component.GEOGRAPHY],
        share=0.0,
    )
    grid = [
        Weighting(*each)
        for each in itertools.product(AREA, TEXT, MODE, GEOGRAPHY, SHARES if is_model_there else (0.0,))
    ]
    table = np.array([[quality_of(case, each, weights) for each in grid] for case in cases])
    base = np.array([quality_of(case, default, weights) for case in cases])
    held_out = np.zeros((N_ROUNDS, len(cases)))
    chosen: Counter[Weighting] = Counter()
    for seed in range(N_ROUNDS):
        for choosing, measured in folds(len(cases), seed=seed):
            best = int(np.argmax(table[choosing].mean(axis=0)))
            chosen[grid[best]] += 1
            held_out[seed, measured] = table[measured, best]
    names = np.array([case.collection for case in cases])
    for name in (*dict.fromkeys(names.tolist()), "both"):
        of = np.ones(len(names), dtype=np.bool_) if name == "both" else names == name
        _tell(f"{name}: default weights", base[of])
        _tell(f"{name}: chosen on the other needs", held_out.mean(axis=0)[of])
        _tell(f"{name}: the difference", held_out.mean(axis=0)[of] - base[of])
    for weighting, n_times in chosen.most_common(5):
        print(f"  chosen {n_times} of {N_ROUNDS * N_FOLDS} times: {weighting}")


def _tell(what: str, values: Floats) -> None:
    low, high = interval(values)
    print(f"{what}: {values.mean():.3f} ({low:.3f} to {high:.3f}, {len(values)} needs)")


def rank_targets(folder: Path, model: SentenceModel | None) -> None:
    """Print how well the text finds the target of an indicator, from each language to the English targets.

    Raises
    ------
    FileNotFoundError
        When the folder is no checkout of the collection.
    """
    background = load_reference(as_of_on=datetime.now(UTC).date()).background
    vectorizer = Vectorizer(background)
    targets = _titles(folder / "translations" / "en" / "global_targets.yml")
    codes = sorted(targets)
    texts = [targets[code] for code in codes]
    print("\nIndicators and targets of the sustainable development goals: nDCG@10 from each language to English")
    for language in LANGUAGES:
        indicators = _titles(
            folder / "translations" / _FOLDER_BY_LANGUAGE.get(language, language) / "global_indicators.yml"
        )
        asked = [(key, text) for key, text in sorted(indicators.items()) if key.rpartition("-")[0] in targets]
        space = vectorizer.space([text for _, text in asked], texts)
        plain = Vectorizer(replace(background, glossary=())).space([text for _, text in asked], texts)
        views = {"without the glossary": likeness(*plain.groups), "text": likeness(*space.groups)}
        if model is not None and language == "en":
            alike = meeting(meanings(model, [text for _, text in asked]) @ meanings(model, texts).T)
            views |= {
                f"text and model, share {share}": (1 - share) * views["text"] + share * alike for share in SHARES[1:]
            }
        for name, scores in views.items():
            gains = [
                np.array([float(codes[at] == key.rpartition("-")[0]) for at in np.argsort(-row, kind="stable")])
                for (key, _), row in zip(asked, scores, strict=True)
            ]
            print(f"  {language} {name}: {np.mean([ndcg_at_k(each, each, K) for each in gains]):.3f} ({len(asked)})")


def _titles(path: Path) -> dict[str, str]:
    """Return the titles of a file of translations, by key without its ending; it holds nothing but texts on lines."""
    found: dict[str, str] = {}
    key = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith((" ", "#")) and "-title:" in line:
            key, _, text = line.partition("-title:")
            found[key] = text.strip(" '\"")
        elif line.startswith("  ") and key:
            found[key] += " " + line.strip(" '\"")
        else:
            key = ""
    return found


def main() -> int:
    """Print the experiments; 2 where the folder named holds no such collection."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, metavar="DIR", default=NEIGHBOUR, help="real needs and offers with grades")
    parser.add_argument("--sdg", type=Path, metavar="DIR", help="a checkout of open-sdg/sdg-translations")
    options = parser.parse_args()
    try:
        model = open_sentence_model(load_profile(DATA_FOLDER / "profiles" / "embedding.json"))
    except UnreadableProfileError as error:
        print(f"Without a sentence model: {error}")
        model = None
    collections = [own_collection(), *([collection_of(options.data)] if options.data.is_dir() else [])]
    cases = [case for collection in collections for case in cases_of(collection, model)]
    cross_validate(cases, is_model_there=model is not None)
    if options.sdg:
        try:
            rank_targets(options.sdg, model)
        except FileNotFoundError as error:
            print(f"{error.filename} is not there; name a checkout of open-sdg/sdg-translations.")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
