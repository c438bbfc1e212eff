"""What the database itself keeps from changing about accounts."""

from trail.immutable import Refusal, insert_only

TABLES = [
    *insert_only("accounts_rotation", "A recorded change of a password stays as it is."),
    *insert_only("accounts_verification", "A confirmation stays as it is."),
    *insert_only("accounts_rotationwaiver", "A waiver stays as it was given."),
    *insert_only("accounts_missedrotation", "A missed change stays on record."),
    *insert_only("accounts_logentry", "An entry of the log is put right by another entry."),
    # Its words may be erased, and never changed.
    Refusal("accounts_logwords", "UPDATE", "What the log says is not changed afterwards."),
    *insert_only("accounts_accountcheck", "A check stays as it was answered."),
    Refusal(
        "accounts_checkfinding",
        "UPDATE",
        "A finding that was dealt with stays as it is.",
        "OLD.dealt_with_at IS NOT NULL",
    ),
]
