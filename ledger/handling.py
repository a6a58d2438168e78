"""Group commit: callers wait on the event loop while one thread writes for all of them."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

from ledger.append import Ask, Book, Result
from ledger.errors import Unavailable
from ledger.store import Store

#: What one transaction takes at most: a batch call is never split, so it may hold a little more.
COMMANDS_PER_COMMIT = 512
#: How long a transaction waits for the next command when several callers are about.
LINGER_SECONDS = 0.003

log = structlog.get_logger()

Prepare = Callable[[Connection], Sequence[Ask]]
"""Reads and writes rows of the service's own in the append transaction, and says what to append."""


class _Work(NamedTuple):
    asks: Sequence[Ask]
    prepare: Prepare | None
    done: asyncio.Future[list[Result]]
    loop: asyncio.AbstractEventLoop


class Appender:
    """The only writer of a log within its process.

    `on_append` is called from the writing thread after each commit.
    """

    def __init__(self, store: Store, book: Book, on_append: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self._book = book
        self._on_append = on_append
        self._waiting: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="appender", daemon=True)

    def start(self) -> None:
        """Begin taking commands."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is waiting and return. Commands submitted later would wait for ever."""
        self._waiting.put(None)
        self._thread.join()

    async def submit(self, asks: Sequence[Ask]) -> list[Result]:
        """Decide and append, in order, in one transaction; a result for each.

        Raises Unavailable: the database is away or full. Then nothing is known to be recorded, and
        the same request may be sent again.
        """
        return await self._enqueue(asks, None)

    async def submit_prepared(self, prepare: Prepare) -> list[Result]:
        """The same, for commands that are only known inside the transaction.

        `prepare` may run again if another command of the same commit fails: it must not act outside
        the connection it is given.
        """
        return await self._enqueue((), prepare)

    async def _enqueue(self, asks: Sequence[Ask], prepare: Prepare | None) -> list[Result]:
        loop = asyncio.get_running_loop()
        work = _Work(asks, prepare, loop.create_future(), loop)
        self._waiting.put(work)
        return await work.done

    def _run(self) -> None:
        company = 1
        while True:
            works, stopping = self._gather(company)
            if works:
                self._commit(works)
            if stopping:
                return
            # who was answered just now is likely to come again, beside those who wait already
            company = len(works) + self._waiting.qsize()

    def _gather(self, company: int) -> tuple[list[_Work], bool]:
        """What one transaction takes, and whether it is the last.

        A lone caller is never kept waiting. Where several call at once, the transaction begins when as
        many wait as did before, or when nobody came for a while: a commit costs the same for one command
        as for sixty, and while it runs the event loop and this thread get in each other's way.
        """
        works: list[_Work] = []
        taken = 0
        work = self._waiting.get()
        while work is not None:
            works.append(work)
            taken += len(work.asks) or 1
            if taken >= COMMANDS_PER_COMMIT:
                return works, False
            try:
                if len(works) < company:
                    work = self._waiting.get(timeout=LINGER_SECONDS)
                else:
                    work = self._waiting.get_nowait()
            except queue.Empty:
                return works, False
        return works, True

    def _commit(self, works: Sequence[_Work]) -> None:
        try:
            outcomes = self._write(works)
        except (OperationalError, InterfaceError) as error:
            log.error("append_failed", items=sum(len(work.asks) for work in works), exc_info=error)
            _fail(works, Unavailable("the ledger's database cannot take entries right now; try again"))
            return
        except Exception as error:
            if len(works) == 1:
                log.exception("append_crashed")
                _fail(works, error)
                return
            # one command must not take its neighbours with it
            for work in works:
                self._commit([work])
            return
        _resolve(works, outcomes)
        self._tell()

    def _write(self, works: Sequence[_Work]) -> list[list[Result]]:
        with self._store.transaction() as transaction:
            batches = [self._prepared(work, transaction.connection) for work in works]
            return self._book.write(transaction, batches)

    def _tell(self) -> None:
        """What is committed stays so, whatever becomes of whoever wants to know of it."""
        try:
            self._on_append()
        except Exception:
            log.exception("append_listener_failed")

    @staticmethod
    def _prepared(work: _Work, connection: Connection | None) -> Sequence[Ask]:
        if work.prepare is None:
            return work.asks
        if connection is None:
            raise RuntimeError("this store has no connection to prepare on")
        return work.prepare(connection)


def _resolve(works: Sequence[_Work], outcomes: Sequence[list[Result]]) -> None:
    def deliver() -> None:
        for work, outcome in zip(works, outcomes, strict=True):
            if not work.done.done():
                work.done.set_result(outcome)

    _on_loop(works, deliver)


def _fail(works: Sequence[_Work], error: BaseException) -> None:
    def deliver() -> None:
        for work in works:
            if not work.done.done():
                work.done.set_exception(error)

    _on_loop(works, deliver)


def _on_loop(works: Sequence[_Work], deliver: Callable[[], None]) -> None:
    loop = works[0].loop
    if not loop.is_closed():
        loop.call_soon_threadsafe(deliver)
