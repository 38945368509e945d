"""How a workbook looks: its kinds of cells, and how high rows begin, so that texts are seen whole and can be written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any, Final
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.format import Format

GREEN: Final = "#0a5c4f"
PALE: Final = "#e9f0ee"
GREY: Final = "#d9d9d9"
LINE_POINTS: Final = 15.5
MAX_ROW_POINTS: Final = 409  # a spreadsheet shows no higher row
FILLED: Final = 0.8  # how much of a line words fill before the next one goes on the line below


def formats_of(book: xlsxwriter.Workbook) -> Mapping[str, Format]:
    """Return the kinds of cells of a workbook, by name; ``text`` and ``number`` can be filled in."""
    wrapped: dict[str, Any] = {"text_wrap": True, "valign": "top"}
    boxed = wrapped | {"border": 1, "border_color": "#8a8a8a"}
    kinds: Mapping[str, dict[str, Any]] = {
        "title": wrapped | {"bold": True, "font_size": 16},
        "name": boxed | {"font_size": 7, "font_color": "#666666"},
        "head": boxed | {"bold": True, "bg_color": GREEN, "font_color": "#ffffff"},
        "section": {
            "bold": True,
            "valign": "vcenter",
            "bg_color": PALE,
            "top": 1,
            "bottom": 1,
            "border_color": "#8a8a8a",
        },
        "code": boxed | {"bold": True, "font_color": GREEN, "underline": 1},
        "subject": boxed | {"bold": True},
        "asked": boxed,
        "closed": boxed | {"bg_color": GREY},
        # What is typed there is text, though it begins as a formula does.
        "text": boxed | {"locked": False, "num_format": "@"},
        "number": boxed | {"locked": False, "align": "center"},
    }
    return {name: book.add_format(properties) for name, properties in kinds.items()}


def growing(content: bytes) -> bytes:
    """Return a workbook whose rows grow with what is typed into them; the height that each begins with is no order."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            part = old.read(member)
            if member.filename.startswith("xl/worksheets/"):
                part = part.replace(b' customHeight="1"', b"")
            new.writestr(member, part)
    return target.getvalue()


def height_of(texts: Sequence[object], widths: Sequence[int], *, n_lines: int = 1) -> float:
    """Return how high a row begins, in points, so that its texts are seen whole; ``n_lines`` is the least."""
    counts = [_n_lines(str(text), width) for text, width in zip(texts, widths, strict=False) if text]
    return min(MAX_ROW_POINTS, LINE_POINTS * max(n_lines, *counts))


def places_of(letter: str) -> int:
    """Return how many places of a line a letter takes: those of East Asia two."""
    return 2 if east_asian_width(letter) in "WF" else 1


def _n_lines(text: str, width: int) -> int:
    """Return on about how many lines a text stands in a column."""
    places = (sum(map(places_of, line)) for line in text.split("\n"))
    return sum(max(1, ceil(n / (width * FILLED))) for n in places)
