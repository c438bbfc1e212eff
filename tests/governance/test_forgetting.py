"""Files that somebody uploaded for an import and never confirmed do not stay."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from django.utils.module_loading import import_string

from files.models import StoredFile
from files.purposes import Purpose
from files.services import store, sweep_orphans
from governance.importing import read_policy
from governance.services.importing import WAITS, forget_unconfirmed, start_from_import
from governance.tasks import forget_imports
from people.models import Organisation
from tests.governance.factories import BODY, make_head
from trail.models import AuditEvent
from trail.verify import check

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.FILES_DIR = tmp_path / "files"
    return tmp_path / "files"


def uploaded(
    school: Organisation, ago: timedelta, purpose: Purpose = Purpose.POLICY_SOURCE
) -> StoredFile:
    data = b"%PDF-1.4 x" if purpose == Purpose.SIGN_OFF_SCAN else BODY.encode()
    stored = store(data, organisation=school, by=None, purpose=purpose)
    return aged(stored, ago)


def aged(stored: StoredFile, ago: timedelta) -> StoredFile:
    StoredFile.objects.filter(pk=stored.pk).update(uploaded_at=timezone.now() - ago)
    return stored


def test_an_upload_nobody_confirmed_is_erased_after_a_day_with_its_bytes(
    school: Organisation, folder: Path
) -> None:
    old, new = uploaded(school, WAITS + HOUR), uploaded(school, WAITS - HOUR)
    assert forget_unconfirmed() == 1
    assert list(StoredFile.objects.all()) == [new]
    [line] = AuditEvent.objects.filter(verb="file.forget")
    assert (line.target_id, line.actor) == (old.pk, None)
    assert line.details == {"purpose": "policy-source"}
    assert check(school.pk).found is None

    assert sweep_orphans(older_than=0) == 1
    assert [path.name for path in folder.glob("??/*")] == [new.key]


def test_what_a_policy_was_made_of_stays(school: Organisation) -> None:
    text = f"# Our phones policy\n\n{BODY}".encode()
    version = start_from_import(
        school,
        read_policy(text, "phones.md"),
        by=make_head(school),
        source=text,
        filename="phones.md",
    )
    assert version.source_file is not None
    aged(version.source_file, timedelta(days=400))
    uploaded(school, timedelta(days=400), Purpose.SIGN_OFF_SCAN)
    assert forget_unconfirmed() == 0
    assert StoredFile.objects.count() == 2


def test_running_twice_does_no_harm(school: Organisation) -> None:
    uploaded(school, timedelta(days=3))
    forget_imports()
    forget_imports()
    assert not StoredFile.objects.exists()
    assert AuditEvent.objects.filter(verb="file.forget").count() == 1


def test_every_task_that_beat_rings_for_is_there() -> None:
    for entry in django_settings.CELERY_BEAT_SCHEDULE.values():
        assert import_string(entry["task"]).name == entry["task"]
