"""Business cases, their checklist and risks, the votes, and what the trial showed."""

from approvals.models.case import BusinessCase, CasePart, ProposedRunner
from approvals.models.checklist import Answer, ExtraQuestion, QuestionKind
from approvals.models.evaluation import Evaluation
from approvals.models.risk import Assessor, Risk, RiskSignature, Side
from approvals.models.vote import Vote

__all__ = [
    "Answer",
    "Assessor",
    "BusinessCase",
    "CasePart",
    "Evaluation",
    "ExtraQuestion",
    "ProposedRunner",
    "QuestionKind",
    "Risk",
    "RiskSignature",
    "Side",
    "Vote",
]
