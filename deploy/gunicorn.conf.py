"""How gunicorn serves on this machine: whatever ends the terminal ends it too."""

from __future__ import annotations

import os
import signal

from gunicorn.arbiter import Arbiter

# As `nohup` leaves it: who starts the service so wants it to outlive the terminal.
IS_HANGUP_IGNORED = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
_ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)


def _hold() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)


def _let_go() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


def _begin_anew() -> None:
    for number in _ENDING:
        signal.signal(number, signal.SIG_DFL)
    _let_go()


# A worker is born with the handlers of the server, which would do nothing in it: until it has set up its own, a signal
# ends it. Without that the server waited half a minute for a worker that had heard nothing.
os.register_at_fork(before=_hold, after_in_parent=_let_go, after_in_child=_begin_anew)


def when_ready(arbiter: Arbiter) -> None:
    """Make a hang-up end the service, where gunicorn would load the program again and stay without a terminal."""
    arbiter.handle_hup = _go_on if IS_HANGUP_IGNORED else arbiter.handle_int


def _go_on() -> None:
    pass
