"""The lock files: everything exact, everything with its hash, and the two of Python in agreement."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from tests.architecture.tree import ROOT

PYTHON_LOCKS = ("requirements.txt", "requirements-dev.txt", "deploy/requirements-node.txt")
REQUIREMENT = re.compile(r"(?P<name>[a-z0-9.-]+)==(?P<version>[\w.+!-]+)(?P<hashes>(?: --hash=sha256:[0-9a-f]{64})+)")


def locked_lines(path: str) -> list[str]:
    """Return the lines of a lock file, each requirement with its hashes in one line."""
    joined = re.sub(r"\s*\\\n\s*", " ", (ROOT / path).read_text(encoding="utf-8"))
    return [line for line in joined.splitlines() if line.strip()]


def locked_versions(path: str) -> dict[str, str]:
    """Return the version of each package in a lock file."""
    found = [REQUIREMENT.fullmatch(line) for line in locked_lines(path)]
    return {match["name"]: match["version"] for match in found if match}


def declared_names(group: str) -> set[str]:
    """Return the names that pyproject.toml asks for."""
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = {"run": document["project"]["dependencies"], "dev": document["dependency-groups"]["dev"]}[group]
    return {re.split(r"[\[<>=~!; ]", requirement)[0].lower() for requirement in declared}


@pytest.mark.parametrize("path", PYTHON_LOCKS)
def test_every_requirement_is_exact_and_has_its_hashes(path: str) -> None:
    lines = locked_lines(path)

    assert lines
    assert [line[:60] for line in lines if not REQUIREMENT.fullmatch(line)] == []


@pytest.mark.parametrize(("group", "path"), [("run", "requirements.txt"), ("dev", "requirements-dev.txt")])
def test_what_is_declared_is_locked(group: str, path: str) -> None:
    locked = set(locked_versions(path))

    assert declared_names(group) - locked == set()


def test_tests_run_on_the_versions_that_serve() -> None:
    serving, testing = locked_versions("requirements.txt"), locked_versions("requirements-dev.txt")

    assert {name: testing.get(name) for name in serving} == serving


def test_the_front_end_files_are_exact_and_have_their_hashes() -> None:
    declared = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]

    brought = {name: entry for name, entry in packages.items() if name}

    assert {name: brought[f"node_modules/{name}"]["version"] for name in declared} == declared
    assert [name for name, entry in brought.items() if not entry["integrity"].startswith("sha512-")] == []
    assert [name for name, entry in brought.items() if "resolved" in entry] == []
