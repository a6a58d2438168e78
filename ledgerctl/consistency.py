"""That a log only grew between two of its checkpoints: fetched from its service, and checked from a file alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, NamedTuple

from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.note import MalformedNote, UnverifiedNote, decode_base64, encode_base64, parse_note
from ledger.policy import NoQuorum, Policy
from ledger.proofs import BadProof, verify_consistency
from ledger.rpc.client import CallRefused
from ledger_api.common.v1 import common_pb2 as pb
from ledgerctl.failures import BadInput, Failure
from ledgerctl.session import Session

FORMAT: Final = "placement-ledger consistency v1"
_BYTES_MAX: Final = 1_000_000


class Consistency(NamedTuple):
    """Two checkpoints of a log as signed notes, and the proof (RFC 6962) that the second goes on from the first."""

    old: bytes
    new: bytes
    hashes: tuple[bytes, ...]

    @property
    def heads(self) -> tuple[Checkpoint, Checkpoint]:
        """What the two notes state. Raises MalformedNote."""
        old, new = (parse_checkpoint(parse_note(note).text) for note in (self.old, self.new))
        return old, new

    def encode(self) -> bytes:
        """The bytes of a file."""
        said = {
            "format": FORMAT,
            "old": self.old.decode(),
            "new": self.new.decode(),
            "proof": [encode_base64(one) for one in self.hashes],
        }
        return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


async def signed_sizes(session: Session, service: str) -> list[int]:
    """The sizes at which a log signed a checkpoint, ascending. Raises CallRefused, Unavailable."""
    sizes: list[int] = []
    while True:
        request = pb.ListCheckpointsRequest(beyond=sizes[-1] if sizes else 0)
        page = (await session.client(service).call("ListCheckpoints", request)).checkpoints
        if not page:
            return sizes
        sizes += [one.size for one in page]


async def fetched(session: Session, service: str, old: int, new: int) -> Consistency:
    """The proof between two signed sizes; `new` 0: the newest. Raises Failure: a size that was not signed."""
    client = session.client(service)
    notes = []
    for size in (old, new):
        try:
            answer = await client.call("GetCheckpoint", pb.GetCheckpointRequest(size=size))
        except CallRefused as no:
            if no.rule != "no_checkpoint":
                raise
            raise Failure(
                f"{service} 在 {size} 条处没有检查点 · {service} signed no checkpoint of {size} entries",
                f"ledgerctl consistency {service} lists the sizes that were signed",
            ) from no
        notes.append(answer)
    before, after = notes
    request = pb.GetConsistencyProofRequest(old_size=before.size, new_size=after.size)
    proof = await client.call("GetConsistencyProof", request)
    return Consistency(before.note, after.note, tuple(proof.hashes))


def read(file: Path) -> Consistency:
    """The proof in a file; its form only. Raises BadInput."""
    try:
        with file.open("rb") as opened:
            said: Any = json.loads(opened.read(_BYTES_MAX + 1))
        if said["format"] != FORMAT:
            raise ValueError(f"not {FORMAT!r}")
        hashes = tuple(decode_base64(one) for one in said["proof"])
        return Consistency(said["old"].encode(), said["new"].encode(), hashes)
    except OSError as error:
        raise BadInput(f"读不到 {file} · cannot read {file}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError, MalformedNote, RecursionError) as error:
        raise BadInput(
            f"{file} 不是一致性证明 · not a consistency proof: {error}", "ledgerctl consistency LOG OLD NEW --out FILE"
        ) from error


def verified(proof: Consistency, policy: Policy) -> tuple[Checkpoint, Checkpoint]:
    """The two heads, if both are signed by the log and the second goes on from the first. Raises Failure."""
    try:
        old, new = (policy.accept(note).checkpoint for note in (proof.old, proof.new))
        if old.origin != new.origin:
            raise BadProof(f"one is of {old.origin}, the other of {new.origin}")
        verify_consistency(old.size, new.size, old.root, new.root, proof.hashes)
    except (MalformedNote, UnverifiedNote) as error:
        raise Failure(
            f"签名不符 · not signed by the key given: {error}", "take the key from where you trust it"
        ) from error
    except NoQuorum as error:
        raise Failure(
            f"见证不足 · not enough witnesses: {error}", "ask for checkpoints with more cosignatures"
        ) from error
    except BadProof as error:
        raise Failure(
            f"前后不一致 · the log was rewritten, or the proof is another's: {error}",
            "keep the file: two checkpoints of one log that do not go on from each other are evidence",
        ) from error
    return old, new
