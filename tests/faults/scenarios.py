"""What may go wrong, made to happen to real processes, and what became of the mail."""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from tests.faults import BEGIN
from tests.faults.processes import Portal, Redis, eventually
from tests.notices.mail_server import MailServer

SEED = """
from people.models import Organisation, User
from people.services import organisations
from notices.models import Mail
school = Organisation.objects.filter(slug="faults").first() or organisations.found(
    "school", name="Hill", slug="faults", by=None)
User.objects.bulk_create(
    [User(email=f"person{n}@hill.example", name=f"Person {n}") for n in range(%(people)d)],
    batch_size=1000)
Mail.objects.bulk_create([Mail(kind="urgent", to=f"person{n}@hill.example", subject="Urgent",
    text="Text", from_address="portal@localhost") for n in range(%(urgent)d)], batch_size=1000)
"""
# What a killed process held is taken up by others ten minutes later, a lease after sixteen.
LATER = """
from datetime import timedelta
from django.db.models import F
from notices.models import Batch, Lease, Mail
t = timedelta(minutes=17)
Mail.objects.exclude(claim=None).update(claimed_at=F("claimed_at") - t)
Mail.objects.filter(status="waiting").update(not_before=F("created_at"))
Batch.objects.update(claimed_at=F("claimed_at") - t)
Lease.objects.exclude(token=None).update(taken_at=F("taken_at") - t, until=F("until") - t)
"""
SWEEPING = """
from notices.models import Lease
if Lease.objects.filter(name="sweep").exclude(token=None).exists(): print("yes")
"""
COUNT = """
import json
from django.db.models import Count
from notices.models import Mail, Notice
def twice(rows, *key):
    return rows.order_by().values(*key).annotate(n=Count("pk")).filter(n__gt=1).count()
print(json.dumps({
    "notices": Notice.objects.count(),
    "unmailed": Notice.objects.filter(mail=None, in_app_only=False, in_doubt_on=None).count(),
    "riding": Notice.objects.filter(mail=None, in_app_only=False).exclude(in_doubt_on=None).count(),
    "twice": twice(Notice.objects, "about", "occasion", "stage", "on_date", "recipient")
        + twice(Mail.objects.filter(kind="reminder"), "recipient", "digest_on"),
    "reminders": list(Mail.objects.filter(kind="reminder").values_list("message_id", "status")),
    "urgent": list(Mail.objects.filter(kind="urgent").values_list("message_id", "status")),
    "failed_people": __import__("people.models").models.User.objects.exclude(
        mail_failed_at=None).count(),
}))
"""


@dataclass
class Result:
    """One line of the table."""

    scenario: str
    due: int
    sent: int = 0
    doubt: int = 0  # reminders that may have arrived, marked as such; told again the next day
    lost: int = 0
    rows_twice: int = 0
    mails_twice: int = 0
    note: str = ""

    @property
    def fine(self) -> bool:
        return not (self.lost or self.rows_twice)


def ahead() -> float:
    """How far the portal's clock is before ours."""
    return (BEGIN - datetime.now(UTC)).total_seconds()


def mail_url(server: MailServer) -> str:
    return f"smtp://127.0.0.1:{server.server_address[1]}?timeout=2"


def kills(
    folder: Path,
    *,
    people: int,
    urgent: int,
    times: int,
    restarts: int,
    next_day: bool = True,
    database: str = "",
) -> Result:
    """G1: workers killed at random moments, two beats, Redis restarted and frozen.

    `next_day`: a day later, too, when what was in doubt goes with the next mail.
    """
    server, redis = MailServer(), Redis(folder)
    server.seconds_per_mail = 0.002
    environment = {"EMAIL_URL": mail_url(server), "DJANGO_SETTINGS_MODULE": "tests.faults.settings"}
    if database:
        environment["DATABASE_URL"] = database
    portal = Portal(folder, redis.url, ahead=ahead(), environment=environment)
    try:
        portal.shell(SEED % {"people": people, "urgent": urgent})
        for name in ("one", "two"):
            portal.start_beat(name)
        _kill_again_and_again(portal, redis, server, times, restarts)
        _let_it_end(portal, server, people + urgent)
        if next_day:
            _let_a_day_pass(portal, server, people + urgent)
        result = _judge(portal, server, people, urgent, next_day=next_day)
    finally:
        portal.stop()
        redis.stop()
        server.stop()
    result.scenario = f"G1 {times} SIGKILLs, 2 beats, {restarts} Redis restarts"
    return result


def _kill_again_and_again(
    portal: Portal, redis: Redis, server: MailServer, times: int, restarts: int
) -> None:
    chance = random.Random(4)
    for number in range(times):
        workers = [portal.start_worker("mail"), portal.start_worker("work")]
        portal.ring("sweep", "deliver_pending")
        before = len(server.received)
        # The first are hit while they sweep, the others while they send.
        if number >= max(1, times // 5):
            eventually(partial(_more_than, before, server), 40)
        else:
            eventually(partial(portal.shell, SWEEPING), 40)
        time.sleep(chance.uniform(0, 2))
        for worker in workers:
            worker.kill()
            worker.wait()
            portal.processes.remove(worker)
        if number < restarts:
            redis.freeze() if number % 2 else redis.stop()
            time.sleep(0.5)
            if number % 2:
                redis.stop()
            redis.start()
        portal.shell(LATER)


def _more_than(before: int, server: MailServer) -> bool:
    return len(server.received) > before


def _let_it_end(portal: Portal, server: MailServer, expected: int) -> None:
    """With nobody killed any more, everything leaves."""
    portal.start_worker("mail")
    portal.start_worker("work")

    def ended() -> bool:
        portal.ring("sweep", "deliver_pending")
        time.sleep(1)
        counts = portal.counts()
        return sum(counts.values()) == expected and not (
            counts.get("waiting", 0) + counts.get("claimed", 0)
        )

    eventually(ended, 60 + expected / 10)


def _let_a_day_pass(portal: Portal, server: MailServer, expected: int) -> None:
    """Nothing new is due: only what was in doubt is told, and says so."""
    riding = json.loads(portal.shell(COUNT))["riding"]
    if riding:
        portal.stop()
        portal.ahead += timedelta(days=1).total_seconds()
        portal.shell(LATER)  # the worker that was stopped may have held the lease
        _let_it_end(portal, server, expected + riding)


def _judge(
    portal: Portal, server: MailServer, people: int, urgent: int, *, next_day: bool
) -> Result:
    found = json.loads(portal.shell(COUNT))
    received = set(server.ids)
    rows = found["reminders"] + found["urgent"]
    doubt = [mail for mail, status in rows if status == "uncertain"]
    lost = people - found["notices"] + found["unmailed"] + found["riding"] * next_day
    lost += sum(mail not in received and mail not in doubt for mail, _ in rows)
    lost += urgent - len(found["urgent"])
    reminders = {mail for mail, _ in found["reminders"]}
    again = len([one for one in server.ids if one in reminders]) - len(received & reminders)
    return Result(
        "",
        due=people + urgent,
        sent=len(received),
        doubt=len(doubt),
        lost=lost,
        rows_twice=found["twice"],
        mails_twice=len(server.ids) - len(received),
        note=f"reminders twice: {again}; in doubt and arrived: {len(received & set(doubt))}",
    )
