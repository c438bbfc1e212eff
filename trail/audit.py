"""The one writer of the trail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from django.core.exceptions import PermissionDenied
from django.db import connection, models, transaction
from django.utils import timezone

from trail.chain import Line, beginning, hash_of
from trail.models import AuditEvent, ChainHead
from web.prepared import prepared

if TYPE_CHECKING:
    from people.models import Organisation, User

VERB = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
DETAIL = re.compile(r"[A-Za-z0-9 _.:,+-]{0,200}")


class Audited(Protocol):
    """Anything with a record: a saved row that says whose it is."""

    pk: int
    _meta: ClassVar[models.options.Options[Any]]

    @property
    def organisation(self) -> Organisation: ...


@dataclass(frozen=True)
class Entry:
    """A line still to be written, for `record_many`. `at` says whose record, as in `record`."""

    verb: str
    target: Audited
    by: User | None
    details: Mapping[str, str] = field(default_factory=dict)
    at: Organisation | None = None


def record(
    verb: str, target: Audited, *, by: User | None, at: Organisation | None = None, **details: str
) -> AuditEvent:
    """Write one line in the record, as the last thing in the caller's transaction.

    `by=None` means the portal itself acted. The line goes into the record of
    `target.organisation`; a target that has none (a person) needs `at`.

    Raises RuntimeError outside a transaction and ValueError for a detail that may be free text.
    """
    return record_many([Entry(verb, target, by, details, at)])[0]


def record_many(entries: Iterable[Entry]) -> list[AuditEvent]:
    """Write several lines, in the order given within each organisation's record.

    Heads are locked in the order of organisation ids, so that two writers never wait for each
    other.
    """
    if not in_transaction():
        raise RuntimeError("A line of the record belongs in the transaction of what it records.")
    by_chain: dict[int, list[tuple[int, Entry]]] = {}
    for position, entry in enumerate(entries):
        _check(entry)
        by_chain.setdefault(_organisation_id(entry), []).append((position, entry))
    written: dict[int, AuditEvent] = {}
    for organisation_id in sorted(by_chain):
        positions = [position for position, _ in by_chain[organisation_id]]
        lines = _extend(organisation_id, [entry for _, entry in by_chain[organisation_id]])
        written.update(zip(positions, lines, strict=True))
    return [written[position] for position in sorted(written)]


def in_transaction() -> bool:
    """Whether a transaction of the portal's own is open. One opened by a test case is not."""
    blocks = connection.atomic_blocks
    return bool(blocks) and not getattr(blocks[-1], "_from_testcase", False)


def listed(values: Iterable[str]) -> str:
    """Values as one detail, sorted, with commas. A list too long to fit ends with "+7"."""
    ordered = sorted(values)
    text = ",".join(ordered)
    shown = len(ordered)
    while len(text) > 200:
        shown -= 1
        text = ",".join([*ordered[:shown], f"+{len(ordered) - shown}"])
    return text


class Refused(PermissionDenied):
    """Somebody tried what they may not. Leaves a line once the attempt has been rolled back.

    Whoever holds the outermost transaction calls `settle` after it ended: `Workflow.step`,
    `refusals_on_record`, or the middleware for what reaches a view.
    """

    def __init__(self, verb: str, target: Audited, *, by: User, reason: str = "role") -> None:
        self.verb, self.target, self.by, self.reason = verb, target, by, reason
        self.settled = False
        super().__init__(f"{verb} refused: {reason}")

    def settle(self) -> None:
        """Write the line, unless it is written or a transaction is open that will roll back."""
        if not self.settled and not in_transaction():
            record_refusal(self.verb, self.target, by=self.by, reason=self.reason)
            self.settled = True


@contextmanager
def refusals_on_record() -> Iterator[None]:
    """`transaction.atomic()` for a service that raises `Refused`; decorator or `with`."""
    try:
        with transaction.atomic():
            yield
    except Refused as refusal:
        refusal.settle()
        raise


def record_refusal(verb: str, target: Audited, *, by: User, reason: str = "role") -> AuditEvent:
    """Write that somebody tried `verb` and was refused. Call it after the rollback.

    Runs in a transaction of its own: inside another one the line would be rolled back with it,
    so that is a RuntimeError. `reason` is a code, such as "role" or "own_case".
    """
    noun, _, action = verb.partition(".")
    with transaction.atomic(durable=True):
        return record(f"{noun}.refused", target, by=by, attempted=action, reason=reason)


def _extend(organisation_id: int, entries: list[Entry]) -> list[AuditEvent]:
    head = _head(organisation_id)
    events = []
    for entry in entries:
        events.append(_follow(head, entry))
        head.number, head.hash = events[-1].number, events[-1].hash
    AuditEvent.objects.bulk_create(events)
    head.save(update_fields=["number", "hash"])
    return events


def _head(organisation_id: int) -> ChainHead:
    """The end of an organisation's record, locked; its beginning where there is none yet."""
    if found := _locked_head(organisation_id=organisation_id):
        return found[0]
    head, _ = ChainHead.objects.select_for_update().get_or_create(
        organisation_id=organisation_id,
        defaults={"number": 0, "hash": beginning(organisation_id)},
    )
    return head


@prepared
def _locked_head(*, organisation_id: int) -> models.QuerySet[ChainHead]:
    return ChainHead.objects.select_for_update().filter(organisation_id=organisation_id)


def _follow(head: ChainHead, entry: Entry) -> AuditEvent:
    line = Line(
        organisation_id=head.organisation_id,
        number=head.number + 1,
        at=timezone.now(),
        actor_id=entry.by.pk if entry.by else None,
        verb=entry.verb,
        target_type=entry.target._meta.label_lower,
        target_id=entry.target.pk,
        details=dict(entry.details),
        previous=head.hash,
        hash="",
    )
    return AuditEvent(**line._replace(hash=hash_of(line))._asdict())


def _organisation_id(entry: Entry) -> int:
    if entry.at is not None:
        return entry.at.pk
    # The column first: reading the related row would cost a query.
    return getattr(entry.target, "organisation_id", None) or entry.target.organisation.pk


def _check(entry: Entry) -> None:
    if not VERB.fullmatch(entry.verb):
        raise ValueError(f"A verb is <noun>.<action>, not {entry.verb!r}.")
    for name, value in entry.details.items():
        if not isinstance(value, str) or not DETAIL.fullmatch(value):
            raise ValueError(
                f"Detail {name!r} of {entry.verb} is not an id, a status or a hash: "
                "at most 200 of letters, digits, space and _ . : , + -"
            )
