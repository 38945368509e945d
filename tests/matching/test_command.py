"""The command line on good input: what it writes, and that nothing but the input decides about it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.matching.command_line import (
    FILES,
    GOLDEN,
    TABLES,
    Finished,
    golden_arguments,
    in_a_process,
    read_cells,
    status_of,
)
from tests.matching.made_files import make_workbook

MATCH_HEADER = (
    b"need_id,offer_id,rank,score,allocated,area,text,mode,language,geography,time,budget,record,freshness,reasons\r\n"
)
COMPONENTS = ("area", "text", "mode", "language", "geography", "time", "budget", "record", "freshness")
SIX_DECIMALS = re.compile(r"[01]\.[0-9]{6}")
MINIMUM_SCORE = 0.5
ODD_ENVIRONMENT = {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "C", "COLUMNS": "20"}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    folder = tmp_path_factory.mktemp("run")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    return in_a_process(golden_arguments(folder), folder, PYTHONHASHSEED="1")


@pytest.fixture(scope="module")
def matches(run: Finished) -> list[dict[str, str]]:
    return run.rows("matches.csv")


def test_a_run_writes_five_files_beside_what_is_there(run: Finished) -> None:
    names = {path.name for path in run.folder.iterdir()}

    assert run.status == 0
    assert run.stderr == ""
    assert names == {*FILES, "notes.txt"}
    assert (run.folder / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_run_prints_its_summary(run: Finished) -> None:
    lines = run.stdout.splitlines()

    assert lines[0] == "13 needs and 11 offers as of 2026-06-01."
    assert lines[1].startswith("2 private records left out;")
    assert lines[-1] == f"Written to {run.folder}"


def test_the_summary_tells_in_words_why_needs_have_no_offer(run: Finished) -> None:
    """It said "below_threshold" and that needs "are served", though nobody has agreed to anything yet."""
    words = {
        "below_threshold": "below the minimum score",
        "capacity_taken": "with every place taken by others",
        "closed": "closed",
        "no_eligible_offer": "without an eligible offer",
    }
    number = Counter(row["reason"] for row in run.rows("unmet.csv"))
    n_unmet = number.total()

    told = run.stdout.splitlines()[2]

    reasons = ", ".join(f"{number[reason]} {words[reason]}" for reason in sorted(number))
    assert told == f"{13 - n_unmet} needs have an offer, {n_unmet} have none: {reasons}."


def test_the_summary_of_one_of_each_is_grammatical(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "needs.csv").write_text("id,state,title\nn-1,FJI,Train a CERT\n", encoding="utf-8")
    offers = "id,provider,title,visibility,eligible\no-1,A,Train a CERT,,FRA\no-2,B,Other,private,*\n"
    (tmp_path / "offers.csv").write_text(offers, encoding="utf-8")

    status_of(tmp_path / "needs.csv", tmp_path / "offers.csv", "--as-of", "2026-06-01", "--out", tmp_path / "out")

    assert capsys.readouterr().out.splitlines()[:4] == [
        "1 need and 1 offer as of 2026-06-01.",
        "1 private record left out; 0 eligible pairs.",
        "0 needs have an offer, 1 has none: 1 without an eligible offer.",
        "0 tandems proposed.",
    ]


@pytest.mark.parametrize("command", [[], ["explain"]], ids=["a run", "an explanation"])
def test_help_tells_the_options(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status = status_of(*command, "--help")

    told = " ".join(capsys.readouterr().out.split())
    assert (status, "--profile FILE" in told) == (0, True)


def test_help_tells_the_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    status_of("--help")

    told = " ".join(capsys.readouterr().out.split())

    assert "offers to list for each need; 10 by default" in told
    assert "how many work at once; 2 by default" in told
    assert "local, by default, or dask" in told


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("matches.csv", MATCH_HEADER),
        ("unmet.csv", b"need_id,reason,detail,nearest_offer_id,would_match_if\r\n"),
        ("tandems.csv", b"area,lead,partners,kind,score,reasons\r\n"),
    ],
    ids=TABLES,
)
def test_a_table_has_the_columns_of_the_contract_and_ends_its_lines_with_crlf(
    run: Finished, name: str, header: bytes
) -> None:
    content = run.content(name)

    assert content.startswith(header)
    assert content.endswith(b"\r\n")
    assert content.count(b"\n") == content.count(b"\r\n")


def test_an_id_with_a_quote_a_comma_and_an_equals_sign_comes_back_as_it_was(run: Finished) -> None:
    listed = {row["need_id"] for row in run.rows("matches.csv")}

    assert '=N-14,"quoted"' in listed


def test_numbers_have_six_decimals_and_lie_between_0_and_1(matches: list[dict[str, str]]) -> None:
    numbers = [row[name] for row in matches for name in ("score", *COMPONENTS) if row[name]]

    odd = [text for text in numbers if not SIX_DECIMALS.fullmatch(text) or float(text) > 1]

    assert len(numbers) > 100
    assert odd == []


def test_a_score_is_the_weighted_mean_of_the_printed_components(matches: list[dict[str, str]]) -> None:
    profile = json.loads((GOLDEN / "profile.json").read_text(encoding="utf-8"))
    weights, neutral = profile["weights"], profile["neutral"]

    off = [
        row
        for row in matches
        if abs(
            float(row["score"])
            - sum(weights[name] * float(row[name] or neutral[name]) for name in COMPONENTS) / sum(weights.values())
        )
        > 1e-6
    ]

    assert off == []


def test_matches_are_in_the_order_of_need_rank_score_and_offer(matches: list[dict[str, str]]) -> None:
    places = [(row["need_id"], int(row["rank"])) for row in matches]
    merits = [(row["need_id"], -float(row["score"]), row["offer_id"]) for row in matches]
    lengths = Counter(row["need_id"] for row in matches)

    assert places == [(need_id, rank) for need_id in sorted(lengths) for rank in range(1, lengths[need_id] + 1)]
    assert merits == sorted(merits)
    assert max(lengths.values()) == 3


def test_every_need_but_the_private_one_is_allocated_or_unmet_once(
    run: Finished, matches: list[dict[str, str]]
) -> None:
    allocated = [row["need_id"] for row in matches if row["allocated"] == "1"]
    unmet = [row["need_id"] for row in run.rows("unmet.csv")]

    expected = {row["id"] for row in read_cells((GOLDEN / "needs.csv").read_bytes())} - {"N-10"}

    assert sorted([*allocated, *unmet]) == sorted(expected)
    assert {row["allocated"] for row in matches} == {"0", "1"}


def test_no_offer_gives_more_places_than_it_has(matches: list[dict[str, str]]) -> None:
    taken = Counter(row["offer_id"] for row in matches if row["allocated"] == "1")
    capacity = {row["id"]: int(row["capacity"]) for row in read_cells((GOLDEN / "offers.csv").read_bytes())}

    assert taken["O-06"] == 0
    assert any(row["offer_id"] == "O-06" for row in matches)
    assert all(number <= capacity[offer_id] for offer_id, number in taken.items())


def test_a_pair_below_the_minimum_score_is_listed_and_not_allocated(matches: list[dict[str, str]]) -> None:
    low = [row for row in matches if float(row["score"]) < MINIMUM_SCORE]

    assert "N-11" in {row["need_id"] for row in low}
    assert {row["allocated"] for row in low} == {"0"}


def test_a_closed_offer_and_an_excluded_provider_are_not_listed(matches: list[dict[str, str]]) -> None:
    listed = {(row["need_id"], row["offer_id"]) for row in matches}

    assert "O-05" not in {offer_id for _, offer_id in listed}
    assert ("N-07", "O-08") not in listed
    assert ("N-01", "O-08") in listed


def test_every_match_has_reasons_in_sentences(matches: list[dict[str, str]]) -> None:
    without = [row for row in matches if not row["reasons"].endswith(".")]

    assert without == []


@pytest.mark.parametrize("name", FILES)
def test_a_private_record_is_in_none_of_the_files(run: Finished, name: str) -> None:
    text = run.content(name).decode("utf-8")

    found = [word for word in ("N-10", "O-07", "Zebrawood", "Yarrowfield", "Provider Zeta") if word in text]

    assert found == []


def test_records_below_members_are_in_the_report_by_id_only(run: Finished) -> None:
    report = run.content("report.html").decode("utf-8")
    hidden = (
        "Quillwort",
        "Umbergrove",
        "Provider Delta",
        "Provider Iota",
        "Reedmere",
        "XDB",
        "إنشاء",
        "Ejercicio nacional",
    )

    found = [word for word in hidden if word in report]

    assert found == []
    assert all(record_id in report for record_id in ("N-04", "N-06", "O-04", "Establish a national CSIRT"))


def test_the_run_document_has_the_keys_of_the_contract(run: Finished) -> None:
    document = json.loads(run.content("run.json"))

    assert list(document) == [
        *("engine_version", "profile", "as_of", "counts", "inputs", "ranking_sha256", "seconds", "peak_memory_mb")
    ]
    assert list(document["counts"]) == ["needs", "offers", "private", "eligible_pairs", "allocated", "unmet"]
    assert all(list(entry) == ["name", "sha256"] for entry in document["inputs"])
    # The contract wants the background corpus named in the profile, so the profile has one key for it.
    assert list(document["profile"]) == [
        *("name", "version", "weights", "neutral", "minimum_score", "equity_floor", "background")
    ]


def test_the_run_document_tells_the_truth(run: Finished) -> None:
    document = json.loads(run.content("run.json"))
    hashes = {entry["name"]: entry["sha256"] for entry in document["inputs"]}
    rows = run.rows("matches.csv")

    names = ("needs.csv", "offers.csv", "tandem.csv", "states.csv", "profile.json")

    assert document["as_of"] == "2026-06-01"
    assert document["ranking_sha256"] == hashlib.sha256(run.content("matches.csv")).hexdigest()
    assert hashes == {name: hashlib.sha256((GOLDEN / name).read_bytes()).hexdigest() for name in names}
    assert {key: document["counts"][key] for key in ("needs", "offers", "private")} == {
        "needs": 13,
        "offers": 11,
        "private": 2,
    }
    assert document["counts"]["allocated"] == sum(row["allocated"] == "1" for row in rows)
    assert document["counts"]["unmet"] == len(run.rows("unmet.csv"))
    assert document["peak_memory_mb"] > 0


def test_tandems_cross_groups_and_their_partners_are_sorted(run: Finished) -> None:
    rows = [(row["area"], row["lead"], row["partners"], row["kind"]) for row in run.rows("tandems.csv")]

    assert rows == [
        ("CRI.3", "XCA", "XBB", "lead"),
        ("GOV.1", "XEA", "XAA;XBA", "lead"),
        ("IRC.1", "XAB", "XBA", "peer"),
    ]


def written_otherwise(folder: Path) -> None:
    """Write the golden tables with BOM, CRLF, other column and row order, small codes and a column of one's own."""
    for name in ("needs", "offers", "states", "tandem"):
        rows = read_cells((GOLDEN / f"{name}.csv").read_bytes())[::-1]
        columns = [" remark ", *list(rows[0])[::-1]]
        target = io.StringIO(newline="")
        writer = csv.DictWriter(target, columns, restval="seen", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writeheader()
        small = ("areas", "area", "eligible", "modes", "state", "visibility", "currency", "role", "un_group")
        writer.writerows({key: text.lower() if key in small else text for key, text in row.items()} for row in rows)
        (folder / f"{name}.csv").write_bytes(b"\xef\xbb\xbf" + target.getvalue().encode("utf-8"))


def written_as_workbooks(folder: Path) -> None:
    """Write the golden tables as workbooks in which numbers are numbers."""
    for name in ("needs", "offers", "states", "tandem"):
        with (GOLDEN / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        numbers = [[int(text) if text.isdecimal() else text for text in row] for row in rows]
        content = make_workbook(*numbers, fill=lambda _, sheet: sheet.write_string("A15", '=N-14,"quoted"'))
        (folder / f"{name}.xlsx").write_bytes(content if name == "needs" else make_workbook(*numbers))


def test_rows_columns_and_line_ends_in_another_order_give_the_same_bytes(run: Finished, tmp_path: Path) -> None:
    written_otherwise(tmp_path)

    other = in_a_process(golden_arguments(tmp_path / "out", source=tmp_path), tmp_path / "out")

    assert other.tables() == run.tables()
    assert other.stderr.splitlines() == [
        f"warning: {tmp_path}/{name}.csv:1:remark: the column is not known and is ignored."
        for name in ("needs", "offers", "tandem", "states")
    ]


def test_workbooks_give_the_same_bytes(run: Finished, tmp_path: Path) -> None:
    written_as_workbooks(tmp_path)

    other = in_a_process(golden_arguments(tmp_path / "out", source=tmp_path, suffix=".xlsx"), tmp_path / "out")

    assert other.stderr == ""
    assert other.tables() == run.tables()


def test_another_environment_and_more_workers_give_the_same_bytes(run: Finished, tmp_path: Path) -> None:
    arguments = golden_arguments(tmp_path, options=("--workers", "5", "--engine", "local", "--quiet"))

    other = in_a_process(arguments, tmp_path, **ODD_ENVIRONMENT)

    assert (other.status, other.stdout, other.stderr) == (0, "", "")
    assert other.tables() == run.tables()
    assert run_without_measurements(other) == run_without_measurements(run)


def run_without_measurements(done: Finished) -> dict[str, object]:
    document = json.loads(done.content("run.json"))
    return {key: value for key, value in document.items() if key not in {"seconds", "peak_memory_mb"}}


def test_a_cache_that_is_new_warm_or_damaged_changes_no_byte(run: Finished, tmp_path: Path) -> None:
    arguments = golden_arguments(tmp_path / "out", options=("--cache", str(tmp_path / "cache"), "--quiet"))
    found = []

    for damage in (0, 0, 40):
        status = status_of(*arguments)
        found.append((status, Finished(status=status, stdout="", stderr="", folder=tmp_path / "out").tables()))
        for kept in (tmp_path / "cache").iterdir():
            content = bytearray(kept.read_bytes())
            content[20 : 20 + damage] = bytes(damage)
            kept.write_bytes(content)
    found.append((status_of(*arguments), run.tables()))

    assert found == [(0, run.tables())] * 4


def test_the_cache_holds_stems_by_text_and_no_text(tmp_path: Path) -> None:
    status_of(*golden_arguments(tmp_path / "out", options=("--cache", str(tmp_path / "cache"), "--quiet")))

    (path,) = (tmp_path / "cache").iterdir()
    with np.load(path) as arrays:
        kept = arrays["document"].tobytes()

    assert path.stat().st_mode & 0o077 == 0
    assert b'"nation"' in kept
    assert b"Establish a national CSIRT" not in kept


def test_a_cache_that_cannot_be_kept_costs_no_result(
    run: Finished, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The run was done, the cache could not be written, and the five files were lost with it."""
    arguments = golden_arguments(tmp_path / "out", options=("--cache", "/proc/no-such-folder", "--quiet"))

    status = status_of(*arguments)

    assert (status, capsys.readouterr().err) == (
        0,
        "warning: /proc/no-such-folder: the cache cannot be kept: No such file or directory.\n",
    )
    assert Finished(status=status, stdout="", stderr="", folder=tmp_path / "out").tables() == run.tables()


def test_files_with_a_header_only_give_files_with_a_header_only(tmp_path: Path) -> None:
    (tmp_path / "needs.csv").write_text("id,state,title\n", encoding="utf-8")
    (tmp_path / "offers.csv").write_text("id,provider,title\n", encoding="utf-8")

    status = status_of(tmp_path / "needs.csv", tmp_path / "offers.csv", "--out", tmp_path / "out", "--quiet")

    assert status == 0
    assert (tmp_path / "out" / "matches.csv").read_bytes() == MATCH_HEADER
    assert len(read_cells((tmp_path / "out" / "unmet.csv").read_bytes())) == 0
    assert b"</html>" in (tmp_path / "out" / "report.html").read_bytes()


def test_the_matches_listed_with_a_smaller_top_are_the_first_of_those_with_a_larger(
    run: Finished, tmp_path: Path
) -> None:
    status_of(*golden_arguments(tmp_path, options=("--top", "1", "--quiet")))

    listed = read_cells((tmp_path / "matches.csv").read_bytes())

    first = [row for row in run.rows("matches.csv") if row["rank"] == "1" or row["allocated"] == "1"]
    # An allocated offer behind the list follows it: ranks have no gaps.
    assert [row | {"rank": ""} for row in listed] == [row | {"rank": ""} for row in first]
    assert {row["rank"] for row in listed} == {"1", "2"}
