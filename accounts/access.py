"""Who is at an account beside its runners: on a trip, in an emergency. How many run it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from accounts.models import Emergency, Runner, SocialAccount, Trip
from accounts.workflow import tends
from people.models import Membership, Organisation, User
from people.roles import Permission, Role, roles_with

if TYPE_CHECKING:
    from datetime import date

Kind = Emergency.Kind
IT = (Role.IT, Role.TRUST_IT)


def kinds_of(user: User, at: Organisation) -> list[str]:
    """As whom they may open an account in an emergency: IT, the leadership team, or neither."""
    held = {
        role
        for post in user.posts
        if post.organisation.pk in (at.pk, at.parent_id)
        for role in post.roles
    }
    found: list[str] = [Kind.IT] if held & {*IT} else []
    return [*found, Kind.LEADERS] if user.can(Permission.DECIDE_ACCOUNTS, at=at) else found


def of_kind(kind: str, at: Organisation) -> QuerySet[User]:
    """Everybody of that kind today: those of the school, and of the trust above it."""
    roles = IT if kind == Kind.IT else roles_with(Permission.DECIDE_ACCOUNTS)
    today = at.today()
    posts = Membership.objects.active(today).filter(
        Q(organisation=at) | Q(organisation=at.parent_id)
    )
    found: QuerySet[User] = User.objects.filter(pk__in=posts.holding(roles, today).values("person"))
    return found


def is_lent_to(account: SocialAccount, user: User, on: date | None = None) -> bool:
    """Whether this person has it with them on a trip today."""
    day = on or account.organisation.today()
    return Trip.objects.under_way(day).filter(account=account, person=user).exists()


def writes_log(account: SocialAccount, user: User) -> bool:
    """Whoever runs it or keeps the register, and whoever has it on a trip."""
    return tends(account, user) or is_lent_to(account, user)


def sizes(accounts: Iterable[int], on: date) -> dict[int, int]:
    """How many people run each of these accounts that day: as few as possible should (A9)."""
    found: dict[int, int] = dict.fromkeys(accounts, 0)
    rows = Runner.objects.current(on).filter(account__in=list(found))
    for account, _ in rows.values_list("account", "pk"):
        found[account] += 1
    return found
