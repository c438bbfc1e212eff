"""Joining many at once, and what happens to roles when a last day moves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.importing import plan as plans
from people.models import Membership, Organisation, User
from people.roles import Role
from people.services import importing, organisations, staff
from people.services import membership as memberships
from people.services.membership import Joiner
from people.settings_registry import registered
from tests.factories import make_member, make_person, make_school, make_user
from trail.models import AuditEvent
from trail.verify import check
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
TODAY = date.today()
SOON, LATER = TODAY + timedelta(days=10), TODAY + timedelta(days=40)


def ends(post: Membership) -> dict[str, date | None]:
    return dict(post.roles.values_list("role", "ends_on"))


def rows(post: Membership) -> list[tuple[str, date, date | None]]:
    return sorted(post.roles.values_list("role", "starts_on", "ends_on"))


def test_many_join_as_one_does(school: Organisation) -> None:
    details = {"department": "Maths", "starts_on": date(2024, 9, 1)}
    roles = {Role.STAFF, Role.DSL}
    alone = memberships.join(make_person(), school, roles=roles, by=None, **details)
    [plain, alike] = memberships.join_many(
        [Joiner(make_person()), Joiner(make_person(), roles, details)], school, by=None
    )

    assert rows(alike) == rows(alone)
    assert Membership.objects.get(pk=alike.pk).department == "Maths"
    assert (plain.starts_on, rows(plain)) == (school.today(), [])
    lines = AuditEvent.objects.filter(verb="membership.join").order_by("number")
    assert [line.target_id for line in lines] == [alone.pk, plain.pk, alike.pk]
    assert [line.details for line in lines] == [
        {"roles": "dsl,staff"},
        {"roles": ""},
        {"roles": "dsl,staff"},
    ]
    assert check(school.pk).found is None


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        ({"employment": "wizard"}, "not a valid choice"),
        ({"department": "x" * 101}, "at most 100 characters"),
        ({"starts_on": SOON, "ends_on": TODAY}, "cannot be before the first"),
        ({"line_manager_id": 0}, "not a valid choice"),
        ({"line_manager_id": "self"}, "their own line manager"),
        ({"starts_on": TODAY - timedelta(days=9)}, "already at this school"),
        ({"starts_on": TODAY, "ends_on": SOON}, "already exists"),
    ],
)
def test_what_one_may_not_many_may_not(
    school: Organisation, details: dict[str, Any], sentence: str
) -> None:
    person, other = make_person(), make_person()
    if "already" in sentence:
        make_member(person, school, since=TODAY)
    if details.get("line_manager_id") == "self":
        details = {"line_manager_id": person.pk}
    with pytest.raises(ValidationError, match=sentence) as alone:
        memberships.join(person, school, by=None, **details)
    with pytest.raises(ValidationError, match=sentence) as together:
        memberships.join_many([Joiner(other), Joiner(person, (), details)], school, by=None)
    assert together.value.messages == alone.value.messages
    assert not other.memberships.exists(), "all or nobody"


def test_a_trust_role_is_not_for_a_school_and_nobody_joins_twice(school: Organisation) -> None:
    person = make_person()
    with pytest.raises(RuleBroken, match="a role at a trust"):
        memberships.join_many([Joiner(person, [Role.TRUST_LEAD])], school, by=None)
    with pytest.raises(ValueError, match="twice"):
        memberships.join_many([Joiner(person), Joiner(person)], school, by=None)
    assert not person.memberships.exists()


def test_many_posts_change_as_one_does(school: Organisation) -> None:
    posts = [make_member(make_person(), school, department="Arts") for _ in range(3)]
    wanted = {
        posts[0].pk: {"department": "Maths", "payroll_id": "7"},
        posts[1].pk: {"department": "Arts"},
    }
    assert memberships.change_many(wanted, by=None) == 1
    posts[0].refresh_from_db()
    assert (posts[0].department, posts[0].payroll_id) == ("Maths", "7")
    [line] = AuditEvent.objects.filter(verb="membership.change")
    assert (line.target_id, line.details) == (posts[0].pk, {"fields": "department,payroll_id"})

    wrong = {posts[0].pk: {"department": "Law"}, posts[2].pk: {"ends_on": date(1999, 1, 1)}}
    with pytest.raises(ValidationError, match="cannot be before the first"):
        memberships.change_many(wrong, by=None)
    posts[0].refresh_from_db()
    assert posts[0].department == "Maths", "all or none"


def statements(school: Organisation, by: User, people: int, department: str) -> int:
    """How many it takes to confirm a list of this length."""
    text = "Name,Email,Dept,Manager\n" + "".join(
        f"Ann Lee{n},ann{n}@x{people}.example,{department},{'' if n % 5 else 'Boss One'}\n"
        for n in range(people)
    )
    found = importing.upload(school, text.encode(), by=by)
    plan: plans.Plan = importing.plan_of(found)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        importing.confirm(found, by=by, digest=plan.digest)
    return len(queries)


def test_a_long_list_costs_hardly_more_statements_than_a_short_one() -> None:
    costs = []
    for people in (10, 60):
        school = make_school()
        office = make_user(Role.OFFICE, at=school)
        make_user(Role.HEAD, at=school, name="Boss One")
        costs.append(
            (
                statements(school, office, people, "Maths"),
                statements(school, office, people, "Arts"),
            )
        )
    (short, short_again), (long, long_again) = costs
    # SQLite takes some 80 rows a statement.
    assert long <= short + 4
    # One UPDATE for each post that changed.
    assert long_again - short_again <= 50 + 4


def test_a_later_last_day_takes_the_roles_along(school: Organisation) -> None:
    post = make_member(make_person(), school, Role.STAFF, Role.DSL)
    memberships.set_roles(post, {Role.STAFF}, by=None)  # DSL ended yesterday
    before = rows(post)
    memberships.leave(post, last_day=SOON, by=None)
    memberships.leave(post, last_day=LATER, by=None)
    assert rows(post) == [before[0], ("staff", before[1][1], LATER)]
    memberships.leave(post, last_day=SOON, by=None)
    assert rows(post) == [before[0], ("staff", before[1][1], SOON)]


def test_staying_after_all_opens_what_would_have_ended_with_the_post(school: Organisation) -> None:
    office = make_user(Role.OFFICE, at=school)
    post = make_member(make_person(), school, Role.STAFF, Role.DSL)
    memberships.set_roles(post, {Role.STAFF}, by=None)
    before = rows(post)
    memberships.leave(post, last_day=SOON, by=None)
    memberships.leave(post, last_day=LATER, by=None)
    staff.undo_leaving(post, by=office)
    assert rows(post) == before


def test_who_is_leaving_may_still_get_a_role_until_the_last_day(school: Organisation) -> None:
    office = make_user(Role.OFFICE, at=school)
    post = make_member(make_person(), school, Role.STAFF)
    memberships.leave(post, last_day=SOON, by=None)
    memberships.set_roles(post, {Role.STAFF, Role.SLT}, by=None)
    assert [(role, last_day) for role, _, last_day in rows(post)] == [
        ("slt", SOON),
        ("staff", SOON),
    ]
    memberships.set_roles(post, {Role.STAFF}, by=None)
    assert ends(post) == {"staff": SOON}
    memberships.set_roles(post, {Role.STAFF, Role.SLT}, by=None)
    staff.undo_leaving(post, by=office)
    assert [(role, last_day) for role, _, last_day in rows(post)] == [
        ("slt", None),
        ("staff", None),
    ]

    memberships.leave(post, last_day=TODAY - timedelta(days=1), by=None)
    with pytest.raises(RuleBroken, match="after the last day"):
        memberships.set_roles(post, {Role.STAFF, Role.SLT}, by=None)


def test_many_settings_at_once_leave_one_line(
    school: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = next(one for one in registered().values() if one.kind == "number")
    many = {f"{one.key}_{number:02}": one for number in range(30)}
    monkeypatch.setattr(organisations, "registered", lambda: many)
    head = make_user(Role.HEAD, at=school)
    organisations.change_settings(school, dict.fromkeys(many, one.minimum), by=head)
    changed = AuditEvent.objects.get(verb="organisation.settings").details["changed"]
    assert changed.startswith(f"{one.key}_00,")
    assert "+" in changed.rpartition(",")[2]
