"""Checkpoints, as C2SP tlog-checkpoint has them: the origin, size and root of a log, as a signed note. Pure.

A log signs one root for a size, ever; a witness cosigns (C2SP tlog-cosignature) what is consistent
with all it has seen. This page knows the form only: who may sign what is decided where it is signed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NoReturn

from ledger.merkle import EMPTY_ROOT, HASH_BYTES
from ledger.note import (
    Kind,
    MalformedNote,
    Note,
    OpenedNote,
    Signature,
    Signer,
    UnverifiedNote,
    VerifierKey,
    decode_base64,
    encode_base64,
    open_note,
    parse_note,
)

#: A size that every database and every other implementation can hold.
SIZE_MAX: Final = 2**63 - 1
_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: `size` entries, the RFC 6962 root over them. `extensions`: further lines, opaque."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.root) != HASH_BYTES or not 0 <= self.size <= SIZE_MAX:
            _malformed(f"not a head: {self.size} entries, a root of {len(self.root)} bytes")
        if self.size == 0 and self.root != EMPTY_ROOT:
            _malformed("the root of an empty log is SHA-256 of nothing")
        if any(not line or "\n" in line for line in (self.origin, *self.extensions)):
            _malformed("an empty line, or one with a line break in it")

    @property
    def text(self) -> str:
        """The text of the note."""
        lines = (self.origin, str(self.size), encode_base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class OpenedCheckpoint:
    """A checkpoint that its log has signed, and the note with all that is known of its signatures."""

    checkpoint: Checkpoint
    opened: OpenedNote

    @property
    def keys(self) -> frozenset[VerifierKey]:
        """The known keys, of the log and of witnesses, whose signatures are right."""
        return self.opened.keys


def parse_checkpoint(text: str) -> Checkpoint:
    """The head in the text of a note. Raises MalformedNote."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1]:
        _malformed("a checkpoint has three lines at least, each ended")
    origin, size, root, *extensions = lines[:-1]
    return Checkpoint(origin, parse_decimal(size), decode_base64(root), tuple(extensions))


def open_checkpoint(data: bytes, keys: Iterable[VerifierKey]) -> OpenedCheckpoint:
    """A checkpoint, verified: the key that bears the name of its origin has signed it.

    Keys of witnesses may be among `keys`: their cosignatures are verified too, and not required.
    Raises MalformedNote. UnverifiedNote: its log has not signed it, or a signature is wrong.
    """
    opened = open_note(data, keys)
    checkpoint = parse_checkpoint(opened.text)
    if not any(key.name == checkpoint.origin and key.kind is Kind.ED25519 for key in opened.keys):
        raise UnverifiedNote(f"no known key of {checkpoint.origin} has signed")
    return OpenedCheckpoint(checkpoint, opened)


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """The signed note. Raises ValueError: a key of another name or kind. MalformedNote."""
    if signer.kind is not Kind.ED25519 or signer.name != checkpoint.origin:
        raise ValueError(f"{signer.name} does not sign for {checkpoint.origin}")
    return Note(checkpoint.text, ()).signed_by(signer.sign(checkpoint.text)).encode()


def cosign(data: bytes, witness: Signer, timestamp: int) -> Signature:
    """A witness's cosignature for the checkpoint in these bytes; `timestamp` is seconds since 1970.

    The caller has verified the checkpoint and that it extends what this witness saw before.
    Raises MalformedNote. ValueError: not a key for cosigning, or not a time.
    """
    note = parse_note(data)
    parse_checkpoint(note.text)
    return witness.sign(note.text, timestamp)


def with_signatures(data: bytes, *signatures: Signature) -> bytes:
    """The same note with more signatures, each in place of an earlier one by the same key. Raises MalformedNote."""
    return parse_note(data).signed_by(*signatures).encode()


def parse_decimal(text: str) -> int:
    """A size or an index: ASCII decimal without leading zeros. Raises MalformedNote."""
    if not _DECIMAL.fullmatch(text) or int(text) > SIZE_MAX:
        _malformed(f"not a decimal number: {text[:40]!r}")
    return int(text)


def _malformed(why: str) -> NoReturn:
    raise MalformedNote(why)
