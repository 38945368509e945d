"""Coalitions: beside brute force, with capacities in units, in a run, on the command line and in the report."""

from __future__ import annotations

import json
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.allocation import BEST_TOTAL, Sharing
from matching.coalitions.options import PARTNER_COST, Asking, choose_options, options_of
from matching.coalitions.parts import parts_of
from matching.engine import run
from matching.model import prepare
from matching.output import coalitions_csv, matches_csv, run_document
from matching.records import Need, Offer
from matching.report import render_report
from matching.results import Coalition, RunResult
from matching.scoring import total_score
from matching.vocabulary import Component, Mode, Visibility
from tests.matching.command_line import golden_arguments, read_cells, status_of
from tests.matching.worlds import TODAY, make_need, make_offer, make_pool, make_profile, make_reference

COALITIONS = Sharing(max_coalition=3)

# A need in two areas; the first offer is about one of them, the second about the other.
NEED = make_need("N1", area_codes=("GOV.1", "CRI"), modes=(Mode.TRAINING,))
STRATEGY = make_offer("O1", area_codes=("GOV.1",), modes=(Mode.TRAINING,))
CRIME = make_offer("O2", area_codes=("CRI",), modes=(Mode.TRAINING,))


def match(*records: Need | Offer, sharing: Sharing = COALITIONS, minimum_score: float = 0.3) -> RunResult:
    profile = make_profile(minimum_score=minimum_score)
    return run(make_pool(*records), make_reference(), profile, as_of_on=TODAY, sharing=sharing)


def formed(result: RunResult) -> tuple[Coalition, ...]:
    assert result.coalitions is not None
    return result.coalitions


def value_in(asking: Asking, columns: tuple[int, ...]) -> int:
    """Return the value of a coalition from its definition, part by part."""
    parts = zip(asking.weights, asking.scores, strict=True)
    return round(sum(weight * max((scores[c] for c in columns), default=0.0) for weight, scores in parts) * 1e6)


def brute_force_options(asking: Asking, minimum: float, max_size: int) -> dict[tuple[int, ...], int]:
    """Return every coalition in which each partner is worth its cost, with what it gains."""
    held = (asking.held,) if asking.held >= 0 else ()
    others = [at for at in range(asking.scores.shape[1]) if asking.may_join[at] and at != asking.held]
    others = [at for at in others if asking.scores[:, at].max() >= minimum]
    found = {}
    for size in range(max(2, len(held) + 1), max_size + 1):
        for partners in combinations(others, size - len(held)):
            columns = (*held, *partners)
            value = value_in(asking, columns)
            adds = [value - value_in(asking, tuple(c for c in columns if c != partner)) for partner in partners]
            if value >= minimum * 1e6 and min(adds) > PARTNER_COST:
                found[columns] = value - value_in(asking, held) - PARTNER_COST * (size - 1)
    return found


def random_asking(chance: np.random.Generator, n_offers: int) -> Asking:
    n_parts = int(chance.integers(1, 5))
    weights = chance.random(n_parts)
    return Asking(
        weights=weights / weights.sum(),
        scores=np.round(chance.random((n_parts, n_offers)), 6),
        may_join=chance.random(n_offers) < 0.8,
        held=int(chance.integers(-1, n_offers)),
    )


def test_without_offers_there_are_no_coalitions() -> None:
    """A run on an empty list of offers ended in a traceback where coalitions were asked for."""
    found = run(
        make_pool(make_need(area_codes=("GOV.1",))),
        make_reference(),
        make_profile(),
        as_of_on=TODAY,
        sharing=COALITIONS,
    )

    assert found.coalitions == ()


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 100_000), st.integers(2, 4))
def test_the_coalitions_of_a_need_are_all_in_which_every_partner_is_worth_its_cost(seed: int, max_size: int) -> None:
    asking = random_asking(np.random.default_rng(seed), n_offers=6)

    found = options_of(asking, minimum_score=0.4, max_size=max_size)

    assert {option.columns: option.gain for option in found} == brute_force_options(asking, 0.4, max_size)
    assert all(option.gain > 0 for option in found)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 100_000))
def test_the_choice_among_needs_is_the_best_total_gain_that_the_free_places_allow(seed: int) -> None:
    chance = np.random.default_rng(seed)
    asking = [random_asking(chance, n_offers=5) for _ in range(3)]
    free = chance.integers(0, 3, 5)
    options = [options_of(case, minimum_score=0.4, max_size=3)[:8] for case in asking]

    chosen = choose_options(options, [case.held for case in asking], free)

    def taken(pick: tuple[object, ...]) -> np.ndarray:
        used = np.zeros(5, dtype=np.int64)
        for case, option in zip(asking, pick, strict=True):
            for column in getattr(option, "columns", ()):
                used[column] += column != case.held
        return used

    def gain(pick: tuple[object, ...]) -> int:
        return sum(getattr(option, "gain", 0) for option in pick)

    possible = [pick for pick in product(*([None, *some] for some in options)) if (taken(pick) <= free).all()]
    assert (taken(tuple(chosen)) <= free).all()
    assert gain(tuple(chosen)) == max(map(gain, possible))


def test_the_mean_of_an_offer_over_the_parts_of_a_need_is_at_most_the_score_of_the_pair() -> None:
    needs = (
        NEED,
        make_need("N2"),
        make_need("N3", title="Help", description=""),
        make_need("N4", modes=(Mode.DRAFTING,)),
    )
    offers = (STRATEGY, CRIME, make_offer("O3"), make_offer("O4", title="Help", description=""))
    profile = make_profile()
    model = prepare(make_pool(*needs, *offers), make_reference(), profile, as_of_on=TODAY)
    rows = np.arange(4)

    divided = parts_of(model, profile, rows)

    means = np.array([parts.weights @ parts.scores for parts in divided])
    scores = model.scorer.scores(rows)
    n_areas = [len({area for area, _ in parts.labels}) for parts in divided]
    assert n_areas[0] == 2
    assert (means <= scores + 2e-6).all()
    assert means[0].max() < scores[0].max()
    assert means[np.array(n_areas) == 1] == pytest.approx(scores[np.array(n_areas) == 1], abs=2e-6)


def test_two_offers_that_each_serve_one_area_serve_the_need_together() -> None:
    result = match(NEED, STRATEGY, CRIME)

    (coalition,) = formed(result)
    allocated = next(item for item in result.matches if item.is_allocated)
    assert [(item.offer_id, item.parts) for item in coalition.partners] == [
        ("O1", (("GOV.1", Mode.TRAINING),)),
        ("O2", (("CRI", Mode.TRAINING),)),
    ]
    assert coalition.partners[0].is_allocated
    assert coalition.alone < total_score(allocated.contributions) < coalition.value
    assert coalition.value == pytest.approx(coalition.alone + coalition.partners[1].adds, abs=2e-6)
    assert coalition.partners[1].adds > PARTNER_COST / 1e6


def test_an_offer_about_all_areas_needs_no_partner() -> None:
    both = make_offer("O3", area_codes=("GOV.1", "CRI"), modes=(Mode.TRAINING,))

    assert formed(match(NEED, both, CRIME)) == ()


def test_a_need_that_no_offer_serves_well_enough_alone_is_served_in_parts() -> None:
    result = match(NEED, STRATEGY, CRIME, minimum_score=0.75)

    (coalition,) = formed(result)
    assert result.counts.n_allocated == 0
    assert [item.is_allocated for item in coalition.partners] == [False, False]
    assert coalition.alone < 0.75 <= coalition.value


def test_a_place_is_shared_out_once_and_one_that_is_taken_is_no_place() -> None:
    needs = [make_need(f"N{at}", area_codes=("GOV.1", "CRI"), modes=(Mode.TRAINING,)) for at in range(3)]
    strategy = make_offer("O1", area_codes=("GOV.1",), modes=(Mode.TRAINING,), capacity=3)

    one, two = (
        formed(match(*needs, strategy, make_offer("O2", area_codes=("CRI",), modes=(Mode.TRAINING,), capacity=places)))
        for places in (1, 2)
    )

    assert (len(one), len(two)) == (1, 2)


def test_offers_that_are_not_open_to_a_need_are_no_partners() -> None:
    assert formed(match(NEED, STRATEGY, make_offer("O2", area_codes=("CRI",), eligible=("XCA",)))) == ()


def test_the_largest_coalition_is_what_was_asked_for() -> None:
    need = make_need("N1", area_codes=("GOV.1", "CRI", "IRC.1"), modes=(Mode.TRAINING,))
    third = make_offer("O3", area_codes=("IRC.1",), modes=(Mode.TRAINING,))

    two, three = (match(need, STRATEGY, CRIME, third, sharing=Sharing(max_coalition=size)) for size in (2, 3))

    assert [len(item.partners) for item in formed(two)] == [2]
    assert [len(item.partners) for item in formed(three)] == [3]


def test_coalitions_change_nothing_else_of_a_run() -> None:
    records = (NEED, STRATEGY, CRIME)

    plain, asked = match(*records, sharing=BEST_TOTAL), match(*records)

    assert plain.coalitions is None
    assert matches_csv(plain) == matches_csv(asked)
    assert plain.unmet == asked.unmet
    assert "coalitions" not in run_document(plain, inputs=(), ranking_sha256="", peak_memory_mb=0)
    assert run_document(asked, inputs=(), ranking_sha256="", peak_memory_mb=0)["coalitions"] == 1


def test_the_order_of_the_records_changes_no_coalition() -> None:
    needs = [make_need(f"N{at}", area_codes=("GOV.1", "CRI"), modes=(Mode.TRAINING,)) for at in range(2)]
    offers = [STRATEGY, CRIME, make_offer("O3", area_codes=("CRI",)), make_offer("O4", area_codes=("GOV.1",))]

    first, second = match(*needs, *offers), match(*reversed(offers), *reversed(needs))

    assert formed(first)
    assert coalitions_csv(formed(first)) == coalitions_csv(formed(second))


def test_the_report_lists_coalitions_where_they_were_asked_for() -> None:
    plain, asked = (render_report(match(NEED, STRATEGY, CRIME, sharing=sharing), make_reference(), inputs=())
                    for sharing in (BEST_TOTAL, COALITIONS))  # fmt: skip

    assert 'id="coalitions"' not in plain
    section = asked.partition('id="coalitions"')[2].partition("</section>")[0]
    assert "<bdi>CRI</bdi> training" in section
    assert "<bdi>O2</bdi>" in section


def test_the_report_shows_a_need_by_id_only_without_its_parts() -> None:
    hidden = make_need("N1", area_codes=("GOV.1", "CRI"), modes=(Mode.TRAINING,), visibility=Visibility.SECRETARIAT)

    page = render_report(match(hidden, STRATEGY, CRIME), make_reference(), inputs=())

    section = page.partition('id="coalitions"')[2].partition("</section>")[0]
    assert "by id only" in section
    assert "GOV.1" not in section


def test_a_run_writes_coalitions_beside_the_five_files_when_asked(tmp_path: Path) -> None:
    plain, asked = tmp_path / "plain", tmp_path / "asked"

    assert status_of(*golden_arguments(plain)) == 0
    assert status_of(*golden_arguments(asked, options=("--coalitions", "3"))) == 0

    content = (asked / "coalitions.csv").read_bytes()
    rows = read_cells(content)
    assert not (plain / "coalitions.csv").exists()
    assert (plain / "matches.csv").read_bytes() == (asked / "matches.csv").read_bytes()
    assert content.startswith(b"need_id,offer_id,allocated,parts,adds,value,alone\r\n")
    assert json.loads((asked / "run.json").read_text(encoding="utf-8"))["coalitions"] == len(
        {r["need_id"] for r in rows}
    )


@pytest.mark.parametrize("size", ["1", "6", "many", ""])
def test_a_size_that_is_none_is_refused(size: str, tmp_path: Path) -> None:
    assert status_of(*golden_arguments(tmp_path / "out", options=("--coalitions", size))) == 2
    assert not (tmp_path / "out").exists()


def test_components_other_than_area_and_mode_are_those_of_the_pair() -> None:
    # Where area and mode weigh nothing all parts are alike, so that nobody adds anything to the best offer.
    weights = {**make_profile().weights, Component.AREA: 0.0, Component.MODE: 0.0}
    profile = make_profile(weights=weights)

    result = run(make_pool(NEED, STRATEGY, CRIME), make_reference(), profile, as_of_on=TODAY, sharing=COALITIONS)

    assert result.coalitions == ()
