"""Hashes of passwords that cost next to nothing: what they cost is tested where passwords are, and paid nowhere else."""

from __future__ import annotations

from typing import Final

import pytest
from argon2 import PasswordHasher

from app.accounts import passwords

REAL: Final = {name: vars(passwords)[name] for name in ("_HASHER", "_DUMMY")}
CHEAP: Final = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


def cheapen(patch: pytest.MonkeyPatch) -> None:
    """Hash with the same algorithm, one pass and 64 KiB, for as long as the patch lasts."""
    patch.setattr(passwords, "_HASHER", CHEAP)
    patch.setattr(passwords, "_DUMMY", CHEAP.hash("nobody has this password"))


def put_back(patch: pytest.MonkeyPatch) -> None:
    """Hash as the service does."""
    for name, value in REAL.items():
        patch.setattr(passwords, name, value)
