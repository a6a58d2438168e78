"""The outcomes process, composed: a follower a log, all into one database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import structlog

from ledger.feed import Position, Verified
from ledger.feed.following import Following
from ledger.feed.jetstream import Broker
from ledger.merkle import Frontier
from ledger.runtime.following import remote_follower
from ledger.runtime.process import Process, run
from ledger.runtime.settings import ServiceSettings
from ledger.runtime.write_service import serve_until_stopped
from services.outcomes.projector import Outcomes

#: While a log is further behind than this, records wait: each is written once instead of often.
CATCHING_UP_ENTRIES: Final = 5_000
#: But they do not wait for ever behind a log that never catches up.
WAIT_SECONDS_MAX: Final = 30.0

log = structlog.get_logger()


class Projection:
    """The outcomes database as a sink that says when there is something to drain."""

    def __init__(self, outcomes: Outcomes) -> None:
        self._outcomes = outcomes
        self._loop = asyncio.get_running_loop()
        self.grown = asyncio.Event()
        self.grown.set()  # what a crash left behind is drained at start

    def position(self, log: str) -> Position:
        """How far the log has been applied."""
        return self._outcomes.position(log)

    def leaf_hash_at(self, log: str, index: int) -> bytes | None:
        """The hash of an entry applied earlier."""
        return self._outcomes.leaf_hash_at(log, index)

    def apply(self, log: str, batch: Sequence[Verified], after: Frontier) -> None:
        """Apply, then let the records that had to wait be written."""
        self._outcomes.apply(log, batch, after)
        self._loop.call_soon_threadsafe(self.grown.set)

    def stop(self, log: str, error: str) -> None:
        """Apply nothing more of this log."""
        self._outcomes.stop(log, error)

    async def drain(self, followers: Sequence[Following]) -> None:
        """Write waiting records whenever the logs have been caught up with."""
        while True:
            await self.grown.wait()
            self.grown.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(WAIT_SECONDS_MAX):
                    while any(follower.state.behind > CATCHING_UP_ENTRIES for follower in followers):
                        await self.grown.wait()
                        self.grown.clear()
            while await asyncio.to_thread(self._outcomes.drain):
                pass


async def serve(settings: ServiceSettings, process: Process) -> None:
    """Project every peer's log until told to stop."""
    outcomes = await asyncio.to_thread(Outcomes.open, settings.database_url)
    projection = Projection(outcomes)
    async with Broker(settings.nats_url, name=settings.name, credentials=settings.nats_creds) as broker:
        followers = [remote_follower(origin, peer, projection, broker) for origin, peer in settings.peers.items()]

        async def drain() -> None:
            await projection.drain(followers)

        try:
            await serve_until_stopped(settings, process, [], [drain, *(follower.run for follower in followers)])
        finally:
            outcomes.close()


def main() -> None:
    """Entry point of the process."""
    run("outcomes", serve)
