"""Reads the CSV files of the top-level data folder."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Final

from app.config import PROJECT_FOLDER
from app.errors import InvalidInputError

DATA_FOLDER: Final = PROJECT_FOLDER / "data"
LANGUAGES: Final = ("en", "fr", "es", "ru", "zh", "ar")


def read_bytes(path: Path) -> bytes:
    """Return what a file holds.

    Raises
    ------
    InvalidInputError
        When the file is missing or cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InvalidInputError(f"The data file {path.name} is missing; restore it from the release.") from error
    except OSError as error:
        raise InvalidInputError(f"The data file {path.name} cannot be read: {error.strerror}.") from error


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file, every cell as text: Namibia's NA stays a code.

    Raises
    ------
    InvalidInputError
        When the file is missing or is not CSV in UTF-8.
    """
    try:
        text = read_bytes(path).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInputError(f"The data file {path.name} is not CSV in UTF-8: {error}.") from error


def in_six_languages(row: dict[str, str], prefix: str) -> dict[str, str]:
    """Return the columns ``<prefix>_en`` to ``<prefix>_ar`` of a row, an absent one as empty."""
    return {f"{prefix}_{language}": row.get(f"{prefix}_{language}", "") for language in LANGUAGES}


def day_or_none(cell: str) -> date | None:
    """Return the day of a cell, None for an empty one."""
    return date.fromisoformat(cell) if cell else None


def text_or_none(cell: str) -> str | None:
    """Return the text of a cell, None for an empty one."""
    return cell or None
