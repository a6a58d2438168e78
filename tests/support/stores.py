"""Stores to run one suite on: memory, SQLite and PostgreSQL, and rows to put into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from ledger.merkle import Frontier, leaf_hash
from ledger.store import Head, Store, StoredEntry, StoredRequest
from ledger.store.memory import MemoryStore
from ledger.store.sql import SqlStore
from tests.support.postgres import new_database

ORIGIN: Final = "ledger.local/test"
KINDS: Final = ("memory", "sqlite", "postgres")
AGENCY: Final = "datong-hrss"


@dataclass(frozen=True)
class Backend:
    """One log to open, as often as a test likes: every store that `open` returns is of the same log."""

    kind: str
    open: Callable[[], Store]
    #: of its database; "" in memory
    url: str = ""


@pytest.fixture(params=KINDS)
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    """An empty log in memory, in SQLite and in PostgreSQL, one after the other."""
    yield from _backend(request.param, tmp_path)


@pytest.fixture(params=KINDS[1:])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    """The same, only where there is a database."""
    yield from _backend(request.param, tmp_path)


@pytest.fixture
def store(backend: Backend) -> Store:
    """An empty log in each kind of store."""
    return backend.open()


def _backend(kind: str, folder: Path) -> Iterator[Backend]:
    opened: list[Store] = []

    def opening(url: str) -> Callable[[], Store]:
        def open_store() -> Store:
            opened.append(SqlStore.open(url, ORIGIN))
            return opened[-1]

        return open_store

    if kind == "memory":
        kept = MemoryStore(ORIGIN)
        yield Backend(kind, lambda: kept)
    elif kind == "sqlite":
        url = f"sqlite:///{folder}/log.db"
        yield Backend(kind, opening(url), url)
    else:
        with new_database() as url:
            yield Backend(kind, opening(url), url)
    for one in opened:
        one.close()


def row(index: int, stream: str = "class/datong-hrss/p/1", revision: int = 1, event_id: str = "") -> StoredEntry:
    """An entry as a store sees it: its bytes mean nothing here, and are not even text."""
    leaf = b"\x00\xff leaf %d of " % index + stream.encode()
    return StoredEntry(
        index,
        leaf,
        leaf_hash(leaf),
        event_id or f"event-{index}",
        stream,
        revision,
        "training.ClassOpened.v1",
        AGENCY,
        recorded_at(index),
    )


def recorded_at(index: int) -> str:
    return f"2025-03-05T08:31:{index // 1_000_000:02d}.{index % 1_000_000:06d}Z"


def moved(head: Head, rows: Sequence[StoredEntry]) -> Head:
    """The head after these rows."""
    frontier = head.frontier.copy()
    frontier.extend(row.leaf_hash for row in rows)
    return Head(head.origin, frontier, rows[-1].recorded if rows else head.last_recorded)


def append(
    store: Store, count: int, stream: str = "class/datong-hrss/p/1", requests: Sequence[StoredRequest] = ()
) -> list[StoredEntry]:
    """Append `count` entries to one stream, in one transaction, as the kernel does it."""
    with store.transaction() as transaction:
        head = transaction.head
        revision = len(transaction.streams([stream]).get(stream, ()))
        rows = [row(head.size + at, stream, revision + at + 1) for at in range(count)]
        transaction.append(rows, requests, moved(head, rows))
    return rows


def append_from_elsewhere(url: str, stream: str, transactions: int) -> list[int]:
    """Run in a process of its own: append to the log at `url`; the indices it got."""
    store = SqlStore.open(url, ORIGIN)
    try:
        return [row.index for at in range(transactions) for row in append(store, 1 + at % 3, stream)]
    finally:
        store.close()


def root_of(rows: Sequence[StoredEntry]) -> bytes:
    """The root over the leaf hashes, each taken from the bytes again."""
    frontier = Frontier()
    frontier.extend(leaf_hash(row.leaf) for row in rows)
    return frontier.root()
