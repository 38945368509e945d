"""The shipped files as files: clean text, true hashes, a package that describes all of them."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "deploy" / "refresh_data_hashes.py"
TABLES = sorted((ROOT / "data").glob("taxonomy/*.csv")) + sorted((ROOT / "data").glob("reference/*.csv"))
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufffd]")


def load_package() -> dict[str, Any]:
    """Return the shipped package description."""
    package: dict[str, Any] = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    return package


def load_rows(path: str) -> list[dict[str, str]]:
    """Return the records of a shipped table."""
    with (ROOT / "data" / path).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def broken_fields(schema: dict[str, Any], rows: list[dict[str, str]]) -> list[str]:
    """Return the rules about single columns that the records break: required, pattern, enum."""
    broken = []
    for field in schema["fields"]:
        rules, cells = field.get("constraints", {}), [row[field["name"]] for row in rows]
        filled = [cell for cell in cells if cell]
        if rules.get("required") and len(filled) < len(cells):
            broken.append(f"{field['name']} has an empty cell")
        if not all(re.fullmatch(rules.get("pattern", ".*"), cell) for cell in filled):
            broken.append(f"{field['name']} breaks its pattern")
        if not set(filled) <= set(rules.get("enum", filled)):
            broken.append(f"{field['name']} has a value that is not listed")
    return broken


def broken_keys(
    schema: dict[str, Any], rows: list[dict[str, str]], rows_by_table: dict[str, list[dict[str, str]]]
) -> list[str]:
    """Return what is wrong with the primary key and the links to other tables."""
    primary = schema.get("primaryKey", [])
    broken = ["the primary key repeats"] if primary and len(tuples(rows, primary)) < len(rows) else []
    for link in schema.get("foreignKeys", []):
        reference = link["reference"]
        there = tuples(rows_by_table.get(reference["resource"], rows), reference["fields"])
        here = tuples(rows, link["fields"])
        broken += [f"{end} leads nowhere" for end in here - there if all(end)]
    return broken


def tuples(rows: list[dict[str, str]], names: str | list[str]) -> set[tuple[str, ...]]:
    """Return the distinct values of one or several columns."""
    columns = [names] if isinstance(names, str) else names
    return {tuple(row[name] for name in columns) for row in rows}


def run_script(data: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the refresh script on a folder and return what it said."""
    command = [sys.executable, str(SCRIPT), "--data", str(data), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def small_data(tmp_path: Path) -> Path:
    """Return a data folder with one table and a package that knows it by title only."""
    (tmp_path / "rivers.csv").write_text("code,title\nNIL,Nile\n", encoding="utf-8", newline="\n")
    package = {"name": "small", "resources": [{"name": "rivers", "path": "rivers.csv", "title": "By hand"}]}
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_a_table_is_clean_composed_unicode(path: Path) -> None:
    content = path.read_bytes()

    text = content.decode("utf-8")

    assert UNSEEN.findall(text) == []
    assert text == unicodedata.normalize("NFC", text)
    assert text.endswith("\n")


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_the_cells_of_a_table_are_trimmed_and_as_many_as_its_columns(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream, strict=True))

    untrimmed = [cell for row in rows for cell in row if cell != cell.strip() or "  " in cell]

    assert {len(row) for row in rows} == {len(rows[0])}
    assert untrimmed == []


def test_the_package_lists_every_data_file_once() -> None:
    package = load_package()

    listed = [resource["path"] for resource in package["resources"]]
    present = [
        path.relative_to(ROOT / "data").as_posix()
        for path in (ROOT / "data").rglob("*")
        if path.is_file() and path.name not in {"README.md", "datapackage.json"} and not path.name.startswith(".")
    ]

    assert sorted(listed) == sorted(present)


def test_the_hash_and_size_of_every_file_are_true() -> None:
    package = load_package()

    stale = []
    for resource in package["resources"]:
        content = (ROOT / "data" / resource["path"]).read_bytes()
        if (resource["bytes"], resource["hash"]) != (len(content), f"sha256:{hashlib.sha256(content).hexdigest()}"):
            stale.append(resource["path"])

    assert stale == [], "run: python3 deploy/refresh_data_hashes.py"


def test_every_resource_has_a_title_a_source_and_a_licence() -> None:
    package = load_package()

    bare = [
        resource["path"]
        for resource in package["resources"]
        if not (resource.get("title") and resource.get("sources") and resource.get("licenses"))
    ]

    assert bare == []


def test_the_schema_of_a_table_names_its_columns_in_order_and_describes_them() -> None:
    package = load_package()
    tables = [resource for resource in package["resources"] if "schema" in resource]

    differing = []
    for resource in tables:
        with (ROOT / "data" / resource["path"]).open(encoding="utf-8", newline="") as stream:
            header = next(csv.reader(stream))
        fields = resource["schema"]["fields"]
        if [field["name"] for field in fields] != header or not all(field.get("description") for field in fields):
            differing.append(resource["path"])

    assert differing == []


def test_a_table_keeps_what_its_schema_promises() -> None:
    package = load_package()
    tables = {resource["name"]: resource for resource in package["resources"] if resource.get("schema")}
    rows_by_table = {name: load_rows(resource["path"]) for name, resource in tables.items()}

    broken = [
        f"{name}: {promise}"
        for name, resource in tables.items()
        for promise in broken_fields(resource["schema"], rows_by_table[name])
        + broken_keys(resource["schema"], rows_by_table[name], rows_by_table)
    ]

    assert broken == []


def test_refreshing_keeps_what_is_written_by_hand(small_data: Path) -> None:
    hand_written = "By hand"

    result = run_script(small_data)

    (resource,) = json.loads((small_data / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert result.returncode == 0
    assert resource["title"] == hand_written
    assert resource["bytes"] == 20
    assert (
        resource["hash"]
        == f"sha256:{hashlib.sha256(b'code,title' + bytes([10]) + b'NIL,Nile' + bytes([10])).hexdigest()}"
    )


def test_refreshing_gives_a_new_file_an_entry_with_its_columns(small_data: Path) -> None:
    (small_data / "lakes.csv").write_text("code,depth_m\nVIC,84\n", encoding="utf-8")

    result = run_script(small_data)

    lakes = json.loads((small_data / "datapackage.json").read_text(encoding="utf-8"))["resources"][0]
    assert "new: lakes.csv" in result.stderr
    assert [field["name"] for field in lakes["schema"]["fields"]] == ["code", "depth_m"]


def test_checking_notices_a_changed_file_and_changes_nothing(small_data: Path) -> None:
    run_script(small_data)
    (small_data / "rivers.csv").write_text("code,title\nNIL,The Nile\n", encoding="utf-8", newline="\n")
    before = (small_data / "datapackage.json").read_bytes()

    result = run_script(small_data, "--check")

    assert result.returncode == 1
    assert "stale: the size or hash of rivers.csv" in result.stderr
    assert (small_data / "datapackage.json").read_bytes() == before


def test_refreshing_reports_an_entry_without_a_file(small_data: Path) -> None:
    (small_data / "rivers.csv").unlink()

    result = run_script(small_data)

    assert result.returncode == 1
    assert "missing: rivers.csv" in result.stderr
