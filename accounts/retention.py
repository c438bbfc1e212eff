"""How long what the register says is kept, and why."""

from accounts.oversight_retention import RULES as OVERSIGHT
from accounts.running_retention import RULES as RUNNING
from web.retention import NOT_PERSONAL, Rule, Rules

REGISTER = Rule(
    keep="six years after the account is closed",
    why="who spoke for the school, and who answered for it",
    then="goes with the account; a person's name is erased earlier, six years after leaving",
)
WORDS = Rule(
    keep="six years after the account is closed",
    why="the school's own words about its account",
    then="goes with the account",
)
RUNNERS = Rule(
    keep="six years after the account is closed",
    why="shows who could post in the school's name on a day",
    then="goes with the account; the person's name is erased earlier, six years after leaving",
)
IMPORT = Rule(
    keep="until it is confirmed or stopped, seven days at most",
    why="lets the leadership team compare the list it sent with what the portal made of it",
    then="the rows are erased; who imported a list, and when, stays on the record",
)

_ACCOUNT = "accounts.SocialAccount."
_LIST = "accounts.AccountImport."
RULES: Rules = {
    **OVERSIGHT,
    **RUNNING,
    **dict.fromkeys(
        [_LIST + name for name in ("uploaded_by", "uploaded_at", "rows", "notes", "agreed_note")],
        IMPORT,
    ),
    **dict.fromkeys(
        [_LIST + name for name in ("headings", "mapping", "status", "counts", "agreed_on")],
        NOT_PERSONAL,
    ),
    **dict.fromkeys(
        [
            _ACCOUNT + name
            for name in (
                "platform", "access", "faces_pupils", "shows_pupils", "comments", "two_factor_on",
                "recovery_on", "notified_on", "notice_confirmed_at", "open_to_pupils", "status",
                "paused_from", "restricted_on", "suspended_at", "pilot_from", "pilot_until",
                "live_on", "found_on", "agreed_before_on", "review_on", "farewell_on",
                "exported_on", "access_removed_on", "deleted_on", "closed_on", "added_at",
            )
        ],
        NOT_PERSONAL,
    ),
    **dict.fromkeys(
        [
            _ACCOUNT + name
            for name in (
                "name", "department", "aim", "audience", "handle", "url", "key", "email",
                "suspended_why", "closed_why", "agreed_before_note",
            )
        ],
        WORDS,
    ),
    **dict.fromkeys(
        [_ACCOUNT + name for name in ("notified_to", "suspended_by", "added_by")], REGISTER
    ),
    **dict.fromkeys(
        [
            f"accounts.HouseRules.{name}"
            for name in ("devices", "exceptions", "follows", "more", "pictures", "replies")
        ],
        WORDS,
    ),
    "accounts.HouseRules.naming": NOT_PERSONAL,
    "accounts.HouseRules.changed_at": NOT_PERSONAL,
    "accounts.HouseRules.changed_by": REGISTER,
    **dict.fromkeys(
        [
            f"accounts.Runner.{name}"
            for name in (
                "access_removed_at", "access_removed_by", "added_at", "added_by", "ends_on",
                "person", "starts_on",
            )
        ],
        RUNNERS,
    ),
    "accounts.MissedRotation.starts_on": NOT_PERSONAL,
    "accounts.MissedRotation.ends_on": NOT_PERSONAL,
    "accounts.MissedRotation.term_name": NOT_PERSONAL,
    "accounts.MissedRotation.recorded_at": NOT_PERSONAL,
    "accounts.Rotation.changed_at": NOT_PERSONAL,
    "accounts.Rotation.attested_at": NOT_PERSONAL,
    "accounts.Rotation.attested_by": REGISTER,
    "accounts.Rotation.vault": WORDS,
    "accounts.Rotation.admins": RUNNERS,
    "accounts.RotationCause.reason": NOT_PERSONAL,
    "accounts.RotationCause.source": NOT_PERSONAL,
    "accounts.RotationCause.since": NOT_PERSONAL,
    "accounts.RotationCause.due_at": NOT_PERSONAL,
    "accounts.RotationCause.cancelled_at": NOT_PERSONAL,
    "accounts.RotationCause.cancelled_by": REGISTER,
    "accounts.RotationWaiver.at": NOT_PERSONAL,
    "accounts.RotationWaiver.by": REGISTER,
    "accounts.RotationWaiver.starts_on": NOT_PERSONAL,
    "accounts.RotationWaiver.ends_on": NOT_PERSONAL,
    "accounts.RotationWaiver.reason": WORDS,
    "accounts.Verification.at": NOT_PERSONAL,
    "accounts.Verification.by": REGISTER,
}  # fmt: skip
