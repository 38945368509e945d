"""Measures how well likely duplicates are told from look-alikes, on labelled pairs in six languages.

``duplicate_pairs.csv`` holds pairs written for this project: copies, paraphrases, translations, joint needs and projects,
and look-alikes that are hard to tell from them. The thresholds were chosen on the half ``a``.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import pandas as pd

from matching.command.datafiles import load_reference
from matching.duplicates import (
    Duplicate,
    Project,
    duplicate_needs,
    duplicate_offers,
    overlaps_with_projects,
)
from matching.records import Need, Offer
from matching.reference import Reference

PAIRS: Final = Path(__file__).with_name("duplicate_pairs.csv")
_SIDES: Final = ("a", "b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One labelled pair and whether it was told as a likely duplicate; ``likeness`` is 0 where it was not."""

    pair_id: str
    half: str
    kind: str
    is_duplicate: bool
    likeness: float


def judge_pairs(reference: Reference, *, as_of_on: date) -> list[Judged]:
    """Return each labelled pair with what the matcher makes of it."""
    with PAIRS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    # All at once: a pair does not hang on what else is there, and the ids say which two records are one.
    likeness_by_pair = {
        item.one_id.partition(":")[0]: item.likeness
        for item in _found(rows, reference, as_of_on)
        if item.one_id.partition(":")[0] == item.other_id.partition(":")[0]
    }
    return [
        Judged(
            pair_id=row["id"],
            half=row["half"],
            kind=row["type"],
            is_duplicate=row["is_duplicate"] == "1",
            likeness=likeness_by_pair.get(row["id"], 0.0),
        )
        for row in rows
    ]


def _found(rows: Sequence[Mapping[str, str]], reference: Reference, as_of_on: date) -> list[Duplicate]:
    needs = [_need(row, side) for row in rows if row["kind"] == "need" for side in _SIDES]
    offers = [_offer(row, side) for row in rows if row["kind"] == "offer" for side in _SIDES]
    asking = [_need(row, "a") for row in rows if row["kind"] == "project"]
    projects = [_project(row) for row in rows if row["kind"] == "project"]
    return [
        *duplicate_needs(needs, reference, as_of_on=as_of_on),
        *duplicate_offers(offers, reference, as_of_on=as_of_on),
        *overlaps_with_projects(asking, projects, reference, as_of_on=as_of_on),
    ]


def _need(row: Mapping[str, str], side: str) -> Need:
    return Need(
        need_id=f"{row['id']}:{side}",
        states=_states(row, side),
        title=row[f"title_{side}"],
        description=row[f"description_{side}"],
    )


def _project(row: Mapping[str, str]) -> Project:
    return Project(
        project_id=f"{row['id']}:b",
        states=_states(row, "b"),
        title=row["title_b"],
        description=row["description_b"],
    )


def _states(row: Mapping[str, str], side: str) -> tuple[str, ...]:
    return tuple(sorted(row[f"owner_{side}"].split(";")))


def _offer(row: Mapping[str, str], side: str) -> Offer:
    return Offer(
        offer_id=f"{row['id']}:{side}",
        provider=row[f"owner_{side}"],
        title=row[f"title_{side}"],
        description=row[f"description_{side}"],
        eligible=(row[f"for_{side}"],),
    )


def figures(judged: Iterable[Judged]) -> dict[str, float]:
    """Return how many pairs there are, and precision and recall of what was told."""
    pairs = list(judged)
    told = [pair for pair in pairs if pair.likeness > 0]
    right = sum(pair.is_duplicate for pair in told)
    duplicates = sum(pair.is_duplicate for pair in pairs)
    return {
        "pairs": len(pairs),
        "duplicates": duplicates,
        "told": len(told),
        "precision": right / len(told) if told else 1.0,
        "recall": right / duplicates if duplicates else 1.0,
    }


def show_duplicates() -> None:
    """Print precision and recall by half and in all, and the pairs that were judged wrongly."""
    as_of_on = datetime.now(UTC).date()
    judged = judge_pairs(load_reference(as_of_on=as_of_on), as_of_on=as_of_on)
    parts = {
        "half a (thresholds chosen here)": [pair for pair in judged if pair.half == "a"],
        "half b": [pair for pair in judged if pair.half == "b"],
        "across languages": [pair for pair in judged if pair.kind.startswith(("translation", "other language"))],
        "all": judged,
    }
    print("\nLikely duplicates among labelled pairs")
    print(pd.DataFrame({name: figures(pairs) for name, pairs in parts.items()}).T.round(2).to_string())
    wrong = [pair for pair in judged if pair.is_duplicate != (pair.likeness > 0)]
    for pair in wrong:
        print(f"  wrong: {pair.pair_id} ({pair.kind}), likeness told {pair.likeness:.2f}")


if __name__ == "__main__":
    show_duplicates()
    sys.exit(0)
