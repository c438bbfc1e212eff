"""State machines, written as tables.

A workflow is a table of legal moves, one rule about who may make them, and guards that say what
is still missing. The service, the buttons, the tests and the diagram all read the same table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from trail import audit
from trail.audit import Refused
from web.errors import RuleBroken

if TYPE_CHECKING:
    from people.models import User

M = TypeVar("M", bound=Any)  # any model with `organisation` and `status`


class InvalidTransition(RuleBroken):
    """The row is not in a status from which this action leads anywhere."""


@dataclass(frozen=True)
class Workflow(Generic[M]):
    """How one kind of thing may move from status to status.

    moves: action -> {status before: status after}. guards: action -> functions that yield a
    sentence for each thing that stands in the way. `start`: the status a new row has.
    """

    name: str
    moves: Mapping[str, Mapping[str, str]]
    allowed: Callable[[str, M, User], bool]
    guards: Mapping[str, tuple[Callable[[M, User | None], Iterable[str]], ...]] = field(
        default_factory=dict
    )
    start: str = ""

    def target(self, action: str, status: str) -> str:
        """The status this action leads to. Raises InvalidTransition where it leads nowhere."""
        try:
            return self.moves[action][status]
        except KeyError:
            raise InvalidTransition(
                f"You cannot {_words(action)} this: it is {_words(status)}."
            ) from None

    def actions_for(self, obj: M, user: User) -> list[str]:
        """What this person could do to this object now. Pages draw their buttons from it."""
        return [
            action
            for action, path in self.moves.items()
            if obj.status in path and self.allowed(action, obj, user)
        ]

    def problems(self, action: str, obj: M, user: User | None) -> list[str]:
        """Every sentence that stands in the way of this action, for a page or for `step`."""
        return [reason for guard in self.guards.get(action, ()) for reason in guard(obj, user)]

    @contextmanager
    def step(
        self, obj: M, action: str, *, by: User | None, details: dict[str, str] | None = None
    ) -> Iterator[M]:
        """Lock, check, let the caller set its own fields, save, record.

        The only code in the portal that writes `status`. `by=None` is the portal itself, which
        needs no permission but keeps to the moves and the guards. The caller may add to `details`
        until the block ends.

        Raises Refused (a PermissionDenied that leaves a line on the record), InvalidTransition,
        or RuleBroken with the sentences of every guard that fails.
        """
        with audit.refusals_on_record():
            rows = type(obj)._default_manager.select_for_update(of=("self",), no_key=True)
            try:
                obj = rows.get(pk=obj.pk)
            except type(obj).DoesNotExist:
                raise InvalidTransition("Somebody has deleted this meanwhile.") from None
            if by is not None and not self.allowed(action, obj, by):
                raise self.refusal(action, obj, by)
            before, after = obj.status, self.target(action, obj.status)
            RuleBroken.if_any(self.problems(action, obj, by))
            obj.status = after
            yield obj
            obj.save()
            told = {"before": str(before), "after": str(after), **(details or {})}
            self.put_on_record(audit.Entry(f"{self.name}.{action}", obj, by, told))

    def refusal(self, action: str, obj: M, by: User) -> Refused:
        """What `step` raises for whoever may not. Things with a record of their own override it."""
        return Refused(f"{self.name}.{action}", obj, by=by)

    def put_on_record(self, entry: audit.Entry) -> None:
        """Where the line of a move goes."""
        audit.record_many([entry])

    def diagram(self) -> str:
        """The table as a Mermaid state diagram, for docs/."""
        lines = [f"    [*] --> {self.start}"] if self.start else []
        for action, path in self.moves.items():
            lines += [
                f"    {before} --> {after}: {_words(action)}" for before, after in path.items()
            ]
        return "\n".join(["stateDiagram-v2", *lines, ""])


def _words(code: str) -> str:
    return str(code).replace("_", " ")
