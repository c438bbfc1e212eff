"""Locking the rows that writers of policies change. A version is locked before its policy."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from governance.models import Policy, PolicyVersion
from people.models import Organisation, User
from people.roles import Permission
from web.errors import RuleBroken


def expect_manager(owner: Organisation, by: User | None) -> None:
    """Raise PermissionDenied for a person who may not manage the owner's policies."""
    if by is not None and not by.can(Permission.MANAGE_POLICIES, at=owner):
        raise PermissionDenied


def locked_policy(policy: Policy) -> Policy:
    """Whoever locks a version too locks that first; the record's end comes last of all."""
    found = (
        Policy.objects.select_for_update(of=("self",), no_key=True)
        .select_related("owner__parent")
        .filter(pk=policy.pk)
        .first()
    )
    if found is None:
        raise RuleBroken("Somebody has thrown this policy away meanwhile.")
    return found


def locked_version(version: PolicyVersion) -> PolicyVersion:
    found = (
        PolicyVersion.objects.select_for_update(of=("self",), no_key=True)
        .select_related("policy__owner__parent")
        .filter(pk=version.pk)
        .first()
    )
    if found is None:
        raise RuleBroken("Somebody has thrown this draft away meanwhile.")
    return found
