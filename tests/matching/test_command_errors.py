"""The command line on bad input: every fault told on one line, nothing written, and never a traceback."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from matching.__main__ import run
from matching.command.datafolder import content_of
from tests.matching.command_line import FILES, GOLDEN, ROOT, Finished, golden_arguments, in_a_process, status_of

NEEDS = GOLDEN / "needs.csv"
OFFERS = GOLDEN / "offers.csv"
STATES = GOLDEN / "states.csv"

FAULTY_NEEDS = """id,state,title,areas,modes,earliest,latest,priority,budget
n-1,XAA,Train a team,IRC.1,training,,,3,
n-1,XAB,Train another team,,,,,,
n-2,FRA,,GOV,,,,,
n-3,XAA,Two lines,XYZ,teaching,,,9,
n-4,XBA,Late,,,2027-05-01,2027-04-30,,
n-5,XBA,When,,,01/02/2027,,,1e5
"""
FAULTY_OFFERS = """id,provider,title,eligible,capacity
o-1,,Advice,ZZTOP,-1
"""


def make_profile(path: Path, **changes: Any) -> Path:
    """Write the golden profile with some keys changed; None takes a key away."""
    document = json.loads((GOLDEN / "profile.json").read_text(encoding="utf-8")) | changes
    path.write_text(json.dumps({key: value for key, value in document.items() if value is not None}), encoding="utf-8")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    """Return what stands in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    folder = tmp_path_factory.mktemp("faulty")
    (folder / "needs.csv").write_text(FAULTY_NEEDS, encoding="utf-8")
    (folder / "offers.csv").write_text(FAULTY_OFFERS, encoding="utf-8")
    (folder / "out").mkdir()
    (folder / "out" / "matches.csv").write_text("of yesterday", encoding="utf-8")
    arguments = [
        *(str(folder / "needs.csv"), str(folder / "offers.csv")),
        *("--states", str(STATES), "--out", str(folder / "out"), "--cache", str(folder / "cache")),
    ]
    return in_a_process(arguments, folder / "out")


def test_faulty_files_end_with_status_2_and_nothing_on_standard_output(faulty: Finished) -> None:
    ended = (faulty.status, faulty.stdout)

    assert ended == (2, "")


def test_every_fault_of_both_files_is_one_line_with_file_line_column_and_code(faulty: Finished) -> None:
    text = faulty.stderr.replace(f"{faulty.folder.parent}/", "")

    places = [line.split(": ", maxsplit=2)[:2] for line in text.splitlines()]

    assert places == [
        ["needs.csv:3:id", "duplicate_id"],
        ["needs.csv:4:state", "unknown_state"],
        ["needs.csv:4:title", "missing_value"],
        ["needs.csv:5:areas", "unknown_code"],
        ["needs.csv:5:modes", "unknown_code"],
        ["needs.csv:5:priority", "out_of_range"],
        ["needs.csv:6:latest", "end_before_start"],
        ["needs.csv:7:earliest", "bad_date"],
        ["needs.csv:7:budget", "bad_number"],
        ["offers.csv:2:provider", "missing_value"],
        ["offers.csv:2:eligible", "unknown_code"],
        ["offers.csv:2:capacity", "out_of_range"],
    ]


def test_every_fault_is_told_in_a_sentence(faulty: Finished) -> None:
    sentences = [line.split(": ", maxsplit=2)[2] for line in faulty.stderr.splitlines()]

    assert all(sentence.endswith(".") and " " in sentence for sentence in sentences)
    assert sentences[4].startswith("'teaching'")


def test_faulty_files_leave_the_folder_and_the_cache_as_they_were(faulty: Finished) -> None:
    names = sorted(path.name for path in faulty.folder.parent.iterdir())

    assert contents(faulty.folder) == {"matches.csv": b"of yesterday"}
    assert names == ["needs.csv", "offers.csv", "out"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--as-of", "2026-02-30"], "'2026-02-30' is not a day of the calendar"),
        (["--as-of", "2026-6-1"], "'2026-6-1' is not a day"),
        (["--as-of", "20260601"], "'20260601' is not a day"),
        (["--top", "0"], "'0' is out of range; write a whole number from 1"),
        (["--top", "ten"], "'ten' is not a whole number"),
        (["--workers", "0"], "'0' is out of range"),
        (["--engine", "abacus"], "invalid choice: 'abacus'"),
        (["--scheduler", "tcp://127.0.0.1:1"], "give --engine dask with it"),
        (["--engine", "dask", "--scheduler", "tcp://127.0.0.1:1"], "no Dask scheduler answers there"),
        (["--tops", "3", "--colour"], "unrecognized arguments"),
        (["--states", "absent.csv"], "absent.csv:1:-: unreadable_file: There is no such file"),
        (["--tandem", "absent.csv"], "absent.csv:1:-: unreadable_file: There is no such file"),
        (["--profile", "absent.json"], "absent.json:1:-: unreadable_file: There is no such file"),
        (["--states", str(GOLDEN)], "unreadable_file: The file cannot be opened: Is a directory."),
        (["--profile", str(GOLDEN)], "unreadable_file: The file cannot be opened: Is a directory."),
        (["--profile", ""], "the path is empty; name a file or a folder"),
        (["--tandem", str(OFFERS)], "offers.csv:1:state: missing_column"),
        (["--out", ""], "argument --out: the path is empty; name a file or a folder"),
        (["--cache", str(OFFERS)], "is not a folder; name another one."),
    ],
    ids=lambda value: " ".join(value).replace(str(GOLDEN), "golden") if isinstance(value, list) else "",
)
def test_a_wrong_option_is_told_and_nothing_is_written(
    options: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = status_of(NEEDS, OFFERS, "--states", STATES, "--out", tmp_path / "out", *options)

    told = capsys.readouterr()
    assert status == 2
    assert words in " ".join(told.err.split())
    assert told.out == ""
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("needs", "offers", "words"),
    [
        ("absent.csv", OFFERS, "absent.csv:1:-: unreadable_file: There is no such file"),
        (NEEDS, "absent.csv", "absent.csv:1:-: unreadable_file: There is no such file"),
        (GOLDEN, OFFERS, ":1:-: unreadable_file: The file cannot be opened: Is a directory."),
        ("/dev/null", OFFERS, "null:1:-: empty_file: "),
        (OFFERS, OFFERS, "offers.csv:1:state: missing_column: "),
        (GOLDEN / "profile.json", OFFERS, "profile.json:1:"),
    ],
    ids=["no needs", "no offers", "a folder", "nothing", "the wrong file", "not a table"],
)
def test_a_file_that_cannot_be_read_is_told(
    needs: Path | str, offers: Path | str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = status_of(needs, offers, "--states", STATES, "--out", tmp_path / "out")

    assert status == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"colour": 1}, ":1:colour: unknown_code: The profile has an unknown key 'colour'"),
        ({"weights": None}, ":1:weights: missing_value: The profile has no key 'weights'"),
        ({"weights": {"area": 1, "taste": 1}}, ":1:weights.taste: unknown_code: "),
        ({"weights": {"area": 0}}, ":1:weights: out_of_range: The profile's weights are all 0"),
        ({"weights": {"area": -1}}, ":1:weights.area: out_of_range: 'weights.area' is -1"),
        ({"weights": {"area": "3"}}, ":1:weights.area: bad_number: 'weights.area' is '3'"),
        ({"weights": {"area": True}}, "'weights.area' is True"),
        ({"neutral": 1.5}, "'neutral.area' is 1.5"),
        ({"minimum_score": 2}, "'minimum_score' is 2"),
        (
            {"equity_floor": {"LCD": 0.5}},
            ":1:equity_floor.LCD: unknown_code: 'equity_floor' names an unknown group 'LCD'",
        ),
        ({"equity_floor": {"LDC": 1.5}}, ":1:equity_floor.LDC: out_of_range: "),
        ({"background": "background-9"}, ":1:background: unknown_code: "),
        ({"name": "half \ud800"}, "not JSON in UTF-8"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_profile_that_cannot_be_used_is_told(
    changes: dict[str, Any], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = make_profile(tmp_path / "mine.json", **changes)

    status = status_of(NEEDS, OFFERS, "--states", STATES, "--profile", profile, "--out", tmp_path / "out")

    assert status == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "content",
    [b'{"name": ', b"[1, 2]", b"", b"\xff\xfe", b"[" * 100_000, b'{"name": NaN}', b"1" * 5_000],
    ids=["cut short", "a list", "empty", "UTF-16", "too deep", "not a number", "a long number"],
)
def test_a_profile_that_is_no_object_of_json_is_told(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.json").write_bytes(content)

    options = ("--states", STATES, "--profile", tmp_path / "mine.json", "--out", tmp_path / "out")

    status = status_of(NEEDS, OFFERS, *options)

    told = capsys.readouterr().err.splitlines()
    assert status == 2
    assert len(told) == 1
    assert "mine.json" in told[0]


def test_the_faults_of_all_files_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A bad States file or profile, or one missing file, hid what was wrong with the others until the next run."""
    (tmp_path / "needs.csv").write_text("id,state,title\nn-1,XAA,\n", encoding="utf-8")
    (tmp_path / "tandem.csv").write_text("state,area,capacity_level,role\nXAA,GOV,9,lead\n", encoding="utf-8")
    (tmp_path / "states.csv").write_text("iso3,name_en,un_group\nXAA,Northland,ASIA\n", encoding="utf-8")
    make_profile(tmp_path / "mine.json", minimum_score=2)
    files = {"tandem": "tandem.csv", "states": "states.csv", "profile": "mine.json"}
    options = [word for option, name in files.items() for word in (f"--{option}", str(tmp_path / name))]

    status = status_of(tmp_path / "needs.csv", tmp_path / "absent.csv", *options, "--out", tmp_path / "out")

    told = capsys.readouterr().err.replace(f"{tmp_path}/", "").splitlines()
    assert status == 2
    assert [line.split(": ", maxsplit=2)[:2] for line in told] == [
        ["needs.csv:2:title", "missing_value"],
        ["absent.csv:1:-", "unreadable_file"],
        ["tandem.csv:2:capacity_level", "out_of_range"],
        ["states.csv:2:un_group", "unknown_code"],
        ["mine.json:1:minimum_score", "out_of_range"],
    ]


def test_files_of_one_name_are_told_apart_by_their_paths(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both were called data.csv, so that nobody could say which of the two had the fault."""
    monkeypatch.chdir(tmp_path)
    for folder, header in (("a", "id,state,title"), ("b", "id,provider,title")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "data.csv").write_text(f"{header}\n1,XAA,\n", encoding="utf-8")

    status_of("a/data.csv", "./b/data.csv", "--states", STATES, "--out", tmp_path / "out")

    told = [line.partition(": ")[0] for line in capsys.readouterr().err.splitlines()]
    assert told == ["a/data.csv:2:title", "./b/data.csv:2:title"]


def test_a_states_file_without_a_row_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "states.csv").write_text("iso3,name_en\n", encoding="utf-8")

    status = status_of(NEEDS, OFFERS, "--states", tmp_path / "states.csv", "--out", tmp_path / "out")

    assert status == 2
    assert "states.csv:1:-: unreadable_file: The file holds no State" in capsys.readouterr().err


def test_each_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Profile and States were read again to hash them: a change in between gave run.json a digest of other bytes."""
    opened: list[str] = []

    def counted(path: Path | str) -> bytes:
        opened.append(Path(path).name)
        return content_of(path)

    monkeypatch.setattr("matching.command.inputs.content_of", counted)

    status = status_of(*golden_arguments(tmp_path, options=("--quiet",)))

    assert status == 0
    assert opened == ["needs.csv", "offers.csv", "tandem.csv", "states.csv", "profile.json"]


def test_a_folder_that_is_a_file_is_refused_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("mine", encoding="utf-8")

    status = status_of("absent.csv", OFFERS, "--out", tmp_path / "taken" / "below")

    assert status == 2
    assert "taken is not a folder; name another one." in capsys.readouterr().err
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_written_ends_with_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # A folder that nobody may write, not even root: where the name of a file is taken by another folder.
    (tmp_path / "matches.csv").mkdir()

    status = status_of(*golden_arguments(tmp_path, options=("--quiet",)))

    assert status == 1
    assert capsys.readouterr().err == f"{tmp_path}/matches.csv: nothing can be written there: Is a directory.\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["matches.csv"]


def test_a_folder_that_cannot_be_made_is_noticed_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run of hours ended with "cannot be written", and had to be run again."""
    monkeypatch.setattr("matching.command.main.run", lambda *_arguments, **_options: pytest.fail("it ran"))

    status = status_of(*golden_arguments(Path("/proc/out")))

    told = capsys.readouterr().err
    assert (status, told) == (1, "/proc/out: nothing can be written there: No such file or directory.\n")


def test_faulty_files_leave_no_trace_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    before = (tmp_path / "out").stat().st_mtime_ns

    status = status_of("absent.csv", OFFERS, "--out", tmp_path / "out")

    assert (status, (tmp_path / "out").stat().st_mtime_ns) == (2, before)


def test_a_full_disk_is_told_with_the_name_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error while writing has no file name of its own, so that the sentence ended in "None"."""

    def full(_path: Path, _content: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)

    status = status_of(*golden_arguments(tmp_path, options=("--quiet",)))

    told = capsys.readouterr().err
    assert (status, told) == (1, f"{tmp_path}/matches.csv: nothing can be written there: No space left on device.\n")
    assert list(tmp_path.iterdir()) == []


def with_output_to(place: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as its own process whose standard output goes elsewhere."""
    script = f'exec "$@" {place}'
    arguments = [sys.executable, "-m", "matching", *golden_arguments(folder)]
    return subprocess.run(
        ["sh", "-c", script, "sh", *arguments], cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False
    )


def test_a_closed_output_changes_nothing(tmp_path: Path) -> None:
    """The five files were written, and then a traceback said that None has no attribute 'write'."""
    done = with_output_to(">&-", tmp_path)

    names = {path.name for path in tmp_path.iterdir()}

    assert (done.returncode, done.stderr, names) == (0, "", set(FILES))


def test_an_output_that_takes_nothing_is_told_in_one_line(tmp_path: Path) -> None:
    done = with_output_to("> /dev/full", tmp_path)

    told = (done.returncode, done.stderr)

    assert told == (1, "standard output: nothing can be written there: No space left on device.\n")


@pytest.mark.parametrize("moment", ["while it works", "while it is loaded"])
def test_a_run_that_is_stopped_ends_without_a_traceback(
    moment: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C in the second in which the libraries are loaded showed a page of them."""

    def stop(*_arguments: object) -> int:
        raise KeyboardInterrupt

    command = types.ModuleType("matching.command.main")
    # Python asks a module for a name that it lacks by this one, so that the import of the name is what stops.
    setattr(command, "main" if moment == "while it works" else "__getattr__", stop)
    monkeypatch.setitem(sys.modules, "matching.command.main", command)

    status = run(["needs.csv", "offers.csv"])

    assert (status, capsys.readouterr().err) == (1, "Stopped.\n")


def test_a_file_name_that_is_no_unicode_is_read_all_the_same(tmp_path: Path) -> None:
    odd = Path(f"{tmp_path}/needs-\udcff.csv")
    odd.write_bytes(NEEDS.read_bytes())

    status = status_of(odd, OFFERS, "--states", STATES, "--out", tmp_path / "out", "--quiet")

    names = [entry["name"] for entry in json.loads((tmp_path / "out" / "run.json").read_bytes())["inputs"]]
    assert status == 0
    assert names == ["needs-?.csv", "offers.csv", "states.csv"]


def test_quiet_silences_the_summary_but_no_warning_and_no_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A nightly run with --quiet lost a column that was misspelt, and nobody was told."""
    (tmp_path / "needs.csv").write_text("id,state,title,remark\nn-1,XAA,Train,x\n", encoding="utf-8")
    arguments = [tmp_path / "needs.csv", OFFERS, "--states", STATES, "--as-of", "2026-06-01", "--out", tmp_path / "out"]

    loud = (status_of(*arguments), capsys.readouterr())
    quiet = (status_of(*arguments, "--quiet"), capsys.readouterr())
    (tmp_path / "needs.csv").write_text("id,state,title,remark\nn-1,XAA,,x\n", encoding="utf-8")
    faulty = (status_of(*arguments, "--quiet"), capsys.readouterr())

    warning = f"warning: {tmp_path}/needs.csv:1:remark: the column is not known and is ignored.\n"
    assert (loud[0], loud[1].err, loud[1].out != "") == (0, warning, True)
    assert (quiet[0], quiet[1].err, quiet[1].out) == (0, warning, "")
    assert faulty[0] == 2
    assert faulty[1].err.startswith(f"{tmp_path}/needs.csv:2:title: missing_value")
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(FILES)
