"""Social media accounts, who runs them, and the facts of running them."""

from accounts.models.account import SocialAccount
from accounts.models.account_check import AccountCheck, CheckFinding
from accounts.models.contact_exception import ContactException
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

__all__ = [
    "AccountCheck",
    "CheckFinding",
    "ContactException",
    "HouseRules",
    "LogEntry",
    "LogWords",
    "MissedRotation",
    "Rotation",
    "RotationCause",
    "RotationWaiver",
    "Runner",
    "SocialAccount",
    "Verification",
]
