"""A page asks the same number of questions at 10 and at 1,000 rows, and no more than its ceiling.

The ceilings are those of the design (H1 to H4, H9); pages without a figure there have 8 for a list
and 12 for anything else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from governance.models import Policy
from governance.services import drafts
from notices.health import BEAT
from notices.services import beat
from people.models import Absence, Membership, Organisation, User
from people.roles import Role
from people.services import importing
from tests import crowds
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_policy
from tests.queries import Visit, visit

pytestmark = pytest.mark.django_db
FEW, MANY = 10, 1_000
Grow = Callable[[int], Any]


@pytest.fixture(autouse=True)
def _worker_runs(db: None) -> None:
    """As in a portal at work: one that has never had a worker asks once more about waiting mail."""
    beat(BEAT)


@pytest.fixture
def trust() -> Organisation:
    return make_trust()


@pytest.fixture
def school(trust: Organisation) -> Organisation:
    return make_school(trust=trust)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


@pytest.fixture
def policy(school: Organisation, head: User) -> Policy:
    return make_policy(school, by=head)


def constant(
    user: User, url: str, grow: Grow, *, ceiling: int, many: int = MANY, status: int = 200
) -> Visit:
    """Open the page with few rows and with many; say what it asked when it asked for more."""
    grow(FEW)
    few = visit(user, url)
    assert few.response.status_code == status, few.response.status_code
    grow(many - FEW)
    lots = visit(user, url)
    assert lots.response.status_code == status
    assert len(lots) == len(few), f"{len(few)} with {FEW}, {len(lots)} with {many}:\n{lots}"
    assert len(lots) <= ceiling, f"{len(lots)} queries:\n{lots}"
    return lots


# H1: my tasks, my policies


@pytest.mark.demand("H1")
def test_my_tasks(school: Organisation, head: User) -> None:
    teacher = make_user(Role.STAFF, at=school)
    page = constant(
        teacher,
        reverse("overview:home"),
        lambda more: crowds.many_policies(school, head, more),
        ceiling=8,
    )
    assert page.body.count(b"/policies/") >= MANY


@pytest.mark.demand("H1")
def test_my_policies_with_as_many_owed_as_signed(school: Organisation, head: User) -> None:
    teacher = make_user(Role.STAFF, at=school)

    def grow(more: int) -> None:
        made = crowds.many_policies(school, head, more)
        crowds.one_signer_of_many(teacher, made[: more // 2], school)

    constant(teacher, reverse("governance:my_policies"), grow, ceiling=8)


@pytest.mark.demand("H1")
def test_a_person_at_several_schools_costs_no_more(trust: Organisation, head: User) -> None:
    person = make_user(Role.STAFF, at=make_school())

    def grow(more: int) -> None:
        for _ in range(more):
            place = make_school()
            crowds.many_policies(place, head, 2)
            crowds.Membership.objects.create(
                person=person, organisation=place, starts_on=place.today() - crowds.LONG_AGO
            )

    constant(person, reverse("overview:home"), grow, ceiling=8, many=30)


# H2: signing


@pytest.mark.demand("H2")
def test_signing_costs_twelve_queries_at_most(
    school: Organisation, head: User, policy: Policy
) -> None:
    counts = []
    for more in (FEW, MANY - FEW):
        crowds.many_signatures(policy, crowds.many_people(school, more), school)
        crowds.many_policies(school, head, FEW)
        teacher = make_user(Role.STAFF, at=school)
        assert policy.current is not None
        data = {"displayed": policy.current.content_hash, "typed_name": teacher.name}
        page = visit(teacher, reverse("governance:sign", args=[policy.pk]), data, method="post")
        assert page.response.status_code == 302
        assert teacher.acknowledgements.count() == 1
        assert len(page) <= 12, f"{len(page)}\n{page}"
        counts.append(len(page))
    assert counts[0] == counts[1]


def test_reading_a_policy_does_not_depend_on_who_has_signed(
    school: Organisation, policy: Policy
) -> None:
    constant(
        make_user(Role.STAFF, at=school),
        reverse("governance:read", args=[policy.pk]),
        lambda more: crowds.many_signatures(policy, crowds.many_people(school, more), school),
        ceiling=12,
    )


# H3, H4: who has signed


def half_signed(policy: Policy, school: Organisation, manager: User | None = None) -> Grow:
    def grow(more: int) -> None:
        people = crowds.many_people(school, more, manager=manager)
        crowds.many_signatures(policy, people[: more // 2], school)
        crowds.many_exemptions(people[more // 2 : more // 2 + 2], school, make_user())

    return grow


@pytest.mark.demand("H3")
@pytest.mark.parametrize(
    "query", ["", "?state=overdue", "?state=signed&page=2", "?q=crowd&department=Department+1"]
)
def test_who_has_signed(school: Organisation, head: User, policy: Policy, query: str) -> None:
    url = reverse("governance:signers", args=[school.slug, policy.pk]) + query
    constant(head, url, half_signed(policy, school), ceiling=8)


@pytest.mark.demand("H3")
def test_who_of_my_team_has_signed(school: Organisation, head: User, policy: Policy) -> None:
    manager = make_user(Role.STAFF, at=school)
    url = reverse("governance:signers", args=[school.slug, policy.pk])
    constant(manager, url, half_signed(policy, school, manager), ceiling=8)


@pytest.mark.demand("H4")
def test_who_has_signed_as_csv(school: Organisation, head: User, policy: Policy) -> None:
    url = reverse("governance:signers_csv", args=[school.slug, policy.pk])
    page = constant(head, url, half_signed(policy, school), ceiling=6)
    assert page.response.streaming
    assert page.body.count(b"\n") > MANY


# H9: dashboards


@pytest.mark.demand("H9")
def test_the_dashboard_of_a_school(school: Organisation, head: User, policy: Policy) -> None:
    def grow(more: int) -> None:
        half_signed(policy, school)(more)
        crowds.many_policies(school, head, more // FEW)

    constant(head, reverse("overview:dashboard", args=[school.slug]), grow, ceiling=15)


@pytest.mark.demand("H9")
def test_the_dashboard_of_a_trust(trust: Organisation, head: User) -> None:
    lead = make_user(Role.TRUST_LEAD, at=trust)
    crowds.many_policies(trust, lead, 3)

    def grow(more: int) -> None:
        for place in crowds.many_schools(trust, more):
            crowds.many_people(place, 3)

    url = reverse("overview:dashboard", args=[trust.slug])
    constant(lead, url, grow, ceiling=15, many=100)


# The other lists


def test_the_policies_of_a_school(school: Organisation, head: User) -> None:
    constant(
        head,
        reverse("governance:manage", args=[school.slug]),
        lambda more: crowds.many_policies(school, head, more),
        ceiling=12,
    )


def test_a_policy_as_its_manager_sees_it(trust: Organisation, head: User) -> None:
    lead = make_user(Role.TRUST_LEAD, at=trust)
    shared = make_policy(trust, by=lead)

    def grow(more: int) -> None:
        for place in crowds.many_schools(trust, more):
            crowds.many_people(place, 2)

    constant(lead, reverse("governance:policy", args=[shared.pk]), grow, ceiling=14, many=100)


def test_the_history_of_a_policy(school: Organisation, head: User, policy: Policy) -> None:
    url = reverse("governance:history", args=[policy.pk])
    constant(
        head, url, lambda more: crowds.many_published_versions(policy, head, more),
        ceiling=12, many=100,
    )  # fmt: skip


@pytest.mark.parametrize("which", ["audience", "publish"])
def test_whom_a_draft_would_reach(
    school: Organisation, head: User, policy: Policy, which: str
) -> None:
    version = drafts.start_version(policy, by=head)
    url = reverse(f"governance:{which}", args=[version.pk])
    constant(head, url, lambda more: crowds.many_people(school, more), ceiling=14)


def test_the_exemptions_of_a_school(school: Organisation, head: User) -> None:
    def grow(more: int) -> None:
        crowds.many_exemptions(crowds.many_people(school, more), school, head)

    constant(head, reverse("governance:exemptions", args=[school.slug]), grow, ceiling=8)


def test_exempting_somebody_from_a_long_list(school: Organisation, head: User) -> None:
    def grow(more: int) -> None:
        crowds.many_people(school, more)

    constant(head, reverse("governance:exemption_new", args=[school.slug]), grow, ceiling=8)


def test_the_people_of_a_school(school: Organisation, head: User) -> None:
    url = reverse("people:list", args=[school.slug])
    constant(head, url, lambda more: crowds.many_people(school, more, manager=head), ceiling=8)


def test_the_people_of_a_school_as_csv_ask_once_more_for_every_500(
    school: Organisation, head: User
) -> None:
    url = reverse("people:export", args=[school.slug])
    crowds.many_people(school, FEW)
    few = visit(head, url)
    crowds.many_people(school, MANY - FEW)
    lots = visit(head, url)
    assert lots.body.count(b"\n") > MANY
    assert len(lots) <= len(few) + MANY // 500, lots
    assert len(few) <= 8


def test_one_person(school: Organisation, head: User) -> None:
    person = make_user(Role.STAFF, at=school)
    url = reverse("people:detail", args=[school.slug, person.pk])
    constant(head, url, lambda more: crowds.many_people(school, more), ceiling=12)


def test_a_staff_list_before_it_is_confirmed(school: Organisation, head: User) -> None:
    def preview(number: int) -> Visit:
        rows = [f"Person {n},new{n}@example.org,Maths" for n in range(number)]
        data = "\n".join(["Name,E-mail,Department", *rows]).encode()
        found = importing.upload(school, data, by=head)
        page = visit(head, reverse("people:import_preview", args=[school.slug, found.pk]))
        assert page.response.status_code == 200
        return page

    few, lots = preview(FEW), preview(MANY)
    assert len(few) == len(lots), lots
    assert len(lots) <= 14, f"{len(lots)}\n{lots}"


@pytest.mark.parametrize("which", ["school", "object"])
def test_the_record(school: Organisation, head: User, policy: Policy, which: str) -> None:
    target = policy.current
    assert target is not None
    args = (
        [school.slug] if which == "school" else [school.slug, target._meta.label_lower, target.pk]
    )

    def grow(more: int) -> None:
        crowds.many_lines(school, crowds.many_people(school, FEW), target, more)

    constant(head, reverse(f"trail:{which}", args=args), grow, ceiling=8)


@pytest.mark.parametrize("kind", ["policy.sign", "training.take", "self_check.do"])
def test_what_is_owed_at_a_school(
    school: Organisation, head: User, policy: Policy, kind: str
) -> None:
    url = reverse("notices:owed", args=[school.slug]) + f"?kind={kind}"
    constant(head, url, lambda more: crowds.many_people(school, more), ceiling=8)


def test_who_is_away(school: Organisation, head: User) -> None:
    post = head.memberships.get()

    def grow(more: int) -> None:
        crowds.many_people(school, more)
        away = Membership.objects.filter(organisation=school, absences=None).exclude(pk=post.pk)
        Absence.objects.bulk_create(
            Absence(
                membership=one, deputy=post, starts_on=school.today(), ends_on=school.today(),
                set_by=head,
            )
            for one in away
        )  # fmt: skip

    constant(head, reverse("people:cover_list", args=[school.slug]), grow, ceiling=8)


def test_my_notices(school: Organisation, head: User) -> None:
    def grow(more: int) -> None:
        person = crowds.many_people(school, 1)[0]
        crowds.many_notices(head, school, more, about=person)

    constant(head, reverse("notices:mine"), grow, ceiling=8)


def test_how_the_schools_mail_fares(school: Organisation, head: User) -> None:
    def grow(more: int) -> None:
        people = crowds.many_people(school, more)
        for person in people[:FEW]:
            crowds.many_notices(person, school, more // FEW, about=person)
        User.objects.filter(pk__in=[one.pk for one in people[:FEW]]).update(email=None)

    constant(head, reverse("notices:delivery", args=[school.slug]), grow, ceiling=12)
