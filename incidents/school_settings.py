"""What a school may set about reports and cases. Whom it tells: `incidents.Route`."""

from people.settings_registry import Setting

GROUP = "Concerns and incidents"
SETTINGS = [
    Setting(
        key="incidents.kept_years",
        label="A closed case is kept for",
        help="After that two people may dispose of it. A legal hold keeps it longer.",
        kind="number",
        default=7,
        minimum=1,
        maximum=75,
        unit="years",
        group=GROUP,
    ),
    Setting(
        key="incidents.lado_contact",
        label="How to reach the LADO",
        help="Shown to whoever reports something that nobody at the school may look into.",
        kind="text",
        default="",
        group=GROUP,
    ),
]
