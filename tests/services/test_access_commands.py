"""The commands about who may do and see what."""

from __future__ import annotations

from flask import Flask

from app import create_app
from app.config import Settings


def test_the_policy_is_printed_cell_by_cell() -> None:
    app: Flask = create_app(Settings(database_url="sqlite://", secret_key=None))

    result = app.test_cli_runner().invoke(args=["policy", "show"])

    cells_by_name = {line.split()[0]: line.split()[1:] for line in result.stdout.splitlines() if line}
    roles = ["recipient", "contributor", "provider", "secretariat", "analyst", "administrator"]
    assert cells_by_name["permission"] == roles
    assert cells_by_name["need:import"] == ["own", "–", "–", "own", "–", "–"]
    assert cells_by_name["user:invite"] == ["own", "–", "own", "–", "–", "any"]
    assert cells_by_name["providers"] == ["–", "–", "–", "seen", "seen", "–", "–"]
    assert cells_by_name["need.excluded_providers"] == ["own", "own", "–", "any", "–", "–"]
