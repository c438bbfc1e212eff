"""A key for each case: what is written about a case opens with that case's key and no other.

The key is 32 random bytes, kept wrapped by the portal's own keys (`web.crypto`) in
`incidents.CaseKey`. Each text is encrypted with AES-GCM and bound to its case and its field, so
that a value copied into another column, or to another case, does not open there. Destroying the
wrapped key destroys every text of the case, in every table, at once.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models

from web.crypto import CannotDecrypt, decrypt, encrypt
from web.errors import RuleBroken

if TYPE_CHECKING:
    from incidents.models import Case

KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = b"\x01"
WRAPPING = "incidents.case_key"
MOST_LETTERS = 20_000
# Control characters have no place in a sentence, and some databases refuse a NUL.
CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))


class KeyDestroyed(CannotDecrypt):
    """The case was disposed of: nothing of it can be read any more."""


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def wrap(key: bytes, reference: str) -> bytes:
    """With the newest of the portal's keys, for the case of this reference only."""
    return encrypt(key, purpose=WRAPPING, context=reference.encode())


def unwrap(wrapped: bytes | memoryview, reference: str) -> bytes:
    """Raises KeyDestroyed, or CannotDecrypt where the portal's key is gone."""
    if not wrapped:
        raise KeyDestroyed("This case was disposed of.")
    return decrypt(bytes(wrapped), purpose=WRAPPING, context=reference.encode())


def seal(key: bytes, data: bytes, *, reference: str, field: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return FORMAT + nonce + AESGCM(key).encrypt(nonce, data, _bound(reference, field))


def unseal(key: bytes, sealed: bytes | memoryview, *, reference: str, field: str) -> bytes:
    """Raises CannotDecrypt for what was made for another case or field, or was changed."""
    sealed = bytes(sealed)
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        if sealed[:1] != FORMAT:
            raise ValueError(sealed[:1])
        return AESGCM(key).decrypt(nonce, body, _bound(reference, field))
    except (InvalidTag, ValueError):
        raise CannotDecrypt("This was not written for this field of this case.") from None


def _bound(reference: str, field: str) -> bytes:
    return b"case\0" + reference.encode() + b"\0" + field.encode()


def cleaned(text: str) -> str:
    """Without control characters. Raises RuleBroken for what is longer than any report."""
    text = text.replace("\r\n", "\n").translate(CONTROLS).strip()
    if len(text) > MOST_LETTERS:
        raise RuleBroken(f"This is longer than {MOST_LETTERS:,} letters. Attach it as a file.")
    return text


def sealed_column() -> models.BinaryField:
    """A column that holds a sealed text; empty where nothing was said."""
    return models.BinaryField(default=b"", blank=True, editable=False)


class Sealed(models.Model):
    """A row with texts sealed by the key of its case.

    The text `why` lies in the column `sealed_why`: `row.text("why")` reads it, `row.write("why",
    "…")` seals it (and saves nothing). The case comes along with `select_related("case__key")`.
    """

    SEALED: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        abstract = True

    def text(self, name: str) -> str:
        """What was written there. Raises KeyDestroyed once the case was disposed of."""
        sealed = bytes(getattr(self, self._column(name)))
        if not sealed:
            return ""
        case = self._its_case()
        return unseal(
            case.data_key, sealed, reference=case.reference, field=self._label(name)
        ).decode()

    def write(self, name: str, text: str) -> None:
        """Seal a text; an empty one leaves the column empty. Raises RuleBroken when too long."""
        column, text, case = self._column(name), cleaned(text), self._its_case()
        sealed = text and seal(
            case.data_key, text.encode(), reference=case.reference, field=self._label(name)
        )
        setattr(self, column, sealed or b"")

    def _its_case(self) -> Case:
        return self.case  # type: ignore[attr-defined, no-any-return]

    def _column(self, name: str) -> str:
        if name not in self.SEALED:
            raise KeyError(f"{self._meta.label} has no text called {name!r}.")
        return f"sealed_{name}"

    def _label(self, name: str) -> str:
        return f"{self._meta.label_lower}.{name}"


def written(row: Any, **texts: str) -> Any:
    """The same row with these texts sealed into it."""
    for name, text in texts.items():
        row.write(name, text)
    return row
