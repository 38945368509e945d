"""Checks before any work is done that the service will be able to start: its settings, and its port."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.config import load_settings
from app.errors import InvalidSettingError


def main(port: int) -> None:
    """Exit with one sentence where the service could not start."""
    try:
        settings = load_settings(os.environ)
        settings.require_secret_key()
        settings.require_keyring()
    except InvalidSettingError as error:
        sys.exit(str(error))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            sys.exit(f"Port {port} cannot be used ({error.strerror}); choose another one: PORT=8001 make run")


if __name__ == "__main__":
    main(int(sys.argv[1]))
