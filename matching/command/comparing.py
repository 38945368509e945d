"""``python -m matching compare``: who gains and who loses from one run to another, in lines or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence

from matching.command.arguments import parse_compare_arguments
from matching.command.runfiles import read_run
from matching.differences import Change, Difference, NeedDifference, PairView, compare_runs


def tell_difference(arguments: Sequence[str]) -> None:
    """Print what differs between the runs in two folders.

    Raises
    ------
    UnreadableTableError
        When a folder does not hold what a run has written.
    """
    options = parse_compare_arguments(arguments)
    difference = compare_runs(read_run(options.before), read_run(options.after))
    if options.json:
        sys.stdout.write(json.dumps(difference.as_document(), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(difference))


def _lines(difference: Difference) -> Iterator[str]:
    for key, (first, second) in difference.settings.items():
        yield f"{key}: {first or 'not set'} -> {second or 'not set'}"
    yield ", ".join(f"{number} {change}" for change, number in difference.number_by_change.items() if number)
    for need in difference.needs:
        if need.change is not Change.SAME:
            yield from _need_lines(need)


def _need_lines(need: NeedDifference) -> Iterator[str]:
    yield f"{need.need_id} {need.change}: {_pair(need.before)} -> {_pair(need.after)}"
    for reason in need.reasons:
        yield f"  {reason}"


def _pair(pair: PairView | None) -> str:
    return "no offer" if pair is None else f"{pair.offer_id} (rank {pair.rank}, score {pair.score:.6f})"
