"""How long rows are kept: the self-check of personal accounts, and what a leaver promises."""

from governance.retention.policies import OFFICE, SCHOOLS_WORDS, WITH_THE_PERSON
from web.retention import NOT_PERSONAL, Rule, Rules

PROMISE = Rule(
    keep="six years after the person's last post ends",
    why="proof that they were reminded of their duty of confidentiality, which outlasts the post",
    then="the person's name is erased; the row keeps its id",
)
TYPED = Rule(
    keep="six years after the person's last post ends",
    why="it is what the person promised with, or why there is no promise",
    then="erased; the statement keeps a keyed hash of the name",
)
TOOK_OVER = Rule(
    keep="six years after the leaver's last post ends",
    why="who looks after it now",
    then="the name of whoever took it over is erased; the row keeps its id",
)
CHECKED = Rule(
    keep="two years",
    why="the school may know that everybody looked through their accounts this year and last",
    then="erased",
)

RULES: Rules = {
    "governance.GuidanceEdition.body": SCHOOLS_WORDS,
    "governance.GuidanceEdition.saved_at": NOT_PERSONAL,
    "governance.GuidanceEdition.saved_by": OFFICE,
    "governance.GuidanceShowing.at": NOT_PERSONAL,
    "governance.GuidanceShowing.by": OFFICE,
    "governance.LeavingStatement.reference": PROMISE,
    "governance.LeavingStatement.person": PROMISE,
    "governance.LeavingStatement.method": PROMISE,
    "governance.LeavingStatement.statement": NOT_PERSONAL,
    "governance.LeavingStatement.name_hash": PROMISE,
    "governance.LeavingStatement.last_day": WITH_THE_PERSON,
    "governance.LeavingStatement.counts_until": NOT_PERSONAL,
    "governance.LeavingStatement.given_on": PROMISE,
    "governance.LeavingStatement.recorded_at": PROMISE,
    "governance.LeavingStatement.recorded_by": OFFICE,
    "governance.LeavingWords.name": TYPED,
    "governance.LeavingWords.reason": TYPED,
    "governance.HandedOver.kind": NOT_PERSONAL,
    "governance.HandedOver.subject": SCHOOLS_WORDS,
    "governance.HandedOver.to": TOOK_OVER,
    "governance.SelfCheck.person": CHECKED,
    "governance.SelfCheck.done_on": CHECKED,
}
