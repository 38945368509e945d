"""The golden case: what the engine makes of the small pool of ``data/golden``, to the byte.

A difference means that the same input gives other output, so it needs a new ``ENGINE_VERSION`` in
``matching/vocabulary.py`` and a line for it in ``DIGEST_BY_ENGINE_VERSION`` below; lines of engines that were released
stay. To renew the files, in an environment of the project and in its top folder::

    python -m matching data/golden/needs.csv data/golden/offers.csv --states data/golden/states.csv \
        --tandem data/golden/tandem.csv --profile data/golden/profile.json --as-of 2026-06-01 --top 3 --out OUT

Read every difference, copy ``matches.csv``, ``unmet.csv`` and ``tandems.csv`` from ``OUT`` to ``data/golden``, and run
``python deploy/refresh_data_hashes.py``.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from matching.vocabulary import ENGINE_VERSION
from tests.matching.command_line import GOLDEN, TABLES, golden_arguments, status_of

DIGEST_BY_ENGINE_VERSION = {
    "1.0": "cf1e820c8b57655a39d4d2b2b0a1432e6e6b0be7d94af8237259e2ac6960d516",
    "2.0": "b744a4e00ee7952d662a01802ea8d39b642740ba12b5f5e5f5a4f1bfd8e8bdeb",
}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("golden")
    assert status_of(*golden_arguments(folder, options=("--quiet",))) == 0
    return folder


@pytest.mark.parametrize("name", TABLES)
def test_the_golden_pool_gives_the_golden_files(out: Path, name: str) -> None:
    lines = (out / name).read_bytes().splitlines(keepends=True)

    assert lines == (GOLDEN / name).read_bytes().splitlines(keepends=True)


def test_the_golden_files_change_with_the_engine_version_only() -> None:
    content = b"".join((GOLDEN / name).read_bytes() for name in TABLES)

    assert hashlib.sha256(content).hexdigest() == DIGEST_BY_ENGINE_VERSION[ENGINE_VERSION]
