"""What people owe to policies in force: reading and signing them.

Signing off, reworking and reviewing are in `sign_off_duties` and `review_duties`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import QuerySet

from governance.obligations import Obligation, obligations, obligations_of, owed
from people.duty import Duty, DutySource, among
from people.models import User
from web.addresses import address


def _signatures_owed(people: QuerySet[User], on: date) -> Iterator[Duty]:
    return _to_sign(obligations(owed(on).filter(among(people))))


def _signatures_owed_by(person_id: int, on: date) -> Iterator[Duty]:
    return _to_sign(obligations_of(person_id, on))


def _to_sign(owing: Iterable[Obligation]) -> Iterator[Duty]:
    for one in owing:
        yield Duty(
            kind="policy.sign",
            occasion=f"policy.sign:{one.asking_id}",
            person_id=one.person_id,
            organisation_id=one.organisation_id,
            due_on=one.due_on,
            title=f"Read and sign: {one.title}",
            url=address("governance:read", one.policy_id),
            line_manager_id=one.line_manager_id,
            since=one.since,
            paused_until=one.paused_until,
            note="Your question about it is open." if one.paused_until else "",
        )


SIGNING = DutySource("policy.sign", "Policy to sign", _signatures_owed, _signatures_owed_by)
