"""Following a log through its stream, and asking its owner wherever the stream falls short or lies.

The stream is convenient, the owner is right. A message that is not the next entry of the log is
never applied: holes are filled and lies replaced from the owner, doubles are dropped. Once a second
the owner's root is compared with the root of what was applied, which finds even a forged entry that
looks right by itself. If the owner contradicts what was applied, this log stops.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final

from ledger.errors import LogDiverged, Unavailable
from ledger.feed import EntrySource, OwnerHead, Sink
from ledger.feed.following import BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, Following, RootsDiffer
from ledger.feed.jetstream import Broker
from ledger.feed.subscription import Subscription, SubscriptionLost
from ledger.feed.verify import Double, Hole, Message, Run, Suspect, read_run, verify_all
from ledger.merkle import Frontier, leaf_hash

#: Further behind than this, the owner is read in bulk instead of the stream.
FAR_BEHIND: Final = 10_000
#: Messages wait and none came for so long: the subscription is made anew.
STALLED_SECONDS: Final = 5.0
#: How often the owner's root is asked for while entries arrive, and while none do.
COMPARE_SECONDS: Final = 1.0
COMPARE_IDLE_SECONDS: Final = 10.0


class Follower(Following):
    """Follows the log `log`, whose stream is that of `slug`, into `sink`.

    `source`: the owner's ReadEntries. `head`: the owner's GetHead; None: roots are not compared, and
    a forged entry that is consistent in itself would go unnoticed.
    """

    def __init__(
        self,
        log: str,
        slug: str,
        sink: Sink,
        source: EntrySource,
        broker: Broker,
        *,
        head: Callable[[], Awaitable[OwnerHead]] | None = None,
        batch_entries: int = BATCH_ENTRIES_MAX,
        far_behind: int = FAR_BEHIND,
    ) -> None:
        super().__init__(log, sink, batch_entries=batch_entries)
        self._slug = slug
        self._source = source
        self._broker = broker
        self._ask_head = head
        self._far_behind = far_behind
        self._compared = -COMPARE_IDLE_SECONDS

    async def _follow(self) -> None:
        self._compared = -COMPARE_IDLE_SECONDS
        await self._catch_up()
        await self._compare_roots()
        async with self._broker.subscribe(self._slug, self.state.next_index + 1) as subscription:
            self._goes_well()
            await self._follow_stream(subscription)

    async def _catch_up(self) -> None:
        """Read a long history from the owner, as far as it is there to be asked."""
        while True:
            try:
                size = await self._source.size()
            except Unavailable:
                return
            self._heard_of(size)
            if size - self.state.next_index <= self._far_behind:
                return
            self._goes_well()
            await self._read_owner(self.state.next_index, size)

    async def _follow_stream(self, subscription: Subscription) -> None:
        heard = time.monotonic()
        while True:
            messages = await subscription.take(self._batch_entries, COMPARE_SECONDS)
            head = await self._compare_roots()  # before they are applied: what can be found out, is
            if messages:
                heard = time.monotonic()
                last = messages[-1].sequence
                self._heard_of(last + subscription.still_to_come)
                await self._absorb(messages if head is None else [m for m in messages if m.sequence <= head.size])
                if head is not None and last > head.size:
                    raise Unavailable(f"the stream holds {last} messages, and the owner only {head.size} entries")
                self._goes_well()
            elif time.monotonic() - heard > STALLED_SECONDS:
                heard = time.monotonic()
                await self._check_stalled()

    async def _check_stalled(self) -> None:
        size = await self._broker.last_sequence(self._slug)
        self._heard_of(size)
        if size > self.state.next_index:
            raise SubscriptionLost(f"{size - self.state.next_index} messages wait in the stream and none comes")
        self._backoff.reset()

    # ------------------------------------------------------------------------------ messages

    async def _absorb(self, messages: Sequence[Message]) -> None:
        """Take in messages of the stream, the owner's entries where they are not to be believed."""
        while messages:
            try:
                run, frontier, agreed, lies = await self._worker.call(self._verify_and_commit, messages)
            except RootsDiffer as error:
                await self._settle(error.head)
                messages = self._still_ahead(messages)
                continue
            self._committed(frontier, agreed)
            for double in lies:
                await self._judge(double)
            match run.trouble:
                case Hole(stop):
                    await self._read_owner(self.state.next_index, stop)
                    messages = messages[run.used :]
                case Suspect() as suspect:
                    await self._believe_owner(suspect, messages[-1].sequence)
                    messages = self._still_ahead(messages)
                case None:
                    return

    def _verify_and_commit(self, messages: Sequence[Message]) -> tuple[Run, Frontier, int | None, list[Double]]:
        """In the worker: apply the first messages that are in order; also which doubles are no doubles."""
        run = read_run(self._log, self._frontier.size, messages)
        frontier, agreed = self._commit(run.verified) if run.verified else (self._frontier, None)
        lies = []
        for double in run.doubles:
            kept = self._sink.leaf_hash_at(self._log, double.index)
            if kept is not None and kept != double.leaf_hash:
                lies.append(double)
        return run, frontier, agreed, lies

    def _still_ahead(self, messages: Sequence[Message]) -> Sequence[Message]:
        return [message for message in messages if message.sequence > self.state.next_index]

    async def _judge(self, double: Double) -> None:
        """The stream sent other bytes for an entry applied earlier: who changed it, the stream or the owner?"""
        kept = await self._worker.call(self._sink.leaf_hash_at, self._log, double.index)
        async for _, leaf in self._source.read(double.index, double.index + 1):
            if leaf_hash(leaf) != kept:
                raise LogDiverged(f"entry {double.index} was applied, and its owner now holds other bytes for it")
            self._warn(f"the stream sent other bytes for entry {double.index}; its owner confirms ours", double.index)
            return
        raise LogDiverged(f"entry {double.index} was applied, and its owner no longer holds it")

    async def _believe_owner(self, suspect: Suspect, stop: int) -> None:
        """Use the owner's entries from a suspect message up to the end of what was delivered with it."""
        size = await self._source.size()
        if size <= suspect.index:
            raise Unavailable(
                f"the stream holds a message for entry {suspect.index} ({suspect.reason}); its owner has no such entry"
            )
        await self._read_owner(suspect.index, min(stop, size))
        self._warn(
            f"the stream lied about entry {suspect.index}: {suspect.reason}; the owner's was used", suspect.index
        )

    # --------------------------------------------------------------------------------- owner

    async def _read_owner(self, start: int, stop: int) -> None:
        """Take in entries [start, stop) from the owner, where `start` is our place.

        The next page is fetched while one is applied. Raises LogDiverged if what the owner hands out
        is not its log, Unavailable if it is less than asked for.
        """
        applying: asyncio.Task[None] | None = None
        read = start
        try:
            async for leaves in _pages(self._source, start, stop, self._batch_entries):
                if applying is not None:
                    await applying
                applying = asyncio.create_task(self._take_page(read, leaves))
                read += len(leaves)
            if applying is not None:
                await applying
        finally:
            if applying is not None and not applying.done():
                await asyncio.wait({applying})
        if read < stop:
            raise Unavailable(f"the owner handed out entries up to {read} when asked for up to {stop}")

    async def _take_page(self, start: int, leaves: Sequence[bytes]) -> None:
        try:
            self._committed(*await self._worker.call(self._verify_and_commit_page, start, leaves))
        except RootsDiffer as error:
            await self._blame()
            raise LogDiverged(f"the owner's root at size {error.head.size} is not that of its own entries") from error

    def _verify_and_commit_page(self, start: int, leaves: Sequence[bytes]) -> tuple[Frontier, int | None]:
        """In the worker: apply a page of the owner's entries."""
        entries = verify_all(self._log, start, leaves)
        if isinstance(entries, Suspect):
            raise LogDiverged(f"the owner's own entry {entries.index} cannot be verified: {entries.reason}")
        return self._commit(entries)

    async def _compare_roots(self) -> OwnerHead | None:
        """Now and then, compare the owner's root with ours; if the owner is ahead, when we get there.

        The owner's head, if it was asked for just now.
        """
        applied = self._frontier.size
        pause = COMPARE_IDLE_SECONDS if applied == self.state.agreed_size else COMPARE_SECONDS
        now = time.monotonic()
        if self._ask_head is None or now - self._compared < pause:
            return None
        self._compared = now
        try:
            head = await self._ask_head()
        except Unavailable:
            return None  # the agreed size stays where it is, for everyone to see
        self._heard_of(head.size)
        if head.size < applied:
            raise LogDiverged(f"{applied} entries were applied, and the owner holds only {head.size}")
        if head.size > applied:
            self._owner_head = self._owner_head or head  # the nearer one: we shall get there first
        elif head.root == self._frontier.root():
            self._agreed(applied)
        else:
            await self._blame()
            raise LogDiverged(f"the owner's root at size {applied} is not that of the entries applied")
        return head

    async def _settle(self, head: OwnerHead) -> None:
        """The owner's root is another than the stream's. If nothing false was applied yet, take the owner's."""
        applied = self._frontier.size
        await self._blame()
        await self._read_owner(applied, head.size)
        self._warn(f"the stream lied between entries {applied} and {head.size}; their owner's were used", applied)

    async def _blame(self) -> None:
        """Raises LogDiverged naming the first entry that was applied with other bytes than the owner's."""
        at = self.state.agreed_size
        async for leaves in _pages(self._source, at, self._frontier.size, self._batch_entries):
            differs = await self._worker.call(self._first_difference, at, leaves)
            if differs is not None:
                raise LogDiverged(f"entry {differs} was applied with other bytes than its owner holds")
            at += len(leaves)

    def _first_difference(self, start: int, leaves: Sequence[bytes]) -> int | None:
        """In the worker: the first of the owner's entries that was applied with other bytes."""
        for index, leaf in enumerate(leaves, start):
            kept = self._sink.leaf_hash_at(self._log, index)
            if kept is not None and kept != leaf_hash(leaf):
                return index
        return None


async def _pages(source: EntrySource, start: int, stop: int, entries: int) -> AsyncIterator[list[bytes]]:
    """What the owner hands out for entries [start, stop), in lists that fit one transaction."""
    page: list[bytes] = []
    held = 0
    async for _, leaf in source.read(start, stop):
        page.append(leaf)
        held += len(leaf)
        if len(page) >= entries or held >= BATCH_BYTES_MAX:
            yield page
            page, held = [], 0
    if page:
        yield page
