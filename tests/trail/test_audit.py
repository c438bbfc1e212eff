"""Each change leaves one line; a line holds nothing that may have to be erased."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries

from people.models import Membership, Organisation
from people.roles import Permission, Role
from tests.factories import make_member, make_person, make_school, make_trust, make_user
from tests.trail.threads import in_threads
from trail import audit
from trail.chain import beginning
from trail.middleware import RefusalMiddleware
from trail.models import AuditEvent, ChainHead
from trail.permissions import VIEW_TRAIL
from trail.verify import check


def test_a_line_says_who_did_what_to_which_row(school: Organisation) -> None:
    head = make_user(Role.HEAD, at=school)
    membership = Membership.objects.get(person=head)
    with transaction.atomic():
        event = audit.record("membership.change", membership, by=head, fields="department")

    event = AuditEvent.objects.get(pk=event.pk)
    assert (event.actor, event.verb) == (head, "membership.change")
    assert (event.target_type, event.target_id) == ("people.membership", membership.pk)
    assert (event.organisation, event.number) == (school, 3)
    assert event.details == {"fields": "department"}


def test_a_person_has_no_record_of_their_own_so_the_writer_names_one(school: Organisation) -> None:
    person = make_person()
    with transaction.atomic():
        event = audit.record("person.erase", person, by=None, at=school)
    assert (event.organisation_id, event.target_type) == (school.pk, "people.user")


def test_a_line_costs_three_queries(
    school: Organisation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    membership = Membership.objects.get(pk=make_member(make_person(), school).pk)
    with transaction.atomic(), django_assert_num_queries(3):
        audit.record("membership.change", membership, by=None)


def test_many_lines_of_one_record_cost_three_queries_too(
    school: Organisation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with transaction.atomic(), django_assert_num_queries(3):
        audit.record_many(audit.Entry("policy.remind", school, None) for _ in range(50))
    assert check(school.pk).last.number == 51


@pytest.mark.django_db
def test_lines_for_several_records_come_back_in_the_order_given() -> None:
    trust, one, two = make_trust(), make_school(), make_school()
    targets = [two, trust, one, two]
    with transaction.atomic():
        events = audit.record_many(audit.Entry("policy.publish", at, None) for at in targets)
    assert [event.organisation_id for event in events] == [at.pk for at in targets]
    assert [check(at.pk).found for at in (trust, one, two)] == [None] * 3


def test_outside_a_transaction_nothing_is_written(school: Organisation) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        audit.record("policy.publish", school, by=None)


@pytest.mark.parametrize(
    "value", ["a name\n", "O'Brien", "Zoë", "<b>", "x" * 201, "a@example.org", 7, None, ["a"]]
)
def test_free_text_never_lands_in_the_record(school: Organisation, value: object) -> None:
    with transaction.atomic(), pytest.raises(ValueError, match="Detail"):
        audit.record("policy.publish", school, by=None, note=value)  # type: ignore[arg-type]
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize("verb", ["publish", "Policy.publish", "policy.", "policy publish.it", ""])
def test_a_verb_is_a_noun_and_an_action(school: Organisation, verb: str) -> None:
    with transaction.atomic(), pytest.raises(ValueError, match="verb"):
        audit.record(verb, school, by=None)


def test_a_long_list_fits_into_one_detail() -> None:
    assert audit.listed(["b", "a"]) == "a,b"
    assert audit.listed([]) == ""
    long = audit.listed(f"governance.setting_number_{n:03}" for n in range(30))
    assert len(long) <= 200
    assert long.endswith(",+24")


def test_what_is_rolled_back_leaves_no_line(school: Organisation) -> None:
    @transaction.atomic
    def attempt() -> None:
        audit.record("policy.publish", school, by=None)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        attempt()
    assert AuditEvent.objects.count() == 1
    assert check(school.pk).found is None


def test_a_refused_attempt_leaves_a_line_although_its_transaction_is_gone(
    school: Organisation,
) -> None:
    staff = make_user(Role.STAFF, at=school)

    @audit.refusals_on_record()
    def attempt() -> None:
        make_school("Never was")
        raise audit.Refused("policy.publish", school, by=staff)

    with pytest.raises(PermissionDenied):
        attempt()

    assert not Organisation.objects.filter(name="Never was").exists()
    line = AuditEvent.objects.first()
    assert line is not None
    assert (line.verb, line.actor, line.organisation) == ("policy.refused", staff, school)
    assert line.details == {"attempted": "publish", "reason": "role"}
    assert check(school.pk).found is None


def test_a_refusal_deep_inside_other_services_leaves_exactly_one_line(
    school: Organisation,
) -> None:
    staff = make_user(Role.STAFF, at=school)

    @audit.refusals_on_record()
    def inner() -> None:
        raise audit.Refused("policy.publish", school, by=staff)

    @audit.refusals_on_record()
    def outer() -> None:
        with transaction.atomic():
            inner()

    with pytest.raises(PermissionDenied):
        outer()
    assert AuditEvent.objects.filter(verb="policy.refused").count() == 1


def test_the_middleware_writes_what_no_service_could(school: Organisation) -> None:
    staff = make_user(Role.STAFF, at=school)
    try:
        with transaction.atomic(), audit.refusals_on_record():
            raise audit.Refused("policy.publish", school, by=staff)
    except PermissionDenied as error:
        refusal = error
    assert not AuditEvent.objects.filter(verb="policy.refused").exists()

    middleware = RefusalMiddleware(lambda request: None)  # type: ignore[arg-type, return-value]
    for _ in range(2):
        middleware.process_exception(RequestFactory().get("/"), refusal)

    assert AuditEvent.objects.filter(verb="policy.refused").count() == 1


def test_a_refusal_cannot_be_written_where_it_would_be_rolled_back(school: Organisation) -> None:
    staff = make_user(Role.STAFF, at=school)
    with transaction.atomic(), pytest.raises(RuntimeError):
        audit.record_refusal("policy.publish", school, by=staff)


def test_people_read_the_records_where_their_role_lets_them(school: Organisation) -> None:
    trust = make_trust()
    below = make_school(trust=trust)
    assert VIEW_TRAIL == Permission.VIEW_TRAIL
    head, staff = make_user(Role.HEAD, at=school), make_user(Role.STAFF, at=school)
    lead = make_user(Role.TRUST_LEAD, at=trust)

    def read_by(user: object) -> set[int]:
        events = AuditEvent.objects.visible_to(user)  # type: ignore[arg-type]
        return set(events.values_list("organisation", flat=True))

    assert read_by(head) == {school.pk}
    assert read_by(staff) == set()
    assert read_by(lead) == {trust.pk, below.pk}


def test_eight_writers_at_once_leave_one_unbroken_chain(parallel: Organisation) -> None:
    def write() -> None:
        for _ in range(10):
            with transaction.atomic():
                audit.record("policy.remind", parallel, by=None)

    in_threads([write] * 8)

    [chain] = in_threads([lambda: check(parallel.pk)])
    assert chain.found is None
    assert chain.last.number == 81


def test_eight_first_writers_make_one_first_line(parallel: Organisation) -> None:
    def found() -> int:
        return Organisation.objects.create(kind="school", name="New", slug="new").pk

    [new] = in_threads([found])

    def write() -> None:
        with transaction.atomic():
            audit.record("organisation.found", Organisation(pk=new), by=None)

    in_threads([write] * 8)

    def state() -> tuple:
        firsts = AuditEvent.objects.filter(organisation=new, previous=beginning(new)).count()
        return check(new).found, firsts, ChainHead.objects.get(organisation=new).number

    assert in_threads([state]) == [(None, 1, 8)]


def test_writers_to_two_records_in_opposite_orders_do_not_wait_for_each_other(
    parallel: Organisation,
) -> None:
    def found() -> Organisation:
        with transaction.atomic():
            other = Organisation.objects.create(kind="school", name="Other", slug="other")
            audit.record("organisation.found", other, by=None)
        return other

    [other] = in_threads([found])

    def write(*order: Organisation) -> None:
        for _ in range(10):
            with transaction.atomic():
                audit.record_many(audit.Entry("policy.remind", at, None) for at in order)

    in_threads([lambda: write(parallel, other), lambda: write(other, parallel)] * 4)

    chains = in_threads([lambda: check(parallel.pk), lambda: check(other.pk)])
    assert [(chain.found, chain.last.number) for chain in chains] == [(None, 81)] * 2
