"""What somebody who leaves has to hand over: asked of the facts, never kept as a list (D20).

`settings.HANDOVER_SOURCES` lists functions of `(person, organisation, on)`; an app that gives
people something to look after (an account of the school's, for example) adds its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.module_loading import import_string

from governance.models import Policy, PolicyVersion
from notices.duties import labels, sources
from people.models import Membership, Organisation, User
from people.roles import Permission, Role

# Duties that somebody else can take over. The others are a person's own, such as signing.
OTHERS_CAN = frozenset({"policy.sign_off", "policy.answer", "policy.adopt"})
# Besides the line manager, who can be named as the one who has it now.
TAKERS = (Role.HEAD, Role.SLT, Role.OFFICE, Role.DSL, Role.DEPUTY_DSL, Role.IT)
MOST_TAKERS = 60


@dataclass(frozen=True)
class Handover:
    """One thing to hand over. `key` is the same each time it is asked: "policy-12".

    `url` is where the person may look at it; "" where they may not.
    """

    kind: str
    key: str
    subject: str
    url: str


Source = Callable[[User, Organisation, date], Iterable[Handover]]


def things_of(person: User, organisation: Organisation, on: date) -> list[Handover]:
    """Everything this person looks after there, of every app."""
    found: list[Handover] = []
    for path in settings.HANDOVER_SOURCES:
        found += import_string(path)(person, organisation, on)
    return found


def policies(person: User, organisation: Organisation, on: date) -> Iterator[Handover]:
    """The policies they keep up to date, and the drafts of others that they are writing."""
    kept = Policy.objects.filter(owner=organisation, author=person).filter(
        Q(current__isnull=False) | Q(versions__in=PolicyVersion.objects.open())
    )
    sees_drafts = person.can(Permission.VIEW_DRAFTS, at=organisation)
    rows = kept.order_by("title", "pk").values_list("pk", "title", "current").distinct()
    for pk, title, current in rows:
        page = "policy" if sees_drafts else "read" if current else ""
        yield Handover(
            kind="policy",
            key=f"policy-{pk}",
            subject=f"Author of the policy “{title}”",
            url=reverse(f"governance:{page}", args=[pk]) if page else "",
        )
    drafts = (
        PolicyVersion.objects.open()
        .filter(Q(created_by=person) | Q(edited_by=person), policy__owner=organisation)
        .exclude(policy__author=person)
    )
    for pk, policy, title in drafts.order_by("title", "pk").values_list("pk", "policy", "title"):
        yield Handover(
            kind="draft",
            key=f"draft-{pk}",
            subject=f"Draft “{title}”",
            url=reverse("governance:policy", args=[policy]) if sees_drafts else "",
        )


def duties(person: User, organisation: Organisation, on: date) -> Iterator[Handover]:
    """Open tasks that somebody else can take over, such as a question waiting for an answer."""
    named = labels()
    for source in sources():
        if source.kind not in OTHERS_CAN:
            continue
        for duty in source.of(person, on):
            if duty.organisation_id == organisation.pk:
                yield Handover(
                    kind="duty",
                    key=duty.occasion.replace(":", "-").replace(".", "-"),
                    subject=f"{named[duty.kind]}: {duty.title}",
                    url=duty.url,
                )


def takers_for(post: Membership) -> list[tuple[int, str]]:
    """Who can be named as having it now: the line manager, and those who lead or run the school."""
    today = post.organisation.today()
    holding = Membership.objects.active(today).filter(organisation=post.organisation_id)
    people = User.objects.filter(
        Q(pk__in=holding.holding(TAKERS, today).values("person")) | Q(pk=post.line_manager_id),
        is_active=True,
    ).exclude(pk=post.person_id)
    rows = people.order_by("sort_name", "name", "pk").values_list("pk", "name")
    return list(rows[:MOST_TAKERS])
