"""Changing what a trust or school is called, how it looks and where its addresses end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from people.models import Organisation, OrganisationDomain, User
from people.roles import Permission
from trail import audit


@transaction.atomic
def change(
    organisation_id: int, *, by: User, domains: Iterable[str], **details: Any
) -> Organisation:
    """Set name, colour, nation and time zone, and exactly these domains."""
    organisation = Organisation.objects.select_for_update(of=("self",), no_key=True).get(
        pk=organisation_id
    )
    if not by.can(Permission.MANAGE_SCHOOL, at=organisation):
        raise PermissionDenied
    changed = {
        name: value for name, value in details.items() if getattr(organisation, name) != value
    }
    for name, value in changed.items():
        setattr(organisation, name, value)
    organisation.full_clean()
    organisation.save()
    fields = set(changed)
    if _set_domains(organisation, {domain.lower() for domain in domains}):
        fields.add("domains")
    if fields:
        audit.record("organisation.change", organisation, by=by, fields=",".join(sorted(fields)))
    return organisation


def _set_domains(organisation: Organisation, wanted: set[str]) -> bool:
    held = set(organisation.domains.values_list("domain", flat=True))
    organisation.domains.filter(domain__in=held - wanted).delete()
    OrganisationDomain.objects.bulk_create(
        OrganisationDomain(organisation=organisation, domain=domain)
        for domain in sorted(wanted - held)
    )
    return held != wanted
