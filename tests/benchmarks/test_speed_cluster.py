"""What a cluster would take follows from what was measured."""

from __future__ import annotations

import pytest

from benchmarks.speed.cluster import Cost, Curve, Spent, cost_of, curve_lines, model_lines

COST = Cost(serial=10.0, once=2.0, per_worker=0.5, shared=50.0)


def curve(n_workers: int, *, block_needs: int = 500) -> Curve:
    """Return a curve whose workers search for 40 seconds together, each after a second in which it takes the model."""
    return Curve(
        n_workers=n_workers,
        block_needs=block_needs,
        n_blocks=40,
        sent=Spent(seconds=3.0, asking=0.5 * n_workers, workers=(1.0,) * n_workers),
        begun=Spent(seconds=2.0, asking=0.1, workers=(2.0,) * n_workers),
        searched=Spent(seconds=50.0, asking=0.5 * n_workers + 0.25, workers=(1.0 + 40.0 / n_workers,) * n_workers),
    )


def test_only_the_search_is_divided_among_the_workers() -> None:
    assert [COST.seconds(n_workers) for n_workers in (1, 2, 10)] == [62.5, 38.0, 22.0]
    assert COST.best_number == 10


def test_the_parts_of_a_run_are_told_apart() -> None:
    curves = [curve(n_workers, block_needs=size) for n_workers in (1, 2) for size in (125, 500, 2000)]

    cost = cost_of(curves, serial=10.0)

    assert cost == Cost(serial=10.25, once=3.0, per_worker=0.5, shared=40.0)


def test_the_curve_and_the_model_are_told() -> None:
    line = list(curve_lines([curve(2)]))[1]
    model = list(model_lines(COST))

    assert line.split() == ["2", "500", "40", "1.00", "2.00", "1.25", "21.00,", "21.00"]
    assert model[0] == "serial 10.0 s + once 2.0 s + 0.50 s x workers + 50.0 s / workers"
    assert model[3].split() == ["2", "38.0", "1.64"]
    assert model[-1] == "quickest with 10 workers; never more than 5.21 times (Amdahl)"


def test_a_model_that_costs_nothing_to_send_is_sent_to_all() -> None:
    assert Cost(serial=1.0, once=0.0, per_worker=0.0, shared=8.0).seconds(8) == pytest.approx(2.0)
