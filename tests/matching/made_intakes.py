"""Reads rows of an ordinary need, offer or tandem candidate in which a test names only what matters to it."""

from __future__ import annotations

from matching.intake import Intake, read_needs, read_offers, read_outcomes, read_tandem_candidates
from matching.records import Need, Offer, Outcome, TandemCandidate
from tests.matching.made_files import make_csv, make_geography, make_taxonomy

ORDINARY_NEED = {"id": "n-1", "state": "XAA", "title": "Train a CERT"}
ORDINARY_OFFER = {"id": "o-1", "provider": "Institute", "title": "CERT training"}
ORDINARY_CANDIDATE = {"state": "XAA", "area": "GOV", "capacity_level": "3", "role": "lead"}
ORDINARY_OUTCOME = {"id": "e-1", "states": "XAA", "provider": "Institute"}


def needs_of(*rows: dict[str, str]) -> Intake[Need]:
    content = csv_of(ORDINARY_NEED, rows)
    return read_needs(content, name="needs.csv", geography=make_geography(), taxonomy=make_taxonomy())


def offers_of(*rows: dict[str, str]) -> Intake[Offer]:
    content = csv_of(ORDINARY_OFFER, rows)
    return read_offers(content, name="offers.csv", geography=make_geography(), taxonomy=make_taxonomy())


def candidates_of(*rows: dict[str, str]) -> Intake[TandemCandidate]:
    content = csv_of(ORDINARY_CANDIDATE, rows)
    return read_tandem_candidates(content, name="t.csv", geography=make_geography(), taxonomy=make_taxonomy())


def outcomes_of(*rows: dict[str, str]) -> Intake[Outcome]:
    content = csv_of(ORDINARY_OUTCOME, rows)
    return read_outcomes(content, name="outcomes.csv", geography=make_geography(), taxonomy=make_taxonomy())


def csv_of(ordinary: dict[str, str], rows: tuple[dict[str, str], ...]) -> bytes:
    columns = list(dict.fromkeys([*ordinary, *(column for row in rows for column in row)]))
    return make_csv(columns, *([(ordinary | row).get(column, "") for column in columns] for row in rows))


def codes_of(intake: Intake[Need] | Intake[Offer] | Intake[TandemCandidate] | Intake[Outcome]) -> list[str]:
    return [f"{fault.line}:{fault.column}:{fault.code}" for fault in intake.faults]
