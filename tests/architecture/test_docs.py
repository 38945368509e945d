"""What the documentation names is there: files, commands, modules and functions."""

from __future__ import annotations

import importlib
import re
import subprocess
from pathlib import Path

import click
import pytest
from flask import Flask

from app import create_app
from app.config import Settings
from app.db import Base
from tests.architecture.tree import ROOT, project_files, text_of

# The contract also says what later issues add; what is not there yet stands in it as such.
PAGES = [path for path in project_files() if path.endswith(".md") and path != "docs/contract.md"]
CODE = re.compile(r"```[a-z]*\n(?P<block>.*?)```|(?<!`)`(?P<span>[^`\n]+)`", re.DOTALL)
MAKE = re.compile(r"^(?:[A-Z]+=\S+ )*make (?P<target>[a-z-]+)", re.MULTILINE)
FLASK = re.compile(r"flask --app wsgi (?P<group>[a-z-]+)(?: (?P<choices>[a-z-]+(?: ?\| ?[a-z-]+)*))?")
DOTTED = re.compile(r"(?:app|matching|benchmarks)(?:\.[A-Za-z_]\w*)+")
TOP_FOLDERS = ("app", "matching", "data", "deploy", "docs", "benchmarks", "migrations", "tests", ".ci")
FILE = re.compile(rf"(?:{'|'.join(map(re.escape, TOP_FOLDERS))})/[\w./-]*\w")
TEST = re.compile(r"(?P<path>tests/[\w/]+\.py)::(?P<name>test_\w+)")
MADE = ("app/static/vendor", "app/translations")


def code_in(path: str) -> list[str]:
    """Return what a page shows as code."""
    return [found["block"] or found["span"] for found in CODE.finditer(text_of(path) or "")]


def named_in_code(path: str, pattern: re.Pattern[str]) -> list[re.Match[str]]:
    """Return every place in a page's code that the pattern finds."""
    return [found for code in code_in(path) for found in pattern.finditer(code)]


def whole_spans(path: str, pattern: re.Pattern[str]) -> list[str]:
    """Return the pieces of code that are one name."""
    return [code for code in code_in(path) if pattern.fullmatch(code)]


def resolves(dotted: str) -> bool:
    """Return whether a name leads to a module, or to something in one."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application with all its commands."""
    database = tmp_path_factory.mktemp("docs") / "tandem.sqlite3"
    return create_app(Settings(database_url=f"sqlite:///{database}", secret_key="k" * 48))


def is_command(application: Flask, group: str, name: str | None) -> bool:
    """Return whether the application has a command."""
    command = application.cli.commands.get(group)
    if name is None or not isinstance(command, click.Group):
        return command is not None
    return name in command.commands


def test_the_readme_is_among_the_pages() -> None:
    assert "README.md" in PAGES


@pytest.mark.parametrize("path", PAGES)
def test_every_make_command_exists(path: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    named = {found["target"] for found in named_in_code(path, MAKE)}

    assert named - targets == set()


@pytest.mark.parametrize("path", PAGES)
def test_every_flask_command_exists(application: Flask, path: str) -> None:
    named = [
        (found["group"], choice.strip() or None)
        for found in named_in_code(path, FLASK)
        for choice in (found["choices"] or "").split("|")
    ]

    assert [name for name in named if not is_command(application, *name)] == []


@pytest.mark.parametrize("path", PAGES)
def test_every_module_and_function_exists(path: str) -> None:
    named = {name for name in whole_spans(path, DOTTED) if not name.endswith((".py", ".md", ".csv", ".json"))}

    assert sorted(name for name in named if not resolves(name)) == []


@pytest.mark.parametrize("path", PAGES)
def test_every_file_exists(path: str) -> None:
    named = {name for name in whole_spans(path, FILE) if not name.startswith(MADE)}

    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_every_test_that_proves_something_exists() -> None:
    """A threat that a page calls defended names the test that would fail without the defence."""
    named = [(page, found["path"], found["name"]) for page in PAGES for found in named_in_code(page, TEST)]

    assert {page for page, _, _ in named} >= {"docs/threat-model.md"}
    assert [name for name in named if f"\ndef {name[2]}(" not in (text_of(name[1]) or "")] == []


@pytest.mark.parametrize("path", PAGES)
def test_every_link_between_files_leads_somewhere(path: str) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text_of(path) or "")

    assert sorted(link for link in links if not (ROOT / Path(path).parent / link).exists()) == []


def test_the_commands_that_keep_records_run_as_the_readme_has_them(tmp_path: Path) -> None:
    """Every step failed in a fresh clone: there were no tables, no reference data, and no file of that name."""
    section = re.search(r"## Keep records\n.*?```\n(?P<commands>.*?)```", text_of("README.md") or "", re.DOTALL)
    assert section is not None
    for name in (".venv", "app", "data", "matching", "migrations", "wsgi.py"):
        (tmp_path / name).symlink_to(ROOT / name)

    done = subprocess.run(
        ["sh", "-eu", "-c", section["commands"]], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "warning:" not in done.stderr
    assert "needs.csv: 55 new, 0 updated, 0 unchanged." in done.stdout
    assert (tmp_path / "results" / "matches.csv").read_text(encoding="utf-8").count("need-") > 100
    assert (tmp_path / "instance" / "trial.sqlite3").exists()


def test_help_lists_every_command_with_a_word_on_it() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    promised = {"help", "setup", "run", "test", "soak", "lint", "format", "bench", "lock", "clean"}

    assert promised - set(re.findall(r"^([a-z-]+):.*## \w", makefile, re.MULTILINE)) == set()


def test_the_rows_that_the_readme_follows_a_need_through_are_tables_of_the_store() -> None:
    table = re.search(r"## Follow one need\n(?P<rows>.*?)\n## ", text_of("README.md") or "", re.DOTALL)
    assert table is not None
    last_cells = [row.rstrip(" |").rpartition("|")[2] for row in table["rows"].splitlines() if row.startswith("|")]

    named = {name for cell in last_cells for name in re.findall(r"`([a-z_]+)`", cell)}

    assert len(named) > 5
    assert named - set(Base.metadata.tables) == set()
