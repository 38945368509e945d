"""What a browser is called, for the person who looks through where they are logged in."""

from __future__ import annotations

from typing import Final

from ua_parser import parse

MAX_LENGTH: Final = 500  # of what a browser says of itself; real ones stay below


def browser_name(user_agent: str) -> str:
    """Return the browser and its system, such as "Firefox, Windows"; nothing where neither can be told."""
    found = parse(user_agent[:MAX_LENGTH])
    names = [part.family for part in (found.user_agent, found.os) if part is not None]
    return ", ".join(names)
