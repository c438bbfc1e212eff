"""What the database keeps from changing: promises on leaving, and guidance as it was shown."""

from trail.immutable import Refusal, insert_only

TABLES = [
    *insert_only("governance_guidanceedition", "An edition of the guidance cannot be changed."),
    *insert_only("governance_guidanceshowing", "What was shown, and when, cannot be changed."),
    *insert_only("governance_leavingstatement", "A leaving statement cannot be changed."),
    *insert_only("governance_handedover", "What was handed over cannot be changed."),
    # Not their deletion: words and checks must be able to go when their time is over.
    Refusal("governance_leavingwords", "UPDATE", "What was typed cannot be changed."),
    Refusal("governance_selfcheck", "UPDATE", "A self-check cannot be changed."),
]
