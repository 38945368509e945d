"""The service ends with what started it: a closed terminal, Ctrl+C or a request to terminate leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

PATIENCE_SECONDS = 20.0
N_SILENT = 6  # as many as a browser opens

# The steps before are tested elsewhere and take long; the server is the real one, with a small application.
PYTHON = f"""\
#!/bin/sh
[ "$2" != gunicorn ] || exec {sys.executable} "$@"
"""
APPLICATION = """\
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"here"]
"""
# The second worker, and every one after it, takes long before it has handlers of its own.
SLOW_TO_BEGIN = """\
import os, time

n_workers = 0

def count():
    global n_workers
    n_workers += 1

os.register_at_fork(before=count, after_in_child=lambda: time.sleep(60 if n_workers > 1 else 0))
"""
SERVE = ("sh", "deploy/run.sh")
# Undoes what `nohup` before the tests themselves would have left.
HEARING_A_HANGUP = (
    sys.executable,
    "-c",
    "import os, signal, sys; signal.signal(signal.SIGHUP, signal.SIG_DFL); os.execvp(sys.argv[1], sys.argv[1:])",
)


class Service:
    """What `make run` starts, as the leader of a session of its own, like a command in a terminal."""

    def __init__(self, project: Path, command: tuple[str, ...]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            (*HEARING_A_HANGUP, *command),
            cwd=project,
            env={**os.environ, "PORT": str(self.port)},
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def answers(self) -> bool:
        """Return whether somebody answers at the port."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
                return connection.makefile("rb").read().endswith(b"here")
        except OSError:
            return False

    def is_gone(self) -> bool:
        """Return whether no process of the group is left."""
        self.process.poll()
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def hear(self, number: signal.Signals) -> None:
        """Send a signal to the whole group, as a terminal does."""
        os.killpg(self.process.pid, number)


def comes_true(claim: Callable[[], bool]) -> bool:
    """Return whether a claim becomes true in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Start the service and wait until it answers; whatever is left at the end is killed."""
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    (tmp_path / "wsgi.py").write_text(APPLICATION, encoding="utf-8")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(PYTHON, encoding="utf-8")
    python.chmod(0o755)
    started: list[Service] = []

    def start(*command: str) -> Service:
        service = Service(tmp_path, command)
        started.append(service)
        assert comes_true(service.answers)
        return service

    yield start
    for service in started:
        if not service.is_gone():
            service.hear(signal.SIGKILL)
        service.process.communicate()


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_nothing_is_left_of_the_service_after_a_signal(serve: Callable[..., Service], number: signal.Signals) -> None:
    """To gunicorn a hang-up means: load the program again. The terminal was closed and the port stayed taken."""
    service = serve(*SERVE)

    service.hear(number)

    assert comes_true(service.is_gone)
    assert not service.answers()


def test_a_worker_that_has_only_just_begun_ends_with_the_service(serve: Callable[..., Service], tmp_path: Path) -> None:
    """It swallowed the signal, and the server waited half a minute before it killed it."""
    (tmp_path / "wsgi.py").write_text(SLOW_TO_BEGIN + APPLICATION, encoding="utf-8")
    service = serve(*SERVE)

    service.hear(signal.SIGHUP)

    assert comes_true(service.is_gone)


def test_ctrl_c_ends_the_service_in_good_order(serve: Callable[..., Service]) -> None:
    service = serve(*SERVE)

    service.hear(signal.SIGINT)

    _, told = service.process.communicate(timeout=PATIENCE_SECONDS)
    # Where a worker was still starting, the server may say that it sent it away.
    assert (service.process.returncode, "Traceback" in told) == (0, False)


def test_connections_on_which_nothing_is_said_hold_nobody_up(serve: Callable[..., Service]) -> None:
    """A browser opens some in advance; two of them kept both workers waiting for half a minute, and then got them killed."""
    service = serve(*SERVE)

    with ExitStack() as silent:
        for _ in range(N_SILENT):
            silent.enter_context(socket.create_connection(("127.0.0.1", service.port)))
        time.sleep(0.5)

        assert service.answers()


def test_a_service_that_is_to_outlive_its_terminal_does(serve: Callable[..., Service]) -> None:
    service = serve("sh", "-c", f"trap '' HUP; exec {' '.join(SERVE)}")

    service.hear(signal.SIGHUP)

    time.sleep(1)
    assert comes_true(service.answers)
