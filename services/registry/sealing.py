"""Cryptography of the vault: AES-256-GCM with random nonces, one key per person, and the blind index.

    sealed value = nonce ‖ AES-256-GCM(key of the person, text,          aad = person|field|key version)
    wrapped key  = nonce ‖ AES-256-GCM(wrapping key,      person's key,  aad = person|key|key version)
    blind index  = HMAC-SHA256(blind-index key, kind ⏎ what identifies)

The additional data ties a value to its place: moved to another person or field it does not open.
"""

from __future__ import annotations

import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.errors import LedgerError
from services.registry.keys import KEY_BYTES, Keys

NONCE_BYTES: Final = 12
FIRST_VERSION: Final = 1


class SealBroken(LedgerError):
    """Something in the vault does not open: it was altered or moved, or belongs to other keys."""


class PersonKey:
    """The data key of one reference. `field` says what a value is: it opens as nothing else."""

    __slots__ = ("_cipher", "_person", "_version")

    def __init__(self, person: str, version: int, key: bytes) -> None:
        self._person = person
        self._version = version
        self._cipher = AESGCM(key)

    def seal(self, field: str, text: str) -> bytes:
        """The text, unreadable without this key."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), _aad(self._person, field, self._version))

    def open(self, field: str, sealed: bytes) -> str:
        """What was sealed. Raises SealBroken."""
        return _opened(self._cipher, sealed, self._person, field, self._version).decode()


class Sealer:
    """What needs the registry's own keys: wrapping those of persons, and the blind index."""

    def __init__(self, keys: Keys) -> None:
        self._wrapping = AESGCM(keys.wrapping)
        self._blind = keys.blind

    def blind(self, kind: str, *identity: str) -> bytes:
        """Equal for equal `identity` (normalised by the caller), and worth nothing without the key."""
        return hmac.digest(self._blind, "\n".join((kind, *identity)).encode(), "sha256")

    def new_key(self, person: str) -> tuple[PersonKey, bytes]:
        """A key for a new reference, and the same key wrapped."""
        key, nonce = os.urandom(KEY_BYTES), os.urandom(NONCE_BYTES)
        wrapped = nonce + self._wrapping.encrypt(nonce, key, _aad(person, "key", FIRST_VERSION))
        return PersonKey(person, FIRST_VERSION, key), wrapped

    def unwrap(self, person: str, version: int, wrapped: bytes) -> PersonKey:
        """The key of a reference. Raises SealBroken."""
        return PersonKey(person, version, _opened(self._wrapping, wrapped, person, "key", version))


def _aad(person: str, field: str, version: int) -> bytes:
    return f"{person}|{field}|{version}".encode()


def _opened(cipher: AESGCM, sealed: bytes, person: str, field: str, version: int) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _aad(person, field, version))
    except (InvalidTag, ValueError):
        # which field it was may itself tell something, so only the reference is named
        raise SealBroken(
            f"something the vault holds of {person} does not open: altered, moved, or other keys"
        ) from None
