"""Logs that grow, sinks that remember, and tasks that run beside a test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from ledger.entry import encode
from ledger.errors import Unavailable
from ledger.feed import OwnerHead, Position, Verified
from ledger.feed.jetstream import Broker
from ledger.feed.local import StoreSource
from ledger.feed.naming import stream_name
from ledger.merkle import Frontier, leaf_hash
from ledger.store import Head, Store, StoredEntry
from services.placement.events import CATALOGUE, MatchingEventHeld

ORIGIN = "ledger.local/placement"
RECORDED = "2025-03-05T08:31:07.123456Z"
PATIENCE_SECONDS = 20.0


def entry(index: int, *, origin: str = ORIGIN, note: str = "", event_no: str | None = None) -> StoredEntry:
    """Entry `index` of a log, the same whenever it is asked for with the same `note`."""
    number = event_no or f"{index}{note}"
    event = MatchingEventHeld(
        event_no=number,
        programme="datong-hugong",
        region="630121",
        title="春风行动专场招聘会",
        kind="job_fair",
        held_on="2025-03-05",
    )
    stream = f"matching/datong-hrss/datong-hugong/{number}"
    event_id = f"{origin}#{index}{note}"
    leaf = encode(
        event=event,
        type=CATALOGUE.names[MatchingEventHeld],
        actor="st_" + "7a1c" * 8,
        agency="datong-hrss",
        id=event_id,
        index=index,
        recorded=RECORDED,
        request="",
        revision=1,
        source=origin,
        subject=stream,
    )
    return StoredEntry(
        index, leaf, leaf_hash(leaf), event_id, stream, 1, CATALOGUE.names[MatchingEventHeld], "datong-hrss", RECORDED
    )


def grow(store: Store, count: int, *, note: str = "") -> None:
    """Append so many entries in one transaction."""
    with store.transaction() as transaction:
        head = transaction.head
        frontier = head.frontier.copy()
        entries = [entry(index, origin=head.origin, note=note) for index in range(head.size, head.size + count)]
        frontier.extend(stored.leaf_hash for stored in entries)
        transaction.append(entries, [], Head(head.origin, frontier, RECORDED))


class MemorySink:
    """Keeps what is applied, checks that it is in turn, and fails when told to."""

    def __init__(self) -> None:
        self.applied: list[Verified] = []
        self.batches: list[int] = []
        self.error: str | None = None
        self.failures: list[Exception] = []
        self.keeps_hashes = True
        self.delay: Callable[[], None] = lambda: None
        self._frontier = Frontier()
        self._thread = threading.Lock()

    def position(self, log: str) -> Position:
        return Position(self._frontier, self.error)

    def leaf_hash_at(self, log: str, index: int) -> bytes | None:
        return self.applied[index].leaf_hash if self.keeps_hashes and index < len(self.applied) else None

    def apply(self, log: str, batch: Sequence[Verified], after: Frontier) -> None:
        assert threading.current_thread() is not threading.main_thread()
        assert self._thread.acquire(blocking=False), "two threads at once"
        try:
            if self.failures:
                raise self.failures.pop(0)
            self.delay()
            assert batch
            assert self.error is None
            expected = self._frontier.copy()
            expected.extend(entry.leaf_hash for entry in batch)
            assert (expected.size, expected.root()) == (after.size, after.root())
            assert [entry.index for entry in batch] == list(range(self._frontier.size, after.size))
            self.applied.extend(batch)
            self.batches.append(len(batch))
            self._frontier = after
        finally:
            self._thread.release()

    def stop(self, log: str, error: str) -> None:
        self.error = error

    def __len__(self) -> int:
        return len(self.applied)

    def leaves(self) -> list[bytes]:
        return [verified.leaf for verified in self.applied]


class Owner(StoreSource):
    """The owning service, with a switch to be away and a count of what it was asked for."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.away = False
        self.entries_read = 0

    async def read(self, start: int, stop: int) -> AsyncIterator[tuple[int, bytes]]:
        self._answer()
        async for index, leaf in super().read(start, stop):
            self._answer()
            self.entries_read += 1
            yield index, leaf

    async def size(self) -> int:
        self._answer()
        return await super().size()

    async def head(self) -> OwnerHead:
        self._answer()
        return await super().head()

    def _answer(self) -> None:
        if self.away:
            raise Unavailable("the owner is away")


def leaves_of(store: Store) -> list[bytes]:
    return [stored.leaf for stored in store.read(0, store.head().size)]


@asynccontextmanager
async def running(*jobs: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """The jobs run inside the block and are cancelled after it. A job that ends by itself is a failure."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        yield
        for task in tasks:
            assert not task.done(), task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def until(true: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    """Returns when the condition holds; fails after so many seconds."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.005)


async def delete_stream(broker: Broker, slug: str) -> None:
    """What only an operator may do."""
    await broker._ask(f"STREAM.DELETE.{stream_name(slug)}")


async def stream_leaves(broker: Broker, slug: str) -> list[bytes]:
    """Everything a stream holds, in order."""
    last = await broker.last_sequence(slug)
    leaves: list[bytes] = []
    async with broker.subscribe(slug, 1) as subscription:
        while len(leaves) < last:
            messages = await subscription.take(5_000, PATIENCE_SECONDS)
            assert messages
            assert [m.sequence for m in messages] == list(range(len(leaves) + 1, len(leaves) + 1 + len(messages)))
            leaves.extend(message.leaf for message in messages)
    return leaves
