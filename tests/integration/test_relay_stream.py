"""The relay between real stores and a real broker, with everything going wrong that can."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from ledger.errors import Unavailable
from ledger.feed import relay as relay_module
from ledger.feed.jetstream import Broker
from ledger.feed.naming import outgoing
from ledger.feed.relay import Relay
from ledger.store import Store, StoredEntry
from ledger.store.memory import MemoryStore
from ledger.store.sql import SqlStore
from tests.support.broker import NatsServer
from tests.support.feeds import (
    ORIGIN,
    PATIENCE_SECONDS,
    delete_stream,
    entry,
    grow,
    leaves_of,
    running,
    stream_leaves,
    until,
)

SLUG = "placement"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_module, "RECHECK_SECONDS", 0.3)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MemoryStore(ORIGIN) if request.param == "memory" else SqlStore.open(f"sqlite:///{tmp_path}/log.db", ORIGIN)


@pytest.fixture
async def broker(own_nats: NatsServer) -> AsyncIterator[Broker]:
    async with Broker(own_nats.url, name="test") as opened:
        await opened.wait_connected(PATIENCE_SECONDS)
        yield opened


def reached(relay: Relay, count: int) -> bool:
    return relay.state.published >= count


async def refilled(broker: Broker, count: int) -> None:
    async with asyncio.timeout(5):
        while True:
            with suppress(Unavailable):
                if await broker.last_sequence(SLUG) == count:
                    return
            await asyncio.sleep(0.01)


async def published(relay: Relay, count: int) -> None:
    await until(lambda: relay.state.published == count and relay.state.error is None)


async def test_the_stream_is_the_log_message_by_message(store: Store, broker: Broker) -> None:
    grow(store, 1_234)
    relay = Relay(store, broker, SLUG)
    async with running(relay.run()):
        await published(relay, 1_234)
        for count in (1, 5, 9, 700):
            grow(store, count)
            relay.wake()
        await published(relay, 1_949)
        assert await stream_leaves(broker, SLUG) == leaves_of(store)
        await until(lambda: store.relayed().published == 1_949)  # the row follows a moment later
    assert relay.state.log == ORIGIN


async def test_a_woken_relay_does_not_wait_for_its_poll(store: Store, broker: Broker) -> None:
    relay = Relay(store, broker, SLUG)
    async with running(relay.run()):
        await until(lambda: relay.state.holding and relay._written[0] == 0)
        taken = []
        for count in range(1, 21):
            started = time.monotonic()
            grow(store, 1)
            await asyncio.to_thread(relay.wake)  # as the appender does, from its own thread
            await published(relay, count)
            taken.append(time.monotonic() - started)
        assert sorted(taken)[10] < 0.2


async def test_without_being_woken_it_polls(store: Store, broker: Broker) -> None:
    relay = Relay(store, broker, SLUG)
    async with running(relay.run()):
        await until(lambda: relay.state.holding)
        grow(store, 3)
        await published(relay, 3)


async def test_waking_is_harmless_before_and_after(store: Store, broker: Broker) -> None:
    relay = Relay(store, broker, SLUG)
    relay.wake()
    async with running(relay.run()):
        await until(lambda: relay.state.holding)
    relay.wake()


async def test_a_restarted_relay_believes_the_stream_and_not_its_row(store: Store, broker: Broker) -> None:
    grow(store, 600)
    first = Relay(store, broker, SLUG, owner="me")
    async with running(first.run()):
        await published(first, 600)
    held = store.take_relay("me", time.time(), time.time() + 5)
    assert held is not None
    store.move_relay(held.epoch, 100, None)  # a crash before the row was written
    grow(store, 10)
    again = Relay(store, broker, SLUG, owner="me")
    async with running(again.run()):
        await published(again, 610)
        assert await stream_leaves(broker, SLUG) == leaves_of(store)


async def test_entries_whose_answer_was_lost_are_not_sent_again(store: Store, broker: Broker) -> None:
    grow(store, 40)
    await broker.ensure_stream(SLUG)
    await broker.publish_batch(SLUG, 0, outgoing(SLUG, store.read(0, 30)))
    relay = Relay(store, broker, SLUG)
    async with running(relay.run()):
        await published(relay, 40)
        assert await stream_leaves(broker, SLUG) == leaves_of(store)


async def test_a_log_longer_than_its_stream_may_be_can_begin_later(store: Store, broker: Broker) -> None:
    grow(store, 60)
    relay = Relay(store, broker, SLUG, first_index=50)
    async with running(relay.run()):
        await published(relay, 60)
        end = await broker.last(SLUG)
        assert (end.sequence, end.leaf_hash) == (60, entry(59).leaf_hash)


# -------------------------------------------------------------------------------------- two relays


async def test_of_two_relays_one_works_and_the_other_takes_over_at_once(store: Store, broker: Broker) -> None:
    first, second = (Relay(store, broker, SLUG) for _ in range(2))
    grow(store, 5)
    async with running(second.run()):
        await published(second, 5)
        async with running(first.run()):
            await asyncio.sleep(0.1)
            assert (first.state.holding, second.state.holding) == (False, True)
    async with running(first.run()):
        grow(store, 5)
        await until(lambda: first.state.holding, 1.0)
        await published(first, 10)


async def test_a_dead_relays_lease_runs_out(store: Store, broker: Broker) -> None:
    assert store.take_relay("the dead", time.time(), time.time() + 1.5) is not None
    grow(store, 5)
    relay = Relay(store, broker, SLUG)
    async with running(relay.run()):
        await asyncio.sleep(0.3)
        assert not relay.state.holding
        await published(relay, 5)


async def test_two_relays_that_both_believe_to_hold_the_lease_publish_every_entry_once(
    store: Store,
    own_nats: NatsServer,
) -> None:
    # a lease of no length: every renewal takes it from the other, in the middle of its work
    async with Broker(own_nats.url, name="one") as one, Broker(own_nats.url, name="two") as two:
        clock = itertools.count(1_000)
        relays = [
            Relay(store, broker, SLUG, lease_seconds=0, batch_entries=50, clock=lambda: float(next(clock)))
            for broker in (one, two)
        ]
        async with running(*(relay.run() for relay in relays)):
            for _ in range(12):
                grow(store, 37)
                for relay in relays:
                    relay.wake()
                await asyncio.sleep(0.01)
            size = store.head().size
            await until(lambda: max(relay.state.published for relay in relays) == size)
        assert await stream_leaves(one, SLUG) == leaves_of(store)


async def test_batches_of_racing_relays_are_fenced(store: Store, own_nats: NatsServer) -> None:
    # each with a lease row of its own, as after a database failover that lost the row
    grow(store, 3_000)
    other = MemoryStore(ORIGIN)
    grow(other, 3_000)
    async with Broker(own_nats.url, name="one") as one, Broker(own_nats.url, name="two") as two:
        first, second = Relay(store, one, SLUG, batch_entries=70), Relay(other, two, SLUG, batch_entries=110)
        async with running(first.run(), second.run()):
            await published(first, 3_000)
            await published(second, 3_000)
        assert await stream_leaves(one, SLUG) == leaves_of(store)


# ---------------------------------------------------------------------------- the broker misbehaves


async def test_an_absent_broker_is_shown_and_waited_for(store: Store, own_nats: NatsServer) -> None:
    own_nats.kill()
    grow(store, 5)
    async with Broker(own_nats.url, name="test") as broker:
        relay = Relay(store, broker, SLUG)
        async with running(relay.run()):
            await until(lambda: store.relayed().error == "the broker is away")
            own_nats.start()
            await published(relay, 5)
            await until(lambda: store.relayed().error is None)


async def test_a_broker_that_lost_its_acknowledged_tail_is_refilled(
    store: Store,
    own_nats: NatsServer,
    broker: Broker,
) -> None:
    relay = Relay(store, broker, SLUG)
    async with running(relay.run()):
        grow(store, 50)
        relay.wake()
        await published(relay, 50)
        own_nats.stop()
        own_nats.save_data()
        own_nats.start()
        grow(store, 700)
        relay.wake()
        await published(relay, 750)
        own_nats.kill()
        own_nats.restore_data()
        own_nats.start()
        await refilled(broker, 750)
        assert await stream_leaves(broker, SLUG) == leaves_of(store)


async def test_deleted_jetstream_data_is_refilled_though_nothing_new_is_recorded(
    store: Store,
    own_nats: NatsServer,
    broker: Broker,
) -> None:
    relay = Relay(store, broker, SLUG)
    grow(store, 1_100)
    async with running(relay.run()):
        await published(relay, 1_100)
        own_nats.kill()
        own_nats.delete_data()
        own_nats.start()
        await refilled(broker, 1_100)
        assert await stream_leaves(broker, SLUG) == leaves_of(store)


async def test_a_deleted_stream_is_refilled_though_nothing_new_is_recorded(store: Store, broker: Broker) -> None:
    relay = Relay(store, broker, SLUG)
    grow(store, 30)
    async with running(relay.run()):
        await published(relay, 30)
        for _ in range(2):
            await delete_stream(broker, SLUG)
            await refilled(broker, 30)
        assert await stream_leaves(broker, SLUG) == leaves_of(store)


async def test_a_broker_killed_again_and_again_under_load_ends_up_with_every_entry_once(
    store: Store,
    own_nats: NatsServer,
    broker: Broker,
) -> None:
    relay = Relay(store, broker, SLUG, batch_entries=100)
    async with running(relay.run()):
        for round_ in range(5):
            target = relay.state.published + 1
            grow(store, 997 if round_ % 2 else 5)
            relay.wake()
            await until(partial(reached, relay, target))
            await asyncio.to_thread(own_nats.restart)
        await published(relay, store.head().size)
        assert await stream_leaves(broker, SLUG) == leaves_of(store)


async def test_a_broker_that_hangs_is_survived(store: Store, own_nats: NatsServer) -> None:
    async with Broker(own_nats.url, name="test", request_seconds=0.3) as broker:
        relay = Relay(store, broker, SLUG)
        async with running(relay.run()):
            grow(store, 10)
            await published(relay, 10)
            own_nats.pause()
            grow(store, 600)
            relay.wake()
            await until(lambda: "no answer" in (relay.state.error or ""))
            own_nats.resume()
            await published(relay, 610)
            assert await stream_leaves(broker, SLUG) == leaves_of(store)


# ------------------------------------------------------------------------------- the stream is wrong


@pytest.mark.parametrize("lie", ["body", "hash", "both"])
async def test_a_stream_that_diverges_stops_the_relay_until_it_is_gone(store: Store, broker: Broker, lie: str) -> None:
    grow(store, 10)
    await broker.ensure_stream(SLUG)
    (true,), (false,) = outgoing(SLUG, [entry(4)]), outgoing(SLUG, [entry(4, note="forged")])
    forged = {"body": true._replace(body=false.body), "hash": true._replace(headers=false.headers), "both": false}[lie]
    await broker.publish_batch(SLUG, 0, [*outgoing(SLUG, store.read(0, 4)), forged])
    relay = Relay(store, broker, SLUG)
    async with running(relay.run()):
        await until(lambda: (store.relayed().error or "").startswith("stream diverges"))
        grow(store, 1)
        relay.wake()
        await asyncio.sleep(0.5)
        assert await broker.last_sequence(SLUG) == 5
        assert (relay.state.error or "").startswith("stream diverges: its last message is not entry 4")
        await delete_stream(broker, SLUG)  # what the runbook says
        await published(relay, 11)
        assert await stream_leaves(broker, SLUG) == leaves_of(store)
        assert store.relayed().error is None


async def test_a_log_behind_its_stream_stops_the_relay(store: Store, broker: Broker) -> None:
    grow(store, 5)
    await broker.ensure_stream(SLUG)
    await broker.publish_batch(SLUG, 0, outgoing(SLUG, [entry(index) for index in range(9)]))
    relay = Relay(store, broker, SLUG)
    async with running(relay.run()):
        await until(lambda: "log behind its stream" in (store.relayed().error or ""))
        grow(store, 10, note="recorded after the restore")
        relay.wake()
        await until(lambda: "stream diverges" in (store.relayed().error or ""))
        assert await broker.last_sequence(SLUG) == 9


# ------------------------------------------------------------------------------- the store is wrong


class Moody(MemoryStore):
    """Raises what it is told to, once each, when it is read."""

    def __init__(self, origin: str) -> None:
        super().__init__(origin)
        self.failures: list[Exception] = []

    def read(self, start: int, stop: int) -> Iterator[StoredEntry]:
        if self.failures:
            raise self.failures.pop(0)
        return super().read(start, stop)


async def test_no_exception_ends_the_relay(broker: Broker) -> None:
    store = Moody(ORIGIN)
    relay = Relay(store, broker, SLUG)
    async with running(relay.run()):
        await until(lambda: relay.state.holding)
        store.failures = [
            OperationalError("SELECT …", {}, Exception("disk I/O error")),
            ZeroDivisionError("a bug"),
            KeyError("another"),
        ]
        grow(store, 20)
        relay.wake()
        await until(lambda: store.relayed().error == "ZeroDivisionError, see the log")
        await published(relay, 20)
        assert not store.failures
    assert await stream_leaves(broker, SLUG) == leaves_of(store)


async def test_a_reader_that_fails_while_a_batch_is_under_way_loses_nothing(broker: Broker) -> None:
    store = Moody(ORIGIN)
    grow(store, 1_000)
    relay = Relay(store, broker, SLUG, batch_entries=100)
    async with running(relay.run()):
        await until(lambda: relay.state.published >= 100)
        store.failures = [OperationalError("SELECT …", {}, Exception("database is locked"))]
        await published(relay, 1_000)
    assert await stream_leaves(broker, SLUG) == leaves_of(store)
