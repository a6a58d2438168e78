"""Asking witnesses to cosign a log's checkpoints, and keeping what they answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

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

log = structlog.get_logger()


class WrongCosignature(LedgerError):
    """A witness answered with a signature that is not its own, or not under this checkpoint."""


class CosignatureOf:
    """One witness, as the log sees it. `read_key`: its vkey, read when first needed.

    A witness that is away misses checkpoints; the next one it cosigns covers what it missed.
    """

    def __init__(self, client: Client, read_key: Callable[[], VerifierKey], own: VerifierKey) -> None:
        self._client = client
        self._read_key = read_key
        self._own = own
        self._size = 0

    async def ask(self, checkpoints: CheckpointStore, signed: SignedHead) -> None:
        """Keep its cosignature under a checkpoint. Raises CallRefused, Unavailable, WrongCosignature."""
        try:
            await self._ask(checkpoints, signed)
        except CallRefused as error:
            # it remembers another size than we do: it says which, and is asked once more from there
            if error.rule != "other_size" or int(error.details["size"]) in (self._size, signed.size):
                raise
            self._size = int(error.details["size"])
            await self._ask(checkpoints, signed)

    async def _ask(self, checkpoints: CheckpointStore, signed: SignedHead) -> None:
        proof = await asyncio.to_thread(consistency_proof, StoredNodes(checkpoints), self._size, signed.size)
        note = signed.note.encode()
        request = pb.AddCheckpointRequest(old_size=self._size, proof=proof, checkpoint=note)
        answer = await self._client.call("AddCheckpoint", request, seconds=ASK_SECONDS)
        key = self._read_key()
        opened = open_checkpoint(note + f"{answer.signature}\n".encode(), [self._own, key])
        if key not in opened.keys:
            raise WrongCosignature(f"what {key.name} answered is no cosignature of its own")
        await asyncio.to_thread(checkpoints.add_cosignature, signed.size, key.name, answer.signature)
        self._size = signed.size
