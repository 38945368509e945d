"""What would keep the service from starting is told before any work is done."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from tests.architecture.tree import ROOT


def preflight(port: int, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "deploy" / "preflight.py", str(port)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_port_that_is_taken_is_told_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = preflight(port, TANDEM_SECRET_KEY="k" * 40)

    assert done.returncode == 1
    assert (
        done.stderr == f"Port {port} cannot be used (Address already in use); choose another one: PORT=8001 make run\n"
    )


def test_a_missing_key_is_told_in_one_sentence(tmp_path: Path) -> None:
    done = preflight(0, TANDEM_SECRET_KEY_FILE=str(tmp_path / "none"))

    assert done.returncode == 1
    assert done.stderr.startswith("TANDEM_SECRET_KEY is not set")
    assert done.stderr.count("\n") == 1


def test_a_machine_that_is_ready_is_told_nothing() -> None:
    done = preflight(0, TANDEM_SECRET_KEY="k" * 40)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
