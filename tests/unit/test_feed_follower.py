"""What a follower makes of particular deliveries, told to it by a scripted stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import pytest

from ledger.feed import consumer, following
from ledger.feed.consumer import Follower
from ledger.feed.jetstream import Broker
from ledger.feed.verify import Message
from ledger.store import StoredEntry
from ledger.store.memory import MemoryStore
from tests.support.feeds import ORIGIN, MemorySink, Owner, entry, grow, leaves_of, running, until


def told(stored: StoredEntry) -> Message:
    return Message(stored.index + 1, stored.leaf, stored.leaf_hash.hex(), str(stored.index))


class Script:
    """A broker and its only subscription: what is put in is delivered."""

    def __init__(self) -> None:
        self.put: asyncio.Queue[list[Message]] = asyncio.Queue()
        self.subscribed_from: list[int] = []
        self.still_to_come = 0

    @asynccontextmanager
    async def subscribe(self, slug: str, from_sequence: int) -> AsyncIterator[Script]:
        self.subscribed_from.append(from_sequence)
        yield self

    async def take(self, most: int, seconds: float) -> list[Message]:
        return await self.put.get()

    async def last_sequence(self, slug: str) -> int:
        return 0


class Scene:
    """A log of ten entries, of which none has been delivered."""

    def __init__(self, *, compare: bool = False) -> None:
        self.store = MemoryStore(ORIGIN)
        grow(self.store, 10)
        self.owner = Owner(self.store)
        self.sink = MemorySink()
        self.script = Script()
        self.follower = Follower(
            ORIGIN,
            "placement",
            self.sink,
            self.owner,
            cast(Broker, self.script),
            head=self.owner.head if compare else None,
        )

    async def deliver(self, *indices: int, changed: int | None = None) -> None:
        messages = [told(entry(index, note="changed" if index == changed else "")) for index in indices]
        await self.script.put.put(messages)
        await until(self.script.put.empty)

    async def holds(self, count: int) -> None:
        await until(lambda: len(self.sink) == count)
        assert self.sink.leaves() == leaves_of(self.store)[:count]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "RECHECK_SECONDS", 0.01)


async def test_a_double_with_the_same_bytes_is_dropped_without_a_word() -> None:
    scene = Scene()
    async with running(scene.follower.run()):
        await scene.deliver(0, 1, 2)
        await scene.deliver(1, 2, 3)
        await scene.deliver(0, 3, 3, 4)
        await scene.holds(5)
    assert (scene.follower.state.warning_count, scene.owner.entries_read) == (0, 0)


async def test_a_double_with_other_bytes_is_a_lie_if_the_owner_confirms_what_was_applied() -> None:
    scene = Scene()
    async with running(scene.follower.run()):
        await scene.deliver(0, 1, 2)
        await scene.deliver(1, 3, changed=1)
        await scene.holds(4)
        await until(lambda: scene.follower.state.warning_count == 1)
    assert list(scene.follower.state.warnings) == ["the stream sent other bytes for entry 1; its owner confirms ours"]
    assert scene.sink.error is None


async def test_a_double_with_other_bytes_stops_the_log_if_the_owner_holds_them_too() -> None:
    scene = Scene()
    async with running(scene.follower.run()):
        await scene.deliver(0, 1, 2)
        await scene.holds(3)
        scene.store.log[1] = entry(1, note="changed")
        await scene.deliver(1, changed=1)
        await until(lambda: scene.sink.error is not None)
        await until(lambda: scene.follower.state.stopped is not None)
    assert scene.sink.error == "entry 1 was applied, and its owner now holds other bytes for it"


async def test_a_double_with_other_bytes_stops_the_log_if_the_owner_no_longer_holds_any() -> None:
    scene = Scene()
    async with running(scene.follower.run()):
        await scene.deliver(0, 1, 2)
        await scene.holds(3)
        scene.owner._store = MemoryStore(ORIGIN)
        await scene.deliver(2, changed=2)
        await until(lambda: scene.sink.error is not None)
    assert scene.sink.error == "entry 2 was applied, and its owner no longer holds it"


async def test_a_contradiction_is_not_decided_while_the_owner_is_away() -> None:
    scene = Scene()
    async with running(scene.follower.run()):
        await scene.deliver(0, 1, 2)
        scene.owner.away = True
        await scene.deliver(1, changed=1)
        await until(lambda: scene.follower.state.trouble == "the owner is away")
        assert scene.sink.error is None
        await until(lambda: scene.script.subscribed_from[-1] == 4)
        scene.owner.away = False
        await scene.deliver(3)
        await scene.holds(4)


async def test_a_hole_is_filled_and_what_came_after_it_is_used() -> None:
    scene = Scene()
    async with running(scene.follower.run()):
        await scene.deliver(0, 1, 5, 6)
        await scene.holds(7)
    assert scene.owner.entries_read == 3


async def test_a_message_beyond_the_owners_end_is_not_applied_when_the_owner_was_asked_since(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(consumer, "COMPARE_SECONDS", 0.0)
    monkeypatch.setattr(consumer, "COMPARE_IDLE_SECONDS", 0.0)
    scene = Scene(compare=True)
    async with running(scene.follower.run()):
        await scene.deliver(*range(10))
        await scene.holds(10)
        await until(lambda: scene.follower.state.agreed_size == 10)
        await scene.deliver(10, 11)
        await until(
            lambda: scene.follower.state.trouble == "the stream holds 12 messages, and the owner only 10 entries"
        )
        assert len(scene.sink) == 10
        grow(scene.store, 1)
        await scene.deliver(10, 11)
        await scene.holds(11)
    assert scene.sink.error is None


async def test_after_a_failure_the_stream_is_asked_for_what_the_sink_has_not() -> None:
    scene = Scene()
    async with running(scene.follower.run()):
        await scene.deliver(0, 1)
        await scene.holds(2)
        scene.sink.failures = [ZeroDivisionError("a bug")]
        await scene.deliver(2, 3)
        await until(lambda: scene.script.subscribed_from == [1, 3])
        await scene.deliver(2, 3)
        await scene.holds(4)
