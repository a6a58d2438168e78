"""The appender: who waits together is written together, and nobody is dragged down by a neighbour."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import OperationalError

from ledger.append import Ask, Book, Receipt, Rules
from ledger.decider import Command, Decision, State
from ledger.errors import Unavailable, UnreadableEntry
from ledger.handling import COMMANDS_PER_COMMIT, Appender
from ledger.store import Store, Transaction
from ledger.store.memory import MemoryStore
from ledger.store.sql import SqlStore
from services.followup.commands import OpenIssue
from services.followup.events import IssueOpened
from services.placement.commands import RegisterEmployer
from services.placement.events import EmployerRegistered
from tests.support.given import RULES, ask, recorded, refused
from tests.support.postgres import postgres_url
from tests.support.samples import sample
from tests.support.stores import ORIGIN, Backend, append, backend, database

__all__ = ["backend", "database", "postgres_url"]

ISSUE = OpenIssue(issue=sample(IssueOpened))
POISON = "poison"


class Crashed(Exception):
    """A bug in a decider."""


def decide_but_crash_on_poison(command: Command, state: State) -> Decision:
    if isinstance(command, RegisterEmployer) and command.registered.employer == POISON:
        raise Crashed
    return RULES["placement"].decide(command, state)


@asynccontextmanager
async def running(
    store: Store, rules: Rules = RULES["followup"], on_append: Callable[[], None] = lambda: None
) -> AsyncIterator[Appender]:
    appender = Appender(store, Book(rules), on_append)
    appender.start()
    try:
        yield appender
    finally:
        await asyncio.to_thread(appender.stop)


class Watched:
    """A store that counts its transactions and can be told what to do in one."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.transactions = 0
        self.at_start: Callable[[], None] = lambda: None
        self.at_end: Callable[[], None] = lambda: None

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        self.transactions += 1
        self.at_start()
        with self.store.transaction() as transaction:
            yield transaction
            self.at_end()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


def register(employer: str) -> Ask:
    return ask(RegisterEmployer(registered=sample(EmployerRegistered, employer=employer)))


def away() -> None:
    raise OperationalError("COMMIT", {}, Exception("database or disk is full"))


# ------------------------------------------------------------------------------------- group commit


async def test_every_caller_gets_the_results_of_its_own_asks(backend: Backend) -> None:
    async with running(backend.open()) as appender:
        sizes = [1, 3, 2, 1, 5, 1, 1, 40]
        answers = await asyncio.gather(*(appender.submit([ask(ISSUE)] * size) for size in sizes))
    assert [len(results) for results in answers] == sizes
    indices = [[recorded(result).index for result in results] for results in answers]
    assert all(run == list(range(run[0], run[0] + len(run))) for run in indices)
    assert sorted(index for run in indices for index in run) == list(range(sum(sizes)))


async def test_those_who_wait_together_share_one_transaction() -> None:
    watched = Watched(MemoryStore(ORIGIN))
    go = threading.Event()
    watched.at_start = go.wait  # type: ignore[assignment]
    async with running(watched) as appender:
        calls = [asyncio.ensure_future(appender.submit([ask(ISSUE)])) for _ in range(100)]
        await asyncio.sleep(0)
        go.set()
        await asyncio.gather(*calls)
    assert watched.transactions <= 3
    assert watched.store.head().size == 100


async def test_a_batch_is_never_split_and_a_transaction_is_bounded() -> None:
    watched = Watched(MemoryStore(ORIGIN))
    sizes: list[int] = []
    go = threading.Event()
    watched.at_start = go.wait  # type: ignore[assignment]
    watched.at_end = lambda: sizes.append(watched.store.head().size)
    async with running(watched) as appender:
        first = asyncio.ensure_future(appender.submit([ask(ISSUE)]))
        await asyncio.sleep(0)
        calls = [asyncio.ensure_future(appender.submit([ask(ISSUE)] * 300)) for _ in range(6)]
        await asyncio.sleep(0)
        go.set()
        answers = await asyncio.gather(first, *calls)
    heads = [results[0].index for results in answers if isinstance(results[0], Receipt)]
    assert heads == [0, 1, 301, 601, 901, 1201, 1501]
    growth = [after - before for before, after in zip(sizes, [*sizes[1:], 1_801], strict=True)]
    assert max(growth) <= COMMANDS_PER_COMMIT + 300
    assert all((size - 1) % 300 == 0 for size in sizes if size)


async def test_stopping_finishes_what_waits() -> None:
    watched = Watched(MemoryStore(ORIGIN))
    appender = Appender(watched, Book(RULES["followup"]))
    calls = [asyncio.ensure_future(appender.submit([ask(ISSUE)])) for _ in range(10)]
    await asyncio.sleep(0)
    appender.start()
    await asyncio.to_thread(appender.stop)
    assert len(await asyncio.gather(*calls)) == 10
    assert watched.store.head().size == 10


async def test_a_caller_that_went_away_does_not_stop_the_others() -> None:
    watched = Watched(MemoryStore(ORIGIN))
    go = threading.Event()
    watched.at_start = go.wait  # type: ignore[assignment]
    async with running(watched) as appender:
        gone = asyncio.ensure_future(appender.submit([ask(ISSUE)]))
        stays = asyncio.ensure_future(appender.submit([ask(ISSUE)]))
        await asyncio.sleep(0)
        gone.cancel()
        go.set()
        assert len(await stays) == 1
    assert gone.cancelled()
    assert watched.store.head().size == 2


# ---------------------------------------------------------------------------------------- neighbours


async def test_a_crashing_decider_does_not_take_its_neighbours_with_it(backend: Backend) -> None:
    store = backend.open()
    watched = Watched(store)
    go = threading.Event()
    watched.at_start = go.wait  # type: ignore[assignment]
    async with running(watched, Rules(RULES["placement"].catalogue, decide_but_crash_on_poison)) as appender:
        names = ["a", "b", POISON, "c", POISON, "d"]
        calls = [asyncio.ensure_future(appender.submit([register(name)])) for name in names]
        await asyncio.sleep(0)
        go.set()
        answers = await asyncio.gather(*calls, return_exceptions=True)
        after = await appender.submit([register("e")])
    assert [type(answer) for answer in answers] == [list, list, Crashed, list, Crashed, list]
    assert [recorded(answer[0]).index for answer in answers if isinstance(answer, list)] == [0, 1, 2, 3]
    assert recorded(after[0]).index == 4
    assert store.head().size == 5


async def test_of_a_batch_with_a_crash_nothing_is_recorded() -> None:
    store = MemoryStore(ORIGIN)
    async with running(store, Rules(RULES["placement"].catalogue, decide_but_crash_on_poison)) as appender:
        with pytest.raises(Crashed):
            await appender.submit([register("a"), register(POISON), register("b")])
        assert store.head().size == 0
        await appender.submit([register("a")])
    assert store.head().size == 1


async def test_a_stream_that_cannot_be_read_refuses_its_own_commands_alone() -> None:
    """An entry of a later version, say: whoever touches its stream is told, everybody else goes on."""
    store = MemoryStore(ORIGIN)
    damaged = register("a").command.stream("datong-hrss", "")
    append(store, 1, damaged)
    watched = Watched(store)
    go = threading.Event()
    watched.at_start = go.wait  # type: ignore[assignment]
    async with running(watched, RULES["placement"]) as appender:
        calls = [asyncio.ensure_future(appender.submit([register(name)])) for name in ("a", "b")]
        await asyncio.sleep(0)
        go.set()
        answers = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(answers[0], UnreadableEntry)
    assert isinstance(answers[1], list)
    assert recorded(answers[1][0]).index == 1


@pytest.mark.parametrize("asks", [[ask(ISSUE)], [ask(ISSUE)] * 3])
async def test_a_listener_that_fails_makes_no_entry_twice(asks: Sequence[Ask]) -> None:
    def fails() -> None:
        raise Crashed

    store = MemoryStore(ORIGIN)
    async with running(store, on_append=fails) as appender:
        results = await asyncio.gather(*(appender.submit([one]) for one in asks))
    assert sorted(recorded(result).index for [result] in results) == list(range(len(asks)))
    assert store.head().size == len(asks)


async def test_listeners_are_told_after_the_commit() -> None:
    store = MemoryStore(ORIGIN)
    seen: list[int] = []
    async with running(store, on_append=lambda: seen.append(store.head().size)) as appender:
        await appender.submit([ask(ISSUE)])
        await appender.submit([ask(ISSUE), ask(ISSUE)])
    assert seen == [1, 3]


# ------------------------------------------------------------------------------------ database away


@pytest.mark.parametrize("moment", ["at_start", "at_end"])
async def test_when_the_database_fails_all_are_told_and_nothing_is_recorded(backend: Backend, moment: str) -> None:
    store = backend.open()
    watched = Watched(store)
    setattr(watched, moment, away)
    async with running(watched) as appender:
        answers = await asyncio.gather(*(appender.submit([ask(ISSUE)]) for _ in range(5)), return_exceptions=True)
        assert [type(answer) for answer in answers] == [Unavailable] * 5
        assert "disk" not in str(answers[0])
        assert store.head().size == 0
        setattr(watched, moment, lambda: None)
        assert len(await appender.submit([ask(ISSUE)])) == 1
    assert store.head().size == 1


async def test_a_full_disk_is_unavailable_and_it_recovers(tmp_path: Path) -> None:
    store = SqlStore.open(f"sqlite:///{tmp_path}/log.db", ORIGIN)
    with store.readers.begin() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar()
    limit = [pages]

    @event.listens_for(store.engine, "begin")
    def ends_here(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {limit[0]}")

    async with running(store) as appender:
        with pytest.raises(Unavailable):
            await appender.submit([ask(ISSUE)] * 200)
        assert store.head().size == 0
        limit[0] = 2**30
        await appender.submit([ask(ISSUE)] * 200)
    assert store.head().size == 200
    assert len(list(store.read(0, 300))) == 200
    store.close()


async def test_a_locked_database_is_unavailable_and_it_recovers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.store.engine.BUSY_TIMEOUT_MS", 30)
    url = f"sqlite:///{tmp_path}/log.db"
    store = SqlStore.open(url, ORIGIN)
    other = create_engine(url)
    async with running(store) as appender:
        with other.connect() as holding:
            holding.exec_driver_sql("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable):
                await appender.submit([ask(ISSUE)])
            holding.rollback()
        await appender.submit([ask(ISSUE)])
    other.dispose()
    assert store.head().size == 1
    store.close()


async def test_a_lost_connection_is_unavailable_and_it_recovers(postgres_url: str) -> None:
    store = SqlStore.open(postgres_url, ORIGIN)
    other = create_engine(postgres_url)
    async with running(store) as appender:
        with other.connect() as holding:
            holding.execute(text("SELECT * FROM head FOR UPDATE"))
            waiting = asyncio.ensure_future(appender.submit([ask(ISSUE)]))
            killed = 0
            while not killed:  # until it waits for the row
                await asyncio.sleep(0.01)
                killed = len(
                    holding.execute(
                        text(
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                        )
                    ).all()
                )
            with pytest.raises(Unavailable):
                await waiting
        assert store.head().size == 0
        await appender.submit([ask(ISSUE)])
    assert store.head().size == 1
    other.dispose()
    store.close()


# -------------------------------------------------------------------------------------- prepared asks


async def test_prepared_commands_are_known_only_inside_the_transaction(database: Backend) -> None:
    store = database.open()
    with store.transaction() as transaction:
        assert transaction.connection is not None
        transaction.connection.execute(text("CREATE TABLE pool (person TEXT)"))

    def prepare(connection: Connection) -> list[Ask]:
        connection.execute(text("INSERT INTO pool VALUES ('pr_1')"))
        return [ask(ISSUE), ask(ISSUE)]

    def fail(connection: Connection) -> list[Ask]:
        connection.execute(text("INSERT INTO pool VALUES ('pr_2')"))
        raise Crashed

    def nothing(connection: Connection) -> list[Ask]:
        connection.execute(text("INSERT INTO pool VALUES ('pr_3')"))
        return []

    async with running(store) as appender:
        results, failed, empty, plain = await asyncio.gather(
            appender.submit_prepared(prepare),
            appender.submit_prepared(fail),
            appender.submit_prepared(nothing),
            appender.submit([ask(ISSUE)]),
            return_exceptions=True,
        )
    assert isinstance(results, list)
    assert len(results) == 2
    assert isinstance(failed, Crashed)
    assert empty == []
    assert isinstance(plain, list)
    with store.transaction() as transaction:
        assert transaction.connection is not None
        people = transaction.connection.execute(text("SELECT person FROM pool ORDER BY 1")).scalars().all()
    assert list(people) == ["pr_1", "pr_3"]
    assert store.head().size == 3


async def test_prepared_commands_need_a_database() -> None:
    async with running(MemoryStore(ORIGIN)) as appender:
        with pytest.raises(RuntimeError, match="no connection"):
            await appender.submit_prepared(lambda connection: [])


async def test_refusals_come_back_as_values() -> None:
    from services.followup.commands import ReferIssue
    from services.followup.events import IssueReferred

    async with running(MemoryStore(ORIGIN)) as appender:
        [result] = await appender.submit([ask(ReferIssue(subject="issue/x/y/z", referred=sample(IssueReferred)))])
    refused(result, "no_such_stream")
