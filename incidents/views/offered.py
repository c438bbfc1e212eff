"""What a page of a case offers: nothing that its state or its kind rules out for good."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from incidents.models import Case
from incidents.workflow import Move, is_about_staff, red_is_not_set_aside
from people.models import User

Guard = Callable[[Case, User | None], Iterator[str]]
# What only another kind of case may do. What can be mended is offered, and says what is missing.
RULED_OUT: Mapping[str, tuple[Guard, ...]] = {
    Move.LOW_LEVEL: (is_about_staff, red_is_not_set_aside),
    Move.NO_ACTION: (red_is_not_set_aside,),
}


def offered(moves: Iterable[Move], case: Case) -> list[Move]:
    """Of these moves those that this case could take. No query."""
    return [
        move
        for move in moves
        if not any(list(guard(case, None)) for guard in RULED_OUT.get(move, ()))
    ]
