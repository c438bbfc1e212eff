"""A password in a note is refused; an ordinary sentence is not."""

from __future__ import annotations

import pytest

from accounts.no_passwords import problem

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "text",
    [
        "password: Sunflower",
        "The new password is sunflower22",
        "pw=hunter2hunter2",
        "PIN: 4821",
        "Changed to Tr0ub4dor&3 today",
        "Kept in the vault, xK9!mPq2vL",
        "passcode now 99213",
    ],
)
def test_what_looks_like_a_password_is_refused(text: str) -> None:
    assert "never keeps one" in problem(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Kept in the school’s vault, folder Drama.",
        "The password is kept in the office vault.",
        "The password is changed each term.",
        "Password changed by two people on 12/01/2027.",
        "See https://vault.example.org/Items/AB12cd34?x=1",
        "Ask office@hill-school.example for access to Vault2.",
        "@HillSchool2024 and #Year6Play2026 are ours.",
        "The 26th of November, 10:30–11:15.",
        "Two-factor codes go to the office telephone.",
    ],
)
def test_an_ordinary_sentence_is_let_through(text: str) -> None:
    assert problem(text) == ""
