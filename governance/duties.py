"""What people owe to policies in force: reading and signing them.

Signing off, reworking and reviewing are in `sign_off_duties` and `review_duties`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from governance.models import Acknowledgement
from governance.obligations import Obligation, obligations, obligations_of, owed, pairs
from people.duty import Duty, DutySource, among
from people.models import User
from web.addresses import address
from web.joins import joined_by_hashing


def _signatures_owed(people: QuerySet[User], on: date) -> Iterator[Duty]:
    bounds = getattr(people, "bounds", None)
    if bounds is None:
        return _to_sign(obligations(owed(on).filter(among(people))))
    # A batch of a sweep, ten pairs a person: what is signed is joined, not looked up for each.
    signed = Acknowledgement.objects.counting().filter(
        person__gte=bounds[0],
        person__lt=bounds[1],
        person=OuterRef("person"),
        policy=OuterRef("policy_ref"),
        ordinal__gte=OuterRef("ordinal"),
    )
    unsigned = pairs(on).filter(~Exists(signed), among(people), exempt=False)
    return _to_sign(joined_by_hashing(obligations(unsigned)))


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
