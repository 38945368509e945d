"""``python -m matching learn``: what decisions say about the weights, as files and in lines; nothing is applied."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import PurePath
from typing import Any, Final

import numpy as np

from matching.arrays import DECIMALS
from matching.command.arguments import as_of, parse_learn_arguments
from matching.command.datafolder import content_of
from matching.command.inputs import BadInputError, Inputs, warned_inputs
from matching.command.writing import check_folder, try_folder, write_files
from matching.differences import Change, Difference
from matching.execution import Execution
from matching.intake import read_decisions
from matching.learning.backtest import Measure
from matching.learning.decisions import Decision
from matching.learning.documents import document_of
from matching.learning.proposal import Evidence, Proposal, Verdict, learn_profile
from matching.model import prepare
from matching.output import csv_bytes, sha256
from matching.profile_change import compare_profiles
from matching.tables import one_line
from matching.vocabulary import ENGINE_VERSION, Component

WEIGHT_COLUMNS: Final = ("component", "current", "proposed", "learned", "low", "high")


def tell_learning(arguments: Sequence[str]) -> None:
    """Write what decisions say about the weights of a profile, and print it in short.

    Raises
    ------
    BadInputError
        With all the faults of the files.
    OSError
        When a file cannot be written; it names the file.
    """
    options = parse_learn_arguments(arguments)
    check_folder(options.out)
    as_of_on = as_of(options)
    inputs = warned_inputs(options, as_of_on=as_of_on)
    content = content_of(options.decisions)
    decisions = _decisions(content, inputs, name=options.decisions)
    try_folder(options.out)
    proposal = learn_profile(_scored(decisions, inputs, as_of_on), inputs.profile)
    difference = _difference(proposal, inputs, as_of_on)
    digests = (*inputs.digests, (one_line(PurePath(options.decisions).name), sha256(content)))
    write_files(options.out, _files(proposal, difference, as_of_on, digests=digests))
    if not options.quiet:
        lines = [*_lines(proposal), *_difference_lines(difference), f"Written to {options.out}"]
        sys.stdout.writelines(f"{line}\n" for line in lines)


def _decisions(content: bytes, inputs: Inputs, *, name: str) -> tuple[Decision, ...]:
    """Return the decisions of a file about records that are not private, its warnings told on standard error."""
    intake = read_decisions(
        content,
        name=name,
        need_ids=[need.need_id for need in inputs.pool.needs if not need.is_private],
        offer_ids=[offer.offer_id for offer in inputs.pool.offers if not offer.is_private],
    )
    for warning in intake.warnings:
        sys.stderr.write(f"warning: {warning}\n")
    if intake.faults:
        raise BadInputError("\n".join(map(str, intake.faults)))
    return intake.records


def _scored(decisions: Sequence[Decision], inputs: Inputs, as_of_on: date) -> list[Decision]:
    """Return the decisions with the values of their pairs, computed where the file does not tell them."""
    told = [item for item in decisions if item.values is not None]
    untold = [item for item in decisions if item.values is None]
    if not untold:
        return told
    model = prepare(
        inputs.pool, inputs.reference, inputs.profile, as_of_on=as_of_on, sentence_model=inputs.sentence_model
    )
    row_by_id = {need.need_id: row for row, need in enumerate(model.needs)}
    column_by_id = {offer.offer_id: column for column, offer in enumerate(model.offers)}
    untold.sort(key=lambda item: row_by_id[item.need_id])
    rows = np.array([row_by_id[item.need_id] for item in untold], dtype=np.int64)
    columns = np.array([column_by_id[item.offer_id] for item in untold], dtype=np.int64)
    values = model.scorer.values_at(rows, columns)
    table = np.column_stack([values[component] for component in Component]).tolist()
    return [*told, *(replace(item, values=tuple(found)) for item, found in zip(untold, table, strict=True))]


def _difference(proposal: Proposal, inputs: Inputs, as_of_on: date) -> Difference | None:
    if proposal.verdict is Verdict.KEEP:
        return None
    return compare_profiles(
        inputs.pool,
        inputs.reference,
        (proposal.current, proposal.profile),
        as_of_on=as_of_on,
        execution=Execution(sentence_model=inputs.sentence_model),
    )


def _files(
    proposal: Proposal, difference: Difference | None, as_of_on: date, *, digests: Sequence[tuple[str, str]]
) -> dict[str, bytes]:
    document = {
        "engine_version": ENGINE_VERSION,
        "as_of": as_of_on.isoformat(),
        **document_of(proposal),
        "difference": None if difference is None else difference.as_document(),
        "inputs": [{"name": name, "sha256": digest} for name, digest in digests],
    }
    return {
        "proposed_profile.json": _json(proposal.profile.as_document()),
        "learned.json": _json(document),
        "learned.csv": csv_bytes(WEIGHT_COLUMNS, _rows(proposal)),
    }


def _json(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _rows(proposal: Proposal) -> Iterator[list[str]]:
    weights = () if proposal.evidence is None else proposal.evidence.weights
    found = {part.component: [part.learned, part.low, part.high] for part in weights}
    for component in Component:
        told = [f"{figure:.{DECIMALS}f}" for figure in found.get(component, [])] or ["", "", ""]
        standing = [f"{profile.weights[component]:.{DECIMALS}f}" for profile in (proposal.current, proposal.profile)]
        yield [component.value, *standing, *told]


def _lines(proposal: Proposal) -> Iterator[str]:
    counts, current = proposal.counts, proposal.current
    standing = f"{current.name} {current.version}"
    is_kept = proposal.verdict is Verdict.KEEP
    yield f"Keep {standing}." if is_kept else f"Proposed in place of {standing}: version {proposal.profile.version}."
    yield str(proposal.reason)
    yield (
        f"Decisions: {counts.n_decisions} in {counts.n_lists} lists for {counts.n_needs} needs, {counts.n_taken} taken, "
        f"{counts.n_declined} declined; {counts.n_not_seen} more were not seen."
    )
    if proposal.evidence is not None:
        yield from _evidence_lines(proposal.evidence)


def _evidence_lines(evidence: Evidence) -> Iterator[str]:
    yield "Weights, current and as decisions have them, with the ends of 90 in 100 cases:"
    for part in evidence.weights:
        yield f"  {part.component:<10} {part.current:.4f} -> {part.learned:.4f} ({part.low:.4f} to {part.high:.4f})"
    attention, backtest, calibration = evidence.attention, evidence.backtest, evidence.calibration
    yield (
        f"Place r of a list is looked at with the chance 1 / r^{attention.decay:.2f} ({attention.low:.2f} to "
        f"{attention.high:.2f}); {attention.candor:.0%} say so when an offer does not fit."
    )
    yield f"On held-out needs ({backtest.n_folds} folds, the learned weights foretell more in {backtest.n_folds_better}):"
    yield f"  log loss, lower is better: {_told(backtest.loss)}"
    yield f"  worth of the place of what was taken, higher is better: {_told(backtest.place)}"
    yield f"Said to fit, and taken of those looked at (mean distance {calibration.error:.3f}):"
    for group in calibration.bins:
        yield f"  {group.expected:.3f} {group.observed:.3f} ± {group.error:.3f} (n = {group.n_decisions})"


def _told(measure: Measure) -> str:
    return f"{measure.current:.4f} -> {measure.learned:.4f} (gain {measure.gain:.4f} ± {measure.error:.4f})"


def _difference_lines(difference: Difference | None) -> Iterator[str]:
    if difference is None:
        return
    numbers = difference.number_by_change
    told = ", ".join(f"{numbers[change]} {change}" for change in Change if numbers[change])
    yield f"Of the needs at hand under the proposed profile: {told or 'none'}."
