"""Small pools of the measurements of speed."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.speed.neighbours import Vectorizing
from benchmarks.speed.pools import Plan, make_pool


@pytest.fixture(scope="session")
def synthetic_pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small pool of made-up texts and its vectors."""
    folder = tmp_path_factory.mktemp("synthetic")
    make_pool(Plan(n_needs=300, n_offers=200), folder)
    Vectorizing(folder).search()
    return folder


@pytest.fixture(scope="session")
def mixed_pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small pool of recombined texts and its vectors."""
    folder = tmp_path_factory.mktemp("mixed")
    make_pool(Plan(n_needs=300, n_offers=200, kind="mixed"), folder)
    Vectorizing(folder).search()
    return folder
