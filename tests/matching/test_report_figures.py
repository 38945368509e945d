from __future__ import annotations

import pytest

from matching.report.charts import thousandths
from matching.report.disclosure import Disclosure
from matching.report.figures import Figures, compute_figures
from matching.report.rendering import render_report
from matching.results import RunResult
from matching.vocabulary import UnmetReason, Visibility
from tests.matching.report_factory import (
    make_match,
    make_need,
    make_offer,
    make_reading,
    make_reference,
    make_result,
    make_unmet,
)

_MAX_PAGE_BYTES = 5_000_000


def compute(result: RunResult) -> Figures:
    reference = make_reference()
    return compute_figures(result, reference, Disclosure(result, reference.geography))


@pytest.mark.parametrize(
    ("shares", "total", "expected"),
    [
        pytest.param([1 / 3, 1 / 3, 1 / 3], 1.0, (334, 333, 333), id="thirds"),
        pytest.param([0.0004, 0.0004, 0.0004], 0.0012, (1, 0, 0), id="each too small to print"),
        pytest.param([0.3, 0.25], 0.55, (300, 250), id="nothing to round"),
        pytest.param([], 0.0, (), id="nothing"),
    ],
)
def test_printed_shares_add_up_to_the_printed_score(
    shares: list[float], total: float, expected: tuple[int, ...]
) -> None:
    assert thousandths(shares, total=total) == expected


def test_outcomes_are_the_served_needs_and_each_reason() -> None:
    needs = [make_need(f"need-{n}") for n in range(1, 5)]
    unmet = [make_unmet(f"need-{n}", reason=UnmetReason.CLOSED) for n in (2, 3, 4)]

    figures = compute(make_result(needs=needs, unmet=unmet))

    assert [(row.reason, row.n_needs, row.share) for row in figures.outcomes] == [
        (None, 1, 0.25),
        (UnmetReason.NO_ELIGIBLE_OFFER, 0, 0.0),
        (UnmetReason.BELOW_THRESHOLD, 0, 0.0),
        (UnmetReason.CAPACITY_TAKEN, 0, 0.0),
        (UnmetReason.CLOSED, 3, 0.75),
    ]


def test_a_record_counts_once_in_each_top_level_area_it_touches() -> None:
    needs = [make_need("need-1"), make_need("need-2")]
    readings = {"need-1": make_reading("GOV", "GOV.1", "IRC"), "need-2": make_reading("CRI")}
    offers = [make_offer("offer-1", capacity=3), make_offer("offer-2", capacity=2)]

    figures = compute(make_result(needs=needs, offers=offers, reading_by_need_id=readings))

    rows = [(row.code, row.n_needs, row.n_served, row.n_offers, row.n_places) for row in figures.areas]
    assert rows == [("GOV", 1, 1, 0, 0), ("IRC", 1, 1, 2, 5), ("CRI", 1, 0, 0, 0), (None, 0, 0, 0, 0)]


def test_a_record_without_an_area_counts_under_no_area() -> None:
    reading = make_reading("GOV")
    silent = reading.__class__(
        area_codes=(), areas_basis=reading.areas_basis, modes=(), modes_basis=reading.modes_basis
    )

    figures = compute(make_result(reading_by_need_id={"need-1": silent}))

    assert (figures.areas[-1].code, figures.areas[-1].n_needs) == (None, 1)


def test_a_joint_need_counts_in_every_group_of_its_states() -> None:
    needs = [make_need("need-1", states=("XAA", "XAC")), make_need("need-2", states=("XAB",))]

    figures = compute(make_result(needs=needs))

    assert [(row.title, row.n_needs, row.n_served) for row in figures.regional_groups] == [
        ("African States", 2, 1),
        ("Asia-Pacific States", 1, 1),
        ("No regional group", 0, 0),
    ]


def test_status_groups_show_their_share_of_needs_beside_their_share_of_served_needs() -> None:
    needs = [make_need("need-1", states=("XAA",)), make_need("need-2", states=("XAB",))]

    figures = compute(make_result(needs=needs))

    rows = {row.title: (row.need_share, row.served_share) for row in figures.status_groups}
    assert rows["Least developed countries"] == (0.5, 1.0)
    assert rows["None of the three"] == (0.5, 0.0)


def test_fewer_than_three_needs_shown_by_id_are_not_counted_in_their_group() -> None:
    hidden = [make_need(f"need-{n}", visibility=Visibility.SECRETARIAT) for n in (2, 3)]

    figures = compute(make_result(needs=[make_need("need-1"), *hidden]))

    rows = {row.title: row.n_needs for row in figures.regional_groups}
    assert rows["African States"] == 1
    assert rows["Shown by id only, group not told"] == 2


def test_three_needs_shown_by_id_are_counted_in_their_group() -> None:
    hidden = [make_need(f"need-{n}", visibility=Visibility.SECRETARIAT) for n in (2, 3, 4)]

    figures = compute(make_result(needs=[make_need("need-1"), *hidden]))

    rows = {row.title: row.n_needs for row in figures.regional_groups}
    assert rows["African States"] == 4
    assert "Shown by id only, group not told" not in rows


def test_a_large_run_shows_the_first_two_hundred_needs_and_says_where_the_others_are() -> None:
    needs = [make_need(f"need-{n:03d}") for n in range(201)]

    page = render_report(make_result(needs=needs, matches=[]), make_reference(), inputs=())

    assert page.count("<article") == 200
    assert "Shown are the first 200 of 201 needs by id." in page


def test_a_page_of_twenty_thousand_needs_stays_below_five_megabytes() -> None:
    title = "Strengthening the national incident response team of the ministry with training and tools"
    needs = [make_need(f"need-{n:05d}", title=title, description=title * 5) for n in range(20_000)]
    contributions = make_match().contributions
    matches = [
        make_match(need.need_id, rank=rank, is_allocated=rank == 1 and at % 2 == 0, contributions=contributions)
        for at, need in enumerate(needs)
        for rank in range(1, 11 if at < 200 else 2)
    ]
    unmet = [make_unmet(need.need_id) for need in needs[1::2]]

    page = render_report(make_result(needs=needs, matches=matches, unmet=unmet), make_reference(), inputs=())

    assert all(need.need_id in page for need in (needs[0], needs[-1], needs[-2]))
    assert len(page.encode()) < _MAX_PAGE_BYTES
