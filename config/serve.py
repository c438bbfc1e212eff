"""The embedded web server: waitress on a socket that the launcher opened.

The launcher keeps the socket, so that a web server that is started again finds the visitors who
called in the meantime.
"""

from __future__ import annotations

import signal
import socket
import sys
from types import FrameType

THREADS = 8
# What is larger, waitress lays into a temporary file, in the clear. A file of a case is sealed
# before it touches the disk: one of them, and what comes along with it, stays in memory.
IN_MEMORY = {"inbuf_overflow": 21 * 1024 * 1024}


def main() -> None:
    import waitress

    from config.wsgi import application

    signal.signal(signal.SIGTERM, _end)
    listener = socket.socket(fileno=int(sys.argv[1]))
    waitress.serve(
        application, sockets=[listener], threads=THREADS, ident=None, _quiet=True, **IN_MEMORY
    )


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)  # waitress finishes what it is answering


if __name__ == "__main__":
    main()
