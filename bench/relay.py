"""A backlog on its way to JetStream: the relay, beside bare atomic batches of the same messages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import nats

from bench import nats_socket, rig
from bench.outcome import Outcome, against_sketch
from bench.programme import FOLLOWUP_ENTRIES_A_PERSON, write_logs
from ledger.feed.jetstream import Broker
from ledger.feed.naming import Outgoing, outgoing, stream_name, stream_subjects
from ledger.feed.protocol import encode_messages, stream_config
from ledger.feed.relay import BATCH_ENTRIES_MAX, Relay
from ledger.store.sql import SqlStore

AT_LEAST: Final = 0.5
BACKLOG: Final = 50_000
ORIGIN: Final = "ledger.local/followup"
OWNER: Final = "bench"
LOOK_SECONDS: Final = 0.002
PEER_MESSAGES: Final = 2_000


def measure(folder: Path, *, quick: bool) -> list[Outcome]:
    """Entries a second into a new stream, `sync_interval: always`."""
    backlog = BACKLOG // 5 if quick else BACKLOG
    logs = folder / "logs"
    logs.mkdir()
    store = SqlStore.open(write_logs(logs, backlog // FOLLOWUP_ENTRIES_A_PERSON)[ORIGIN], ORIGIN)
    try:
        return asyncio.run(_measure(folder, store, backlog, rounds=3 if quick else 5))
    finally:
        store.close()


async def _measure(folder: Path, store: SqlStore, backlog: int, rounds: int) -> list[Outcome]:
    ours, sketch = [], []
    with rig.broker(folder) as server:
        async with Broker(server.url, name="bench") as broker, nats_socket.connect(server.url) as socket:
            for nth in range(rounds + 1):
                relayed = backlog / await _relay(store, broker, f"relay-{nth}", backlog)
                bare = backlog / await _bare(store, socket, f"bare-{nth}", backlog)
                if nth:  # the first warms up
                    ours.append(relayed)
                    sketch.append(bare)
        one_by_one = await _one_by_one(store, server.url)
    return [
        against_sketch(
            "relay",
            f"a backlog of {backlog:,} entries, from the log to JetStream",
            "entries/s",
            ours=ours,
            sketch=(f"bare atomic batches of {BATCH_ENTRIES_MAX}, encoded before", sketch),
            at_least=AT_LEAST,
            peers={"nats-py, publish_async, one message at a time": one_by_one},
        )
    ]


async def _relay(store: SqlStore, broker: Broker, slug: str, backlog: int) -> float:
    """Publish the log to a new stream; the seconds it took, lease and stream included."""
    _forget_progress(store)
    relay = Relay(store, broker, slug, owner=OWNER)
    began = time.perf_counter()
    running = asyncio.create_task(relay.run())
    try:
        while relay.state.published < backlog:  # it tells nobody
            if relay.state.error:
                raise RuntimeError(relay.state.error)
            await asyncio.sleep(LOOK_SECONDS)
        return time.perf_counter() - began
    finally:
        running.cancel()
        await asyncio.wait({running})


def _forget_progress(store: SqlStore) -> None:
    held = store.take_relay(OWNER, time.time(), time.time())
    if held is None or not store.move_relay(held.epoch, 0, None):
        raise RuntimeError("somebody else relays this log")


async def _bare(store: SqlStore, socket: nats_socket.NatsSocket, slug: str, backlog: int) -> float:
    """Send the same messages as bytes that are ready; the seconds it took."""
    await socket.ask(f"STREAM.CREATE.{stream_name(slug)}", stream_config(slug, 1))
    batches = []
    for start in range(0, backlog, BATCH_ENTRIES_MAX):
        messages = _messages(store, slug, start, start + BATCH_ENTRIES_MAX)
        batches.append(encode_messages(f"{slug}-{start}", start, messages, nats_socket.INBOX))
    began = time.perf_counter()
    for batch in batches:
        answer = await socket.send(batch)
    took = time.perf_counter() - began
    if answer["seq"] != backlog:
        raise RuntimeError(f"{answer} after {backlog} messages")
    return took


async def _one_by_one(store: SqlStore, url: str) -> float:
    """The library's own way, as many under way as it likes; messages a second."""
    client = await nats.connect(url)
    try:
        jetstream = client.jetstream()
        await jetstream.add_stream(name="PEER", subjects=[stream_subjects("peer")])
        messages = _messages(store, "peer", 0, PEER_MESSAGES)
        began = time.perf_counter()
        for message in messages:
            await jetstream.publish_async(message.subject.decode(), message.body)
        await jetstream.publish_async_completed()
        return len(messages) / (time.perf_counter() - began)
    finally:
        await client.close()


def _messages(store: SqlStore, slug: str, start: int, stop: int) -> Sequence[Outgoing]:
    return outgoing(slug, list(store.read(start, stop)))
