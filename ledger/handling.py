"""Group commit: callers wait on the event loop while one thread writes for all of them."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import deque
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


_Answer = list[Result] | Exception


class Appender:
    """The only writer of a log within its process. Commands come from one event loop.

    The loop decides when a transaction begins and wakes the thread once for each: a thread that took
    the commands one by one would take the interpreter from the loop as often. `on_append` is called
    from the writing thread after each commit.
    """

    def __init__(self, store: Store, book: Book, on_append: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self._book = book
        self._on_append = on_append
        self._thread = threading.Thread(target=self._run, name="appender", daemon=True)
        self._calls: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._waiting: deque[_Work] = deque()
        # what follows belongs to the event loop
        self._writing = False
        self._company = 1
        self._lingering: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin taking commands."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is waiting and return. Commands submitted later would wait for ever."""
        self._calls.put(False)
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

    # --------------------------------------------------------------------------- on the loop

    def _enqueue(self, asks: Sequence[Ask], prepare: Prepare | None) -> asyncio.Future[list[Result]]:
        done: asyncio.Future[list[Result]] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Work(asks, prepare, done))
        if not self._writing:
            self._begin_or_linger()
        return done

    def _begin_or_linger(self) -> None:
        """Begin a transaction when as many wait as are about, or when nobody came for a while.

        A lone caller is never kept waiting. A commit costs the same for one command as for sixty, so
        where several call at once it is worth a moment.
        """
        if len(self._waiting) >= self._company:
            self._begin()
        elif self._lingering is None:
            self._linger()

    def _linger(self) -> None:
        waiting = len(self._waiting)

        def look() -> None:
            self._lingering = None
            if self._writing or not self._waiting:
                return
            if len(self._waiting) > waiting:
                self._linger()
            else:
                self._begin()

        self._lingering = asyncio.get_running_loop().call_later(LINGER_SECONDS, look)

    def _begin(self) -> None:
        self._writing = True
        if self._lingering is not None:
            self._lingering.cancel()
            self._lingering = None
        self._calls.put(True)

    def _answer(self, works: Sequence[_Work], answers: Sequence[_Answer]) -> None:
        """The transaction is over; who was answered is likely to come again, beside those who wait already."""
        self._writing = False
        for work, answer in zip(works, answers, strict=True):
            if work.done.done():
                continue  # the caller went away
            if isinstance(answer, Exception):
                work.done.set_exception(answer)
            else:
                work.done.set_result(answer)
        self._company = len(works) + len(self._waiting)
        if self._waiting:
            self._begin_or_linger()

    # ------------------------------------------------------------------------- in the thread

    def _run(self) -> None:
        while self._calls.get():
            self._write_some()
        while self._waiting:
            self._write_some()

    def _write_some(self) -> None:
        works = self._take()
        answers = self._commit(works)
        if works:
            loop = works[0].done.get_loop()
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._answer, works, answers)

    def _take(self) -> list[_Work]:
        """What one transaction takes of those who wait."""
        works: list[_Work] = []
        commands = 0
        while self._waiting and commands < COMMANDS_PER_COMMIT:
            works.append(self._waiting.popleft())
            commands += len(works[-1].asks) or 1
        return works

    def _commit(self, works: Sequence[_Work]) -> Sequence[_Answer]:
        """One transaction; what to answer each."""
        try:
            results = self._write(works)
        except (OperationalError, InterfaceError) as error:
            log.error("append_failed", items=sum(len(work.asks) for work in works), exc_info=error)
            return [Unavailable("the ledger's database cannot take entries right now; try again") for _ in works]
        except Exception as error:  # told to the log, and to the caller
            if len(works) == 1:
                log.exception("append_crashed")
                return [error]
            # one command must not take its neighbours with it
            return [answer for work in works for answer in self._commit([work])]
        self._tell()
        return results

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
