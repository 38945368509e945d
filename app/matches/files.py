"""The files of a run, as the command line writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from matching.answers import PoolChanges
from matching.command.memory import peak_memory_mib
from matching.output import (
    changes_csv,
    coalitions_csv,
    matches_csv,
    run_document,
    run_json,
    sha256,
    tandems_csv,
    unmet_csv,
)
from matching.reference import Reference
from matching.report import render_report
from matching.results import RunResult

RANKING_FILE: Final = "matches.csv"


def run_files(
    result: RunResult,
    reference: Reference,
    *,
    digests: Mapping[str, str],
    is_sample: bool,
    changes: PoolChanges | None = None,
) -> dict[str, bytes]:
    """Return the files of a run by name: the five, and the coalitions and changes where they were asked for."""
    ranking, inputs = matches_csv(result), tuple(digests.items())
    ranking_sha256 = sha256(ranking)
    document = run_document(result, inputs=inputs, ranking_sha256=ranking_sha256, peak_memory_mb=peak_memory_mib())
    report = render_report(result, reference, inputs=inputs, is_sample=is_sample, ranking_sha256=ranking_sha256)
    coalitions = {} if result.coalitions is None else {"coalitions.csv": coalitions_csv(result.coalitions)}
    further = {} if changes is None else {"changes.csv": changes_csv(changes)}
    return {
        RANKING_FILE: ranking,
        "unmet.csv": unmet_csv(result),
        "tandems.csv": tandems_csv(result),
        "run.json": run_json(document),
        "report.html": report.encode(),
        **coalitions,
        **further,
    }
