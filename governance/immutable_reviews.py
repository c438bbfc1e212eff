"""What the database itself keeps from changing: comments, what was sent, reviews (D1, P6)."""

from trail.immutable import Refusal, frozen_when

_NOT_THEN = (
    "EXISTS (SELECT 1 FROM governance_policyversion AS parent "
    "WHERE parent.status = 'published' AND parent.id = {row}.version_id)"
)
# A draft that is thrown away takes what was said about it along; nothing else deletes it.
_OF_A_DRAFT = (
    "EXISTS (SELECT 1 FROM governance_comment AS said JOIN governance_policyversion AS parent "
    "ON parent.id = said.version_id WHERE parent.status = 'published' AND said.id = OLD.comment_id)"
)
_NEVER_PUBLISHED = (
    "EXISTS (SELECT 1 FROM governance_policyversion AS sibling "
    "WHERE sibling.status = 'published' AND sibling.policy_id = OLD.policy_id)"
)
TABLES = [
    *(
        refusal
        for table, what in (
            ("governance_comment", "A comment"),
            ("governance_sentedition", "A text that was sent for sign-off"),
        )
        for refusal in (
            Refusal(
                table,
                "INSERT",
                f"{what} does not come after publication.",
                when=_NOT_THEN.format(row="NEW"),
            ),
            Refusal(table, "UPDATE", f"{what} cannot be changed."),
            Refusal(
                table,
                "DELETE",
                f"{what} of a published version cannot be deleted.",
                when=_NOT_THEN.format(row="OLD"),
            ),
        )
    ),
    Refusal("governance_resolution", "UPDATE", "An answer to a comment cannot be changed."),
    Refusal(
        "governance_resolution",
        "DELETE",
        "An answer to a comment cannot be deleted.",
        when=_OF_A_DRAFT,
    ),
    Refusal(
        "governance_signatoryremoval", "UPDATE", "Why somebody no longer signs stays as it is."
    ),
    Refusal(
        "governance_signatoryremoval",
        "DELETE",
        "Why somebody no longer signs cannot be deleted.",
        when=_NEVER_PUBLISHED,
    ),
    *frozen_when(
        "governance_review",
        "OLD.closed_on IS NOT NULL",
        "A closed review cannot be changed or deleted.",
    ),
]
