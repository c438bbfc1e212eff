"""What anybody may know of a school's accounts: which are real, and how each stands today (R11).

Only accounts the school agreed to and has used. Nothing of a person, no e-mail address, no reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Q
from django.urls import reverse

from accounts.models import HouseRules, SocialAccount
from accounts.models.account import SocialAccountQuerySet
from accounts.rotation import first_day
from accounts.workflow import Status
from governance.public import place_of
from people.models import Organisation

AN_EMAIL = re.compile(r"[^\s@<>()\[\]]+@[^\s@<>()\[\]]+\.[^\s@<>()\[\]]*\w")


class State(StrEnum):
    IN_USE = "in_use"
    ON_TRIAL = "on_trial"
    NOT_IN_USE = "not_in_use"
    BEING_CLOSED = "being_closed"
    CLOSED = "closed"


# What parents are told of each: a few words, and what it means for them.
WORDS = {
    State.IN_USE: ("In use", ""),
    State.ON_TRIAL: ("On trial", "We are trying it out with a small group."),
    State.NOT_IN_USE: (
        "Not in use at the moment",
        "Nobody at the school posts there just now. Please do not answer messages from it, and "
        "open no link, until this page says that it is in use again.",
    ),
    State.BEING_CLOSED: (
        "Being closed",
        "We post there no longer. Please do not follow it.",
    ),
    State.CLOSED: (
        "Closed",
        "It is no longer ours. If you still find an account at this address, it is not the school.",
    ),
}
OF_STATUS = {
    Status.LIVE: State.IN_USE,
    Status.PILOT: State.ON_TRIAL,
    Status.RESTRICTED: State.NOT_IN_USE,
    Status.SUSPENDED: State.NOT_IN_USE,
    Status.CLOSING: State.BEING_CLOSED,
    Status.CLOSED: State.CLOSED,
}
ORDER = list(State)
VISIBILITY = {
    SocialAccount.Access.OPEN: "Anybody can see it",
    SocialAccount.Access.CLOSED: "Closed: people ask to be let in",
}
COMMENTS = {
    SocialAccount.Moderation.BEFORE: "Looked at before they are shown",
    SocialAccount.Moderation.AFTER: "Shown at once, and looked at afterwards",
    SocialAccount.Moderation.OFF: "Switched off",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """An account as everybody sees it."""

    account: SocialAccount
    state: State
    name: str
    purpose: str
    audience: str
    since: date | None

    @property
    def school(self) -> Organisation:
        return self.account.organisation

    @property
    def platform(self) -> str:
        return self.account.on.label

    @property
    def label(self) -> str:
        return WORDS[self.state][0]

    @property
    def meaning(self) -> str:
        return WORDS[self.state][1]

    @property
    def can_be_opened(self) -> bool:
        """Whether a link leads there. What nobody looks after is named, and not linked."""
        return self.state in (State.IN_USE, State.ON_TRIAL)

    @property
    def visibility(self) -> str:
        return VISIBILITY[SocialAccount.Access(self.account.access)]

    @property
    def comments(self) -> str:
        return COMMENTS[SocialAccount.Moderation(self.account.comments)]

    @property
    def rules_address(self) -> str:
        """Where its house rules can be read by everybody, if the school shows them."""
        rules: HouseRules | None = getattr(self.account, "house_rules", None)
        if rules is None or not rules.is_public or self.state == State.CLOSED:
            return ""
        return reverse("accounts:public_rules", args=[self.school.slug, self.account.pk])


def takes_part(organisation: Organisation) -> bool:
    """Whether this school shows its accounts to everybody."""
    return bool(organisation.setting("public.page") and organisation.setting("accounts.public"))


def showing(slug: str) -> tuple[Organisation, list[Shown]] | None:
    """The trust or school of an address, with what it shows. Two queries.

    None where there is no such place, where it shows nothing, and where it has switched this off:
    from outside the three look alike.
    """
    place = place_of(slug)
    if place is None or not takes_part(place):
        return None
    found = listed_at(place)
    return (place, found) if found else None


def listed_at(place: Organisation) -> list[Shown]:
    """The accounts of this school, or of this trust and its schools, in the order of the page."""
    rows = _ever_used().filter(Q(organisation=place) | Q(organisation__parent=place))
    found = [one for row in rows if (one := shown(row)) and is_listed(one)]
    return sorted(
        found,
        key=lambda one: (
            one.school.pk != place.pk, one.school.name, one.state == State.CLOSED,
            ORDER.index(one.state), one.platform, one.name, one.account.pk,
        ),
    )  # fmt: skip


def asked_at(slug: str) -> tuple[Organisation, list[SocialAccount]] | None:
    """Where somebody asks, and every account of that trust and its schools that show theirs.

    Whatever their state; for a school of its own: its accounts. Two queries. None as for `showing`.
    """
    place = place_of(slug)
    if place is None or not takes_part(place):
        return None
    root = place.parent_id or place.pk
    found = _with_place(SocialAccount.objects.exclude(key=""))
    found = found.filter(Q(organisation=root) | Q(organisation__parent=root))
    rows = [row for row in found if takes_part(row.organisation)]
    here = (row for row in rows if place.pk in (row.organisation_id, row.organisation.parent_id))
    shows = any(is_listed(one) for one in map(shown, here) if one is not None)
    return (place, rows) if shows else None


def _ever_used() -> SocialAccountQuerySet:
    used = Q(pilot_from__isnull=False) | Q(live_on__isnull=False)
    return _with_place(SocialAccount.objects.filter(used, status__in=list(OF_STATUS)))


def _with_place(rows: SocialAccountQuerySet) -> SocialAccountQuerySet:
    return rows.select_related("organisation__parent", "house_rules").order_by("pk")


def shown(account: SocialAccount) -> Shown | None:
    """How it stands for everybody; None for what never was an account of the school's in use."""
    state = OF_STATUS.get(Status(account.status))
    if state is None or not account.was_in_use or not account.key:
        return None
    return Shown(
        account=account,
        state=state,
        name=without_emails(account.name),
        purpose=without_emails(account.aim),
        audience=without_emails(account.audience),
        since=first_day(account),
    )


def is_listed(one: Shown) -> bool:
    """Whether its school shows it on the page, and for how long after it was closed."""
    at = one.school
    if not takes_part(at):
        return False
    if one.state == State.ON_TRIAL:
        return bool(at.setting("accounts.public_trials"))
    if one.state == State.CLOSED:
        closed_on, days = one.account.closed_on, int(at.setting("accounts.public_closed_days"))
        return closed_on is not None and at.today() < closed_on + timedelta(days=days)
    return True


def without_emails(text: str) -> str:
    """What a school wrote for itself may hold an address that is not for everybody."""
    return AN_EMAIL.sub("(address left out)", text)


@dataclass(frozen=True, slots=True)
class Card:
    """What leads from a school's public page to another one."""

    title: str
    text: str
    url: str


def card(place: Organisation) -> Card | None:
    """The way from the school's public page to this one (PUBLIC_CARDS)."""
    if not takes_part(place) or not listed_at(place):
        return None
    return Card(
        "Our social media accounts",
        "Which accounts are really ours, and how to check one.",
        reverse("accounts:public", args=[place.slug]),
    )
