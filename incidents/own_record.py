"""A case's own record: its lines lie apart from the school's, in a chain that is the case's alone.

A line in the school's record would betray a case to whoever reads that record and may not know of
it: by its words, by its id, or by the gap it leaves when it is hidden. So nothing of a case, not
even a refusal, goes there.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from trail import audit
from trail.workflow import Workflow

if TYPE_CHECKING:
    from incidents.models import Case, CaseLine
    from people.models import User

M = TypeVar("M", bound=Any)
FORM = "case-1"


def record(
    verb: str,
    case: Case,
    *,
    by: User | None,
    target: models.Model | None = None,
    content: bytes = b"",
    **details: str,
) -> CaseLine:
    """Write one line in the record of this case, as the last thing in the caller's transaction.

    `content` is what the line vouches for: its hash goes into the line, so that a sealed text
    cannot be exchanged unseen. `details` hold ids and statuses only.

    Raises RuntimeError outside a transaction and ValueError for a detail that may be free text.
    """
    return write_line(verb, case, by, target or case, details, content)


def write_line(
    verb: str,
    case: Case,
    by: User | None,
    about: models.Model,
    details: Mapping[str, str],
    content: bytes = b"",
) -> CaseLine:
    """As `record`, with the details as they come."""
    from incidents.models import Case, CaseLine

    if not audit.in_transaction():
        raise RuntimeError("A line of the record belongs in the transaction of what it records.")
    _check(verb, details)
    # One writer of a case at a time.
    Case.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=case.pk)
    last = CaseLine.objects.filter(case=case).order_by("-number").first()
    line = CaseLine(
        case=case,
        number=last.number + 1 if last else 1,
        at=timezone.now(),
        actor=by,
        verb=verb,
        target_type=about._meta.label_lower,
        target_id=about.pk,
        details=dict(details),
        content_hash=hashlib.sha256(content).hexdigest() if content else "",
        previous=last.hash if last else beginning(case.reference),
    )
    line.hash = hash_of(line, case.reference)
    line.save(force_insert=True)
    return line


def beginning(reference: str) -> str:
    return hashlib.sha256(f"{FORM} begins {reference}".encode()).hexdigest()


def hash_of(line: CaseLine, reference: str) -> str:
    """The keyed hash that this line should carry."""
    at: datetime = line.at.astimezone(UTC)
    parts = [
        FORM, reference, line.number, at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), line.actor_id,
        line.verb, line.target_type, line.target_id, line.details, line.content_hash,
        line.previous,
    ]  # fmt: skip
    form = json.dumps(parts, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hmac.new(settings.TRAIL_KEY.encode(), form.encode(), hashlib.sha256).hexdigest()


def _check(verb: str, details: Mapping[str, str]) -> None:
    if not audit.VERB.fullmatch(verb):
        raise ValueError(f"A verb is <noun>.<action>, not {verb!r}.")
    for name, value in details.items():
        if not isinstance(value, str) or not audit.DETAIL.fullmatch(value):
            raise ValueError(f"Detail {name!r} of {verb} is not an id, a status or a hash.")


def case_of(row: Any) -> Case:
    """The case itself, or the case that this row is a part of."""
    from incidents.models import Case

    return row if isinstance(row, Case) else row.case


class CaseRefused(audit.Refused):
    """Somebody who sees a case tried what they may not. The line goes into the case's record."""

    def settle(self) -> None:
        if not self.settled and not audit.in_transaction():
            noun, _, action = self.verb.partition(".")
            with transaction.atomic(durable=True):
                record(
                    f"{noun}.refused", case_of(self.target), by=self.by, attempted=action,
                    reason=self.reason,
                )  # fmt: skip
            self.settled = True


class CaseWorkflow(Workflow[M]):
    """A workflow whose lines go into the record of the case."""

    def refusal(self, action: str, obj: M, by: User) -> audit.Refused:
        return CaseRefused(f"{self.name}.{action}", obj, by=by)

    def put_on_record(self, entry: audit.Entry) -> None:
        row: Any = entry.target
        write_line(entry.verb, case_of(row), entry.by, row, entry.details)
