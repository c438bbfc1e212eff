"""Two of everything at once."""

from __future__ import annotations

from functools import partial

import pytest
from django.db.models import Count

from notices.models import Mail, Notice
from notices.services import sweep
from tests.factories import make_school, make_user
from tests.notices.conftest import TUESDAY, at, in_threads, owe


@pytest.mark.demand("G1")
def test_four_sweeps_at_once_tell_everybody_once(shared_database: None) -> None:
    def found() -> None:
        school = make_school()
        manager = make_user(at=school)
        for number in range(30):
            owe(make_user(at=school), school, -8, manager=manager, what=str(number % 3))

    def counted() -> tuple[int, int, int, int]:
        twice = (
            Mail.objects.values("recipient", "digest_on").annotate(n=Count("pk")).filter(n__gt=1)
        )
        lost = Notice.objects.filter(mail=None)
        return Notice.objects.count(), Mail.objects.count(), twice.count(), lost.count()

    in_threads(found)
    in_threads(*[partial(sweep, at(TUESDAY))] * 4)

    assert in_threads(counted) == [(60, 31, 0, 0)]
