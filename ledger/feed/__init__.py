"""Moving entries: the relay publishes a log to its stream, a consumer follows and verifies it.

The stream is transport with a long memory. Its sequence is always index + 1, the log rules, and
whoever follows checks every entry before using it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple, Protocol

from ledger.entry import Entry
from ledger.merkle import Frontier


class Verified(NamedTuple):
    """An entry whose place and hash have been checked."""

    index: int  # type: ignore[assignment]  # rather this name than tuple.index
    leaf: bytes
    leaf_hash: bytes
    entry: Entry


class Position(NamedTuple):
    """How far a log has been followed: the tree of everything applied, and what stopped it."""

    frontier: Frontier
    error: str | None

    @property
    def next_index(self) -> int:
        """The index expected next."""
        return self.frontier.size


class OwnerHead(NamedTuple):
    """How long a log is according to its owner, and the root of the tree of exactly that many entries."""

    size: int
    root: bytes


class Sink(Protocol):
    """Where a followed log ends up. Calls come from one thread at a time, never from the event loop."""

    def position(self, log: str) -> Position:
        """How far the sink has got; the beginning, if it never saw the log."""

    def leaf_hash_at(self, log: str, index: int) -> bytes | None:
        """The hash of an entry applied earlier, to tell a double from a lie; None: not kept."""

    def apply(self, log: str, batch: Sequence[Verified], after: Frontier) -> None:
        """Commit the effects of the batch and the position `after`, in one transaction.

        `batch` starts at `position(log).next_index` and has no gap. May raise
        `sqlalchemy.exc.OperationalError` (transient: called again with the same or a longer batch).
        """

    def stop(self, log: str, error: str) -> None:
        """Record that the log diverged: it is not applied any further until an operator decides."""


class EntrySource(Protocol):
    """The owning service's `ReadEntries`: where holes are refilled from, and long histories read."""

    def read(self, start: int, stop: int) -> AsyncIterator[tuple[int, bytes]]:
        """(index, stored bytes) of entries [start, stop), in order. Raises Unavailable."""

    async def size(self) -> int:
        """How many entries the log holds. Raises Unavailable."""
