"""Writing the files of a run: all of them or none, and nothing else in the folder is touched."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from matching.command.inputs import BadInputError


def check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be one, before anything is read.

    Raises
    ------
    BadInputError
        When the path is a file, or lies below one.
    """
    nearest = _nearest(folder)
    if not nearest.is_dir():
        raise BadInputError(f"{folder}: {nearest} is not a folder; name another one.")


def try_folder(folder: Path) -> None:
    """Make and remove a folder where the files will go, so that a run of hours does not end in vain.

    Raises
    ------
    OSError
        When nothing can be written there; it names the folder.
    """
    try:
        Path(tempfile.mkdtemp(prefix=".", dir=_nearest(folder))).rmdir()
    except OSError as error:
        raise _named(error, folder) from error


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files under other names first, then give them theirs, so that a full disk leaves the old ones whole.

    Raises
    ------
    OSError
        When one cannot be written; it names the file by the name that it would have had.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _named(error, folder) from error
    waiting = {folder / name: folder / f".{name}.{os.getpid()}.part" for name in files}
    final = folder
    try:
        for final, path in waiting.items():
            path.write_bytes(files[final.name])
        for final, path in waiting.items():
            path.replace(final)
    except OSError as error:
        raise _named(error, final) from error
    finally:
        for path in waiting.values():
            path.unlink(missing_ok=True)


def _nearest(folder: Path) -> Path:
    """Return the folder, or the first above it that is there."""
    return next(path for path in (folder, *folder.parents, Path()) if path.exists())


def _named(error: OSError, path: Path) -> OSError:
    """Return the error with the path that the person knows; a full disk names none."""
    return OSError(error.errno, error.strerror, str(path))
