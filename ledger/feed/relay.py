"""From the log to its stream: every entry once, in its place, for as long as the process lives.

The log rules. The stream must be a prefix of it, message by message; the relay extends the prefix in
atomic batches, each fenced by the sequence it must follow, so that a lost answer, a second relay or a
broker that forgot its last second cost a look at the stream and nothing else. If the stream holds
something that the log does not, the relay stops and says so.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import uuid4

import structlog
from sqlalchemy.exc import OperationalError

from ledger.clock import Clock, system
from ledger.errors import LedgerError, LogDiverged, Unavailable
from ledger.feed.jetstream import Broker
from ledger.feed.naming import Outgoing, outgoing
from ledger.feed.protocol import BatchTooLarge, StreamMissing, WrongLastSequence
from ledger.feed.worker import Backoff, Worker
from ledger.store import Head, Relayed, Store

BATCH_ENTRIES_MAX: Final = 500
BATCH_BYTES_MAX: Final = 1024 * 1024
#: Looks for new entries, and at the stream, at least so often.
POLL_SECONDS: Final = 1.0
#: Between two batches that were not full: entries that trickle in travel together. The first of them never waits.
GATHER_SECONDS: Final = 0.1
#: A dead holder's lease is over after this long.
LEASE_SECONDS: Final = 5.0
#: Progress is written at most so often: the stream itself knows where it ends.
PROGRESS_SECONDS: Final = 0.25
#: A stream that diverged is looked at again after this long: an operator may have repaired it.
RECHECK_SECONDS: Final = 5.0
RETRY_SECONDS: Final = (0.05, 1.0)

logger = structlog.get_logger()


@dataclass(slots=True)
class RelayState:
    """For status pages. `error`: what the relay is trying again, or why it stopped."""

    log: str
    published: int = 0
    holding: bool = False
    error: str | None = None


class _LeaseLost(LedgerError):
    """Another relay took over."""


class _Batch(NamedTuple):
    """Entries [start, start + len(messages)), ready to be sent."""

    start: int
    messages: list[Outgoing]
    #: more could be waiting than it holds
    full: bool

    @property
    def stop(self) -> int:
        return self.start + len(self.messages)


class Relay:
    """Publishes one log to the stream of `slug`. Of several, one at a time works; the others wait.

    `owner` names this relay in the lease: with the same name a restarted process goes on at once, with
    another (the default) it waits until the lease of its predecessor is over. `first_index`: where the
    stream begins if it has to be created, for a log whose older history stays in its database.
    """

    def __init__(
        self,
        store: Store,
        broker: Broker,
        slug: str,
        *,
        owner: str | None = None,
        first_index: int = 0,
        batch_entries: int = BATCH_ENTRIES_MAX,
        lease_seconds: float = LEASE_SECONDS,
        clock: Clock = system,
    ) -> None:
        self.state = RelayState("")
        self._store = store
        self._broker = broker
        self._slug = slug
        self._owner = owner or f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._first_index = first_index
        self._batch_entries = batch_entries
        self._lease_seconds = lease_seconds
        self._clock = clock
        self._backoff = Backoff(*RETRY_SECONDS)
        self._woken = asyncio.Event()
        self._waking = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._worker: Worker
        self._epoch = 0
        self._renew_at = 0.0
        self._written: tuple[int, str | None] = (-1, None)
        self._written_at = 0.0
        self._generation = -1

    def wake(self) -> None:
        """Say that entries were committed. May be called from any thread, before `run` and after."""
        if self._loop is None or self._waking:
            return
        self._waking = True
        with suppress(RuntimeError):  # the loop is closed: nobody is left to be woken
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._waking = False
        self._woken.set()

    async def run(self) -> None:
        """Publish for ever. Whatever goes wrong is logged, kept in the relay's row and tried again."""
        self._loop = asyncio.get_running_loop()
        with Worker(f"relay {self._slug}") as self._worker:
            try:
                while True:
                    try:
                        await self._serve()
                    except _LeaseLost:
                        self.state.holding = False
                        await asyncio.sleep(POLL_SECONDS)
                    except Exception as error:  # noqa: BLE001  # told, and tried again: nothing may end this loop
                        await self._wait_after(error)
            finally:
                await self._let_go()

    # -------------------------------------------------------------------------------- at work

    async def _serve(self) -> None:
        """Hold the lease and publish, until something goes wrong."""
        await self._take_lease()
        published = await self._agree_with_stream()
        while True:
            await self._renew_lease()
            batch = await self._read(published)
            if not batch.messages:
                published = await self._wait_for_entries(published)
            while batch.messages:
                published, batch = await self._publish(batch)
                await self._renew_lease()

    async def _publish(self, batch: _Batch) -> tuple[int, _Batch]:
        """Publish a batch; how far that is, and the batch after it."""
        if not batch.full:
            published = await self._broker.publish_batch(self._slug, batch.start, batch.messages)
            await self._moved(published)
            await asyncio.sleep(GATHER_SECONDS)
            return published, await self._read(published)
        reading = asyncio.ensure_future(self._read(batch.stop))  # while this one is under way
        try:
            published = await self._broker.publish_batch(self._slug, batch.start, batch.messages)
        finally:
            following = (await asyncio.gather(reading, return_exceptions=True))[0]
        if isinstance(following, BaseException):
            raise following
        await self._moved(published)
        return published, following

    async def _read(self, start: int) -> _Batch:
        return await self._worker.call(self._read_batch, start)

    def _read_batch(self, start: int) -> _Batch:
        """In the worker: the next entries, as messages."""
        entries, held = [], 0
        for entry in self._store.read(start, start + self._batch_entries):
            entries.append(entry)
            held += len(entry.leaf)
            if held >= BATCH_BYTES_MAX:
                break
        full = len(entries) >= self._batch_entries or held >= BATCH_BYTES_MAX
        return _Batch(start, outgoing(self._slug, entries), full)

    async def _wait_for_entries(self, published: int) -> int:
        """Until woken or for the poll's length; then, if nothing is new, see that the stream is still there."""
        unwritten = self._written[0] != published
        try:
            async with asyncio.timeout(PROGRESS_SECONDS if unwritten else POLL_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            await self._write(published, None)
            if not unwritten and not await self._stream_ends_at(published):
                return await self._agree_with_stream()
            return published
        self._woken.clear()
        if self._broker.generation != self._generation:
            return await self._agree_with_stream()
        return published

    async def _stream_ends_at(self, published: int) -> bool:
        if self._broker.generation != self._generation:
            return False
        try:
            return await self._broker.last_sequence(self._slug) == published
        except StreamMissing:
            return False

    # ----------------------------------------------------------------------------- the stream

    async def _agree_with_stream(self) -> int:
        """How many entries the stream holds, after making sure that they are ours as far as its last one tells.

        Creates a stream that is missing. Raises LogDiverged, Unavailable.
        """
        await self._broker.wait_connected(POLL_SECONDS)
        generation = self._broker.generation
        await self._broker.ensure_stream(self._slug, first_sequence=self._first_index + 1)
        end = await self._broker.last(self._slug)
        # the head is read after the stream, so a relay that published meanwhile does not look like a stream ahead
        head, ours = await self._worker.call(self._look_up, end.sequence)
        if end.sequence > head.size:
            raise LogDiverged(
                f"log behind its stream: the stream holds {end.sequence} entries and the log {head.size}; "
                "was an old copy of the database restored?"
            )
        if end.leaf_hash is not None and not (end.leaf_hash == ours and end.claimed_hash == end.leaf_hash.hex()):
            raise LogDiverged(f"stream diverges: its last message is not entry {end.sequence - 1} of the log")
        if end.sequence != self.state.published or self._generation == -1:
            logger.info("relay_moved", log=head.origin, published=end.sequence, size=head.size)
        self._generation = generation
        await self._moved(end.sequence, at_once=True)
        return end.sequence

    def _look_up(self, size: int) -> tuple[Head, bytes | None]:
        """In the worker: the log's head, and the hash of the last of its first `size` entries."""
        head = self._store.head()
        last = next(iter(self._store.read(size - 1, size)), None) if size else None
        return head, last.leaf_hash if last is not None else None

    # ------------------------------------------------------------------------ lease and row

    async def _take_lease(self) -> None:
        if not self.state.log:
            self.state.log = (await self._worker.call(self._store.head)).origin
        held = await self._claim()
        if held is None:
            raise _LeaseLost("held by another relay")
        if not self.state.holding:
            logger.info("relay_holds_lease", log=self.state.log, epoch=held.epoch, published=held.published)
            self.state.published = held.published
        self.state.holding = True
        self._epoch = held.epoch
        self._written = (held.published, held.error)

    async def _renew_lease(self) -> None:
        if self._clock() < self._renew_at:
            return
        held = await self._claim()
        if held is None or held.epoch != self._epoch:
            raise _LeaseLost("taken over by another relay")

    async def _claim(self) -> Relayed | None:
        now = self._clock()
        held = await self._worker.call(self._store.take_relay, self._owner, now, now + self._lease_seconds)
        self._renew_at = now + self._lease_seconds / 2
        return held

    async def _moved(self, published: int, *, at_once: bool = False) -> None:
        """Published so far, without trouble."""
        self.state.published = published
        self.state.error = None
        self._backoff.reset()
        if at_once or time.monotonic() - self._written_at >= PROGRESS_SECONDS:
            await self._write(published, None)

    async def _write(self, published: int, error: str | None) -> None:
        if self._written == (published, error):
            return
        if not await self._worker.call(self._store.move_relay, self._epoch, published, error):
            raise _LeaseLost("taken over by another relay")
        self._written = (published, error)
        self._written_at = time.monotonic()

    async def _wait_after(self, error: Exception) -> None:
        """Tell what happened, keep it in the row where status looks for it, and wait before the next try."""
        if isinstance(error, WrongLastSequence):  # the remedy, a look at the stream, is where the next try begins
            logger.info("relay_looks_again", log=self.state.log, published=self.state.published, exc_info=error)
            await asyncio.sleep(self._backoff.next())
            return
        if isinstance(error, BatchTooLarge):
            self._batch_entries = max(1, self._batch_entries // 2)
        if isinstance(error, LogDiverged):
            event, tell, seconds = "relay_stopped", logger.error, RECHECK_SECONDS
        else:
            expected = isinstance(error, Unavailable | OperationalError)
            event, tell, seconds = "relay_retries", logger.warning if expected else logger.error, self._backoff.next()
        said = str(error) if isinstance(error, LedgerError) else f"{type(error).__name__}, see the log"
        if said != self.state.error:
            tell(event, log=self.state.log, retry_seconds=round(seconds, 2), exc_info=error)
        self.state.error = said
        with suppress(Exception):  # the database may be what is away; the state above says it all the same
            await self._write(self.state.published, said)
        await asyncio.sleep(seconds)

    async def _let_go(self) -> None:
        """At a regular end, write the place and leave the lease to the next."""
        if not self.state.holding:
            return
        self.state.holding = False
        try:
            await self._write(self.state.published, self.state.error)
            now = self._clock()
            await self._worker.call(self._store.take_relay, self._owner, now, now)
        except Exception as error:  # the lease ends by itself
            logger.warning("relay_lease_left", log=self.state.log, exc_info=error)
