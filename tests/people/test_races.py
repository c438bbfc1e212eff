"""Two people at the office at the same moment, with real threads and transactions."""

from __future__ import annotations

import pytest

from people.models import Invitation, User
from people.roles import Role
from people.services import invitations, sign_in
from people.services import membership as memberships
from tests.factories import make_school, make_user
from tests.races import together, while_held
from web.errors import RuleBroken

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.only_on("postgresql")]


def test_an_invitation_sent_twice_at_once_goes_out_without_an_error() -> None:
    school = make_school()
    office, teacher = make_user(Role.OFFICE, at=school), make_user(Role.STAFF, at=school)

    sent = together(*(lambda: invitations.invite(teacher, school, by=office) for _ in range(2)))

    assert all(isinstance(one, Invitation) for one in sent), sent
    assert Invitation.objects.open().count() == 1


def test_everybody_invited_twice_at_once_gets_one_mail() -> None:
    school = make_school()
    office = make_user(Role.OFFICE, at=school)
    waiting = [make_user(Role.STAFF, at=school) for _ in range(3)]

    together(*(lambda: invitations.invite_all(waiting, school, by=office) for _ in range(2)))

    assert Invitation.objects.count() == len(waiting)


def test_an_invitation_accepted_twice_counts_once() -> None:
    school = make_school()
    office, teacher = make_user(Role.OFFICE, at=school), make_user(Role.STAFF, at=school)
    invitation = invitations.invite(teacher, school, by=office)

    done = together(
        *(lambda n=n: invitations.accept(invitation, f"long pass phrase {n}") for n in range(2))
    )

    assert sum(isinstance(one, User) for one in done) == 1, done
    assert sum(isinstance(one, RuleBroken) for one in done) == 1, done


def test_somebody_who_leaves_may_choose_a_password_at_the_same_moment() -> None:
    school = make_school()
    office, teacher = make_user(Role.OFFICE, at=school), make_user(Role.STAFF, at=school)
    post = teacher.memberships.get()

    result = while_held(
        lambda: User.objects.filter(pk=teacher.pk).update(theme="dark"),
        lambda: memberships.leave(post, last_day=post.starts_on, by=office),
        lambda: sign_in.choose_password(teacher, "a long pass phrase"),
    )

    assert not isinstance(result, Exception), repr(result)
