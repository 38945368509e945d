"""The five files of a run, as the command line writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from matching.command.memory import peak_memory_mib
from matching.output import (
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
    result: RunResult, reference: Reference, *, digests: Mapping[str, str], is_sample: bool
) -> dict[str, bytes]:
    """Return the five files of a run by name."""
    ranking, inputs = matches_csv(result), tuple(digests.items())
    ranking_sha256 = sha256(ranking)
    document = run_document(result, inputs=inputs, ranking_sha256=ranking_sha256, peak_memory_mb=peak_memory_mib())
    report = render_report(result, reference, inputs=inputs, is_sample=is_sample, ranking_sha256=ranking_sha256)
    return {
        RANKING_FILE: ranking,
        "unmet.csv": unmet_csv(result),
        "tandems.csv": tandems_csv(result),
        "run.json": run_json(document),
        "report.html": report.encode(),
    }
