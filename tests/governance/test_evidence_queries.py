"""Packs and as-at answers ask the same number of questions of ten people and of a thousand."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from governance.as_at import Question
from governance.evidence import packing
from governance.models import EvidencePack
from people.models import Organisation, User
from people.roles import Role
from tests import crowds
from tests.factories import make_school, make_trust, make_user
from tests.governance.packs import ask
from tests.queries import visit

pytestmark = pytest.mark.django_db
FEW, MANY = 10, 1_000


@pytest.fixture
def school() -> Organisation:
    return make_school(trust=make_trust())


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


@pytest.fixture
def grow(school: Organisation, head: User) -> Callable[[int], None]:
    """So many people more; four of five have signed the first of two policies."""
    policies = crowds.many_policies(school, head, 2)

    def more(number: int) -> None:
        people = crowds.many_people(school, number)
        crowds.many_signatures(policies[0], people[: number * 4 // 5], school)
        crowds.many_exemptions(people[-2:], school, head)

    return more


def statements(deed: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        deed()
    return len(captured)


@pytest.mark.demand("D12")
def test_a_school_is_answered_in_three_queries(
    school: Organisation, grow: Callable[[int], None]
) -> None:
    def ask_all() -> int:
        return len(list(Question.at(school, timezone.now()).standings()))

    grow(FEW)
    assert statements(ask_all) == 3
    grow(MANY)
    assert statements(ask_all) == 3
    assert ask_all() == 2 * (FEW + MANY + 1)


@pytest.mark.demand("D18")
@pytest.mark.parametrize(("kind", "most"), [("school", 16), ("governors", 12)])
def test_a_pack_takes_as_many_queries_for_ten_people_as_for_a_thousand(
    school: Organisation, head: User, grow: Callable[[int], None], kind: str, most: int
) -> None:
    def queries() -> int:
        pack = EvidencePack.objects.select_related(
            "organisation__parent", "policy", "person", "requested_by"
        ).get(pk=ask(school, head, kind).pk)
        return statements(lambda: packing.make(pack, timezone.now()))

    grow(FEW)
    few = queries()
    grow(MANY)
    assert queries() == few <= most


@pytest.mark.once
@pytest.mark.demand("D18")
def test_memory_does_not_grow_with_the_people(
    school: Organisation, head: User, grow: Callable[[int], None]
) -> None:
    """Rows are written while they are read; what has to wait waits compressed."""

    def peak() -> int:
        pack = EvidencePack.objects.get(pk=ask(school, head).pk)
        tracemalloc.start()
        try:
            packing.make(pack, timezone.now())
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    grow(2_600)  # more names than the summary lists
    first = peak()
    grow(2_600)
    more = (peak() - first) / 5_200  # bytes for each line more of "who has signed"
    assert more < 300, f"{more:.0f} bytes a line"


def test_the_page_of_one_person(
    school: Organisation, head: User, grow: Callable[[int], None]
) -> None:
    teacher = make_user(Role.STAFF, at=school)
    address = reverse("governance:as_at", args=[school.slug, teacher.pk])
    policies = crowds.many_policies(school, head, 60)
    crowds.one_signer_of_many(teacher, policies[:1], school)
    grow(FEW)
    few = visit(head, address)
    crowds.one_signer_of_many(teacher, policies[1:], school)
    grow(MANY)
    many = visit(head, address)
    assert few.response.status_code == many.response.status_code == 200
    assert len(many) == len(few) <= 12, f"{len(few)}, {len(many)}:\n{many}"


def test_the_list_of_packs(school: Organisation, head: User) -> None:
    def packs(number: int) -> None:
        now, before = timezone.now(), EvidencePack.objects.count()
        EvidencePack.objects.bulk_create(
            EvidencePack(
                reference=f"E-{before + n}",
                organisation=school,
                kind="person",
                person=head,
                as_at=now,
                requested_by=head,
                requested_at=now,
            )
            for n in range(number)
        )

    address = reverse("governance:evidence", args=[school.slug])
    packs(FEW)
    few = visit(head, address)
    packs(MANY)
    many = visit(head, address)
    assert len(many) == len(few) <= 8, f"{len(few)}, {len(many)}:\n{many}"
