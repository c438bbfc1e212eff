"""Telling the leadership team, the DSL and the runners that something happened to an account."""

from __future__ import annotations

from accounts.models import SocialAccount
from notices.services import notify
from people.models import Membership, User
from people.roles import Role

LEADERS = (Role.HEAD, Role.SLT, Role.DSL, Role.DEPUTY_DSL)


def tell_leaders(
    account: SocialAccount, what: str, title: str, *, urgent: bool = False, but: User | None = None
) -> None:
    """Each of them once, in the transaction that causes it. `but` did it, and knows."""
    today = account.organisation.today()
    posts = Membership.objects.active(today).filter(organisation=account.organisation)
    people = User.objects.filter(pk__in=posts.holding(LEADERS, today).values("person"))
    for person in people:
        if person != but:
            notify(
                person,
                organisation=account.organisation,
                kind=f"account.{what.partition(':')[0]}",
                occasion=f"account.{what}:{account.pk}:{today}",
                title=title,
                url=account.get_absolute_url(),
                urgent=urgent,
            )
