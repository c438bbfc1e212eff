"""What the database itself keeps from changing about cases."""

from trail.immutable import Refusal, insert_only

_NEVER = "A case is disposed of, never deleted."

TABLES = [
    *insert_only("incidents_caseline", "A line of a case's record cannot be changed."),
    *insert_only("incidents_chronologyentry", "A chronology is corrected by a new entry."),
    *insert_only("incidents_caseview", "That somebody looked stays on record."),
    *insert_only("incidents_message", "A message stays as it was sent."),
    *insert_only("incidents_alert", "That somebody was told stays on record."),
    Refusal("incidents_case", "DELETE", _NEVER),
    Refusal(
        "incidents_case", "UPDATE", "A case that was disposed of stays so.",
        when="OLD.disposed_at IS NOT NULL",
    ),
    Refusal(
        "incidents_case", "UPDATE", "A case keeps its school and its reference.",
        when="NEW.organisation_id <> OLD.organisation_id OR NEW.reference <> OLD.reference",
    ),
    Refusal("incidents_casekey", "DELETE", "A key is destroyed by disposing of its case."),
    Refusal(
        "incidents_casekey", "UPDATE", "A key that was destroyed does not come back.",
        when="OLD.destroyed_at IS NOT NULL",
    ),
    Refusal("incidents_legalhold", "DELETE", "A hold is lifted, never deleted."),
    # Disposing of a case forgets whom it was about.
    Refusal(
        "incidents_conflict", "DELETE", "A conflict is lifted, never deleted.",
        when="NOT EXISTS (SELECT 1 FROM incidents_disposal AS disposal "
        "WHERE disposal.case_id = OLD.case_id AND disposal.confirmed_at IS NOT NULL)",
    ),
    Refusal("incidents_disposal", "DELETE", "A disposal stays on record."),
    Refusal(
        "incidents_disposal", "UPDATE", "A disposal stays as it was.",
        when="OLD.confirmed_at IS NOT NULL",
    ),
]  # fmt: skip
