"""What a school may set about people and sign-in."""

from people.settings_registry import Setting

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
]
