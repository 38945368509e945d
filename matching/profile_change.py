"""What another scoring profile would do to a pool: who gains an offer, who loses one, and why."""

from __future__ import annotations

from datetime import date

from matching.differences import Difference, compare_runs, view_of
from matching.engine import run
from matching.execution import PLAIN, Execution
from matching.profiles import ScoringProfile
from matching.records import Pool
from matching.reference import Reference


def compare_profiles(
    pool: Pool,
    reference: Reference,
    profiles: tuple[ScoringProfile, ScoringProfile],
    *,
    as_of_on: date,
    execution: Execution = PLAIN,
) -> Difference:
    """Return what becomes of every need when the second profile takes the place of the first.

    Parameters
    ----------
    pool
        The records; both runs are of the same.
    reference
        The reference data.
    profiles
        The current one, and the one in its place.
    as_of_on
        The day of both runs.
    execution
        How they are carried out.

    Raises
    ------
    UnreadableProfileError
        When a profile asks for what is not there.
    """
    before, after = (
        view_of(run(pool, reference, profile, as_of_on=as_of_on, execution=execution)) for profile in profiles
    )
    return compare_runs(before, after)
