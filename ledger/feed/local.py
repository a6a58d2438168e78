"""Following a log that lives in this process: the same contract without a broker.

For a service that follows its own log, and for tests. Every page is verified as if it had come over
a wire, and the root of what was applied is compared with the log's at every stop.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import islice
from typing import Final

from ledger.errors import LogDiverged
from ledger.feed import OwnerHead, Sink, Verified
from ledger.feed.following import BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, Following, RootsDiffer
from ledger.feed.verify import Suspect, verify
from ledger.merkle import Frontier
from ledger.store import Store

#: Looks for new entries at least so often.
POLL_SECONDS: Final = 1.0


class LocalFollower(Following):
    """Follows the log in `store` into `sink`. `wake` it after a commit, or it polls."""

    def __init__(
        self,
        log: str,
        store: Store,
        sink: Sink,
        *,
        batch_entries: int = BATCH_ENTRIES_MAX,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        super().__init__(log, sink, batch_entries=batch_entries)
        self._store = store
        self._poll_seconds = poll_seconds
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def wake(self) -> None:
        """Say that entries were committed. May be called from any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: nobody is left to be woken
                self._loop.call_soon_threadsafe(self._woken.set)

    async def _follow(self) -> None:
        self._loop = asyncio.get_running_loop()
        while True:
            self._woken.clear()
            head = await self._worker.call(self._head)
            self._heard_of(head.size)
            if head.size < self.state.next_index:
                raise LogDiverged(f"{self.state.next_index} entries were applied, and the log holds only {head.size}")
            self._goes_well()
            while self.state.next_index < head.size:
                self._owner_head = head
                try:
                    self._committed(*await self._worker.call(self._verify_and_commit, head.size))
                except RootsDiffer as error:
                    raise LogDiverged(f"the log's root at size {head.size} is not that of its entries") from error
            with suppress(TimeoutError):
                async with asyncio.timeout(self._poll_seconds):
                    await self._woken.wait()

    def _head(self) -> OwnerHead:
        """In the worker."""
        frontier = self._store.head().frontier
        return OwnerHead(frontier.size, frontier.root())

    def _verify_and_commit(self, stop: int) -> tuple[Frontier, int | None]:
        """In the worker: apply the next page of the log, which holds at least `stop` entries."""
        entries: list[Verified] = []
        held = 0
        for stored in self._store.read(self._frontier.size, min(stop, self._frontier.size + self._batch_entries)):
            verified = verify(self._log, self._frontier.size + len(entries), stored.leaf)
            if isinstance(verified, Suspect):
                raise LogDiverged(f"entry {verified.index} of the log cannot be verified: {verified.reason}")
            entries.append(verified)
            held += len(stored.leaf)
            if held >= BATCH_BYTES_MAX:
                break
        if not entries:
            raise LogDiverged(f"the log says it holds {stop} entries, and entry {self._frontier.size} is not there")
        return self._commit(entries)


class StoreSource:
    """An `EntrySource` over a store in this process, where a remote owner's ReadEntries would stand."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def read(self, start: int, stop: int) -> AsyncIterator[tuple[int, bytes]]:
        """(index, stored bytes) of entries [start, stop), in order."""
        entries = self._store.read(start, stop)
        while page := await asyncio.to_thread(lambda: list(islice(entries, 1_000))):
            for entry in page:
                yield entry.index, entry.leaf

    async def size(self) -> int:
        """How many entries the log holds."""
        return (await self.head()).size

    async def head(self) -> OwnerHead:
        """Size and root of the log."""
        frontier = (await asyncio.to_thread(self._store.head)).frontier
        return OwnerHead(frontier.size, frontier.root())
