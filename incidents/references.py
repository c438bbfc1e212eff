"""Codes that say nothing and cannot be guessed: a case's reference, a reporter's receipt."""

from __future__ import annotations

import secrets

from web.crypto import keyed_hash

# Without letters and figures that are taken for one another.
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
REFERENCE_LENGTH = 12  # 60 bits
RECEIPT_LENGTH = 16  # 80 bits


def new_reference() -> str:
    return _letters(REFERENCE_LENGTH)


def new_receipt() -> str:
    """What a reporter without a login keeps, in groups of four. Shown once, stored hashed."""
    code = _letters(RECEIPT_LENGTH)
    return "-".join(code[at : at + 4] for at in range(0, RECEIPT_LENGTH, 4))


def receipt_hash(code: str) -> str:
    """The same for every way of writing a code: small letters, spaces, no hyphens."""
    plain = "".join(letter for letter in code.upper() if letter in LETTERS)
    return keyed_hash(plain, purpose="incidents.receipt")


def _letters(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))
