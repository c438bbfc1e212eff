"""Every mail becomes a row in the caller's transaction, and the table refuses nonsense."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.mail import BadHeaderError, EmailMessage, EmailMultiAlternatives, send_mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from notices.models import Heartbeat, Mail, Notice
from notices.services import sweep
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_user
from tests.notices.conftest import TUESDAY, at, owe

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "notices.backend.OutboxBackend"


def test_a_mail_of_the_sign_in_library_becomes_a_row(school: Organisation) -> None:
    person = make_user(at=school)
    message = EmailMultiAlternatives(
        "Reset your password", "Text", "portal@localhost", [person.email.upper()]
    )
    message.attach_alternative("<p>Text</p>", "text/html")
    assert message.send() == 1

    mail = Mail.objects.get()
    assert (mail.recipient, mail.organisation) == (person, school)
    assert (mail.kind, mail.status) == (Mail.Kind.TRANSACTIONAL, Mail.Status.WAITING)
    assert (mail.subject, mail.text, mail.html) == ("Reset your password", "Text", "<p>Text</p>")


def test_a_mail_to_two_is_two_rows_with_an_id_each() -> None:
    send_mail("Hello", "Text", None, ["one@example.org", "two@example.org"])
    rows = Mail.objects.order_by("pk")
    assert [row.to for row in rows] == ["one@example.org", "two@example.org"]
    assert len({row.message_id for row in rows}) == 2


def test_a_mail_is_undone_with_the_change_that_caused_it() -> None:
    def change() -> None:
        with transaction.atomic():
            send_mail("Hello", "Text", None, ["one@example.org"])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change()
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    "broken",
    [
        {"subject": "Hello\nBcc: all@example.org"},
        {"from_email": "a@example.org\r\nBcc: all@example.org"},
        {"to": ["a@example.org\nBcc: all@example.org"]},
        {"headers": {"X-One": "1\nBcc: all@example.org"}},
        {"reply_to": ["a@example.org\nBcc: b@example.org"]},
    ],
)
def test_a_line_break_cannot_become_a_header(broken: dict[str, Any]) -> None:
    parts: dict[str, Any] = {
        "subject": "Hello",
        "body": "Text",
        "from_email": "portal@localhost",
        "to": ["one@example.org"],
    }
    with pytest.raises(BadHeaderError):
        EmailMessage(**parts | broken).send()
    assert not Mail.objects.exists()


def test_an_attachment_is_refused() -> None:
    message = EmailMessage("Hello", "Text", None, ["one@example.org"])
    message.attach("list.csv", "a,b", "text/csv")
    with pytest.raises(ValueError, match="links"):
        message.send()


def test_a_school_with_a_line_break_in_its_name_adds_no_header(school: Organisation) -> None:
    Organisation.objects.filter(pk=school.pk).update(
        name="Hill\r\nBcc: all@example.org", settings={"notices.reply_to": "a@b.c\nBcc: x@y.z"}
    )
    owe(make_user(at=school), school, 7)
    sweep(at(TUESDAY))
    mail = Mail.objects.get()
    assert "\n" not in mail.from_address
    assert mail.reply_to == ""


def test_answers_go_to_the_school(school: Organisation) -> None:
    Organisation.objects.filter(pk=school.pk).update(
        settings={"notices.reply_to": "office@hill.example"}
    )
    owe(make_user(at=school), school, 7)
    sweep(at(TUESDAY))
    assert Mail.objects.get().reply_to == f"{school.name} <office@hill.example>"


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "reminder"},  # no day
        {"kind": "urgent", "digest_on": TUESDAY},
        {"status": "claimed"},  # by nobody
        {"status": "sent"},  # at no time
        {"sent_at": at(TUESDAY)},  # and not sent
        {"status": "uncertain"},  # not a reminder
        {"to": ""},
        {"status": "lost"},
    ],
)
def test_the_table_refuses_mail_that_makes_no_sense(fields: dict[str, Any]) -> None:
    person = make_user()
    sound: dict[str, Any] = {
        "kind": "transactional",
        "recipient": person,
        "to": "one@example.org",
        "subject": "Hello",
        "text": "Text",
        "from_address": "portal@localhost",
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Mail.objects.create(**sound | fields)


def test_there_is_one_reminder_mail_a_day(school: Organisation) -> None:
    person = make_user()
    sound = {"kind": "reminder", "recipient": person, "to": "a@example.org", "digest_on": TUESDAY}
    Mail.objects.create(**sound)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mail.objects.create(**sound)


def test_a_stage_of_a_due_date_is_told_once(school: Organisation) -> None:
    person = make_user()
    sound = {
        "recipient": person,
        "about": person,
        "organisation": school,
        "kind": "policy.sign",
        "occasion": "policy.sign:1",
        "stage": "owner+0",
        "on_date": TUESDAY,
        "due_on": TUESDAY,
    }
    Notice.objects.create(**sound)
    for again in (sound, sound | {"due_on": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.create(**again)


def test_who_may_see_mail_and_notices(school: Organisation) -> None:
    person, colleague = make_user(at=school), make_user(at=school)
    office, elsewhere = make_user(Role.OFFICE, at=school), make_user(Role.OFFICE, at=make_school())
    owe(person, school, 7)
    sweep(at(TUESDAY))
    Heartbeat.objects.create(name="beat", beat_at=timezone.now())

    def sees(user: User) -> tuple[int, int, int]:
        models = (Mail, Notice, Heartbeat)
        return tuple(model.objects.visible_to(user).count() for model in models)

    assert sees(person) == (1, 1, 0)
    assert sees(colleague) == (0, 0, 0)
    assert sees(office) == (1, 0, 1)
    assert sees(elsewhere) == (0, 0, 1)
