"""The accounts of the demo trust: some well run, one with too few runners, one nobody agreed to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.models import SocialAccount
from accounts.services import life, register, rotations, runners
from overview.demo.part import HIGH, PRIMARY

if TYPE_CHECKING:
    from overview.demo.story import Demo


def tell(demo: Demo) -> None:
    with demo.on(-210):
        news = _enter(
            demo,
            PRIMARY,
            "facebook",
            "https://www.facebook.com/thistledownprimary",
            "School news",
            ("deputy", "office"),
            aim="What happens at school, for families and neighbours.",
            audience="Parents, carers and the village",
            department="Office",
            shows_pupils=True,
        )
        classes = _enter(
            demo,
            PRIMARY,
            "instagram",
            "@thistledown_classrooms",
            "Our classrooms",
            ("h.wynn", "deputy"),
            aim="Pictures of work, never of faces.",
            audience="Families of pupils",
            access=SocialAccount.Access.CLOSED,
        )
        drama = _enter(
            demo,
            HIGH,
            "instagram",
            "@merrowgate_drama",
            "Drama department",
            ("teacher", "h.wynn@primary"),
            aim="Rehearsals, dates and tickets.",
            audience="Pupils from year 9, their families",
            department="Drama",
            faces_pupils=True,
        )
        _enter(
            demo,
            HIGH,
            "x",
            "@merrowgatesport",
            "Sports results",
            ("deputy",),
            aim="Fixtures and results on match days.",
            audience="Families and other schools",
        )
    with demo.on(-200):
        register.set_house_rules(
            news,
            by=demo.person(PRIMARY, "head"),
            is_public=True,
            exceptions="Later on the day of the summer fair, and when the school has to close.",
            follows="Schools, libraries and clubs nearby.",
            pictures="Hands, work and backs of heads; faces only where parents have agreed.",
            replies="We answer questions within two school days. We do not speak about a child "
            "in public: please ring the office.",
            devices="The office computer and the school's tablet.",
        )
    for account, days in ((news, -30), (drama, -24)):
        _change(demo, account, days, verified=True)
    _change(demo, classes, -2, verified=False)
    with demo.on(-4):
        life.sweep_pauses()
    with demo.on(-12):
        office = demo.person(HIGH, "office")
        register.record_found(
            demo.places[HIGH],
            by=office,
            address="https://www.tiktok.com/@merrowgate.confessions",
            found_on=demo.day(-12),
            name="Merrowgate confessions",
        )


def _enter(
    demo: Demo,
    place: str,
    platform: str,
    address: str,
    name: str,
    run_by: tuple[str, ...],
    **details: object,
) -> SocialAccount:
    head = demo.person(place, "head")
    account = register.enter_existing(
        demo.places[place],
        by=head,
        platform=platform,
        address=address,
        name=name,
        agreed_on=demo.day(-460),
        agreed_note="The governors, at their spring meeting",
        **details,
    )
    for login in run_by:
        name_of, _, other = login.partition("@")
        runners.add(account, person=demo.person(PRIMARY if other else place, name_of), by=head)
    return account


def _change(demo: Demo, account: SocialAccount, days: int, *, verified: bool) -> None:
    first, second = account.runners.order_by("pk")[:2]
    with demo.on(days):
        done = rotations.attest(
            account,
            by=first.person,
            changed_at=timezone.now() - timedelta(minutes=10),
            sessions_ended=True,
            second_factor_ours=True,
            vault="" if account.on.has_roles else "The office's vault, folder Media",
            admins="The two runners" if account.on.has_roles else "",
        )
        if verified:
            rotations.verify(done, by=second.person)
