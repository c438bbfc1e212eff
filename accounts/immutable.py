"""What the database itself keeps from changing about accounts."""

from trail.immutable import insert_only

TABLES = [
    *insert_only("accounts_rotation", "A recorded change of a password stays as it is."),
    *insert_only("accounts_verification", "A confirmation stays as it is."),
    *insert_only("accounts_rotationwaiver", "A waiver stays as it was given."),
    *insert_only("accounts_missedrotation", "A missed change stays on record."),
]
