"""The line to the mail server: one connection for as many mails as it takes."""

from __future__ import annotations

from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from notices import answers
from notices.answers import Answer

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
        except answers.TROUBLE as problem:
            self.connection = connection
            self._lose()
            return answers.code_of(problem)
        answers.watch(connection)
        self.connection = connection
        return ""

    def send(self, message: EmailMessage) -> None:
        """Hand one mail over. Raises answers.TROUBLE, which `read` explains."""
        answers.forget(self.connection)
        self.connection.send_messages([message])
        self.failures = 0

    def read(self, problem: Exception) -> Answer:
        """What this problem means for the mail, and for the line."""
        answer = answers.read(problem, self.connection)
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
