"""Composes the followers of a process: its own log from its store, the others through their streams."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from ledger.feed import Sink
from ledger.feed.consumer import Follower
from ledger.feed.following import Following
from ledger.feed.jetstream import Broker
from ledger.feed.local import LocalFollower
from ledger.feed.reactor import Reaction, ReactorSink
from ledger.rpc.client import RemoteLog, connect, service_named
from ledger.runtime.settings import Peer
from ledger.runtime.write_service import OpenLog


def service_of(origin: str) -> str:
    """`ledger.local/placement` → `placement`: the kind of service that owns a log."""
    return origin.rpartition("/")[2]


def followed(peers: Mapping[str, Peer]) -> dict[str, Peer]:
    """Those whose entries are wanted, without the ones that only witness or are witnessed."""
    return {origin: peer for origin, peer in peers.items() if peer.followed}


def remote_follower(origin: str, peer: Peer, sink: Sink, broker: Broker) -> Follower:
    """Follows another service's log, checking it against its owner."""
    source = RemoteLog(connect(peer.address), service_named(service_of(origin)))
    return Follower(origin, peer.slug, sink, source, broker, head=source.head)


def reacting(log: OpenLog, reaction: Reaction, peers: Mapping[str, Peer], kinds: Iterable[str]) -> list[Following]:
    """Followers that react to the own log and to those of the peers of these kinds."""
    sink = ReactorSink(log.store, log.appender, asyncio.get_running_loop(), reaction)
    wanted = [one for one in followed(peers).items() if service_of(one[0]) in set(kinds)]
    return [
        LocalFollower(log.settings.origin, log.store, sink),
        *(remote_follower(origin, peer, sink, log.broker) for origin, peer in wanted),
    ]
