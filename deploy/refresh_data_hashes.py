"""Writes the size and SHA-256 of every file under data/ into data/datapackage.json and keeps what is written by hand."""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
from pathlib import Path
from typing import Any, Final

DATA: Final = Path(__file__).resolve().parent.parent / "data"
PACKAGE_NAME: Final = "datapackage.json"
UNLISTED_NAMES: Final = frozenset({PACKAGE_NAME, "README.md"})
MEDIA_TYPE_BY_SUFFIX: Final = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".yaml": "application/yaml",
}

Resource = dict[str, Any]


def main(arguments: list[str] | None = None) -> int:
    """Bring the package up to date, or with ``--check`` only say whether it is; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if the package is out of date")
    parser.add_argument("--data", type=Path, default=DATA, help="the folder that holds datapackage.json")
    options = parser.parse_args(arguments)
    package_path = options.data / PACKAGE_NAME
    package = json.loads(package_path.read_text(encoding="utf-8"))
    findings = refresh(package, options.data)
    for finding in findings:
        print(finding, file=sys.stderr)
    if options.check:
        return 1 if findings else 0
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    package_path.write_text(text, encoding="utf-8", newline="\n")
    return 1 if any(finding.startswith(("missing:", "columns:")) for finding in findings) else 0


def refresh(package: dict[str, Any], data: Path) -> list[str]:
    """Update the package in place and return one line for each thing that was not as it should be."""
    resources: list[Resource] = package.setdefault("resources", [])
    resource_by_path = {resource["path"]: resource for resource in resources}
    paths = list_data_paths(data)
    findings = [
        f"missing: {path} has an entry in {PACKAGE_NAME} but no file; restore the file or delete the entry"
        for path in resource_by_path
        if path not in paths
    ]
    for path in paths:
        resource = resource_by_path.get(path)
        if resource is None:
            resource = describe(path, data)
            resources.append(resource)
            findings.append(f"new: {path} has an entry now; write its title, source and licence by hand")
        findings += stamp(resource, data)
    resources.sort(key=lambda resource: resource["path"])
    return findings


def list_data_paths(data: Path) -> list[str]:
    """Return the paths of the files that need an entry, relative to the folder, in order."""
    return sorted(
        path.relative_to(data).as_posix()
        for path in data.rglob("*")
        if path.is_file() and path.name not in UNLISTED_NAMES and not path.name.startswith(".")
    )


def describe(path: str, data: Path) -> Resource:
    """Return a new entry with what can be read off the file: name, media type and, for tables, the columns."""
    suffix = Path(path).suffix.lower()
    resource: Resource = {
        "name": path.removesuffix(suffix).replace("/", "-").replace("_", "-").lower(),
        "path": path,
        "format": suffix.removeprefix("."),
        "mediatype": MEDIA_TYPE_BY_SUFFIX.get(suffix, "application/octet-stream"),
        "encoding": "utf-8",
    }
    if suffix == ".csv":
        resource["profile"] = "tabular-data-resource"
        resource["schema"] = {"fields": [{"name": name, "type": "string"} for name in read_header(data / path)]}
    return resource


def read_header(path: Path) -> list[str]:
    """Return the column names of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return next(csv.reader(stream), [])


def stamp(resource: Resource, data: Path) -> list[str]:
    """Write the true size and hash, and return what was wrong before: the hash, or columns that nobody described."""
    path = data / resource["path"]
    content = path.read_bytes()
    fresh = {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
    findings = []
    if {key: resource.get(key) for key in fresh} != fresh:
        findings.append(f"stale: the size or hash of {resource['path']} is out of date; run without --check")
    resource.update(fresh)
    if "schema" in resource and [field["name"] for field in resource["schema"]["fields"]] != read_header(path):
        findings.append(f"columns: the header of {resource['path']} differs from its schema; mend the schema by hand")
    return findings


if __name__ == "__main__":
    sys.exit(main())
