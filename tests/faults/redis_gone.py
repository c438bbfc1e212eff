"""G2: Redis hangs or is gone: pages save, a banner says so, and all of the mail leaves after."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.faults.processes import Portal, Redis, eventually
from tests.faults.scenarios import Result, mail_url
from tests.notices.mail_server import MailServer

SECONDS_A_PAGE_MAY_TAKE = 1.5
# As a page does it: a mail is promised, a form is saved, pages are read. Prints seconds for each,
# whether the first page says that mail is late, and what the monitor is told.
PAGES = """
import json, time
from datetime import timedelta
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from notices import services
from notices.models import Heartbeat
from people.models import Organisation, User
from people.services import organisations, membership
school = Organisation.objects.filter(slug="hill").first()
user = User.objects.filter(email="zoe@hill.example").first()
if school is None:
    school = organisations.found("school", name="Hill", slug="hill", by=None)
    user = User.objects.create_user("zoe@hill.example", "Zoë O'Brien")
    membership.join(user, school, by=None)
    services.beat("mail")
Heartbeat.objects.update(beat_at=F("beat_at") - timedelta(minutes=%(minutes)d))
client, seconds = Client(), []
client.force_login(user)
def timed(do):
    started = time.monotonic()
    answer = do()
    seconds.append(time.monotonic() - started)
    return answer
client.get(reverse("notices:mine"))  # what a process does once, it does not do for Redis
timed(lambda: services.notify(user, organisation=school, kind="x",
    occasion=f"x:{time.time()}", title="Title", url="/", urgent=True))
assert timed(lambda: client.post(reverse("notices:read"))).status_code == 302
assert timed(lambda: client.get(reverse("notices:mine"))).status_code == 200
home = timed(lambda: client.get(reverse("overview:home")))
assert home.status_code == 200
ready = timed(lambda: client.get("/readyz")).json()["parts"]
print(json.dumps([seconds, b"is delayed at the moment" in home.content,
    [name for name, part in ready.items() if not part["ok"]]]))
"""


def _all_sent(portal: Portal, sent: int) -> bool:
    return portal.counts() == {"sent": sent}


def redis_gone(folder: Path, *, database: str = "") -> Iterator[Result]:
    server, redis = MailServer(), Redis(folder)
    environment = {"EMAIL_URL": mail_url(server)}
    if database:
        environment["DATABASE_URL"] = database
    portal = Portal(folder, redis.url, environment=environment)
    try:
        portal.shell(PAGES % {"minutes": 0})
        portal.start_worker("mail")
        portal.ring()
        assert eventually(lambda: portal.counts() == {"sent": 1}, 60)
        for sent, (name, hurt, mend) in enumerate(
            (("hangs", redis.freeze, redis.thaw), ("is gone", redis.stop, redis.start)), 2
        ):
            hurt()
            seconds, banner, failing = json.loads(portal.shell(PAGES % {"minutes": 4}))
            waits = portal.counts() == {"sent": sent - 1, "waiting": 1}
            mend()
            portal.ring()
            drained = eventually(partial(_all_sent, portal, sent), 60)
            slow = max(seconds) > SECONDS_A_PAGE_MAY_TAKE
            yield Result(
                f"G2 Redis {name}",
                due=1,
                sent=len(server.ids) - sent + 1,
                lost=int(not (waits and drained)) + int(slow) + int(not banner),
                note=f"slowest page {max(seconds):.2f} s; banner: {banner}; "
                f"/readyz names {', '.join(failing)}",
            )
    finally:
        portal.stop()
        redis.stop()
        server.stop()
