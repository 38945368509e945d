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

from app.assessments.paper import press
from app.errors import ConflictError

MEDIA_TYPE: Final = "application/pdf"
FOLDER: Final = Path(__file__).parent
STANDARD: Final = "ua-1"  # PDF/UA, ISO 14289-1: for who has it read aloud
MAX_SECONDS: Final = 20  # the form with 112 items takes one; a worker that is silent for 30 is ended
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
        When the document is so long that it would keep others waiting, or no font here has one of its letters.
    """
    command = [sys.executable, "-I", press.__file__, str(FOLDER / f"{template.value}.typ"), STANDARD]
    try:
        done = subprocess.run(
            [*command, str(int(made_at.timestamp())), *FONT_FOLDERS],
            input=document.encode(),
            capture_output=True,
            env={},
            check=False,
            timeout=MAX_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise ConflictError("This is too long to be printed at once; take the table or the workbook.") from error
    if done.returncode == press.NO_LETTER:
        letter = int(done.stderr, 16)
        raise ConflictError(
            f"No font here has the letter '{chr(letter)}' (U+{letter:04X}), and it is not left out: take the workbook, or "
            "have fonts for its script installed where Tandem runs."
        )
    done.check_returncode()
    return done.stdout
