"""G5: swept all the time over both clock changes and 29 February: nothing early, late or twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.faults.processes import Portal
from tests.faults.scenarios import SEED, Result

SWEEPS = """
import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo
from notices import services
from notices.models import Mail, Notice
from tests.faults import duties
Notice.objects.all().delete(); Mail.objects.all().delete()
duties.DUE = due = date.fromisoformat("%(due)s")
end = datetime(due.year, due.month, due.day, 23, 45, tzinfo=UTC)
now = end - timedelta(days=%(days)d)
while now <= end:
    services.sweep(now)
    now += timedelta(minutes=%(minutes)d)
london, early_or_late = ZoneInfo("Europe/London"), 0
for notice in Notice.objects.select_related("mail"):
    told = notice.created_at.astimezone(london)
    mailed = notice.mail is not None and notice.mail.digest_on == notice.on_date
    early_or_late += not (mailed and told.date() == notice.on_date and 8 <= told.hour < 18)
steps = sorted({(due - on).days for on in Notice.objects.values_list("on_date", flat=True)})
print(json.dumps([Notice.objects.count(), Mail.objects.count(), early_or_late, steps]))
"""
# Each has a step of its ladder right after, or on, the odd day.
DAYS = {
    "clocks go back (25 October 2026)": "2026-10-29",
    "clocks go forward (28 March 2027)": "2027-03-31",
    "29 February 2028": "2028-03-01",
}
STEPS = [0, 1, 7, 14]


def clock(
    folder: Path, *, people: int = 20, days: int = 15, minutes: int = 15, database: str = ""
) -> Iterator[Result]:
    environment = {"DJANGO_SETTINGS_MODULE": "tests.faults.settings"}
    if database:
        environment["DATABASE_URL"] = database
    portal = Portal(folder, environment=environment)
    try:
        portal.shell(SEED % {"people": people, "urgent": 0})
        for name, due in DAYS.items():
            said = portal.shell(SWEEPS % {"due": due, "days": days, "minutes": minutes})
            notices, mails, wrong, steps = json.loads(said)
            expected = people * sum(step <= days for step in STEPS)
            yield Result(
                f"G5 {name}",
                due=expected,
                sent=mails,
                lost=max(0, expected - notices) + wrong,
                rows_twice=max(0, notices - expected) + max(0, mails - expected),
                note=f"days before: {steps}; early or late: {wrong}",
            )
    finally:
        portal.stop()
