"""`python -m benchmarks.sink PORT`: a mail server that takes everything and keeps nothing."""

from __future__ import annotations

import socketserver
import sys


class Conversation(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        talk, rest, in_text = self.request, b"", False
        talk.sendall(b"220 sink\r\n")
        while chunk := talk.recv(65536):
            rest += chunk
            while True:
                if in_text:
                    _, end, after = rest.partition(b"\r\n.\r\n")
                    if not end:
                        break
                    rest, in_text = after, False
                    talk.sendall(b"250 taken\r\n")
                    continue
                line, end, after = rest.partition(b"\r\n")
                if not end:
                    break
                rest = after
                verb = line[:4].upper()
                if verb == b"QUIT":
                    talk.sendall(b"221 bye\r\n")
                    return
                in_text = verb == b"DATA"
                talk.sendall(b"354 go on\r\n" if in_text else b"250 ok\r\n")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = allow_reuse_address = True


if __name__ == "__main__":
    with Server(("127.0.0.1", int(sys.argv[1])), Conversation) as server:
        server.serve_forever()
