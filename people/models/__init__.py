"""Trusts and schools, their year, and the people in them."""

from people.models.absence import Absence
from people.models.calendar import Closure, Term
from people.models.invitation import Invitation
from people.models.membership import Membership, MembershipRole
from people.models.organisation import Organisation, OrganisationDomain, OrganisationReach
from people.models.sign_in import SecondFactorReset
from people.models.staff_import import StaffImport
from people.models.user import User

__all__ = [
    "Absence",
    "Closure",
    "Invitation",
    "Membership",
    "MembershipRole",
    "Organisation",
    "OrganisationDomain",
    "OrganisationReach",
    "SecondFactorReset",
    "StaffImport",
    "Term",
    "User",
]
