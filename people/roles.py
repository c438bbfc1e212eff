"""Who may do what. The whole permission model of the portal is this file.

A role is held through a membership: at a school it counts there, at a trust it counts at the trust
and at each of its schools.
"""

from __future__ import annotations

from enum import StrEnum, auto

from django.db import models


class Permission(StrEnum):
    VIEW_DASHBOARD = auto()  # figures of a school, without names
    VIEW_PEOPLE = auto()
    MANAGE_PEOPLE = auto()
    RESET_SIGN_IN = auto()
    MANAGE_SCHOOL = auto()  # settings, terms
    VIEW_DRAFTS = auto()
    MANAGE_POLICIES = auto()
    VIEW_SIGNATURES = auto()  # who has and has not signed, by name
    EXEMPT_PEOPLE = auto()
    RECORD_SIGNATURES = auto()  # on paper and on a shared tablet, and those of groups
    VIEW_TRAINING = auto()  # who has which training, by name
    MANAGE_TRAINING = auto()
    MANAGE_EDUCATION = auto()  # what pupils and parents were taught, and the page for them
    VIEW_ACCOUNTS = auto()  # the register of social media accounts, and who runs them
    MANAGE_ACCOUNTS = auto()
    DECIDE_ACCOUNTS = auto()  # trials, going live, reinstating, closing
    SUSPEND_ACCOUNTS = auto()
    ENTER_REPORTS = auto()  # concerns that were written on paper; reading them is visibility.py's
    HANDLE_CASES = auto()  # assess and work on the cases they see; which those are: visibility.py
    ANSWER_REQUESTS = auto()  # of people who ask what is held about them in cases
    VIEW_TRAIL = auto()
    VIEW_DELIVERY = auto()  # what mail failed, who has no address


class Role(models.TextChoices):
    STAFF = "staff", "Staff"
    OFFICE = "office", "School office"
    SLT = "slt", "Senior leadership team"
    HEAD = "head", "Head teacher"
    DSL = "dsl", "Designated safeguarding lead"
    DEPUTY_DSL = "deputy_dsl", "Deputy DSL"
    IT = "it", "IT"
    DPO = "dpo", "Data protection officer"
    GOVERNOR = "governor", "Governor"
    CHAIR = "chair", "Chair of governors"
    CLERK = "clerk", "Clerk to the governors"
    TRUST_LEAD = "trust_lead", "Trust lead"
    TRUST_SAFEGUARDING = "trust_safeguarding", "Trust safeguarding lead"
    TRUST_IT = "trust_it", "Trust IT"


P = Permission
LEADERSHIP = frozenset(
    {
        P.VIEW_DASHBOARD,
        P.VIEW_PEOPLE,
        P.VIEW_DRAFTS,
        P.MANAGE_POLICIES,
        P.VIEW_SIGNATURES,
        P.EXEMPT_PEOPLE,
        P.RECORD_SIGNATURES,
        P.VIEW_TRAINING,
        P.MANAGE_TRAINING,
        P.MANAGE_EDUCATION,
        P.VIEW_ACCOUNTS,
        P.MANAGE_ACCOUNTS,
        P.DECIDE_ACCOUNTS,
        P.SUSPEND_ACCOUNTS,
        P.ENTER_REPORTS,
        P.HANDLE_CASES,
    }
)
# What both kinds of safeguarding leads see and keep.
SAFEGUARDING = frozenset(
    {
        P.VIEW_DASHBOARD,
        P.VIEW_PEOPLE,
        P.VIEW_DRAFTS,
        P.VIEW_SIGNATURES,
        P.VIEW_TRAINING,
        P.MANAGE_EDUCATION,
        P.VIEW_ACCOUNTS,
        P.SUSPEND_ACCOUNTS,
        P.ENTER_REPORTS,
        P.HANDLE_CASES,
        P.ANSWER_REQUESTS,
    }
)
TECHNICAL = frozenset(
    {
        P.VIEW_PEOPLE,
        P.RESET_SIGN_IN,
        P.VIEW_DELIVERY,
        P.VIEW_ACCOUNTS,
        P.MANAGE_ACCOUNTS,
        P.HANDLE_CASES,
    }
)
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.STAFF: frozenset(),
    Role.OFFICE: frozenset(
        {
            P.VIEW_PEOPLE,
            P.MANAGE_PEOPLE,
            P.MANAGE_SCHOOL,
            P.VIEW_SIGNATURES,
            P.EXEMPT_PEOPLE,
            P.RECORD_SIGNATURES,
            P.VIEW_TRAINING,
            P.MANAGE_TRAINING,
            P.MANAGE_EDUCATION,
            P.VIEW_DELIVERY,
            P.VIEW_ACCOUNTS,
            P.MANAGE_ACCOUNTS,
            P.ENTER_REPORTS,
        }
    ),
    Role.SLT: LEADERSHIP,
    Role.HEAD: frozenset(Permission) - {P.RESET_SIGN_IN},
    Role.DSL: SAFEGUARDING,
    Role.DEPUTY_DSL: frozenset(
        {
            P.VIEW_DASHBOARD,
            P.VIEW_PEOPLE,
            P.MANAGE_EDUCATION,
            P.VIEW_ACCOUNTS,
            P.SUSPEND_ACCOUNTS,
            P.ENTER_REPORTS,
            P.HANDLE_CASES,
            P.ANSWER_REQUESTS,
        }
    ),
    Role.IT: TECHNICAL,
    Role.DPO: frozenset(
        {P.VIEW_DASHBOARD, P.VIEW_TRAIL, P.VIEW_DRAFTS, P.HANDLE_CASES, P.ANSWER_REQUESTS}
    ),
    Role.GOVERNOR: frozenset({P.VIEW_DASHBOARD}),
    Role.CHAIR: frozenset({P.VIEW_DASHBOARD, P.VIEW_DRAFTS, P.VIEW_TRAIL, P.HANDLE_CASES}),
    Role.CLERK: frozenset({P.VIEW_DASHBOARD, P.VIEW_DRAFTS}),
    Role.TRUST_LEAD: frozenset(Permission) - {P.RESET_SIGN_IN},
    Role.TRUST_SAFEGUARDING: SAFEGUARDING,
    Role.TRUST_IT: TECHNICAL,
}

# Whoever may read other people's records signs in with a second factor.
OTHERS_RECORDS = frozenset(
    {
        P.VIEW_PEOPLE,
        P.MANAGE_PEOPLE,
        P.VIEW_SIGNATURES,
        P.RECORD_SIGNATURES,
        P.VIEW_TRAINING,
        P.VIEW_ACCOUNTS,
        P.VIEW_TRAIL,
        P.RESET_SIGN_IN,
        P.HANDLE_CASES,
        P.ANSWER_REQUESTS,
    }
)

TRUST_ROLES = frozenset({Role.TRUST_LEAD, Role.TRUST_SAFEGUARDING, Role.TRUST_IT})


def roles_with(permission: Permission) -> list[Role]:
    return [role for role, granted in PERMISSIONS.items() if permission in granted]


def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    return frozenset().union(*(PERMISSIONS[role] for role in roles))
