"""What was done to the password of an account and what asks for a change, read with the account.

`fact_columns` are annotations, so that a list, a page and a person's tasks each ask once; `Facts`
is what they say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, Subquery, Value

from accounts.models import Rotation, RotationCause, RotationWaiver, SocialAccount
from web.json_rows import json_rows, moment


@dataclass(frozen=True, slots=True)
class Cause:
    """Something after which the password is changed at once."""

    pk: int
    reason: str
    since: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """A change that somebody says they made, and that nobody has tried yet."""

    at: datetime
    by: int
    pk: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one account: the latest change that was tried, the latest that was only said."""

    verified: datetime | None = None
    said: Said | None = None
    causes: tuple[Cause, ...] = ()
    waived: bool = False

    @classmethod
    def of(cls, row: Any) -> Facts:
        """From a row that has the annotations of `fact_columns`."""
        said = (Said(moment(at), by, pk) for at, by, pk in row.fact_said or ())
        return cls(
            row.fact_verified,
            max(said, key=lambda one: (one.at, one.pk), default=None),
            tuple(
                Cause(pk, reason, moment(since), moment(due_at))
                for pk, reason, since, due_at in row.fact_causes or ()
            ),
            row.fact_waived,
        )


def fact_columns(now: datetime, on: date, account: str = "pk") -> dict[str, Any]:
    """Annotations: the facts of the account that the column `account` names.

    `on` is the day of `now`: a query that is compiled once is given both.
    """
    changes = Rotation.objects.filter(account=OuterRef(account)).order_by()
    verified = changes.filter(verification__isnull=False).annotate(alike=Value(1)).values("alike")
    causes = RotationCause.objects.filter(
        account=OuterRef(account), since__lte=now, cancelled_at=None
    )
    waivers = RotationWaiver.objects.filter(
        account=OuterRef(account), starts_on__lte=on, ends_on__gte=on
    )
    return {
        "fact_verified": Subquery(verified.annotate(at=Max("changed_at")).values("at")),
        "fact_said": json_rows(
            changes.filter(verification=None), "changed_at", "attested_by", "pk"
        ),
        "fact_causes": json_rows(causes, "pk", "reason", "since", "due_at"),
        "fact_waived": Exists(waivers),
    }


def facts_of(accounts: Iterable[SocialAccount], now: datetime) -> dict[int, Facts]:
    """By the account's id. No query for those that were read with their facts, one for the rest."""
    rows: list[Any] = list(accounts)
    unread = [row.pk for row in rows if not hasattr(row, "fact_waived")]
    found = {row.pk: Facts.of(row) for row in rows if hasattr(row, "fact_waived")}
    if unread:
        asked = SocialAccount.objects.filter(pk__in=unread).order_by().only("pk")
        read = asked.annotate(**fact_columns(now, now.date()))
        found |= {row.pk: Facts.of(row) for row in read}
    return found
