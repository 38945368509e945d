"""Reading the files of one run, and telling all that is wrong with them at once."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol, TypeVar

from matching.command.datafiles import load_profile, load_reference
from matching.command.datafolder import content_of
from matching.errors import MatchingError
from matching.intake import Intake, read_needs, read_offers, read_tandem_candidates
from matching.output import sha256
from matching.profiles import ScoringProfile
from matching.records import Pool
from matching.reference import Geography, Reference, Taxonomy
from matching.tables import Fault, one_line

Record = TypeVar("Record")


class _Reader(Protocol[Record]):
    def __call__(self, content: bytes, *, name: str, geography: Geography, taxonomy: Taxonomy) -> Intake[Record]: ...


class BadInputError(MatchingError):
    """Input files with errors; each line of the message is one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything that a run reads, with the name and the SHA-256 of each file."""

    pool: Pool
    reference: Reference
    profile: ScoringProfile
    digests: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


def read_inputs(options: argparse.Namespace, *, as_of_on: date) -> Inputs:
    """Return the records, reference data and profile that the options name.

    Raises
    ------
    BadInputError
        With all the faults of all the files.
    """
    reference = load_reference(as_of_on=as_of_on, states_file=options.states)
    profile = load_profile(options.profile)
    collected = _Collected(reference)
    needs = collected.read(options.needs, read_needs)
    offers = collected.read(options.offers, read_offers)
    tandem_file = getattr(options, "tandem", None)
    candidates = collected.read(tandem_file, read_tandem_candidates) if tandem_file is not None else ()
    if collected.faults:
        raise BadInputError("\n".join(map(str, collected.faults)))
    for path in (options.states, options.profile):
        if path is not None:
            collected.digests.append((one_line(path.name), sha256(content_of(path))))
    return Inputs(
        pool=Pool(needs=needs, offers=offers, tandem_candidates=candidates),
        reference=reference,
        profile=profile,
        digests=tuple(collected.digests),
        warnings=tuple(collected.warnings),
    )


class _Collected:
    """Faults, warnings and digests of the files read so far."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self.faults: list[Fault] = []
        self.warnings: list[str] = []
        self.digests: list[tuple[str, str]] = []

    def read(self, path: Path, reader: _Reader[Record]) -> tuple[Record, ...]:
        content = content_of(path)
        self.digests.append((one_line(path.name), sha256(content)))
        intake = reader(content, name=path.name, geography=self._reference.geography, taxonomy=self._reference.taxonomy)
        self.faults.extend(intake.faults)
        self.warnings.extend(intake.warnings)
        return intake.records
