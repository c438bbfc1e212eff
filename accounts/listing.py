"""The register of a school, or of a trust's schools: filtered, and as rows for a spreadsheet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.dormant import asleep
from accounts.models import Runner, SocialAccount
from accounts.platforms import PLATFORMS
from accounts.rotation import Need, State, needs
from accounts.rotation_facts import fact_columns
from accounts.workflow import Status
from governance.fitness import has_one, unfit
from people.calendar import calendars
from people.models import Organisation, User
from web.json_rows import AmongIds, json_rows
from web.listed import Listed
from web.prepared import prepared

EXPORT_HEADER = (
    "School", "Name", "Platform", "Handle", "Address", "State", "Runners", "Department",
    "What it is for", "Whom it is for", "Who can see it", "Comments by others", "E-mail",
    "Pupils in its audience", "Pictures of pupils", "In use since", "Who agreed to it",
    "Next change due", "To be looked at",
)  # fmt: skip
FLAGS = {
    "": "All",
    "attention": "Needs attention",
    "few": "Fewer runners than wanted",
    "unfit": "A runner lacks a signature or training",
    "overdue": "Password change overdue",
    "asleep": "Nothing posted for a long time",
    "unauthorised": "Nobody agreed to it",
    "pupils": "Pupils in its audience",
}
# What is derived, in the words of a row. The rest of FLAGS is asked of the database.
WORDS = {
    "unauthorised": "Nobody agreed to it",
    "few": "Too few runners",
    "unfit": "A runner lacks something",
    "overdue": "Password overdue",
    "asleep": "Asleep",
}
ORDER = ("organisation__name", "platform", "name", "pk")


@dataclass(frozen=True, slots=True)
class Row(Listed):
    """An account on a list, with what must be seen at a glance."""

    account: SocialAccount
    runners: tuple[str, ...]
    need: Need | None
    flags: tuple[str, ...]

    @property
    def platform(self) -> str:
        """In words; Django makes a dictionary of all of them each time it is asked."""
        return str(PLATFORMS[self.account.platform].label)

    @property
    def state(self) -> str:
        """In words."""
        return str(Status(self.account.status).label)

    @property
    def words(self) -> list[str]:
        """Its flags in words."""
        return [WORDS[flag] for flag in self.flags]


def accounts_at(place: Organisation, user: User, filters: Mapping[str, Any]) -> list[int]:
    """Ids of the accounts of this school, or of all schools of this trust, that fit the filters.

    A flag that is derived is not asked here but of the rows: `flagged`.
    """
    asked: dict[str, Any] = {
        "person_id": user.pk,
        "organisation_id": place.pk,
        "on": timezone.localdate(),
        "status": filters.get("status") or None,
    }
    if not any(filters.get(name) for name in ("q", "school", "platform")) and not _pupils(filters):
        return _found(**asked)
    found = _found.build(**asked)
    if text := filters.get("q"):
        found = found.filter(
            Q(name__icontains=text)
            | Q(handle__icontains=text.removeprefix("@"))
            | Q(department__icontains=text)
        )
    if school := filters.get("school"):
        found = found.filter(organisation=school)
    if platform := filters.get("platform"):
        found = found.filter(platform=platform)
    if _pupils(filters):
        found = found.filter(faces_pupils=True)
    return list(found)


def _pupils(filters: Mapping[str, Any]) -> bool:
    return filters.get("flag") == "pupils"


@prepared
def _found(
    *, person_id: int, organisation_id: int, on: date, status: str | None
) -> QuerySet[SocialAccount, int]:
    """What they may see there, without what is rarely asked for."""
    found = SocialAccount.objects.visible_to(User(pk=person_id), on).filter(
        Q(organisation=organisation_id) | Q(organisation__parent=organisation_id)
    )
    found = found.filter(status=status) if status is not None else found.open()
    return found.order_by(*ORDER).values_list("pk", flat=True)


def flagged(accounts: Sequence[int], flag: str, now: datetime) -> list[Row]:
    """The rows that have this flag, worked out for all of them: that costs no more queries."""
    return [row for row in rows(accounts, now) if _has(row, flag)]


def is_derived(flag: str) -> bool:
    return flag == "attention" or flag in WORDS


def _has(row: Row, flag: str) -> bool:
    if flag == "attention":
        return bool(row.flags)
    return flag in row.flags


def rows(accounts: Sequence[int], now: datetime) -> list[Row]:
    """Of the accounts of these ids, in their order: with runners, the next change and flags.

    Four queries however many they are.
    """
    read = _with_all(ids=json.dumps(accounts), at=now, on=timezone.localdate(now))
    by_id = {row.pk: row for row in read}
    found = [by_id[pk] for pk in accounts if pk in by_id]
    years = calendars({row.organisation_id: row.organisation for row in found}.values())
    owed, sleeping = needs(found, now, years), asleep(found, now, years)
    return [_row(one, owed.get(one.pk, []), one.pk in sleeping, now) for one in found]


@prepared
def _with_all(*, ids: str, at: datetime, on: date) -> QuerySet[Any, Any]:
    """The accounts of these ids (a JSON list), annotated with all that a row says."""
    current = Runner.objects.current(on).filter(account=OuterRef("pk"))
    return (
        SocialAccount.objects.filter(AmongIds("pk", ids))
        .order_by()
        .select_related("organisation__parent")
        .annotate(
            **fact_columns(at, on),
            names=json_rows(current, "person__name"),
            has_unfit=has_one(current.filter(unfit(on, organisation="account__organisation"))),
        )
    )


def _row(account: Any, owed: list[Need], sleeps: bool, now: datetime) -> Row:
    need = owed[0] if owed else None
    names = tuple(sorted(name for (name,) in account.names or ()))
    return Row(account, names, need, tuple(_flags(account, len(names), need, sleeps, now)))


def _flags(
    account: Any, running: int, need: Need | None, sleeps: bool, now: datetime
) -> Iterator[str]:
    if account.status == Status.UNAUTHORISED:
        yield "unauthorised"
    elif account.status != Status.CLOSED:
        if running < int(account.organisation.setting("accounts.least_runners")):
            yield "few"
        if account.has_unfit:
            yield "unfit"
        if need is not None and need.is_overdue(now):
            yield "overdue"
        if sleeps:
            yield "asleep"


def export_rows(found: Iterable[Row]) -> Iterator[tuple[Any, ...]]:
    """Rows under EXPORT_HEADER. Made safe for a spreadsheet where they are written (E12)."""
    for row in found:
        one = row.account
        began = one.live_on or one.pilot_from
        yield (
            one.organisation.name,
            one.name,
            one.get_platform_display(),
            one.handle,
            one.url,
            one.get_status_display(),
            "; ".join(row.runners),
            one.department,
            one.aim,
            one.audience,
            one.get_access_display(),
            one.get_comments_display(),
            one.email,
            "yes" if one.faces_pupils else "no",
            "yes" if one.shows_pupils else "no",
            f"{began:%d/%m/%Y}" if began else "",
            one.agreed_before_note,
            f"{row.need.due_at.astimezone(one.organisation.zone):%d/%m/%Y}" if row.need else "",
            ", ".join(row.words),
        )


def next_in_words(row: Row, now: datetime) -> str:
    """The next change of an account on a list, or nothing."""
    return in_words(row.need, row.account, now) if row.need else ""


def in_words(need: Need, account: SocialAccount, now: datetime) -> str:
    """Where a change stands, in a phrase."""
    due = need.due_at.astimezone(account.organisation.zone)
    day = f"{due.day} {due:%B}"
    if need.state == State.ATTESTED:
        return f"changed, and to be tried by {day}"
    if need.is_overdue(now):
        return f"overdue since {day}"
    return f"due by {due:%H:%M} on {day}" if need.is_urgent else f"due by {day}"
