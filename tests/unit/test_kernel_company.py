"""When the appender begins a transaction: at once for a lone caller, together for company."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from ledger.append import Book
from ledger.handling import Appender
from ledger.store import Transaction
from ledger.store.memory import MemoryStore
from services.followup.commands import OpenIssue
from services.followup.events import IssueOpened
from tests.support.given import RULES, ask
from tests.support.samples import sample

ISSUE = OpenIssue(issue=sample(IssueOpened))
COMMIT_SECONDS = 0.003


class SlowStore(MemoryStore):
    """A store whose commits take as long as a disk's."""

    def __init__(self) -> None:
        super().__init__("ledger.local/followup")
        self.sizes: list[int] = []

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        before = self.head().size
        with super().transaction() as transaction:
            yield transaction
            time.sleep(COMMIT_SECONDS)
        self.sizes.append(self.head().size - before)


@asynccontextmanager
async def running(store: MemoryStore) -> AsyncIterator[Appender]:
    appender = Appender(store, Book(RULES["followup"]))
    appender.start()
    try:
        yield appender
    finally:
        await asyncio.to_thread(appender.stop)


async def test_a_lone_caller_is_never_kept_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.handling.LINGER_SECONDS", 60.0)
    async with running(SlowStore()) as appender, asyncio.timeout(10):
        for _ in range(5):
            await appender.submit([ask(ISSUE)])


async def test_callers_who_come_again_and_again_share_their_transactions() -> None:
    store = SlowStore()

    async def call_again_and_again(appender: Appender) -> None:
        for _ in range(20):
            await appender.submit([ask(ISSUE)])

    async with running(store) as appender:
        await asyncio.gather(*(call_again_and_again(appender) for _ in range(16)))
    assert sum(store.sizes) == 320
    assert len(store.sizes) < 80


async def test_who_stays_away_holds_nobody_up_for_long() -> None:
    store = SlowStore()
    async with running(store) as appender, asyncio.timeout(10):
        await asyncio.gather(*(appender.submit([ask(ISSUE)]) for _ in range(50)))
        for _ in range(10):
            await appender.submit([ask(ISSUE)])
    assert store.sizes[-10:] == [1] * 10


async def test_a_whole_batch_counts_as_one_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.handling.LINGER_SECONDS", 60.0)
    async with running(SlowStore()) as appender, asyncio.timeout(10):
        for _ in range(3):
            assert len(await appender.submit([ask(ISSUE)] * 100)) == 100
