"""What happens where a part is missing: an error in CI, elsewhere a skip that says what to install."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


class MissingPartError(pytest.skip.Exception):
    """A part that a test needs is not installed here."""


def missing_part(name: str, package: str) -> NoReturn:
    """Skip the test, or fail it in CI, where nothing may be missing."""
    sentence = f"{name} is not installed; on Debian: apt-get install {package}"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(sentence, pytrace=False)
    raise MissingPartError(sentence)


def tell_in_one_place(report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
    """Let every skip for a missing part stand here, so that pytest folds those for one part into one line.

    A skip that a fixture raises stands at the test that asked for it, which makes hundreds of lines of one sentence.
    """
    if call.excinfo is not None and call.excinfo.errisinstance(MissingPartError):
        report.longrepr = (__file__, missing_part.__code__.co_firstlineno, f"Skipped: {call.excinfo.value}")
