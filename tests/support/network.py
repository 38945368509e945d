"""No test reaches beyond this machine."""

from __future__ import annotations

import socket
from typing import Any

LOOPBACK = ("127.", "::1", "localhost")


def refuse_other_machines() -> Any:
    """Return a stand-in for ``socket.connect`` that lets only this machine's addresses through."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> Any:
        host = address[0] if isinstance(address, tuple) else ""
        if isinstance(host, str) and host and not host.startswith(LOOPBACK):
            raise OSError(f"a test tried to reach {host}")
        return connect(self, address)

    return guarded
