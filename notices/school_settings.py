"""What a school may set about reminders."""

from people.settings_registry import Setting

SETTINGS = [
    Setting(
        key="notices.digest_from",
        label="Reminders leave from",
        help="The hour of a working day, in the school's time zone.",
        kind="number",
        default=8,
        minimum=6,
        maximum=12,
        unit="o'clock",
        group="Reminders",
    ),
    Setting(
        key="notices.digest_until",
        label="Reminders leave until",
        help="After that hour they wait for the next working day.",
        kind="number",
        default=18,
        minimum=13,
        maximum=20,
        unit="o'clock",
        group="Reminders",
    ),
    Setting(
        key="notices.back_grace_days",
        label="Nobody is told about somebody who is just back",
        help="So long after days away, their line manager, the head and the trust do not hear what "
        "only they could do and have not done.",
        kind="number",
        default=7,
        minimum=0,
        maximum=14,
        unit="days",
        group="Reminders",
    ),
    Setting(
        key="notices.reply_to",
        label="Answers to reminders go to",
        help="An address at the school that somebody reads. Without one, answers are not read.",
        kind="text",
        default="",
        group="Reminders",
    ),
]
