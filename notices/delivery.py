"""From the outbox to the mail server: claim, commit, send, mark. Never inside a transaction.

A worker claims a batch, notes each mail in the batch's row right before it goes, and marks them all
at the end. Killed at any moment it leaves at most one mail whose fate is unknown, the one that the
row names: those before it have left, those after it have not, and others take these up after ten
minutes. The unknown one is sent again (same Message-ID) when it matters. A reminder is not: what it
said goes with the person's next mail, marked as such.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.core.mail import EmailMultiAlternatives
from django.db import connection as database
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from notices import answers
from notices.answers import Answer, Verdict
from notices.freshness import drop_what_is_done
from notices.health import DELIVERY, TROUBLE
from notices.line import Line
from notices.models import CLAIM_LASTS, Batch, Heartbeat, Mail, MailQuerySet, Notice
from people.models import User

log = structlog.get_logger(__name__)

MAILS_PER_CLAIM = 100
BY_URGENCY = (Mail.Kind.URGENT, Mail.Kind.TRANSACTIONAL, Mail.Kind.REMINDER)
# One run ends in time for the next heartbeat, far before its claims count as abandoned.
SECONDS_PER_RUN = 45
CONNECTION_FAILURES_PER_RUN = 3
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=24)
# An unreachable server says nothing about a mail: when it is back, mail should not wait for a day.
LONGEST_WAIT_FOR_A_SERVER = timedelta(minutes=15)
FREE: dict[str, Any] = {"claim": None, "claimed_at": None}


@dataclass
class Delivered:
    """What one run did, in numbers."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    uncertain: int = 0
    connection_failures: int = 0


def deliver() -> Delivered:
    """Send what waits, until nothing is left, time is up or the server cannot be reached.

    Beside the mails it writes two rows for `notices/health.py`: when mail last left, and since when
    the server takes none.
    """
    done, stop_at = Delivered(), time.monotonic() + SECONDS_PER_RUN
    _take_back_abandoned()
    line = Line(_failures_allowed())
    try:
        while time.monotonic() < stop_at and not line.given_up:
            claim = _claim()
            if claim is None:
                break
            drop_what_is_done(claim)
            _Run(claim, line, done, stop_at).send_all()
    finally:
        line.close()
        done.connection_failures = line.failures
        _note_health(done)
    return done


def _failures_allowed() -> int:
    """Three; a single one while the server is known to be away, so that nobody storms its door."""
    away = Heartbeat.objects.filter(name=TROUBLE).exists()
    return 1 if away else CONNECTION_FAILURES_PER_RUN


def _note_health(done: Delivered) -> None:
    if done.sent or done.later or done.failed or done.uncertain:
        log.info("delivery.run", **vars(done))
    now = timezone.now()
    if done.sent:
        Heartbeat.objects.update_or_create(name=DELIVERY, defaults={"beat_at": now})
    if done.sent or done.failed:
        Heartbeat.objects.filter(name=TROUBLE).delete()
    elif done.later or done.uncertain:
        # The first moment stays.
        Heartbeat.objects.bulk_create([Heartbeat(name=TROUBLE, beat_at=now)], ignore_conflicts=True)


def _take_back_abandoned() -> None:
    """Mails of workers that were killed."""
    now = timezone.now()
    for claim in set(Mail.objects.abandoned(now).values_list("claim", flat=True)):
        if claim is not None:  # a constraint of the table says so
            _take_back(claim)
    # Of a worker that was killed with nothing left to do.
    mails = Mail.objects.filter(claim=OuterRef("claim"))
    Batch.objects.filter(~Exists(mails), claimed_at__lt=now - CLAIM_LASTS).delete()


@transaction.atomic
def _take_back(claim: uuid.UUID) -> None:
    """Those before the one on the wire have left; only that one may have."""
    batch = Batch.objects.select_for_update().filter(claim=claim).first()
    at_mail = batch.at_mail if batch else 0
    mails = Mail.objects.filter(claim=claim)
    left = _mark_sent(mails.filter(pk__lt=at_mail))
    _leave_in_doubt(mails.filter(pk=at_mail, kind=Mail.Kind.REMINDER), "worker lost")
    waiting = mails.update(status=Mail.Status.WAITING, **FREE)
    log.warning("delivery.worker_lost", left=left, waiting=waiting)
    # The worker, should it live after all, notices and stops.
    Batch.objects.filter(claim=claim).delete()


@transaction.atomic
def _leave_in_doubt(reminders: MailQuerySet, code: str) -> None:
    """They may have arrived: they are not sent again, what they said goes with the next mail."""
    for pk, day in list(reminders.values_list("pk", "digest_on")):
        Notice.objects.filter(mail=pk).update(mail=None, in_doubt_on=day)
    reminders.update(
        status=Mail.Status.UNCERTAIN, last_error=code, attempts=F("attempts") + 1, **FREE
    )


@transaction.atomic
def _claim() -> uuid.UUID | None:
    """Take a batch of mails for this worker; None when there is nothing to send."""
    now, claim = timezone.now(), uuid.uuid4()
    ids = _next(now)
    claimed = Mail.objects.filter(pk__in=ids, status=Mail.Status.WAITING).update(
        status=Mail.Status.CLAIMED, claim=claim, claimed_at=now
    )
    if not claimed:
        return None
    Batch.objects.create(claim=claim, claimed_at=now)
    return claim


def _next(now: datetime) -> list[int]:
    """The first mails of the most urgent kind that has any; locked.

    Of one kind: within a batch they go by age, and what is urgent waits for no reminder.
    """
    for kind in BY_URGENCY:
        waiting = Mail.objects.waiting(kind, now).select_for_update(skip_locked=True)
        if ids := list(waiting.values_list("pk", flat=True)[:MAILS_PER_CLAIM]):
            return ids
    return []


class _Run:
    """One claimed batch."""

    def __init__(self, claim: uuid.UUID, line: Line, done: Delivered, stop_at: float) -> None:
        self.line, self.done, self.stop_at = line, done, stop_at
        self.batch = Batch.objects.get(claim=claim)
        self.mails = Mail.objects.filter(claim=claim)
        self.gone: list[int] = []  # have left, and are not yet marked so

    def send_all(self) -> None:
        try:
            for mail in list(self.mails.order_by("pk")):
                if time.monotonic() > self.stop_at or not self._connected():
                    break
                if not _note_on_the_wire(self.batch, mail):
                    break  # taken for dead: others have the rest by now
                self._send(mail)
        finally:
            self._settle()

    def _connected(self) -> bool:
        """Whether there is a line. Where none can be had, what is left of the batch waits."""
        if self.line.given_up:
            return False
        if code := self.line.open():
            log.warning("delivery.no_connection", code=code)
            self._put_off(code)
        return not code

    def _put_off(self, code: str) -> None:
        held = self.mails.exclude(pk__in=self.gone)
        attempts = 1 + max(held.values_list("attempts", flat=True), default=0)
        self.done.later += held.update(
            status=Mail.Status.WAITING,
            attempts=F("attempts") + 1,
            not_before=timezone.now() + min(_wait(attempts), LONGEST_WAIT_FOR_A_SERVER),
            last_error=code,
            **FREE,
        )

    def _send(self, mail: Mail) -> None:
        try:
            self.line.send(as_message(mail))
        except answers.TROUBLE as problem:
            self._take(mail, self.line.read(problem))
        except Exception as problem:
            # One mail that cannot be written must not hold up the others.
            log.exception("delivery.mail_broken", mail=mail.pk)
            self._take(mail, Answer(Verdict.NEVER, type(problem).__name__[:40]))
        else:
            self.gone.append(mail.pk)

    def _take(self, mail: Mail, answer: Answer) -> None:
        """Do what the server's answer means for this mail."""
        if answer.verdict == Verdict.UNKNOWN and mail.kind == Mail.Kind.REMINDER:
            self.done.uncertain += 1
            _leave_in_doubt(self.mails.filter(pk=mail.pk), answer.code)
            return
        changes: dict[str, Any] = {"last_error": answer.code}
        match answer.verdict:
            case Verdict.NEVER:
                changes["status"] = Mail.Status.FAILED
                self.done.failed += 1
            case _:
                changes["status"] = Mail.Status.WAITING
                changes["not_before"] = timezone.now() + _wait(mail.attempts + 1)
                self.done.later += 1
        self.mails.filter(pk=mail.pk).update(attempts=F("attempts") + 1, **changes, **FREE)
        if answer.wrong_address and mail.recipient_id:
            # Unless it was corrected meanwhile.
            User.objects.filter(pk=mail.recipient_id, email__iexact=mail.to).update(
                mail_failed_at=timezone.now()
            )

    @transaction.atomic
    def _settle(self) -> None:
        """Mark what has left, and give back what was not tried."""
        self.batch.delete()
        self.done.sent += _mark_sent(self.mails.filter(pk__in=self.gone))
        self.mails.update(status=Mail.Status.WAITING, **FREE)


def _note_on_the_wire(batch: Batch, mail: Mail) -> bool:
    """This mail goes now, so those before it have gone. False when the batch is another's by now.

    On PostgreSQL without waiting for the disk: a killed worker loses no note, and a database that
    loses its power loses those of the last half second.
    """
    sql = f"UPDATE {Batch._meta.db_table} SET at_mail = %s WHERE id = %s"  # noqa: S608
    if database.vendor == "postgresql":
        sql += " AND set_config('synchronous_commit', 'off', true) = 'off'"
    with database.cursor() as cursor:
        cursor.execute(sql, [mail.pk, batch.pk])
        return bool(cursor.rowcount == 1)


def _mark_sent(mails: MailQuerySet) -> int:
    return mails.update(
        status=Mail.Status.SENT,
        sent_at=timezone.now(),
        attempts=F("attempts") + 1,
        last_error="",
        **FREE,
    )


def _wait(attempts: int) -> timedelta:
    """One minute, doubling, up to a day."""
    doubled: int = 2 ** min(attempts - 1, 12)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


class Message(EmailMultiAlternatives):
    """The same bytes each time but for the date: what parts it follows from the mail's own id."""

    def message(self, *args: Any, **kwargs: Any) -> Any:
        message = super().message(*args, **kwargs)
        if message.is_multipart():
            name = hashlib.sha256(self.extra_headers["Message-ID"].encode()).hexdigest()
            message.set_boundary(f"={name[:40]}=")
        return message


def as_message(mail: Mail) -> EmailMultiAlternatives:
    """The row as a message: the same one, with the same Message-ID, however often it is made."""
    message = Message(
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
