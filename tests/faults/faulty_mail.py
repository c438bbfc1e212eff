"""G3: a mail server that refuses, hangs, says no, or drops the line after the text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.faults.processes import Portal, eventually
from tests.faults.scenarios import LATER, Result, mail_url
from tests.notices.mail_server import MailServer

MAILS = """
from datetime import date
from notices.models import Mail, Notice, Heartbeat
from people.models import User
Mail.objects.all().delete(); Heartbeat.objects.all().delete()
User.objects.all().update(mail_failed_at=None)
people = [User.objects.get_or_create(email=f"p{n}@hill.example", name=f"P {n}")[0]
    for n in range(%(each)d)]
for kind in %(kinds)s:
    Mail.objects.bulk_create([Mail(kind=kind, recipient=one, to=one.email, subject=kind,
        text="Text", from_address="portal@localhost",
        digest_on=date(2026, 11, 24) if kind == "reminder" else None) for one in people])
"""
LOOK = """
import json
from notices import health
from notices.models import Mail
from people.models import User
print(json.dumps({
    "mails": list(Mail.objects.values_list("message_id", "kind", "status", "attempts")),
    "flagged": User.objects.exclude(mail_failed_at=None).count(),
    "trouble": health.delivery()[2],
}))
"""
HEARD = """
from notices.models import Heartbeat
print(Heartbeat.objects.filter(name="mail").values_list("beat_at", flat=True).first())
"""
RING_AGAIN = """
from notices.tasks import heartbeat
heartbeat.apply_async(("mail",), queue="mail")
"""
Fault = Callable[[MailServer], None]


def _no(verb: str, answer: str) -> Fault:
    return lambda server: server.answers.update({verb: answer})


FAULTS: dict[str, Fault] = {
    "refuses connections": lambda server: server.stop(),
    "hangs": lambda server: setattr(server, "greet", False),
    "421 to MAIL": _no("MAIL", "421 busy"),
    "451 to RCPT": _no("RCPT", "451 greylisted"),
    "550 to RCPT": _no("RCPT", "550 no such person"),
    "drops after DATA": lambda server: setattr(server, "drop_after_text", True),
    "drops after DATA, reminders": lambda server: setattr(server, "drop_after_text", True),
}


def faulty_mail(
    folder: Path, *, each: int = 20, only: Sequence[str] = (), database: str = ""
) -> Iterator[Result]:
    """For each fault: three rounds of beat while it lasts, then it is mended and time passes.

    One portal and one port for all of them, a server and a worker for each.
    """
    server = MailServer()
    environment = {"EMAIL_URL": mail_url(server)}
    if database:
        environment["DATABASE_URL"] = database
    portal = Portal(folder, environment=environment)
    try:
        for name in only or FAULTS:
            server.stop()
            result, server = _play(portal, server.server_address[1], name, each)
            yield result
            portal.stop_workers()
    finally:
        portal.stop()
        server.stop()


def _play(portal: Portal, port: int, name: str, each: int) -> tuple[Result, MailServer]:
    server, fault = MailServer(port), FAULTS[name]
    kinds = ["reminder"] if "reminders" in name else ["reminder", "urgent"]
    portal.shell(MAILS % {"each": each, "kinds": kinds})
    due = each * len(kinds)
    fault(server)
    portal.start_worker("mail")
    for _ in range(3):
        _round(portal)
    during = _look(portal)
    knocks = server.connections
    if server.fileno() == -1:
        server = MailServer(port)
    else:
        _mend(server)
    for _ in range(3):
        portal.shell(LATER)
        _round(portal)
    found = _look(portal)
    status = {mail: status for mail, _, status, _ in found["mails"]}
    arrived = set(server.ids)
    lost = [one for one, s in status.items() if s == "sent" and one not in arrived]
    lost += [one for one, s in status.items() if s in ("waiting", "claimed")]
    in_app = due - len(status)  # to somebody whose address was refused a moment before
    attempts = sum(one[3] for one in during["mails"])
    result = Result(
        f"G3 mail server {name}",
        due=due,
        sent=len(arrived),
        doubt=sum(s == "uncertain" for s in status.values()),
        lost=len(lost) + (in_app if not found["flagged"] else 0),
        mails_twice=len(server.ids) - len(arrived),
        note=f"{knocks} connections, {attempts} attempts in three rounds; "
        f"{sum(s == 'failed' for s in status.values())} refused, "
        f"{found['flagged']} addresses flagged, {in_app} told in the portal only",
    )
    return result, server


def _mend(server: MailServer) -> None:
    server.answers.clear()
    server.greet, server.drop_after_text = True, False


def _look(portal: Portal) -> dict[str, list[tuple[str, str, str, int]]]:
    return dict(json.loads(portal.shell(LOOK)))


def _round(portal: Portal) -> None:
    """Beat rings, and the worker has done what it can: it hears what is rung after it."""
    before = portal.shell(HEARD)
    portal.ring()
    portal.shell(RING_AGAIN)
    assert eventually(lambda: portal.shell(HEARD) != before, 60)
