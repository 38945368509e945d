"""What happens where a part is missing: an error in CI, elsewhere a skip that says what to install."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing_part(name: str, package: str) -> NoReturn:
    """Skip the test, or fail it in CI, where nothing may be missing."""
    sentence = f"{name} is not installed; on Debian: apt-get install {package}"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)
