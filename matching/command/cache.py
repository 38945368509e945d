"""Keeping the stems of texts between runs, in a folder of the user's choice.

The stems stand in the order of the words, so whoever can read the file can tell what a text says: private needs, which
no other file holds, are among them. It is written for the user alone, and the folder should be as well kept as the input.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Iterable
from pathlib import Path

from matching.output import sha256
from matching.vocabulary import ENGINE_VERSION
from matching.words import TokenMemory


def cache_path(folder: Path, stop_words: Iterable[str]) -> Path:
    """Return the file for this engine and these stop words: another engine may cut words in another way."""
    digest = sha256("\n".join(sorted(stop_words)).encode("utf-8"))
    return folder / f"tokens-{ENGINE_VERSION}-{digest[:16]}.json.gz"


def load_memory(path: Path) -> TokenMemory:
    """Return what an earlier run kept; nothing where there is no file or it is not whole."""
    try:
        kept = json.loads(gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, ValueError, zlib.error):
        return {}
    is_whole = isinstance(kept, dict) and all(isinstance(stems, list) for stems in kept.values())
    return kept if is_whole else {}


def save_memory(path: Path, memory: TokenMemory) -> None:
    """Keep the stems for the next run, readable by the user alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    waiting = path.with_name(f".{path.name}.{os.getpid()}.part")
    waiting.touch(mode=0o600)
    waiting.write_bytes(gzip.compress(json.dumps(memory).encode("utf-8"), compresslevel=3, mtime=0))
    waiting.replace(path)
