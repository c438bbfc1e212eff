"""What the database keeps from changing about signatures on paper and on a tablet (D1, D11).

Words that the office typed may be emptied, so that what they say of a person can be erased; they
are never reworded. Nothing else of these rows changes.
"""

from trail.immutable import Refusal, children_frozen_when, insert_only

FIXED = {
    "governance_papersheet": (
        "id", "organisation_id", "version_id", "appendix_id", "signed_on", "witness_id", "reason",
        "scan_hash", "started_by_id", "started_at", "recorded_by_id", "recorded_at",
    ),
    "governance_annulment": ("signature_id", "reason", "at", "by_id"),
    "governance_signaturedispute": ("signature_id", "at"),
    "governance_grouprecord": (
        "id", "organisation_id", "version_id", "audience", "group", "asked", "signed", "counted_on",
        "how", "corrects_id", "is_void", "recorded_by_id", "recorded_at",
    ),
}  # fmt: skip
_RECORDED = "OLD.recorded_at IS NOT NULL"


def only_erasing_the_note(table: str, message: str, *, once: str = "1 = 1") -> list[Refusal]:
    """Rows for which `once` holds: no DELETE, and no UPDATE but one that empties the note."""
    changed = [_differs(name) for name in FIXED[table]]
    changed.append("(NEW.note <> '' AND NEW.note <> OLD.note)")
    return [
        Refusal(table, "UPDATE", message, f"{once} AND ({' OR '.join(changed)})"),
        Refusal(table, "DELETE", message, once),
    ]


def _differs(name: str) -> str:
    """Also where one of the two is empty, of which no comparison knows."""
    new, old = f'NEW."{name}"', f'OLD."{name}"'
    return f"({new} IS NULL) <> ({old} IS NULL) OR {new} <> {old}"


def only_witnessed(table: str, message: str) -> Refusal:
    """Such a row belongs to a signature that somebody else saw being made."""
    own = (
        "EXISTS (SELECT 1 FROM governance_signature AS parent "
        "WHERE parent.method = 'own' AND parent.id = NEW.signature_id)"
    )
    return Refusal(table, "INSERT", message, own)


TABLES = [
    *only_erasing_the_note(
        "governance_papersheet", "Paper on record cannot be changed or deleted.", once=_RECORDED
    ),
    *children_frozen_when(
        "governance_papersigner",
        parent="governance_papersheet",
        key="sheet_id",
        when="parent.recorded_at IS NOT NULL",
        message="Who stands on paper that is on record cannot be changed.",
    ),
    # A page may be erased with its file, and never be exchanged.
    *(
        one
        for one in children_frozen_when(
            "governance_paperscan",
            parent="governance_papersheet",
            key="sheet_id",
            when="parent.recorded_at IS NOT NULL",
            message="The scan of paper that is on record cannot be changed.",
        )
        if one.event != "DELETE"
    ),
    *insert_only("governance_witnessedsignature", "Who saw a signature cannot be changed."),
    Refusal(
        "governance_witnessedsignature",
        "INSERT",
        "Only a signature on paper or on a shared tablet has a witness, and a signer of its own.",
        "EXISTS (SELECT 1 FROM governance_signature AS parent WHERE parent.id = NEW.signature_id "
        "AND (parent.method = 'own' OR parent.person_id <> NEW.person_id))",
    ),
    *only_erasing_the_note("governance_annulment", "An annulment cannot be changed or deleted."),
    only_witnessed("governance_annulment", "What somebody signed themself cannot be annulled."),
    *only_erasing_the_note("governance_signaturedispute", "A dispute cannot be changed."),
    only_witnessed("governance_signaturedispute", "What somebody signed themself is theirs."),
    *only_erasing_the_note(
        "governance_grouprecord", "Figures of a group are corrected by another row."
    ),
    Refusal("governance_groupscan", "UPDATE", "The scan of a group cannot be exchanged."),
]
