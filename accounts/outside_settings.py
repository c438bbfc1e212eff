"""What a school may set about what everybody sees of its accounts."""

from people.settings_registry import Setting

GROUP = "Public page"
SETTINGS = [
    Setting(
        key="accounts.public",
        label="Official accounts are shown to everybody",
        help="Parents can see which accounts are really the school's, and check an address. Shows "
        "no name of staff and no e-mail address. Needs the public page.",
        kind="yes_no",
        default=True,
        group=GROUP,
    ),
    Setting(
        key="accounts.public_trials",
        label="Accounts on trial are shown too",
        help="Otherwise they are not on the page, and whoever asks for their address is still told "
        "that they are yours.",
        kind="yes_no",
        default=True,
        group=GROUP,
    ),
    Setting(
        key="accounts.public_closed_days",
        label="A closed account stays on the page for",
        help="So that nobody follows what others make of a name that you have given up.",
        kind="number",
        default=365,
        minimum=0,
        maximum=3650,
        unit="days",
        group=GROUP,
    ),
]
