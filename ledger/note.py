"""Signed notes and their keys, as C2SP signed-note has them: text, a blank line, signature lines. Pure.

    ledger.datong.example/placement
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — ledger.datong.example/placement Az3grlgtzPIC…

Nothing in a note may be believed before `open_note` has verified it with a key that is known from
elsewhere. Two kinds of signature are known: Ed25519 over the text, and the timestamped cosignature
of a checkpoint. All others, and those of unknown keys, are ignored, as they must be.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.errors import LedgerError

#: More than any quorum needs; a note with more is refused before anything is verified.
SIGNATURES_MAX: Final = 100
NOTE_BYTES_MAX: Final = 1_000_000
TIMESTAMP_MAX: Final = 2**63 - 1

_KEY_ID_BYTES: Final = 4
_KEY_BYTES: Final = 32
_SIGNATURE_BYTES: Final = 64
_TIMESTAMP_BYTES: Final = 8
_DASH: Final = "\u2014 "
_PRIVATE: Final = "PRIVATE+KEY+"


class MalformedNote(LedgerError):
    """Text that is no note, no key or no checkpoint of the format."""


class UnverifiedNote(LedgerError):
    """A note that no known key has signed, or on which a known key's signature is wrong."""


class Kind(IntEnum):
    """Signature types of C2SP signed-note that are known here."""

    ED25519 = 0x01  # over the text
    COSIGNATURE_V1 = 0x04  # C2SP tlog-cosignature: Ed25519 over a time and a checkpoint


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under its name; `public` is 32 bytes of Ed25519."""

    name: str
    kind: Kind
    public: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.public) != _KEY_BYTES:
            _malformed(f"a key of {len(self.public)} bytes, not {_KEY_BYTES}")

    @property
    def key_id(self) -> bytes:
        """SHA-256(name || "\\n" || kind || public)[:4]."""
        return _key_id(self.name, bytes([self.kind]) + self.public)

    def __str__(self) -> str:
        """The vkey: `<name>+<hex key id>+<base64 of kind and key>`."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(bytes([self.kind]) + self.public)}"

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether these are the bytes this key signs `text` with."""
        message = text.encode()
        if self.kind is Kind.COSIGNATURE_V1:
            timestamp = int.from_bytes(signature[:_TIMESTAMP_BYTES], "big")
            if timestamp > TIMESTAMP_MAX:
                return False
            message, signature = cosigned(text, timestamp), signature[_TIMESTAMP_BYTES:]
        if len(signature) != _SIGNATURE_BYTES:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line, as it stands there: verified or not, of a known kind or not."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        """The line, without its line break."""
        return f"{_DASH}{self.name} {encode_base64(self.key_id + self.signature)}"

    @property
    def timestamp(self) -> int:
        """Seconds since 1970 of a cosignature; means nothing for another kind, or before it is verified."""
        return int.from_bytes(self.signature[:_TIMESTAMP_BYTES], "big")


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signatures under it. `text` ends with a line break."""

    text: str
    signatures: tuple[Signature, ...]

    def encode(self) -> bytes:
        """The bytes of the note. Raises MalformedNote: not a text that can be signed, or unsigned."""
        _check_text(self.text)
        if not 1 <= len(self.signatures) <= SIGNATURES_MAX:
            _malformed(f"{len(self.signatures)} signatures")
        return "".join([self.text, "\n", *(f"{line}\n" for line in self.signatures)]).encode()

    def signed_by(self, *signatures: Signature) -> Note:
        """The note with these signatures added, each in place of an earlier one by the same key."""
        new = {(line.name, line.key_id) for line in signatures}
        kept = [line for line in self.signatures if (line.name, line.key_id) not in new]
        return Note(self.text, (*kept, *signatures))


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note whose text may be believed, as far as the keys are that signed it."""

    text: str
    verified: tuple[tuple[VerifierKey, Signature], ...]
    note: Note

    @property
    def keys(self) -> frozenset[VerifierKey]:
        """The known keys whose signatures are under the text, and right."""
        return frozenset(key for key, _ in self.verified)


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key under its name. Never printed: `skey` is what its file holds."""

    name: str
    kind: Kind
    _private: Ed25519PrivateKey = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        check_name(self.name)

    @classmethod
    def generate(cls, name: str, kind: Kind = Kind.ED25519) -> Signer:
        """A new random key. Raises MalformedNote: not a key name."""
        return cls(name, kind, Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, name: str, seed: bytes, kind: Kind = Kind.ED25519) -> Signer:
        """The key of a 32-byte seed. Raises MalformedNote, ValueError."""
        return cls(name, kind, Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def key(self) -> VerifierKey:
        """What verifies its signatures."""
        return VerifierKey(self.name, self.kind, self._private.public_key().public_bytes_raw())

    def skey(self) -> str:
        """`PRIVATE+KEY+<name>+<hex key id>+<base64 of kind and seed>`, as Go's signed notes write it: secret."""
        secret = encode_base64(bytes([self.kind]) + self._private.private_bytes_raw())
        return f"{_PRIVATE}{self.name}+{self.key.key_id.hex()}+{secret}"

    def sign(self, text: str, timestamp: int | None = None) -> Signature:
        """The signature line for a text. `timestamp`: seconds since 1970, for a cosignature and only there.

        Raises MalformedNote: not a text that can be signed. ValueError: a timestamp too many or too few.
        """
        _check_text(text)
        if (timestamp is not None) != (self.kind is Kind.COSIGNATURE_V1):
            raise ValueError("a cosignature has a timestamp, and no other signature has")
        if timestamp is None:
            return Signature(self.name, self.key.key_id, self._private.sign(text.encode()))
        if not 0 < timestamp <= TIMESTAMP_MAX:
            raise ValueError(f"no timestamp of a cosignature: {timestamp}")
        signature = self._private.sign(cosigned(text, timestamp))
        return Signature(self.name, self.key.key_id, timestamp.to_bytes(_TIMESTAMP_BYTES, "big") + signature)


def parse_vkey(text: str) -> VerifierKey:
    """The key in a vkey. Raises MalformedNote: not one, a kind not known here, or its key id is not its own."""
    name, key_id, material = _parts(text, "vkey")
    key = VerifierKey(name, _kind(material), material[1:])
    if key.key_id != key_id:
        _malformed(f"key id {key_id.hex()} is not that of the key, {key.key_id.hex()}")
    return key


def parse_skey(text: str) -> Signer:
    """The private key that `Signer.skey` wrote. Raises MalformedNote, never with the secret in its words."""
    if not text.startswith(_PRIVATE):
        _malformed("not a private key")
    name, key_id, material = _parts(text.removeprefix(_PRIVATE), "private key")
    if len(material) != 1 + _KEY_BYTES:
        _malformed("not a private key of Ed25519")
    signer = Signer.from_seed(name, material[1:], _kind(material))
    if signer.key.key_id != key_id:
        _malformed("key id is not that of the private key")
    return signer


def parse_note(data: bytes) -> Note:
    """The text and signature lines of a note; verifies nothing. Raises MalformedNote."""
    if len(data) > NOTE_BYTES_MAX:
        _malformed(f"a note of {len(data)} bytes")
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise MalformedNote("not UTF-8") from error
    head, blank, tail = whole.rpartition("\n\n")
    if not blank:
        _malformed("no blank line before the signatures")
    text = head + "\n"
    _check_text(text)
    if not tail.endswith("\n"):
        _malformed("the last line is not ended")
    lines = tail[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        _malformed(f"{len(lines)} signatures")
    return Note(text, tuple(_signature(line) for line in lines))


def open_note(data: bytes, keys: Iterable[VerifierKey]) -> OpenedNote:
    """A note, verified: signatures of other keys are ignored, a wrong one of these keys refuses the note.

    Raises MalformedNote. UnverifiedNote: no signature by these keys, or a wrong one.
    ValueError: two different keys share name and key id.
    """
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for key in keys:
        if known.setdefault((key.name, key.key_id), key) != key:
            raise ValueError(f"two keys are called {key.name}+{key.key_id.hex()}")
    note = parse_note(data)
    verified: dict[VerifierKey, Signature] = {}
    for line in note.signatures:
        signed_by = known.get((line.name, line.key_id))
        if signed_by is None:
            continue
        if not signed_by.verifies(note.text, line.signature):
            raise UnverifiedNote(f"the signature of {line.name}+{line.key_id.hex()} is wrong")
        verified.setdefault(signed_by, line)
    if not verified:
        raise UnverifiedNote("no known key has signed")
    return OpenedNote(note.text, tuple(verified.items()), note)


def sign_note(text: str, signers: Sequence[Signer]) -> bytes:
    """The bytes of a note signed by these keys (Ed25519 over the text). Raises MalformedNote."""
    return Note(text, ()).signed_by(*(signer.sign(text) for signer in signers)).encode()


def cosigned(checkpoint: str, timestamp: int) -> bytes:
    """What a cosignature/v1 signs: a header, the time, and the text of the checkpoint."""
    return f"cosignature/v1\ntime {timestamp}\n{checkpoint}".encode()


def check_name(name: str) -> None:
    """Raises MalformedNote unless this may be the name of a key."""
    if not name or any(character < "!" or character == "+" or character.isspace() for character in name):
        _malformed(f"not the name of a key: {name[:200]!r}")


def encode_base64(data: bytes) -> str:
    """Standard base64, padded."""
    return base64.b64encode(data).decode()


def decode_base64(text: str) -> bytes:
    """The bytes of standard, padded, canonical base64. Raises MalformedNote: any other text.

    Canonical: the bits that the last character has too many are zero. Otherwise one signature or
    root could be written in several ways.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedNote("not base64") from error
    if encode_base64(data) != text:
        _malformed("not canonical base64")
    return data


def _signature(line: str) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        _malformed(f"not a signature line: {line[:80]!r}")
    check_name(name)
    data = decode_base64(encoded)
    if len(data) <= _KEY_ID_BYTES:
        _malformed("a signature without bytes")
    return Signature(name, data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:])


def _parts(text: str, what: str) -> tuple[str, bytes, bytes]:
    """Name, key id and key material of a vkey, or of what is left of a private key."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        _malformed(f"not a {what}")
    name, key_id, material = parts
    check_name(name)
    if len(key_id) != 2 * _KEY_ID_BYTES or any(digit not in "0123456789abcdef" for digit in key_id):
        _malformed(f"not the key id of a {what}")
    decoded = decode_base64(material)
    if not decoded:
        _malformed(f"a {what} without a key")
    return name, bytes.fromhex(key_id), decoded


def _kind(material: bytes) -> Kind:
    if material[0] not in set(Kind):
        _malformed(f"signature type 0x{material[0]:02x} is not known here")
    return Kind(material[0])


def _key_id(name: str, typed: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + typed).digest()[:_KEY_ID_BYTES]


def _check_text(text: str) -> None:
    if not text.endswith("\n"):
        _malformed("the text of a note ends with a line break")
    if any(character < " " and character != "\n" for character in text):
        _malformed("a control character")


def _malformed(why: str) -> NoReturn:
    raise MalformedNote(why)
