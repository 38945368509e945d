"""Every sentence that a page can show goes through gettext, and translators find all of them in one file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

PROJECT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = sorted((PROJECT / "app" / "templates").rglob("*.*"))
COLLECTED = PROJECT / "app" / "translations" / "messages.pot"

JINJA = re.compile(r"{#.*?#}|{%\s*trans.*?endtrans\s*%}|{%.*?%}|{{.*?}}", re.DOTALL)
SPOKEN_ATTRIBUTE = re.compile(r'(?:aria-label|alt|placeholder|title|label|data-label)="([^"]*)"')
TAG = re.compile(r"<[^>]*>", re.DOTALL)
LETTERS = re.compile(r"[^\W\d_]{2,}")
SAID_ALIKE_EVERYWHERE = {"Tandem", "CSV"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_says_nothing_that_could_not_be_translated(path: Path) -> None:
    template = JINJA.sub("", path.read_text(encoding="utf-8"))

    spoken = " ".join([TAG.sub(" ", template), *SPOKEN_ATTRIBUTE.findall(template)])

    words = re.sub(r"&#?\w+;", "", spoken)
    assert set(LETTERS.findall(words)) - SAID_ALIKE_EVERYWHERE == set()


def test_the_collected_messages_are_those_of_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run `make messages` when this fails."""
    monkeypatch.chdir(PROJECT)
    found = tmp_path / "messages.pot"
    options = "--keyword=N_ --no-wrap --add-location=file --sort-output --omit-header"
    mapping = "--mapping-file=app/translations/babel.cfg"

    CommandLineInterface().run(
        ["pybabel", "--quiet", "extract", mapping, *options.split(), f"--output-file={found}", "app", "matching"]
    )

    assert found.read_text(encoding="utf-8") == COLLECTED.read_text(encoding="utf-8")


def test_the_sentences_of_the_matcher_are_among_them() -> None:
    with COLLECTED.open("rb") as file:
        messages = {message.id for message in read_po(file)}

    assert "Both are about %(asked)s." in messages


def test_the_sentences_of_the_report_are_among_them() -> None:
    """Its templates lie a folder deeper than those of the pages, where the search once did not look."""
    with COLLECTED.open("rb") as file:
        messages = {message.id for message in read_po(file)}

    assert "What the words mean" in messages
