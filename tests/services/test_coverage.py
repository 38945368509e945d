"""Who is served by a run: each group as it stood on the day of the run."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app.actor import PUBLIC
from app.reports.coverage import coverage_of_run
from app.states.models import GroupScheme
from tests.factories import (
    create_group,
    create_match,
    create_match_run,
    create_membership,
    create_need,
    create_state,
    create_unmet_need,
)

A_DAY = date(2026, 3, 2)
ONE_DAY = timedelta(days=1)


def test_a_group_counts_its_needs_and_those_that_are_served(session: Session) -> None:
    run = create_match_run(session)
    create_membership(session, create_state(session, "XAA"), create_group(session, "LDC", GroupScheme.STATUS))
    create_match(session, run=run, need=create_need(session, states=("XAA",)))
    create_unmet_need(session, run=run, need=create_need(session, states=("XAA", "XAB")))

    (covered,) = coverage_of_run(session, PUBLIC, run)

    assert (covered.code, covered.n_needs, covered.n_served, covered.served_share) == ("LDC", 2, 1, 0.5)


@pytest.mark.parametrize(
    ("dates", "n_groups"),
    [
        ({"valid_from_on": A_DAY, "valid_until_on": A_DAY}, 1),
        ({"valid_until_on": A_DAY - ONE_DAY}, 0),
        ({"valid_from_on": A_DAY + ONE_DAY}, 0),
    ],
    ids=["on the day", "until the day before", "from the day after"],
)
def test_a_group_covers_its_members_on_the_day_of_the_run(
    session: Session, dates: dict[str, date], n_groups: int
) -> None:
    run = create_match_run(session, as_of_on=A_DAY)
    create_membership(session, create_state(session, "XAA"), create_group(session, "LDC", GroupScheme.STATUS), **dates)
    create_match(session, run=run, need=create_need(session, states=("XAA",)))

    covered = coverage_of_run(session, PUBLIC, run)

    assert len(covered) == n_groups
