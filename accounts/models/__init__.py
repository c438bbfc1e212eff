"""Social media accounts, who runs them, and the facts of running them."""

from accounts.models.access_review import AccessReview, AccessReviewRow
from accounts.models.account import SocialAccount
from accounts.models.account_check import AccountCheck, CheckFinding
from accounts.models.account_import import AccountImport
from accounts.models.contact_exception import ContactException
from accounts.models.device import AccountDevice, Device
from accounts.models.emergency import Emergency
from accounts.models.house_rules import HouseRules
from accounts.models.log_entry import LogEntry, LogWords
from accounts.models.rotation import (
    MissedRotation,
    Rotation,
    RotationCause,
    RotationWaiver,
    Verification,
)
from accounts.models.runner import Runner
from accounts.models.trip import Trip

__all__ = [
    "AccessReview",
    "AccessReviewRow",
    "AccountCheck",
    "AccountDevice",
    "AccountImport",
    "CheckFinding",
    "ContactException",
    "Device",
    "Emergency",
    "HouseRules",
    "LogEntry",
    "LogWords",
    "MissedRotation",
    "Rotation",
    "RotationCause",
    "RotationWaiver",
    "Runner",
    "SocialAccount",
    "Trip",
    "Verification",
]
