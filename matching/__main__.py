"""``python -m matching``: match two files without a database or a web application."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Sequence
from typing import Final, TextIO

_STOPPED: Final = 1


def run(arguments: Sequence[str]) -> int:
    """Run the command and return its exit status, also where somebody stops it while it is being loaded."""
    try:
        from matching.command.main import main  # noqa: PLC0415 – this takes a second in which somebody may stop it

        return main(arguments)
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return _STOPPED


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 – stays open until the process ends


if __name__ == "__main__":
    # Whoever closed an output (``>&-``) wants nothing there; it must not be given to the next file that is opened.
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    # A terminal that knows no Arabic shows escapes instead of ending the run.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    status = run(sys.argv[1:])
    # All is done and told; there is nothing left that could be stopped.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(status)
