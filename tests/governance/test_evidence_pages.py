"""Asking for a pack, waiting for it, downloading it, and asking whether it was made here."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance.evidence import packing
from governance.models import EvidencePack
from governance.services import evidence
from people.models import User
from people.roles import Role
from tests.factories import make_user
from tests.governance.packs import Lively, ask, content, files, lively_school, made, zipped
from tests.governance.verifying import resealed

pytestmark = pytest.mark.django_db


@pytest.fixture
def lively(db: None) -> Lively:
    return lively_school()


def browser(person: User | None = None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(User.objects.get(pk=person.pk))
    return client


def new(lively: Lively, person: User, data: dict[str, Any], query: str = "") -> HttpResponse:
    address = reverse("governance:evidence_new", args=[lively.school.slug]) + query
    return browser(person).post(address, data, follow=True)


# Asking


@pytest.mark.demand("D18")
def test_a_head_has_a_small_schools_pack_on_the_next_page(lively: Lively) -> None:
    page = new(lively, lively.head, {"kind": "school"})

    pack = EvidencePack.objects.get()
    assert pack.is_ready
    assert page.request["PATH_INFO"] == pack.get_absolute_url()
    assert "Download the pack" in page.content.decode()
    download = browser(lively.head).post(
        reverse("governance:evidence_download", args=[lively.school.slug, pack.pk])
    )
    assert download["Content-Type"] == "application/zip"
    assert download["Content-Disposition"] == f'attachment; filename="{pack.reference}.zip"'
    assert "manifest.json" in files(download.content)


def test_a_large_one_waits_and_says_so(lively: Lively, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "SMALL", 3)
    page = new(lively, lively.head, {"kind": "school"})

    pack = EvidencePack.objects.get()
    text = page.content.decode()
    assert not pack.is_ready
    assert "This pack is being made" in text
    assert "Download" not in text
    assert "Refresh" not in page
    watched = browser(lively.head).get(pack.get_absolute_url(), {"watch": "1"})
    assert watched["Refresh"] == "5"
    assert "Stop looking" in watched.content.decode()
    evidence.make(pack.pk)
    ready = browser(lively.head).get(pack.get_absolute_url(), {"watch": "1"})
    assert "Refresh" not in ready
    assert "Download the pack" in ready.content.decode()


def test_a_day_may_be_named_and_its_evening_counts(lively: Lively) -> None:
    yesterday = lively.school.today() - timedelta(days=1)
    new(lively, lively.head, {"kind": "school", "on": yesterday.isoformat()})

    pack = EvidencePack.objects.get()
    local = pack.as_at.astimezone(lively.school.zone)
    assert local.date() == yesterday
    assert (local.hour, local.minute, local.second) == (23, 59, 59)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({}, "Choose what the pack is about."),
        ({"kind": "policy"}, "Choose the policy."),
        ({"kind": "policy", "policy": "999999"}, "What was chosen is not offered here"),
        ({"kind": "person"}, "What was chosen is not offered here"),
        ({"kind": "school", "on": "2999-01-01"}, "Choose a day that has come"),
        ({"kind": "school", "form_key": "x"}, "valid UUID"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_made(
    lively: Lively, data: dict[str, str], reason: str
) -> None:
    page = new(lively, lively.head, data)

    assert reason in page.content.decode()
    assert not EvidencePack.objects.exists()


def test_a_pack_of_a_person_begins_at_that_person(lively: Lively) -> None:
    page = new(lively, lively.head, {}, f"?person={lively.signer.pk}")

    pack = EvidencePack.objects.get()
    assert (pack.kind, pack.person) == ("person", lively.signer)
    assert lively.signer.name in page.content.decode()


@pytest.mark.parametrize("number", ["0", "999999", "x", "9" * 40, "-1", "1e3"])
def test_a_person_who_is_not_here_is_no_person(lively: Lively, number: str) -> None:
    address = reverse("governance:evidence_new", args=[lively.school.slug])
    status = browser(lively.head).get(address, {"person": number}).status_code
    assert status in {200, 404}
    assert browser(make_user(Role.GOVERNOR, at=lively.school)).get(
        address, {"person": str(lively.signer.pk)}
    ).status_code in {403, 404}


def test_the_form_comes_filled_in_from_the_page_of_a_policy(lively: Lively) -> None:
    address = reverse("governance:evidence_new", args=[lively.school.slug])
    page = browser(lively.head).get(address, {"kind": "policy", "policy": lively.agreed.pk})

    form = page.context["form"]
    assert form["kind"].value() == "policy"
    assert str(form["policy"].value()) == str(lively.agreed.pk)


# Governors


@pytest.mark.demand("D18")
def test_a_governor_is_offered_figures_and_meets_no_name(lively: Lively) -> None:
    governor = make_user(Role.GOVERNOR, at=lively.school, employment="governor")
    named = made(lively.school, lively.head)
    page = new(lively, governor, {"kind": "school"})

    pack = EvidencePack.objects.exclude(pk=named.pk).get()
    assert pack.kind == "governors"
    listed = browser(governor).get(reverse("governance:evidence", args=[lively.school.slug]))
    for text in (page.content.decode(), listed.content.decode()):
        assert lively.head.name not in text
        assert named.reference not in text
    assert browser(governor).get(named.get_absolute_url()).status_code == 404
    address = reverse("governance:evidence_download", args=[lively.school.slug, named.pk])
    assert browser(governor).post(address).status_code == 404
    figures = browser(governor).post(
        reverse("governance:evidence_download", args=[lively.school.slug, pack.pk]),
        {"part": "figures.csv"},
    )
    assert figures["Content-Type"] == "text/csv"
    assert b"percent" in figures.content


# Downloading


def test_the_summary_may_be_had_by_itself(lively: Lively) -> None:
    pack = made(lively.school, lively.head)
    address = reverse("governance:evidence_download", args=[lively.school.slug, pack.pk])

    summary = browser(lively.head).post(address, {"part": "summary.pdf"})
    assert summary.content.startswith(b"%PDF")
    assert browser(lively.head).post(address, {"part": "evidence.json"}).status_code == 404
    assert browser(lively.head).post(address, {"part": "../x"}).status_code == 404
    assert browser(lively.head).get(address).status_code == 405


def test_a_pack_is_not_among_the_files_that_a_link_opens(lively: Lively) -> None:
    """Each download goes on record; a plain link to the file would not."""
    pack = made(lively.school, lively.head)
    assert pack.file is not None
    address = reverse("files:download", args=[pack.file.pk])
    assert browser(lively.head).get(address).status_code == 404


def test_an_erased_pack_says_so(lively: Lively) -> None:
    pack = made(lively.school, lively.head)
    EvidencePack.objects.filter(pk=pack.pk).update(expires_at=timezone.now())
    evidence.erase_old()

    page = browser(lively.head).get(pack.get_absolute_url())
    assert "This pack has been erased" in page.content.decode()
    address = reverse("governance:evidence_download", args=[lively.school.slug, pack.pk])
    answer = browser(lively.head).post(address, follow=True)
    assert "Make it again" in answer.content.decode()


def test_a_damaged_pack_says_so(lively: Lively) -> None:
    pack = made(lively.school, lively.head)
    assert pack.file is not None
    from files import vault

    vault.remove(pack.file.key)
    address = reverse("governance:evidence_download", args=[lively.school.slug, pack.pk])
    answer = browser(lively.head).post(address, follow=True)
    assert "cannot be read any more" in answer.content.decode()


# Was it made here


def confirm(fingerprint: str) -> HttpResponse:
    return browser().get(reverse("governance:evidence_confirm"), {"fingerprint": fingerprint})


@pytest.mark.demand("D18")
def test_anybody_may_ask_whether_a_pack_was_made_here(lively: Lively) -> None:
    pack = made(lively.school, lively.head, "person", person=lively.signer)

    text = confirm(pack.manifest_hash).content.decode()
    assert "This pack was made here" in text
    assert pack.reference in text
    assert "One person" in text
    for person in (lively.signer, lively.head):
        assert person.name not in text
    assert "This pack was made here" in confirm(f" {pack.manifest_hash.upper()} ").content.decode()


def test_another_fingerprint_is_not_known(lively: Lively) -> None:
    made(lively.school, lively.head)
    ask(lively.school, lively.head)

    assert "No pack with this fingerprint" in confirm("0" * 64).content.decode()
    for wrong in ("", "abc", "0" * 63, "0" * 65, "é" * 64, "%00" * 20, "'" * 64):
        text = confirm(wrong).content.decode()
        assert "made here</p>" not in text
        assert "fingerprint" in text


def test_the_script_is_there_for_everybody_and_its_hash_beside_it() -> None:
    page = browser().get(reverse("governance:evidence_confirm")).content.decode()
    script = browser().get(reverse("governance:evidence_script"))

    assert script.content == packing.verifier()
    assert "attachment" in script["Content-Disposition"]
    assert hashlib.sha256(script.content).hexdigest() in page


def show(person: User, data: bytes, name: str = "pack.zip") -> str:
    file = SimpleUploadedFile(name, data)
    address = reverse("governance:evidence_confirm_file")
    return browser(person).post(address, {"file": file}).content.decode()


@pytest.mark.demand("D18")
def test_somebody_with_a_login_shows_the_portal_the_pack_itself(lively: Lively) -> None:
    data = content(made(lively.school, lively.head))
    teacher = lively.idle

    assert "Every file in it is as it was made" in show(teacher, data)
    inside = files(data)
    by_itself = show(teacher, inside["manifest.json"], "manifest.json")
    assert "This pack was made here" in by_itself
    assert "Every file in it" not in by_itself
    altered = zipped(inside | {"figures.csv": inside["figures.csv"] + b"more"})
    assert "this pack is not as it was made" in show(teacher, altered)
    assert "figures.csv" in show(teacher, altered)
    assert "No pack with this fingerprint" in show(
        teacher, zipped(resealed(inside | {"README.txt": b"Another."}))
    )


def test_a_manifest_of_ours_whose_row_is_gone_is_still_known_by_its_seal(lively: Lively) -> None:
    """The portal was restored from a backup of the day before."""
    from trail import immutable

    pack = made(lively.school, lively.head)
    data = content(pack)
    with immutable.lifted():
        EvidencePack.objects.all().delete()

    assert "list of files was sealed here" in show(lively.idle, data)
    manifest = json.loads(files(data)["manifest.json"]) | {"school": "Another"}
    assert "No pack with this" in show(lively.idle, json.dumps(manifest).encode(), "manifest.json")


@pytest.mark.parametrize("data", [b"hello", b"PK\3\4", b"PK\3\4" + bytes(100), zipped({"a": b"b"})])
def test_what_is_no_pack_is_answered_in_words(lively: Lively, data: bytes) -> None:
    text = show(lively.idle, data)
    assert "No pack with this fingerprint" in text or "no evidence pack" in text


def test_nothing_chosen_and_nothing_inside_are_said_by_the_field(lively: Lively) -> None:
    address = reverse("governance:evidence_confirm_file")
    answer = browser(lively.idle).post(address, {})
    assert answer.status_code == 422
    assert "Choose the file." in answer.content.decode()
    assert "This file is empty." in show(lively.idle, b"")
