"""How long the log, the checks and the contact exceptions of an account are kept, and why."""

from web.retention import NOT_PERSONAL, Rule, Rules

DOERS = Rule(
    keep="six years after the account is closed",
    why="who did what in the school's name, and who looked that it was right",
    then="goes with the account; a person's name is erased earlier, six years after leaving",
)
LOG_WORDS = Rule(
    keep="three years after the entry",
    why="what was posted, removed or permitted, and may be asked about; it may name a person",
    then="the words are erased; that, when and by whom it was done stays on the log",
)
FINDINGS = Rule(
    keep="three years after the check",
    why="what was wrong with an account, and that it was put right",
    then="deleted; the answers of the check stay",
)
EXCEPTIONS = Rule(
    keep="six years after its last day",
    why="shows that a private telephone or address was agreed to beforehand, why and by whom",
    then="deleted",
)

_ENTRY, _CHECK = "accounts.LogEntry.", "accounts.AccountCheck."
_FINDING, _ASKED = "accounts.CheckFinding.", "accounts.ContactException."
RULES: Rules = {
    **dict.fromkeys(
        [
            _ENTRY + name
            for name in (
                "kind", "happened_at", "outside_hours", "audience_told", "platform_told",
                "is_mistake", "at",
            )
        ],
        NOT_PERSONAL,
    ),
    _ENTRY + "by": DOERS,
    "accounts.LogWords.text": LOG_WORDS,
    "accounts.LogWords.link": LOG_WORDS,
    **dict.fromkeys(
        [
            _CHECK + name
            for name in ("period", "starts_on", "ends_on", "done_on", "answers", "at")
        ],
        NOT_PERSONAL,
    ),
    _CHECK + "by": DOERS,
    _FINDING + "question": NOT_PERSONAL,
    _FINDING + "note": FINDINGS,
    _FINDING + "done_note": FINDINGS,
    _FINDING + "dealt_with_at": NOT_PERSONAL,
    _FINDING + "dealt_with_by": DOERS,
    **dict.fromkeys(
        [
            _ASKED + name
            for name in (
                "person", "what", "reason", "starts_on", "ends_on", "asked_at", "decision",
                "decision_note", "decided_by", "decided_at", "ended_at", "ended_by",
            )
        ],
        EXCEPTIONS,
    ),
}  # fmt: skip
