"""Devices, trips, emergencies, safeguards and reviews of access, as people use their pages."""

from __future__ import annotations

import csv
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import (
    AccessReview,
    AccessReviewRow,
    Device,
    Emergency,
    Runner,
    SocialAccount,
    Trip,
)
from accounts.services import access_reviews, devices, emergencies, trips
from notices.models import Notice
from people.models import Organisation, User
from people.roles import Role
from people.services import membership
from tests import crowds
from tests.accounts.factories import make_account, make_runner
from tests.factories import make_school, make_user
from tests.queries import visit

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAY = timedelta(days=1)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school, name="Hazel Head")


@pytest.fixture
def account(school: Organisation, head: User) -> SocialAccount:
    return make_account(school, head=head, name="Drama department")


@pytest.fixture
def tablet(school: Organisation, head: User) -> Device:
    return devices.enter(
        school, by=head, name="Trip tablet", inventory_number="T-1",
        pin_confirmed_on=school.today(),
    )  # fmt: skip


def at(name: str, account: SocialAccount, *more: int) -> str:
    return reverse(f"accounts:{name}", args=[account.organisation.slug, account.pk, *more])


def here(name: str, school: Organisation, *more: int) -> str:
    return reverse(f"accounts:{name}", args=[school.slug, *more])


def send(client: Client, url: str, **data: Any) -> Any:
    return client.post(url, data, follow=True)


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_devices_are_entered_allowed_and_reported_as_lost_with_one_click(
    client: Client, school: Organisation, head: User, account: SocialAccount
) -> None:
    client.force_login(head)
    assert "No device is on the list yet" in client.get(
        here("devices", school)
    ).content.decode()  # fmt: skip
    later = (school.today() + DAY).isoformat()
    wrong = send(client, here("device_enter", school), name="Telephone", pin_confirmed_on=later)
    assert "This day has not come yet." in wrong.content.decode()
    assert 'value="Telephone"' in wrong.content.decode()
    assert said(send(client, here("device_enter", school), name="Telephone")) == [
        "The device is on the list."
    ]
    device = Device.objects.get()
    shown = client.get(at("device_allow", account)).content.decode()
    assert "Telephone" not in shown  # nobody has seen its PIN
    send(client, here("device_pin", school, device.pk), on=school.today().isoformat())
    send(client, at("device_allow", account), device=device.pk)
    page = client.get(at("account_devices", account)).content.decode()
    assert "Telephone" in page
    client.force_login(account.runners.earliest("pk").person)
    answer = send(
        client, here("device_lost", school, device.pk), next=at("account_devices", account)
    )
    assert "is on record as lost" in said(answer)[0]
    assert "No device is entered for this account yet." in answer.content.decode()
    client.force_login(head)
    again = send(client, here("device_lost", school, device.pk), next="https://evil.example/")
    assert said(again) == ["This device is on record as lost already."]
    assert again.request["PATH_INFO"] == here("devices", school)
    gone = client.get(here("devices", school), {"state": "gone"}).content.decode()
    assert "Lost" in gone


def test_another_school_s_device_trip_and_review_do_not_exist(
    client: Client, school: Organisation, head: User, account: SocialAccount, tablet: Device
) -> None:
    today = school.today()
    trip = trips.allow(
        account, by=head, person=make_user(Role.STAFF, at=school), device=tablet, name="Lakes",
        starts_on=today, ends_on=today,
    )  # fmt: skip
    review = access_reviews.open_review(school, by=head)
    row = review.rows.earliest("pk")
    far = make_school()
    client.force_login(make_user(Role.HEAD, at=far))
    for url in (
        here("device_lost", far, tablet.pk),
        here("device_lost", school, tablet.pk),
        at("trip_end", account, trip.pk),
        here("access_keep", far, row.pk),
        here("access_keep", school, row.pk),
    ):
        assert client.post(url).status_code == 404, url
    for url in (at("trip_photos", account, trip.pk), here("access_review", far, review.pk)):
        assert client.get(url).status_code == 404, url
    theirs = make_account(far)
    sent = client.post(at("device_allow", theirs), {"device": tablet.pk})
    assert "not offered here" in sent.content.decode()


def test_an_account_is_lent_for_a_trip_and_what_was_typed_is_kept_when_it_is_wrong(
    client: Client, school: Organisation, head: User, account: SocialAccount, tablet: Device
) -> None:
    teacher = make_user(Role.STAFF, at=school, name="Toni Teacher")
    today = school.today()
    client.force_login(head)
    form = {"name": "Lake District", "person": teacher.pk, "device": tablet.pk,
            "starts_on": (today + DAY).isoformat(), "ends_on": today.isoformat()}  # fmt: skip
    wrong = send(client, at("trip_lend", account), **form)
    assert "The last day cannot be before the first." in wrong.content.decode()
    assert 'value="Lake District"' in wrong.content.decode()
    left = make_user(Role.STAFF, at=school)
    membership.leave(left.memberships.get(), last_day=today - DAY, by=head)
    form["ends_on"] = (today + DAY).isoformat()
    refused = send(client, at("trip_lend", account), **(form | {"person": left.pk}))
    assert "not offered here" in refused.content.decode()
    send(client, at("trip_lend", account), **(form | {"starts_on": today.isoformat()}))
    trip = Trip.objects.get()
    client.force_login(teacher)
    told = Notice.objects.get(recipient=teacher, kind="account.trip")
    assert "Lake District" in client.get(told.url).content.decode()
    assert client.get(account.get_absolute_url()).status_code == 200
    assert client.get(at("trip_lend", account)).status_code == 403
    page = at("trip_photos", account, trip.pk)
    lost = send(client, here("device_lost", school, tablet.pk), next=page)
    assert "is on record as lost" in said(lost)[0]
    assert "Report Trip tablet as lost" not in lost.content.decode()
    assert account.causes.filter(reason="lost_device").exists()
    back = send(client, at("trip_end", account, trip.pk))
    assert said(back) == ["The trip is over. Now its photos and the password are due."]
    assert client.get(account.get_absolute_url()).status_code == 404
    unticked = send(client, at("trip_photos", account, trip.pk))
    assert "Delete them first, then confirm it." in unticked.content.decode()
    assert said(send(client, at("trip_photos", account, trip.pk), deleted="on")) == [
        "Thank you. It is on record."
    ]
    client.force_login(head)
    assert "Photos deleted on" in client.get(at("account_devices", account)).content.decode()


def test_an_account_is_opened_in_an_emergency_by_two(
    client: Client, school: Organisation, head: User, account: SocialAccount
) -> None:
    technician = make_user(Role.IT, at=school, name="Terry Technician")
    client.force_login(technician)
    assert "Ask to open it" in client.get(at("emergency", account)).content.decode()
    empty = send(client, at("emergency_ask", account))
    assert "Say why, in a sentence." in empty.content.decode()
    waiting = send(client, at("emergency_ask", account), reason="Nobody answers.")
    assert "I need it no longer" in waiting.content.decode()
    asked = Emergency.objects.get()
    alone = send(client, at("emergency_agree", account, asked.pk))
    assert said(alone) == ["You asked for this: somebody else has to agree."]
    client.force_login(head)
    told = Notice.objects.get(recipient=head, kind="account.emergency_asked")
    assert "I agree: open it" in client.get(told.url).content.decode()
    opened = send(client, at("emergency_agree", account, asked.pk))
    assert "Hazel Head may sign in, together" in opened.content.decode()
    send(client, at("emergency_end", account, asked.pk))
    page = client.get(at("emergency", account)).content.decode()
    assert "by Hazel Head" in page
    client.force_login(account.runners.earliest("pk").person)
    assert "Ask to open it" not in client.get(at("emergency", account)).content.decode()


def test_pupils_are_let_in_once_somebody_has_looked_who_need_not_see_the_register(
    client: Client, school: Organisation, head: User, account: SocialAccount
) -> None:
    faculty = make_user(Role.STAFF, at=school, name="Fay Faculty")
    client.force_login(head)
    early = send(client, at("pupils", account), open="yes")
    assert "has to confirm the account’s address first" in said(early)[0]
    send(client, at("tell_address", account), to=faculty.pk)
    client.force_login(faculty)
    assert client.get(account.get_absolute_url()).status_code == 404
    assert account.url in client.get(at("confirm_address", account)).content.decode()
    unticked = send(client, at("confirm_address", account))
    assert "Look at the account first" in unticked.content.decode()
    send(client, at("confirm_address", account), seen="on")
    client.force_login(head)
    assert client.get(at("confirm_address", account)).status_code == 403
    assert said(send(client, at("pupils", account), open="yes")) == ["Pupils may be let in."]


def test_sign_in_is_confirmed_a_term_is_let_go_and_a_password_asked_for_now(
    client: Client, school: Organisation, head: User, account: SocialAccount
) -> None:
    client.force_login(head)
    today = school.today()
    send(client, at("confirm_sign_in", account), two_factor_on=today.isoformat())
    late = send(client, at("confirm_sign_in", account), recovery_on=(today + DAY).isoformat())
    assert "This day has not come yet." in late.content.decode()
    page = client.get(at("safeguards", account)).content.decode()
    assert page.count("Not confirmed") == 1
    past = send(client, at("waive", account), reason="It closes.", until=str(today - DAY))
    assert "The last day has passed already." in past.content.decode()
    send(client, at("waive", account), reason="The platform closes.", until=str(today + 9 * DAY))
    assert "The platform closes." in client.get(at("safeguards", account)).content.decode()
    assert "Ask for it now" in client.get(at("change_now", account)).content.decode()
    send(client, at("change_now", account))
    twice = send(client, at("change_now", account))
    assert "asked for already" in said(twice)[0]
    assert "Something went wrong" in client.get(at("safeguards", account)).content.decode()


def test_a_review_of_access_is_gone_through_and_downloaded(
    client: Client, school: Organisation, head: User, account: SocialAccount
) -> None:
    make_runner(account, head=head, person=head)
    client.force_login(head)
    assert "No review yet" in client.get(here("access_reviews", school)).content.decode()
    page = send(client, here("access_open", school))
    assert "You run it: somebody else decides." in page.content.decode()
    assert "run by 3" in page.content.decode()
    review = AccessReview.objects.get()
    one, two = review.rows.exclude(person=head).order_by("pk")
    own = review.rows.get(person=head)
    assert said(send(client, here("access_keep", school, own.pk))) == [
        "This is your own access: somebody else decides about it."
    ]
    send(client, here("access_ask", school, one.pk))
    client.force_login(one.person)
    send(client, here("access_answer", school, one.pk), needs_it="no")
    assert client.get(review.get_absolute_url()).status_code == 404
    client.force_login(head)
    assert "no longer needs it" in client.get(review.get_absolute_url()).content.decode()
    rest = client.get(here("access_rest", school, review.pk))
    assert [row.pk for row in rest.context["rows"]] == [two.pk]
    stale = send(client, here("access_rest", school, review.pk), shown="x")
    assert said(stale) == ["The list has changed meanwhile. Look at it again."]
    send(client, here("access_rest", school, review.pk), shown=rest.context["shown"])
    assert "is restricted until" not in client.get(
        here("access_end", school, one.pk)
    ).content.decode()  # fmt: skip
    send(client, here("access_end", school, one.pk), sure="on")
    client.force_login(make_user(Role.SLT, at=school))
    closed = send(client, here("access_keep", school, own.pk))
    assert "Finished on" in closed.content.decode()
    lines = b"".join(client.get(here("access_export", school, review.pk))).decode("utf-8-sig")
    decisions = [row[4] for row in csv.reader(lines.splitlines())]
    assert sorted(decisions) == ["Decision", "Ended", "Goes on", "Goes on"]


def test_lists_ask_the_same_however_long_they_are(
    school: Organisation, head: User, account: SocialAccount, tablet: Device
) -> None:
    review = access_reviews.open_review(school, by=head)
    pages = [
        here("devices", school), at("account_devices", account), at("emergency", account),
        here("access_reviews", school), review.get_absolute_url(),
        here("access_rest", school, review.pk),
    ]  # fmt: skip
    counts = []
    for more in (10, 990):
        _grow(review, account, tablet, head, more)
        counts.append([len(visit(head, url)) for url in pages])
    assert counts[0] == counts[1]
    assert counts[1] == [5, 11, 7, 5, 8, 6]


def _grow(
    review: AccessReview, account: SocialAccount, tablet: Device, head: User, more: int
) -> None:
    at, now, today = account.organisation, timezone.now(), account.organisation.today()
    people = crowds.many_people(at, more)
    number = Device.objects.count()
    Device.objects.bulk_create(
        Device(
            organisation=at, name=f"Tablet {number + n}", pin_confirmed_on=today,
            pin_confirmed_by=head, added_by=head,
        )
        for n in range(more)
    )  # fmt: skip
    Trip.objects.bulk_create(
        Trip(
            account=account, person=person, device=tablet, name="Lakes", starts_on=today,
            ends_on=today, allowed_by=head,
        )
        for person in people
    )  # fmt: skip
    Emergency.objects.bulk_create(
        Emergency(
            account=account, reason="Nobody answers.", asked_by=person, asked_as="it",
            asked_at=now, answer_until=now + DAY, outcome="lapsed",
        )
        for person in people
    )  # fmt: skip
    AccessReview.objects.bulk_create(
        AccessReview(organisation=at, opened_on=today, due_on=today, closed_at=now)
        for _ in range(more)
    )
    runs = Runner.objects.bulk_create(
        Runner(account=account, person=person, starts_on=today) for person in people
    )
    AccessReviewRow.objects.bulk_create(
        AccessReviewRow(review=review, runner=run, person=run.person) for run in runs
    )


def test_an_emergency_that_nobody_answered_may_be_asked_for_again(
    client: Client, head: User, account: SocialAccount
) -> None:
    make_user(Role.IT, at=account.organisation)
    emergencies.ask(account, by=head, reason="Nobody answers.")
    with time_machine.travel(timezone.now() + DAY):  # and the portal has not looked yet
        client.force_login(head)
        assert "Ask to open it" in client.get(at("emergency", account)).content.decode()
