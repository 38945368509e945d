"""Writing the files of a run: all of them or none, and nothing else in the folder is touched."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from matching.command.inputs import BadInputError


def check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be one, before any work is done.

    Raises
    ------
    BadInputError
        When the path is a file, or lies below one.
    """
    nearest = next((path for path in (folder, *folder.parents) if path.exists()), None)
    if nearest is not None and not nearest.is_dir():
        raise BadInputError(f"{folder}: {nearest} is not a folder; name another one.")


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files under other names first, then give them theirs, so that a full disk leaves the old ones whole."""
    folder.mkdir(parents=True, exist_ok=True)
    waiting = {folder / f".{name}.{os.getpid()}.part": folder / name for name in files}
    try:
        for path, name in zip(waiting, files, strict=True):
            path.write_bytes(files[name])
        for path, final in waiting.items():
            path.replace(final)
    finally:
        for path in waiting:
            path.unlink(missing_ok=True)
