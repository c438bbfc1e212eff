"""What the database itself keeps from changing about cases."""

from trail.immutable import Refusal, insert_only

_NEVER = "A case is disposed of, never deleted."

TABLES = [
    *insert_only("incidents_caseline", "A line of a case's record cannot be changed."),
    *insert_only("incidents_chronologyentry", "A chronology is corrected by a new entry."),
    *insert_only("incidents_caseview", "That somebody looked stays on record."),
    *insert_only("incidents_message", "A message stays as it was sent."),
    *insert_only("incidents_alert", "That somebody was told stays on record."),
    *insert_only("incidents_custody", "Who touched a file stays on record."),
    *insert_only("incidents_caseexport", "What left the portal stays on record."),
    *insert_only("incidents_contentlook", "That somebody looked stays on record."),
    Refusal("incidents_contentrequest", "DELETE", "What was allowed stays on record."),
    Refusal(
        "incidents_contentrequest", "UPDATE", "A time that was allowed is not made longer.",
        when="OLD.opened_at IS NOT NULL AND (NEW.opened_at <> OLD.opened_at "
        "OR NEW.until <> OLD.until OR NEW.until IS NULL OR NEW.leading_by_id <> OLD.leading_by_id "
        "OR NEW.it_by_id <> OLD.it_by_id)",
    ),
    Refusal("incidents_evidence", "DELETE", "Evidence is superseded, never deleted."),
    Refusal(
        "incidents_evidence", "UPDATE", "Evidence is never altered. Add a better file instead.",
        when="NEW.case_id <> OLD.case_id OR NEW.blob <> OLD.blob OR NEW.size <> OLD.size "
        "OR NEW.kind <> OLD.kind OR NEW.number <> OLD.number OR NEW.public_id <> OLD.public_id "
        "OR NEW.sealed_sha256 <> OLD.sealed_sha256 OR NEW.sealed_name <> OLD.sealed_name "
        "OR NEW.sealed_source <> OLD.sealed_source OR NEW.added_at <> OLD.added_at",
    ),
    Refusal(
        "incidents_evidence", "UPDATE", "A file that was locked away stays so.",
        when="OLD.quarantined_at IS NOT NULL AND NEW.quarantined_at IS NULL",
    ),
    Refusal(
        "incidents_evidence", "UPDATE", "A file that was destroyed stays so.",
        when="OLD.destroyed_at IS NOT NULL",
    ),
    Refusal("incidents_requestbundle", "UPDATE", "What was given stays on record as it was."),
    Refusal("incidents_bundledcase", "UPDATE", "What was given stays on record as it was."),
    *insert_only("incidents_termfigures", "Figures of a term stay as they were drawn up."),
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
