"""What a school may set about running its accounts day to day."""

from accounts.check_questions import QUESTIONS
from people.settings_registry import Setting

GROUP = "Running an account"
SETTINGS = [
    Setting(
        key="accounts.check_every",
        label="An account is looked through",
        help="By one of its runners, with a few questions.",
        kind="choice",
        default="half_term",
        choices=(("half_term", "in each half-term"), ("term", "in each term")),
        group=GROUP,
    ),
    Setting(
        key="accounts.check_within",
        label="It is looked through within the first",
        help="Counted from the beginning of the half-term, or of the term.",
        kind="number",
        default=15,
        minimum=1,
        maximum=40,
        unit="school days",
        group=GROUP,
    ),
    Setting(
        key="accounts.check_days_without_terms",
        label="Where no term is entered, it is looked through every",
        help="Better: enter the school's terms.",
        kind="number",
        default=56,
        minimum=14,
        maximum=200,
        unit="days",
        group=GROUP,
    ),
    *(
        Setting(
            key=f"accounts.check_asks_{one.code}",
            label=f"A check asks: {one.words}",
            help=one.why,
            kind="yes_no",
            default=True,
            group=GROUP,
        )
        for one in QUESTIONS
    ),
    Setting(
        key="accounts.check_own",
        label="Questions of your own for the check",
        help="One after the other, each with its question mark. “Yes” means that all is well.",
        kind="text",
        default="",
        group=GROUP,
    ),
    Setting(
        key="accounts.dormant_after",
        label="An account counts as asleep without a post on its log for",
        help="Holidays never count. 0 where your school does not log its posts.",
        kind="number",
        default=30,
        minimum=0,
        maximum=200,
        unit="school days",
        group=GROUP,
    ),
    Setting(
        key="accounts.tell_of_removals",
        label="The leadership team is told when something was removed or somebody blocked",
        help="With the next summary by mail.",
        kind="yes_no",
        default=True,
        group=GROUP,
    ),
    Setting(
        key="accounts.longest_exception",
        label="A private telephone or address may be agreed to for at most",
        help="Whoever needs it for longer asks again.",
        kind="number",
        default=120,
        minimum=1,
        maximum=400,
        unit="days",
        group=GROUP,
    ),
]
