"""Sets a document with a template: a program of its own, started by ``printing`` with nothing in its environment.

Its arguments are the template, the standard, the second at which the document is made, and the folders with letters; the
document comes in as JSON, and the PDF goes out. Where no font has a letter, its number goes to the standard error.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import typst

NO_LETTER: Final = 3  # the status where no font has a letter
# Of a letter that shows nothing by itself the library gives the number.
_MISSING: Final = re.compile(r'the text `"(?:\\u\{([0-9a-f]+)\}|(.)).*?"` could not be displayed', re.DOTALL)


def main(template: str, standard: str, second: str, *folders: str) -> None:
    """Write the PDF to the standard output; the template reads no file but those beside it."""
    data = sys.stdin.buffer.read().decode()

    def pages(*, has_system_fonts: bool) -> bytes:
        fonts = typst.Fonts(include_system_fonts=has_system_fonts, font_paths=list(folders))
        compiler = typst.Compiler(
            template, root=str(Path(template).parent), font_paths=fonts, sys_inputs={"data": data}
        )
        made_at = datetime.fromtimestamp(int(second), UTC)
        content = compiler.compile(format="pdf", pdf_standards=[standard], timestamp=made_at)  # type: ignore[list-item]  # one of those the library names
        return content if isinstance(content, bytes) else b""

    try:
        content = pages(has_system_fonts=False)
    except typst.TypstError as error:
        if not _MISSING.search(error.message):
            raise
        content = pages(has_system_fonts=True)
    sys.stdout.buffer.write(content)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except typst.TypstError as error:
        found = _MISSING.search(error.message)
        if found is None:
            raise
        sys.stderr.write(found[1] or f"{ord(found[2]):x}")
        sys.exit(NO_LETTER)
