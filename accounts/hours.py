"""The hours in which an account posts, by its house rules and in the school's own zone (R4)."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from people.calendar import is_weekday

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from accounts.models import HouseRules

WHOLE_DAY = 24


def is_outside(rules: HouseRules, moment: datetime, zone: ZoneInfo) -> bool:
    """Whether a post at that moment is outside the hours. The last minute still counts."""
    local = moment.astimezone(zone)
    if rules.weekdays_only and not is_weekday(local.date()):
        return True
    now = local.time().replace(second=0, microsecond=0)
    if now < time(rules.hour_from):
        return True
    return rules.hour_until < WHOLE_DAY and now > time(rules.hour_until)
