"""Reading the files of one run, each once, and telling all that is wrong with them at once."""

from __future__ import annotations

import argparse
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import PurePath
from typing import Final, TypeVar

from matching.command.datafiles import load_reference
from matching.command.datafolder import content_of
from matching.command.profilefiles import load_profile, parse_json_profile, profile_fault
from matching.command.sentence_models import open_sentence_model
from matching.errors import MatchingError, UnreadableProfileError
from matching.intake import (
    Intake,
    StateEntry,
    read_needs,
    read_offers,
    read_outcomes,
    read_states,
    read_tandem_candidates,
)
from matching.model import check_profile
from matching.output import sha256
from matching.profiles import ScoringProfile
from matching.records import Pool
from matching.reference import Reference
from matching.sentence_model import SentenceModel
from matching.tables import Fault, FaultCode, UnreadableTableError, one_line
from matching.tables.values import unreadable

_FILES: Final = (
    "needs",
    "offers",
    "tandem",
    "outcomes",
    "states",
    "profile",
)  # the options that name one, in the order of telling
_POOL_FILES: Final = frozenset({"needs", "offers", "tandem", "outcomes"})

Value = TypeVar("Value")


class BadInputError(MatchingError):
    """Input files with errors; each line of the message is one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything that a run reads, with the name and the SHA-256 of each file."""

    pool: Pool
    reference: Reference
    profile: ScoringProfile
    sentence_model: SentenceModel | None
    digests: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


def read_inputs(options: argparse.Namespace, *, as_of_on: date) -> Inputs:
    """Return the records, reference data and profile that the options name.

    Raises
    ------
    BadInputError
        With all the faults of all the files.
    """
    paths = {option: getattr(options, option, None) for option in _FILES}
    files = {option: _InputFile(path) for option, path in paths.items() if path is not None}
    reference = load_reference(as_of_on=as_of_on, states=_states(files.get("states")))
    profile, sentence_model = _profile(files.get("profile"), reference)
    pool = _pool(files, reference)
    faults = [fault for file in files.values() for fault in file.faults]
    if faults:
        raise BadInputError("\n".join(map(str, faults)))
    return Inputs(
        pool=pool,
        reference=reference,
        profile=profile,
        sentence_model=sentence_model,
        digests=tuple(file.digest for file in files.values()),
        warnings=tuple(warning for file in files.values() for warning in file.warnings),
    )


def warned_inputs(options: argparse.Namespace, *, as_of_on: date) -> Inputs:
    """Return what the options name, its warnings told on standard error.

    Raises
    ------
    BadInputError
        With all the faults of all the files.
    """
    inputs = read_inputs(options, as_of_on=as_of_on)
    for warning in inputs.warnings:
        sys.stderr.write(f"warning: {warning}\n")
    return inputs


def as_written(wanted: str, ids: Sequence[str]) -> str:
    """Return the id of the files that is wanted, whichever of its two spellings in Unicode was typed."""
    key = unicodedata.normalize("NFC", wanted)
    return next((record_id for record_id in ids if unicodedata.normalize("NFC", record_id) == key), wanted)


class _InputFile:
    """A file by the path that the person gave: its bytes, read once, and what is to be told about them."""

    def __init__(self, path: str) -> None:
        self.name = path
        self.faults: list[Fault] = []
        self.warnings: list[str] = []
        self.content = self.tried(lambda: content_of(path), b"")

    @property
    def digest(self) -> tuple[str, str]:
        """The last part of the path, and the SHA-256 of the bytes that were read."""
        return one_line(PurePath(self.name).name), sha256(self.content)

    def tried(self, read: Callable[[], Value], absent: Value) -> Value:
        """Return what the file holds, or what stands in for it where it has faults; these are kept."""
        if self.faults:
            return absent
        try:
            return read()
        except UnreadableTableError as error:
            self.faults.extend(error.faults)
        except UnreadableProfileError as error:
            self.faults.append(profile_fault(error, file=self.name))
        return absent

    def records(self, reader: Callable[..., Intake[Value]]) -> tuple[Value, ...]:
        """Return the good records of the file; its faults and warnings are kept."""
        if self.faults:
            return ()
        intake = reader(self.content, name=self.name)
        self.faults.extend(intake.faults)
        self.warnings.extend(intake.warnings)
        return intake.records

    def forgive_codes_of_states(self) -> None:
        """Drop the faults that nobody can judge while the States are not known."""
        self.faults = [
            fault
            for fault in self.faults
            if fault.code is not FaultCode.UNKNOWN_STATE
            and (fault.column, fault.code) != ("eligible", FaultCode.UNKNOWN_CODE)
        ]


def _states(file: _InputFile | None) -> tuple[StateEntry, ...] | None:
    """Return the States of a file, or ``None`` for those of the project, which stand in for a file with faults."""
    if file is None:
        return None
    entries = file.records(read_states)
    if not file.faults and not entries:
        file.faults.extend(unreadable(file.name, "The file holds no State; add a row for each.").faults)
    return None if file.faults else entries


def _profile(file: _InputFile | None, reference: Reference) -> tuple[ScoringProfile, SentenceModel | None]:
    default: tuple[ScoringProfile, SentenceModel | None] = load_profile(), None
    if file is None:
        return default

    def read() -> tuple[ScoringProfile, SentenceModel | None]:
        profile = parse_json_profile(file.content)
        check_profile(profile, reference)
        return profile, open_sentence_model(profile)

    return file.tried(read, default)


def _pool(files: Mapping[str, _InputFile], reference: Reference) -> Pool:
    def records(option: str, reader: Callable[..., Intake[Value]]) -> tuple[Value, ...]:
        known = partial(reader, geography=reference.geography, taxonomy=reference.taxonomy)
        return files[option].records(known) if option in files else ()

    pool = Pool(
        needs=records("needs", read_needs),
        offers=records("offers", read_offers),
        tandem_candidates=records("tandem", read_tandem_candidates),
        outcomes=records("outcomes", read_outcomes),
    )
    if "states" in files and files["states"].faults:
        for option in _POOL_FILES.intersection(files):
            files[option].forgive_codes_of_states()
    return pool
