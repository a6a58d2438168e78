"""Signed notes, their keys, and checkpoints: C2SP signed-note, tlog-checkpoint, tlog-cosignature."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple

from verifier.ed25519 import signature_is_right
from verifier.findings import Contradicted, Malformed, NotEnough, shown

ED25519 = 0x01
COSIGNATURE = 0x04
NOTE_BYTES_MAX = 1_000_000
SIGNATURES_MAX = 100

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


class Key(NamedTuple):
    """A public key of Ed25519 under its name. `kind`: of a log, or of a witness that cosigns."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || "\\n" || kind || public)[:4]."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def signed(self, text: str, signature: bytes) -> bool:
        """Whether this key made the signature for the text."""
        message = text.encode()
        if self.kind == COSIGNATURE:
            timestamp, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            if timestamp >= 2**63:
                return False
            message = f"cosignature/v1\ntime {timestamp}\n".encode() + message
        return len(signature) == 64 and signature_is_right(self.public, signature, message)


class Checkpoint(NamedTuple):
    """How many entries a log has, and the root over them."""

    origin: str
    size: int
    root: bytes


def decode_base64(text: str) -> bytes:
    """Standard base64 in its one canonical form. Raises Malformed."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Malformed(f"not base64: {shown(text, 60)}") from None
    if base64.b64encode(data).decode() != text:
        raise Malformed(f"not canonical base64: {shown(text, 60)}")
    return data


def encode_base64(data: bytes) -> str:
    """Standard base64."""
    return base64.b64encode(data).decode()


def decimal(text: str) -> int:
    """A number without sign and leading zeros, below 2^63. Raises Malformed."""
    if not _DECIMAL.fullmatch(text) or int(text) >= 2**63:
        raise Malformed(f"not a number: {shown(text, 60)}")
    return int(text)


def parse_vkey(text: str) -> Key:
    """`<name>+<hex key id>+<base64 of kind and key>`. Raises Malformed."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise Malformed(f"not a key: {shown(text)}")
    _check_name(parts[0])
    material = decode_base64(parts[2])
    if len(material) != 33 or material[0] not in (ED25519, COSIGNATURE):
        raise Malformed(f"not a key of a kind known here: {shown(text)}")
    key = Key(parts[0], material[0], material[1:])
    if key.key_id.hex() != parts[1]:
        raise Malformed(f"a key whose id is not its own: {shown(text)}")
    return key


def open_note(data: bytes, keys: Iterable[Key], what: str) -> tuple[str, set[Key]]:
    """The text of a note and the known keys that signed it: at least one.

    Raises Malformed. Contradicted: a known key's signature is wrong. NotEnough: no known key signed.
    """
    if len(data) > NOTE_BYTES_MAX:
        raise Malformed(f"{what}: {len(data)} bytes")
    try:
        head, blank, tail = data.decode().rpartition("\n\n")
    except UnicodeDecodeError:
        raise Malformed(f"{what}: not UTF-8") from None
    text = head + "\n"
    if not blank or not tail.endswith("\n") or any(character < " " and character != "\n" for character in text):
        raise Malformed(f"{what}: not a signed note")
    lines = tail[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise Malformed(f"{what}: {len(lines)} signatures")
    known = {(key.name, key.key_id): key for key in keys}
    signed_by: set[Key] = set()
    for line in lines:
        name, signature = _signature(line, what)
        key = known.get((name, signature[:4]))
        if key is None:
            continue  # a signature of somebody unknown says nothing
        if not key.signed(text, signature[4:]):
            raise Contradicted(f"{what}: the signature of {shown(name)} is wrong")
        signed_by.add(key)
    if not signed_by:
        raise NotEnough(f"{what}: no key of the policy has signed it")
    return text, signed_by


def parse_checkpoint(text: str, what: str) -> Checkpoint:
    """The head in the text of a note. Raises Malformed."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise Malformed(f"{what}: not a checkpoint")
    root = decode_base64(lines[2])
    if len(root) != 32:
        raise Malformed(f"{what}: a root of {len(root)} bytes")
    return Checkpoint(lines[0], decimal(lines[1]), root)


def _signature(line: str, what: str) -> tuple[str, bytes]:
    """The name, and the key id with the signature after it."""
    name, space, encoded = line[2:].partition(" ")
    if not line.startswith("\u2014 ") or not space:
        raise Malformed(f"{what}: not a signature line: {shown(line, 80)}")
    _check_name(name)
    signature = decode_base64(encoded)
    if len(signature) < 5:
        raise Malformed(f"{what}: a signature without bytes")
    return name, signature


def _check_name(name: str) -> None:
    if not name or any(character < "!" or character == "+" or character.isspace() for character in name):
        raise Malformed(f"not the name of a key: {shown(name)}")
