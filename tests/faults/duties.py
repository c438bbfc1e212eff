"""Everybody owes one signature, a week after the day on which the faults happen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet

from people.duty import Duty, DutySource
from people.models import Organisation, User
from tests.faults import DUE, SLUG


def _owed(people: QuerySet[User], on: date) -> Iterator[Duty]:
    school = Organisation.objects.filter(slug=SLUG).values_list("pk", flat=True).first()
    for person in people.values_list("pk", flat=True).iterator():
        yield Duty(
            kind="policy.sign",
            occasion="policy.sign:1",
            person_id=person,
            organisation_id=school or 0,
            due_on=DUE,
            title="Read and sign: Online safety",
            url="/policies/1/",
        )


SIGNING = DutySource("policy.sign", "Policy to sign", _owed)
