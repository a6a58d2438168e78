"""A witness: it cosigns another log's checkpoints as long as each goes on from the one before.

The rules are those of C2SP tlog-witness. A witness that has cosigned a size and root never cosigns
another root for that size, nor a smaller log, whatever it is shown; comparing and remembering are one
transaction, so two callers at once cannot make it do so either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import Engine, insert, select, update

from ledger.checkpoint import Checkpoint, cosign, open_checkpoint, parse_checkpoint
from ledger.clock import Clock, system
from ledger.errors import Kind, Refusal, Refused
from ledger.merkle import EMPTY_ROOT
from ledger.note import MalformedNote, Signature, Signer, UnverifiedNote, VerifierKey, parse_note
from ledger.proofs import BadProof, verify_consistency
from ledger.store.tables import WITNESSED

#: A consistency proof never has more hashes (C2SP tlog-witness).
PROOF_HASHES_MAX: Final = 63

KeyOf = Callable[[str], VerifierKey | None]
"""The key of a log, by its origin; None: not known."""


class Witness:
    """Cosigns checkpoints of the logs whose keys it knows."""

    def __init__(self, engine: Engine, signer: Signer, key_of: KeyOf, clock: Clock = system) -> None:
        self._engine = engine
        self._signer = signer
        self._key_of = key_of
        self._clock = clock

    @property
    def name(self) -> str:
        """The name of its key."""
        return self._signer.name

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], note: bytes) -> Signature:
        """Its cosignature, if the checkpoint in `note` goes on from what it cosigned last, of `old_size`.

        Raises Refused: malformed (400), unknown_log (404), not_signed (403), other_size (409, with the
        size it holds), inconsistent (422).
        """
        checkpoint = self._believed(note)
        if old_size > checkpoint.size or len(proof) > PROOF_HASHES_MAX:
            raise Refused(_malformed("the old size is beyond the checkpoint, or the proof is too long"))
        with self._engine.begin() as connection:
            query = select(WITNESSED).where(WITNESSED.c.origin == checkpoint.origin).with_for_update()
            row = connection.execute(query).one_or_none()
            size, root = (row.size, bytes(row.root)) if row is not None else (0, EMPTY_ROOT)
            if old_size != size or (checkpoint.size == size and checkpoint.root != root):
                raise Refused(_other_size(size))
            try:
                verify_consistency(size, checkpoint.size, root, checkpoint.root, proof)
            except BadProof as error:
                raise Refused(_inconsistent(str(error))) from error
            values = {"size": checkpoint.size, "root": checkpoint.root}
            if row is None:
                connection.execute(insert(WITNESSED).values(origin=checkpoint.origin, **values))
            else:
                connection.execute(update(WITNESSED).where(WITNESSED.c.origin == checkpoint.origin).values(values))
        # remembered first: a cosignature nobody received is harmless, one nobody remembers is not
        return cosign(note, self._signer, int(self._clock()))

    def _believed(self, note: bytes) -> Checkpoint:
        try:
            origin = parse_checkpoint(parse_note(note).text).origin
        except MalformedNote as error:
            raise Refused(_malformed(str(error))) from error
        key = self._key_of(origin)
        if key is None:
            raise Refused(_unknown_log(origin))
        try:
            return open_checkpoint(note, [key]).checkpoint
        except (UnverifiedNote, MalformedNote) as error:
            raise Refused(_not_signed(origin, str(error))) from error


def _malformed(why: str) -> Refusal:
    return Refusal("malformed_checkpoint", Kind.MALFORMED, f"this is no checkpoint to cosign: {why}", "检查点格式不对")


def _unknown_log(origin: str) -> Refusal:
    return Refusal(
        "unknown_log_key",
        Kind.NOT_FOUND,
        f"this witness knows no key of {origin}; its operator adds it among the peers",
        f"本见证方没有 {origin} 的公钥",
        {"log": origin},
    )


def _not_signed(origin: str, why: str) -> Refusal:
    return Refusal(
        "not_signed",
        Kind.FORBIDDEN,
        f"the checkpoint is not signed by the key known of {origin}: {why}",
        f"检查点不是由 {origin} 的已知公钥签署",
        {"log": origin},
    )


def _other_size(size: int) -> Refusal:
    return Refusal(
        "other_size",
        Kind.CONFLICT,
        f"this witness cosigned size {size} last; send a proof from there (no other root of that size is cosigned)",
        f"本见证方最近见证的大小为 {size},请从该处证明一致",
        {"size": str(size)},
    )


def _inconsistent(why: str) -> Refusal:
    return Refusal(
        "inconsistent",
        Kind.IMPOSSIBLE,
        f"the checkpoint does not go on from the one cosigned last: {why}",
        "检查点与上次见证的不一致",
    )
