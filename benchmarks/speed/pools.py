"""Pools of any size to measure on: needs and offers as CSV files that look as real ones do, the same for the same plan.

``synthetic`` texts are 40 to 120 words from 20,000 by Zipf's law, a fifth of them from the 150 words of the record's
area, stop words left out: real words first, then words made letter by letter as letters follow each other in real ones.
``mixed`` texts are sentences of the project's sample in new combinations.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from matching.intake.needs import NEED_COLUMNS
from matching.intake.offers import OFFER_COLUMNS
from matching.vocabulary import Mode

DATA: Final = Path(__file__).resolve().parents[2] / "data"
AS_OF_ON: Final = date(2026, 11, 24)
N_WORDS: Final = 20_000
N_AREAS: Final = 60
N_AREA_WORDS: Final = 150
AREA_SHARE: Final = 0.2  # of the words of a text that come from its area
LANGUAGES: Final = ("en", "fr", "es", "ar", "ru", "zh", "pt")
GROUPS: Final = ("AFR", "APG", "EEG", "GRULAC", "WEOG")
STATUSES: Final = ("LDC", "LLDC", "SIDS")
BLOCS: Final = ("ASEAN", "CARICOM", "ECOWAS", "EU", "OAS", "OSCE", "SADC", "COMMONWEALTH")
# How an offer says to whom it is open: to everybody, a group, a status, a bloc, or to States by name.
OPENNESS: Final = {"synthetic": (0.02, 0.11, 0.09, 0.16, 0.62), "mixed": (0.14, 0.25, 0.08, 0.13, 0.40)}

IS_SINGLE: Final = 0.97  # share of needs of one State
IS_EXCLUDING: Final = 0.02  # share of needs that exclude a provider
HAS_BUDGET: Final = 0.3
IS_CONFIRMED: Final = 0.5
IS_OPEN_ENDED: Final = 0.5
IS_TAKEN: Final = 0.7  # share of a record's sentences that a mixed text takes
WORD_LENGTHS: Final = range(4, 15)  # of made words

Kind = Literal["synthetic", "mixed"]
Random = np.random.Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What pool to make; ``stated`` is the share of records that state areas, and so for modes and languages."""

    n_needs: int
    n_offers: int
    kind: Kind = "synthetic"
    stated: float = 0.5
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """What a record says, and the areas that it is about."""

    title: str
    description: str
    areas: tuple[str, ...]


def make_pool(plan: Plan, folder: Path) -> None:
    """Write ``needs.csv`` and ``offers.csv``, ids in the order of the rows."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(plan.seed)
    texts = _TEXTS[plan.kind](random, plan.n_needs + plan.n_offers)
    states = [row["iso3"] for row in _rows("reference/states.csv")]
    needs = (_need(at, text, states, (plan, random)) for at, text in zip(range(plan.n_needs), texts, strict=False))
    _write(folder / "needs.csv", NEED_COLUMNS.known, needs)
    offers = (_offer(at, text, states, (plan, random)) for at, text in zip(range(plan.n_offers), texts, strict=False))
    _write(folder / "offers.csv", OFFER_COLUMNS.known, offers)


def _write(path: Path, columns: Sequence[str], rows: Iterator[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


def _need(at: int, text: Text, states: Sequence[str], drawn: tuple[Plan, Random]) -> dict[str, str]:
    plan, random = drawn
    n_states = 1 if random.random() < IS_SINGLE else int(random.integers(2, 4))
    first, last = _span(random)
    is_excluding = random.random() < IS_EXCLUDING
    return {
        "id": f"need-{at:06}",
        "state": ";".join(_some(random, states, n_states)),
        "title": text.title,
        "description": text.description,
        **_stated(text, plan, random),
        "earliest": first,
        "latest": last,
        "priority": str(random.integers(1, 6)),
        **_budget(random, 100_000),
        "excluded_providers": _provider(random, plan.n_offers) if is_excluding else "",
        "visibility": "public",
    }


def _offer(at: int, text: Text, states: Sequence[str], drawn: tuple[Plan, Random]) -> dict[str, str]:
    plan, random = drawn
    first, last = _span(random)
    is_confirmed = random.random() < IS_CONFIRMED
    confirmed_on = AS_OF_ON - timedelta(days=int(random.integers(0, 700)))
    return {
        "id": f"offer-{at:06}",
        "provider": _provider(random, plan.n_offers),
        "title": text.title,
        "description": text.description,
        **_stated(text, plan, random),
        "eligible": _eligible(random, states, OPENNESS[plan.kind]),
        "capacity": str(random.integers(1, 9)),
        "available_from": first,
        "available_until": last,
        **_budget(random, 50_000),
        "confirmed_on": confirmed_on.isoformat() if is_confirmed else "",
        "visibility": "public",
    }


def _stated(text: Text, plan: Plan, random: Random) -> dict[str, str]:
    """Return areas, modes and languages, each stated in a share of the records."""
    does_state = random.random(3) < plan.stated
    modes = _some(random, [mode.value for mode in Mode], int(random.integers(1, 4)))
    languages = _some(random, LANGUAGES, int(random.integers(1, 3)))
    lists = {"areas": text.areas, "modes": modes, "languages": languages}
    return {
        name: ";".join(codes) if does else "" for (name, codes), does in zip(lists.items(), does_state, strict=True)
    }


def _span(random: Random) -> tuple[str, str]:
    """Return two days; both are empty in half of the records, and a few lie behind."""
    if random.random() < IS_OPEN_ENDED:
        return "", ""
    first = AS_OF_ON + timedelta(days=int(random.integers(-400, 300)))
    return first.isoformat(), (first + timedelta(days=int(random.integers(180, 1_100)))).isoformat()


def _budget(random: Random, typical: int) -> dict[str, str]:
    if random.random() >= HAS_BUDGET:
        return {}
    currency = ("EUR", "USD")[int(random.integers(2))]
    return {"budget": str(int(random.lognormal(np.log(typical), 1.0))), "currency": currency}


def _provider(random: Random, n_offers: int) -> str:
    return f"Provider {random.integers(max(1, n_offers // 8)):05}"


def _eligible(random: Random, states: Sequence[str], shares: Sequence[float]) -> str:
    match int(random.choice(len(shares), p=shares)):
        case 0:
            return "*"
        case 1:
            return ";".join(_some(random, GROUPS, int(random.integers(1, 3))))
        case 2:
            return _some(random, STATUSES, 1)[0]
        case 3:
            return _some(random, BLOCS, 1)[0]
        case _:
            return ";".join(_some(random, states, int(random.integers(1, 31))))


def _some(random: Random, items: Sequence[str], n: int) -> tuple[str, ...]:
    return tuple(items[at] for at in sorted(random.choice(len(items), n, replace=False)))


def _synthetic(random: Random, n_texts: int) -> Iterator[Text]:
    """Return texts of words by Zipf's law."""
    words = np.array(vocabulary(random))
    weights = 1.0 / (np.arange(len(words)) + 5.0)
    likely = np.cumsum(weights / weights.sum())
    areas = [row["code"] for row in _rows("taxonomy/areas.csv") if row["parent"]][:N_AREAS]
    own = random.integers(100, len(words), (len(areas), N_AREA_WORDS))
    for _ in range(n_texts):
        area, length = int(random.integers(len(areas))), int(random.integers(40, 121))
        drawn: npt.NDArray[np.int64] = np.minimum(np.searchsorted(likely, random.random(length)), len(words) - 1)
        is_own = random.random(length) < AREA_SHARE
        drawn[is_own] = own[area, random.integers(0, N_AREA_WORDS, int(is_own.sum()))]
        said = words[drawn].tolist()
        yield Text(" ".join(said[:6]).capitalize(), " ".join(said[6:]), (areas[area],))


def vocabulary(random: Random) -> list[str]:
    """Return the words of the synthetic texts, the commonest first: those of the sample, then made ones."""
    stop_words = ENGLISH_STOP_WORDS | {row["word"] for row in _rows("background/stop-words.csv")}
    counts = Counter(
        word
        for row in [*_rows("sample/needs.csv"), *_rows("sample/offers.csv")]
        for word in re.findall(r"\b[a-z]{3,}\b", f"{row['title']} {row['description']}".lower())
        if word not in stop_words
    )
    real = [word for word, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    following: dict[str, list[str]] = {}
    for word in real:
        framed = f"^^^{word}$"
        for at in range(3, len(framed)):
            following.setdefault(framed[at - 3 : at], []).append(framed[at])
    known = dict.fromkeys(real)
    while len(known) < N_WORDS:
        word = _made_word(random, following)
        if len(word) in WORD_LENGTHS and word not in stop_words:
            known.setdefault(word)
    return list(known)[:N_WORDS]


def _made_word(random: Random, following: Mapping[str, Sequence[str]]) -> str:
    word = "^^^"
    while not word.endswith("$"):
        letters = following[word[-3:]]
        word += letters[int(random.integers(len(letters)))]
    return word[3:-1]


def _mixed(random: Random, n_texts: int) -> Iterator[Text]:
    """Return texts that take most sentences of two to four records of the sample each, the areas of the first."""
    records = [*_rows("sample/needs.csv"), *_rows("sample/offers.csv")]
    sentences = [re.split(r"(?<=[.;])\s+", record["description"]) for record in records]
    for _ in range(n_texts):
        chosen = random.choice(len(records), int(random.integers(2, 5)), replace=False).tolist()
        said = [sentence for at in chosen for sentence in sentences[at] if random.random() < IS_TAKEN]
        record = records[chosen[0]]
        yield Text(record["title"], " ".join(said), tuple(filter(None, record["areas"].split(";"))))


_TEXTS: Final = {"synthetic": _synthetic, "mixed": _mixed}


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
