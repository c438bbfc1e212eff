"""Leaving: reminded that confidentiality goes on, handing over, and a last promise (P9, D20)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from governance.handover import things_of
from governance.leaving import statement_for
from governance.models import HandedOver, LeavingStatement, LeavingWords
from governance.services import drafts, leaving, sign_off
from governance.services.signing import NotTheName
from notices.duties import duties_of
from notices.ladders import ladder_for, rungs
from people.duty import Duty
from people.models import Membership, Organisation, User
from people.roles import Role
from people.services import membership, organisations, staff
from tests.factories import make_member, make_school, make_trust, make_user
from tests.governance.factories import make_draft, make_policy
from trail.models import AuditEvent
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db
TODAY = date(2027, 7, 1)
LAST_DAY = date(2027, 7, 9)


@pytest.fixture(autouse=True)
def _in_july() -> Iterator[None]:
    with time_machine.travel("2027-07-01 10:00"):
        yield


@pytest.fixture
def office(school: Organisation) -> User:
    return make_user(Role.OFFICE, at=school, name="Olive Office")


@pytest.fixture
def teacher(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Toni Teacher")


def leaves(person: User, on: date = LAST_DAY) -> Membership:
    return membership.leave(person.memberships.latest("pk"), last_day=on, by=None)


def owed(person: User, on: date = TODAY, kind: str = "leaver.attest") -> list[Duty]:
    return [duty for duty in duties_of(person, on) if duty.kind == kind]


def page_of(post: Membership) -> str:
    return reverse("governance:leaving", args=[post.pk])


# Who owes it, and when


@pytest.mark.demand("D20")
def test_a_leaver_owes_it_from_two_weeks_before_until_their_last_day(teacher: User) -> None:
    leaves(teacher)
    assert owed(teacher, LAST_DAY - timedelta(days=15)) == []
    (duty,) = owed(teacher, LAST_DAY - timedelta(days=14))
    assert (duty.due_on, duty.since) == (LAST_DAY, LAST_DAY - timedelta(days=14))
    assert owed(teacher, LAST_DAY) != []
    assert owed(teacher, LAST_DAY + timedelta(days=1)) == []


def test_somebody_who_stays_owes_nothing(teacher: User) -> None:
    assert owed(teacher) == []


@pytest.mark.demand("D20")
def test_a_last_day_taken_back_takes_the_duty_with_it(teacher: User, office: User) -> None:
    post = leaves(teacher)
    assert owed(teacher) != []
    staff.undo_leaving(post, by=office)
    assert owed(teacher) == []


def test_the_school_says_how_long_before(school: Organisation, teacher: User, office: User) -> None:
    leaves(teacher)
    organisations.change_settings(school, {"leaving.ask_days": 5}, by=office)
    assert owed(teacher, LAST_DAY - timedelta(days=6)) == []
    assert len(owed(teacher, LAST_DAY - timedelta(days=5))) == 1


def test_a_new_post_at_the_same_school_is_no_leaving(school: Organisation, teacher: User) -> None:
    leaves(teacher)
    make_member(teacher, school, Role.SLT, since=LAST_DAY + timedelta(days=1))
    assert owed(teacher) == []


def test_who_goes_to_the_next_school_of_the_trust_leaves_the_first() -> None:
    trust = make_trust()
    first, second = make_school(trust=trust), make_school(trust=trust)
    person = make_user(Role.STAFF, at=first)
    leaves(person)
    make_member(person, second, Role.STAFF, since=LAST_DAY + timedelta(days=1))
    (duty,) = owed(person)
    assert duty.organisation_id == first.pk


def test_reminders_come_two_weeks_one_week_and_one_day_before_and_on_the_day(
    school: Organisation, teacher: User
) -> None:
    leaves(teacher)
    ladder, told = ladder_for("leaver.attest", school), []
    assert ladder is not None
    for before in range(14, -1, -1):
        day = LAST_DAY - timedelta(days=before)
        (duty,) = owed(teacher, day)
        told += [before for rung in rungs(ladder, duty, day) if rung.on == day]
    assert told == [14, 7, 1, 0]


# Giving it


@pytest.mark.demand("D20")
def test_a_leaver_is_reminded_hands_over_and_promises(
    client: Client, school: Organisation, teacher: User, office: User
) -> None:
    policy = make_policy(school, by=make_user(Role.HEAD, at=school), title="Trips")
    drafts.edit_details(policy, by=make_user(Role.HEAD, at=school), author=teacher)
    post = leaves(teacher)
    client.force_login(teacher)
    page = client.get(page_of(post))
    assertContains(page, "Confidentiality does not end.")
    assertContains(page, "Author of the policy “Trips”")

    answer = client.post(
        page_of(post),
        {f"to-policy-{policy.pk}": office.pk, "typed_name": "toni  TEACHER"},
        follow=True,
    )

    statement = LeavingStatement.objects.get()
    assertContains(answer, statement.reference)
    assertContains(answer, statement_for(post))
    assertContains(answer, "Olive Office")
    assert (statement.person, statement.recorded_by, statement.method) == (teacher, teacher, "own")
    assert statement.typed.name == "toni TEACHER"
    assert "Toni" not in statement.name_hash
    thing = statement.handed_over.get()
    assert (thing.kind, thing.to) == ("policy", office)
    assert owed(teacher) == []


def test_what_nobody_has_yet_is_kept_as_open(
    client: Client, school: Organisation, teacher: User
) -> None:
    make_draft(school, by=make_user(Role.HEAD, at=school), title="Phones", author=teacher)
    post = leaves(teacher)
    client.force_login(teacher)
    answer = client.post(page_of(post), {"typed_name": teacher.name}, follow=True)
    assertContains(answer, "Nobody yet")
    assert HandedOver.objects.get().to is None


def test_with_nothing_to_hand_over_a_name_is_enough(client: Client, teacher: User) -> None:
    post = leaves(teacher)
    client.force_login(teacher)
    assertContains(client.get(page_of(post)), "nothing that somebody else has to take over")
    client.post(page_of(post), {"typed_name": teacher.name})
    assert LeavingStatement.objects.count() == 1


@pytest.mark.parametrize(("typed", "said"), [("", "Type your name"), ("Somebody Else", "as the")])
def test_another_name_is_refused_and_what_was_chosen_stays(
    client: Client, school: Organisation, teacher: User, office: User, typed: str, said: str
) -> None:
    version = make_draft(school, by=make_user(Role.HEAD, at=school), author=teacher)
    post = leaves(teacher)
    client.force_login(teacher)
    field = f"to-policy-{version.policy_id}"
    answer = client.post(page_of(post), {field: office.pk, "typed_name": typed})
    assertContains(answer, said)
    assertContains(answer, f'<option value="{office.pk}" selected>')
    assert not LeavingStatement.objects.exists()


def test_a_double_click_makes_one_statement(client: Client, teacher: User) -> None:
    post = leaves(teacher)
    client.force_login(teacher)
    first = client.post(page_of(post), {"typed_name": teacher.name})
    again = client.post(page_of(post), {"typed_name": teacher.name})
    assert first.headers["Location"] == again.headers["Location"]
    assert leaving.attest(post, by=teacher, typed_name=teacher.name).reference
    assert LeavingStatement.objects.count() == 1


def test_nobody_promises_for_somebody_else(
    client: Client, school: Organisation, teacher: User, office: User
) -> None:
    post = leaves(teacher)
    with pytest.raises(PermissionDenied):
        leaving.attest(post, by=office, typed_name=teacher.name)
    client.force_login(office)
    assert client.get(page_of(post)).status_code == 404
    assert client.post(page_of(post), {"typed_name": teacher.name}).status_code == 404


def test_it_is_not_taken_too_early_nor_from_somebody_who_stays(
    client: Client, teacher: User
) -> None:
    with pytest.raises(RuleBroken, match="not leaving"):
        leaving.attest(teacher.memberships.get(), by=teacher, typed_name=teacher.name)
    post = leaves(teacher, TODAY + timedelta(days=40))
    with pytest.raises(RuleBroken, match="27 July 2027"):
        leaving.attest(post, by=teacher, typed_name=teacher.name)
    client.force_login(teacher)
    assertContains(client.get(page_of(post)), "27 July 2027")
    assertNotContains(client.get(page_of(post)), "typed_name")


def test_a_stranger_as_the_one_who_has_it_is_no_choice(
    client: Client, school: Organisation, teacher: User
) -> None:
    version = make_draft(school, by=make_user(Role.HEAD, at=school), author=teacher)
    stranger = make_user(Role.HEAD, at=make_school())
    post = leaves(teacher)
    client.force_login(teacher)
    field = f"to-policy-{version.policy_id}"
    answer = client.post(page_of(post), {field: stranger.pk, "typed_name": teacher.name})
    assert answer.context["form"].errors[field]
    assert not LeavingStatement.objects.exists()


def test_a_last_day_moved_by_days_asks_nobody_again_and_one_moved_by_months_does(
    teacher: User,
) -> None:
    post = leaves(teacher)
    leaving.attest(post, by=teacher, typed_name=teacher.name)
    leaves(teacher, LAST_DAY + timedelta(days=20))
    assert owed(teacher, LAST_DAY + timedelta(days=19)) == []
    leaves(teacher, LAST_DAY + timedelta(days=100))
    assert len(owed(teacher, LAST_DAY + timedelta(days=99))) == 1


# What there is to hand over


def test_what_a_leaver_looks_after_is_asked_of_the_facts(
    school: Organisation, teacher: User
) -> None:
    head = make_user(Role.HEAD, at=school)
    chair = make_user(Role.CHAIR, at=school)
    make_policy(school, by=head, title="Kept", author=teacher)
    make_draft(school, by=head, title="Written", author=teacher)
    make_policy(make_school(), title="Elsewhere")
    waiting = make_draft(school, by=head, title="To sign off")
    drafts.set_signatories(waiting.policy, [Role.CHAIR], by=head)
    sign_off.send(waiting, by=head)

    def subjects(person: User) -> list[str]:
        return [thing.subject for thing in things_of(person, school, TODAY)]

    assert subjects(teacher) == ["Author of the policy “Kept”", "Author of the policy “Written”"]
    assert len([one for one in subjects(chair) if "To sign off" in one]) == 1
    assert not any("Read and sign" in subject for subject in subjects(chair))


def test_what_a_leaver_may_not_open_is_named_without_a_link(
    client: Client, school: Organisation, teacher: User
) -> None:
    head = make_user(Role.HEAD, at=school)
    policy = make_policy(school, by=head, title="Kept", author=teacher)
    make_draft(school, by=head, title="Written", author=teacher)
    post = leaves(teacher)
    client.force_login(teacher)
    page = client.get(page_of(post))
    assertContains(page, "Author of the policy “Written”")
    for thing in page.context["things"]:
        assert thing.url in {"", policy.get_absolute_url()}
        assert not thing.url or client.get(thing.url).status_code == 200


# What is kept


def test_a_statement_cannot_be_changed_and_a_typed_name_can_be_erased(teacher: User) -> None:
    statement = leaving.attest(leaves(teacher), by=teacher, typed_name=teacher.name)
    for rows, change in (
        (LeavingStatement.objects.filter(pk=statement.pk), {"method": "paper"}),
        (LeavingWords.objects.filter(pk=statement.pk), {"name": "x"}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        LeavingStatement.objects.filter(pk=statement.pk).delete()
    LeavingWords.objects.filter(pk=statement.pk).delete()
    assert LeavingStatement.objects.get().name_hash


def test_the_receipt_outlives_the_typed_name(client: Client, teacher: User) -> None:
    statement = leaving.attest(leaves(teacher), by=teacher, typed_name=teacher.name)
    LeavingWords.objects.filter(pk=statement.pk).delete()
    client.force_login(teacher)
    assertContains(client.get(statement.get_absolute_url()), statement.reference)


def test_the_record_holds_no_name_and_no_reason(
    school: Organisation, teacher: User, office: User
) -> None:
    post = leaves(teacher, TODAY - timedelta(days=1))
    leaving.record_without(post, by=office, reason="Canary reason")
    line = AuditEvent.objects.get(verb="leaving.without")
    assert line.details == {"post": str(post.pk)}
    assert line.actor == office


def test_the_database_refuses_ones_own_paper(teacher: User) -> None:
    post = leaves(teacher)
    with pytest.raises(DatabaseError), transaction.atomic():
        LeavingStatement.objects.create(
            reference="L-1", membership=post, person=teacher, organisation=post.organisation,
            method="paper", last_day=LAST_DAY, counts_until=LAST_DAY, given_on=TODAY,
            recorded_by=teacher, recorded_at=timezone.now(),
        )  # fmt: skip


def test_a_wrong_name_is_its_own_kind_of_refusal(teacher: User) -> None:
    with pytest.raises(NotTheName):
        leaving.attest(leaves(teacher), by=teacher, typed_name="Mallory")
