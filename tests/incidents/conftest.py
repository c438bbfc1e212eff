"""One school with all its offices for each module; every test finds it as it was founded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from people.models import Organisation, User
from tests.incidents.factories import Cast, make_cast


@pytest.fixture(scope="module")
def founded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """Founding a school with eleven people takes longer than most of what is tested with them."""
    with django_db_blocker.unblock(), transaction.atomic():
        # One of the tests' own: services must not take it for theirs.
        transaction.get_connection().atomic_blocks[-1]._from_testcase = True  # type: ignore[attr-defined]
        yield make_cast()
        transaction.set_rollback(True)


@pytest.fixture
def cast(founded: Cast, db: None) -> Cast:
    """The same rows, read afresh: what a test did to an object is forgotten."""
    users = User.objects.in_bulk([user.pk for user in founded.everybody])
    people = {
        name: users[value.pk] for name, value in vars(founded).items() if isinstance(value, User)
    }
    school = Organisation.objects.select_related("parent").get(pk=founded.school.pk)
    return replace(founded, school=school, **people)
