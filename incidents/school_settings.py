"""What a school may set about reports and cases. Whom it tells: `incidents.Route`."""

from incidents import helplines
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
        key="incidents.requests_checked",
        label="A second person checks what is given to somebody who asks for their data",
        help="Before anything of a case leaves. Whoever decided upon a case cannot check it.",
        kind="yes_no",
        default=True,
        group=GROUP,
    ),
    Setting(
        key="incidents.requests_kept_years",
        label="A request for somebody’s data is kept for",
        help="From the day on which it ended. Then the portal erases it, with what was decided.",
        kind="number",
        default=3,
        minimum=1,
        maximum=25,
        unit="years",
        group=GROUP,
    ),
    Setting(
        key="incidents.smallest_count",
        label="Figures show a count from",
        help="In figures of concerns for governors and the trust. Anything smaller, none included, "
        "is not shown, so that nobody can tell who is meant.",
        kind="number",
        default=5,
        minimum=3,
        maximum=50,
        unit="reports",
        group=GROUP,
    ),
    Setting(
        key="incidents.helplines",
        label="Who else helps",
        help="Stands on the forms for reports, behind them, and where something is to be removed. "
        "One in each line, as you would write it in a letter. Telephone numbers, and web addresses "
        "that begin with https://, become links.",
        kind="lines",
        default="Childline, for children and young people: 0800 1111, "
        "https://www.childline.org.uk\n"
        "Professionals Online Safety Helpline, for staff: 0344 381 4772, "
        "https://saferinternet.org.uk\n"
        "Report Harmful Content, where a platform does not remove something: "
        "https://reportharmfulcontent.com",
        group=GROUP,
        problem=helplines.problem,
    ),
    Setting(
        key="incidents.content_hours",
        label="Content that has to be looked at is opened for",
        help="For an investigation, once two people have allowed it. Whoever asks may ask for more "
        "or less.",
        kind="number",
        default=24,
        minimum=1,
        maximum=336,
        unit="hours",
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
    Setting(
        key="incidents.public_reports",
        label="Reports without signing in",
        help="Parents and pupils may report a concern by the school’s link or poster. It is there "
        "as long as somebody at the school may read what they write.",
        kind="yes_no",
        default=True,
        group=GROUP,
    ),
    Setting(
        key="incidents.whistleblowing",
        label="Where whistleblowing goes",
        help="Stands on every form, beside the way to report a concern. Such as: See our "
        "whistleblowing policy, or write to the chair of governors.",
        kind="text",
        default="",
        group=GROUP,
    ),
]
