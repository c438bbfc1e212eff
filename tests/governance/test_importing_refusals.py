"""What cannot be imported: a clear sentence each, and nothing else."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from governance.importing import ImportRefused, read_policy
from governance.importing.reading import source_words, words
from governance.text.escape import escape_block, escape_heading
from governance.text.limits import MAX_BODY_CHARS
from governance.text.render import plain_text, to_html

pytestmark = pytest.mark.demand("D8")


def zipped(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "policy.txt", "empty"),
        (b" \r\n\t\n", "policy.txt", "no words"),
        (b"\xef\xbb\xbf", "policy.txt", "no words"),
        (b"--- *** ---", "policy.md", "no words"),
        (b"%PDF-1.7 ...", "policy.txt", "a PDF"),
        (b"\x89PNG\r\n\x1a\n0000", "policy.txt", "PNG"),
        (b"\xff\xd8\xff\xe0 JFIF", "policy.md", "JPEG"),
        (zipped("a.txt"), "policy.txt", "ZIP"),
        (zipped("[Content_Types].xml", "word/document.xml"), "policy.txt", "Word"),
        (b"{\\rtf1 Hello}", "policy.txt", "rich text"),
        (b"<!DOCTYPE html><p>Hello", "policy.txt", "web page"),
        (b"MZ\x90\0\x03 program", "policy.txt", "not a text file"),
        (b"Words with a \0 in them", "policy.txt", "not a text file"),
        (bytes(range(1, 128)) * 9, "policy.txt", "not a text file"),
        (b"Caf\x81 policy", "policy.txt", "could not be read"),
        (b"\xff\xfea", "policy.txt", "could not be read"),
        (b"a" * (20 * 1024 * 1024 + 1), "policy.txt", "20 MB"),
        (b"word " * (MAX_BODY_CHARS // 5 + 1), "policy.txt", "500,000 at most"),
        (b"* " * (MAX_BODY_CHARS // 2 - 9) + b"a", "policy.txt", "500,000 at most"),
        (b"a\n" * 20_001, "policy.txt", "20,000 at most"),
        (b"Words", "policy.docx", "not what its name says"),
        (b"Words", "policy", ".txt"),
        (b"Words", "", ".txt"),
    ],
)
def test_a_file_that_is_no_policy_text_is_refused(data: bytes, name: str, said: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_policy(data, name)
    assert said in refused.value.sentence
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_files_of_every_kind_read_the_same(encoding: str) -> None:
    text = "Café rules\n\n“Be kind”, says Zoë. Ysgol Gynradd Llŷn."
    policy = read_policy(text.encode(encoding), "POLICY.TXT")
    assert "“Be kind”, says Zoë. Ysgol Gynradd Llŷn." in policy.markdown


PIECES = st.sampled_from(
    ["- ", " - o ", "o ", "• ", "1. ", "1.1 ", "a) ", "(i) ", "\t", "    ", "# ", "> ", "|", "\n",
     "\n\n", "\f", "Page 2 of 3", "Contents", "...... 4", "Signed: ____", "(Signature)", "====",
     "----", "~~~", "```", "<b>", "&amp;", "[a](b)", "![x](y)", "\\", "*", "_", "12", "Heading",
     "Heading:", "POLICY", "staff must ", "and the ", "This policy should be read with ", ". ",
     "Version 2.1", "29 February 2025", "Approved by: ", "Act 1998", "é", "İ", "ﬁ", "¹", "漢字",
     "हिन्दी", "\u00ad", "\u200b", "\u202e", "Ⅷ", "²", "٣. "]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join))


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.sampled_from([".txt", ".md"]))
@example("o\n\no o o", ".txt")
@example("٠. 0\n٣. b", ".txt")
@example("01. a\n02. b\n0. c", ".txt")
@example("# 0\\0", ".md")
@example("# a*b* [c](http://d)\ne", ".md")
@example("a\n===\nb", ".md")
@example("--\n\nHeading\n---\n1. a\n3. b", ".txt")
def test_no_text_crashes_the_reader_or_loses_a_word(text: str, ending: str) -> None:
    try:
        policy = read_policy(text.encode("utf-8", "surrogatepass"), f"p{ending}")
    except ImportRefused as refused:
        assert refused.sentence  # noqa: PT017
        return
    named = [guess.value for guess in (policy.title, policy.organisation) if guess]
    kept = words("\n".join([policy.markdown, *named]))
    left_out = words("\n".join(one.text for one in policy.left_out))
    assert not source_words(policy.source_text) - kept - left_out
    if ending == ".txt":
        shown = words(plain_text(policy.markdown))
        # Numbers of ordered lists are drawn by the browser; every other word is in the text.
        lost = words(policy.markdown) - shown
        assert all(word.isdigit() for word in lost)
        assert "<b>" not in to_html(policy.markdown)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([".txt", ".md", ".pdf", ""]))
def test_no_bytes_crash_the_reader(data: bytes, ending: str) -> None:
    try:
        read_policy(data, f"p{ending}")
    except ImportRefused as refused:
        assert refused.sentence  # noqa: PT017


@settings(max_examples=400, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), max_size=80))
@example("1. x")
@example("- - -")
@example("![a](http://x) <http://y> &copy; `` ` ``")
@example("#")
@example("foo  ")
def test_escaped_text_reads_as_it_was_typed(text: str) -> None:
    wanted = " ".join(text.split())
    assert " ".join(plain_text(escape_block(text)).split()) == wanted
    assert " ".join(plain_text(f"## {escape_heading(text)}").split()) == wanted
    assert " ".join(plain_text(f"- {escape_block(text)}").split()) == wanted
