"""A mail server that misbehaves on request. It speaks just enough SMTP."""

from __future__ import annotations

import socketserver
import sys
import threading
import time
from email import message_from_bytes
from email.message import Message
from typing import Any


class MailServer(socketserver.ThreadingTCPServer):
    """`answers` says what to reply to MAIL, RCPT, DATA and the text; `greet=False` hangs."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Conversation)
        self.answers: dict[str, str] = {}
        self.greet = True
        self.drop_after_text = False
        self.refused_addresses: set[str] = set()
        self.put_off_addresses: set[str] = set()
        self.mails_per_connection = 1_000_000
        self.pipelining = True
        self.seconds_per_mail = 0.0
        self.connections = 0
        self.received: list[Message] = []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def delivery(self, **more: Any) -> dict[str, Any]:
        """Settings that send to this server."""
        host, port = self.server_address[:2]
        backend = "django.core.mail.backends.smtp.EmailBackend"
        return {"backend": backend, "host": host, "port": port, "timeout": 1, **more}

    @property
    def ids(self) -> list[str]:
        return [str(message["Message-ID"]) for message in self.received]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A worker that was killed hangs up; what else goes wrong is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


class Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.connections += 1
        if not self.server.greet:
            time.sleep(3)
            return
        self.say("220 ready")
        taken = 0
        while line := self.rfile.readline():
            verb = line.split()[0].upper().decode() if line.split() else ""
            if verb == "EHLO" and verb not in self.server.answers and self.server.pipelining:
                self.say("250-here\r\n250 PIPELINING")
                continue
            if verb == "QUIT":
                self.say("221 bye")
                return
            if verb == "DATA" and "DATA" not in self.server.answers:
                self.say("354 go on")
                taken += 1
                if not self.take_text() or taken == self.server.mails_per_connection:
                    return
                continue
            if verb == "RCPT" and any(
                one.encode() in line for one in self.server.refused_addresses
            ):
                self.say("550 no such person")
                continue
            if verb == "RCPT" and any(
                one.encode() in line for one in self.server.put_off_addresses
            ):
                self.say("452 mailbox full")
                continue
            self.say(self.server.answers.get(verb, "250 ok"))

    def take_text(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False  # no end, no mail
            lines.append(line.removeprefix(b"."))
        if not lines:
            self.say("554 no valid recipients")
            return True
        if self.server.drop_after_text:
            return False
        answer = self.server.answers.get("TEXT", "250 taken")
        if answer.startswith("2"):
            self.server.received.append(message_from_bytes(b"".join(lines)))
            time.sleep(self.server.seconds_per_mail)
        self.say(answer)
        return True

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")
