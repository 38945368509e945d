"""What no file of the project may hold: unfinished business, and traces of the machine it was written on."""

from __future__ import annotations

import re

from tests.architecture.tree import modules, project_files, text_of

# The brackets keep this file from holding what it looks for.
UNFINISHED = re.compile(r"\b(?:TO[D]O|FIX[M]E|raise NotImplemented[E]rror)\b")
PERSONAL_FOLDERS = ("home", "root", "Users", "work", "opt", "mnt")
MACHINE_PATH = re.compile(rf"(?<![\w./:%-])/(?:{'|'.join(PERSONAL_FOLDERS)})/\w")
REGISTRY = re.compile(
    r"\b(?:[\w-]+\.)*(?:pypi|pythonhosted|npmjs|yarnpkg|npmmirror)\.(?:org|com|io)\b|--(?:extra-)?index-url"
)


def places_of(pattern: re.Pattern[str], *, outside: tuple[str, ...] = ()) -> list[str]:
    """Return file and line of every place where the pattern is found."""
    return [
        f"{path}:{number}"
        for path in project_files()
        if not path.startswith(outside)
        for number, line in enumerate((text_of(path) or "").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_nothing_is_left_for_later() -> None:
    # The sample quotes public statements, which may say anything.
    places = places_of(UNFINISHED, outside=("data/sample/",))

    assert places == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    places = places_of(MACHINE_PATH, outside=("data/sample/",))

    assert places == []


def test_no_file_names_a_registry() -> None:
    places = places_of(REGISTRY, outside=("tests/architecture/test_texts.py",))

    assert places == []


def test_a_silenced_warning_names_its_code_and_reason() -> None:
    silenced = re.compile(r"#\s*(?:noqa|type:\s*ignore)(?P<rest>.*)$")
    reasoned = re.compile(r"^(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[\w,\s-]+\])\s+.*\w{3}")

    bare = [
        f"{module.path}:{number}"
        for module in modules("app", "matching", "deploy", "migrations", "benchmarks")
        for number, line in enumerate(module.text.splitlines(), start=1)
        if (found := silenced.search(line)) and not reasoned.match(found["rest"])
    ]

    assert bare == []
