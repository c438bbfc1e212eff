"""A version's hash: the same for the same text, another for another."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.text.canonical import canonical_bytes, content_hash, tidy

VERSION: dict[str, str] = {
    "title": "Online presence",
    "number": "4.0",
    "language": "en-GB",
    "body": "## Scope\n\nEverybody.\n",
}


def test_the_canonical_form_is_what_the_documentation_says() -> None:
    assert canonical_bytes(**VERSION) == (
        b'{"body":"## Scope\\n\\nEverybody.\\n","form":"policy-version/1","language":"en-gb",'
        b'"number":"4.0","title":"Online presence"}'
    )
    assert content_hash(**VERSION) == hashlib.sha256(canonical_bytes(**VERSION)).hexdigest()
    # Written down, so that a change of the form is noticed: published hashes must stay true.
    assert content_hash(**VERSION) == (
        "b4d00ed1f46b6478e6c47029c70ea01a62185ddb1014e6abc30521f4efc980d1"
    )


@pytest.mark.parametrize(
    "same",
    [
        {"body": "## Scope\r\n\r\nEverybody.  \r\n"},
        {"body": "\n## Scope\t\n \nEverybody."},
        {"language": "EN-gb"},
        {"title": " Online  presence "},
        {"number": "4.0 "},
    ],
)
def test_line_ends_and_spaces_at_the_end_do_not_matter(same: dict[str, str]) -> None:
    assert content_hash(**(VERSION | same)) == content_hash(**VERSION)


def test_accents_written_in_one_or_two_signs_are_the_same() -> None:
    assert content_hash(**VERSION | {"body": "Caf\u00e9"}) == content_hash(
        **VERSION | {"body": "Cafe\u0301"}
    )


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Online Presence"},
        {"number": "4.1"},
        {"language": "cy"},
        {"body": "## Scope\n\nEverybody!\n"},
        {"body": "## Scope\n\n  Everybody.\n"},
        {"body": "## Scope\nEverybody.\n"},
        {"title": "Online presence4.0", "number": ""},
    ],
)
def test_every_other_difference_does(other: dict[str, str]) -> None:
    assert content_hash(**(VERSION | other)) != content_hash(**VERSION)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_tidying_twice_changes_nothing(body: str) -> None:
    assert tidy(tidy(body)) == tidy(body)


@given(
    st.fixed_dictionaries(
        {key: st.text(st.characters(exclude_categories=["Cs"])) for key in VERSION}
    )
)
def test_any_version_has_a_hash(version: dict[str, Any]) -> None:
    assert len(content_hash(**version)) == 64
