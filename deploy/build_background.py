"""Builds data/background/background-1.csv: in how many texts of a frozen corpus each token stands.

The corpus is what the project may use and ships: the area taxonomy in six languages (a text for each area and
language, of title, scope and search terms) and the public statements of the sample; counts of stems are kept and no text. It is built once for a release and
then frozen: rebuilding it after the data changed makes another corpus, which needs another name.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from matching.reference import LANGUAGES
from matching.words import Tokenizer

DATA = Path(__file__).resolve().parent.parent / "data"


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _texts() -> Iterator[str]:
    terms = _rows("taxonomy/terms.csv")
    for area in _rows("taxonomy/areas.csv"):
        for language in LANGUAGES:
            own = [row["term"] for row in terms if row["area"] == area["code"] and row["language"] == language]
            scope = area["scope_en"] if language == "en" else ""
            yield "\n".join([area[f"title_{language}"], scope, *own])
    for name in ("sample/needs.csv", "sample/offers.csv"):
        for row in _rows(name):
            yield f"{row['title']}\n{row['description']}"


def main() -> None:
    """Write the table, to the file that is named or to its place: the row with the empty token counts the texts."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA / "background" / "background-1.csv"
    tokenizer = Tokenizer(row["word"] for row in _rows("background/stop-words.csv"))
    texts = list(_texts())
    counts = Counter(token for text in texts for token in set(tokenizer.tokens(text)))
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["token", "n_texts"])
        writer.writerow(["", len(texts)])
        writer.writerows(sorted(counts.items()))


if __name__ == "__main__":
    main()
