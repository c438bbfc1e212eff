"""States that tests start from, reached the way a real school reaches them: through services."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from people.models import Membership, Organisation, User
from people.roles import Role
from people.services import membership as membership_services
from people.services import organisations

_serial = count(1)
LONG_AGO = timedelta(days=400)


def make_trust(name: str | None = None) -> Organisation:
    number = next(_serial)
    return organisations.found(
        "trust", name=name or f"Trust {number}", slug=f"trust-{number}", by=None
    )


def make_school(
    name: str | None = None, *, trust: Organisation | None = None, **details: Any
) -> Organisation:
    number = next(_serial)
    return organisations.found(
        "school",
        name=name or f"School {number}",
        slug=f"school-{number}",
        parent=trust,
        domains=(f"school{number}.example",),
        by=None,
        **details,
    )


def make_person(name: str | None = None, *, email: str | None = "") -> User:
    """A person with an address (None: without one) and no password."""
    number = next(_serial)
    address = f"person{number}@example.org" if email == "" else email
    return User.objects.create_user(address, name or f"Person Number{number}")


def make_member(
    person: User, at: Organisation, *roles: Role, since: date | None = None, **details: Any
) -> Membership:
    since = since or timezone.localdate() - LONG_AGO
    return membership_services.join(person, at, roles=roles, starts_on=since, by=None, **details)


def make_user(
    *roles: Role, at: Organisation | None = None, name: str | None = None, **details: Any
) -> User:
    """A person, with these roles at the school `at` if one is given."""
    user = make_person(name)
    if at is not None:
        make_member(user, at, *roles, **details)
    return user
