"""The keys with which the databases of the tests are sealed."""

from __future__ import annotations

from typing import Final

from app.sealing import Keyring, new_key_line, parse_keyring

KEYRING: Final[Keyring] = parse_keyring(new_key_line("first"))
