"""What a school may set about people and sign-in."""

from people.settings_registry import Setting


def _quarters(first: int, last: int) -> tuple[tuple[str, str], ...]:
    """Times of day a quarter of an hour apart."""
    quarters = [
        f"{hour:02}:{minute:02}" for hour in range(first, last) for minute in (0, 15, 30, 45)
    ]
    return tuple((one, one) for one in [*quarters, f"{last:02}:00"])


SETTINGS = [
    Setting(
        key="people.invitation_days",
        label="How long an invitation is valid",
        help="After that the office can send a new one.",
        kind="number",
        default=30,
        minimum=1,
        maximum=90,
        unit="days",
        group="People and sign-in",
    ),
    Setting(
        key="people.second_factor_grace_days",
        label="Time to set up two-step sign-in",
        help="For people whose role lets them see other people's records. 0 means at once.",
        kind="number",
        default=14,
        minimum=0,
        maximum=60,
        unit="days",
        group="People and sign-in",
    ),
    # No choice lies near the hour in the night at which clocks change.
    Setting(
        key="people.day_opens",
        label="When the school day begins",
        help="Deadlines that are counted in school hours run from here.",
        kind="choice",
        default="08:30",
        choices=_quarters(6, 11),
        group="The school day",
    ),
    Setting(
        key="people.day_closes",
        label="When the school day ends",
        help="Until when such deadlines run.",
        kind="choice",
        default="16:00",
        choices=_quarters(12, 20),
        group="The school day",
    ),
]
