"""What the database itself keeps from changing (D1)."""

from trail.immutable import Refusal, children_frozen_when, frozen_when, insert_only

# Written out, because both databases must understand it: a policy of the trust above, no appendix.
_LOST_APPENDIX = (
    "NEW.parent_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM governance_policy AS parent "
    "JOIN people_organisation AS place ON place.parent_id = parent.owner_id "
    "WHERE parent.id = NEW.parent_id AND parent.parent_id IS NULL AND place.id = NEW.owner_id)"
)
# All of a question but the pointer to what waits for an answer.
_OTHER_THAN_WAITING = " OR ".join(
    [
        *(
            f"OLD.{column} <> NEW.{column}"
            for column in (
                "id", "person_id", "organisation_id", "policy_id", "version_id", "asking_id",
                "anchor", "heading", "asked_at",
            )
        ),
        "(OLD.paused_until IS NULL) <> (NEW.paused_until IS NULL)",
        "COALESCE(OLD.paused_until <> NEW.paused_until, FALSE)",
    ]
)  # fmt: skip
# All but the file, which goes when its time is over.
_FINISHED_PACK_CHANGED = "OLD.state = 'ready' AND ({})".format(
    " OR ".join(
        f"OLD.{column} <> NEW.{column}"
        for column in (
            "id", "state", "reference", "organisation_id", "kind", "policy_id", "person_id",
            "as_at", "requested_by_id", "requested_at", "made_at", "manifest_hash", "size",
        )
    )
)  # fmt: skip
TABLES = [
    *(
        Refusal(
            "governance_policy",
            event,
            "A local appendix belongs to a policy of the school's own trust.",
            when=_LOST_APPENDIX,
        )
        for event in ("INSERT", "UPDATE")
    ),
    *frozen_when(
        "governance_policyversion",
        "OLD.status = 'published'",
        "A published version of a policy cannot be changed or deleted.",
    ),
    *children_frozen_when(
        "governance_audiencerule",
        parent="governance_policyversion",
        key="version_id",
        when="parent.status = 'published'",
        message="The audience of a published version cannot be changed.",
    ),
    Refusal(
        "governance_signoff",
        "INSERT",
        "A published version takes no more sign-offs.",
        when="EXISTS (SELECT 1 FROM governance_policyversion AS parent "
        "WHERE parent.status = 'published' AND parent.id = NEW.version_id)",
    ),
    *insert_only("governance_signoff", "A sign-off cannot be changed or deleted."),
    *children_frozen_when(
        "governance_checkquestion",
        parent="governance_policyversion",
        key="version_id",
        when="parent.status = 'published'",
        message="The check of a published version cannot be changed.",
    ),
    *insert_only("governance_checkattempt", "An attempt at a check cannot be changed."),
    *insert_only("governance_checkanswer", "An answer in a check cannot be changed."),
    Refusal(
        "governance_question", "UPDATE", "A question cannot be changed.", when=_OTHER_THAN_WAITING
    ),
    Refusal("governance_question", "DELETE", "A question cannot be deleted."),
    *insert_only("governance_questionentry", "What was said cannot be changed or deleted."),
    # Not their deletion: words must be able to go when their time is over.
    Refusal("governance_questionwords", "UPDATE", "What was said cannot be changed."),
    *insert_only("governance_withdrawal", "A withdrawal cannot be changed or deleted."),
    *insert_only("governance_signature", "A signature cannot be changed or deleted."),
    *insert_only("governance_acknowledgement", "An acknowledgement cannot be changed or deleted."),
    Refusal(
        "governance_evidencepack",
        "UPDATE",
        "What a finished evidence pack was about cannot be changed.",
        when=_FINISHED_PACK_CHANGED,
    ),
    Refusal(
        "governance_evidencepack",
        "DELETE",
        "A finished evidence pack stays on record.",
        when="OLD.state = 'ready'",
    ),
    *insert_only("governance_adoption", "An adoption cannot be changed or deleted."),
]
