"""What an evidence pack holds, who may have one, and how it is made."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError
from django.utils import timezone
from pypdf import PdfReader

from files.models import StoredFile
from files.services import sweep_orphans
from governance.evidence import manifest, packing
from governance.evidence.tables import OF_PEOPLE, TABLES
from governance.models import EvidencePack, PolicyVersion
from governance.services import evidence, publishing
from governance.tasks import erase_packs, make_packs
from notices.models import Notice
from people.models import User
from people.roles import Role
from people.services import membership as memberships
from tests.factories import make_member, make_school, make_user
from tests.governance.factories import make_appendix, make_policy, sign
from tests.governance.packs import Lively, ask, content, csv_rows, files, lively_school, made, table
from trail.models import AuditEvent
from trail.verify import check
from web.errors import RuleBroken

pytestmark = pytest.mark.django_db


@pytest.fixture
def lively(db: None) -> Lively:
    return lively_school()


# What is in it


@pytest.mark.demand("D18")
def test_a_pack_of_a_school_says_who_has_signed_what(lively: Lively) -> None:
    data = content(made(lively.school, lively.head))

    states = {
        (row["person"], row["policy"]): row["state"]
        for row in table(data, "standings")
        if row["policy_id"] == lively.agreed.pk
    }
    title = "Pictures, “posts” and =SUM(1)"
    assert states[lively.signer.name, title] == "signed"
    assert states[lively.idle.name, title] == "not signed"
    assert states[lively.exempt.name, title] == "exempt"
    assert {row["person"] for row in table(data, "not_signed")} == {
        "Hedda Head", "Cleo Chair", lively.idle.name,
    }  # fmt: skip
    (figures,) = [row for row in table(data, "figures") if row["policy_id"] == lively.agreed.pk]
    assert {name: figures[name] for name in ("people", "signed", "not_signed", "exempt")} == {
        "people": 5, "signed": 1, "not_signed": 3, "exempt": 1,
    }  # fmt: skip
    assert figures["percent"] == 25
    (exempt,) = table(data, "exemptions")
    assert (exempt["person"], exempt["reason"], exempt["allowed_by"]) == (
        "Ewa Exempt", "On long leave", "Hedda Head",
    )  # fmt: skip


def test_the_acknowledgement_names_the_exact_text(lively: Lively) -> None:
    """Signed as 1.0, which still counts for the minor version in force."""
    data = content(made(lively.school, lively.head))

    rows = [row for row in table(data, "acknowledgements") if row["policy_id"] == lively.agreed.pk]
    (row,) = rows
    first = lively.agreed.versions.get(ordinal=1)
    assert row["content_hash"] == first.content_hash
    assert (row["version"], row["counted"], row["method"]) == ("1.0", True, "own")
    assert row["receipt"] == lively.signer.signatures.get(acknowledgements__version=first).reference
    assert row["at"].endswith("Z")


@pytest.mark.demand("D18")
def test_each_text_has_the_hash_that_was_acknowledged(lively: Lively) -> None:
    data = content(made(lively.school, lively.head))

    inside = files(data)
    texts = {name: body for name, body in inside.items() if name.startswith("texts/")}
    assert {f"texts/{hashlib.sha256(body).hexdigest()}.txt" for body in texts.values()} == set(
        texts
    )
    hashes = {row["content_hash"] for row in table(data, "acknowledgements")}
    in_force = {row["content_hash"] for row in table(data, "versions") if row["in_force"]}
    assert {f"texts/{one}.txt" for one in hashes | in_force} == set(texts)
    one = json.loads(inside[f"texts/{lively.agreed.versions.get(ordinal=1).content_hash}.txt"])
    assert one["title"] == lively.agreed.title


def test_csv_and_json_say_the_same_with_the_same_columns(lively: Lively) -> None:
    data = content(made(lively.school, lively.head))

    for name, described in TABLES.items():
        rows = table(data, name)
        lines = csv_rows(data, described.file)
        assert [list(row) for row in rows] == [list(described.columns)] * len(rows)
        assert len(lines) == len(rows)
        header = files(data)[described.file].decode("utf-8-sig").splitlines()[0]
        assert header.split(",") == list(described.columns)


def test_a_name_that_looks_like_a_formula_is_text_in_a_spreadsheet(lively: Lively) -> None:
    data = content(made(lively.school, lively.head))

    names = {row["person"] for row in csv_rows(data, "not-signed.csv")}
    assert "'" + lively.idle.name in names
    assert lively.idle.name in {row["person"] for row in table(data, "not_signed")}


def test_sign_offs_name_the_signatory_and_the_text(lively: Lively) -> None:
    rows = table(content(made(lively.school, lively.head)), "sign_offs")

    assert {(row["as"], row["name"], row["stands"]) for row in rows} == {
        ("Chair of governors", "Cleo Chair", True)
    }
    assert [row["content_hash"] for row in rows] == [
        one.content_hash for one in lively.agreed.versions.order_by("ordinal")
    ]


@pytest.mark.demand("D18")
def test_a_pack_is_of_the_moment_it_is_asked_about() -> None:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as clock:
        lively = lively_school()
        evening = timezone.now() + timedelta(hours=9)
        clock.shift(timedelta(days=3))
        lively.publish_next("material")
        sign(lively.agreed, lively.idle)
        publishing.withdraw(
            lively.of_the_trust, by=lively.trust.memberships.get().person, reason="Old."
        )
        then = content(made(lively.school, lively.head, as_at=evening))
        now = content(made(lively.school, lively.head))

    def version_and_states(data: bytes) -> tuple[set[str], set[str]]:
        rows = [row for row in table(data, "standings") if row["policy_id"] == lively.agreed.pk]
        signed = {row["person"] for row in rows if row["state"] == "signed"}
        return {row["version"] for row in rows}, signed

    assert version_and_states(then) == ({"2.0"}, {lively.signer.name})
    assert version_and_states(now) == ({"3.0"}, {lively.idle.name})
    assert {row["policy_id"] for row in table(then, "figures")} == {
        lively.agreed.pk, lively.of_the_trust.pk,
    }  # fmt: skip
    assert {row["policy_id"] for row in table(now, "figures")} == {lively.agreed.pk}
    gone = [row for row in table(now, "versions") if row["withdrawn_at"]]
    assert [row["withdrawn_reason"] for row in gone] == ["Old."]
    assert not [row for row in table(then, "versions") if row["withdrawn_at"]]


def test_a_pack_of_one_policy_holds_it_and_the_schools_appendix(lively: Lively) -> None:
    appendix = make_appendix(lively.of_the_trust, lively.school, by=lively.head)
    sister = make_school(trust=lively.trust)
    make_appendix(lively.of_the_trust, sister)

    data = content(made(lively.school, lively.head, "policy", policy=lively.of_the_trust))

    policies = {row["policy_id"] for name in TABLES for row in table(data, name)
                if row.get("policy_id")}  # fmt: skip
    assert policies == {lively.of_the_trust.pk, appendix.pk}


def test_a_pack_of_one_person_names_nobody_elses_signature(lively: Lively) -> None:
    sign(lively.of_the_trust, lively.idle)

    data = content(made(lively.school, lively.head, "person", person=lively.signer))

    for name in ("standings", "acknowledgements", "not_signed", "exemptions"):
        assert {row["person"] for row in table(data, name)} <= {lively.signer.name}, name
    assert len(table(data, "acknowledgements")) == 2
    assert "figures.csv" not in files(data)
    assert lively.idle.name.encode() not in b"".join(files(data).values())


def test_a_person_who_has_left_still_has_what_they_signed(lively: Lively) -> None:
    memberships.leave(
        lively.signer.memberships.get(), last_day=lively.school.today() - timedelta(days=1), by=None
    )

    data = content(made(lively.school, lively.head, "person", person=lively.signer))
    assert table(data, "standings") == []
    assert len(table(data, "acknowledgements")) == 2


def test_a_school_learns_nothing_of_what_somebody_signed_elsewhere(lively: Lively) -> None:
    elsewhere = make_school("Far School")
    make_member(lively.signer, elsewhere, Role.STAFF)
    sign(make_policy(elsewhere, title="Their own policy"), User.objects.get(pk=lively.signer.pk))

    for kind, more in (("school", {}), ("person", {"person": lively.signer})):
        data = content(made(lively.school, lively.head, kind, **more))
        everything = b"".join(files(data).values())
        assert b"Their own policy" not in everything
        assert b"Far School" not in everything


def test_a_trusts_pack_holds_every_school(lively: Lively) -> None:
    lead = lively.trust.memberships.get().person
    sister = make_school(trust=lively.trust)
    teacher = make_user(Role.STAFF, at=sister)

    data = content(made(lively.trust, lead))

    assert {row["school"] for row in table(data, "figures")} == {
        lively.trust.name, lively.school.name, sister.name,
    }  # fmt: skip
    assert teacher.name in {row["person"] for row in table(data, "not_signed")}


@pytest.mark.demand("D18")
def test_governors_get_figures_and_not_one_name(lively: Lively) -> None:
    governor = make_user(Role.GOVERNOR, at=lively.school, employment="governor")

    data = content(made(lively.school, governor, "governors"))

    assert not set(OF_PEOPLE) & set(json.loads(files(data)["evidence.json"])["tables"])
    everything = b"".join(files(data).values()).decode("utf-8", "replace")
    text = "".join(page.extract_text() for page in PdfReader(_pdf(data)).pages)
    for person in User.objects.all():
        assert person.name not in everything
        assert person.name not in text
    (row,) = [row for row in table(data, "figures") if row["policy_id"] == lively.agreed.pk]
    assert row["percent"] == 20
    assert "Science" in {row["department"] for row in table(data, "departments")}


def _pdf(data: bytes) -> Any:
    import io

    return io.BytesIO(files(data)["summary.pdf"])


def test_the_summary_reads_like_a_report_and_is_tagged(lively: Lively) -> None:
    reader = PdfReader(_pdf(content(made(lively.school, lively.head))))

    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for words in (
        "Every policy of St Olave’s, Wapping", "The versions in force", "Cleo Chair",
        "Not signed", "Zoë Ångström-Smith", "Ewa Exempt", "On long leave",
    ):  # fmt: skip
        assert words in text, words
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"


def test_a_text_that_was_altered_in_the_database_is_told(lively: Lively) -> None:
    from trail import immutable

    with immutable.lifted():
        PolicyVersion.objects.filter(policy=lively.of_the_trust).update(body="Something else.")

    data = content(made(lively.school, lively.head))
    text = "".join(page.extract_text() for page in PdfReader(_pdf(data)).pages)
    assert "Not as it should be" in text
    assert "Online presence, version 1.0" in text


def test_the_manifest_lists_every_file_and_is_sealed(lively: Lively) -> None:
    pack = made(lively.school, lively.head)
    inside = files(content(pack))
    listed = json.loads(inside["manifest.json"])

    assert {one["path"] for one in listed["files"]} == set(inside) - {
        "manifest.json", "manifest.json.sha256",
    }  # fmt: skip
    for one in listed["files"]:
        body = inside[one["path"]]
        assert (len(body), hashlib.sha256(body).hexdigest()) == (one["bytes"], one["sha256"])
    assert pack.manifest_hash == hashlib.sha256(inside["manifest.json"]).hexdigest()
    assert listed["made_by"] == ["Head teacher"]
    assert lively.head.name not in inside["manifest.json"].decode()
    assert manifest.is_ours(inside["manifest.json"])


@pytest.mark.parametrize(
    "altered",
    [
        b"", b"{}", b"[]", b'{"seal": 5}', b'{"seal": "\\ud800"}', b"\xff", b"[" * 100_000,
        b'{"seal": "' + b"0" * 64 + b'"}', b'{"a": ' + b"9" * 5000 + b"}",
    ],
)  # fmt: skip
def test_what_is_no_manifest_of_ours_is_not_ours(altered: bytes) -> None:
    assert not manifest.is_ours(altered)


def test_a_manifest_with_one_value_changed_is_not_ours(lively: Lively) -> None:
    inside = files(content(made(lively.school, lively.head)))
    listed = json.loads(inside["manifest.json"])

    for key in listed:
        changed = dict(listed) | {key: "0" * 64}
        assert not manifest.is_ours(json.dumps(changed).encode()), key
    assert manifest.is_ours(json.dumps(listed).encode())


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
