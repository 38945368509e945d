"""A run as files: the rows of matches, unmet needs and tandems as CSV bytes, and the run itself as JSON."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from matching.arrays import DECIMALS
from matching.results import Match, RunResult, Tandem, UnmetNeed
from matching.sentences import Sentence
from matching.vocabulary import Component

MATCH_COLUMNS: Final = ("need_id", "offer_id", "rank", "score", "allocated", *Component, "reasons")
UNMET_COLUMNS: Final = ("need_id", "reason", "detail", "nearest_offer_id", "would_match_if")
TANDEM_COLUMNS: Final = ("area", "lead", "partners", "kind", "score", "reasons")


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as the project writes CSV: UTF-8 without BOM, CRLF, quoted where needed."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def matches_csv(result: RunResult) -> bytes:
    """Return ``matches.csv``: the ranked offers of every need, by need id, then rank."""
    return csv_bytes(MATCH_COLUMNS, map(_match_row, result.matches))


def unmet_csv(result: RunResult) -> bytes:
    """Return ``unmet.csv``: every need without an allocation, by need id."""
    return csv_bytes(UNMET_COLUMNS, map(_unmet_row, result.unmet))


def tandems_csv(result: RunResult) -> bytes:
    """Return ``tandems.csv``: led and peer tandems, by area, kind and lead."""
    return csv_bytes(TANDEM_COLUMNS, map(_tandem_row, result.tandems))


def run_document(
    result: RunResult, *, inputs: Sequence[tuple[str, str]], ranking_sha256: str, peak_memory_mb: float
) -> dict[str, Any]:
    """Return ``run.json`` as a document.

    Parameters
    ----------
    inputs
        The name and the SHA-256 of each input file, in the order in which they were given.
    ranking_sha256
        Of the bytes of ``matches.csv``.
    peak_memory_mb
        The most memory that the process held, in mebibytes.
    """
    counts = result.counts
    return {
        "engine_version": result.engine_version,
        "profile": result.profile.as_document(),
        "as_of": result.as_of_on.isoformat(),
        "counts": {
            "needs": counts.n_needs,
            "offers": counts.n_offers,
            "private": counts.n_private,
            "eligible_pairs": counts.n_eligible_pairs,
            "allocated": counts.n_allocated,
            "unmet": counts.n_unmet,
        },
        "inputs": [{"name": name, "sha256": digest} for name, digest in inputs],
        "ranking_sha256": ranking_sha256,
        "seconds": dict(result.seconds),
        "peak_memory_mb": round(peak_memory_mb, 1),
    }


def run_json(document: Mapping[str, Any]) -> bytes:
    """Return a run document as the bytes of ``run.json``."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _match_row(match: Match) -> list[str]:
    values = {part.component: part.value for part in match.contributions}
    return [
        match.need_id,
        match.offer_id,
        str(match.rank),
        _number(match.score),
        "1" if match.is_allocated else "0",
        *(_number(values[component]) for component in Component),
        _joined(match.reasons),
    ]


def _unmet_row(unmet: UnmetNeed) -> list[str]:
    change = "" if unmet.would_match_if is None else str(unmet.would_match_if)
    return [unmet.need_id, unmet.reason, str(unmet.detail), unmet.nearest_offer_id or "", change]


def _tandem_row(tandem: Tandem) -> list[str]:
    partners = ";".join(tandem.partners)
    return [tandem.area_code, tandem.lead, partners, tandem.kind, _number(tandem.score), _joined(tandem.reasons)]


def _joined(sentences: Iterable[Sentence]) -> str:
    return " ".join(map(str, sentences))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.{DECIMALS}f}"
