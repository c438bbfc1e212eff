"""`manage.py import_policy`, as an operator and a script meet it."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from governance.models import Policy, PolicyVersion
from people.models import Organisation

DOCUMENTS = Path(__file__).parent / "documents"
pytestmark = pytest.mark.demand("D8")


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"


def run(*words: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command("import_policy", *words, stdout=out, stderr=err)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, out.getvalue(), err.getvalue()


def test_a_dry_run_says_what_it_would_make_and_saves_nothing(school: Organisation) -> None:
    path = str(DOCUMENTS / "hard-wrapped.txt")
    code, out, _ = run(path, "--school", school.slug, "--dry-run")
    assert code == 0
    assert "Title: Online Presence Policy  (line 2)" in out
    assert "Review on: 2027-03-01  (line 6)" in out
    assert "- Lines to sign on: the portal takes signatures itself" in out
    assert "line 4: Version 2.1" in out
    assert "## 1. PURPOSE" in out
    assert out.rstrip().endswith("Nothing was saved.")
    assert not Policy.objects.exists()


def test_json_holds_the_same_for_a_script(school: Organisation) -> None:
    path = str(DOCUMENTS / "hard-wrapped.txt")
    code, out, _ = run(path, "--school", school.slug, "--dry-run", "--json")
    report = json.loads(out)
    assert code == 0
    assert report["draft"] is None
    assert report["title"]["value"] == "Online Presence Policy"
    assert report["counts"]["headings"] == 6
    assert "## 1. PURPOSE" in report["markdown"]


def test_without_a_dry_run_there_is_a_draft(school: Organisation) -> None:
    code, out, _ = run(str(DOCUMENTS / "questions.txt"), "--school", school.slug, "--json")
    assert code == 0
    version = PolicyVersion.objects.get(pk=json.loads(out)["draft"])
    assert version.policy.title == "Checklist Before Opening an Account"
    assert "- Who will read it?" in version.body


def test_a_refused_file_ends_with_1_and_the_reason(school: Organisation, tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.write_bytes(b"")
    assert run(str(path), "--school", school.slug) == (1, "", "This file is empty.\n")
    code, out, _ = run(str(path), "--school", school.slug, "--json")
    assert (code, json.loads(out)) == (1, {"refused": "This file is empty."})
    assert not Policy.objects.exists()


def test_a_wrong_call_ends_with_2(school: Organisation, tmp_path: Path) -> None:
    code, _, said = run(str(tmp_path / "none.txt"), "--school", school.slug)
    assert code == 2
    assert "No such file" in said
    code, _, said = run(str(DOCUMENTS / "questions.txt"), "--school", "nowhere")
    assert code == 2
    assert "no school “nowhere”" in said
