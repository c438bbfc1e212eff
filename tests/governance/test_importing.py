"""Our own documents, ragged in the ways real policies are."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.importing import ImportedPolicy, read_policy
from governance.importing.reading import source_words, words
from governance.importing.reasons import COMMENT, LISTED, RUNNING, SAID, SIGNATURES
from governance.text.render import plain_text

DOCUMENTS = Path(__file__).parent / "documents"
pytestmark = pytest.mark.demand("D8")


def imported(name: str) -> ImportedPolicy:
    return read_policy((DOCUMENTS / name).read_bytes(), name)


def left_out(policy: ImportedPolicy, why: str) -> list[str]:
    return [one.text for one in policy.left_out if one.why == why]


def headings(policy: ImportedPolicy) -> list[str]:
    return [line for line in policy.markdown.splitlines() if line.startswith("#")]


TYPED = sorted(path for path in DOCUMENTS.iterdir() if path.suffix in (".txt", ".md"))


@pytest.mark.parametrize("path", TYPED, ids=lambda path: path.name)
def test_every_word_is_in_the_draft_or_in_a_line_with_the_reason_why_not(path: Path) -> None:
    policy = read_policy(path.read_bytes(), path.name)
    named = [guess.value for guess in (policy.title, policy.organisation) if guess]
    kept = words("\n".join([policy.markdown, *named]))
    left_out = words("\n".join(one.text for one in policy.left_out))
    assert not source_words(policy.source_text) - kept - left_out
    assert not any("words of the file are not in the draft" in one for one in policy.warnings)
    assert all(one.why in SAID and one.number for one in policy.left_out)


@pytest.mark.parametrize("path", TYPED, ids=lambda path: path.name)
def test_no_word_is_invented(path: Path) -> None:
    policy = read_policy(path.read_bytes(), path.name)
    assert not words(policy.markdown) - words(policy.source_text)


def test_lines_broken_by_hand_are_joined_and_numbered_headings_keep_their_numbers() -> None:
    policy = imported("hard-wrapped.txt")
    assert headings(policy) == [
        "## 1. PURPOSE",
        "## 2. WHO DOES WHAT",
        "## 3. WHAT WE POST",
        "### 3.1 What we never post",
        "## 4. LAW AND OTHER POLICIES",
        "### Related policies",
    ]
    assert "tell families what their children are learning, and they let" in policy.markdown
    assert "\n2.2 Each account has two runners" in policy.markdown
    assert "\n- a) change the password" in policy.markdown
    assert "\n  - never in swimming" in policy.markdown
    assert "have agreed in writing" in policy.markdown


def test_what_a_policy_says_about_itself_is_guessed_with_its_line() -> None:
    policy = imported("hard-wrapped.txt")
    facts = policy.metadata
    assert policy.title is not None
    assert policy.organisation is not None
    assert policy.title.value == "Online Presence Policy"
    assert policy.organisation.value == "HAWTHORN BANK PRIMARY SCHOOL"
    for guess, value, number in [
        (facts.version, "2.1", 4),
        (facts.agreed_on, "2025-03-14", 5),
        (facts.committee, "Standards Committee", 5),
        (facts.review_on, "2027-03-01", 6),
        (facts.author, "Deputy head teacher", 7),
    ]:
        assert guess is not None
        assert (guess.value, guess.number) == (value, number)
    assert [guess.value for guess in facts.related] == [
        "Safeguarding Policy",
        "Staff Code of Conduct",
        "Photography Policy",
    ]
    assert [guess.value for guess in facts.legislation] == [
        "Data Protection Act 2018",
        "Equality Act 2010",
        "Keeping Children Safe in Education 2025",
    ]


def test_places_to_sign_are_left_out_and_said() -> None:
    policy = imported("pasted-from-slides.txt")
    assert [one.number for one in policy.left_out if one.why == "a place to sign"] == [46, 48, 50]
    assert "(Signature)" in left_out(policy, SIGNATURES)
    assert "(Printed name)" not in policy.markdown
    assert "I have read this and will keep to it:" in policy.markdown


def test_bullets_of_every_kind_nest_and_torn_sentences_are_joined() -> None:
    policy = imported("pasted-from-slides.txt")
    assert "- every account that carries the college's name\n  - the main page\n" in policy.markdown
    assert "or if you cannot tell, ask the account's second runner" in policy.markdown
    assert "\n- Governors do the same" in policy.markdown
    assert policy.title is not None
    assert policy.title.value == "Social Media: what we expect of each other"


def test_what_ran_together_is_kept_and_pointed_at() -> None:
    policy = imported("pasted-from-slides.txt")
    assert any("Former pupils" in one and "glued" in one for one in policy.warnings)
    assert any("middle of a sentence" in one and "Line 42" in one for one in policy.warnings)
    assert "(on any network) Former pupils" in policy.markdown


def test_contents_page_numbers_and_running_titles_go_and_tables_stay() -> None:
    policy = imported("printed-pages.txt")
    assert "....." not in policy.markdown
    assert "Page 2" not in policy.markdown
    assert "Contents" in left_out(policy, LISTED)
    assert any("Page 1 of 3" in line for line in left_out(policy, RUNNING))
    assert "| Sports page | PE department | each month |" in policy.markdown
    assert policy.counts.table_cells == 12
    assert len(headings(policy)) == 4
    assert policy.metadata.adopted_on is not None
    assert policy.metadata.adopted_on.value == "2025-09-03"
    assert policy.metadata.review_on is not None
    assert policy.metadata.review_on.value == "2026-09-01"


def test_headings_are_found_where_there_are_no_empty_lines() -> None:
    policy = imported("no-empty-lines.txt")
    assert policy.title is not None
    assert policy.title.value == "Photographs and film"
    assert headings(policy) == [
        "## Who this is for",
        "## Consent",
        "## Cameras",
        "## What happens to the pictures?",
        "## Appendix A Sheet for families",
    ]


def test_signs_of_markdown_in_plain_text_keep_their_meaning() -> None:
    policy = imported("signs-and-marks.txt")
    assert not headings(policy)
    wanted = policy.source_text.split("\n", 1)[1].split()
    assert plain_text(policy.markdown).split() == wanted


def test_a_question_without_its_bullet_joins_the_list_it_stands_in() -> None:
    policy = imported("questions.txt")
    assert policy.counts.list_items == 5
    assert any("Line 8" in one and "without a bullet" in one for one in policy.warnings)
    assert any("footnote" in one for one in policy.warnings)
    assert "## Considerations for smaller departments" in policy.markdown


def test_an_older_windows_file_is_read_and_said_to_be_one() -> None:
    policy = imported("older-windows.txt")
    assert "Staff don’t" in policy.markdown
    assert "café" in policy.markdown
    assert "£5" in policy.markdown
    assert any("Windows-1252" in one for one in policy.warnings)


def test_a_plain_text_that_is_named_markdown_is_read_as_the_plain_text_it_is() -> None:
    data = (
        "PURPOSE\n\nWe post with care.\n\no One\no Two\n\nRUNNERS\n\nTwo people run each account.\n"
    )
    named = read_policy(data.encode(), "policy.md")
    plain = read_policy(data.encode(), "policy.txt")
    assert named.markdown == plain.markdown
    assert named.counts == plain.counts
    assert named.counts.headings == 2
    assert "no signs of Markdown" in named.warnings[0]


def test_markdown_stays_as_it_is_but_for_title_front_matter_and_comments() -> None:
    policy = imported("markdown.md")
    assert policy.title is not None
    assert policy.title.value == "Streaming concerts and matches"
    assert "**30 days**" in policy.markdown
    assert "# Streaming" not in policy.markdown
    assert policy.metadata.version is not None
    assert policy.metadata.version.value == "1.2"
    assert any("Pictures are not taken over" in one for one in policy.warnings)
    assert any("choir" in line for line in left_out(policy, COMMENT))


def test_a_short_line_that_goes_on_counting_is_a_heading_too() -> None:
    text = (
        "Device policy\n\n1. Who this is for\n\nAll staff with a device.\n\n2. Looking after it\n\n"
        "- Keep it with you.\n- Lock it.\n\n3. If one is lost\n\nTell the office.\n\n"
        "4. Returning it\n\nHand it in on your last day.\n"
    )

    markdown = read_policy(text.encode(), "device.txt").markdown

    headings = [line for line in markdown.splitlines() if line.startswith("##")]
    assert [line.split(". ")[0] for line in headings] == ["## 1", "## 2", "## 3", "## 4"]
