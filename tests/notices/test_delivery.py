"""From the outbox to a mail server, and what becomes of a mail when the server misbehaves."""

from __future__ import annotations

import socket
import time
from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from notices import delivery, services
from notices.delivery import as_message, deliver
from notices.models import Batch, Mail, Notice
from people.models import Organisation, User
from tests.factories import make_person, make_user
from tests.notices.conftest import OWED, TUESDAY, at, in_threads, make_mail, owe
from tests.notices.mail_server import MailServer

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)


def remind(school: Organisation, person: User, what: str = "1") -> Mail:
    """A reminder that a sweep wrote."""
    owe(person, school, 7, what=what)
    services.sweep(at(TUESDAY))
    return Mail.objects.get(recipient=person)


def test_mail_leaves_with_its_parts_and_its_own_id(server: MailServer) -> None:
    mail = make_mail(headers={"Auto-Submitted": "auto-generated"}, reply_to="office@hill.example")

    done = deliver()

    assert done.sent == 1
    (received,) = server.received
    assert received["Message-ID"] == mail.message_id
    assert received["From"] == "Hill School <portal@localhost>"
    assert received["Reply-To"] == "office@hill.example"
    assert received["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in received.get_payload()] == [
        "text/plain",
        "text/html",
    ]
    mail.refresh_from_db()
    assert (mail.status, mail.attempts, mail.claim) == (Mail.Status.SENT, 1, None)
    assert mail.sent_at is not None


def test_a_batch_shares_one_connection_and_leaves_once(server: MailServer) -> None:
    for _ in range(30):
        make_mail()

    assert deliver().sent == 30
    assert deliver().sent == 0
    assert server.connections == 1
    assert len(set(server.ids)) == len(server.received) == 30
    assert Mail.objects.filter(status=Mail.Status.SENT).count() == 30


def test_what_is_urgent_leaves_first(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "MAILS_PER_CLAIM", 1)
    person = make_person()
    make_mail("transactional", to=person)
    urgent = make_mail("urgent", to=person)
    deliver()
    assert server.ids[0] == urgent.message_id


@pytest.mark.only_on("postgresql")
@pytest.mark.demand("H11")
def test_the_next_mails_are_read_off_an_index_however_many_wait() -> None:
    person = make_person()
    Mail.objects.bulk_create(
        Mail(kind="transactional", to=person.email, subject="A", text="T", from_address="p@hill")
        for _ in range(1_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notices_mail")
    for kind in delivery.BY_URGENCY:
        plan = Mail.objects.waiting(kind, timezone.now())[:20].explain()
        assert "Index Scan" in plan
        assert "Incremental Sort" in plan or "Sort" not in plan, plan
    assert set(delivery.BY_URGENCY) == set(Mail.Kind)


@pytest.mark.demand("G3")
def test_a_server_that_refuses_connections_is_tried_three_times_and_nothing_is_lost(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    settings.DELIVERY = {
        "backend": "django.core.mail.backends.smtp.EmailBackend",
        "host": "127.0.0.1",
        "port": port,
        "timeout": 1,
    }
    monkeypatch.setattr(delivery, "MAILS_PER_CLAIM", 2)
    for _ in range(10):
        make_mail()

    done = deliver()

    assert done.connection_failures == 3
    assert Mail.objects.filter(status=Mail.Status.WAITING).count() == 10
    assert Mail.objects.filter(attempts=1, last_error="ConnectionRefusedError").count() == 6
    assert not User.objects.exclude(mail_failed_at=None).exists()


@pytest.mark.demand("G3")
def test_a_server_that_hangs_costs_seconds_and_no_mail(server: MailServer) -> None:
    server.greet = False
    mail = make_mail()

    started = time.monotonic()
    done = deliver()

    assert time.monotonic() - started < 5
    assert (done.sent, done.later) == (0, 1)
    server.greet = True
    with time_machine.travel(timezone.now() + 2 * MINUTE):
        assert deliver().sent == 1
    assert server.ids == [mail.message_id]


@pytest.mark.demand("G3")
@pytest.mark.parametrize(
    ("verb", "answer"), [("MAIL", "421 busy"), ("RCPT", "451 greylisted"), ("TEXT", "452 full")]
)
def test_a_temporary_no_waits_longer_each_time_up_to_a_day(
    server: MailServer, verb: str, answer: str
) -> None:
    server.answers[verb] = answer
    mail = make_mail()
    waits, now = [], timezone.now()
    for _ in range(14):
        with time_machine.travel(now, tick=False):
            deliver()
        mail.refresh_from_db()
        waits.append((mail.not_before - now) / MINUTE)
        now = mail.not_before

    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-2:] == [1440, 1440]
    assert (mail.status, mail.last_error) == (Mail.Status.WAITING, answer[:3])
    server.answers.clear()
    with time_machine.travel(now):
        assert deliver().sent == 1
    assert server.ids == [mail.message_id]


@pytest.mark.demand("G3")
def test_a_refused_address_is_flagged_and_the_others_get_their_mail(server: MailServer) -> None:
    gone, here = make_person(), make_person()
    server.refused_addresses = {gone.email}
    failed, fine = make_mail(to=gone), make_mail(to=here)

    deliver()

    for row in (failed, fine, gone, here):
        row.refresh_from_db()
    assert (failed.status, failed.last_error) == (Mail.Status.FAILED, "550")
    assert fine.status == Mail.Status.SENT
    assert gone.mail_failed_at is not None
    assert here.mail_failed_at is None
    assert deliver().failed == 0  # not tried again


def test_a_refused_text_says_nothing_about_the_address(server: MailServer) -> None:
    server.answers["TEXT"] = "554 looks like spam"
    mail = make_mail()
    deliver()
    mail.refresh_from_db()
    assert (mail.status, mail.last_error) == (Mail.Status.FAILED, "554")
    assert mail.recipient is not None
    assert mail.recipient.mail_failed_at is None


@pytest.mark.demand("G3")
def test_a_reminder_dropped_after_its_text_is_not_sent_again(
    server: MailServer, school: Organisation
) -> None:
    server.drop_after_text = True
    mail = remind(school, make_user(at=school))
    assert deliver().uncertain == 1
    server.drop_after_text = False
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        deliver()
    mail.refresh_from_db()
    assert mail.status == Mail.Status.UNCERTAIN
    assert server.received == []


@pytest.mark.demand("G1", "G3")
@pytest.mark.once
def test_what_was_in_a_mail_in_doubt_goes_with_the_next_and_says_so(
    server: MailServer, school: Organisation
) -> None:
    """Neither lost nor told twice in the same words; what is done by then is not told at all."""
    person, quick = make_user(at=school), make_user(at=school)
    owe(quick, school, 7, what="1")
    mail = remind(school, person)
    server.drop_after_text = True
    assert deliver().uncertain == 2
    server.drop_after_text = False
    assert services.sweep(at(TUESDAY, hour=15)).mails == 0  # one reminder a day, as ever
    OWED.pop(0)

    wednesday = TUESDAY + timedelta(days=1)
    done = services.sweep(at(wednesday))
    assert (done.notices, done.mails, done.withdrawn) == (0, 1, 1)
    with time_machine.travel(at(wednesday)):
        assert deliver().sent == 1

    (received,) = server.received
    assert received["Message-ID"] != mail.message_id
    assert received["To"] == person.email
    assert " ".join(received["Subject"].split()) == (
        "Read and sign: Online safety "
        "(due in 6 days; a mail of 24 November may have told you already)"
    )
    # The next step is news again, in words of its own.
    services.sweep(at(TUESDAY + timedelta(days=6)))
    last = Mail.objects.filter(recipient=person).latest("pk")
    assert last.subject == "Read and sign: Online safety (due tomorrow)"


@pytest.mark.demand("G3")
@pytest.mark.parametrize("kind", ["urgent", "transactional"])
def test_what_matters_is_sent_again_with_the_same_id(server: MailServer, kind: str) -> None:
    server.drop_after_text = True
    mail = make_mail(kind)
    assert deliver().later == 1
    server.drop_after_text = False
    with time_machine.travel(timezone.now() + 2 * MINUTE):
        assert deliver().sent == 1
    assert server.ids == [mail.message_id]


@pytest.mark.demand("H11")
def test_of_a_killed_workers_claim_only_the_mail_on_the_wire_is_in_doubt(
    server: MailServer, school: Organisation
) -> None:
    for number in range(5):
        owe(make_user(at=school), school, 7, what=str(number))
    services.sweep(at(TUESDAY))

    class Killed(BaseException):
        pass

    def die(mail: Mail) -> EmailMultiAlternatives:
        if server.received:
            raise Killed
        return as_message(mail)

    # What a SIGKILL leaves: nothing that the worker does on its way out has happened.
    with pytest.MonkeyPatch.context() as killed:
        killed.setattr(delivery, "as_message", die)
        killed.setattr(delivery._Run, "_settle", lambda self: None)
        with pytest.raises(Killed):
            deliver()
    assert set(Mail.objects.values_list("status", flat=True)) == {"claimed"}
    assert deliver().sent == 0  # still within the ten minutes

    with time_machine.travel(timezone.now() + 11 * MINUTE):
        assert deliver().sent == 3
    # One had left, three had not, and what became of the one on the wire nobody knows.
    statuses = sorted(Mail.objects.values_list("status", flat=True))
    assert statuses == ["sent", "sent", "sent", "sent", "uncertain"]
    assert len(set(server.ids)) == len(server.ids) == 4
    assert not Batch.objects.exists()


@pytest.mark.demand("G1")
def test_two_workers_at_once_send_nothing_twice(server: MailServer, shared_database: None) -> None:
    in_threads(lambda: [make_mail() for _ in range(40)])

    first, second = in_threads(deliver, deliver)

    assert first.sent + second.sent == 40
    assert len(set(server.ids)) == len(server.ids) == 40


def test_no_mail_leaves_inside_a_transaction(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.DELIVERY = {"backend": "tests.notices.test_delivery.NotInATransaction"}
    make_mail()
    make_mail("urgent")
    assert deliver().sent == 2


class NotInATransaction(EmailBackend):
    def send_messages(self, messages: object) -> int:
        assert not connection.in_atomic_block
        return super().send_messages(messages)


def test_what_is_done_before_the_mail_leaves_is_not_in_it(
    server: MailServer, school: Organisation
) -> None:
    person = make_user(at=school)
    owe(person, school, 7, what="1", title="First task")
    owe(person, school, 6, what="2", title="Second task")
    services.sweep(at(TUESDAY))
    OWED.pop(0)

    deliver()

    (received,) = server.received
    assert received["Subject"] == "Second task (due in 6 days)"
    assert Notice.objects.filter(recipient=person).count() == 1


def test_a_reminder_of_nothing_is_not_sent(server: MailServer, school: Organisation) -> None:
    remind(school, make_user(at=school))
    OWED.clear()
    deliver()
    assert server.received == []
    assert not Mail.objects.exists()
    assert not Notice.objects.exists()


def test_a_reminder_follows_a_corrected_address(server: MailServer, school: Organisation) -> None:
    person = make_user(at=school)
    remind(school, person)
    User.objects.filter(pk=person.pk).update(email="right@example.org")
    deliver()
    assert server.received[0]["To"] == "right@example.org"


def test_a_mail_that_cannot_be_written_holds_up_no_other(server: MailServer) -> None:
    broken = make_mail(headers={"X-Odd": "two\nlines"})
    fine = make_mail()
    deliver()
    assert server.ids == [fine.message_id]
    broken.refresh_from_db()
    assert (broken.status, broken.last_error) == (Mail.Status.FAILED, "BadHeaderError")
