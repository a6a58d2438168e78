"""What a log answers about its tree: signed checkpoints, and proofs that lead to them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from google.protobuf.message import Message

from ledger.errors import Kind, Refusal, Refused
from ledger.merkle import node_hash
from ledger.proofs import consistency_proof, inclusion_proof
from ledger.refusals import no_such_entry
from ledger.rpc.server import Behaviour
from ledger.store import Store
from ledger.store.checkpoints import TILE_LEVELS, CheckpointStore, SignedHead
from ledger.store.witness import Witness
from ledger.tlog_proof import TlogProof
from ledger_api.common.v1 import common_pb2 as pb

#: Checkpoints in one answer; each is a few hundred bytes.
LISTED_MAX = 500
_TILE = 1 << TILE_LEVELS


class StoredNodes:
    """`ledger.proofs.Nodes` over the kept levels: what lies between is folded from one tile's hashes."""

    def __init__(self, checkpoints: CheckpointStore) -> None:
        self._checkpoints = checkpoints
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def node(self, level: int, index: int) -> bytes:
        """The root of a complete subtree. Raises IndexError: it is not complete yet."""
        above = level % TILE_LEVELS
        base = level - above
        start = index << above
        tile, offset = divmod(start, _TILE)
        hashes = self._tile(base, tile)[offset : offset + (1 << above)]
        if len(hashes) < 1 << above:
            raise IndexError(f"subtree {index} of level {level} is not complete")
        while len(hashes) > 1:
            hashes = [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
        return hashes[0]

    def _tile(self, level: int, tile: int) -> list[bytes]:
        if (level, tile) not in self._tiles:
            self._tiles[level, tile] = self._checkpoints.hashes(level, tile * _TILE, (tile + 1) * _TILE)
        return self._tiles[level, tile]


class ProofService:
    """The behaviours of one log's checkpoints."""

    def __init__(self, store: Store, checkpoints: CheckpointStore, witness: Witness) -> None:
        self._store = store
        self._checkpoints = checkpoints
        self._witness = witness

    def behaviours(self) -> Mapping[str, Behaviour]:
        """GetCheckpoint, ListCheckpoints, GetReceipt, GetConsistencyProof, and AddCheckpoint for other logs."""
        return {
            "AddCheckpoint": self._add_checkpoint,
            "GetCheckpoint": self._get_checkpoint,
            "ListCheckpoints": self._list_checkpoints,
            "GetReceipt": self._get_receipt,
            "GetConsistencyProof": self._get_consistency_proof,
        }

    async def _get_checkpoint(self, request: Any) -> Message:
        size, note = await asyncio.to_thread(self._cosigned, request.size)
        return pb.Checkpoint(note=note, size=size)

    def _cosigned(self, size: int) -> tuple[int, bytes]:
        signed = self._signed(size)
        return signed.size, self._checkpoints.cosigned(signed)

    def _signed(self, size: int) -> SignedHead:
        signed = self._checkpoints.at(size) if size else self._checkpoints.latest()
        if signed is None:
            raise Refused(_no_checkpoint(size))
        return signed

    async def _list_checkpoints(self, request: Any) -> Message:
        limit = min(request.limit or LISTED_MAX, LISTED_MAX)
        found = await asyncio.to_thread(self._checkpoints.beyond, request.beyond, limit)
        return pb.ListCheckpointsResponse(
            checkpoints=[pb.Checkpoint(note=signed.note.encode(), size=signed.size) for signed in found]
        )

    async def _get_receipt(self, request: Any) -> Message:
        return pb.LogProof(proof=await asyncio.to_thread(self._proof, request.index))

    def _proof(self, index: int) -> bytes:
        signed = self._checkpoints.covering(index)
        if signed is None:
            if index >= self._store.head().size:
                raise Refused(no_such_entry(index))
            raise Refused(_not_yet_signed(index))
        hashes = inclusion_proof(StoredNodes(self._checkpoints), index, signed.size)
        return TlogProof(index, tuple(hashes), self._checkpoints.cosigned(signed)).encode()

    async def _add_checkpoint(self, request: Any) -> Message:
        line = await asyncio.to_thread(
            self._witness.add_checkpoint, request.old_size, list(request.proof), request.checkpoint
        )
        return pb.AddCheckpointResponse(signature=str(line))

    async def _get_consistency_proof(self, request: Any) -> Message:
        return pb.ConsistencyProof(
            hashes=await asyncio.to_thread(self._consistency, request.old_size, request.new_size)
        )

    def _consistency(self, old: int, new: int) -> list[bytes]:
        latest = self._signed(0)
        if not 0 <= old <= new <= latest.size:
            raise Refused(_no_such_trees(old, new, latest.size))
        return consistency_proof(StoredNodes(self._checkpoints), old, new)


def _no_checkpoint(size: int) -> Refusal:
    which = f"of size {size}" if size else "yet"
    return Refusal(
        "no_checkpoint",
        Kind.NOT_FOUND,
        f"this log has signed no checkpoint {which}",
        "该日志尚无此检查点",
        {"size": str(size)},
    )


def _not_yet_signed(index: int) -> Refusal:
    return Refusal(
        "not_yet_signed",
        Kind.NOT_FOUND,
        f"no checkpoint covers entry {index} yet; ask again in a second or two",
        f"第 {index} 条尚未签入检查点,请稍后再取",
        {"entry": str(index)},
    )


def _no_such_trees(old: int, new: int, latest: int) -> Refusal:
    return Refusal(
        "no_such_trees",
        Kind.MALFORMED,
        f"sizes {old} and {new} are not two signed sizes in order; the newest checkpoint has {latest}",
        f"大小 {old} 与 {new} 不合要求,最新检查点为 {latest}",
        {"old": str(old), "new": str(new), "latest": str(latest)},
    )
