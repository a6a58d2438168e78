"""Following through a real stream that dies, forgets, stalls and lies."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from ledger.feed import consumer, following
from ledger.feed.consumer import Follower
from ledger.feed.jetstream import Broker
from ledger.feed.naming import Outgoing, outgoing, stream_name
from ledger.feed.protocol import stream_config
from ledger.feed.relay import Relay
from ledger.store import Store
from ledger.store.memory import MemoryStore
from ledger.store.sql import SqlStore
from tests.support.broker import NatsServer
from tests.support.feeds import (
    ORIGIN,
    PATIENCE_SECONDS,
    MemorySink,
    Owner,
    delete_stream,
    entry,
    grow,
    leaves_of,
    running,
    until,
)

SLUG = "placement"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "RECHECK_SECONDS", 0.1)
    monkeypatch.setattr(consumer, "COMPARE_SECONDS", 0.05)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MemoryStore(ORIGIN) if request.param == "memory" else SqlStore.open(f"sqlite:///{tmp_path}/log.db", ORIGIN)


@pytest.fixture
async def broker(own_nats: NatsServer) -> AsyncIterator[Broker]:
    async with Broker(own_nats.url, name="test") as opened:
        await opened.wait_connected(PATIENCE_SECONDS)
        yield opened


class Scene:
    """A log, its owner, a sink and a follower between them."""

    def __init__(self, store: Store, broker: Broker, *, compare: bool = True, far_behind: int = 10_000) -> None:
        self.store = store
        self.broker = broker
        self.owner = Owner(store)
        self.sink = MemorySink()
        self.follower = Follower(
            ORIGIN,
            SLUG,
            self.sink,
            self.owner,
            broker,
            head=self.owner.head if compare else None,
            far_behind=far_behind,
        )
        self.state = self.follower.state

    def holds(self, count: int) -> bool:
        return len(self.sink) >= count

    async def caught_up(self) -> None:
        size = self.store.head().size
        await until(lambda: len(self.sink) >= size and self.state.next_index == size)
        assert self.sink.leaves() == leaves_of(self.store)

    async def agreed(self) -> None:
        size = self.store.head().size
        await until(lambda: self.state.agreed_size == size)

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        await self.broker.ensure_stream(SLUG)
        at = await self.broker.last_sequence(SLUG)
        await self.broker.publish_batch(SLUG, at, messages)

    def honest(self, start: int, stop: int) -> list[Outgoing]:
        return outgoing(SLUG, self.store.read(start, stop))


# -------------------------------------------------------------------------- faults of transport


async def test_a_long_history_is_read_from_its_owner_and_the_rest_from_the_stream(store: Store, broker: Broker) -> None:
    scene = Scene(store, broker, far_behind=100)
    grow(store, 12_000)
    relay = Relay(store, broker, SLUG)
    async with running(relay.run(), scene.follower.run()):
        await scene.caught_up()
        read = scene.owner.entries_read
        assert read >= 11_900
        await until(lambda: relay.state.published == 12_000 and scene.state.following)
        grow(store, 50)
        relay.wake()
        await scene.caught_up()
        await scene.agreed()
        assert scene.owner.entries_read == read
        assert max(scene.sink.batches) == 5_000


async def test_without_its_owner_a_long_history_comes_through_the_stream(store: Store, broker: Broker) -> None:
    scene = Scene(store, broker, far_behind=100)
    scene.owner.away = True
    grow(store, 3_000)
    async with running(Relay(store, broker, SLUG).run(), scene.follower.run()):
        await scene.caught_up()
        assert scene.state.agreed_size == 0  # for all to see: nobody confirmed it
        scene.owner.away = False
        await scene.agreed()


async def test_a_broker_killed_and_robbed_under_load_costs_nothing(
    store: Store,
    own_nats: NatsServer,
    broker: Broker,
) -> None:
    scene = Scene(store, broker)
    relay = Relay(store, broker, SLUG)
    async with running(relay.run(), scene.follower.run()):
        for rob in (False, True, False, True):
            grow(store, 400)
            relay.wake()
            target = len(scene.sink) + 1
            await until(partial(scene.holds, target))
            grow(store, 400)
            relay.wake()
            own_nats.kill()
            if rob:
                own_nats.delete_data()
            own_nats.start()
        started = time.monotonic()
        await scene.caught_up()
        assert time.monotonic() - started < 10
        await scene.agreed()
    assert scene.state.warning_count == 0


async def test_a_stream_deleted_and_refilled_is_followed_on(store: Store, broker: Broker) -> None:
    scene = Scene(store, broker)
    relay = Relay(store, broker, SLUG)
    grow(store, 300)
    async with running(relay.run(), scene.follower.run()):
        await scene.caught_up()
        await delete_stream(broker, SLUG)
        grow(store, 20)
        relay.wake()
        await scene.caught_up()
        await scene.agreed()


async def test_a_consumer_taken_away_is_made_anew(store: Store, broker: Broker) -> None:
    scene = Scene(store, broker)
    relay = Relay(store, broker, SLUG)
    grow(store, 10)
    async with running(relay.run(), scene.follower.run()):
        await scene.caught_up()
        for name in await consumers(broker):
            await broker._ask(f"CONSUMER.DELETE.{stream_name(SLUG)}.{name}")
        grow(store, 10)
        relay.wake()
        await scene.caught_up()


async def test_a_consumer_that_stalls_with_a_beating_heart_is_made_anew(
    store: Store, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "STALLED_SECONDS", 0.3)
    scene = Scene(store, broker)
    relay = Relay(store, broker, SLUG)
    grow(store, 10)
    async with running(relay.run(), scene.follower.run()):
        await scene.caught_up()
        for name in await consumers(broker):
            until_ = {"pause_until": "2099-01-01T00:00:00Z"}
            await broker._ask(f"CONSUMER.PAUSE.{stream_name(SLUG)}.{name}", until_)
        grow(store, 10)
        relay.wake()
        await scene.caught_up()


async def test_a_slow_sink_is_not_run_over(store: Store, broker: Broker) -> None:
    scene = Scene(store, broker, far_behind=10**9)
    scene.sink.delay = lambda: time.sleep(0.05)  # in the sink's own thread
    grow(store, 20_000)
    relay = Relay(store, broker, SLUG)
    async with running(relay.run()):
        await until(lambda: relay.state.published == 20_000)
        async with running(scene.follower.run()):
            most = 0
            while len(scene.sink) < 20_000:
                for subscription in broker._subscriptions:
                    most = max(most, len(subscription._waiting))
                await asyncio.sleep(0.005)
    assert 0 < most <= 8_192
    assert scene.owner.entries_read == 0


async def consumers(broker: Broker) -> list[str]:
    client = broker._live()
    return [info.name for info in await client.jetstream().consumers_info(stream_name(SLUG))]


# ------------------------------------------------------------------------------- holes and lies


async def test_a_hole_in_the_stream_is_filled_from_the_owner(store: Store, broker: Broker) -> None:
    scene = Scene(store, broker)
    grow(store, 30)
    await broker._ask(f"STREAM.CREATE.{stream_name(SLUG)}", stream_config(SLUG, 1) | {"deny_delete": False})
    await broker.publish_batch(SLUG, 0, scene.honest(0, 30))
    for sequence in (1, 2, 11, 12, 13, 20):
        await broker._ask(f"STREAM.MSG.DELETE.{stream_name(SLUG)}", {"seq": sequence})
    async with running(scene.follower.run()):
        await scene.caught_up()
        await scene.agreed()
    assert scene.owner.entries_read == 6
    assert scene.state.warning_count == 0


async def test_a_hole_waits_for_its_owner_and_says_so(store: Store, broker: Broker) -> None:
    scene = Scene(store, broker)
    grow(store, 20)
    await broker.ensure_stream(SLUG, first_sequence=11)
    await broker.publish_batch(SLUG, 10, scene.honest(10, 20))
    scene.owner.away = True
    async with running(scene.follower.run()):
        await until(lambda: scene.state.trouble == "the owner is away")
        assert len(scene.sink) == 0
        assert scene.state.behind == 20
        scene.owner.away = False
        await scene.caught_up()
        await until(lambda: scene.state.trouble is None)


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        ("forged body", "do not hash to its Ledger-Hash"),
        ("garbage", "are not an entry"),
        ("another log", "another log as its source"),
        ("left out", "another index as its place"),
        ("exchanged", "another index as its place"),
        ("sent twice", "another index as its place"),
        ("another place claimed", "Ledger-Index is not its place"),
        ("forged with a matching hash", "lied between entries"),
    ],
)
async def test_a_lie_of_the_stream_is_replaced_from_the_owner_and_told(
    store: Store, broker: Broker, lie: str, said: str
) -> None:
    scene = Scene(store, broker)
    grow(store, 30)
    true = scene.honest(0, 30)
    (forged,) = outgoing(SLUG, [entry(12, note="forged")])
    (foreign,) = outgoing(SLUG, [entry(12, origin="ledger.evil/placement")])
    told = {
        "forged body": [*true[:12], true[12]._replace(body=forged.body), *true[13:]],
        "garbage": [*true[:12], true[12]._replace(body=b"garbage"), *true[13:]],
        "another log": [*true[:12], foreign, *true[13:]],
        "left out": [*true[:12], *true[13:], true[0]],
        "exchanged": [*true[:12], true[13], true[12], *true[14:]],
        "sent twice": [*true[:12], true[11], *true[12:29]],
        "another place claimed": [*true[:12], true[12]._replace(headers=true[13].headers), *true[13:]],
        "forged with a matching hash": [*true[:12], forged, *true[13:]],
    }[lie]
    if lie == "another place claimed":
        head, _, rest = true[12].headers.partition(b"\r\n")
        assert head == b"Ledger-Index: 12"
        told[12] = true[12]._replace(headers=b"Ledger-Index: 13\r\n" + rest)
    await scene.publish(told)
    async with running(scene.follower.run()):
        await scene.caught_up()
        await scene.agreed()
        assert scene.state.warning_count >= 1
        assert any(said in warning for warning in scene.state.warnings), scene.state.warnings
        assert scene.sink.error is None
        # and it goes on from there
        grow(store, 5)
        await scene.publish(scene.honest(30, 35))
        await scene.caught_up()


async def test_a_lie_that_was_applied_while_the_owner_was_away_stops_the_log(store: Store, broker: Broker) -> None:
    scene = Scene(store, broker)
    grow(store, 30)
    true = scene.honest(0, 30)
    await scene.publish([*true[:12], *outgoing(SLUG, [entry(12, note="forged")]), *true[13:]])
    scene.owner.away = True
    async with running(scene.follower.run()):
        await until(lambda: len(scene.sink) == 30)
        scene.owner.away = False
        await until(lambda: scene.sink.error is not None)
        assert scene.sink.error == "entry 12 was applied with other bytes than its owner holds"
        await until(lambda: scene.state.stopped == scene.sink.error)
        grow(store, 5)
        await scene.publish(scene.honest(30, 35))
        await asyncio.sleep(0.3)
        assert len(scene.sink) == 30


async def test_entries_the_owner_never_had_stop_the_log(store: Store, broker: Broker) -> None:
    scene = Scene(store, broker)
    grow(store, 10)
    await scene.publish([*scene.honest(0, 10), *outgoing(SLUG, [entry(10), entry(11)])])
    async with running(scene.follower.run()):
        await until(lambda: scene.sink.error is not None)
    assert scene.sink.error == "12 entries were applied, and the owner holds only 10"


async def test_garbage_after_the_owners_last_entry_is_waited_out_and_shown(store: Store, broker: Broker) -> None:
    scene = Scene(store, broker)
    grow(store, 10)
    await scene.publish([*scene.honest(0, 10), scene.honest(3, 4)[0]])
    async with running(scene.follower.run()):
        await until(lambda: "its owner has no such entry" in (scene.state.trouble or ""))
        grow(store, 1)
        await scene.caught_up()
        assert scene.sink.error is None
        assert scene.state.warning_count == 1


async def test_an_owner_that_rewrote_its_history_stops_the_log(broker: Broker) -> None:
    store = MemoryStore(ORIGIN)
    scene = Scene(store, broker)
    grow(store, 10)
    await scene.publish(scene.honest(0, 10))
    async with running(scene.follower.run()):
        await scene.caught_up()
        await scene.agreed()
        # the same log again, all of it, with one old entry exchanged, and longer
        other = MemoryStore(ORIGIN)
        grow(other, 4)
        grow(other, 1, note="rewritten")
        grow(other, 15)
        scene.owner._store = other
        await scene.publish(outgoing(SLUG, other.read(10, 20)))
        await until(lambda: scene.sink.error is not None)
    assert scene.sink.leaves()[:10] == leaves_of(store)


async def test_an_owner_whose_own_entries_cannot_be_verified_stops_the_log(broker: Broker) -> None:
    store = MemoryStore(ORIGIN)
    grow(store, 10)
    scene = Scene(store, broker, far_behind=1)
    store.log[4] = store.log[5]
    async with running(scene.follower.run()):
        await until(lambda: scene.sink.error is not None)
    assert scene.sink.error == ("the owner's own entry 4 cannot be verified: it names another index as its place")


async def test_a_sink_that_keeps_no_hashes_is_protected_by_the_root(store: Store, broker: Broker) -> None:
    scene = Scene(store, broker)
    scene.sink.keeps_hashes = False
    grow(store, 30)
    true = scene.honest(0, 30)
    await scene.publish([*true[:12], *outgoing(SLUG, [entry(12, note="forged")]), *true[13:]])
    scene.owner.away = True
    async with running(scene.follower.run()):
        await until(lambda: len(scene.sink) == 30)
        scene.owner.away = False
        await until(lambda: scene.sink.error is not None)
    assert scene.sink.error == "the owner's root at size 30 is not that of the entries applied"
