"""The line to the mail server: one connection for as many mails as it takes."""

from __future__ import annotations

import smtplib
import socket
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from notices import answers
from notices.answers import Answer
from notices.conversation import hand_over

log = structlog.get_logger(__name__)


class Line:
    """Opened when there is a mail, opened again when it broke, given up after some failures.

    A mail that the server takes in between makes good what failed before: many servers end a
    conversation after some mails.
    """

    def __init__(self, failures_allowed: int) -> None:
        self.failures_allowed = failures_allowed
        self.failures = 0
        self.connection: Any = None

    @property
    def given_up(self) -> bool:
        return self.failures >= self.failures_allowed

    def open(self) -> str:
        """Empty when there is a line; else the code of what went wrong."""
        if self.connection is not None:
            return ""
        connection = get_connection(**settings.DELIVERY)
        try:
            connection.open()
            if smtp := _smtp(connection):
                # The end of a mail does not wait until its beginning has been acknowledged.
                assert smtp.sock is not None  # it has just been opened
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                smtp.ehlo_or_helo_if_needed()
        except answers.TROUBLE as problem:
            self.connection = connection
            self._lose()
            return answers.code_of(problem)
        self.connection = connection
        return ""

    def send(self, message: EmailMessage) -> None:
        """Hand one mail over. Raises answers.TROUBLE, which `read` explains."""
        if smtp := _smtp(self.connection):
            hand_over(smtp, message)
        else:  # mail that is kept in files, or printed
            self.connection.send_messages([message])
        self.failures = 0

    def read(self, problem: Exception) -> Answer:
        """What this problem means for the mail, and for the line."""
        answer = answers.read(problem)
        if answer.connection_lost:
            self._lose()
        return answer

    def close(self) -> None:
        if self.connection is not None:
            try:
                self.connection.close()
            except answers.TROUBLE:
                log.info("delivery.close_failed")
            self.connection = None

    def _lose(self) -> None:
        self.failures += 1
        self.close()


def _smtp(connection: Any) -> smtplib.SMTP | None:
    """The conversation below Django's backend; None where mail is kept in files, say."""
    smtp = getattr(connection, "connection", None)
    return smtp if isinstance(smtp, smtplib.SMTP) else None
