"""What holds for every way of following a log: through a stream, or in the same process."""

from __future__ import annotations

import itertools
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from ledger.feed import following
from ledger.feed.consumer import Follower
from ledger.feed.following import Following
from ledger.feed.jetstream import Broker
from ledger.feed.local import LocalFollower
from ledger.feed.relay import Relay
from ledger.store import Store
from ledger.store.memory import MemoryStore
from ledger.store.sql import SqlStore
from tests.support.broker import NatsServer
from tests.support.feeds import ORIGIN, MemorySink, Owner, grow, leaves_of, running, until

_slugs = (f"contract-{number}" for number in itertools.count())


class Feed:
    """One log, and a way to follow it from wherever a sink has got to."""

    def __init__(self, store: Store, follower: Callable[..., Following], wake: Callable[[], None]) -> None:
        self.store = store
        self._follower = follower
        self._wake = wake

    def follower(self, sink: MemorySink, *, log: str = ORIGIN, batch_entries: int = 5_000) -> Following:
        return self._follower(log, sink, batch_entries)

    def grow(self, count: int) -> None:
        grow(self.store, count)
        self._wake()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "RECHECK_SECONDS", 0.1)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MemoryStore(ORIGIN) if request.param == "memory" else SqlStore.open(f"sqlite:///{tmp_path}/log.db", ORIGIN)


@asynccontextmanager
async def stream_feed(store: Store, server: NatsServer) -> AsyncIterator[Feed]:
    slug, owner = next(_slugs), Owner(store)
    async with Broker(server.url, name="test") as broker:
        relay = Relay(store, broker, slug)

        def follower(log: str, sink: MemorySink, batch_entries: int) -> Following:
            return Follower(log, slug, sink, owner, broker, head=owner.head, batch_entries=batch_entries)

        async with running(relay.run()):
            yield Feed(store, follower, relay.wake)


@asynccontextmanager
async def local_feed(store: Store) -> AsyncIterator[Feed]:
    followers: list[LocalFollower] = []

    def follower(log: str, sink: MemorySink, batch_entries: int) -> Following:
        followers.append(LocalFollower(log, store, sink, batch_entries=batch_entries))
        return followers[-1]

    def wake() -> None:
        for one in followers:
            one.wake()

    yield Feed(store, follower, wake)


@pytest.fixture(params=["stream", "local"])
async def feed(
    request: pytest.FixtureRequest,
    store: Store,
    nats_server: NatsServer,
) -> AsyncIterator[Feed]:
    opened = stream_feed(store, nats_server) if request.param == "stream" else local_feed(store)
    async with opened as ready:
        yield ready


async def test_every_entry_arrives_once_and_in_order(feed: Feed) -> None:
    sink = MemorySink()
    feed.grow(1_203)
    follower = feed.follower(sink)
    async with running(follower.run()):
        await until(lambda: len(sink) == 1_203)
        for count in (1, 7, 300):
            feed.grow(count)
        await until(lambda: len(sink) == 1_511)
        await until(lambda: follower.state.agreed_size == 1_511)
    assert sink.leaves() == leaves_of(feed.store)
    assert (follower.state.next_index, follower.state.behind, follower.state.trouble) == (1_511, 0, None)


async def test_an_empty_log_is_followed_until_it_has_entries(feed: Feed) -> None:
    sink = MemorySink()
    follower = feed.follower(sink)
    async with running(follower.run()):
        await until(lambda: follower.state.following)
        feed.grow(1)
        await until(lambda: len(sink) == 1)


async def test_following_goes_on_where_the_sink_has_got_to(feed: Feed) -> None:
    sink = MemorySink()
    feed.grow(500)
    async with running(feed.follower(sink).run()):
        await until(lambda: len(sink) == 500)
    feed.grow(500)
    async with running(feed.follower(sink).run()):
        await until(lambda: len(sink) == 1_000)
    assert sink.leaves() == leaves_of(feed.store)


async def test_no_batch_is_larger_than_asked_for(feed: Feed) -> None:
    sink = MemorySink()
    feed.grow(1_000)
    async with running(feed.follower(sink, batch_entries=64).run()):
        await until(lambda: len(sink) == 1_000)
    assert max(sink.batches) <= 64


async def test_a_database_that_is_away_is_waited_for_and_shown(feed: Feed) -> None:
    sink = MemorySink()
    sink.failures = [OperationalError("UPDATE …", {}, Exception("database is locked")) for _ in range(2)]
    feed.grow(10)
    follower = feed.follower(sink)
    async with running(follower.run()):
        await until(lambda: follower.state.trouble == "OperationalError, see the log")
        await until(lambda: len(sink) == 10)
        await until(lambda: follower.state.trouble is None)
        assert follower.state.following


async def test_any_other_exception_is_shown_and_tried_again(feed: Feed) -> None:
    sink = MemorySink()
    sink.failures = [ZeroDivisionError("a bug") for _ in range(2)]
    feed.grow(10)
    follower = feed.follower(sink)
    async with running(follower.run()):
        await until(lambda: follower.state.trouble == "ZeroDivisionError, see the log")
        await until(lambda: len(sink) == 10)


async def test_a_stopped_log_is_left_alone_until_an_operator_releases_it(feed: Feed) -> None:
    sink = MemorySink()
    sink.error = "diverged last week"
    feed.grow(10)
    follower = feed.follower(sink)
    async with running(follower.run()):
        await until(lambda: follower.state.stopped == "diverged last week")
        assert not follower.state.following
        assert len(sink) == 0
        sink.error = None
        await until(lambda: len(sink) == 10)
        assert follower.state.stopped is None


async def test_a_log_under_another_name_is_never_applied(feed: Feed) -> None:
    sink = MemorySink()
    feed.grow(10)
    follower = feed.follower(sink, log="ledger.elsewhere/placement")
    async with running(follower.run()):
        await until(lambda: sink.error is not None)
        assert "cannot be verified: it names another log as its source" in (follower.state.stopped or "")
    assert len(sink) == 0


async def test_a_call_under_way_is_over_when_the_follower_has_ended(feed: Feed) -> None:
    sink = MemorySink()
    entered, leave = threading.Event(), threading.Event()

    def slow() -> None:
        entered.set()
        leave.wait(10)

    sink.delay = slow
    feed.grow(1)  # in one call, whatever feed it is
    async with running(feed.follower(sink).run()):
        await until(entered.is_set)
        threading.Timer(0.2, leave.set).start()
    assert len(sink) == 1, "the follower ended before the call did"
