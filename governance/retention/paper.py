"""How long rows are kept: signatures on paper and on a shared tablet, and bulk records."""

from governance.retention.policies import OFFICE, WITH_THE_PERSON
from web.retention import NOT_PERSONAL, Rule, Rules

SHEET = Rule(
    keep="as long as the signatures it carries; thirty days, when it was never put on record",
    why="shows by whom, from which paper and before whom a signature was recorded",
    then="the names of those on it are erased with the persons; the row keeps their ids",
)
WORDS = Rule(
    keep="six years after the last of those it concerns has left",
    why="why a signature was taken on paper, annulled or disputed, or what a figure means",
    then="erased; the row stays without it",
)
COUNTED = Rule(
    keep="as long as the policy",
    why="who counted is part of what the figure is worth",
    then="goes with the policy; the person's name is erased earlier, six years after leaving",
)

RULES: Rules = {
    "governance.PaperSheet.signed_on": SHEET,
    "governance.PaperSheet.witness": SHEET,
    "governance.PaperSheet.reason": SHEET,
    "governance.PaperSheet.note": WORDS,
    "governance.PaperSheet.scan_hash": NOT_PERSONAL,
    "governance.PaperSheet.started_by": OFFICE,
    "governance.PaperSheet.started_at": NOT_PERSONAL,
    "governance.PaperSheet.recorded_by": OFFICE,
    "governance.PaperSheet.recorded_at": NOT_PERSONAL,
    "governance.PaperSigner.person": SHEET,
    "governance.WitnessedSignature.person": WITH_THE_PERSON,
    "governance.WitnessedSignature.witness": WITH_THE_PERSON,
    "governance.WitnessedSignature.recorded_by": OFFICE,
    "governance.WitnessedSignature.recorded_at": WITH_THE_PERSON,
    "governance.Annulment.reason": WITH_THE_PERSON,
    "governance.Annulment.note": WORDS,
    "governance.Annulment.at": WITH_THE_PERSON,
    "governance.Annulment.by": OFFICE,
    "governance.SignatureDispute.note": WORDS,
    "governance.SignatureDispute.at": WITH_THE_PERSON,
    "governance.GroupRecord.audience": NOT_PERSONAL,
    "governance.GroupRecord.group": NOT_PERSONAL,
    "governance.GroupRecord.counted_on": NOT_PERSONAL,
    "governance.GroupRecord.how": NOT_PERSONAL,
    "governance.GroupRecord.note": WORDS,
    "governance.GroupRecord.recorded_by": COUNTED,
    "governance.GroupRecord.recorded_at": NOT_PERSONAL,
}
