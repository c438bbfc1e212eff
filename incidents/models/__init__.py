"""Cases and everything that belongs to them."""

from incidents.models.case import Case, CaseKey
from incidents.models.evidence import CaseExport, Custody, Evidence
from incidents.models.figures import TermFigures
from incidents.models.investigating import AccountRequest, ContentLook, ContentRequest
from incidents.models.keeping import (
    Alert,
    CaseLink,
    Disposal,
    LegalHold,
    PlaybookItem,
    Route,
)
from incidents.models.people import Access, CasePerson, Conflict, SupportOffer
from incidents.models.record import CaseLine, CaseView, ChronologyEntry
from incidents.models.reporting import Draft, Message, PaperReport, PublicReport
from incidents.models.subject_access import (
    BundledCase,
    EntryDecision,
    RequestBundle,
    RequestedCase,
    SubjectRequest,
)
from incidents.models.work import CaseAction, Consent, DataBreach, Referral, Takedown

__all__ = [
    "Access", "AccountRequest", "Alert", "BundledCase", "Case", "CaseAction", "CaseExport",
    "CaseKey", "CaseLine", "CaseLink", "CasePerson", "CaseView", "ChronologyEntry", "Conflict",
    "Consent", "ContentLook", "ContentRequest", "Custody", "DataBreach", "Disposal", "Draft",
    "EntryDecision", "Evidence", "LegalHold", "Message", "PaperReport", "PlaybookItem",
    "PublicReport", "Referral", "RequestBundle", "RequestedCase", "Route", "SubjectRequest",
    "SupportOffer", "Takedown", "TermFigures",
]  # fmt: skip
