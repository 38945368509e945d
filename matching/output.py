"""A run as files: the rows of matches, unmet needs and tandems as CSV bytes, and the run itself as JSON."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from matching.answers import PoolChange, PoolChanges
from matching.arrays import DECIMALS, Floats
from matching.duplicates import Duplicate
from matching.matches import MatchBlock, Matches
from matching.results import Coalition, Fairness, Match, Partner, RunResult, Tandem, Totals, UnmetNeed
from matching.scoring import Explained
from matching.sentences import Sentence
from matching.vocabulary import AllocationRule, Component

MATCH_COLUMNS: Final = ("need_id", "offer_id", "rank", "score", "allocated", *Component, "reasons")
_TO_QUOTE: Final = re.compile('[,"\\r\\n]')
UNMET_COLUMNS: Final = ("need_id", "reason", "detail", "nearest_offer_id", "would_match_if")
COALITION_COLUMNS: Final = ("need_id", "offer_id", "allocated", "parts", "adds", "value", "alone")
DUPLICATE_COLUMNS: Final = ("kind", "one_id", "other_id", "likeness", "suggestion", "reasons", "advice")
CHANGE_COLUMNS: Final = (
    *("list", "rank", "edit", "change", "needs_gained"),
    *("need_ids", "lost_need_ids", "offer_ids", "places"),
)
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
    matches = result.matches
    if not isinstance(matches, Matches):
        return csv_bytes(MATCH_COLUMNS, map(_match_row, matches))
    lines = [",".join(MATCH_COLUMNS)]
    for block in matches.blocks():
        lines.extend(_lines(matches, block))
    return ("\r\n".join(lines) + "\r\n").encode("utf-8")


def unmet_csv(result: RunResult) -> bytes:
    """Return ``unmet.csv``: every need without an allocation, by need id."""
    return csv_bytes(UNMET_COLUMNS, map(_unmet_row, result.unmet))


def tandems_csv(result: RunResult) -> bytes:
    """Return ``tandems.csv``: led and peer tandems, by area, kind and lead."""
    return csv_bytes(TANDEM_COLUMNS, map(_tandem_row, result.tandems))


def coalitions_csv(coalitions: Iterable[Coalition]) -> bytes:
    """Return ``coalitions.csv``: a row for each offer of each coalition, by need id, the allocated offer first."""
    return csv_bytes(
        COALITION_COLUMNS,
        (_partner_row(coalition, partner) for coalition in coalitions for partner in coalition.partners),
    )


def duplicates_csv(duplicates: Iterable[Duplicate]) -> bytes:
    """Return likely duplicates as CSV, in the order given."""
    return csv_bytes(DUPLICATE_COLUMNS, map(_duplicate_row, duplicates))


def changes_csv(changes: PoolChanges) -> bytes:
    """Return ``changes.csv``: the changes that would serve the most needs, each alone, then the best few together."""
    rows = [
        _change_row(change, name=name, rank=rank)
        for name, some in (("single", changes.single), ("together", changes.together))
        for rank, change in enumerate(some, start=1)
    ]
    return csv_bytes(CHANGE_COLUMNS, rows)


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
    is_best_total = result.rule in (AllocationRule.OPTIMAL, AllocationRule.WITH_FLOOR)
    rule = {} if is_best_total else {"allocation": result.rule.value}
    coalitions = {} if result.coalitions is None else {"coalitions": len(result.coalitions)}
    fairness = {} if result.fairness is None else {"fairness": fairness_document(result.fairness)}
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
        **rule,
        **fairness,
        **coalitions,
        "inputs": [{"name": name, "sha256": digest} for name, digest in inputs],
        "ranking_sha256": ranking_sha256,
        "seconds": dict(result.seconds),
        "peak_memory_mb": round(peak_memory_mb, 1),
    }


def fairness_document(fairness: Fairness) -> dict[str, Any]:
    """Return what equity floors bring and cost, as ``run.json`` has it."""
    return {
        "groups": [
            {
                "group": share.group,
                "floor": share.floor,
                "open": share.n_open,
                "needed": share.n_needed,
                "served": share.n_served,
                "served_without": share.n_served_without,
                "reached": share.is_reached,
            }
            for share in fairness.groups
        ],
        "with_floor": _totals_document(fairness.with_floor),
        "without_floor": _totals_document(fairness.without_floor),
        "price": {"worth": fairness.worth_price, "score": fairness.score_price},
        "proven": fairness.is_proven,
    }


def _totals_document(totals: Totals) -> dict[str, Any]:
    return {"served": totals.n_served, "worth": totals.worth, "score": totals.score}


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


def _lines(matches: Matches, block: MatchBlock) -> Iterator[str]:
    """Return the lines of some matches, as ``csv_bytes`` would write them."""
    pairs, explained = block.pairs, block.explained
    cells = [
        map(_cell, matches.need_ids(pairs)),
        map(_cell, matches.offer_ids(pairs)),
        map(str, pairs.ranks.tolist()),
        _numbers(explained.scores),
        ("1" if is_allocated else "0" for is_allocated in pairs.is_allocated.tolist()),
        *(_numbers(explained.values[component]) for component in Component),
        map(_cell, _reasons(explained)),
    ]
    return map(",".join, zip(*cells, strict=True))


def _numbers(values: Floats) -> Iterator[str]:
    """Return values as cells; few different ones stand in most columns."""
    found, at = np.unique(values, return_inverse=True)
    told = [_number(None if np.isnan(value) else value) for value in found.tolist()]
    return (told[place] for place in at.tolist())


def _reasons(explained: Explained) -> Iterator[str]:
    """Return for each pair the sentences of what both sides speak of, the largest share first."""
    shares = np.column_stack([explained.shares[component] for component in Component])
    is_said = ~np.isnan(np.column_stack([explained.values[component] for component in Component]))
    orders = np.argsort(-shares, axis=1, kind="stable")
    told = [explained.sentences[component].words() for component in Component]
    for at, (order, said) in enumerate(zip(orders.tolist(), is_said.tolist(), strict=True)):
        yield " ".join([told[part][at] for part in order if said[part]])


def _cell(text: str) -> str:
    """Return a cell as RFC 4180 has it: quoted where it holds a separator, a quote or a line's end."""
    is_plain = not _TO_QUOTE.search(text)
    return text if is_plain else '"' + text.replace('"', '""') + '"'


def _unmet_row(unmet: UnmetNeed) -> list[str]:
    change = "" if unmet.would_match_if is None else str(unmet.would_match_if)
    return [unmet.need_id, unmet.reason, str(unmet.detail), unmet.nearest_offer_id or "", change]


def _tandem_row(tandem: Tandem) -> list[str]:
    partners = ";".join(tandem.partners)
    return [tandem.area_code, tandem.lead, partners, tandem.kind, _number(tandem.score), _joined(tandem.reasons)]


def _partner_row(coalition: Coalition, partner: Partner) -> list[str]:
    return [
        coalition.need_id,
        partner.offer_id,
        "1" if partner.is_allocated else "0",
        ";".join(f"{area or ''}/{mode or ''}" for area, mode in partner.parts),
        _number(partner.adds),
        _number(coalition.value),
        _number(coalition.alone),
    ]


def _duplicate_row(pair: Duplicate) -> list[str]:
    return [
        pair.kind,
        pair.one_id,
        pair.other_id,
        _number(pair.likeness),
        pair.suggestion,
        _joined(pair.reasons),
        str(pair.advice),
    ]


def _change_row(change: PoolChange, *, name: str, rank: int) -> list[str]:
    ids = [";".join(some) for some in (change.need_ids, change.lost_need_ids, change.offer_ids)]
    places = str(change.n_places) if change.n_places else ""
    return [name, str(rank), change.edit, str(change.sentence), str(change.n_gained), *ids, places]


def _joined(sentences: Iterable[Sentence]) -> str:
    return " ".join(map(str, sentences))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.{DECIMALS}f}"
