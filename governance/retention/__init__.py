"""How long what policies are about is kept, and why: one file for each group of tables."""

from governance.retention import (
    appendices,
    evidence,
    paper,
    policies,
    questions,
    reviews,
    staying_safe,
    training,
)
from web.retention import Rules

RULES: Rules = {
    **appendices.RULES,
    **evidence.RULES,
    **paper.RULES,
    **policies.RULES,
    **questions.RULES,
    **reviews.RULES,
    **staying_safe.RULES,
    **training.RULES,
}
