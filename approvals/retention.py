"""How long business cases are kept, and why."""

from web.retention import NOT_PERSONAL, NotPersonal, Rule, Rules

CASES = Rule(
    keep="six years after the account is closed; without an account, six years after the decision",
    why="shows who agreed to an account in the school's name, and on what grounds",
    then="goes with the account; a person's name is erased earlier, six years after leaving",
)
WORDS = Rule(
    keep="six years after the account is closed; without an account, six years after the decision",
    why="the grounds on which the school agreed, or did not",
    then="goes with the case",
)


def _rules(model: str, rule: Rule | NotPersonal, *fields: str) -> Rules:
    return {f"approvals.{model}.{field}": rule for field in fields}


RULES: Rules = {
    **_rules("BusinessCase", CASES, "author"),
    **_rules(
        "BusinessCase", WORDS,
        "name", "department", "aim", "audience", "promotion", "pilot_group", "pilot_goals",
        "decided_why",
    ),
    **_rules(
        "BusinessCase", NOT_PERSONAL,
        "number", "platform", "access", "faces_pupils", "shows_pupils", "pilot_weeks", "status",
        "content_hash", "created_at", "changed_at", "submitted_at", "decided_at", "launched_at",
        "outside_asked_at",
    ),
    **_rules("ProposedRunner", CASES, "person"),
    **_rules("CasePart", CASES, "person", "asked_by"),
    **_rules("CasePart", NOT_PERSONAL, "has_edited", "asked_at", "edited_at"),
    **_rules("Vote", CASES, "person"),
    **_rules("Vote", WORDS, "reason"),
    **_rules("Vote", NOT_PERSONAL, "choice", "capacity", "content_hash", "accepts_risk", "at"),
    **_rules("ExtraQuestion", WORDS, "text", "help"),
    **_rules("ExtraQuestion", CASES, "added_by"),
    **_rules("ExtraQuestion", NOT_PERSONAL, "kind", "added_at", "retired_at"),
    **_rules("Answer", CASES, "person", "answered_by"),
    **_rules("Answer", WORDS, "text", "link", "note", "mitigation"),
    **_rules("Answer", NOT_PERSONAL, "question", "verdict", "date", "answered_at"),
    **_rules("Risk", WORDS, "what", "mitigation"),
    **_rules(
        "Risk", NOT_PERSONAL, "likelihood", "impact", "likelihood_after", "impact_after"
    ),
    **_rules("Assessor", CASES, "person"),
    **_rules("Assessor", NOT_PERSONAL, "side", "asked_at"),
    **_rules("RiskSignature", CASES, "person"),
    **_rules("RiskSignature", WORDS, "note", "risks"),
    **_rules("RiskSignature", NOT_PERSONAL, "side", "risk_hash", "at"),
    **_rules("Evaluation", CASES, "by"),
    **_rules("Evaluation", WORDS, "reached", "learnt", "changes"),
    **_rules("Evaluation", NOT_PERSONAL, "outcome", "extended_until", "at"),
}  # fmt: skip
