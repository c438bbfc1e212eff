"""Who may have an evidence pack, how it is made, and how long it is kept."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from files.models import StoredFile
from files.services import sweep_orphans
from governance.evidence import packing
from governance.evidence.tables import TABLES
from governance.models import EvidencePack
from governance.services import evidence
from governance.tasks import erase_packs, make_packs
from notices.models import Notice
from people.roles import Role
from people.services import membership as memberships
from tests.factories import make_school, make_user
from tests.governance.factories import make_policy
from tests.governance.packs import Lively, ask, content, files, lively_school, made
from trail.models import AuditEvent
from trail.verify import check
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db


@pytest.fixture
def lively(db: None) -> Lively:
    return lively_school()


# Asking


@pytest.mark.parametrize("role", [Role.STAFF, Role.IT, Role.GOVERNOR, Role.DPO, Role.DEPUTY_DSL])
def test_names_are_for_those_who_may_see_signatures(lively: Lively, role: Role) -> None:
    person = make_user(role, at=lively.school)
    for kind, more in (
        ("school", {}), ("policy", {"policy": lively.agreed}), ("person", {"person": person}),
    ):  # fmt: skip
        with pytest.raises(PermissionDenied):
            ask(lively.school, person, kind, **more)


def test_another_schools_head_gets_nothing(lively: Lively) -> None:
    other = make_user(Role.HEAD, at=make_school(trust=lively.trust))
    for kind in ("school", "governors"):
        with pytest.raises(PermissionDenied):
            ask(lively.school, other, kind)


def test_a_moment_to_come_a_strangers_policy_and_a_stranger_are_refused(lively: Lively) -> None:
    far = make_school()
    stranger, theirs = make_user(Role.STAFF, at=far), make_policy(far)

    for more, reason in (
        ({"as_at": timezone.now() + timedelta(minutes=1)}, "has passed"),
        ({"kind": "policy", "policy": theirs}, "does not reach"),
        ({"kind": "person", "person": stranger}, "never been"),
        ({"kind": "policy"}, "Choose the policy"),
        ({"kind": "person"}, "Choose the person"),
    ):
        with pytest.raises(RuleBroken, match=reason):
            ask(lively.school, lively.head, **more)
    assert not EvidencePack.objects.exists()


def test_a_double_click_asks_for_one_pack(lively: Lively) -> None:
    key = uuid.uuid4()
    first = ask(lively.school, lively.head, form_key=key)

    assert ask(lively.school, lively.head, form_key=key) == first
    assert EvidencePack.objects.count() == 1


def test_nobody_fills_the_queue_alone(lively: Lively) -> None:
    for _ in range(evidence.MOST_WAITING):
        ask(lively.school, lively.head)
    with pytest.raises(RuleBroken, match="still being made"):
        ask(lively.school, lively.head)


# Making


def test_the_worker_makes_what_waits_and_tells_who_asked(lively: Lively) -> None:
    pack = ask(lively.school, lively.head)

    make_packs()
    make_packs()

    pack.refresh_from_db()
    assert pack.is_ready
    notice = Notice.objects.get(recipient=lively.head, kind="evidence.pack")
    assert notice.title == f"Evidence pack {pack.reference} is ready"
    assert notice.url == pack.get_absolute_url()
    verbs = list(
        AuditEvent.objects.filter(verb__startswith="evidence").values_list("verb", flat=True)
    )
    assert sorted(verbs) == ["evidence.ask", "evidence.make"]
    assert StoredFile.objects.filter(purpose="evidence-pack").count() == 1


def test_what_one_worker_is_at_another_leaves_alone_for_a_while(lively: Lively) -> None:
    pack = ask(lively.school, lively.head)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert evidence._claim(pack.pk) is not None
        assert evidence.make(pack.pk) is None
        clock.shift(evidence.CLAIM_LASTS + timedelta(seconds=1))
        done = evidence.make(pack.pk)
    assert done is not None
    assert done.attempts == 2


def test_a_worker_that_comes_back_from_the_dead_changes_nothing(lively: Lively) -> None:
    pack = ask(lively.school, lively.head)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        late = evidence._claim(pack.pk)
        assert late is not None
        result = packing.make(late, timezone.now())
        clock.shift(evidence.CLAIM_LASTS + timedelta(seconds=1))
        done = evidence.make(pack.pk)
        assert done is not None
        assert evidence._finish(late, result, tell=True) is None
    pack.refresh_from_db()
    assert pack.manifest_hash == done.manifest_hash


def test_what_fails_is_tried_three_times_and_then_told(
    lively: Lively, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full: the one thing that cannot be reached through services."""

    def full(*_: Any, **__: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(evidence, "store", full)
    pack = ask(lively.school, lively.head)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(5):
            make_packs()
            clock.shift(evidence.CLAIM_LASTS + timedelta(seconds=1))
    pack.refresh_from_db()
    assert (pack.state, pack.attempts) == ("failed", 3)
    notice = Notice.objects.get(recipient=lively.head, kind="evidence.pack")
    assert "could not be made" in notice.title


def test_a_pack_too_large_to_keep_fails_at_once(lively: Lively, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    pack = ask(lively.school, lively.head)

    make_packs()

    pack.refresh_from_db()
    assert (pack.state, pack.attempts) == ("failed", 1)


def test_somebody_who_left_meanwhile_is_not_told(lively: Lively) -> None:
    office = make_user(Role.OFFICE, at=lively.school)
    ask(lively.school, office)
    memberships.leave(
        office.memberships.get(), last_day=lively.school.today() - timedelta(days=1), by=None
    )

    make_packs()

    assert not Notice.objects.filter(recipient=office, kind="evidence.pack").exists()


# Keeping


def test_the_file_goes_after_thirty_days_and_the_row_stays(lively: Lively) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        pack = made(lively.school, lively.head)
        clock.shift(timedelta(days=30) - timedelta(seconds=1))
        erase_packs()
        pack.refresh_from_db()
        assert pack.file is not None
        clock.shift(timedelta(seconds=1))
        erase_packs()
        erase_packs()
        pack.refresh_from_db()
        assert pack.is_gone
        assert evidence.confirm(pack.manifest_hash).pack == pack
        with pytest.raises(RuleBroken, match="erased"):
            content(pack)
    assert not StoredFile.objects.filter(purpose="evidence-pack").exists()
    assert sweep_orphans(older_than=-1) >= 1


def test_the_database_keeps_what_a_finished_pack_was_about(lively: Lively) -> None:
    pack = made(lively.school, lively.head)
    rows = EvidencePack.objects.filter(pk=pack.pk)

    for change in (
        {"manifest_hash": "0" * 64}, {"as_at": timezone.now() - timedelta(days=9)},
        {"kind": "governors"}, {"reference": "E-0000-0000"}, {"size": 5},
        {"requested_by": lively.signer}, {"state": "waiting"},
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()


def test_the_database_refuses_a_pack_about_nothing(lively: Lively) -> None:
    for kind in ("policy", "person"):
        with pytest.raises(IntegrityError), transaction.atomic():
            EvidencePack.objects.create(
                reference=f"E-{kind}", organisation=lively.school, kind=kind,
                as_at=timezone.now() - timedelta(days=1), requested_by=lively.head,
            )  # fmt: skip


def test_each_download_goes_on_record_and_the_record_is_whole(lively: Lively) -> None:
    pack = made(lively.school, lively.head)
    signer = make_user(Role.OFFICE, at=lively.school)

    evidence.download(pack, by=signer)
    evidence.download(pack, by=signer, part="summary.pdf")

    lines = AuditEvent.objects.filter(verb="evidence.download").order_by("number")
    assert [(line.actor, line.details["part"]) for line in lines] == [
        (signer, "all"), (signer, "summary.pdf"),
    ]  # fmt: skip
    assert check(lively.school.pk).found is None


def test_the_same_question_gives_the_same_tables(lively: Lively) -> None:
    """Made again, a pack of a moment says the same: only its own time and reference differ."""
    moment = timezone.now()
    first, second = (content(made(lively.school, lively.head, as_at=moment)) for _ in range(2))

    for described in TABLES.values():
        assert files(first)[described.file] == files(second)[described.file]
