"""How long devices, trips, emergencies and reviews of access are kept, and why."""

from web.retention import NOT_PERSONAL, Rule, Rules

ACCESS = Rule(
    keep="six years after the account is closed",
    why="shows who could post in the school's name on a day, and who allowed it",
    then="goes with the account; a person's name is erased earlier, six years after leaving",
)
DEVICES = Rule(
    keep="six years after the device was retired",
    why="shows that accounts are run from the school's own devices, each with a PIN",
    then="deleted; a person's name is erased earlier, six years after leaving",
)
WHY = Rule(
    keep="six years after the account is closed",
    why="why two people opened an account that they do not run, or why that was refused",
    then="goes with the account",
)

_DEVICE, _USE, _TRIP = "accounts.Device.", "accounts.AccountDevice.", "accounts.Trip."
_EMERGENCY, _REVIEW = "accounts.Emergency.", "accounts.AccessReview."
_ROW = "accounts.AccessReviewRow."
_FACTS = (
    _DEVICE + "pin_confirmed_on", _DEVICE + "added_at", _DEVICE + "retired_on", _DEVICE + "gone",
    _USE + "added_at", _USE + "ended_at",
    _TRIP + "allowed_at", _TRIP + "ended_at", _TRIP + "cancelled_at", _TRIP + "photos_deleted_at",
    *(
        _EMERGENCY + name
        for name in (
            "asked_as", "asked_at", "answer_until", "outcome", "answered_as", "answered_at",
            "until", "ended_at",
        )
    ),
    *(
        _REVIEW + name
        for name in ("term_name", "term_starts_on", "opened_on", "due_on", "closed_at")
    ),
    _ROW + "decided_at", _ROW + "asked_at", _ROW + "answered_at",
)  # fmt: skip
RULES: Rules = {
    **dict.fromkeys(_FACTS, NOT_PERSONAL),
    **dict.fromkeys(
        [
            _DEVICE + name
            for name in (
                "name", "inventory_number", "pin_confirmed_by", "added_by", "retired_by",
            )
        ],
        DEVICES,
    ),
    _USE + "added_by": DEVICES,
    _USE + "ended_by": DEVICES,
    **dict.fromkeys(
        [
            _TRIP + name
            for name in (
                "person", "name", "starts_on", "ends_on", "allowed_by", "ended_by",
                "cancelled_by", "photos_deleted_by",
            )
        ],
        ACCESS,
    ),
    **dict.fromkeys(
        [_EMERGENCY + name for name in ("asked_by", "answered_by", "ended_by")], ACCESS
    ),
    _EMERGENCY + "reason": WHY,
    _EMERGENCY + "refused_why": WHY,
    _REVIEW + "opened_by": ACCESS,
    **dict.fromkeys(
        [
            _ROW + name
            for name in ("person", "decision", "decided_by", "asked_by", "answer")
        ],
        ACCESS,
    ),
}  # fmt: skip
