"""LibreOffice without a screen, as a person's spreadsheet program that reads and writes our files."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

CONVERSION_SECONDS = 180


def find_office() -> str | None:
    """Return the path of the office suite, or None."""
    return shutil.which("soffice")


class Office:
    """Converts files, with a profile of its own so that runs do not wait for each other."""

    def __init__(self, executable: str, profile: Path) -> None:
        self._executable, self._profile = executable, profile

    def convert(self, path: Path, kind: str, folder: Path) -> Path:
        """Return the file as another kind, such as ``xlsx`` or ``csv:Text - txt - csv (StarCalc):44,34,76``."""
        subprocess.run(
            [
                self._executable,
                "--headless",
                "--norestore",
                f"-env:UserInstallation=file://{self._profile}",
                "--convert-to",
                kind,
                "--outdir",
                folder,
                path,
            ],
            check=True,
            capture_output=True,
            timeout=CONVERSION_SECONDS,
        )
        return folder / f"{path.stem}.{kind.partition(':')[0]}"
