"""What a school may set about its social media accounts."""

from accounts.oversight_settings import SETTINGS as OVERSIGHT
from accounts.running_settings import SETTINGS as RUNNING
from people.settings_registry import Setting

GROUP = "Social media accounts"
SETTINGS = [
    Setting(
        key="accounts.least_runners",
        label="An account is run by at least",
        help="With fewer, it is restricted until somebody joins.",
        kind="number",
        default=2,
        minimum=1,
        maximum=10,
        unit="people",
        group=GROUP,
    ),
    Setting(
        key="accounts.rotation_school_day",
        label="Passwords are changed each term by",
        help="Counted in school days from the first day of the school's own term.",
        kind="number",
        default=10,
        minimum=1,
        maximum=40,
        unit="th school day",
        group=GROUP,
    ),
    Setting(
        key="accounts.urgent_hours",
        label="After a leaver or an incident the password is changed within",
        help="Holidays and weekends count as well.",
        kind="number",
        default=24,
        minimum=1,
        maximum=168,
        unit="hours",
        group=GROUP,
    ),
    Setting(
        key="accounts.suspend_after",
        label="A restricted account is suspended after",
        help="Counted in school days, when nobody has joined its runners.",
        kind="number",
        default=10,
        minimum=1,
        maximum=60,
        unit="school days",
        group=GROUP,
    ),
    Setting(
        key="accounts.days_without_terms",
        label="Where no term is entered, passwords are changed every",
        help="Better: enter the school's terms.",
        kind="number",
        default=120,
        minimum=30,
        maximum=365,
        unit="days",
        group=GROUP,
    ),
    *RUNNING,
    *OVERSIGHT,
]
