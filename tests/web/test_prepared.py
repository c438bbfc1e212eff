"""Prepared queries: the rows of the queryset they stand on, and refusals of what cannot work."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet, Value
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from people.models import Membership, Organisation
from tests.factories import make_member, make_person, make_school, make_trust
from web import prepared as module
from web.prepared import CannotPrepare, Prepared

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY", [])


@pytest.fixture
def schools(db: None) -> list[Organisation]:
    trust = make_trust()
    return [make_school(trust=trust) for _ in range(3)]


def test_rows_are_those_of_the_queryset(schools: list[Organisation]) -> None:
    @module.prepared
    def by_slug(*, slug: str, pk: int) -> QuerySet[Organisation, Any]:
        return Organisation.objects.filter(Q(slug=slug) | Q(pk=pk)).values_list("pk", "settings")

    one, two, three = schools
    for first, second in ((one, two), (two, three), (three, three)):
        given = {"slug": first.slug, "pk": second.pk}
        assert by_slug(**given) == list(by_slug.build(**given))
        assert {row[0] for row in by_slug(**given)} == {first.pk, second.pk}


@pytest.mark.parametrize("number", [2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**30])
def test_a_number_larger_than_any_id_finds_nothing(
    schools: list[Organisation], number: int
) -> None:
    @module.prepared
    def by_id(*, pk: int) -> QuerySet[Organisation]:
        return Organisation.objects.filter(pk=pk)

    assert by_id(pk=schools[0].pk) == [schools[0]]
    assert by_id(pk=number) == []


def test_objects_come_with_what_was_joined_and_annotated(
    schools: list[Organisation], django_assert_num_queries: Any
) -> None:
    person = make_person()
    for school in schools:
        make_member(person, school)

    @module.prepared
    def posts(*, person_id: int, on: date) -> QuerySet[Any, Any]:
        return (
            Membership.objects.active(on)
            .filter(person=person_id)
            .annotate(word=F("organisation__name"))
            .select_related("organisation__parent")
            .order_by("pk")
        )

    for _ in range(2):
        with django_assert_num_queries(1):
            rows = posts(person_id=person.pk, on=timezone.localdate())
            assert [row.word for row in rows] == [school.name for school in schools]
            assert all(row.organisation.parent.kind == "trust" for row in rows)
    assert posts(person_id=person.pk, on=timezone.localdate() - timedelta(days=2000)) == []


def test_one_parameter_may_stand_in_several_places(schools: list[Organisation]) -> None:
    @module.prepared
    def twice(*, at: datetime, pk: int) -> QuerySet[Organisation, Any]:
        return Organisation.objects.filter(
            Q(created_at__lt=at) | Q(created_at__gt=at), Q(pk=pk) | Q(parent=pk)
        )

    parent = schools[0].parent
    assert parent is not None
    assert len(twice(at=timezone.now(), pk=parent.pk)) == 4
    assert len(twice(at=timezone.now(), pk=schools[1].pk)) == 1


class Shape(Enum):
    SCHOOLS = "school"
    TRUSTS = "trust"


def test_what_changes_the_query_is_compiled_by_itself(schools: list[Organisation]) -> None:
    @module.prepared
    def some(*, kind: Shape | None, below: int) -> QuerySet[Organisation, Any]:
        rows = Organisation.objects.filter(pk__lte=below)
        return rows.filter(kind=kind.value) if kind else rows

    below = schools[-1].pk
    assert [len(some(kind=kind, below=below)) for kind in (None, *Shape, None)] == [4, 3, 1, 4]


def test_the_number_of_kept_queries_is_bounded(
    schools: list[Organisation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_SHAPES", 2)

    @module.prepared
    def some(*, names: tuple[str, ...]) -> QuerySet[Organisation, Any]:
        return Organisation.objects.filter(slug__in=names)

    for school in schools:
        assert some(names=(school.slug,)) == [school]
    assert len(some._compiled) == 2


def _of(build: Any) -> Prepared[Any, Any]:
    return module.prepared(build)


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda on: Membership.objects.filter(starts_on=on + timedelta(days=1)), "works"),
        (lambda on: Membership.objects.all(), "does not ask for"),
        (lambda on: Membership.objects.filter(starts_on=on)[: on.day], "another query"),
        (lambda on: Membership.objects.active().filter(starts_on=on), "for good"),
        (
            lambda on: Membership.objects.filter(
                starts_on=on, person__date_joined__lt=timezone.now()
            ),
            "works",
        ),
        (lambda on: Membership.objects.filter(starts_on=on).prefetch_related("roles"), "prefetch"),
    ],
    ids=["worked out", "unused", "cut", "today", "now", "prefetch"],
)
def test_a_mistake_is_found_the_first_time(build: Any, says: str) -> None:
    with pytest.raises(CannotPrepare, match=says):
        _of(build)(on=timezone.localdate())


def test_words_with_wildcards_around_them_are_refused() -> None:
    with pytest.raises(CannotPrepare, match="works"):
        _of(lambda word: Organisation.objects.filter(name__icontains=word))(word="x")


def test_parameters_have_names() -> None:
    with pytest.raises(TypeError):
        _of(lambda pk: Organisation.objects.filter(pk=pk))(3)


def test_a_locked_row_needs_a_transaction(schools: list[Organisation]) -> None:
    locked = _of(lambda pk: Organisation.objects.filter(pk=pk).select_for_update())
    with transaction.atomic():
        assert locked(pk=schools[0].pk) == [schools[0]]


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_refused_as_by_django() -> None:
    school = make_school()
    locked = _of(lambda pk: Organisation.objects.filter(pk=pk).select_for_update())
    with transaction.atomic():
        locked(pk=school.pk)
    if connection.features.has_select_for_update:
        with pytest.raises(TransactionManagementError):
            locked(pk=school.pk)


@pytest.mark.django_db(transaction=True)
def test_threads_do_not_mix_their_values() -> None:
    schools = [make_school() for _ in range(8)]
    one = _of(lambda pk: Organisation.objects.filter(pk=pk).annotate(n=Count("memberships")))
    wrong: list[Any] = []

    def ask(school: Organisation) -> None:
        try:
            for _ in range(25):
                wrong.extend(row for row in one(pk=school.pk) if row != school)
        except Exception as problem:
            wrong.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=[school]) for school in schools]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_constants_stay(schools: list[Organisation]) -> None:
    named = _of(lambda pk: Organisation.objects.filter(pk=pk).values_list(Value(7), Value("a")))
    assert named(pk=schools[0].pk) == [(7, "a")]


@pytest.mark.only_on("postgresql")
@pytest.mark.django_db(transaction=True)
def test_a_new_session_has_the_plan_made_anew() -> None:
    school = make_school()
    one = _of(lambda pk: Organisation.objects.filter(pk=pk))
    assert one(pk=school.pk) == [school]
    connection.close()
    assert one(pk=school.pk) == [school]


@pytest.mark.only_on("postgresql")
def test_plans_need_not_be_kept(schools: list[Organisation], settings: Any) -> None:
    settings.KEEP_PLANS = False
    one = _of(lambda pk: Organisation.objects.filter(pk=pk))
    assert one(pk=schools[0].pk) == [schools[0]]
