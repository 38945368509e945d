"""A questionnaire as a workbook to fill in away from the line: what an import reads is its first sheet."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import xlsxwriter
from flask_babel import gettext
from xlsxwriter.worksheet import Worksheet

from app.assessments.answers import FIELD_NAMES, AnswerContent
from app.assessments.checks import HIGHEST_PRIORITY
from app.assessments.files import ANSWER_COLUMNS, REMARK, written_answer
from app.assessments.paper.looks import formats_of, growing, height_of
from app.assessments.paper.papers import Paper
from app.assessments.paper.words import WORKBOOK_RULES, spoken_in, words_in
from app.assessments.questionnaires import HIGHEST_STAGE, HIGHEST_STATUS, LOWEST_STAGE, Choice, Item, ItemKind, Section
from app.errors import ConflictError
from app.filters import day
from matching.tables.values import MAX_CELL_LENGTH

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
A4: Final = 9
MADE_AT: Final = datetime(2026, 1, 1)  # noqa: DTZ001 – one for all, so that equal answers are equal files
MAX_MESSAGE_LENGTH: Final = 255  # characters of what a cell says when it is chosen
FIRST_ROW: Final = 2  # below the names of the columns, which are read, and what they are called, which is not
N_FIXED: Final = 2  # columns that stay while one moves to the right

# Characters, as a spreadsheet counts them: they fit the width of A4 across.
WIDTHS: Final[Mapping[str, int]] = {
    "item": 9,
    "title": 18,
    "question": 30,
    "current": 7,
    "target": 7,
    "priority": 8,
    "status": 8,
    "in_place": 30,
    "challenges": 15,
    "obstacles": 24,
    "gaps": 24,
    "evidence": 22,
}
LIST_WIDTHS: Final = (22, 36, 80)
HOW_TO_WIDTH: Final = 110
SECTION_POINTS: Final = 20
TITLE_POINTS: Final = 26
N_LINES_TO_WRITE: Final = 4
NUMBERS: Final = ("current", "target", "priority", "status")
# None of what a State or a questionnaire says may run or lead anywhere: all text stays text.
OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def workbook_bytes(paper: Paper) -> bytes:
    """Return a paper as an XLSX workbook.

    Raises
    ------
    ConflictError
        When an answer is longer than a cell can be.
    """
    content = io.BytesIO()
    with spoken_in(paper.language), xlsxwriter.Workbook(content, OPTIONS) as book:
        _Book(book, paper).write()
    return growing(content.getvalue())


class _Book:
    """The sheets of one workbook under writing."""

    def __init__(self, book: xlsxwriter.Workbook, paper: Paper) -> None:
        self._book, self._paper = book, paper
        self._words = {name: word.text(paper.language) for name, word in words_in(paper.language).items()}
        self._formats = formats_of(book)
        self._row_by_item = {item.code: row for row, item in enumerate(paper.items, start=1)}
        self._answers, self._stages, self._lists, self._how_to = map(
            self._sheet, ("answers", "stages", "lists", "how_to")
        )

    def write(self) -> None:
        """Write all sheets; the workbook opens on the one that explains, and the first one is read back."""
        self._book.set_properties({"title": f"{self._words['form']}: {self._heading()}", "created": MADE_AT})
        self._write_answers()
        self._write_stages()
        self._write_lists()
        self._write_how_to()
        self._how_to.activate()

    def _sheet(self, name: str) -> Worksheet:
        sheet = self._book.add_worksheet(self._words[name])
        if self._paper.language == "ar":
            sheet.right_to_left()
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        # An ampersand is a command there.
        sheet.set_footer(f"&L{self._heading().replace('&', '&&')}&R&P / &N")
        # Cells can be widened; nobody has to know a password to change the rest.
        sheet.protect("", {"format_columns": True, "format_rows": True, "format_cells": True})
        return sheet

    def _heading(self) -> str:
        paper = self._paper
        if paper.assessment is None:
            return f"{self._words['release']} {paper.questionnaire.release}"
        return f"{paper.state_name}, {day(paper.assessment.as_of_on)}"

    def _write_answers(self) -> None:
        sheet, formats = self._answers, self._formats
        for column, name in enumerate(ANSWER_COLUMNS.known):
            sheet.set_column(column, column, WIDTHS[name])
            sheet.write_string(0, column, name, formats["name"])
            remark = f"{REMARK} " if column == 0 else ""
            sheet.write_string(1, column, f"{remark}{self._words[name]}", formats["head"])
        sheet.freeze_panes(FIRST_ROW, N_FIXED)
        sheet.repeat_rows(0, FIRST_ROW - 1)
        row = FIRST_ROW
        for section in self._paper.sections:
            self._write_section(row, section)
            row += 1 + len(section.items)

    def _write_section(self, row: int, section: Section) -> None:
        kind = self._formats["section"]
        self._answers.set_row(row, SECTION_POINTS)
        cells = (REMARK, section.titles.text(self._paper.language))
        for column in range(len(ANSWER_COLUMNS.known)):
            self._answers.write_string(row, column, cells[column] if column < len(cells) else "", kind)
        for at, item in enumerate(section.items, start=row + 1):
            self._write_item(at, item)

    def _write_item(self, row: int, item: Item) -> None:
        language, formats = self._paper.language, self._formats
        content = self._paper.said_of(item.code)
        address = f"internal:'{self._words['stages']}'!A{self._row_by_item[item.code] + 1}"
        self._answers.write_url(row, 0, address, formats["code"], string=item.code)
        self._answers.write_string(row, 1, item.titles.text(language), formats["subject"])
        self._answers.write_string(row, 2, item.questions.text(language), formats["asked"])
        cells = _cells(item, content)
        texts = (item.code, item.titles.text(language), item.questions.text(language), *cells)
        self._answers.set_row(row, height_of(texts, tuple(WIDTHS.values()), n_lines=N_LINES_TO_WRITE))
        for column, (name, value) in enumerate(zip(ANSWER_COLUMNS.known[3:], cells, strict=True), start=3):
            if name in _unasked(item):
                self._answers.write_blank(row, column, None, formats["closed"])
                continue
            self._write_value(row, column, name, value)
            self._offer(row, column, name)

    def _write_value(self, row: int, column: int, name: str, value: str | int | None) -> None:
        kind = self._formats["number" if name in NUMBERS else "text"]
        if isinstance(value, int):
            self._answers.write_number(row, column, value, kind)
        elif value:
            self._answers.write_string(row, column, value, kind)
        else:
            self._answers.write_blank(row, column, None, kind)

    def _offer(self, row: int, column: int, name: str) -> None:
        """Let a cell offer what can stand in it, and say what that means."""
        questionnaire = self._paper.questionnaire
        scale = [str(number) for number in range(1, HIGHEST_PRIORITY + 1)]
        offers: Mapping[str, Callable[[], dict[str, Any]]] = {
            "current": lambda: self._scale(LOWEST_STAGE, HIGHEST_STAGE, questionnaire.stages),
            "target": lambda: self._scale(LOWEST_STAGE, HIGHEST_STAGE, questionnaire.stages),
            "status": lambda: self._scale(0, HIGHEST_STATUS, questionnaire.statuses),
            "priority": lambda: {"source": scale, "input_message": self._words["priority_scale"]},
            "challenges": self._challenges,
        }
        if name in offers:
            title = self._words[name][:32]
            options = {"validate": "list", "input_title": title, "error_title": title} | offers[name]()
            self._answers.data_validation(row, column, row, column, options)

    def _scale(self, lowest: int, highest: int, choices: Sequence[Choice]) -> dict[str, Any]:
        named = [f"{one.number} {one.titles.text(self._paper.language)}" for one in choices]
        return {
            "source": [str(number) for number in range(lowest, highest + 1)],
            "input_message": _cut(" · ".join(named)),
            "error_message": _cut(
                str(
                    gettext(
                        "Choose a number from %(lowest)s to %(highest)s, or leave the cell empty.",
                        lowest=lowest,
                        highest=highest,
                    )
                )
            ),
        }

    def _challenges(self) -> dict[str, Any]:
        last = len(self._paper.questionnaire.challenges) + 1
        # Several are typed one after another, so what is typed is not compared with the list.
        return {
            "source": f"='{self._words['lists']}'!$A$2:$A${last}",
            "input_message": _cut(self._words["several"]),
            "show_error": False,
        }

    def _write_stages(self) -> None:
        sheet, formats, language = self._stages, self._formats, self._paper.language
        stages = [f"{one.number} {one.titles.text(language)}" for one in self._paper.questionnaire.stages]
        heads = [self._words["item"], self._words["title"], self._words["help"], *stages]
        widths = (9, 20, 40, *(34 for _ in stages))
        for column, head in enumerate(heads):
            sheet.set_column(column, column, widths[column])
            sheet.write_string(0, column, head, formats["head"])
        sheet.freeze_panes(1, N_FIXED)
        sheet.repeat_rows(0)
        for item in self._paper.items:
            row = self._row_by_item[item.code]
            cells = [item.code, item.titles.text(language), item.helps.text(language)]
            cells += [texts.text(language) for texts in item.descriptions]
            sheet.set_row(row, height_of(cells, widths))
            for column, text in enumerate(cells):
                sheet.write_string(row, column, text, formats["subject" if column < N_FIXED else "asked"])

    def _write_lists(self) -> None:
        sheet, language, questionnaire = self._lists, self._paper.language, self._paper.questionnaire
        for column, width in enumerate(LIST_WIDTHS):
            sheet.set_column(column, column, width)
        row = self._write_choices(
            0,
            self._words["challenges"],
            [(one.code, one.titles.text(language), "") for one in questionnaire.challenges],
        )
        for name, choices in (("stages", questionnaire.stages), ("statuses", questionnaire.statuses)):
            told = [(str(one.number), one.titles.text(language), one.meanings.text(language)) for one in choices]
            row = self._write_choices(row + 1, self._words[name], told)
        sheet.repeat_rows(0)

    def _write_choices(self, row: int, title: str, choices: Sequence[tuple[str, str, str]]) -> int:
        """Write one list below its title and return the row after it."""
        for column, head in enumerate((title, "", self._words["meaning"])):
            self._lists.write_string(row, column, head, self._formats["head"])
        for at, told in enumerate(choices, start=row + 1):
            self._lists.set_row(at, height_of(told, LIST_WIDTHS))
            for column, text in enumerate(told):
                self._lists.write_string(at, column, text, self._formats["asked"])
        return row + len(choices) + 1

    def _write_how_to(self) -> None:
        sheet, formats, paper = self._how_to, self._formats, self._paper
        sheet.set_column(0, 0, HOW_TO_WIDTH)
        lines = [(self._words["form"], "title"), (self._heading(), "subject")]
        if not paper.is_whole:
            lines.append((self._words["is_part"], "asked"))
        lines += [(str(gettext(rule)), "asked") for rule in WORKBOOK_RULES]
        for row, (line, kind) in enumerate(lines):
            sheet.set_row(row, TITLE_POINTS if kind == "title" else height_of([line], [HOW_TO_WIDTH]))
            sheet.write_string(row, 0, line, formats[kind])


def _unasked(item: Item) -> Sequence[str]:
    """Return the columns that an item is not answered by."""
    return ("status",) if item.kind is ItemKind.MATURITY else ("current", "target")


def _cells(item: Item, content: AnswerContent) -> Sequence[str | int | None]:
    values = dict(zip(FIELD_NAMES, written_answer(content), strict=True))
    cells = list((values | {"evidence": "\n".join(content.evidence)}).values())
    if any(isinstance(cell, str) and len(cell) > MAX_CELL_LENGTH for cell in cells):
        raise ConflictError(f"The addresses of documents of {item.code} are too long for a cell of a workbook.")
    return cells


def _cut(text: str) -> str:
    return text if len(text) <= MAX_MESSAGE_LENGTH else f"{text[: MAX_MESSAGE_LENGTH - 1]}…"
