"""The log store: one contract, kept by memory, SQLite and PostgreSQL alike.

A store belongs to one log. Entries get contiguous indices from 0, because only the holder of the
head row may append, and it appends everything in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from sqlalchemy import Connection

from ledger.merkle import Frontier


class Head(NamedTuple):
    """The end of a log: `last_recorded` is "" while it is empty."""

    origin: str
    frontier: Frontier
    last_recorded: str

    @property
    def size(self) -> int:
        """How many entries the log holds."""
        return self.frontier.size


class StoredEntry(NamedTuple):
    """One row of `entries`."""

    index: int  # type: ignore[assignment]  # rather this name than tuple.index
    leaf: bytes
    leaf_hash: bytes
    event_id: str
    stream: str
    revision: int
    type: str
    agency: str
    recorded: str


Leaf = tuple[int, bytes, bytes]
"""Of an entry its index, its bytes and the hash stored beside them: all that a tree is made of."""


class StoredRequest(NamedTuple):
    """An accepted request: what it asked (SHA-256) and the entry its receipt names."""

    agency: str
    request_id: str
    request_hash: bytes
    about_index: int


class Relayed(NamedTuple):
    """How far the relay has published, who holds it, and what stopped it (None: nothing)."""

    published: int
    owner: str
    epoch: int
    lease_until: float
    error: str | None


class Transaction(Protocol):
    """An append under way: the head row is locked until it ends."""

    @property
    def head(self) -> Head: ...

    @property
    def connection(self) -> Connection | None:
        """The open SQL connection, for rows that must be committed with the entries."""

    def streams(self, names: Sequence[str]) -> Mapping[str, Sequence[StoredEntry]]:
        """The entries of each named stream, by revision; streams without entries are absent."""

    def entries(self, indices: Sequence[int]) -> Mapping[int, StoredEntry]:
        """The entries at these indices, as far as they exist."""

    def requests(self, keys: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], StoredRequest]:
        """The accepted requests among these (agency, request id)."""

    def append(self, entries: Sequence[StoredEntry], requests: Sequence[StoredRequest], head: Head) -> None:
        """Insert and move the head; `entries` start at the old size and end at the new one.

        An index, a revision of a stream, an event id or a request id that is taken raises, and so
        does a gap (ValueError): the transaction is then good for nothing but rolling back.
        """


class Store(Protocol):
    """One log, durable to the extent the implementation says."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Lock the head; commit when the block ends, roll back when it raises."""

    def head(self) -> Head:
        """The end of the log as last committed."""

    def read(self, start: int, stop: int) -> Iterator[StoredEntry]:
        """Entries [start, stop), in order, in O(1) memory; stops at the end of the log."""

    def leaves(self, start: int, stop: int) -> Iterator[Leaf]:
        """The same entries, of each no more than the tree needs: at a third of the cost."""

    def relayed(self) -> Relayed:
        """The relay's row."""

    def take_relay(self, owner: str, now: float, until: float) -> Relayed | None:
        """Become or stay the relay if its lease is free, ours, or over. None: somebody else holds it.

        A new holder gets a new epoch. Times are Unix seconds.
        """

    def move_relay(self, epoch: int, published: int, error: str | None) -> bool:
        """Record progress or trouble. False: the lease was taken over; stop."""

    def close(self) -> None:
        """Let go of connections."""


def check_contiguous(before: Head, entries: Sequence[StoredEntry], after: Head) -> None:
    """What every store asks before it inserts. Raises ValueError: a gap, or a head that moves otherwise."""
    size = before.size + len(entries)
    if after.size != size or [entry.index for entry in entries] != list(range(before.size, size)):
        raise ValueError(f"{len(entries)} entries and a head of {after.size} do not continue a log of {before.size}")
