"""The codes that the OpenAPI document lists are those of the data files, as they are read."""

from __future__ import annotations

from datetime import date

import pytest

from app.codes import AREA_CODES, ELIGIBLE_CODES, STATE_CODES
from matching.command.datafiles import load_reference
from matching.reference import Reference


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference(as_of_on=date(2026, 11, 24))


def test_the_states_listed_are_those_of_the_file(reference: Reference) -> None:
    assert set(STATE_CODES) == set(reference.geography.state_by_code)
    assert len(STATE_CODES) == 195


def test_the_areas_listed_are_those_in_force(reference: Reference) -> None:
    assert set(AREA_CODES) == set(reference.taxonomy.current_codes)


def test_an_offer_may_be_open_to_everything_listed(reference: Reference) -> None:
    assert set(ELIGIBLE_CODES) == set(reference.geography.members_by_token)
    assert len(ELIGIBLE_CODES) == len(set(ELIGIBLE_CODES))
