"""What the database itself keeps from changing about business cases."""

from trail.immutable import insert_only

TABLES = [
    *insert_only("approvals_vote", "A vote stays as it was given."),
    *insert_only("approvals_risksignature", "A signature stays as it was given."),
    *insert_only("approvals_evaluation", "An evaluation stays as it was written."),
]
