"""Papers read as somebody else's program reads them."""

from __future__ import annotations

import io
import zipfile
from typing import Final

from pypdf import PdfReader

PDF: Final = b"%PDF-"
ZIP: Final = b"PK\x03\x04"


def text_within(content: bytes) -> str:
    """Return the text of a file, of whichever kind it is: a PDF's as it is read aloud, a workbook's with its marks."""
    if content.startswith(PDF):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if content.startswith(ZIP):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(archive.read(name).decode() for name in archive.namelist())
    return content.decode()
