"""Trusts and schools: founding them, their settings, their year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from people.models import Organisation, OrganisationDomain, OrganisationReach, User
from people.settings_registry import Value, registered
from trail import audit
from web.errors import RuleBroken


@transaction.atomic
def found(
    kind: str,
    *,
    name: str,
    slug: str,
    parent: Organisation | None = None,
    domains: tuple[str, ...] = (),
    by: User | None,
    **details: Any,
) -> Organisation:
    """A trust or a school joins the portal, with its reach, its domains and an empty record."""
    organisation = Organisation(kind=kind, name=name, slug=slug, parent=parent, **details)
    organisation.full_clean()
    organisation.save()
    above = [organisation] if parent is None else [organisation, parent]
    OrganisationReach.objects.bulk_create(
        OrganisationReach(above=one, below=organisation) for one in above
    )
    OrganisationDomain.objects.bulk_create(
        OrganisationDomain(organisation=organisation, domain=domain.lower()) for domain in domains
    )
    audit.record("organisation.found", organisation, by=by, kind=kind)
    return organisation


@transaction.atomic
def change_settings(
    organisation: Organisation, values: Mapping[str, Value | None], *, by: User
) -> Organisation:
    """Set the school's own rules. None means: as the trust has it, or the default.

    Raises RuleBroken naming every value that is out of bounds.
    """
    definitions = registered()
    RuleBroken.if_any(
        f"{definitions[key].label}: choose a number from {definitions[key].minimum} "
        f"to {definitions[key].maximum}."
        for key, value in values.items()
        if value is not None
        and definitions[key].kind == "number"
        and not definitions[key].minimum <= int(value) <= definitions[key].maximum
    )
    RuleBroken.if_any(
        f"{definitions[key].label}: {sentence}"
        for key, value in values.items()
        if value is not None
        and (check := definitions[key].problem) is not None
        and (sentence := check(str(value)))
    )
    organisation = Organisation.objects.select_for_update(of=("self",), no_key=True).get(
        pk=organisation.pk
    )
    before = dict(organisation.settings)
    for key, value in values.items():
        if value is None:
            organisation.settings.pop(key, None)
        else:
            organisation.settings[key] = value
    if organisation.settings != before:
        organisation.save(update_fields=["settings"])
        changed = audit.listed(
            key
            for key in before.keys() | organisation.settings.keys()
            if before.get(key) != organisation.settings.get(key)
        )
        audit.record("organisation.settings", organisation, by=by, changed=changed)
    return organisation
