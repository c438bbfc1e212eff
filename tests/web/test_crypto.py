"""Single values are encrypted under keys that can be replaced."""

from __future__ import annotations

from typing import Any

import pytest

from web import crypto


@pytest.fixture(autouse=True)
def _keys(settings: Any) -> None:
    settings.FIELD_KEYS = ["new key", "old key"]


def test_what_was_encrypted_comes_back() -> None:
    sealed = crypto.encrypt("Zoë's secret".encode(), purpose="a")
    assert b"secret" not in sealed
    assert crypto.decrypt(sealed, purpose="a").decode() == "Zoë's secret"


def test_the_same_text_never_looks_the_same_twice() -> None:
    assert crypto.encrypt(b"x", purpose="a") != crypto.encrypt(b"x", purpose="a")


def test_a_value_of_one_purpose_does_not_open_for_another() -> None:
    with pytest.raises(crypto.CannotDecrypt):
        crypto.decrypt(crypto.encrypt(b"x", purpose="a"), purpose="b")


def test_an_older_key_still_opens_and_a_dropped_one_does_not(settings: Any) -> None:
    settings.FIELD_KEYS = ["old key"]
    sealed = crypto.encrypt(b"x", purpose="a")
    settings.FIELD_KEYS = ["new key", "old key"]
    assert crypto.decrypt(sealed, purpose="a") == b"x"
    assert not crypto.is_current(sealed)
    assert crypto.is_current(crypto.encrypt(b"x", purpose="a"))
    settings.FIELD_KEYS = ["new key"]
    with pytest.raises(crypto.CannotDecrypt):
        crypto.decrypt(sealed, purpose="a")


@pytest.mark.parametrize("place", [0, 1, 4, 6, 16, 20, -1])
def test_one_changed_bit_anywhere_is_noticed(place: int) -> None:
    sealed = bytearray(crypto.encrypt(b"some longer text", purpose="a"))
    sealed[place] ^= 1
    with pytest.raises(crypto.CannotDecrypt):
        crypto.decrypt(bytes(sealed), purpose="a")


@pytest.mark.parametrize("broken", [b"", b"\x01", b"not encrypted at all"])
def test_what_was_never_encrypted_is_refused(broken: bytes) -> None:
    with pytest.raises(crypto.CannotDecrypt):
        crypto.decrypt(broken, purpose="a")


def test_a_keyed_hash_depends_on_key_and_purpose(settings: Any) -> None:
    settings.TRAIL_KEY = "one"
    first = crypto.keyed_hash("a@example.org", purpose="p")
    assert first == crypto.keyed_hash("a@example.org", purpose="p")
    assert first != crypto.keyed_hash("a@example.org", purpose="q")
    settings.TRAIL_KEY = "two"
    assert first != crypto.keyed_hash("a@example.org", purpose="p")
