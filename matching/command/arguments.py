"""The options of the command line, checked before anything is read."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from matching.intake.cells import CellError, day, whole_number

DEFAULT_TOP: Final = 10
DEFAULT_WORKERS: Final = 2
MAX_COALITION: Final = 5
TOLD_GROUPS: Final = ("LDC", "LLDC", "SIDS")
_MAX_COUNT: Final = 1_000_000  # offers to list, or threads; more is a typing error


def parse_match_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of a run; exits with status 2 and a sentence where one is off."""
    parser = argparse.ArgumentParser(
        prog="python -m matching",
        description="Match needs with offers and write matches.csv, unmet.csv, tandems.csv, run.json and report.html.",
        epilog=(
            "Other questions: python -m matching explain --help (why one pair matches or not), compare --help (what "
            "differs between two runs), rules --help (what other rules of sharing out would make), sensitivity --help (how much the order hangs on the weights), coach --help (what "
            "would make a need more specific), duplicates --help (which records probably say the same), learn --help (what "
            "decisions say about the weights)"
        ),
    )
    _add_inputs(parser)
    parser.add_argument("--out", type=_folder, required=True, metavar="DIR", help="where the five files go")
    parser.add_argument("--tandem", type=_path, metavar="FILE", help="States that volunteer for tandems")
    parser.add_argument(
        "--top", type=_at_least_one, default=DEFAULT_TOP, help="offers to list for each need; %(default)s by default"
    )
    parser.add_argument(
        "--allocation",
        choices=("optimal", "greedy", "stable"),
        default="optimal",
        help="how places are shared out: at the best total, by default, or by a rule to compare it with",
    )
    parser.add_argument(
        "--coalitions",
        type=_coalition_size,
        metavar="N",
        help=f"write coalitions.csv as well: up to N offers that serve a need in parts, 2 to {MAX_COALITION}",
    )
    parser.add_argument(
        "--changes",
        action="store_true",
        help="also write changes.csv: what would serve the most needs without a place; large pools take minutes",
    )
    _add_execution(parser)
    return parser.parse_args(arguments)


def _add_execution(parser: argparse.ArgumentParser) -> None:
    """Add how a run is carried out, which changes nothing about its result."""
    parser.add_argument(
        "--engine",
        choices=("local", "dask"),
        default="local",
        help="local, by default, or dask: the same result from the processes of a cluster",
    )
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="with --engine dask: the address of a cluster that is running, as tcp://host:8786",
    )
    parser.add_argument(
        "--workers", type=_at_least_one, default=DEFAULT_WORKERS, help="how many work at once; %(default)s by default"
    )
    parser.add_argument(
        "--cache",
        type=_folder,
        metavar="DIR",
        help="keep the stems of texts between runs; from them one can tell what a text says",
    )
    parser.add_argument("--quiet", action="store_true", help="no progress and no summary; warnings and errors stay")


def parse_explain_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of an explanation; exits with status 2 and a sentence where one is off."""
    parser = argparse.ArgumentParser(
        prog="python -m matching explain", description="Tell why a need and an offer match, or do not."
    )
    _add_inputs(parser)
    parser.add_argument("--need", required=True, metavar="ID")
    parser.add_argument("--offer", required=True, metavar="ID")
    parser.add_argument("--json", action="store_true", help="print a JSON object instead of lines")
    return parser.parse_args(arguments)


def parse_compare_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of a comparison; exits with status 2 and a sentence where one is off."""
    parser = argparse.ArgumentParser(
        prog="python -m matching compare", description="Tell who gains and who loses from one run to another, and why."
    )
    parser.add_argument("before", type=_folder, metavar="DIR_A", help="the folder that the first run wrote to")
    parser.add_argument("after", type=_folder, metavar="DIR_B", help="the folder that the second run wrote to")
    parser.add_argument("--json", action="store_true", help="print a JSON object instead of lines")
    return parser.parse_args(arguments)


def parse_coach_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of the coach; exits with status 2 and a sentence where one is off."""
    parser = argparse.ArgumentParser(
        prog="python -m matching coach",
        description="Tell what would make a need more specific, and how many more offers would qualify after an edit.",
    )
    _add_inputs(parser)
    parser.add_argument("--need", required=True, metavar="ID")
    parser.add_argument("--json", action="store_true", help="print a JSON object instead of lines")
    return parser.parse_args(arguments)


def parse_duplicates_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of the search for duplicates; exits with status 2 and a sentence where one is off."""
    parser = argparse.ArgumentParser(
        prog="python -m matching duplicates",
        description="Tell needs of one State, and offers, that probably say the same, in one language or in two.",
    )
    _add_inputs(parser)
    parser.add_argument("--json", action="store_true", help="print a JSON object instead of lines")
    parser.add_argument("--out", type=_folder, metavar="FILE", help="write the pairs as CSV")
    return parser.parse_args(arguments)


def parse_sensitivity_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of a question about the weights; exits with status 2 and a sentence where one is off."""
    parser = argparse.ArgumentParser(
        prog="python -m matching sensitivity",
        description="Tell how far each weight can move before another offer comes first, and where that is a toss-up.",
    )
    _add_inputs(parser)
    parser.add_argument("--need", metavar="ID", help="this need only; all by default")
    parser.add_argument("--json", action="store_true", help="print a JSON list instead of lines")
    return parser.parse_args(arguments)


def parse_rules_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of a comparison of rules; exits with status 2 and a sentence where one is off."""
    parser = argparse.ArgumentParser(
        prog="python -m matching rules",
        description="Share the places out by every rule, and tell what each adds up to and whom it serves.",
    )
    _add_inputs(parser)
    parser.add_argument(
        "--groups",
        metavar="LIST",
        help=(
            f"groups to tell apart beside those of the profile's floors, as LDC;SIDS; {';'.join(TOLD_GROUPS)} by default, "
            "with --outcomes never_served as well"
        ),
    )
    parser.add_argument("--json", action="store_true", help="print a JSON list instead of lines")
    return parser.parse_args(arguments)


def parse_learn_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options of learning from decisions; exits with status 2 and a sentence where one is off."""
    parser = argparse.ArgumentParser(
        prog="python -m matching learn",
        description="Tell what decisions say about the weights, and propose a scoring profile; nothing is applied.",
    )
    _add_inputs(parser)
    parser.add_argument(
        "--decisions",
        type=_path,
        required=True,
        metavar="FILE",
        help="what lists showed and what came of it, as CSV or XLSX: matches.csv with one more column, decision",
    )
    parser.add_argument("--out", type=_folder, required=True, metavar="DIR", help="where the three files go")
    parser.add_argument("--quiet", action="store_true", help="no summary; warnings and errors stay")
    return parser.parse_args(arguments)


def _add_inputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("needs", type=_path, metavar="NEEDS", help="needs as CSV or XLSX")
    parser.add_argument("offers", type=_path, metavar="OFFERS", help="offers as CSV or XLSX")
    parser.add_argument("--states", type=_path, metavar="FILE", help="other States than those of the project")
    parser.add_argument("--profile", type=_path, metavar="FILE", help="a scoring profile as JSON")
    parser.add_argument(
        "--outcomes", type=_path, metavar="FILE", help="what came of earlier engagements, for the providers' records"
    )
    parser.add_argument(
        "--as-of", type=_day, default=None, metavar="DAY", help="the day of the run, as 2026-01-31; today in UTC"
    )


def as_of(options: argparse.Namespace) -> date:
    """Return the day of the run."""
    return options.as_of or datetime.now(UTC).date()


def _path(text: str) -> str:
    """Return a path as it was given: the faults of the file name it so."""
    if not text:
        raise argparse.ArgumentTypeError("the path is empty; name a file or a folder")
    return text


def _folder(text: str) -> Path:
    return Path(_path(text))


def _day(text: str) -> date:
    try:
        return day(text)
    except CellError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _coalition_size(text: str) -> int:
    try:
        return whole_number(text, lowest=2, highest=MAX_COALITION)
    except CellError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _at_least_one(text: str) -> int:
    try:
        return whole_number(text, lowest=1, highest=_MAX_COUNT)
    except CellError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
