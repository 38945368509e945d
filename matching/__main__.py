"""``python -m matching``: match two files without a database or a web application."""

from __future__ import annotations

import io
import sys

from matching.command.main import main

if __name__ == "__main__":
    # A terminal that knows no Arabic shows escapes instead of ending the run.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main(sys.argv[1:]))
