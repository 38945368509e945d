"""Documents become PDF: by templates that lie beside this file, to which all that is said comes as data."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Final

import fontpkg_ibm_plex_sans_arabic
import manimgx_fonts
import manimgx_fonts_cjk

from app.errors import ConflictError

MEDIA_TYPE: Final = "application/pdf"
FOLDER: Final = Path(__file__).parent
PRESS: Final = FOLDER / "press.py"
STANDARD: Final = "ua-1"  # PDF/UA, ISO 14289-1: for who has it read aloud
MAX_SECONDS: Final = 60  # the form with 112 items takes less than one
FONTS: Final = (manimgx_fonts, manimgx_fonts_cjk, fontpkg_ibm_plex_sans_arabic)
FONT_FOLDERS: Final = tuple(str(files(package)) for package in FONTS)


class Template(StrEnum):
    """A paper that can be printed."""

    FORM = "form"
    REPORT = "report"
    GAPS = "gap-profile"


def pdf_bytes(template: Template, document: str, *, made_at: datetime) -> bytes:
    """Return a document, which is given as JSON, as PDF: the same for the same document and second.

    It is set by a process of its own, which gives back at its end the hundreds of megabytes that the library keeps, and
    what people wrote with them. No text of the document is read as Typst: all of it comes as one string of JSON.

    Raises
    ------
    ConflictError
        When the document is so long that it would keep others waiting.
    """
    command = [sys.executable, "-I", str(PRESS), str(FOLDER / f"{template.value}.typ"), STANDARD]
    try:
        done = subprocess.run(
            [*command, str(int(made_at.timestamp())), *FONT_FOLDERS],
            input=document.encode(),
            capture_output=True,
            env={},
            check=True,
            timeout=MAX_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise ConflictError("This is too long to be printed at once; take the table or the workbook.") from error
    return done.stdout
