"""What a web server and the `flask` command start: the application with the settings of the environment."""

from __future__ import annotations

import os

from app import create_app
from app.config import load_settings
from app.errors import InvalidSettingError

try:
    settings = load_settings(os.environ)
    # Commands sign nothing and so need no key; a server does not start without one.
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
        settings.require_secret_key()
except InvalidSettingError as error:
    raise SystemExit(f"Tandem cannot start: {error}") from None

app = create_app(settings)
