"""Who may read the record of a business case, and in which words."""

from __future__ import annotations

from approvals.models import BusinessCase, ExtraQuestion
from people.models import User

WORDS = {
    "case.begin": "began a business case",
    "case.chase": "told the runners of a business case what they lack",
    "case.change": "changed a business case",
    "case.submit": "sent a business case to the leadership team",
    "case.send_back": "sent a business case back for changes",
    "case.approve": "approved a business case",
    "case.reject": "rejected a business case",
    "case.withdraw": "withdrew a business case",
    "case.expire": "let the approval of a business case run out",
    "case.revoke": "took back the approval of a business case",
    "case.vote": "voted on a business case",
    "case.ask": "asked somebody to work on a business case",
    "case.launch": "began the trial of an approved account",
    "case.evaluate": "said what the trial of an account showed",
    "case.answer": "answered a question of a business case",
    "case.answer_taken_back": "took back an answer of a business case",
    "case.risk_add": "listed a risk of a business case",
    "case.risk_change": "changed a risk of a business case",
    "case.risk_remove": "took a risk off a business case",
    "case.ask_assessor": "asked somebody to assess the risks of a business case",
    "case.sign_risks": "signed the risks of a business case",
    "question.add": "added a question to business cases",
    "question.retire": "stopped asking a question of business cases",
}


def scope(user: User, target_type: str, target_id: int) -> bool | None:
    """Whoever sees the case, or reads the register, reads its record."""
    if target_type == "approvals.businesscase":
        seen = BusinessCase.objects.visible_to(user).filter(pk=target_id)
        return seen.exists() or None
    if target_type == "approvals.extraquestion":
        asked = ExtraQuestion.objects.visible_to(user).filter(pk=target_id)
        return asked.exists() or None
    return None
