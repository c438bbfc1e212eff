"""Policies: what a school promises, in which words, and who has signed them."""

from governance.models.adoption import Adoption
from governance.models.check import CheckAnswer, CheckAttempt, CheckQuestion
from governance.models.comment import Comment, Resolution, SentEdition, SignatoryRemoval
from governance.models.education import EducationEntry
from governance.models.evidence import EvidencePack
from governance.models.evidence_of_reading import ReadingEvidence
from governance.models.exemption import Exemption
from governance.models.groups import GroupRecord, GroupScan
from governance.models.guidance import GuidanceEdition, GuidanceShowing
from governance.models.leaving import HandedOver, LeavingStatement, LeavingWords
from governance.models.paper import PaperScan, PaperSheet, PaperSigner
from governance.models.policy import Policy, PolicySignatory
from governance.models.question import Question, QuestionEntry, QuestionWords, SharedAnswer
from governance.models.review import Review
from governance.models.self_check import SelfCheck
from governance.models.signature import Acknowledgement, Signature, SignatureName
from governance.models.training import (
    TrainingCourse,
    TrainingNote,
    TrainingRecord,
    TrainingRequirement,
    TrainingSession,
)
from governance.models.training_import import TrainingImport
from governance.models.version import AudienceRule, PolicyVersion, SignOff, Withdrawal
from governance.models.witnessing import Annulment, SignatureDispute, WitnessedSignature

__all__ = [
    "Acknowledgement",
    "Adoption",
    "Annulment",
    "AudienceRule",
    "CheckAnswer",
    "CheckAttempt",
    "CheckQuestion",
    "Comment",
    "EducationEntry",
    "EvidencePack",
    "Exemption",
    "GroupRecord",
    "GroupScan",
    "GuidanceEdition",
    "GuidanceShowing",
    "HandedOver",
    "LeavingStatement",
    "LeavingWords",
    "PaperScan",
    "PaperSheet",
    "PaperSigner",
    "Policy",
    "PolicySignatory",
    "PolicyVersion",
    "Question",
    "QuestionEntry",
    "QuestionWords",
    "ReadingEvidence",
    "Resolution",
    "Review",
    "SelfCheck",
    "SentEdition",
    "SharedAnswer",
    "SignOff",
    "SignatoryRemoval",
    "Signature",
    "SignatureDispute",
    "SignatureName",
    "TrainingCourse",
    "TrainingImport",
    "TrainingNote",
    "TrainingRecord",
    "TrainingRequirement",
    "TrainingSession",
    "Withdrawal",
    "WitnessedSignature",
]
