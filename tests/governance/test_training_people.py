"""The training of one person: their own page, and what the office does on theirs (D19)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from governance.models import TrainingCourse, TrainingRecord
from governance.services import training, training_courses
from people.models import Membership, Organisation, User
from people.roles import Role
from people.services import membership
from tests.factories import make_member, make_school, make_trust, make_user
from tests.governance.factories import make_head
from tests.governance.training_factories import (
    PDF,
    certificate,
    make_course,
    make_record,
    make_session,
    people_in_every_state,
    send_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.demand("D19")]


@pytest.fixture
def head(school: Organisation, client: Client) -> User:
    head = make_head(school)
    client.force_login(head)
    return head


@pytest.fixture
def course(school: Organisation, head: User) -> TrainingCourse:
    return make_course(school, by=head, title="Online safety", roles=["staff"])


@pytest.fixture
def people(school: Organisation, head: User, course: TrainingCourse) -> dict[str, User]:
    return people_in_every_state(course, school, by=head)


def at(name: str, school: Organisation, *args: int) -> str:
    return reverse(f"governance:{name}", args=[school.slug, *args])


# One's own page


def test_my_training_shows_what_is_asked_what_is_on_record_and_what_is_to_come(
    client: Client, school: Organisation, head: User, people: dict[str, User],
    course: TrainingCourse,
) -> None:  # fmt: skip
    make_session(course, school, by=head, held_on=school.today() + timedelta(days=3), place="Hall")
    training_courses.start_course(school, by=head, title="For heads only", roles=["head"])
    client.force_login(people["expired"])
    page = client.get(reverse("governance:my_training"))
    assertContains(page, "Expired")
    assertContains(page, "Hall")
    assertNotContains(page, "For heads only")
    assertNotContains(page, "Lara Lacking")


def test_a_certificate_is_sent_in_by_the_page(
    client: Client, school: Organisation, course: TrainingCourse
) -> None:
    teacher = make_user(Role.STAFF, at=school)
    client.force_login(teacher)
    url = reverse("governance:training_send_in")
    assertContains(client.get(f"{url}?course={course.pk}"), f'value="{course.pk}" selected')
    data = {"course": course.pk, "organisation": school.pk, "completed_on": "2026-11-02",
            "certificate": certificate()}  # fmt: skip
    page = client.post(url, data, follow=True)
    assertContains(page, "It counts once the school has confirmed it.")
    sent = TrainingRecord.objects.get()
    assert (sent.person, sent.state) == (teacher, "awaiting")
    download = client.get(sent.certificate.get_absolute_url())
    assert download.content == PDF


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"certificate": certificate(b"MZ\x90\x00", "x.pdf")}, "certificate", "kind of file"),
        ({"certificate": ""}, "certificate", "Choose the certificate."),
        ({"completed_on": "2099-01-01"}, "completed_on", "lies in the future"),
        ({"expires_on": "2020-01-01"}, "expires_on", "run out before"),
        ({"course": "0"}, "course", "Select a valid choice"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_said_by_the_field(
    client: Client, school: Organisation, course: TrainingCourse,
    change: dict[str, Any], field: str, sentence: str,
) -> None:  # fmt: skip
    client.force_login(make_user(Role.STAFF, at=school))
    data = {"course": course.pk, "organisation": school.pk, "completed_on": "2026-11-02",
            "certificate": certificate(), **change}  # fmt: skip
    page = client.post(reverse("governance:training_send_in"), data)
    assert sentence in str(page.context["form"].errors[field])
    assert not TrainingRecord.objects.exists()


def test_a_certificate_goes_to_a_school_of_ones_own(
    client: Client, school: Organisation, course: TrainingCourse
) -> None:
    teacher, other = make_user(Role.STAFF, at=school), make_school()
    client.force_login(teacher)
    data = {"course": course.pk, "organisation": other.pk, "completed_on": "2026-11-02",
            "certificate": certificate()}  # fmt: skip
    page = client.post(reverse("governance:training_send_in"), data)
    assert page.context["form"].errors["organisation"]
    make_member(teacher, other, Role.STAFF)
    page = client.post(
        reverse("governance:training_send_in"), {**data, "certificate": certificate()}
    )
    assertContains(page, "This course does not belong to this school or its trust.")


# The office's page of a person


def test_the_office_records_confirms_corrects_and_takes_off(
    client: Client, school: Organisation, head: User, course: TrainingCourse
) -> None:
    teacher = make_user(Role.STAFF, at=school)
    url = at("training_record_new", school, teacher.pk)
    data = {"course": course.pk, "completed_on": "2026-10-01"}
    assertContains(client.post(url, data, follow=True), "The training has been recorded.")
    made = TrainingRecord.objects.get()
    fix = {"completed_on": "2026-10-02", "reason": "A slip", "provider": "", "expires_on": ""}
    page = client.post(at("training_correct", school, made.pk), fix, follow=True)
    assertContains(page, "The earlier one is kept.")
    assertContains(page, "Why it was corrected: A slip")
    fixed = TrainingRecord.objects.counting().get()
    page = client.post(at("training_remove", school, fixed.pk), {"reason": "Not them"}, follow=True)
    assertContains(page, "Taken off the record")
    sent = send_in(teacher, course, school)
    assertContains(client.get(at("training_waiting", school)), "certificate.pdf")
    page = client.post(at("training_confirm", school, sent.pk), follow=True)
    assertContains(page, "Nothing waits")
    assert TrainingRecord.objects.counting().get() == sent


def test_an_end_of_ones_own_needs_a_reason_on_the_page_too(
    client: Client, school: Organisation, head: User, course: TrainingCourse
) -> None:
    teacher = make_user(Role.STAFF, at=school)
    url = at("training_record_new", school, teacher.pk)
    data = {"course": course.pk, "completed_on": "2026-10-01", "expires_on": "2030-01-01"}
    assertContains(client.post(url, data), "Say why it is valid until another day")
    client.post(url, {**data, "expiry_reason": "As printed"})
    assert TrainingRecord.objects.get().notes.get().text == "As printed"


def test_declining_says_why_to_the_person(
    client: Client, school: Organisation, head: User, course: TrainingCourse
) -> None:
    teacher = make_user(Role.STAFF, at=school)
    sent = send_in(teacher, course, school)
    url = at("training_decline", school, sent.pk)
    assertContains(client.post(url, {"reason": ""}), "Give a reason.")
    client.post(url, {"reason": "It is unreadable."})
    client.force_login(teacher)
    assertContains(client.get(reverse("governance:my_training")), "It is unreadable.")
    assertContains(client.get(reverse("notices:mine")), "Your certificate was not accepted")


def test_what_somebody_brings_from_a_sister_school_is_seen_and_not_changed_here(
    client: Client,
) -> None:
    trust = make_trust()
    school, sister = make_school(trust=trust), make_school(trust=trust)
    course = make_course(trust, title="Safeguarding")
    teacher = make_user(Role.STAFF, at=sister)
    record = make_record(teacher, course, sister)
    own = make_record(teacher, make_course(sister, title="Only there"), sister)
    make_member(teacher, school, Role.STAFF)
    client.force_login(make_head(school))
    page = client.get(at("training_person", school, teacher.pk))
    assertContains(page, "Safeguarding")
    assertNotContains(page, "Only there")
    assert client.get(at("training_correct", school, record.pk)).status_code == 404
    assert client.get(at("training_correct", school, own.pk)).status_code == 404


def test_a_leavers_page_keeps_what_is_on_record(
    client: Client, school: Organisation, head: User, people: dict[str, User]
) -> None:
    post = Membership.objects.get(person=people["has"])
    membership.leave(post, last_day=school.today() - timedelta(days=1), by=head)
    page = client.get(at("training_person", school, people["has"].pk))
    assertContains(page, "This person has left the school.")
    assertContains(page, "Online safety")
    assertNotContains(page, "Record a training")


def test_who_only_sees_training_finds_no_button(
    client: Client, school: Organisation, people: dict[str, User], course: TrainingCourse
) -> None:
    session = make_session(course, school)
    client.force_login(make_user(Role.DSL, at=school))
    for url in (
        at("training", school),
        at("training_course", school, course.pk),
        session.get_absolute_url(),
        at("training_person", school, people["has"].pk),
        at("training_waiting", school),
    ):
        page = client.get(url)
        assertNotContains(page, "Record a training")
        assertNotContains(page, "Plan a session")
        assertNotContains(page, "Save the register")
        assertNotContains(page, "Decline")


def test_on_a_register_of_a_trust_somebody_at_two_schools_stands_once(client: Client) -> None:
    trust = make_trust()
    first, second = make_school(trust=trust), make_school(trust=trust)
    person = make_user(Role.STAFF, at=first, name="Toni Teacher")
    make_member(person, second, Role.STAFF)
    lead = make_head(trust)
    session = make_session(make_course(trust, by=lead), trust, by=lead)
    client.force_login(lead)
    page = client.get(session.get_absolute_url())
    assertContains(page, "Toni Teacher", count=1)
    assert training.take_register(session, [person], by=lead)
