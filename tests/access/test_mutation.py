"""The tests notice wrong policies: in `make soak`, for each of them walks every route."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.access.mutants import ROOT, every_mutant
from tests.access.mutate import ALIKE

N_SAMPLED = 10


def mutate(*options: str) -> str:
    """Return what the script says after all mutants that it was to take were tried."""
    command = [sys.executable, "-m", "tests.access.mutate", *options]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.mark.soak
def test_a_sample_of_wrong_policies_is_noticed() -> None:
    told = mutate("--sample", str(N_SAMPLED))

    assert f"of {N_SAMPLED} caught" in told


@pytest.mark.soak
def test_nearly_all_wrong_policies_are_noticed() -> None:
    assert "caught (" in mutate()


def test_every_cell_branch_and_question_is_changed_once() -> None:
    names = [mutant.name for mutant in every_mutant()]

    assert len(names) == len(set(names)) > 300
    assert "RULES: need:submit of recipient: own → –" in names
    assert "RULES: need:submit of recipient: own → any" in names
    assert "SEEN_BY_ROLE: secretariat of analyst: added" in names
    assert set(ALIKE) < set(names)
    assert "app/offers/queries.py get_offer: visible_to(actor, Offer) → true()" in names
