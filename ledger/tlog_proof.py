"""A receipt that can be checked offline: C2SP tlog-proof, an index, an inclusion proof and a checkpoint. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NoReturn

from ledger.checkpoint import parse_checkpoint, parse_decimal
from ledger.merkle import HASH_BYTES
from ledger.note import NOTE_BYTES_MAX, MalformedNote, decode_base64, encode_base64, parse_note
from ledger.policy import AcceptedCheckpoint, Policy
from ledger.proofs import verify_inclusion

HEADER: Final = "c2sp.org/tlog-proof@v1"
#: A tree of at most 2^63 leaves has no longer path.
PATH_MAX: Final = 63


@dataclass(frozen=True, slots=True)
class TlogProof:
    """Entry `index` is in the log whose `checkpoint` (the bytes of a signed note) is given.

    `path`: from the sibling of the leaf up. `extra`: opaque, and signed by nobody.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def encode(self) -> bytes:
        """The bytes of a `.tlog-proof` file."""
        extra = [] if self.extra is None else [f"extra {encode_base64(self.extra)}"]
        lines = [HEADER, *extra, f"index {self.index}", *map(encode_base64, self.path), ""]
        return "".join(f"{line}\n" for line in lines).encode() + self.checkpoint

    def verify(self, leaf: bytes, policy: Policy) -> AcceptedCheckpoint:
        """That a log of the policy, with its quorum of witnesses, has the entry with this leaf hash at `index`.

        Raises MalformedNote, UnverifiedNote, NoQuorum, BadProof.
        """
        accepted = policy.accept(self.checkpoint)
        head = accepted.checkpoint
        verify_inclusion(leaf, self.index, head.size, self.path, head.root)
        return accepted


def parse_tlog_proof(data: bytes) -> TlogProof:
    """The proof in the bytes of a file; its form only, nothing is verified. Raises MalformedNote."""
    if len(data) > NOTE_BYTES_MAX:
        _malformed(f"a proof of {len(data)} bytes")
    head, blank, checkpoint = data.partition(b"\n\n")
    if not blank:
        _malformed("no blank line before the checkpoint")
    try:
        header, *lines = head.decode().split("\n")
    except UnicodeDecodeError as error:
        raise MalformedNote("not UTF-8") from error
    if header != HEADER:
        _malformed(f"the first line is not {HEADER}")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra "))
    if not lines or not lines[0].startswith("index "):
        _malformed("no line `index`")
    index = parse_decimal(lines.pop(0).removeprefix("index "))
    path = tuple(map(decode_base64, lines))
    if len(path) > PATH_MAX or any(len(node) != HASH_BYTES for node in path):
        _malformed(f"a path is at most {PATH_MAX} hashes of {HASH_BYTES} bytes")
    parse_checkpoint(parse_note(checkpoint).text)
    return TlogProof(index, path, checkpoint, extra)


def _malformed(why: str) -> NoReturn:
    raise MalformedNote(why)
