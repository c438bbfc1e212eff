"""Telling the leadership team, the DSL and the runners that something happened to an account."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Runner, SocialAccount
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
    tell(people, account, f"{what}:{account.pk}:{today}", title, urgent=urgent, but=but)


def tell_runners(
    account: SocialAccount, what: str, title: str, *, urgent: bool = False, but: User | None = None
) -> None:
    """Those who run it today. `what` is the unique part of the occasion, such as "trip:12"."""
    runners = Runner.objects.current(account.organisation.today()).filter(account=account)
    people = User.objects.filter(pk__in=runners.values("person"))
    tell(people, account, what, title, urgent=urgent, but=but)


def tell(
    people: Iterable[User],
    account: SocialAccount,
    what: str,
    title: str,
    *,
    url: str = "",
    urgent: bool = False,
    but: User | None = None,
) -> None:
    """Each of these people once; the page is the account's where no other is given."""
    for person in people:
        if person != but:
            notify(
                person,
                organisation=account.organisation,
                kind=f"account.{what.partition(':')[0]}",
                occasion=f"account.{what}",
                title=title,
                url=url or account.get_absolute_url(),
                urgent=urgent,
            )
