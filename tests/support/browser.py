"""Debian's Chromium without a screen, driven by Playwright; nothing is downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, ViewportSize, sync_playwright

# Background traffic off: a test's browser talks to the test's server alone.
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


PHONE: Final[ViewportSize] = {"width": 320, "height": 640}


def in_language(address: str, language: str) -> str:
    """Return the address of a page in a language."""
    return f"{address}{'&' if '?' in address else '?'}lang={language}"


def find_chromium() -> str | None:
    """Return the path of the browser, or None."""
    return shutil.which("chromium")


@contextmanager
def running_browser(executable: str) -> Iterator[Browser]:
    """Start the browser, and stop it at the end; as root its sandbox cannot be used."""
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=flags)
        yield browser
        browser.close()
