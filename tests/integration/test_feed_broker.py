"""The broker's side of the feed, against a real nats-server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ledger.errors import LedgerError, Unavailable
from ledger.feed import jetstream
from ledger.feed.jetstream import Broker
from ledger.feed.naming import Outgoing, outgoing, stream_name
from ledger.feed.protocol import BatchTooLarge, BrokerRefused, StreamMissing, WrongLastSequence, stream_config
from ledger.feed.verify import Message
from tests.support.broker import NatsServer
from tests.support.feeds import PATIENCE_SECONDS, delete_stream, entry, stream_leaves, until

SLUG = "placement"


def messages(start: int, stop: int, note: str = "") -> list[Outgoing]:
    return outgoing(SLUG, [entry(index, note=note) for index in range(start, stop)])


@pytest.fixture
async def broker(own_nats: NatsServer) -> AsyncIterator[Broker]:
    async with Broker(own_nats.url, name="test") as opened:
        await opened.wait_connected(PATIENCE_SECONDS)
        yield opened


async def test_a_stream_is_made_as_it_must_be(broker: Broker) -> None:
    await broker.ensure_stream(SLUG)
    config = (await broker._ask(f"STREAM.INFO.{stream_name(SLUG)}")).config
    for key, value in stream_config(SLUG, 1).items():
        assert config[key] == value, key
    await broker.ensure_stream(SLUG)  # again is nothing


async def test_settings_of_a_stream_that_were_changed_are_repaired(broker: Broker) -> None:
    loose = stream_config(SLUG, 1) | {"deny_delete": False, "allow_atomic": False, "max_age": 10**12, "max_msgs": 1_000}
    await broker._ask(f"STREAM.CREATE.{stream_name(SLUG)}", loose)
    await broker.ensure_stream(SLUG)
    config = (await broker._ask(f"STREAM.INFO.{stream_name(SLUG)}")).config
    assert [config[key] for key in ("deny_delete", "allow_atomic", "max_age", "max_msgs")] == [True, True, 0, -1]


async def test_a_stream_that_cannot_be_repaired_is_refused(broker: Broker) -> None:
    await broker._ask(f"STREAM.CREATE.{stream_name(SLUG)}", stream_config(SLUG, 1) | {"storage": "memory"})
    with pytest.raises(BrokerRefused):
        await broker.ensure_stream(SLUG)


@pytest.mark.parametrize("count", [1, 3, 8, 9, 500, 1_000])
async def test_what_was_published_is_there_in_order(broker: Broker, count: int) -> None:
    await broker.ensure_stream(SLUG)
    assert await broker.publish_batch(SLUG, 0, messages(0, count)) == count
    assert await broker.publish_batch(SLUG, count, messages(count, count + 2)) == count + 2
    end = await broker.last(SLUG)
    last = entry(count + 1)
    assert (end.sequence, end.claimed_hash, end.leaf_hash) == (count + 2, last.leaf_hash.hex(), last.leaf_hash)
    assert await stream_leaves(broker, SLUG) == [entry(index).leaf for index in range(count + 2)]


@pytest.mark.parametrize("count", [1, 4, 20])
async def test_what_was_published_before_is_not_stored_again(broker: Broker, count: int) -> None:
    await broker.ensure_stream(SLUG)
    await broker.publish_batch(SLUG, 0, messages(0, count))
    with pytest.raises(WrongLastSequence):
        await broker.publish_batch(SLUG, 0, messages(0, count))
    with pytest.raises(WrongLastSequence):
        await broker.publish_batch(SLUG, count + 5, messages(count + 5, count + 5 + count))
    assert await broker.last_sequence(SLUG) == count


@pytest.mark.parametrize("count", [1, 5, 50])
async def test_of_four_that_race_one_wins(own_nats: NatsServer, broker: Broker, count: int) -> None:
    await broker.ensure_stream(SLUG)
    racers = [Broker(own_nats.url, name=f"racer-{number}") for number in range(4)]
    for racer in racers:
        await racer.open()
    try:
        for racer in racers:
            await racer.wait_connected(PATIENCE_SECONDS)
        for start in range(0, 10 * count, count):
            ended = await asyncio.gather(
                *(racer.publish_batch(SLUG, start, messages(start, start + count)) for racer in racers),
                return_exceptions=True,
            )
            # who lost was told so; of few messages sent one by one, the last may be anybody's
            assert all(isinstance(end, WrongLastSequence) or end == start + count for end in ended)
            assert await broker.last_sequence(SLUG) == start + count
    finally:
        for racer in racers:
            await racer.close()
    assert await stream_leaves(broker, SLUG) == [entry(index).leaf for index in range(10 * count)]


async def test_a_stream_that_is_missing_is_told_from_a_broker_that_is_away(broker: Broker) -> None:
    with pytest.raises(StreamMissing):
        await broker.last(SLUG)
    with pytest.raises(StreamMissing):
        await broker.last_sequence(SLUG)
    for count in (1, 20):
        with pytest.raises(Unavailable):
            await broker.publish_batch(SLUG, 0, messages(0, count))
    with pytest.raises(StreamMissing):
        async with broker.subscribe(SLUG, 1):
            pass


async def test_an_empty_stream_that_begins_later_ends_before_its_first(broker: Broker) -> None:
    await broker.ensure_stream(SLUG, first_sequence=101)
    assert await broker.last(SLUG) == (100, None, None)
    assert await broker.publish_batch(SLUG, 100, messages(100, 110)) == 110


async def test_an_entry_the_broker_would_choke_on_does_not_cost_the_connection(broker: Broker) -> None:
    await broker.ensure_stream(SLUG)
    generation = broker.generation
    with pytest.raises(BrokerRefused, match="max_payload"):
        await broker.publish_batch(SLUG, 0, [Outgoing(b"ledger.placement.0.X.v1", b"", b"x" * 200_000)])
    assert await broker.publish_batch(SLUG, 0, messages(0, 1)) == 1
    assert broker.generation == generation


async def test_the_largest_entries_fit(broker: Broker) -> None:
    await broker.ensure_stream(SLUG)
    large = [message._replace(body=b"x" * 65_535) for message in messages(0, 40)]
    assert await broker.publish_batch(SLUG, 0, large) == 40


async def test_more_than_the_server_takes_in_a_batch_is_told_apart(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await broker.ensure_stream(SLUG)
    with pytest.raises(BatchTooLarge, match="1001 messages"):
        await broker.publish_batch(SLUG, 0, messages(0, 1_001))
    monkeypatch.setattr(jetstream, "BATCH_MESSAGES_MAX", 5_000)
    with pytest.raises(BatchTooLarge, match="10199"):  # now it is the server that says so
        await broker.publish_batch(SLUG, 0, messages(0, 1_001))
    assert await broker.last_sequence(SLUG) == 0


async def test_a_refused_permission_is_said_where_the_request_times_out(tmp_path: Path) -> None:
    rights = 'authorization { users: [ { user: u, password: p, permissions: { publish: ["ledger.>"] } } ] }'
    server = NatsServer(tmp_path / "nats", authorization=rights)
    server.start()
    try:
        url = f"nats://u:p@127.0.0.1:{server.port}"
        async with Broker(url, name="test", request_seconds=0.5) as broker:
            await broker.wait_connected(PATIENCE_SECONDS)
            with pytest.raises(Unavailable, match=r"(?i)permissions violation"):
                await broker.last_sequence(SLUG)
    finally:
        server.kill()


async def test_a_wrong_password_is_tried_again_until_it_is_right(tmp_path: Path) -> None:
    server = NatsServer(tmp_path / "nats", authorization='authorization { user: u, password: "old" }')
    server.start()
    try:
        async with Broker(f"nats://u:new@127.0.0.1:{server.port}", name="test") as broker:
            with pytest.raises(Unavailable, match="away"):
                await broker.wait_connected(0.5)
            server.kill()
            server._authorization = 'authorization { user: u, password: "new" }'
            server.start()
            await broker.wait_connected(PATIENCE_SECONDS)
            await broker.ensure_stream(SLUG)
    finally:
        server.kill()


async def test_a_broker_that_starts_later_is_found(tmp_path: Path) -> None:
    server = NatsServer(tmp_path / "nats")
    server.start()
    server.kill()
    async with Broker(server.url, name="test") as broker:
        with pytest.raises(Unavailable, match="away"):
            await broker.last_sequence(SLUG)
        server.start()
        try:
            await broker.wait_connected(PATIENCE_SECONDS)
            await broker.ensure_stream(SLUG)
        finally:
            server.kill()


async def test_requests_under_way_fail_at_once_when_the_broker_dies(own_nats: NatsServer, broker: Broker) -> None:
    await broker.ensure_stream(SLUG)
    own_nats.pause()
    waiting = asyncio.create_task(broker.publish_batch(SLUG, 0, messages(0, 20)))
    await asyncio.sleep(0)
    started = time.monotonic()
    own_nats.kill()
    with pytest.raises(Unavailable, match="lost"):
        await waiting
    assert time.monotonic() - started < 3
    generation = broker.generation
    own_nats.start()
    await until(lambda: broker.generation > generation)
    assert await broker.last_sequence(SLUG) == 0


async def test_a_broker_that_hangs_is_not_waited_for_for_ever(own_nats: NatsServer) -> None:
    async with Broker(own_nats.url, name="test", request_seconds=0.3) as broker:
        await broker.wait_connected(PATIENCE_SECONDS)
        await broker.ensure_stream(SLUG)
        own_nats.pause()
        for _ in range(5):
            with pytest.raises(Unavailable, match="no answer"):
                await broker.publish_batch(SLUG, 0, messages(0, 500))
        own_nats.resume()
        # what was sent is still executed, once
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await broker.last_sequence(SLUG) != 500:
                await asyncio.sleep(0.05)
        with pytest.raises(WrongLastSequence):
            await broker.publish_batch(SLUG, 0, messages(0, 500))


async def test_a_slow_reader_holds_back_the_server_not_the_messages(broker: Broker) -> None:
    await broker.ensure_stream(SLUG)
    for start in range(0, 3_000, 500):
        await broker.publish_batch(SLUG, start, messages(start, start + 500))
    taken: list[Message] = []
    async with broker.subscribe(SLUG, 1, window=200) as subscription:
        while len(taken) < 3_000:
            await asyncio.sleep(0.002)
            assert len(subscription._waiting) + subscription._under_way <= 200
            taken.extend(await subscription.take(60, PATIENCE_SECONDS))
    assert [message.sequence for message in taken] == list(range(1, 3_001))


async def test_large_messages_arrive_over_several_requests(broker: Broker) -> None:
    await broker.ensure_stream(SLUG)
    count = 600  # 39 MB: more than two requests may bring
    for start in range(0, count, 20):
        large = [message._replace(body=b"x" * 65_000) for message in messages(start, start + 20)]
        await broker.publish_batch(SLUG, start, large)
    sequences: list[int] = []
    async with broker.subscribe(SLUG, 1) as subscription:
        while len(sequences) < count:
            sequences.extend(message.sequence for message in await subscription.take(100, PATIENCE_SECONDS))
            assert len(subscription._waiting) * 65_000 < 40_000_000
    assert sequences == list(range(1, count + 1))


async def test_a_subscription_says_so_when_its_stream_is_gone(broker: Broker) -> None:
    await broker.ensure_stream(SLUG)
    async with broker.subscribe(SLUG, 1) as subscription:
        assert await subscription.take(10, 0.1) == []
        await delete_stream(broker, SLUG)
        with pytest.raises(LedgerError, match="Consumer Deleted"):
            await subscription.take(10, PATIENCE_SECONDS)


async def test_nothing_is_left_on_the_server_after_a_subscription(broker: Broker) -> None:
    await broker.ensure_stream(SLUG)
    async with broker.subscribe(SLUG, 1):
        pass
    assert (await broker._ask(f"STREAM.INFO.{stream_name(SLUG)}")).state["consumer_count"] == 0
