"""Encryption of single values, and hashes that mean nothing without our key.

Keys are strings from the environment; what encrypts is derived from them, one key per purpose, so
that a value copied from one column into another does not open there.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

FORMAT = b"\x01"
KEY_ID_BYTES = 4
NONCE_BYTES = 12
_HEAD = len(FORMAT) + KEY_ID_BYTES


class CannotDecrypt(Exception):
    """The value was changed, was made for another purpose, or its key is gone from FIELD_KEYS."""


def encrypt(data: bytes, *, purpose: str, context: bytes = b"") -> bytes:
    """Encrypt with the newest key. The result names its key, so that keys can be rotated.

    `context` says whose value it is: it opens with the same context only.
    """
    newest = settings.FIELD_KEYS[0]
    head = FORMAT + _key_id(newest)
    nonce = os.urandom(NONCE_BYTES)
    bound = _bound(head, purpose, context)
    sealed = AESGCM(_derived(newest, purpose)).encrypt(nonce, data, bound)
    return head + nonce + sealed


def decrypt(sealed: bytes, *, purpose: str, context: bytes = b"") -> bytes:
    """The other way round, with whichever of our keys it was made with.

    Raises CannotDecrypt.
    """
    head, rest = sealed[:_HEAD], sealed[_HEAD:]
    nonce, body = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
    for key in settings.FIELD_KEYS:
        if head == FORMAT + _key_id(key):
            try:
                bound = _bound(head, purpose, context)
                return AESGCM(_derived(key, purpose)).decrypt(nonce, body, bound)
            except (InvalidTag, ValueError):
                # Two keys may share an id once in four thousand million: try the others too.
                continue
    raise CannotDecrypt("No key in FIELD_KEYS opens this value.")


def is_current(sealed: bytes) -> bool:
    """Whether the newest key made this. Rotation encrypts the others again."""
    return sealed[:_HEAD] == FORMAT + _key_id(settings.FIELD_KEYS[0])


def current_key_id() -> str:
    """The newest key by the name that sealed values carry, in hex."""
    return _key_id(settings.FIELD_KEYS[0]).hex()


def keyed_hash(text: str, *, purpose: str) -> str:
    """The same text gives the same hash; nobody without TRAIL_KEY can guess their way back."""
    key = _derived(settings.TRAIL_KEY, purpose)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _bound(head: bytes, purpose: str, context: bytes) -> bytes:
    return head + purpose.encode() + (b"\0" + context if context else b"")


@lru_cache(maxsize=256)
def _derived(secret: str, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=f"portal/{purpose}".encode()).derive(
        secret.strip().encode()
    )


def _key_id(secret: str) -> bytes:
    return _derived(secret, "key-id")[:KEY_ID_BYTES]
