"""Whatever a stream tells: the sink ends with the owner's entries, or stopped, and never stopped for nothing.

Each seed is one history of a follower: some subscriptions that lie, lose, repeat and reorder, an owner
who is away now and then, a database that fails now and then, and at last an honest stream.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
import structlog
from sqlalchemy.exc import OperationalError

from ledger.feed import consumer, following
from ledger.feed.consumer import Follower
from ledger.feed.jetstream import Broker
from ledger.feed.subscription import SubscriptionLost
from ledger.feed.verify import Message
from ledger.store import StoredEntry
from ledger.store.memory import MemoryStore
from tests.support.feeds import ORIGIN, MemorySink, Owner, entry, grow, leaves_of, running, until

Lie = Callable[[random.Random, list[Message]], list[Message]]


def told(stored: StoredEntry, sequence: int | None = None) -> Message:
    return Message(sequence or stored.index + 1, stored.leaf, stored.leaf_hash.hex(), str(stored.index))


def flip(chance: random.Random, messages: list[Message]) -> list[Message]:
    at = chance.randrange(len(messages))
    leaf = bytearray(messages[at].leaf)
    leaf[chance.randrange(len(leaf))] ^= 1 << chance.randrange(8)
    return [*messages[:at], messages[at]._replace(leaf=bytes(leaf)), *messages[at + 1 :]]


def drop(chance: random.Random, messages: list[Message]) -> list[Message]:
    at, count = chance.randrange(len(messages)), chance.choice([1, 1, 3, 10])
    return messages[:at] + messages[at + count :]


def leave_out(chance: random.Random, messages: list[Message]) -> list[Message]:
    """The later ones move up: every one of them is in the wrong place."""
    at = chance.randrange(len(messages))
    return messages[:at] + [m._replace(sequence=m.sequence - 1) for m in messages[at + 1 :]]


def repeat(chance: random.Random, messages: list[Message]) -> list[Message]:
    at = chance.randrange(len(messages))
    return messages[: at + 1] + messages[chance.randrange(at + 1) :]


def reorder(chance: random.Random, messages: list[Message]) -> list[Message]:
    at = chance.randrange(len(messages))
    some = messages[at : at + 5]
    chance.shuffle(some)
    return messages[:at] + some + messages[at + 5 :]


def exchange(chance: random.Random, messages: list[Message]) -> list[Message]:
    one, two = chance.randrange(len(messages)), chance.randrange(len(messages))
    changed = list(messages)
    changed[one] = messages[two]._replace(sequence=messages[one].sequence)
    changed[two] = messages[one]._replace(sequence=messages[two].sequence)
    return changed


def claim(chance: random.Random, messages: list[Message]) -> list[Message]:
    at = chance.randrange(len(messages))
    claims: dict[str, Any] = chance.choice([{"claimed_hash": "00" * 32}, {"claimed_index": "7"}, {"claimed_hash": ""}])
    return [*messages[:at], messages[at]._replace(**claims), *messages[at + 1 :]]


def forge(chance: random.Random, messages: list[Message]) -> list[Message]:
    """An entry that is right in every respect but that its owner never wrote it."""
    at = chance.randrange(len(messages))
    index = messages[at].sequence - 1
    return [*messages[:at], told(entry(index, note="forged")), *messages[at + 1 :]]


def foreign(chance: random.Random, messages: list[Message]) -> list[Message]:
    at = chance.randrange(len(messages))
    index = messages[at].sequence - 1
    return [*messages[:at], told(entry(index, origin="ledger.evil/placement")), *messages[at + 1 :]]


def invent(chance: random.Random, messages: list[Message]) -> list[Message]:
    """Entries after the owner's last."""
    end = messages[-1].sequence
    return messages + [told(entry(index, note="invented")) for index in range(end, end + chance.randrange(1, 4))]


LIES: tuple[Lie, ...] = (flip, drop, leave_out, repeat, reorder, exchange, claim, forge, foreign, invent)


class Delivery:
    """A subscription that delivers a list, in pieces, and is lost."""

    def __init__(self, chance: random.Random, messages: list[Message]) -> None:
        self._chance = chance
        self._messages = messages
        self.still_to_come = 0

    async def take(self, most: int, seconds: float) -> list[Message]:
        await asyncio.sleep(0)
        if not self._messages:
            raise SubscriptionLost("the end of what was scripted")
        count = self._chance.randrange(1, 20)
        some, self._messages = self._messages[:count], self._messages[count:]
        return some


class LyingBroker:
    """Lies in its first subscriptions and is honest afterwards."""

    def __init__(self, chance: random.Random, store: MemoryStore, owner: Owner, sink: MemorySink) -> None:
        self._chance = chance
        self._store = store
        self._owner = owner
        self._sink = sink
        self._lies_left = chance.randrange(1, 5)

    @asynccontextmanager
    async def subscribe(self, slug: str, from_sequence: int) -> AsyncIterator[Delivery]:
        size = self._store.head().size
        messages = [told(stored) for stored in self._store.read(from_sequence - 1, size)]
        self._owner.away = False
        if self._lies_left and messages:
            self._lies_left -= 1
            self._owner.away = self._chance.random() < 0.3
            if self._chance.random() < 0.2:
                self._sink.failures.append(OperationalError("UPDATE …", {}, Exception("database is locked")))
            for lie in self._chance.sample(LIES, self._chance.choice([1, 1, 2])):
                if messages:
                    messages = lie(self._chance, messages)
        yield Delivery(self._chance, messages)

    async def last_sequence(self, slug: str) -> int:
        return self._store.head().size


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(following, "RETRY_SECONDS", (0.0001, 0.001))
    monkeypatch.setattr(consumer, "COMPARE_SECONDS", 0.0)
    monkeypatch.setattr(consumer, "COMPARE_IDLE_SECONDS", 0.0)
    configured = structlog.get_config()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), processors=[lambda *_: ""])
    yield
    structlog.configure(**configured)


async def history(seed: int) -> bool:
    """Whether the log was stopped."""
    chance = random.Random(seed)
    store, sink = MemoryStore(ORIGIN), MemorySink()
    grow(store, chance.randrange(1, 60))
    owner = Owner(store)
    sink.keeps_hashes = chance.random() < 0.8
    broker = LyingBroker(chance, store, owner, sink)
    follower = Follower(ORIGIN, "placement", sink, owner, cast(Broker, broker), head=owner.head)
    size = store.head().size
    async with running(follower.run()):
        await until(lambda: sink.error is not None or follower.state.agreed_size == size == len(sink))
    honest = sink.leaves() == leaves_of(store)[: len(sink)] and len(sink) <= size
    assert honest == (sink.error is None), f"seed {seed}: {sink.error}"
    return sink.error is not None


@pytest.mark.parametrize("first", range(0, 300, 50))
async def test_no_lie_of_a_stream_survives_and_no_truth_is_refused(first: int) -> None:
    stopped = [await history(seed) for seed in range(first, first + 50)]
    assert not all(stopped)


@pytest.mark.nightly
@pytest.mark.timeout(3_600)
async def test_no_lie_of_a_stream_survives_in_twenty_thousand_histories() -> None:
    assert 0 < sum([await history(seed) for seed in range(1_000, 21_000)]) < 20_000
