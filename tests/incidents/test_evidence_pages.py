"""The pages of files: behind the gate, on record, and dead to whoever forges a request."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from incidents import taking_files
from incidents.models import Case, Custody, Evidence
from incidents.services import evidence
from people.models import User
from tests.incidents import given_files as given
from tests.incidents.factories import Cast, make_case

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(case: Case, name: str, *more: Any) -> str:
    return reverse(f"incidents:{name}", args=[case.reference, *more])


def upload(name: str = "seen.jpg", data: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or given.jpeg(), "image/jpeg")


@pytest.mark.demand("F2")
def test_a_file_comes_in_through_the_gate_only(cast: Cast, tmp_path: Path) -> None:
    case, gated = make_case(cast), make_case(cast, image_gate="yes")
    client = signed_in(cast.dsl)
    gate = at(case, "file_gate")
    assert client.post(gate, {"gate": "no", "file": upload()}).status_code == 403
    assert client.post(gate, {}).status_code == 200
    assert client.post(gate, {"gate": "unsure"}).url == at(case, "file_stop")
    assert "Do not look at it" in client.get(at(case, "file_stop")).text
    # Addresses that nobody was given: of another case, another person, of one that was gated.
    forged = (
        "made-up",
        taking_files.passed(gated, cast.dsl),
        taking_files.passed(case, cast.deputy),
    )
    for token in forged:
        assert client.post(at(case, "file_add", token), {"file": upload()}).status_code == 403
    own = taking_files.passed(gated, cast.dsl)
    assert client.post(at(gated, "file_add", own), {"file": upload()}).status_code == 403
    assert 'type="file"' not in client.get(at(gated, "file_gate")).text
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(cast.dsl)
    token = taking_files.passed(case, cast.dsl)
    assert careful.post(at(case, "file_add", token), {"file": upload()}).status_code == 403
    outside = signed_in(cast.teacher)
    own = taking_files.passed(case, cast.teacher)
    assert outside.post(at(case, "file_add", own), {"file": upload()}).status_code == 404
    assert not Evidence.objects.exists()
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


@pytest.mark.demand("F6")
def test_a_file_is_added_looked_at_taken_and_locked_away(cast: Cast) -> None:
    case = make_case(cast)
    client = signed_in(cast.dsl)
    add = client.post(at(case, "file_gate"), {"gate": "no"}).url
    hostile = client.post(add, {"file": upload("x.png", given.HTML), "handle": "@someone"})
    assert "This is a web page" in hostile.text
    assert "@someone" in hostile.text
    sent = {"file": upload("a\r\nb" + "c" * 300 + ".jpg"), "captured_at": "2026-09-02T10:00"}
    response = client.post(add, sent)
    row = Evidence.objects.get()
    assert response.url == at(case, "file", row.public_id)
    page = client.get(response.url).text
    assert row.text("sha256") in page
    assert str(row.pk) not in re.findall(r"/files/(\d+)/", page)

    look = client.get(at(case, "file_look", row.public_id, 1)).text
    assert at(case, "file_copy", row.public_id, 1) in look
    copy = client.get(at(case, "file_copy", row.public_id, 1))
    taken = client.post(at(case, "file_take", row.public_id))
    assert given.PLACE not in copy.content
    assert b"".join(taken.streaming_content) == given.jpeg()  # type: ignore[attr-defined]
    for response in (copy, taken):
        assert response["Content-Disposition"].startswith("attachment")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in response["Cache-Control"]
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert taken["Content-Type"] == "application/octet-stream"
    assert client.get(at(case, "file_take", row.public_id)).status_code == 405

    client.post(at(case, "file_lock", row.public_id))
    assert "Nobody can look at it" in client.get(at(case, "file", row.public_id)).text
    for name, number in (("file_look", [1]), ("file_copy", [1])):
        assert client.get(at(case, name, row.public_id, *number)).status_code == 404
    assert client.post(at(case, "file_take", row.public_id)).status_code == 404
    destroy = at(case, "file_destroy", row.public_id)
    client.post(destroy, {"why": "The police have it: 123"})
    assert "Ask for this file" in client.get(destroy).text
    assert signed_in(cast.deputy).post(destroy, {}).status_code == 302
    assert "Destroyed" in client.get(at(case, "file", row.public_id)).text
    done = ["added", "looked", "taken", "quarantined", "ask_destroy", "destroyed"]
    assert list(Custody.objects.order_by("pk").values_list("what", flat=True)) == done


def test_whoever_is_kept_out_finds_no_file(cast: Cast) -> None:
    case = make_case(cast)
    row = evidence.add(case, evidence.prepare(b"Seen", "x.txt"), by=cast.dsl, gate="no")
    client = signed_in(cast.teacher)
    unknown = client.get(at(case, "files").replace(case.reference, "zzzzzzzzzzzz"))
    for name, more in (
        ("files", []), ("file_gate", []), ("file_stop", []), ("file", [row.public_id]),
        ("file_look", [row.public_id, 1]), ("file_copy", [row.public_id, 1]),
    ):  # fmt: skip
        response = client.get(at(case, name, *more))
        assert response.status_code == 404
        assert response.content == unknown.content
    assert client.post(at(case, "file_take", row.public_id)).content == unknown.content
    assert client.post(at(case, "file_lock", row.public_id)).content == unknown.content
    assert Custody.objects.count() == 1


def test_a_list_of_files_takes_the_same_queries_however_many_there_are(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    case = make_case(cast)
    prepared = evidence.prepare(b"Seen", "x.txt")
    client = signed_in(cast.dsl)
    counts = []
    for more in (2, 8):
        for _ in range(more):
            evidence.add(case, prepared, by=cast.dsl, gate="no")
        with django_assert_max_num_queries(25) as asked:
            assert client.get(at(case, "files")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
