"""What a browser is called."""

from __future__ import annotations

import pytest

from app.accounts.browsers import browser_name


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
            "Chrome, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
            "Mobile Safari, iOS",
        ),
        ("", ""),
        ("\x00<script>", ""),
        ("x" * 100_000, ""),
    ],
)
def test_a_browser_has_a_name(user_agent: str, expected: str) -> None:
    assert browser_name(user_agent) == expected
