"""Measures what is read out of texts: ``python -m benchmarks.reading`` prints places, modes and audiences by language.

Precision is the share of what was read that is right, recall the share of what is right that was read. Half b of the
labelled texts had no say in names and terms. A second table tells whether confidences keep what they promise.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pandas as pd

from benchmarks.judged_collections import SAMPLE
from matching.command.datafiles import load_reference
from matching.places import PlaceReader
from matching.readings import Reader
from matching.records import Need, Offer
from matching.reference import LANGUAGES, Reference
from matching.text import Vectorizer

FOLDER: Final = Path(__file__).parent
BINS: Final = (0.0, 0.5, 0.7, 0.9, 1.01)
A_STATE: Final = "KEN"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def listed(cell: str) -> set[str]:
    return {part for part in cell.split(";") if part}


def record_of(row: dict[str, str]) -> Need | Offer:
    """Return a labelled text as the record that it is part of; it states nothing else."""
    if row.get("provider"):
        return Offer(offer_id=row["id"], provider=row["provider"], title=row["title"], description=row["description"])
    states = (row.get("state") or A_STATE,)
    return Need(need_id=row["id"], states=states, title=row["title"], description=row["description"])


def read_labels(reference: Reference) -> pd.DataFrame:
    """Return every label read or missed: what, half, language, whether it was read, whether it is right, confidence."""
    places = PlaceReader(reference.geography, reference.gazetteer)
    reader = Reader(reference.taxonomy, Vectorizer(reference.background), places)
    named, asked = rows_of(FOLDER / "labelled_places.csv"), rows_of(FOLDER / "labelled_modes.csv")
    found: list[tuple[object, ...]] = []
    for row, reading in zip(named, reader.read([record_of(row) for row in named])[0], strict=True):
        found += _compared("places", row, reading.places, reading.place_confidences)
    for row, reading in zip(asked, reader.read([record_of(row) for row in asked])[0], strict=True):
        found += _compared("modes", row, reading.modes, reading.mode_confidences)
        found += _compared("audiences", row, reading.audiences, reading.audience_confidences)
    return pd.DataFrame(found, columns=["what", "half", "language", "is_read", "is_right", "confidence"])


def _compared(
    what: str, row: dict[str, str], read: Sequence[str], confidences: Sequence[float]
) -> Iterable[tuple[object, ...]]:
    labels = listed(row[what])
    for code, confidence in zip(read, confidences, strict=True):
        yield what, row["half"], row["language"], True, code in labels, confidence
    for _ in labels - set(read):
        yield what, row["half"], row["language"], False, True, 0.0


def precision_and_recall(labels: pd.DataFrame) -> pd.DataFrame:
    """Return precision and recall by what was read and language."""
    groups = labels.assign(is_hit=labels.is_read & labels.is_right).groupby(["language", "what"])
    sums = groups[["is_hit", "is_read", "is_right"]].sum()
    rates = pd.DataFrame({"precision": sums.is_hit / sums.is_read, "recall": sums.is_hit / sums.is_right})
    return rates.reset_index().pivot_table(index="language", columns="what").swaplevel(axis=1).reindex(LANGUAGES)


def read_sample(reference: Reference) -> pd.DataFrame:
    """Return what is read out of the sample as a person classified it: what, confidence, and whether it is right.

    An area is right as well where it lies above or below one that the person chose.
    """
    reader = Reader(reference.taxonomy, Vectorizer(reference.background))
    rows = [*rows_of(SAMPLE / "needs.csv"), *rows_of(SAMPLE / "offers.csv")]
    found: list[tuple[str, float, bool]] = []
    for row, reading in zip(rows, reader.read([record_of(row) for row in rows])[0], strict=True):
        areas, modes = listed(row["areas"]), listed(row["modes"])
        if areas:
            pairs = zip(reading.area_codes, reading.area_confidences, strict=True)
            found += [("areas", sure, _is_near(code, areas)) for code, sure in pairs]
        if modes:
            pairs = zip(reading.modes, reading.mode_confidences, strict=True)
            found += [("modes", sure, code in modes) for code, sure in pairs]
    return pd.DataFrame(found, columns=["what", "confidence", "is_right"])


def _is_near(code: str, areas: set[str]) -> bool:
    return any(code in (area, area.partition(".")[0]) or code.partition(".")[0] == area for area in areas)


def reliability(read: pd.DataFrame) -> pd.DataFrame:
    """Return by what was read and how sure it was said to be how sure it was on average, and how often it was right."""
    bins = pd.cut(read.confidence, BINS, right=False)
    groups = read.groupby(["what", bins], observed=True)
    return pd.DataFrame({"readings": groups.size(), "said": groups.confidence.mean(), "right": groups.is_right.mean()})


def main() -> None:
    """Print the tables."""
    reference = load_reference(as_of_on=datetime.now(UTC).date())
    labels = read_labels(reference)
    for half, title in (("a", "Half a, in view when names and terms were written"), ("b", "Half b, which was not")):
        print(f"\n{title}\n{precision_and_recall(labels[labels.half == half]).round(2).to_string()}")
    read = labels[labels.is_read]
    print(f"\nConfidence on the labelled texts\n{reliability(read).round(2).to_string()}")
    print(f"\nConfidence on the sample as a person read it\n{reliability(read_sample(reference)).round(2).to_string()}")


if __name__ == "__main__":
    main()
