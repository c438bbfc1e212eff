"""The same policies in every format: what a reader sees afterwards is what was written."""

from __future__ import annotations

import pytest

from benchmarks import fidelity
from governance.importing import ImportedPolicy, read_policy
from governance.importing.reading import source_words, words
from governance.importing.reasons import LISTED, RUNNING, SAID, STATED
from governance.text.render import plain_text
from tests.governance.documents import policies

pytestmark = [pytest.mark.demand("D8"), pytest.mark.once]

FLOOR = {"docx": 0.98, "html": 0.98, "md": 0.98, "txt": 0.95, "pdf": 0.95}
FORMATS = list(fidelity.FORMATS)
EVERY = [(format_, manner) for format_ in FORMATS for manner in policies.ALL]


def imported(format_: str, manner: str) -> ImportedPolicy:
    policy = policies.ALL[manner]()
    return read_policy(fidelity.FORMATS[format_][manner](policy), f"policy.{format_}")


@pytest.mark.parametrize("format_", FORMATS)
def test_headings_lists_and_tables_of_a_policy_survive(format_: str) -> None:
    score = fidelity.overall(format_)
    for kind in fidelity.KINDS:
        assert score.share(kind) >= FLOOR[format_], kind
    assert not score.lost_words


@pytest.mark.parametrize(("format_", "manner"), EVERY)
def test_the_front_page_becomes_details_and_leaves_the_text(format_: str, manner: str) -> None:
    wanted, found = policies.ALL[manner](), imported(format_, manner)
    version, agreed, review, author, committee = {
        "tidy": ("3.1", "2026-03-12", "2027-03-12", "Deputy head teacher", "Standards Committee"),
        "ragged": (
            "2.0", "2025-09-01", "2026-09-01", "Assistant head teacher", "Full Governing Body",
        ),
        "long": ("4.2", "2026-07-04", "2027-07-01", "Director of Education", "Trust Board"),
    }[manner]  # fmt: skip
    assert found.title is not None
    assert found.title.value == wanted.title
    for guess, value in [
        (found.metadata.version, version),
        (found.metadata.agreed_on, agreed),
        (found.metadata.review_on, review),
        (found.metadata.author, author),
        (found.metadata.committee, committee),
    ]:
        assert guess is not None
        assert guess.value == value
        line = found.source_text.splitlines()[guess.number - 1]
        assert " ".join(guess.line.split()) in " ".join(line.replace("*", "").split())
    assert len([one for one in found.left_out if one.why == STATED]) == len(wanted.facts)
    for value in wanted.facts.values():
        assert f"\n{value}" not in found.markdown


@pytest.mark.parametrize(("format_", "manner"), EVERY)
def test_contents_lists_and_what_is_printed_on_each_page_are_left_out(
    format_: str, manner: str
) -> None:
    wanted, found = policies.ALL[manner](), imported(format_, manner)
    reasons = {one.why for one in found.left_out}
    assert reasons <= SAID.keys()
    assert (LISTED in reasons) == wanted.contents
    assert "Contents" not in found.markdown
    if wanted.running and format_ in ("docx", "pdf"):
        assert wanted.running in [one.text for one in found.left_out if one.why == RUNNING]
    assert not wanted.running or wanted.running not in found.markdown


@pytest.mark.parametrize(("format_", "manner"), EVERY)
def test_no_word_is_lost_without_a_reason_and_none_is_made_up(format_: str, manner: str) -> None:
    found = imported(format_, manner)
    named = [guess.value for guess in (found.title, found.organisation) if guess]
    kept = words("\n".join([found.markdown, *named]))
    explained = words("\n".join(one.text for one in found.left_out))
    assert not source_words(found.source_text) - kept - explained
    assert not words(plain_text(found.markdown)) - words(found.source_text)
    assert not any("not in the draft" in warning for warning in found.warnings)


def test_a_detail_says_on_which_page_or_in_which_table_it_stands() -> None:
    in_word, in_pdf = imported("docx", "tidy"), imported("pdf", "tidy")
    assert in_word.metadata.version is not None
    assert in_pdf.metadata.version is not None
    assert in_word.metadata.version.where == "line 5, table 1"
    assert in_pdf.metadata.version.where == "line 5, page 1, table 1"
