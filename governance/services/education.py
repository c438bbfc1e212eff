"""Keeping the log of what pupils, parents and staff were taught or sent (P13)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from governance.models import EducationEntry
from people.models import Organisation, User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken


@transaction.atomic
def add(organisation: Organisation, *, by: User, **details: Any) -> EducationEntry:
    """Enter what was taught or sent. Raises RuleBroken for a day to come."""
    _check(by, organisation)
    entry = EducationEntry(organisation=organisation, added_by=by, **details)
    _save(entry)
    audit.record("education.add", entry, by=by, kind=entry.kind, on=entry.given_on.isoformat())
    return entry


@transaction.atomic
def change(entry: EducationEntry, *, by: User, **details: Any) -> EducationEntry:
    """Change an entry. Nothing is written where nothing differs."""
    entry = _locked(entry)
    _check(by, entry.organisation)
    changed = [name for name, value in details.items() if getattr(entry, name) != value]
    if changed:
        for name in changed:
            setattr(entry, name, details[name])
        _save(entry)
        audit.record("education.change", entry, by=by, fields=audit.listed(changed))
    return entry


@transaction.atomic
def delete(entry: EducationEntry, *, by: User) -> None:
    """Take an entry out of the log. The record keeps that there was one, of which kind and day."""
    entry = _locked(entry)
    _check(by, entry.organisation)
    place, kind, day = entry.organisation, entry.kind, entry.given_on.isoformat()
    number = str(entry.pk)
    entry.delete()
    audit.record("education.delete", place, by=by, at=place, entry=number, kind=kind, on=day)


def _save(entry: EducationEntry) -> None:
    if entry.given_on > entry.organisation.today():
        raise RuleBroken("The day lies in the future. Enter it once it has taken place.")
    entry.full_clean()
    entry.save()


def _check(by: User, organisation: Organisation) -> None:
    if not by.can(Permission.MANAGE_EDUCATION, at=organisation):
        raise PermissionDenied


def _locked(entry: EducationEntry) -> EducationEntry:
    return (
        EducationEntry.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation__parent")
        .get(pk=entry.pk)
    )
