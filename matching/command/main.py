"""What ``python -m matching`` does: a run, and the questions that one may ask of its files."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path
from typing import Final

from matching.allocation import Sharing, check_rule
from matching.command.arguments import (
    as_of,
    parse_explain_arguments,
    parse_match_arguments,
)
from matching.command.cache import cache_path, load_memory, save_memory
from matching.command.coaching import tell_advice
from matching.command.comparing import tell_difference
from matching.command.duplicating import tell_duplicates
from matching.command.inputs import BadInputError, Inputs, as_written, warned_inputs
from matching.command.learning import tell_learning
from matching.command.memory import circles_left, peak_memory_mib
from matching.command.progress import ProgressBars
from matching.command.sharing import tell_rules
from matching.command.steadiness import tell_sensitivity
from matching.command.summary import told_in_short
from matching.command.writing import check_folder, try_folder, write_files
from matching.engine import run
from matching.errors import MatchingError
from matching.execution import Execution, Spread, Threads
from matching.explanation import PairExplanation, explain_pair
from matching.model import prepare
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
from matching.report import render_report
from matching.results import Reading, RunResult
from matching.text_memory import TextMemory
from matching.vocabulary import AllocationRule, Basis

DONE: Final = 0
FAILED: Final = 1
BAD_INPUT: Final = 2


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit status: 0 done, 2 bad input or option, 1 anything else."""
    try:
        if arguments and arguments[0] in _QUESTIONS:
            _QUESTIONS[arguments[0]](arguments[1:])
            status = DONE
        else:
            options = parse_match_arguments(arguments)
            with circles_left():
                status = _match(options)
        # What is still in the buffer has to fail here, where it can be told.
        sys.stdout.flush()
    except MatchingError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    except BrokenPipeError:
        # Whoever read the output has gone; there is nobody to tell.
        _leave_output()
        return FAILED
    except OSError as error:
        if error.filename is None:
            _leave_output()
        place = error.filename or "standard output"
        sys.stderr.write(f"{place}: nothing can be written there: {error.strerror or error}.\n")
        return FAILED
    return status


def _leave_output() -> None:
    """Let nothing more be written to standard output: what its buffer holds would fail once more at the end."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 – stays open until the process ends


def _match(options: argparse.Namespace) -> int:
    if options.scheduler is not None and options.engine != "dask":
        raise BadInputError("--scheduler is the address of a Dask cluster; give --engine dask with it.")
    check_folder(options.out)
    if options.cache is not None:
        check_folder(options.cache)
    as_of_on = as_of(options)
    inputs = warned_inputs(options, as_of_on=as_of_on)
    check_rule(AllocationRule(options.allocation), inputs.profile.equity_floor)
    try_folder(options.out)
    cache = None if options.cache is None else cache_path(options.cache, inputs.reference)
    memory = None if cache is None else load_memory(cache)
    with ProgressBars(is_quiet=options.quiet) as bars, _spread(options) as spread:
        execution = Execution(
            spread=spread,
            n_workers=options.workers,
            memory=memory,
            progress=bars.tell,
            sentence_model=inputs.sentence_model,
        )
        result = run(
            inputs.pool,
            inputs.reference,
            inputs.profile,
            as_of_on=as_of_on,
            top=options.top,
            sharing=Sharing(AllocationRule(options.allocation), options.coalitions or 1),
            execution=execution,
        )
    # Before the report, which shows what would help most where that is known.
    further = changes_of(result) if options.changes else {}
    write_files(options.out, files_of(result, inputs) | further)
    if cache is not None and memory is not None and memory.has_changed:
        _keep(cache, memory)
    if not options.quiet:
        sys.stdout.write(f"{told_in_short(result)}\nWritten to {options.out}\n")
    return DONE


def _spread(options: argparse.Namespace) -> AbstractContextManager[Spread]:
    """Return where blocks of needs are scored."""
    if options.engine == "local":
        return nullcontext(Threads(n_workers=options.workers))
    from matching.command.cluster import open_cluster  # noqa: PLC0415 – takes two seconds to load

    return open_cluster(n_workers=options.workers, scheduler=options.scheduler)


def _keep(cache: Path, memory: TextMemory) -> None:
    """Save the cache for the next run; this one is done whether that succeeds or not."""
    try:
        save_memory(cache, memory)
    except OSError as error:
        sys.stderr.write(f"warning: {cache.parent}: the cache cannot be kept: {error.strerror or error}.\n")


def files_of(result: RunResult, inputs: Inputs) -> dict[str, bytes]:
    """Return the five files of a run by their names, and the coalitions where they were asked for."""
    ranking = matches_csv(result)
    document = run_document(
        result, inputs=inputs.digests, ranking_sha256=sha256(ranking), peak_memory_mb=peak_memory_mib()
    )
    coalitions = {} if result.coalitions is None else {"coalitions.csv": coalitions_csv(result.coalitions)}
    return {
        "matches.csv": ranking,
        "unmet.csv": unmet_csv(result),
        "tandems.csv": tandems_csv(result),
        "run.json": run_json(document),
        "report.html": render_report(
            result, inputs.reference, inputs=inputs.digests, ranking_sha256=sha256(ranking)
        ).encode("utf-8"),
        **coalitions,
    }


def changes_of(result: RunResult) -> dict[str, bytes]:
    """Return the file of changes that would serve the most needs by its name."""
    changes = None if result.what_if is None else result.what_if.pool_changes(is_asked=True)
    return {} if changes is None else {"changes.csv": changes_csv(changes)}


def _explain(arguments: Sequence[str]) -> None:
    options = parse_explain_arguments(arguments)
    as_of_on: date = as_of(options)
    inputs = warned_inputs(options, as_of_on=as_of_on)
    model = prepare(
        inputs.pool, inputs.reference, inputs.profile, as_of_on=as_of_on, sentence_model=inputs.sentence_model
    )
    explanation = explain_pair(
        model,
        inputs.profile,
        need_id=as_written(options.need, [need.need_id for need in model.needs]),
        offer_id=as_written(options.offer, [offer.offer_id for offer in model.offers]),
    )
    if options.json:
        sys.stdout.write(json.dumps(explanation.as_document(), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(_told(explanation))


def _told(explanation: PairExplanation) -> str:
    need, offer, eligibility = explanation.need, explanation.offer, explanation.eligibility
    lines = [
        f"Need {need.need_id}: {need.title}",
        *_read(explanation.need_reading),
        f"Offer {offer.offer_id}: {offer.title} ({offer.provider})",
        *_read(explanation.offer_reading),
    ]
    if eligibility.is_eligible:
        lines.append("Eligible.")
    for condition, sentence in zip(eligibility.failed, eligibility.sentences, strict=True):
        lines.append(f"Not eligible ({condition}): {sentence}")
    reached = "reached" if explanation.reaches_minimum else "not reached"
    lines.append(f"Minimum score {explanation.minimum_score:.6f}, below which nothing is allocated: {reached}.")
    worth = "" if eligibility.is_eligible else " is what the pair would be worth"
    lines.append(f"Score {explanation.score:.6f}{worth}, as the sum of:")
    for part in explanation.contributions:
        value = "neutral " if part.value is None else f"{part.value:.6f}"
        lines.append(f"  {part.share:.6f}  {part.component:<10} {value}  {part.sentence}")
    return "\n".join(lines) + "\n"


def _read(reading: Reading) -> list[str]:
    """Return the areas, modes, audiences and places that were compared, each with how the record came by them."""
    areas, modes, audiences = (", ".join(codes) for codes in (reading.area_codes, reading.modes, reading.audiences))
    lines = [
        f"  areas: {_listed(areas, reading.areas_basis)}",
        f"  modes: {_listed(modes, reading.modes_basis)}",
    ]
    if audiences:
        lines.append(f"  audiences: {_listed(audiences, reading.audiences_basis)}")
    if reading.places:
        lines.append(f"  places: {_listed(', '.join(reading.places), Basis.INFERRED)}")
    return lines


def _listed(codes: str, basis: Basis) -> str:
    match basis:
        case Basis.STATED:
            return f"{codes} (stated)"
        case Basis.READ:
            return f"{codes or 'none'} (read from the text by a person)"
        case Basis.INFERRED:
            return f"{codes or 'none'} (inferred from the text)"


_QUESTIONS: Final[Mapping[str, Callable[[Sequence[str]], None]]] = {
    "coach": tell_advice,
    "compare": tell_difference,
    "duplicates": tell_duplicates,
    "explain": _explain,
    "learn": tell_learning,
    "rules": tell_rules,
    "sensitivity": tell_sensitivity,
}
"""What else than a run may be asked, by the word that asks it."""
