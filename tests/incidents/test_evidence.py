"""Evidence: sealed as it came, shown as a copy, on record whoever touches it, locked away."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from incidents import scanning, sealed_files
from incidents.models import Case, CaseExport, CaseLine, CaseView, Custody, Evidence
from incidents.own_record import CaseRefused
from incidents.sealed_files import ORIGINAL, PIECE, Damaged
from incidents.services import access, evidence, exports, keeping, people
from incidents.services.evidence import Facts, Prepared, prepare
from incidents.services.people import Named
from incidents.visibility import Hidden
from people.models import User
from tests.incidents import given_files as given
from tests.incidents.factories import Cast, assess, make_case
from trail.models import AuditEvent
from web.errors import RuleBroken

TEXT = b"Canary: what was written online."


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path
    settings.CLAMD_URL = ""


def a_file(case: Case, *, by: User, content: bytes = TEXT, name: str = "seen.txt") -> Evidence:
    return evidence.add(case, prepare(content, name), by=by, gate="no")


def custody_of(row: Evidence) -> list[str]:
    return list(row.custody.order_by("pk").values_list("what", flat=True))


def on_disk(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_file_comes_back_byte_for_byte_and_whoever_takes_it_is_on_record(
    cast: Cast, tmp_path: Path
) -> None:
    case = make_case(cast)
    content = given.jpeg()
    row = evidence.add(
        case, prepare(content, "../../Robin Ash\r\n.jpg"), by=cast.dsl, gate="no",
        facts=Facts(source="https://example.org/p/1", platform="Chat", handle="@someone"),
    )  # fmt: skip
    taken, pieces = evidence.take(case.reference, row.public_id, by=cast.dsl)
    assert b"".join(pieces) == content
    _, page = evidence.look_at(case.reference, row.public_id, 1, by=cast.dsl)
    assert given.PLACE not in page
    assert custody_of(row) == ["added", "taken", "looked"]
    assert [view.what for view in CaseView.objects.filter(case=case)] == ["file", "file"]
    assert taken.text("name") == "Robin Ash .jpg"
    assert taken.text("handle") == "@someone"
    stored = on_disk(tmp_path)
    assert len(stored) == 2
    assert not any(
        given.PLACE in path.read_bytes() or b"PNG" in path.read_bytes() for path in stored
    )


def test_a_file_is_sealed_in_pieces_that_cannot_be_changed_cut_off_or_moved(
    cast: Cast, tmp_path: Path
) -> None:
    case, other = make_case(cast), make_case(cast)
    row = a_file(case, by=cast.dsl, content=b"a line\n" * (PIECE // 4))
    [path] = [one for one in on_disk(tmp_path) if one.name.endswith("original")]
    whole = path.read_bytes()
    assert len(whole) > PIECE
    for broken in (whole[:-5], whole[: PIECE + 50], whole[:90] + b"\0" + whole[91:], b"x"):
        path.write_bytes(broken)
        with pytest.raises(Damaged):
            sealed_files.whole(case, row.blob, ORIGINAL)
    path.write_bytes(whole)
    assert len(sealed_files.whole(case, row.blob, ORIGINAL)) == row.size
    with pytest.raises(Damaged):
        sealed_files.whole(other, row.blob, ORIGINAL)


@pytest.mark.demand("F2")
@pytest.mark.parametrize("answer", ["yes", "unsure", "", "NO", "forged"])
def test_nothing_is_kept_past_the_gate_whoever_sends_it(
    cast: Cast, tmp_path: Path, answer: str
) -> None:
    open_case, gated = make_case(cast), make_case(cast, image_gate="unsure")
    for case, gate in ((open_case, answer), (gated, "no")):
        with pytest.raises(RuleBroken, match="Nothing can be attached"):
            evidence.add(case, prepare(TEXT, "x.txt"), by=cast.dsl, gate=gate)
        with pytest.raises(RuleBroken, match="Nothing can be attached"):
            evidence.add_as_reporter(
                case.reference, prepare(TEXT, "x.txt"), by=cast.teacher, gate=gate
            )
    assert not Evidence.objects.exists()
    assert not on_disk(tmp_path)


def test_a_file_is_there_for_those_who_see_the_case_and_for_nobody_else(cast: Cast) -> None:
    case, other = make_case(cast), make_case(cast)
    row = a_file(case, by=cast.dsl)
    for who in (cast.teacher, cast.office, cast.chair):
        assert not Evidence.objects.visible_to(who).exists()
        with pytest.raises(Hidden):
            evidence.look_at(case.reference, row.public_id, 1, by=who)
        with pytest.raises(Hidden):
            evidence.add(case, prepare(TEXT, "x.txt"), by=who, gate="no")
    with pytest.raises(Hidden):  # another case's file under this one's address
        evidence.take(other.reference, row.public_id, by=cast.dsl)
    people.add(case, Named("subject", user=cast.deputy), by=cast.dsl)
    with pytest.raises(Hidden):
        evidence.quarantine(row, by=cast.deputy)
    access.let_in(case, by=cast.dsl, person=cast.teacher, why="Form tutor")
    teacher = User.objects.get(pk=cast.teacher.pk)
    assert evidence.look_at(case.reference, row.public_id, 1, by=teacher)[1] == TEXT
    with pytest.raises(CaseRefused):  # to read is not to take the original
        evidence.take(case.reference, row.public_id, by=teacher)
    assert custody_of(row) == ["added", "looked"]


def test_one_click_locks_a_file_away_for_everybody_and_for_good(cast: Cast, tmp_path: Path) -> None:
    case = make_case(cast)
    row = a_file(case, by=cast.dsl)
    evidence.quarantine(row, by=cast.deputy)
    for way in (
        lambda: evidence.look_at(case.reference, row.public_id, 1, by=cast.dsl),
        lambda: evidence.take(case.reference, row.public_id, by=cast.dsl),
    ):
        with pytest.raises(Hidden):
            way()
    row = Evidence.objects.get(pk=row.pk)
    with transaction.atomic(), pytest.raises(RuleBroken):
        evidence.export_within(row, by=cast.dsl)
    assert not case.evidence.openable().exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        Evidence.objects.filter(pk=row.pk).update(quarantined_at=None, quarantined_by=None)
    assert evidence.sweep(older_than=-10) == 0
    assert len(on_disk(tmp_path)) == 2
    assert custody_of(row) == ["added", "quarantined"]


def test_two_people_destroy_what_was_locked_away(
    cast: Cast, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    case = make_case(cast)
    row = a_file(case, by=cast.dsl)
    with pytest.raises(RuleBroken, match="locked away"):
        evidence.ask_to_destroy(row, by=cast.dsl, why="The police have it")
    evidence.quarantine(row, by=cast.dsl)
    with pytest.raises(RuleBroken, match="ask for it first"):
        evidence.destroy(row, by=cast.deputy)
    evidence.ask_to_destroy(row, by=cast.dsl, why="The police have it: 123")
    with pytest.raises(RuleBroken, match="Another person"):
        evidence.destroy(row, by=cast.dsl)
    with django_capture_on_commit_callbacks(execute=True):
        evidence.destroy(row, by=cast.deputy)
    assert not on_disk(tmp_path)
    assert custody_of(row)[-2:] == ["ask_destroy", "destroyed"]


def test_evidence_is_never_altered_a_better_file_takes_its_place(cast: Cast) -> None:
    case = make_case(cast)
    row = a_file(case, by=cast.dsl)
    for change in ({"sealed_sha256": b"x"}, {"size": 5}, {"kind": "png"}, {"blob": "a" * 40}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Evidence.objects.filter(pk=row.pk).update(**change)
    for rows in (Evidence.objects.filter(pk=row.pk), Custody.objects.filter(evidence=row)):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows._raw_delete("default")
    better = evidence.add(
        case, prepare(b"The whole page.", "x.txt"), by=cast.dsl, gate="no", supersedes=row
    )
    assert list(case.evidence.current()) == [better]
    assert evidence.take(case.reference, row.public_id, by=cast.dsl)
    with pytest.raises(RuleBroken, match="already"):
        evidence.add(case, prepare(TEXT, "x.txt"), by=cast.dsl, gate="no", supersedes=row)


def test_whoever_reported_it_may_add_a_file_and_stays_unknown_if_they_asked_to(
    cast: Cast,
) -> None:
    case = make_case(cast, hide_reporter=True)
    add: Any = lambda by: evidence.add_as_reporter(  # noqa: E731
        case.reference, prepare(TEXT, "x.txt"), by=by, gate="no"
    )
    assert add(cast.teacher).added_by is None
    with pytest.raises(Hidden):
        add(cast.slt)
    # As a message would be: were it refused, they would know.
    people.record_conflict(case, by=cast.dsl, person=cast.teacher, why="Related")
    assert add(cast.teacher).case == case


def test_disposing_of_a_case_takes_its_files_with_it(
    cast: Cast, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    case = make_case(cast)
    row = a_file(case, by=cast.dsl)
    Case.objects.filter(pk=case.pk)  # looked at below, so that it was read
    evidence.look_at(case.reference, row.public_id, 1, by=cast.dsl)
    assess(case, by=cast.dsl)
    from incidents.services import closing

    closing.set_aside(case, by=cast.dsl, move="no_action", why="Nothing in it")
    Case.objects.filter(pk=case.pk).update(ended_at=timezone.now() - timedelta(days=3000))
    case = Case.objects.get(pk=case.pk)
    row.refresh_from_db()
    evidence.quarantine(row, by=cast.dsl)
    with pytest.raises(RuleBroken, match="locked away"):
        keeping.propose_disposal(case, by=cast.dsl)
    evidence.ask_to_destroy(row, by=cast.dsl, why="Police 123")
    evidence.destroy(row, by=cast.deputy)
    row = a_file(case, by=cast.dsl)
    disposal = keeping.propose_disposal(case, by=cast.dsl)
    with django_capture_on_commit_callbacks(execute=True):
        keeping.dispose(disposal, by=cast.deputy)
    blobs = [path.name for path in on_disk(tmp_path)]
    assert not any(name.startswith(row.blob) for name in blobs)
    with pytest.raises(Exception, match="disposed"):
        Evidence.objects.get(pk=row.pk).text("name")
    evidence.sweep(older_than=-10)
    assert not on_disk(tmp_path)


@pytest.mark.demand("F3")
def test_nothing_of_a_file_is_legible_in_a_table_on_the_disk_or_in_the_log(
    cast: Cast, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    case, canary = make_case(cast), "KANARIENVOGEL"
    facts = Facts(**dict.fromkeys(("source", "platform", "handle", "captured_by", "note"), canary))
    row = evidence.add(
        case, prepare(canary.encode(), f"{canary}.txt"), by=cast.dsl, gate="no", facts=facts
    )
    evidence.look_at(case.reference, row.public_id, 1, by=cast.dsl)
    exports.make(
        case, by=cast.dsl, profile="full", recipient=canary, why=canary, files=[row.public_id]
    )
    evidence.quarantine(row, by=cast.dsl, why=canary)
    evidence.ask_to_destroy(row, by=cast.dsl, why=canary)
    for model in (Evidence, Custody, CaseExport, CaseLine, CaseView, AuditEvent):
        for values in model.objects.values():
            raw = [bytes(one) if isinstance(one, memoryview) else one for one in values.values()]
            assert canary not in repr(raw)
            assert sha256(canary.encode()).hexdigest() not in repr(raw)
    assert not any(canary.encode() in path.read_bytes() for path in on_disk(tmp_path))
    assert canary not in caplog.text


# The virus scanner


@contextmanager
def a_scanner(answer: bytes | None) -> Iterator[tuple[str, list[bytes]]]:
    """A clamd that says one thing to everybody; None: it takes everything and says nothing."""
    heard: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve() -> None:
        while not done.is_set():
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line:
                data = b""
                while not data.endswith(b"\0\0\0\0") and data != b"zPING\0":
                    part = line.recv(65536)
                    if not part:
                        break
                    data += part
                heard.append(data)
                if answer is None:
                    done.wait(5)
                else:
                    line.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}", heard
    finally:
        done.set()
        server.close()


@pytest.mark.once
def test_a_file_stays_closed_until_the_scanner_found_it_clean(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "SECONDS", 0.1)
    settings.CLAMD_URL = "tcp://127.0.0.1:1"  # nobody is there
    case = make_case(cast)
    row = a_file(case, by=cast.dsl)
    closed = lambda: pytest.raises(Hidden)  # noqa: E731
    look: Any = lambda: evidence.look_at(case.reference, row.public_id, 1, by=cast.dsl)  # noqa: E731
    assert evidence.scan_waiting() == 0
    assert scanning.ready()[1] is False
    for answer in (None, b"INSTREAM size limit exceeded. ERROR\0", b"", b"OK\0"):
        with a_scanner(answer) as (settings.CLAMD_URL, _):
            assert evidence.scan_waiting() == 0
        with closed():
            look()
    with a_scanner(b"stream: OK\0") as (settings.CLAMD_URL, heard):
        assert evidence.scan_waiting() == 1
        assert TEXT in heard[0]
        assert evidence.scan_waiting() == 0
    assert look()[1] == TEXT
    assert custody_of(row) == ["added", "clean", "looked"]


@pytest.mark.once
def test_a_file_with_a_virus_is_never_opened_and_one_that_fails_keeps_no_other_waiting(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "SECONDS", 0.1)
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    case = make_case(cast)
    first, second = a_file(case, by=cast.dsl), a_file(case, by=cast.dsl)
    assert evidence.scan_waiting() == 0
    waiting = Evidence.objects.filter(scanned_at=None)
    assert list(waiting) == [second]
    with a_scanner(b"stream: Eicar-Test-Signature FOUND\0") as (settings.CLAMD_URL, _):
        assert evidence.scan_waiting() == 2
    first.refresh_from_db()
    assert first.scan == "infected"
    with pytest.raises(Hidden):
        evidence.take(case.reference, first.public_id, by=cast.dsl)


@pytest.mark.once
def test_without_a_scanner_the_operator_is_told(settings: Any) -> None:
    name, ok, says = scanning.ready()
    assert (name, ok) == ("virus_scanner", True)
    assert "not checked" in says
    with a_scanner(b"PONG\0") as (settings.CLAMD_URL, _):
        assert scanning.ready() == ("virus_scanner", True, scanning.PRESENT)


def test_a_file_that_was_read_is_kept_nowhere_until_it_is_added() -> None:
    assert isinstance(prepare(TEXT, "a/b.txt"), Prepared)
