"""What a school may set about policies."""

from people.settings_registry import Setting

SETTINGS = [
    Setting(
        key="policies.grace_days",
        label="Time to sign a new version",
        help="Counted from the day a version that asks everyone to sign is published.",
        kind="number",
        default=14,
        minimum=1,
        maximum=180,
        unit="days",
        group="Policies",
    ),
    Setting(
        key="policies.joiner_grace_days",
        label="Time for someone new to sign",
        help="Counted from their first day, and again from the end of an exemption.",
        kind="number",
        default=14,
        minimum=0,
        maximum=180,
        unit="days",
        group="Policies",
    ),
]
