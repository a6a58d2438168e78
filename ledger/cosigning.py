"""Asking witnesses to cosign a log's checkpoints, and keeping what they answer.

Each witness is asked by a task of its own, so that one that is slow or away keeps neither the signer nor
the others waiting. Checkpoints are asked for in order and none is passed over: a statement names the heads
of one moment, and an auditor with a quorum wants cosignatures under those very heads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, Final

import structlog

from ledger.checkpoint import open_checkpoint
from ledger.errors import LedgerError
from ledger.note import VerifierKey
from ledger.proofs import consistency_proof
from ledger.rpc.client import CallRefused, Client
from ledger.rpc.proofs import StoredNodes
from ledger.store.checkpoints import CheckpointStore, SignedHead
from ledger_api.common.v1 import common_pb2 as pb

ASK_SECONDS: Final = 5.0
#: A witness that was away is asked again after this long, also if the log did not grow.
AGAIN_SECONDS: Final = 5.0

log = structlog.get_logger()


class WrongCosignature(LedgerError):
    """A witness answered with a signature that is not its own, or not under this checkpoint."""


class WitnessIsAhead(LedgerError):
    """A witness has cosigned more of this log than it holds: entries that were signed are missing here."""


class CosignatureOf:
    """One witness, as the log sees it. `read_key`: its vkey, read when first needed."""

    def __init__(
        self, origin: str, client: Client, read_key: Callable[[], VerifierKey], own: VerifierKey, held: CheckpointStore
    ) -> None:
        self._origin = origin
        self._client = client
        self._read_key = read_key
        self._own = own
        self._checkpoints = held
        self._size = 0
        self.grown = asyncio.Event()
        """Set when there is another checkpoint."""

    async def run(self) -> None:
        """Ask for ever. Why it does not get on is told once."""
        told = ""
        while True:
            self.grown.clear()
            try:
                await self.catch_up()
                told = ""
            except Exception as error:  # told, and tried again: nothing may end this loop
                said = str(error) if isinstance(error, LedgerError) else type(error).__name__
                if said != told:
                    log.warning("not_cosigned", log=self._origin, exc_info=error)
                told = said
            with suppress(TimeoutError):
                async with asyncio.timeout(AGAIN_SECONDS):
                    await self.grown.wait()

    async def catch_up(self) -> None:
        """Have every checkpoint cosigned that is not; of a witness that never cosigned, from the newest one on.

        Raises CallRefused, Unavailable, WrongCosignature, WitnessIsAhead, UnusableKey.
        """
        key = self._read_key()
        while (signed := await asyncio.to_thread(self._checkpoints.to_cosign, key.name)) is not None:
            try:
                await self._ask(signed, key)
            except CallRefused as error:
                # it remembers another size than we do: it says which, and is asked once more from there
                size = int(error.details["size"]) if error.rule == "other_size" else self._size
                if size == self._size:
                    raise
                self._size = size
                await self._ask(await self._at_least(signed, size), key)

    async def _at_least(self, signed: SignedHead, size: int) -> SignedHead:
        """This checkpoint, or the later one that was cosigned already and whose cosignature got lost."""
        if size <= signed.size:
            return signed
        later = await asyncio.to_thread(self._checkpoints.at, size)
        if later is None:
            raise WitnessIsAhead(
                f"the witness of {self._origin} has cosigned this log at {size} entries, of which no checkpoint is "
                "here: was an old backup restored?"
            )
        return later

    async def _ask(self, signed: SignedHead, key: VerifierKey) -> None:
        """Keep the witness's cosignature under a checkpoint."""
        proof = await asyncio.to_thread(consistency_proof, StoredNodes(self._checkpoints), self._size, signed.size)
        note = signed.note.encode()
        request = pb.AddCheckpointRequest(old_size=self._size, proof=proof, checkpoint=note)
        answer = await self._client.call("AddCheckpoint", request, seconds=ASK_SECONDS)
        opened = open_checkpoint(note + f"{answer.signature}\n".encode(), [self._own, key])
        if key not in opened.keys:
            raise WrongCosignature(f"what {key.name} answered is no cosignature of its own")
        await asyncio.to_thread(self._checkpoints.add_cosignature, signed.size, key.name, answer.signature)
        self._size = signed.size


class Cosigning:
    """All witnesses of one log."""

    def __init__(self, witnesses: Sequence[CosignatureOf]) -> None:
        self._witnesses = witnesses

    def wake(self) -> None:
        """There is another checkpoint."""
        for witness in self._witnesses:
            witness.grown.set()

    def background(self) -> list[Callable[[], Coroutine[Any, Any, None]]]:
        """What asks them, one task a witness."""
        return [witness.run for witness in self._witnesses]
