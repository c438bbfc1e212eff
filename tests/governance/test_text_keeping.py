"""What no page could show is refused in words, and never left out in silence."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from governance.importing import read_policy
from governance.models import Policy
from governance.services import drafts
from governance.text.keeping import refusal
from governance.text.render import plain_text
from people.models import Organisation
from tests.governance.factories import make_draft, make_head
from web.errors import RuleBroken


def lists(deep: int, indent: str = "  ") -> str:
    """So many lists, each within the one before."""
    return "\n".join(f"{indent * level}- level {level}" for level in range(deep))


@pytest.mark.once
@pytest.mark.parametrize("indent", ["  ", "\t"])
@pytest.mark.parametrize("deep", range(27, 34))
def test_a_list_is_shown_to_its_end_or_refused(deep: int, indent: str) -> None:
    text = lists(deep, indent)

    shown = f"level {deep - 1}" in plain_text(text)

    assert bool(refusal(text)) is not shown


@pytest.mark.once
@pytest.mark.parametrize("deep", range(57, 63))
def test_a_quotation_is_shown_to_its_end_or_refused(deep: int) -> None:
    for text in (">" * deep + " words", "> " * deep + "words", "- " * (deep // 2) + "words"):
        assert bool(refusal(text)) is not ("words" in plain_text(text))


@pytest.mark.once
def test_the_sentence_names_the_line_and_its_words() -> None:
    sentence = refusal(f"## Rules\n\n{lists(40)}\n")
    assert sentence.startswith("Line 32 of the text (“level 29”) lies within too many lists")


@pytest.mark.once
def test_an_import_says_what_lies_too_deep() -> None:
    imported = read_policy(f"# Rules\n\n## Lists\n\n{lists(40)}".encode(), "rules.md")
    assert any("(“level 29”) lies within too many lists" in one for one in imported.warnings)


@pytest.mark.django_db
def test_no_draft_is_begun_or_changed_that_a_page_would_cut(school: Organisation) -> None:
    head = make_head(school)
    draft = make_draft(school, by=head)
    words: dict[str, Any] = {"title": draft.title, "number": draft.number}

    with pytest.raises(RuleBroken, match="too many lists"):
        make_draft(school, by=head, body=lists(31))
    with pytest.raises(RuleBroken, match="20,000 at most"):
        make_draft(school, by=head, body="a\n" * 20_001)
    with pytest.raises(RuleBroken, match="too many lists"):
        drafts.edit_text(draft, edition=draft.edition, by=head, body=lists(31), **words)

    assert Policy.objects.count() == 1


@pytest.mark.django_db
def test_the_sentence_stands_by_the_box_for_the_text(school: Organisation, client: Client) -> None:
    client.force_login(make_head(school))
    at = reverse("governance:import", args=[school.slug])
    upload = SimpleUploadedFile("rules.md", f"# Rules\n\n## Lists\n\n{lists(31)}".encode())
    preview = client.post(at, {"file": upload}).headers["Location"]
    typed = {"title": "Rules", "number": "1.0", "review_months": "12", "body": lists(31)}

    pages = [
        client.post(reverse("governance:new", args=[school.slug]), {"kind": "policy", **typed}),
        client.post(preview, typed),
    ]

    for page in pages:
        assert "(“level 29”) lies within too many lists" in unescape(page.content.decode())
        assert page.context["form"]["body"].errors
    assert not Policy.objects.exists()
