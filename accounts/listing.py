"""The register of a school, or of a trust's schools: filtered, and as rows for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Runner, SocialAccount
from accounts.rotation import Need, State, needs
from accounts.workflow import Status
from people.models import Organisation, User

EXPORT_HEADER = (
    "School", "Name", "Platform", "Handle", "Address", "State", "Runners", "Department",
    "E-mail", "Pupils in its audience", "Pictures of pupils", "In use since", "Next change due",
)  # fmt: skip
FLAGS = {
    "": "All",
    "attention": "Needs attention",
    "few": "Fewer runners than wanted",
    "overdue": "Password change overdue",
    "pupils": "Pupils in its audience",
}


@dataclass(frozen=True, slots=True)
class Row:
    """An account on a list, with what must be seen at a glance."""

    account: SocialAccount
    runners: int
    need: Need | None
    flags: tuple[str, ...]


def accounts_at(
    place: Organisation, user: User, filters: Mapping[str, Any], now: datetime
) -> QuerySet[SocialAccount]:
    """The accounts of this school, or of all schools of this trust, that fit the filters."""
    reach = Organisation.objects.filter(Q(pk=place.pk) | Q(parent=place))
    found = SocialAccount.objects.visible_to(user).filter(organisation__in=reach)
    found = found.select_related("organisation__parent").with_runners(place.today())
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
    status = filters.get("status")
    found = found.filter(status=status) if status else found.open()
    if filters.get("flag") == "pupils":
        found = found.filter(faces_pupils=True)
    elif flag := filters.get("flag"):
        # What is derived cannot be asked of one row: the accounts in question are few.
        wanted = [row.account.pk for row in rows(found, now) if _has(row, flag)]
        found = found.filter(pk__in=wanted)
    return found.order_by("organisation__name", "platform", "name", "pk")


def _has(row: Row, flag: str) -> bool:
    if flag == "attention":
        return bool(row.flags)
    return flag in row.flags


def rows(accounts: Iterable[SocialAccount], now: datetime) -> list[Row]:
    """With the number of runners and the next change, in six queries however many they are."""
    found = list(accounts)
    owed = needs(found, now)
    return [_row(one, owed.get(one.pk, []), now) for one in found]


def _row(account: SocialAccount, owed: list[Need], now: datetime) -> Row:
    running = int(getattr(account, "running", 0))
    need = owed[0] if owed else None
    return Row(account, running, need, tuple(_flags(account, running, need, now)))


def _flags(account: SocialAccount, running: int, need: Need | None, now: datetime) -> Iterator[str]:
    if account.status == Status.UNAUTHORISED:
        yield "unauthorised"
    elif account.status != Status.CLOSED:
        if running < int(account.organisation.setting("accounts.least_runners")):
            yield "few"
        if need is not None and need.is_overdue(now):
            yield "overdue"


def export_rows(accounts: QuerySet[SocialAccount], now: datetime) -> Iterator[tuple[Any, ...]]:
    """Rows under EXPORT_HEADER. Made safe for a spreadsheet where they are written (E12)."""
    found = rows(accounts, now)
    names: dict[int, list[str]] = {}
    ids = [row.account.pk for row in found]
    today = {row.account.organisation_id: row.account.organisation.today() for row in found}
    for runner in Runner.objects.filter(account__in=ids).select_related("person", "account"):
        if runner.is_on(today[runner.account.organisation_id]):
            names.setdefault(runner.account_id, []).append(runner.person.name)
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
            "; ".join(names.get(one.pk, [])),
            one.department,
            one.email,
            "yes" if one.faces_pupils else "no",
            "yes" if one.shows_pupils else "no",
            f"{began:%d/%m/%Y}" if began else "",
            f"{row.need.due_at.astimezone(one.organisation.zone):%d/%m/%Y}" if row.need else "",
        )


def in_words(need: Need, account: SocialAccount, now: datetime) -> str:
    """Where a change stands, in a phrase."""
    due = need.due_at.astimezone(account.organisation.zone)
    day = f"{due.day} {due:%B}"
    if need.state == State.ATTESTED:
        return f"changed, and to be tried by {day}"
    if need.is_overdue(now):
        return f"overdue since {day}"
    return f"due by {due:%H:%M} on {day}" if need.is_urgent else f"due by {day}"
