"""How long rows are kept: evidence packs and as-at questions."""

from web.retention import NOT_PERSONAL, Rule, Rules

WHO_ASKED = Rule(
    keep="as long as the school is on the portal; the pack's file for thirty days",
    why="says to whoever is handed a pack that it was made here, when, and who asked for it",
    then="the person's name is erased six years after leaving; the row keeps its id",
)

RULES: Rules = {
    "governance.EvidencePack.reference": NOT_PERSONAL,
    "governance.EvidencePack.kind": NOT_PERSONAL,
    "governance.EvidencePack.person": WHO_ASKED,
    "governance.EvidencePack.as_at": WHO_ASKED,
    "governance.EvidencePack.state": NOT_PERSONAL,
    "governance.EvidencePack.requested_by": WHO_ASKED,
    "governance.EvidencePack.requested_at": WHO_ASKED,
    "governance.EvidencePack.claimed_at": NOT_PERSONAL,
    "governance.EvidencePack.made_at": NOT_PERSONAL,
    "governance.EvidencePack.manifest_hash": NOT_PERSONAL,
    "governance.EvidencePack.expires_at": NOT_PERSONAL,
}
