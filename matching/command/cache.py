"""Keeping what was worked out of texts between runs, in a folder of the user's choice.

The stems stand in the order of the words, so whoever can read the file can tell what a text says: private needs, which
no other file holds, are among them. It is written for the user alone, and the folder should be as well kept as the input.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import scipy.sparse as sp

from matching.arrays import Matrix
from matching.kinship import Kinships
from matching.output import sha256
from matching.places import ReadPlace
from matching.readings import Found, Suggestion
from matching.reference import Reference
from matching.shelf import Shelf
from matching.text import KnownTexts
from matching.text_memory import TextMemory
from matching.vocabulary import ENGINE_VERSION, Audience
from matching.words import StemNumbers, joined_texts

_UNREADABLE: Final = (OSError, EOFError, ValueError, KeyError, TypeError, IndexError, zipfile.BadZipFile, zlib.error)


def cache_path(folder: Path, reference: Reference) -> Path:
    """Return the file for this engine and all data that it reads texts with: others would read something else."""
    geography = reference.geography
    read_with = [
        reference.taxonomy,
        reference.gazetteer,
        reference.background,
        sorted(geography.state_by_code),
        sorted(geography.members_by_token),
    ]
    digest = sha256(json.dumps(read_with, default=_plain, sort_keys=True).encode("utf-8"))
    return folder / f"texts-{ENGINE_VERSION}-{digest[:16]}.npz"


def load_memory(path: Path) -> TextMemory:
    """Return what an earlier run kept; nothing where there is no file or it is not whole."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as kept:
            return _memory({name: kept[name] for name in kept.files})
    except _UNREADABLE:
        return TextMemory()


def save_memory(path: Path, memory: TextMemory) -> None:
    """Keep for the next run what this one asked for, readable by the user alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    waiting = path.with_name(f".{path.name}.{os.getpid()}.part")
    waiting.touch(mode=0o600)
    with waiting.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **_arrays(memory))
    waiting.replace(path)


def _arrays(memory: TextMemory) -> dict[str, Any]:
    """Return a memory as arrays: stems by their numbers, and what has no numbers as one JSON document."""
    texts, kinships, known = memory.texts.stems.used, memory.texts.kinships, StemNumbers()
    numbered = joined_texts([known.numbers(stems) for stems in texts.values()])
    document = {
        "texts": list(texts),
        "stems": known.stems,
        "found": {key: _found_row(found) for key, found in memory.found.used.items()},
        "akin_stems": kinships.stems,
    }
    return {
        "document": np.frombuffer(json.dumps(document).encode("utf-8"), dtype=np.uint8),
        "numbers": numbered.numbers.astype(np.int32),
        "lengths": numbered.lengths.astype(np.int32),
        "akin_data": kinships.akin.data,
        "akin_indices": kinships.akin.indices,
        "akin_starts": kinships.akin.indptr,
    }


def _memory(arrays: Mapping[str, Any]) -> TextMemory:
    document = json.loads(arrays["document"].tobytes())
    stems: list[str] = document["stems"]
    words = [stems[number] for number in arrays["numbers"].tolist()]
    bounds = pairwise(np.concatenate(([0], np.cumsum(arrays["lengths"]))).tolist())
    texts = {key: words[start:end] for key, (start, end) in zip(document["texts"], bounds, strict=True)}
    found = {key: _found(*row) for key, row in document["found"].items()}
    kinships = Kinships(document["akin_stems"], _akin(arrays, n_stems=len(document["akin_stems"])))
    return TextMemory(texts=KnownTexts(stems=Shelf(texts), kinships=kinships), found=Shelf(found))


def _akin(arrays: Mapping[str, Any], *, n_stems: int) -> Matrix:
    parts = arrays["akin_data"], arrays["akin_indices"], arrays["akin_starts"]
    akin = sp.csr_matrix(parts, shape=(n_stems, n_stems))
    akin.check_format(full_check=True)
    return akin


def _found_row(found: Found) -> list[Any]:
    return [
        *([[item.code, item.sureness, item.confidence] for item in some] for some in (found.areas, found.modes)),
        list(found.audiences),
        [[place.code, place.confidence] for place in found.places],
    ]


def _found(
    areas: Sequence[Sequence[Any]],
    modes: Sequence[Sequence[Any]],
    audiences: Sequence[str],
    places: Sequence[Sequence[Any]],
) -> Found:
    return Found(
        areas=_suggestions(areas),
        modes=_suggestions(modes),
        audiences=tuple(map(Audience, audiences)),
        places=tuple(ReadPlace(code=code, confidence=confidence) for code, confidence in places),
    )


def _suggestions(rows: Sequence[Sequence[Any]]) -> tuple[Suggestion, ...]:
    return tuple(Suggestion(code=code, sureness=sureness, confidence=confidence) for code, sureness, confidence in rows)


def _plain(value: object) -> object:
    """Return what JSON has no word for as something that it has: records as objects, sets in order."""
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"A {type(value).__name__} has no place in a digest.")
