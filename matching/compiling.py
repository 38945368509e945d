"""Compilation: plain functions over arrays as machine code that holds no lock, kept on disk between runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])

_HERE: Final = Path(__file__).parent
_SOURCES: Final = (
    *sorted(_HERE.glob("search/*.py")),
    *(_HERE / name for name in ("packed.py", "spreading.py", "akin_pairs.py", "duplicates/joining.py")),
)


def _folder() -> Path:
    """Return the folder of the machine code of exactly these sources.

    Numba looks at the source of one function only: it would go on with the old code of what that function calls.
    """
    digest = hashlib.sha256()
    for source in _SOURCES:
        digest.update(source.read_bytes())
    return _HERE / "__pycache__" / f"compiled-{digest.hexdigest()[:16]}"


FOLDER: Final = _folder()
"""Where the machine code is kept."""

numba.config.CACHE_DIR = str(FOLDER)  # type: ignore[attr-defined]  # set by numba as it starts
_AS_MACHINE_CODE: Final = cast("Callable[[Any], Any]", numba.njit(nogil=True, cache=True))


def compiled(function: Function) -> Function:
    """Return the function as machine code; it takes its arguments by position.

    Where the folder of the program cannot be written to, the code is kept in the user's own, or made anew.
    """
    return cast("Function", _AS_MACHINE_CODE(function))
