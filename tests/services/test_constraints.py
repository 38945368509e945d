"""Rules that the database keeps, whoever writes to it: each has a name, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from tests.factories import create_match, create_match_run, create_membership, create_need, create_offer

A_DAY = date(2026, 3, 2)
THE_DAY_BEFORE = A_DAY - timedelta(days=1)

Factory = Callable[..., Any]


@pytest.mark.parametrize(
    ("create", "columns", "name"),
    [
        (create_need, {"priority": 0}, "ck_needs_priority_in_range"),
        (create_need, {"priority": 6}, "ck_needs_priority_in_range"),
        (create_need, {"gap": -1}, "ck_needs_gap_in_range"),
        (create_need, {"gap": 6}, "ck_needs_gap_in_range"),
        (create_need, {"earliest_on": A_DAY, "latest_on": THE_DAY_BEFORE}, "ck_needs_window_in_order"),
        (create_need, {"budget": Decimal(-1), "currency": "EUR"}, "ck_needs_budget_is_amount"),
        (create_need, {"budget": Decimal("NaN"), "currency": "EUR"}, "ck_needs_budget_is_amount"),
        (create_need, {"budget": Decimal(1)}, "ck_needs_budget_has_currency"),
        (create_offer, {"capacity": -1}, "ck_offers_capacity_in_range"),
        (create_offer, {"available_from_on": A_DAY, "available_until_on": THE_DAY_BEFORE}, "ck_offers_window_in_order"),
        (create_offer, {"budget": Decimal("-0.01"), "currency": "EUR"}, "ck_offers_budget_is_amount"),
        (create_offer, {"budget": Decimal(1)}, "ck_offers_budget_has_currency"),
        (
            create_membership,
            {"valid_from_on": A_DAY, "valid_until_on": THE_DAY_BEFORE},
            "ck_memberships_period_in_order",
        ),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else "",
)
def test_what_cannot_be_is_refused_by_name(
    session: Session, create: Factory, columns: dict[str, Any], name: str
) -> None:
    with pytest.raises(IntegrityError, match=name), session.begin_nested():
        create(session, **columns)


@pytest.mark.parametrize("budget", ["0", "0.01", "1250000.10", "99999999999999999999999999999999999.5"])
def test_a_sum_that_can_be_is_kept_to_the_digit(session: Session, budget: str) -> None:
    need = create_need(session, budget=Decimal(budget), currency="EUR")
    session.expire_all()

    assert need.budget == Decimal(budget)


@pytest.mark.parametrize("budget", ["much", "1.2.3", "", "-1", "Infinity"])
def test_a_sum_that_is_no_number_is_refused(session: Session, budget: str) -> None:
    """SQLite keeps sums as text, and compared a text with zero as texts are compared: much was more."""
    create_need(session)

    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("UPDATE needs SET budget = :budget, currency = 'EUR'"), {"budget": budget})


def test_a_need_is_allocated_one_offer_in_a_run(session: Session) -> None:
    run, need = create_match_run(session), create_need(session)
    create_match(session, run=run, need=need, rank=1, is_allocated=True)
    create_match(session, run=run, need=need, rank=2, is_allocated=False)
    create_match(session, need=need, rank=1, is_allocated=True)

    with pytest.raises(IntegrityError, match=r"uq_matches_one_allocated|matches\.run_id, matches\.need_id"):
        create_match(session, run=run, need=need, rank=3, is_allocated=True)
    session.rollback()
