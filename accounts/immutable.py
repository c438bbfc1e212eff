"""What the database itself keeps from changing about accounts."""

from trail.immutable import Refusal, frozen_when, insert_only

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
    *frozen_when(
        "accounts_emergency",
        "OLD.outcome IN ('refused', 'lapsed', 'withdrawn') OR OLD.ended_at IS NOT NULL",
        "An emergency that is over stays on record as it was.",
    ),
    *frozen_when(
        "accounts_accessreview",
        "OLD.closed_at IS NOT NULL",
        "A review of access that was closed stays as it is.",
    ),
    *frozen_when(
        "accounts_accessreviewrow",
        "OLD.decision <> 'pending'",
        "What was decided about somebody's access stays on record.",
    ),
    *frozen_when(
        "accounts_trip",
        "OLD.photos_deleted_at IS NOT NULL OR OLD.cancelled_at IS NOT NULL",
        "A trip that is done with stays on record as it was.",
    ),
]
