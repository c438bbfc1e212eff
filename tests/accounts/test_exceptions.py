"""A private telephone or address is used for the school only where the head agreed beforehand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import ContactException
from accounts.services import exceptions
from notices.duties import duties_of
from notices.models import Notice
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_trust, make_user
from tests.queries import visit
from trail.models import AuditEvent
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school, name="Hazel Head")


@pytest.fixture
def teacher(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school, name="Tom Teacher")


def asked(school: Organisation, by: User, **details: Any) -> ContactException:
    details.setdefault("starts_on", school.today())
    details.setdefault("ends_on", details["starts_on"] + timedelta(days=4))
    details.setdefault("reason", "Parents of the choir reach me on the trip.")
    return exceptions.ask(school, by=by, what="phone", **details)


def owes(person: User, on: date) -> list[str]:
    return [duty.title for duty in duties_of(person, on) if duty.kind == "account.exception"]


def test_the_head_agrees_beforehand_it_counts_from_day_to_day_and_ends_by_itself(
    school: Organisation, head: User, teacher: User
) -> None:
    today = school.today()
    first = today + timedelta(days=2)
    one = asked(school, teacher, starts_on=first)
    assert one.state(today)[1] == "Waits for the head"
    one = exceptions.decide(one, by=head, agreed=True, note="For the trip only.")
    states = [one.state(first + timedelta(days=n))[1] for n in (-1, 0, 4, 5)]
    assert states == ["Agreed", "In force", "In force", "Over"]
    in_force = ContactException.objects.in_force
    assert [in_force(first + timedelta(days=n)).count() for n in (-1, 0, 4, 5)] == [0, 1, 1, 0]
    told = Notice.objects.get(recipient=teacher, kind="account.exception_decided")
    assert told.title == "Hazel Head agreed to what you asked for: private telephone"
    line = AuditEvent.objects.filter(verb="contact_exception.agree").get()
    assert "trip" not in str(line.details)


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        ({"starts_on": -1}, "Ask beforehand"),
        ({"ends_on": -2}, "The last day cannot be before the first"),
        ({"ends_on": 120}, "120 days at most"),
        ({"starts_on": date.max - timedelta(days=4)}, "more than a year ahead"),
        ({"reason": " "}, "Say what it is for"),
        ({"reason": "Call me on 07700 900 123 on the trip"}, "Leave out the number"),
        ({"reason": "Write to tom@home.example"}, "Leave out the number"),
        ({"reason": "x" * 1_000_000}, "1000 characters at most"),
        ({"reason": "The pin is: 8361 for my phone"}, "never keeps one"),
    ],
)
@pytest.mark.once
def test_what_cannot_be_asked_for_is_refused(
    school: Organisation, teacher: User, details: dict[str, Any], sentence: str
) -> None:
    days = {
        name: school.today() + timedelta(days=value)
        for name, value in details.items()
        if isinstance(value, int)
    }
    with pytest.raises(RuleBroken, match=sentence):
        asked(school, teacher, **(details | days))
    assert not ContactException.objects.exists()


def test_nobody_decides_for_themselves_twice_or_afterwards_and_a_refusal_says_why(
    school: Organisation, head: User, teacher: User
) -> None:
    own = asked(school, head)
    with pytest.raises(RuleBroken, match="Somebody else decides"):
        exceptions.decide(own, by=head, agreed=True)
    one = asked(school, teacher)
    with pytest.raises(RuleBroken, match="asked for this already"):
        asked(school, teacher)
    for nobody in (teacher, make_user(Role.DSL, at=school), make_user(Role.HEAD, at=make_school())):
        with pytest.raises(PermissionDenied):
            exceptions.decide(one, by=nobody, agreed=True)
    with pytest.raises(RuleBroken, match="Say why"):
        exceptions.decide(one, by=head, agreed=False, note=" ")
    one = exceptions.decide(one, by=head, agreed=False, note="Use the trip telephone.")
    with pytest.raises(RuleBroken, match="has decided this already"):
        exceptions.decide(one, by=head, agreed=True)
    ContactException.objects.filter(pk=own.pk).update(
        starts_on=school.today() - timedelta(days=9), ends_on=school.today() - timedelta(days=1)
    )
    with pytest.raises(RuleBroken, match="Nothing is agreed to afterwards"):
        exceptions.decide(own, by=make_user(Role.SLT, at=school), agreed=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactException.objects.filter(pk=own.pk).update(
            decision="agreed", decided_by=head, decided_at=own.asked_at
        )


def test_the_head_is_asked_and_somebody_else_where_the_head_asks(school: Organisation) -> None:
    trust = make_trust()
    school = make_school(trust=trust)
    today = school.today()
    teacher = make_user(Role.STAFF, at=school, name="Tom Teacher")
    lead = make_user(Role.TRUST_LEAD, at=trust)
    asked(school, teacher)
    title = "Decide what Tom Teacher asks for: private telephone"
    assert owes(lead, today) == [title]  # the school has no leaders yet
    slt, head = make_user(Role.SLT, at=school), make_user(Role.HEAD, at=school, name="Hazel Head")
    assert (owes(lead, today), owes(slt, today), owes(head, today)) == ([], [], [title])
    of_head = asked(school, head, ends_on=today)
    assert owes(slt, today) == ["Decide what Hazel Head asks for: private telephone"]
    assert owes(head, today) == [title]
    assert owes(slt, today + timedelta(days=1)) == []  # too late to agree
    exceptions.end(of_head, by=head)
    assert owes(slt, today) == []
    with pytest.raises(RuleBroken, match="nothing to end: withdrawn"):
        exceptions.end(of_head, by=head)


@pytest.mark.once
def test_a_teacher_asks_and_the_head_decides_on_the_page(
    client: Client, school: Organisation, head: User, teacher: User
) -> None:
    listed = reverse("accounts:exceptions", args=[school.slug])
    client.force_login(teacher)
    assert "You have asked for nothing" in client.get(listed).content.decode()
    ask = reverse("accounts:exception_ask", args=[school.slug])
    today = school.today().isoformat()
    typed = {"what": "email", "reason": "The choir", "starts_on": "2020-01-01", "ends_on": today}
    wrong = client.post(ask, typed).content.decode()
    assert "Ask beforehand" in wrong
    assert "The choir" in wrong
    client.post(ask, typed | {"starts_on": today})
    one = ContactException.objects.get()
    page = reverse("accounts:exception", args=[school.slug, one.pk])
    assert client.post(page, {"decision": "agree"}).status_code == 403
    client.force_login(make_user(Role.STAFF, at=school))
    assert client.get(page).status_code == 404
    client.force_login(make_user(Role.HEAD, at=make_school()))
    assert client.get(page).status_code == 404
    client.force_login(head)
    refused = client.post(page, {"decision": "refuse"}).content.decode()
    assert "Say why, in a sentence." in refused
    client.post(page, {"decision": "agree", "note": "For the trip."})
    for query, count in (
        ("state=in_force", 1), ("state=waiting", 0), ("state=refused", 0), ("state=over", 0),
        ("q=Tom", 1), ("q=Nobody", 0), ("what=phone", 0),
    ):  # fmt: skip
        assert client.get(f"{listed}?{query}").context["page"].paginator.count == count
    end = reverse("accounts:exception_end", args=[school.slug, one.pk])
    client.post(end)
    assert client.get(f"{listed}?state=over").context["page"].paginator.count == 1
    assert Notice.objects.filter(recipient=teacher, kind="account.exception_ended").exists()


@pytest.mark.once
def test_the_list_asks_the_same_of_the_database_however_long_it_is(
    school: Organisation, head: User, teacher: User
) -> None:
    counts = []
    for size in (10, 990):
        ContactException.objects.bulk_create(
            ContactException(organisation=school, person=teacher, what="phone", reason="Trip",
                             starts_on=school.today(), ends_on=school.today())
            for _ in range(size)
        )  # fmt: skip
        counts.append(len(visit(head, reverse("accounts:exceptions", args=[school.slug]))))
    assert counts[0] == counts[1] <= 8
