"""One's own reminders, a school's ladders, and what is owed there."""

from __future__ import annotations

from tests.access_roles import ALL, both

RULES = {
    "notices:reminders": both(ALL),
}
