"""What a web server and the `flask` command start: the application with the settings of the environment."""

from __future__ import annotations

import os

import click

from app import create_app
from app.config import load_settings
from app.errors import InvalidSettingError

try:
    settings = load_settings(os.environ)
    # Commands sign nothing and so need no key; a server, `flask run` too, does not start without one.
    command = click.get_current_context(silent=True)
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true" or (command is not None and command.info_name == "run"):
        settings.require_secret_key()
        settings.require_keyring()
except InvalidSettingError as error:
    raise SystemExit(f"Tandem cannot start: {error}") from None

app = create_app(settings)
