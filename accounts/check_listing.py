"""When each account of a school, or of a trust's schools, was last looked through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from accounts.checks import CheckDue, LastCheck, checks_due, last_checks
from accounts.dormant import Asleep, asleep
from accounts.models import SocialAccount
from accounts.rotation import USED
from people.calendar import calendars
from people.models import Organisation, User

NEVER = LastCheck()


@dataclass(frozen=True, slots=True)
class Row:
    """An account: its last check, the one that is owed, and since when it is asleep."""

    account: SocialAccount
    last: LastCheck
    due: CheckDue | None
    asleep: Asleep | None
    today: date

    @property
    def state(self) -> tuple[str, str]:
        """Code and words of where this half-term's check stands."""
        if self.due is None:
            return ("done", "Done") if self.last.done_on else ("later", "Nothing is due")
        day = f"{self.due.due_on.day} {self.due.due_on:%b}"
        if self.due.is_overdue(self.today):
            return "overdue", f"Overdue since {day}"
        return "open", f"Due by {day}"

    def fits(self, only: str) -> bool:
        match only:
            case "due":
                return self.due is not None
            case "overdue":
                return self.due is not None and self.due.is_overdue(self.today)
            case "found":
                return self.last.open_findings > 0
            case "asleep":
                return self.asleep is not None
        return True


def rows_at(
    place: Organisation, user: User, filters: Mapping[str, Any], now: datetime
) -> list[Row]:
    """Every account in use there that this person sees, in five queries however many there are."""
    reach = Q(organisation=place) | Q(organisation__parent=place)
    accounts = SocialAccount.objects.visible_to(user).filter(reach, status__in=USED)
    if words := filters.get("q"):
        accounts = accounts.filter(name__icontains=words)
    if school := filters.get("school"):
        accounts = accounts.filter(organisation=school)
    ordered = accounts.select_related("organisation__parent").order_by(
        "organisation__name", "name", "pk"
    )
    found = list(ordered)
    years = calendars({one.organisation_id: one.organisation for one in found}.values())
    last, quiet = last_checks(found), asleep(found, now, years)
    due = checks_due(found, now, years=years, last=last)
    today = place.today()
    rows = [
        Row(one, last.get(one.pk, NEVER), due.get(one.pk), quiet.get(one.pk), today)
        for one in found
    ]
    return [row for row in rows if row.fits(filters.get("only") or "")]
