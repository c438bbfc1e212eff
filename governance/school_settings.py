"""What a school may set about policies."""

from people.settings_registry import Setting

SETTINGS = [
    Setting(
        key="policies.paper_needs_scan",
        label="Signatures on paper need a scan",
        help="Without one, somebody other than the person who records them has to be the witness.",
        kind="yes_no",
        default=True,
        group="Policies",
    ),
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
        key="policies.needs_sign_off",
        label="Every policy is signed off before it is published",
        help="Then nobody publishes one alone: at least one signatory has to be chosen for it and "
        "to have signed. A notice needs none.",
        kind="yes_no",
        default=False,
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
    Setting(
        key="policies.question_days",
        label="Time to answer a question about a policy",
        help="After so many days without an answer it goes to the next person: from the line "
        "manager to the policy's author, then to those who manage policies.",
        kind="number",
        default=3,
        minimum=1,
        maximum=20,
        unit="working days",
        group="Policies",
    ),
    Setting(
        key="policies.question_pause_days",
        label="Time without escalation after a question",
        help="While a question is open, line manager and head are not told that the person has not "
        "signed, for so many days from asking; once for each version.",
        kind="number",
        default=5,
        minimum=0,
        maximum=10,
        unit="working days",
        group="Policies",
    ),
    Setting(
        key="policies.check_before_signing",
        label="The check comes before the signature",
        help="Where a policy has a check of three to five questions, it has to be passed before "
        "signing. Otherwise it is offered.",
        kind="yes_no",
        default=True,
        group="Policies",
    ),
    Setting(
        key="policies.adoption_days",
        label="Time for a school to adopt a policy of its trust",
        help="Counted from the day the trust publishes a version that asks everyone to sign.",
        kind="number",
        default=21,
        minimum=1,
        maximum=365,
        unit="days",
        group="Policies",
    ),
    Setting(
        key="public.page",
        label="Public page",
        help="Anybody may read the policies marked “May be read by anyone”, without signing in.",
        kind="yes_no",
        default=True,
        group="Public page",
    ),
    Setting(
        key="public.contact",
        label="Whom to turn to with a concern",
        help="Stands at the end of every public page. Such as: Tell your class teacher, or write "
        "to the school office.",
        kind="text",
        default="",
        group="Public page",
    ),
    Setting(
        key="training.grace_days",
        label="Time to take a training that somebody must have",
        help="Counted from their first day, from the day they get the role that needs it, or from "
        "the day the school begins to ask for it.",
        kind="number",
        default=42,
        minimum=0,
        maximum=365,
        unit="days",
        group="Training",
    ),
    Setting(
        key="leaving.ask_days",
        label="When a leaver is asked for their statement",
        help="So many days before their last day they are reminded of confidentiality, hand over, "
        "and promise it.",
        kind="number",
        default=14,
        minimum=1,
        maximum=60,
        unit="days before",
        group="Leaving and personal accounts",
    ),
    Setting(
        key="self_check.ask",
        label="Self-check of personal accounts",
        help="Everybody goes through a few questions about their own accounts. The school sees "
        "who did, and never an answer.",
        kind="choice",
        default="yearly",
        choices=(
            ("yearly", "Once a year"),
            ("edition", "Only when the questions change"),
            ("off", "Nobody is asked"),
        ),
        group="Leaving and personal accounts",
    ),
]
