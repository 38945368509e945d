"""Two runs side by side: who gains, who loses, and why; from results and from the files that runs write."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from matching.allocation import Sharing
from matching.differences import Change, Difference, NeedDifference, RunView, compare_runs, view_of
from matching.engine import run
from matching.output import csv_bytes, sha256
from matching.profiles import ScoringProfile
from matching.records import Need, Offer
from matching.vocabulary import AllocationRule, Component
from tests.matching.command_line import golden_arguments, in_a_process, read_cells, status_of
from tests.matching.worlds import TODAY, make_need, make_offer, make_pool, make_profile, make_reference

NEED = make_need("N1", states=("XAA",))
OTHER = make_need("N2", states=("XAB",), title="Support with a plan", description="Drafting.")


def view(*records: Need | Offer, profile: ScoringProfile | None = None, **options: Any) -> RunView:
    return view_of(run(make_pool(*records), make_reference(), profile or make_profile(), as_of_on=TODAY, **options))


def of_need(difference: Difference, need_id: str) -> NeedDifference:
    return next(need for need in difference.needs if need.need_id == need_id)


def told(difference: Difference, need_id: str) -> list[str]:
    return [str(reason) for reason in of_need(difference, need_id).reasons]


def test_a_run_compared_with_itself_has_no_difference() -> None:
    same = view(NEED, OTHER, make_offer())

    difference = compare_runs(same, same)

    assert difference.settings == {}
    assert [need.change for need in difference.needs] == [Change.SAME, Change.SAME]
    assert all(need.reasons == () for need in difference.needs)


def test_who_takes_a_place_and_who_loses_it_are_told_of_each_other() -> None:
    calm, urgent = (make_need("N2", states=("XAB",), priority=priority) for priority in (1, 5))
    changed = make_offer(eligible=("XAA", "XAB"))

    difference = compare_runs(view(NEED, calm, make_offer()), view(NEED, urgent, changed))
    lost, gained = of_need(difference, "N1"), of_need(difference, "N2")

    assert (lost.change, gained.change) == (Change.LOSES, Change.GAINS)
    assert (lost.before and lost.before.offer_id, lost.after) == ("O1", None)
    assert "A place in O1 went to N2." in told(difference, "N1")
    assert {"The need has changed.", "A place in O1 came from N1."} <= set(told(difference, "N2"))
    assert "O1 has changed." in told(difference, "N1")


def test_an_offer_that_came_or_went_is_told() -> None:
    better = make_offer("O2", eligible=("XAA",))

    came = compare_runs(view(NEED, make_offer()), view(NEED, make_offer(), better))
    went = compare_runs(view(NEED, make_offer(), better), view(NEED, make_offer()))

    assert of_need(came, "N1").change is of_need(went, "N1").change is Change.MOVES
    assert "O2 is not among the offers of the first run." in told(came, "N1")
    assert "O2 is not among the offers of the second run." in told(went, "N1")


def test_needs_that_came_or_went_are_told() -> None:
    difference = compare_runs(view(NEED, make_offer()), view(OTHER, make_offer()))

    assert {need.need_id: need.change for need in difference.needs} == {"N1": Change.GONE, "N2": Change.NEW}
    assert told(difference, "N2") == ["The need is not in the first run."]


def test_the_component_that_moved_the_score_most_is_named_with_what_changed_in_it() -> None:
    far, near = make_offer("O1", area_codes=("GOV.1",)), make_offer("O2", eligible=("XAA",), area_codes=("CRI",))
    need = replace(NEED, area_codes=("GOV.1",))
    by_area = make_profile(weights={**make_profile().weights, Component.AREA: 9.0})
    by_place = make_profile(weights={**make_profile().weights, Component.AREA: 0.0, Component.GEOGRAPHY: 9.0})

    difference = compare_runs(view(need, far, near, profile=by_area), view(need, far, near, profile=by_place))

    assert of_need(difference, "N1").change is Change.MOVES
    assert difference.settings["profile.weights.area"] == ("9.0", "0.0")
    assert set(difference.settings) == {"profile.weights.area", "profile.weights.geography"}
    assert any(" most by area (-" in reason and "whose weight changed" in reason for reason in told(difference, "N1"))


def test_a_changed_value_is_told_apart_from_a_changed_weight() -> None:
    need = replace(NEED, languages=("fr",))
    weights = {**dict.fromkeys(Component, 0.0), Component.LANGUAGE: 1.0}
    profile = make_profile(weights=weights, minimum_score=0.6)

    difference = compare_runs(
        view(need, make_offer(languages=("fr",)), profile=profile),
        view(need, make_offer(languages=("en",)), profile=profile),
    )

    reasons = told(difference, "N1")
    assert "O1 scores 0.000 instead of 1.000, most by language (-1.000)." in reasons
    assert any(reason.startswith("In the second run: The best eligible offer scores 0.000") for reason in reasons)


def test_an_offer_in_which_nobody_has_a_place_any_more_is_named() -> None:
    """It was told from where the new place came, and not why the old one was lost."""
    best, other = make_offer("O1", confirmed_on=TODAY), make_offer("O2")

    difference = compare_runs(view(NEED, best, other), view(NEED, replace(best, capacity=0), other))

    assert difference.needs[0].change is Change.MOVES
    assert "No need has a place in O1 in the second run." in map(str, difference.needs[0].reasons)


def test_another_rule_is_told_as_a_setting() -> None:
    records = (NEED, OTHER, make_offer())

    difference = compare_runs(view(*records), view(*records, sharing=Sharing(AllocationRule.GREEDY)))

    assert difference.settings == {"allocation": ("optimal", "greedy")}


def test_a_floor_is_told_as_a_setting_and_its_effect_by_need() -> None:
    asian = make_need("N1", states=("XBA",))
    records = (asian, OTHER, make_offer())

    difference = compare_runs(view(*records), view(*records, profile=make_profile(equity_floor={"AFR": 1.0})))

    assert difference.settings == {"profile.equity_floor.AFR": ("", "1.0")}
    assert told(difference, "N1") == ["A place in O1 went to N2."]


def test_whom_a_state_excludes_is_told_neither_as_a_name_nor_as_a_change() -> None:
    excluding = replace(NEED, excluded_providers=("Provider A",))

    difference = compare_runs(view(NEED, make_offer()), view(excluding, make_offer()))

    document = json.dumps(difference.as_document())
    assert of_need(difference, "N1").change is Change.LOSES
    assert "Provider A" not in document
    assert "exclu" not in document
    assert "The need has changed." not in document


def test_every_need_that_differs_has_a_reason() -> None:
    states = ("XAA", "XAB", "XBA", "XBB", "XCA")
    titles = ("Support with a strategy", "A plan", "Training of a CSIRT", "Support with a cybersecurity strategy")
    needs = [
        make_need(f"N{at:02}", states=(states[at % 5],), title=titles[at % 4], priority=1 + at % 5) for at in range(20)
    ]
    offers = [make_offer(f"O{at}", eligible=(states[at], states[(at + 1) % 5]), capacity=2) for at in range(5)]

    difference = compare_runs(view(*needs, *offers), view(*needs, *offers, sharing=Sharing(AllocationRule.GREEDY)))

    changed = [need for need in difference.needs if need.change is not Change.SAME]
    assert changed
    assert all(need.reasons for need in changed)
    assert sum(difference.number_by_change.values()) == 20


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name, rule in (("a", "optimal"), ("b", "greedy")):
        assert status_of(*golden_arguments(tmp_path / name, options=("--allocation", rule, "--quiet"))) == 0
    return tmp_path / "a", tmp_path / "b"


def test_two_folders_are_compared_in_lines(folders: tuple[Path, Path], tmp_path: Path) -> None:
    done = in_a_process(["compare", *map(str, folders)], tmp_path)

    lines = done.stdout.splitlines()
    assert (done.status, done.stderr) == (0, "")
    assert lines[0] == "allocation: optimal -> greedy"
    assert lines[1].endswith(" same")


def test_two_folders_are_compared_as_json(folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of("compare", *folders, "--json") == 0

    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"settings", "counts", "needs"}
    assert sum(document["counts"].values()) == len(document["needs"]) == 13
    assert set(document["needs"][0]) == {"need_id", "change", "before", "after", "reasons"}


def test_files_tell_what_the_results_tell(folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of("compare", folders[0], folders[0], "--json") == 0

    document = json.loads(capsys.readouterr().out)
    assert document["settings"] == []
    assert {need["change"] for need in document["needs"]} == {"same"}
    assert any(need["before"] is not None for need in document["needs"])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("run.json", None, "There is no such file"),
        ("matches.csv", None, "There is no such file"),
        ("unmet.csv", None, "There is no such file"),
        ("run.json", b"{", "It is not the JSON that a run writes"),
        ("run.json", b"[]", "It is not the JSON that a run writes"),
        ("matches.csv", b"need_id\r\n", "It is not the file that run.json beside it tells of"),
        ("unmet.csv", b"need_id\r\nN-01\r\n", "the column 'reason' is not there"),
        ("unmet.csv", b"need_id,reason,detail,nearest_offer_id,would_match_if\r\nN,odd,,,\r\n", "is not a valid"),
    ],
    ids=["no run", "no matches", "no unmet", "half JSON", "a list", "another ranking", "a column less", "a new reason"],
)
def test_a_folder_that_holds_no_run_is_told(
    name: str, content: bytes | None, words: str, folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    if content is None:
        (folders[1] / name).unlink()
    else:
        (folders[1] / name).write_bytes(content)

    status = status_of("compare", *folders)

    error = capsys.readouterr().err
    assert status == 2
    assert words in error
    assert str(folders[1] / (name if content is not None else "")) in error


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("allocated", "yes", "'allocated' is 0 or 1, not 'yes'"),
        ("score", "nan", "'nan' is no score"),
        ("rank", "x", "'x'"),
    ],
)
def test_a_cell_that_no_run_writes_is_told_with_its_line(
    column: str, cell: str, words: str, folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path, run = folders[1] / "matches.csv", folders[1] / "run.json"
    rows = read_cells(path.read_bytes())
    rows[0][column] = cell
    content = csv_bytes(list(rows[0]), [list(row.values()) for row in rows])
    path.write_bytes(content)
    document = json.loads(run.read_text(encoding="utf-8")) | {"ranking_sha256": sha256(content)}
    run.write_text(json.dumps(document), encoding="utf-8")

    assert status_of("compare", *folders) == 2

    error = capsys.readouterr().err
    assert error.startswith(f"{path}:2")
    assert words in error


def test_a_run_document_with_a_missing_key_is_told(
    folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads((folders[0] / "run.json").read_text(encoding="utf-8"))
    del document["profile"]
    (folders[0] / "run.json").write_text(json.dumps(document), encoding="utf-8")

    assert status_of("compare", *folders) == 2
    assert "It is not what a run writes" in capsys.readouterr().err
