"""Sets a document with a template: a program of its own, started by ``printing`` with nothing in its environment.

Its arguments are the template, the standard, the second at which the document is made, and the folders with letters; the
document comes in as JSON, and the PDF goes out.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import typst


def main(template: str, standard: str, second: str, *folders: str) -> None:
    """Write the PDF to the standard output; the template reads no file but those beside it."""
    content = typst.Compiler(
        template,
        root=str(Path(template).parent),
        # The letters are the same on every machine, whatever is installed there.
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=list(folders)),
        sys_inputs={"data": sys.stdin.buffer.read().decode()},
    ).compile(format="pdf", pdf_standards=[standard], timestamp=datetime.fromtimestamp(int(second), UTC))  # type: ignore[list-item]  # one of those the library names
    if not isinstance(content, bytes):
        sys.exit("The template makes no pages.")
    sys.stdout.buffer.write(content)


if __name__ == "__main__":
    main(*sys.argv[1:])
