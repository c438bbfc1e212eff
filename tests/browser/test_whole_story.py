"""A trust's policy from a Word file to the proof of who signed it, as its people would go."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import docx
import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from governance.models import Acknowledgement, Policy, Signature
from governance.obligations import owed
from people.models import Organisation, User
from people.roles import Role
from tests.browser.conftest import Opener, sign_in, too_wide, with_password
from tests.factories import make_school, make_trust, make_user

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

VERIFIER = Path(__file__).parents[2] / "governance" / "evidence" / "verify_pack.py"


def word_file(folder: Path) -> Path:
    """A policy as an office writes it: styles, a list, a table, a front page."""
    document = docx.Document()
    document.add_heading("Social media policy", 0)
    for line in ("Version 1.0", "Date agreed: 1 September 2026"):
        document.add_paragraph(line)
    document.add_heading("Purpose", 1)
    document.add_paragraph("We show what children do, and we protect every one of them.")
    document.add_heading("What we do", 1)
    for item in ("We ask before we publish a picture.", "We never write the name of a child."):
        document.add_paragraph(item, style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells),
        ("What", "Who", "Posts", "Two named people"),
        strict=True,
    ):
        cell.text = text
    path = folder / "Social media policy.docx"
    document.save(str(path))
    return path


class Cast:
    """Two schools of a trust and the people of the story."""

    def __init__(self) -> None:
        self.trust = make_trust("Alder Trust")
        self.near = make_school("Near School", trust=self.trust)
        self.far = make_school("Far School", trust=self.trust)
        self.lead = self.person(Role.TRUST_LEAD, self.trust, "Lena Lead")
        self.chair = self.person(Role.CHAIR, self.trust, "Carl Chair")
        self.head = self.person(Role.HEAD, self.near, "Hana Head")
        self.manager = self.person(Role.STAFF, self.near, "Mika Manager")
        self.teacher = self.person(Role.STAFF, self.near, "Toni Teacher")
        self.asker = self.person(Role.STAFF, self.near, "Ada Asker", line_manager=self.manager)
        self.caretaker = make_user(Role.STAFF, at=self.near, name="Cora Caretaker")
        self.colleague = self.person(Role.STAFF, self.far, "Fay Faraway")

    @staticmethod
    def person(role: Role, at: Organisation, name: str, **more: Any) -> User:
        return with_password(make_user(role, at=at, name=name, **more))

    @property
    def policy(self) -> Policy:
        found = Policy.objects.select_related("current").filter(owner=self.trust)
        return found.get()


class Story:
    """What each person does, at a desk or on a phone."""

    def __init__(self, opened: Opener, server: Any, cast: Cast, folder: Path) -> None:
        self.opened, self.server, self.cast, self.folder = opened, server, cast, folder

    def as_(self, person: User, path: str = "/", *, width: int = 1280) -> Page:
        page = self.opened(width=width)
        sign_in(page, self.server, person, path)
        return page

    def close(self, page: Page) -> None:
        assert page.problems == []  # type: ignore[attr-defined]
        page.context.close()

    def imports_and_sends(self) -> None:
        page = self.as_(self.cast.lead, reverse("governance:import", args=[self.cast.trust.slug]))
        page.get_by_label("The policy as a file").set_input_files(word_file(self.folder))
        page.get_by_role("button", name="Read this file").click()
        text = page.locator(".policy-text").first
        assert (text.locator("h2").count(), text.locator("li").count()) == (2, 2)
        assert text.locator("td, th").count() == 4
        page.get_by_role("button", name="Keep as a draft").click()
        page.get_by_role("link", name="Change who signs off").first.click()
        page.get_by_role("checkbox", name="Chair of governors").check()
        page.get_by_role("button", name="Save").click()
        page.get_by_role("button", name="Send for sign-off").click()
        self.close(page)

    def signs_off(self) -> None:
        page = self.as_(self.cast.chair, width=360)
        page.get_by_role("link", name="Sign off before it is published").first.click()
        page.get_by_role("button", name="I agree to this text").click()
        self.close(page)

    def publishes(self, change: str = "", summary: str = "") -> None:
        page = self.as_(self.cast.lead, reverse("governance:policy", args=[self.cast.policy.pk]))
        page.get_by_role("link", name="Publish", exact=True).click()
        if change:
            page.get_by_label(change).check()
            page.get_by_label("What changed").fill(summary)
        page.get_by_role("button", name="Publish now").click()
        assert page.get_by_text("Published.").first.is_visible()
        self.close(page)

    def adopts_with_an_appendix(self) -> None:
        page = self.as_(self.cast.head)
        page.get_by_role("link", name="Confirm that your school adopts").click()
        page.get_by_role("button", name="Confirm:").click()
        assert page.get_by_text("has adopted this policy").is_visible()
        page.get_by_role("button", name="Write a local appendix").click()
        page.locator("textarea[name=body]").fill("## Here\n\nThe office posts on Fridays.")
        page.get_by_role("button", name="Save the text").click()
        page.get_by_role("link", name="Publish", exact=True).click()
        page.get_by_role("button", name="Publish now").click()
        self.close(page)

    def signs(self, person: User, *, texts: int) -> None:
        before = Acknowledgement.objects.filter(person=person).count()
        page = self.as_(person, width=360)
        page.get_by_role("link", name="Read and sign").first.click()
        assert too_wide(page) == 0
        page.get_by_label("Type your full name to sign").fill(person.name)
        page.get_by_role("button", name="Sign this policy").click()
        assert "Signed. Thank you." in page.locator("main").inner_text()
        assert Acknowledgement.objects.filter(person=person).count() == before + texts
        self.close(page)

    def records_paper(self) -> None:
        scan = self.folder / "sheet.pdf"
        scan.write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n")
        path = reverse("governance:paper", args=[self.cast.near.slug, self.cast.policy.pk])
        page = self.as_(self.cast.head, path)
        page.get_by_role("link", name="Record a signed sheet").click()
        page.get_by_label("The day they signed").fill(timezone.localdate().isoformat())
        page.get_by_label("Who saw them sign").select_option(label="Mika Manager")
        page.get_by_label("No e-mail").check()
        page.get_by_role("button", name="Continue").click()
        page.get_by_label("Cora Caretaker").check()
        page.get_by_role("button", name="Continue").click()
        page.locator("input[type=file]").set_input_files(scan)
        page.get_by_role("button", name="Add to the sheet").click()
        page.get_by_role("link", name="Continue").click()
        page.get_by_role("button", name="Put on record").click()
        assert page.get_by_text("Cora Caretaker").first.is_visible()
        self.close(page)

    def asks(self) -> None:
        page = self.as_(self.cast.asker, self.cast.policy.get_absolute_url(), width=360)
        page.get_by_role("link", name="I have a question").click()
        page.get_by_label("Your question").fill("May I post from my own telephone?")
        page.get_by_role("button", name="Send the question").click()
        self.close(page)
        page = self.as_(self.cast.manager)
        page.get_by_role("link", name="Answer").first.click()
        page.get_by_label("Your answer").fill("No: the school has a tablet for it.")
        page.get_by_role("button", name="Send the answer").click()
        self.close(page)

    def changes(self, words: str, change: str, summary: str) -> None:
        page = self.as_(self.cast.lead, reverse("governance:policy", args=[self.cast.policy.pk]))
        page.get_by_role("button", name="Start a new version").click()
        text = page.locator("textarea[name=body]")
        text.fill(text.input_value() + f"\n\n{words}\n")
        page.get_by_role("button", name="Save the text").click()
        page.get_by_role("button", name="Send for sign-off").click()
        self.close(page)
        self.signs_off()
        self.publishes(change, summary)

    def exports(self) -> bytes:
        place = self.cast.near.slug
        page = self.as_(self.cast.head, reverse("governance:evidence_new", args=[place]))
        page.get_by_role("button", name="Make the pack").click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download the").first.click()
        pack = Path(download.value.path()).read_bytes()
        self.close(page)
        return pack


def verify(pack: bytes, folder: Path) -> tuple[int, str]:
    path = folder / "pack.zip"
    path.write_bytes(pack)
    command = [sys.executable, "-I", str(VERIFIER), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def altered(pack: bytes, name: str) -> bytes:
    """The same pack, but one byte of one file is another."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(pack)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            content = bytearray(old.read(info))
            if info.filename == name:
                content[len(content) // 2] ^= 1
            new.writestr(info, bytes(content))
    return out.getvalue()


def owing(policy: Policy) -> set[str]:
    rows = owed(timezone.localdate() + timedelta(days=0)).filter(document_ref=policy.pk)
    return set(rows.values_list("person__name", flat=True))


@pytest.mark.demand("D18")
def test_from_a_word_file_to_a_pack_that_proves_itself(
    opened: Opener, live_server: Any, tmp_path: Path
) -> None:
    cast = Cast()
    story = Story(opened, live_server, cast, tmp_path)
    story.imports_and_sends()
    story.signs_off()
    story.publishes()
    story.adopts_with_an_appendix()

    story.signs(cast.teacher, texts=2)  # the trust's text and the school's appendix
    story.signs(cast.colleague, texts=1)
    story.records_paper()
    assert Signature.objects.get(person=cast.caretaker).acknowledgements.count() == 2
    story.asks()
    story.signs(cast.asker, texts=2)
    left = owing(cast.policy)
    assert left.isdisjoint({"Toni Teacher", "Fay Faraway", "Cora Caretaker", "Ada Asker"})

    story.changes("A comma, in another place.", "Minor", "A comma.")
    assert owing(cast.policy) == left
    story.changes("We label what machines have made.", "Material", "A new rule about labels.")
    assert {"Toni Teacher", "Fay Faraway", "Cora Caretaker"} <= owing(cast.policy)
    story.signs(cast.teacher, texts=1)

    pack = story.exports()
    code, said = verify(pack, tmp_path)
    assert code == 0, said
    code, said = verify(altered(pack, "acknowledgements.csv"), tmp_path)
    assert code == 1
    assert "acknowledgements.csv" in said
