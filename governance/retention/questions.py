"""How long questions, checks and evidence of reading are kept, and why."""

from governance.retention.policies import OFFICE, SCHOOLS_WORDS
from web.retention import NOT_PERSONAL, Rule, Rules

ASKING = Rule(
    keep="six years after the person's last post ends",
    why="explains why a signature came later than it was due, and that the school answered",
    then="the person's name is erased; the row keeps its id",
)
SAID = Rule(
    keep="one year after the version asked about is replaced",
    why="so that asker and answerer can look up what was said while the text is in force",
    then="erased; that something was asked and answered, and when, stays",
)
ATTEMPT = Rule(
    keep="six years after the person's last post ends",
    why="proof that the person passed the check before signing",
    then="the person's name is erased; the row keeps its id",
)
READING = Rule(
    keep="six years after the person's last post ends",
    why="evidence beside the signature that the text was open and read to the end; a person who "
    "says they never saw the policy can be answered, and one who did read it is protected",
    then="deleted",
)

RULES: Rules = {
    "governance.Question.person": ASKING,
    "governance.Question.anchor": NOT_PERSONAL,
    "governance.Question.heading": NOT_PERSONAL,
    "governance.Question.asked_at": ASKING,
    "governance.Question.paused_until": ASKING,
    "governance.QuestionEntry.kind": ASKING,
    "governance.QuestionEntry.by": ASKING,
    "governance.QuestionEntry.at": ASKING,
    "governance.QuestionEntry.first_until": NOT_PERSONAL,
    "governance.QuestionEntry.second_until": NOT_PERSONAL,
    "governance.QuestionEntry.third_until": NOT_PERSONAL,
    "governance.QuestionWords.words": SAID,
    "governance.SharedAnswer.anchor": NOT_PERSONAL,
    "governance.SharedAnswer.heading": NOT_PERSONAL,
    "governance.SharedAnswer.asked": SCHOOLS_WORDS,
    "governance.SharedAnswer.answer": SCHOOLS_WORDS,
    "governance.SharedAnswer.shared_by": OFFICE,
    "governance.SharedAnswer.shared_at": NOT_PERSONAL,
    "governance.SharedAnswer.taken_down_by": OFFICE,
    "governance.SharedAnswer.taken_down_at": NOT_PERSONAL,
    "governance.CheckQuestion.words": NOT_PERSONAL,
    "governance.CheckQuestion.choice_1": NOT_PERSONAL,
    "governance.CheckQuestion.choice_2": NOT_PERSONAL,
    "governance.CheckQuestion.choice_3": NOT_PERSONAL,
    "governance.CheckQuestion.choice_4": NOT_PERSONAL,
    "governance.CheckQuestion.choice_5": NOT_PERSONAL,
    "governance.CheckQuestion.explanation": NOT_PERSONAL,
    "governance.CheckQuestion.anchor": NOT_PERSONAL,
    "governance.CheckQuestion.heading": NOT_PERSONAL,
    "governance.CheckAttempt.person": ATTEMPT,
    "governance.CheckAttempt.at": ATTEMPT,
    "governance.ReadingEvidence.person": READING,
    "governance.ReadingEvidence.first_opened_at": READING,
    "governance.ReadingEvidence.last_told_at": READING,
    "governance.ReadingEvidence.reached_end_at": READING,
}
