"""When the mail server is away, ends conversations or says no in odd places, and who is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from notices import delivery, health, services
from notices.delivery import as_message, deliver
from notices.models import Heartbeat, Mail
from tests.factories import make_person
from tests.notices.conftest import make_mail
from tests.notices.mail_server import MailServer

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)


@pytest.mark.demand("G1")
def test_a_worker_that_was_taken_for_dead_stops_when_it_wakes(server: MailServer) -> None:
    for _ in range(5):
        make_mail()

    def sleep_long(mail: Mail) -> EmailMultiAlternatives:
        """A laptop that was shut, say: meanwhile another has done all its work."""
        asleep.undo()
        with time_machine.travel(timezone.now() + 11 * MINUTE):
            assert deliver().sent == 5
        return as_message(mail)

    with pytest.MonkeyPatch.context() as asleep:
        asleep.setattr(delivery, "as_message", sleep_long)
        deliver()

    assert Mail.objects.filter(status=Mail.Status.SENT).count() == 5
    # The one it had in hand matters, so it may come twice, under one id.
    assert len(server.ids) == 6
    assert len(set(server.ids)) == 5


@pytest.mark.demand("G3")
def test_while_the_server_is_away_each_run_knocks_once(
    settings: Settings, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MAILS_PER_CLAIM", 2)
    for _ in range(20):
        make_mail()
    server.answers["EHLO"] = server.answers["HELO"] = "421 too many"

    assert [deliver().connection_failures for _ in range(4)] == [3, 1, 1, 1]
    assert server.connections == 6
    assert Heartbeat.objects.filter(name=health.TROUBLE).exists()

    server.answers.clear()
    with time_machine.travel(timezone.now() + 20 * MINUTE):
        assert deliver().sent == 20
    assert server.connections == 7
    assert not Heartbeat.objects.filter(name=health.TROUBLE).exists()


@pytest.mark.demand("G3")
def test_a_server_that_ends_each_conversation_after_some_mails_gets_them_all(
    server: MailServer,
) -> None:
    server.mails_per_connection = 3
    for _ in range(12):
        make_mail()
    for minutes in range(0, 20, 2):
        with time_machine.travel(timezone.now() + minutes * MINUTE):
            deliver()
    assert len(set(server.ids)) == len(server.ids) == 12


@pytest.mark.demand("G2")
def test_the_banner_and_the_monitor_tell_a_server_that_is_away_from_one_odd_address(
    server: MailServer,
) -> None:
    services.beat(health.BEAT)
    full, fine = make_person(), make_person()
    server.put_off_addresses = {full.email or ""}
    make_mail(to=full)
    make_mail(to=fine)
    deliver()
    later = timezone.now() + 16 * MINUTE
    with time_machine.travel(later):
        services.beat(health.BEAT)
        deliver()  # it is put off once more, and nothing else waits

        make_mail(to=fine)
        deliver()
    with time_machine.travel(later + MINUTE):
        assert not health.delivery_is_delayed()
        name, well, words = health.delivery()
        assert (name, well) == ("delivery", True)
        assert words.startswith("Mail last left at ")
        assert "1 wait, the oldest since" in words

        server.answers["MAIL"] = "451 not now"
        make_mail(to=fine)
        deliver()
    with time_machine.travel(later + 18 * MINUTE):
        services.beat(health.BEAT)
        deliver()
        assert health.delivery_is_delayed()
        _, well, words = health.delivery()
        assert not well
        assert "The mail server takes none since" in words


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(
    ("verb", "answer", "becomes"),
    [("MAIL", "451 not now", "waiting"), ("RCPT", "550 unknown", "failed"),
     ("DATA", "452 full", "waiting"), ("TEXT", "554 no", "failed")],
)  # fmt: skip
def test_a_no_means_the_same_whether_lines_go_one_by_one_or_at_once(
    server: MailServer, verb: str, answer: str, becomes: str, at_once: bool
) -> None:
    server.pipelining = at_once
    server.answers[verb] = answer
    mail = make_mail()
    deliver()
    mail.refresh_from_db()
    assert (mail.status, mail.last_error) == (becomes, answer[:3])

    server.answers.clear()
    after = make_mail()  # on a line that is clean
    assert deliver().sent == 1
    assert server.ids == [after.message_id]


def test_a_line_that_begins_with_a_dot_arrives_as_it_was(server: MailServer) -> None:
    make_mail(text="One\n.\n..two\n.three")
    deliver()
    (received,) = server.received
    (plain, _) = received.get_payload()
    assert plain.get_payload().splitlines() == ["One", ".", "..two", ".three"]


@pytest.mark.demand("H11")
def test_a_mail_costs_one_small_write_and_a_batch_a_few(server: MailServer) -> None:
    def queries(mails: int) -> int:
        for _ in range(mails):
            make_mail()
        with CaptureQueriesContext(connection) as asked:
            assert deliver().sent == mails
        return len(asked)

    queries(1)  # the first writes rows that later ones change
    few = queries(5)
    assert queries(50) - few == 45
    assert few <= 5 + 33
