"""Social media accounts, who runs them, and the facts of running them."""

from accounts.models.account import SocialAccount
from accounts.models.house_rules import HouseRules
from accounts.models.rotation import (
    MissedRotation,
    Rotation,
    RotationCause,
    RotationWaiver,
    Verification,
)
from accounts.models.runner import Runner

__all__ = [
    "HouseRules",
    "MissedRotation",
    "Rotation",
    "RotationCause",
    "RotationWaiver",
    "Runner",
    "SocialAccount",
    "Verification",
]
