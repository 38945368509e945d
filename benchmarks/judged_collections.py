"""What the rankings are measured on: needs, offers, graded judgements, and pairs that really came about."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
SAMPLE: Final = ROOT / "data" / "sample"
OWN_JUDGEMENTS: Final = ROOT / "benchmarks" / "judged.tsv"
NEIGHBOUR: Final = ROOT.parent / "shared" / "data" / "real"
NEIGHBOUR_FILES: Final = ("needs.csv", "offers.csv", "judged.tsv", "links.tsv")

READ_BY_A_PERSON: Final = ("areas", "areas_basis", "modes", "modes_basis", "languages", "audience")
"""Columns of the sample that a person filled by reading; emptied, so that the engine has to read the text itself."""

Judgements = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Needs and offers as CSV, the grade of each judged pair by need and offer, and pairs that came about."""

    name: str
    needs_csv: bytes
    offers_csv: bytes
    judgements: Judgements
    links: tuple[tuple[str, str], ...] = ()


def own_collection() -> Collection:
    """Return the sample without what a person read into it, and this project's own judgements of it."""
    return Collection(
        name="own judgements",
        needs_csv=_emptied(SAMPLE / "needs.csv", READ_BY_A_PERSON),
        offers_csv=_emptied(SAMPLE / "offers.csv", READ_BY_A_PERSON),
        judgements=_judgements(OWN_JUDGEMENTS),
    )


def classified_collection() -> Collection:
    """Return the sample with areas and modes as a person read them, and the same judgements."""
    return Collection(
        name="own judgements, classified by reading",
        needs_csv=(SAMPLE / "needs.csv").read_bytes(),
        offers_csv=(SAMPLE / "offers.csv").read_bytes(),
        judgements=_judgements(OWN_JUDGEMENTS),
    )


def collection_of(folder: Path) -> Collection:
    """Return the collection of a folder.

    Raises
    ------
    FileNotFoundError
        With the names of all the files that are missing.
    """
    missing = [name for name in NEIGHBOUR_FILES if not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(f"{', '.join(missing)} not found in {folder.name}")
    return Collection(
        name=f"judgements in {folder.name}",
        needs_csv=(folder / "needs.csv").read_bytes(),
        offers_csv=(folder / "offers.csv").read_bytes(),
        judgements=_judgements(folder / "judged.tsv"),
        links=tuple((row["need_id"], row["offer_id"]) for row in _rows(folder / "links.tsv")),
    )


def _judgements(path: Path) -> Judgements:
    grades: dict[str, dict[str, float]] = {}
    for row in _rows(path):
        grades.setdefault(row["need_id"], {})[row["offer_id"]] = float(row["grade"])
    return grades


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _emptied(path: Path, columns: Iterable[str]) -> bytes:
    """Return a CSV file with some of its columns empty."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, list(rows[0]))
    writer.writeheader()
    writer.writerows({**row, **{name: "" for name in columns if name in row}} for row in rows)
    return written.getvalue().encode("utf-8")
