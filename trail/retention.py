"""How long the record is kept: as long as the school is on the portal, because it is a chain."""

from web.retention import NOT_PERSONAL, Rule, Rules

IN_THE_RECORD = Rule(
    keep="as long as the trust or school is on the portal",
    why="shows who did what; taking a line out would break the proof that the rest is whole",
    then="leaves with the school's data; a person's erasure removes their name, so that the line "
    "keeps a number that leads to nobody",
)

RULES: Rules = {
    "trail.AuditEvent.at": IN_THE_RECORD,
    "trail.AuditEvent.actor": IN_THE_RECORD,
    "trail.AuditEvent.verb": IN_THE_RECORD,
    "trail.AuditEvent.target_type": IN_THE_RECORD,
    # ids, statuses and keyed hashes only: trail.audit refuses the rest
    "trail.AuditEvent.details": IN_THE_RECORD,
    "trail.AuditEvent.previous": NOT_PERSONAL,
    "trail.AuditEvent.hash": NOT_PERSONAL,
    "trail.ChainHead.hash": NOT_PERSONAL,
}
