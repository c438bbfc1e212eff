"""Questions the office asks about mail: bounded lists, counted by the database."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from notices.models import Mail
from people.models import Membership, Organisation

PEOPLE_SHOWN = 100


@dataclass(frozen=True)
class Unreachable:
    """People whom mail does not reach: the first of them, and how many there are."""

    shown: list[Membership]
    count: int


def failed_at(organisation: Organisation) -> QuerySet[Mail]:
    """Mail that the server refused for good, latest first. Never the words of the mail."""
    mails = Mail.objects.filter(organisation=organisation).failed()
    return mails.select_related("recipient").defer("text", "html", "headers")


def waiting_at(organisation: Organisation) -> int:
    unsent = [Mail.Status.WAITING, Mail.Status.CLAIMED]
    return Mail.objects.filter(organisation=organisation, status__in=unsent).count()


def unreachable_at(organisation: Organisation) -> Unreachable:
    """People at the school without an address, or with one that refuses mail."""
    people = (
        Membership.objects.active(organisation.today())
        .filter(organisation=organisation)
        .filter(Q(person__email=None) | Q(person__mail_failed_at__isnull=False))
        .select_related("person")
    )
    shown = list(people[:PEOPLE_SHOWN])
    return Unreachable(shown, people.count() if len(shown) == PEOPLE_SHOWN else len(shown))
