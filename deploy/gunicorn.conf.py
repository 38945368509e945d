"""How gunicorn serves on this machine: whatever ends the terminal ends it too."""

from __future__ import annotations

import signal

from gunicorn.arbiter import Arbiter

# As `nohup` leaves it: who starts the service so wants it to outlive the terminal.
IS_HANGUP_IGNORED = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def when_ready(arbiter: Arbiter) -> None:
    """Make a hang-up end the service, where gunicorn would load the program again and stay without a terminal."""
    arbiter.handle_hup = _go_on if IS_HANGUP_IGNORED else arbiter.handle_int


def _go_on() -> None:
    pass
