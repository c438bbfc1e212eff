"""Whether an e-mail address is the school's own (A6, E5)."""

from __future__ import annotations

from people.models import Organisation, OrganisationDomain
from web.words import listed


def domains_of(organisation: Organisation) -> list[str]:
    """The school's own domains, and its trust's."""
    places = [pk for pk in (organisation.pk, organisation.parent_id) if pk]
    found = OrganisationDomain.objects.filter(organisation__in=places)
    return sorted(set(found.values_list("domain", flat=True)))


def not_ours(email: str, organisation: Organisation) -> str:
    """The sentence that says why this address will not do; empty where it is the school's own.

    Letters of another alphabet that look like ours make another domain, so they are refused too.
    """
    return not_among(email, domains_of(organisation))


def not_among(email: str, ours: list[str]) -> str:
    """The same for a school whose domains are known."""
    domain = email.rpartition("@")[2].lower()
    if domain in ours:
        return ""
    if not ours:
        return "The school’s own e-mail domains are not entered yet. Ask whoever keeps its details."
    endings = listed((f"@{one}" for one in ours), "or")
    return f"Use one of the school’s own addresses: they end in {endings}."
