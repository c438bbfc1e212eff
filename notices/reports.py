"""Questions the office asks about mail: bounded lists, counted by the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from notices.models import Mail, Notice
from people.models import Membership, Organisation, User

PEOPLE_SHOWN = 100


@dataclass(frozen=True)
class Unreachable:
    """People whom mail does not reach: the first of them, and how many there are."""

    shown: list[Membership]
    count: int


def told_to(person: User, filters: Mapping[str, Any]) -> QuerySet[Notice]:
    """What this person was told, as filtered, latest first."""
    mine = Notice.objects.visible_to(person).select_related(
        "about", "mail", "organisation", "standing_in_for"
    )
    match filters.get("show"):
        case "unread":
            mine = mine.filter(read_at=None)
        case "others":
            mine = mine.exclude(about=person)
        case "page":
            mine = mine.filter(in_app_only=True)
    if kind := filters.get("kind"):
        mine = mine.filter(kind=kind)
    return mine


def why_no_mail(person: User) -> str:
    """Why this person is told on the portal's pages only; empty where mail reaches them."""
    if not person.email:
        return "you have no e-mail address on the staff list"
    if person.mail_failed_at is not None:
        return f"mail to {person.email} comes back"
    return ""


def next_mail(person: User) -> str:
    """With which mail this person hears of what is new."""
    if person.digest_day is None:
        return "With your next reminder"
    return f"With your weekly mail, on {person.get_digest_day_display()}"


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
