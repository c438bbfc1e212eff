"""`python -m benchmarks.sink PORT`: a mail server that takes everything and keeps nothing.

Like the usual ones it allows several lines at once (PIPELINING).
"""

from __future__ import annotations

import socket
import socketserver
import sys
from collections.abc import Iterator

SAYS = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 SIZE 10240000\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


class Conversation(socketserver.BaseRequestHandler):
    """What has come is answered in one go, as RFC 2920 asks of servers."""

    def handle(self) -> None:
        self.rest, self.in_text, self.ended = b"", False, False
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request.sendall(b"220 sink\r\n")
        while not self.ended and (chunk := self.request.recv(65536)):
            self.rest += chunk
            if answers := b"".join(self.answers()):
                self.request.sendall(answers)

    def answers(self) -> Iterator[bytes]:
        while not self.ended:
            mark = b"\r\n.\r\n" if self.in_text else b"\r\n"
            line, end, after = self.rest.partition(mark)
            if not end:
                return
            self.rest = after
            if self.in_text:
                self.in_text = False
                yield b"250 taken\r\n"
                continue
            verb = line[:4].upper()
            self.in_text, self.ended = verb == b"DATA", verb == b"QUIT"
            yield SAYS.get(verb, b"250 ok\r\n")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True


if __name__ == "__main__":
    with Server(("127.0.0.1", int(sys.argv[1])), Conversation) as server:
        server.serve_forever()
