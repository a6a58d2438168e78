"""The outcomes process, composed: a follower a log, all into one database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from ledger.feed import Position, Verified
from ledger.feed.following import Following
from ledger.feed.jetstream import Broker
from ledger.merkle import Frontier
from ledger.rpc.client import RemoteLog, connect, service_named
from ledger.runtime.following import followed, remote_follower, service_of
from ledger.runtime.process import Process, run
from ledger.runtime.settings import Peer, ServiceSettings
from ledger.runtime.signing_key import read_vkey
from ledger.runtime.write_service import serve_until_stopped
from services.outcomes.projector import Outcomes
from services.outcomes.watch import CheckpointWatch

#: While a log is further behind than this, records wait: each is written once instead of often.
CATCHING_UP_ENTRIES: Final = 5_000
#: But they do not wait for ever behind a log that never catches up.
WAIT_SECONDS_MAX: Final = 30.0


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


def watch(origin: str, peer: Peer, vkey_file: Path, outcomes: Outcomes) -> CheckpointWatch:
    """Watches what another service's log signs."""
    source = RemoteLog(connect(peer.address), service_named(service_of(origin)))
    return CheckpointWatch(origin, source.checkpoints, partial(read_vkey, vkey_file), outcomes)


async def serve(settings: ServiceSettings, process: Process) -> None:
    """Project every peer's log until told to stop."""
    outcomes = await asyncio.to_thread(Outcomes.open, settings.database_url)
    projection = Projection(outcomes)
    async with Broker(settings.nats_url, name=settings.name, credentials=settings.nats_creds) as broker:
        peers = followed(settings.peers)
        followers = [remote_follower(origin, peer, projection, broker) for origin, peer in peers.items()]

        watches = [
            watch(origin, peer, peer.vkey_file, outcomes)
            for origin, peer in peers.items()
            if peer.vkey_file is not None
        ]

        async def drain() -> None:
            await projection.drain(followers)

        background = [drain, *(one.run for one in followers), *(one.run for one in watches)]
        try:
            await serve_until_stopped(settings, process, [], background)
        finally:
            outcomes.close()


def main() -> None:
    """Entry point of the process."""
    run("outcomes", serve)
