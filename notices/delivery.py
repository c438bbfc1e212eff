"""From the outbox to the mail server: claim, commit, send, mark. Never inside a transaction.

A worker claims a batch, then moves each mail to "sending" right before it goes, in the same
statement that marks the one before as sent. Killed at any moment it leaves at most one mail whose
fate is unknown; the rest of its claim is taken up by another after ten minutes. The unknown one is
sent again (same Message-ID) when it matters and let go when it is a reminder.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from notices import answers
from notices.answers import Answer, Verdict
from notices.freshness import drop_what_is_done
from notices.models import Mail
from people.models import User

log = structlog.get_logger(__name__)

MAILS_PER_CLAIM = 100
# One run ends in time for the next heartbeat, far before its claims count as abandoned.
SECONDS_PER_RUN = 45
CONNECTION_FAILURES_PER_RUN = 3
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=24)
# An unreachable server says nothing about a mail: when it is back, mail should not wait for a day.
LONGEST_WAIT_FOR_A_SERVER = timedelta(minutes=15)


@dataclass
class Delivered:
    """What one run did, in numbers."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    uncertain: int = 0
    connection_failures: int = 0


def deliver() -> Delivered:
    """Send what waits, until nothing is left, time is up or the server cannot be reached."""
    done, stop_at = Delivered(), time.monotonic() + SECONDS_PER_RUN
    _take_back_abandoned()
    while time.monotonic() < stop_at and done.connection_failures < CONNECTION_FAILURES_PER_RUN:
        claim = _claim()
        if claim is None:
            break
        drop_what_is_done(claim)
        _Run(claim, done, stop_at).send_all()
    if done.sent or done.later or done.failed or done.uncertain:
        log.info("delivery.run", **vars(done))
    return done


def _take_back_abandoned() -> None:
    """Mails of a worker that was killed. Only one of them may have left already."""
    old = Mail.objects.abandoned(timezone.now())
    released = {"claim": None, "claimed_at": None}
    old.filter(status=Mail.Status.SENDING, kind=Mail.Kind.REMINDER).update(
        status=Mail.Status.UNCERTAIN, last_error="worker lost", **released
    )
    old.update(status=Mail.Status.WAITING, **released)


@transaction.atomic
def _claim() -> uuid.UUID | None:
    """Take a batch of mails for this worker; None when there is nothing to send."""
    now, claim = timezone.now(), uuid.uuid4()
    waiting = Mail.objects.waiting(now).select_for_update(skip_locked=True)
    ids = list(waiting.values_list("pk", flat=True)[:MAILS_PER_CLAIM])
    claimed = Mail.objects.filter(pk__in=ids, status=Mail.Status.WAITING).update(
        status=Mail.Status.CLAIMED, claim=claim, claimed_at=now
    )
    return claim if claimed else None


class _Run:
    """One claimed batch over one connection."""

    def __init__(self, claim: uuid.UUID, done: Delivered, stop_at: float) -> None:
        self.claim, self.done, self.stop_at = claim, done, stop_at
        self.connection: Any = None
        self.sent: Mail | None = None  # gone, and not yet marked so

    def send_all(self) -> None:
        mails = Mail.objects.filter(claim=self.claim, status=Mail.Status.CLAIMED)
        try:
            for mail in mails.order_by("pk"):
                if time.monotonic() > self.stop_at or not self._connected():
                    break
                self._send(mail)
        finally:
            self._move_on(None)
            self._disconnect()
            self._release()

    def _connected(self) -> bool:
        if self.connection is not None:
            return True
        if self.done.connection_failures >= CONNECTION_FAILURES_PER_RUN:
            return False
        connection = get_connection(**settings.DELIVERY)
        try:
            connection.open()
        except answers.TROUBLE as problem:
            self._lose_connection(connection, answers.code_of(problem))
            return False
        answers.watch(connection)
        self.connection = connection
        return True

    def _lose_connection(self, connection: Any, code: str) -> None:
        """The server cannot be reached: this batch waits, and after three times the run ends."""
        self.done.connection_failures += 1
        log.warning("delivery.no_connection", code=code)
        self.connection = connection
        self._disconnect()
        held = Mail.objects.filter(claim=self.claim, status=Mail.Status.CLAIMED)
        attempts = 1 + max(held.values_list("attempts", flat=True), default=0)
        self.done.later += held.update(
            status=Mail.Status.WAITING,
            claim=None,
            claimed_at=None,
            attempts=F("attempts") + 1,
            not_before=timezone.now() + min(_wait(attempts), LONGEST_WAIT_FOR_A_SERVER),
            last_error=code,
        )

    def _disconnect(self) -> None:
        if self.connection is not None:
            try:
                self.connection.close()
            except answers.TROUBLE:
                log.info("delivery.close_failed")
            self.connection = None

    def _send(self, mail: Mail) -> None:
        if not self._move_on(mail):
            return  # somebody else's by now
        try:
            message = as_message(mail)
            answers.forget(self.connection)
            self.connection.send_messages([message])
        except answers.TROUBLE as problem:
            self._take(mail, answers.read(problem, self.connection))
        except Exception as problem:
            # One mail that cannot be written must not hold up the others.
            log.exception("delivery.mail_broken", mail=mail.pk)
            self._take(mail, Answer(Verdict.NEVER, type(problem).__name__[:40]))
        else:
            self.sent = mail

    def _move_on(self, mail: Mail | None) -> bool:
        """Mark the last one sent and the next one as being sent, in one statement.

        False when the next is no longer this worker's.
        """
        steps = Q(pk__in=[])
        if self.sent:
            steps |= Q(pk=self.sent.pk, status=Mail.Status.SENDING)
        if mail:
            steps |= Q(pk=mail.pk, status=Mail.Status.CLAIMED)
        if not self.sent and not mail:
            return False
        now, sent_pk = timezone.now(), self.sent.pk if self.sent else 0
        moved = Mail.objects.filter(steps, claim=self.claim).update(
            status=Case(
                When(pk=sent_pk, then=Value(Mail.Status.SENT)), default=Value(Mail.Status.SENDING)
            ),
            sent_at=Case(When(pk=sent_pk, then=Value(now)), default=None),
            claim=Case(When(pk=sent_pk, then=None), default=F("claim")),
            claimed_at=Case(When(pk=sent_pk, then=None), default=Value(now)),
            attempts=Case(When(pk=sent_pk, then=F("attempts")), default=F("attempts") + 1),
            last_error="",
        )
        expected = bool(self.sent) + bool(mail)
        self.done.sent += bool(self.sent)
        self.sent = None
        if mail is None or moved == expected:
            return mail is not None
        return Mail.objects.filter(
            pk=mail.pk, claim=self.claim, status=Mail.Status.SENDING
        ).exists()

    def _take(self, mail: Mail, answer: Answer) -> None:
        """Do what the server's answer means for this mail."""
        changes: dict[str, Any] = {"last_error": answer.code}
        match answer.verdict:
            case Verdict.NEVER:
                changes["status"] = Mail.Status.FAILED
                self.done.failed += 1
            case Verdict.UNKNOWN if mail.kind == Mail.Kind.REMINDER:
                changes["status"] = Mail.Status.UNCERTAIN
                self.done.uncertain += 1
            case _:
                changes["status"] = Mail.Status.WAITING
                changes["not_before"] = timezone.now() + _wait(mail.attempts + 1)
                self.done.later += 1
        Mail.objects.filter(pk=mail.pk, claim=self.claim).update(
            claim=None, claimed_at=None, **changes
        )
        if answer.wrong_address and mail.recipient_id:
            # Unless it was corrected meanwhile.
            User.objects.filter(pk=mail.recipient_id, email__iexact=mail.to).update(
                mail_failed_at=timezone.now()
            )
        if answer.connection_lost:
            self.done.connection_failures += 1
            self._disconnect()

    def _release(self) -> None:
        """Give back what was claimed and not tried."""
        Mail.objects.filter(claim=self.claim, status=Mail.Status.CLAIMED).update(
            status=Mail.Status.WAITING, claim=None, claimed_at=None
        )


def _wait(attempts: int) -> timedelta:
    """One minute, doubling, up to a day."""
    doubled: int = 2 ** min(attempts - 1, 12)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def as_message(mail: Mail) -> EmailMultiAlternatives:
    """The row as a message: the same one, with the same Message-ID, however often it is made."""
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=mail.from_address,
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={**mail.headers, "Message-ID": mail.message_id},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message
