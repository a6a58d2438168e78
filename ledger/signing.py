"""The signer: it signs only what it has read back and hashed again.

A certificate log once died of a bit that flipped between hashing and storing: its head was signed, its
tree could never be built again. So the signer reads the new rows on a connection of its own, hashes
their bytes, builds the root on the last checkpoint's frontier and compares it with the head row. If
they differ it signs nothing, says so, and goes on saying so.

A root for a size is signed once. What was signed last is also kept in a file outside the database,
so that a database restored from an old backup cannot be signed anew.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Final, NamedTuple

import structlog

from ledger.clock import Clock, system
from ledger.errors import LedgerError, Unavailable
from ledger.merkle import Frontier, leaf_hash, node_hash
from ledger.store import Leaf, Store
from ledger.store.checkpoints import TILE_LEVELS, CheckpointStore, Node, SignedHead

#: A grown log is signed at most so often, and looked at so often.
EVERY_SECONDS: Final = 1.0
#: The last checkpoint is told again after this long, so that silence can be noticed.
HEARTBEAT_SECONDS: Final = 3600.0

log = structlog.get_logger()

Sign = Callable[[int, bytes], str]
"""(size, root) → the signed note."""
Tell = Callable[[SignedHead], Awaitable[None]]
"""Publishes a checkpoint. Raises Unavailable: it is told again with the next one."""


class WillNotSign(LedgerError):
    """The log is not what it was, or not what its head row says. Nothing is signed until that is settled."""


class Signed(NamedTuple):
    """What is kept outside the database of the largest checkpoint ever signed."""

    size: int
    root: bytes


class HighWater:
    """The file that remembers the largest checkpoint signed: `<size> <root in hex>`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Signed | None:
        """None: nothing was ever signed here. Raises WillNotSign: the file is damaged."""
        try:
            words = self._path.read_text("ascii").split()
        except FileNotFoundError:
            return None
        try:
            size, root = words
            return Signed(int(size), bytes.fromhex(root))
        except ValueError as error:
            raise WillNotSign(f"{self._path} is damaged; restore it, or nothing more is signed") from error

    def write(self, signed: Signed) -> None:
        """Durably, before anybody is shown the checkpoint."""
        half = self._path.with_suffix(".half")
        with open(half, "w", encoding="ascii") as file:
            file.write(f"{signed.size} {signed.root.hex()}\n")
            file.flush()
            os.fsync(file.fileno())
        half.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class Signer:
    """Signs the heads of one log. `error` is what keeps it from signing; None: nothing does."""

    def __init__(
        self, store: Store, checkpoints: CheckpointStore, sign: Sign, high_water: HighWater, clock: Clock = system
    ) -> None:
        self._store = store
        self._checkpoints = checkpoints
        self._sign = sign
        self._high_water = high_water
        self._clock = clock
        self._told_at = 0.0
        self.error: str | None = None

    async def run(self, tell: Tell) -> None:
        """Sign and tell for ever."""
        untold: SignedHead | None = await asyncio.to_thread(self._checkpoints.latest)
        while True:
            try:
                signed = await asyncio.to_thread(self.sign_once)
                untold = signed or untold
                if untold is None and self._clock() - self._told_at > HEARTBEAT_SECONDS:
                    untold = await asyncio.to_thread(self._checkpoints.latest)
                if untold is not None:
                    await tell(untold)
                    untold, self._told_at = None, self._clock()
                self.error = None
            except Exception as error:  # noqa: BLE001  # told, and tried again: nothing may end this loop
                said = str(error) if isinstance(error, LedgerError) else type(error).__name__
                if said != self.error:
                    (log.warning if isinstance(error, Unavailable) else log.error)("signer_waits", exc_info=error)
                self.error = said
            await asyncio.sleep(EVERY_SECONDS)

    def sign_once(self) -> SignedHead | None:
        """Sign the head if the log grew; None: it did not. Raises WillNotSign."""
        last = self._checkpoints.latest()
        before = last.frontier.copy() if last is not None else Frontier()
        head = self._store.head()
        self._never_again(before, head.size)
        if head.size == before.size:
            return None
        frontier, nodes = self._read_back(before, head.size)
        root = frontier.root()
        if root != head.frontier.root():
            raise WillNotSign(
                f"entries [{before.size}, {head.size}) do not hash to the root in the head row: "
                "a row was changed or damaged after it was written; run `ledgerctl fsck`"
            )
        signed = SignedHead(frontier, root, self._sign(head.size, root))
        self._high_water.write(Signed(head.size, root))
        self._checkpoints.add(signed, nodes)
        log.info("checkpoint_signed", size=head.size)
        return signed

    def _never_again(self, last: Frontier, size: int) -> None:
        """Refuse to sign anything that contradicts what was signed before this database was restored."""
        signed = self._high_water.read()
        if signed is None:
            if last.size:
                raise WillNotSign("the record of what was signed is missing beside the key; restore it")
            return
        if size < signed.size:
            raise WillNotSign(
                f"the log holds {size} entries, but {signed.size} were signed: was an old backup restored? "
                "Bring the missing entries back before anything else is recorded"
            )
        if last.size < signed.size:
            # signed, and lost before or with the database row: the same entries must give the same root
            root = self._read_back(last, signed.size)[0].root()
        elif last.size == signed.size:
            root = last.root()
        else:
            raise WillNotSign("the database holds a checkpoint later than the record of what was signed")
        if root != signed.root:
            raise WillNotSign(
                f"another root was signed for size {signed.size}: the log was rewritten after it was published"
            )

    def _read_back(self, start: Frontier, stop: int) -> tuple[Frontier, list[Node]]:
        """The tree up to `stop`, from the bytes stored, and the subtree roots that became complete."""
        frontier = start.copy()
        nodes = grow(frontier, map(_checked, self._store.leaves(start.size, stop)))
        if frontier.size != stop:
            raise WillNotSign(f"entry {frontier.size} is missing")
        return frontier, nodes


def _checked(stored: Leaf) -> bytes:
    index, leaf, hashed = stored
    if leaf_hash(leaf) != hashed:
        raise WillNotSign(f"entry {index} was changed or damaged after it was written")
    return hashed


def grow(frontier: Frontier, leaves: Iterable[bytes]) -> list[Node]:
    """Append leaf hashes; the subtree roots of kept levels that become complete."""
    kept: list[Node] = []
    nodes = frontier.nodes
    for node in leaves:
        frontier.size += 1
        level, size = 0, frontier.size
        while not size & 1:  # it is the right half of a perfect subtree: join the two
            node = node_hash(nodes.pop(), node)
            level, size = level + 1, size >> 1
            if level % TILE_LEVELS == 0:
                kept.append(Node(level, size - 1, node))
        nodes.append(node)
    return kept
