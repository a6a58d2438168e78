"""Following a log in order to act: rows of one's own and commands to oneself, exactly once.

The position in the followed log, the rows and the entries that it causes are one transaction of the
reacting service's database. After a crash the same entries are seen again from the same position,
and their commands carry the same request ids.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog
from sqlalchemy import Connection, select, update

from ledger.append import Ask
from ledger.entry import Entry
from ledger.errors import Refusal, Unavailable
from ledger.feed import Position, Verified
from ledger.handling import Appender
from ledger.merkle import Frontier
from ledger.store.sql import SqlStore
from ledger.store.tables import POSITIONS

log = structlog.get_logger()


class Reaction(Protocol):
    """What a service does when a log says something. Pure but for the connection it is given."""

    def asks(self, entry: Entry) -> Sequence[Ask]:
        """Commands to oneself. A refusal of one is logged and otherwise ignored."""

    def project(self, connection: Connection, log: str, entries: Sequence[Entry]) -> None:
        """Rows of one's own, for entries not seen before, in order."""


def request_id(entry: Entry) -> str:
    """The request id of what an entry causes: the same after every restart."""
    return f"react:{entry.source.replace('/', ':')}:{entry.index}"


class ReactorSink:
    """A `ledger.feed.Sink` that hands what it gets to a reaction, inside an append transaction."""

    def __init__(
        self, store: SqlStore, appender: Appender, loop: asyncio.AbstractEventLoop, reaction: Reaction
    ) -> None:
        self._store = store
        self._appender = appender
        self._loop = loop
        self._reaction = reaction

    def position(self, log: str) -> Position:
        """How far this database has followed the log."""
        with self._store.readers.begin() as connection:
            row = connection.execute(select(POSITIONS).where(POSITIONS.c.log == log)).one_or_none()
        if row is None:
            return Position(Frontier(), None)
        return Position(Frontier.unpack(row.next_index, bytes(row.frontier)), row.error)

    def leaf_hash_at(self, log: str, index: int) -> bytes | None:
        """Hashes of entries gone by are not kept here; the frontier alone is."""
        return None

    def apply(self, log: str, batch: Sequence[Verified], after: Frontier) -> None:
        """Act on the batch and move the position, in one transaction of the appender's."""

        def prepare(connection: Connection) -> Sequence[Ask]:
            _move(connection, log, batch[0].index, after)
            entries = [verified.entry for verified in batch]
            self._reaction.project(connection, log, entries)
            return [ask for entry in entries for ask in self._reaction.asks(entry)]

        results = asyncio.run_coroutine_threadsafe(self._appender.submit_prepared(prepare), self._loop).result()
        for result in results:
            if isinstance(result, Refusal):
                _tell(result)

    def stop(self, log: str, error: str) -> None:
        """Record that the log diverged."""
        with self._store.engine.begin() as connection:
            if not connection.execute(update(POSITIONS).where(POSITIONS.c.log == log).values(error=error)).rowcount:
                values = {"log": log, "next_index": 0, "frontier": b"", "error": error}
                connection.execute(POSITIONS.insert().values(values))


def _move(connection: Connection, log: str, old: int, after: Frontier) -> None:
    values = {"next_index": after.size, "frontier": after.pack()}
    moved = connection.execute(
        update(POSITIONS).where(POSITIONS.c.log == log, POSITIONS.c.next_index == old).values(values)
    )
    if moved.rowcount == 0:
        if old != 0:
            # whoever moved it did the work; this one reads the place again and goes on from there
            raise Unavailable(f"{log}: the position is no longer {old}; does another process follow it here?")
        connection.execute(POSITIONS.insert().values(log=log, error=None, **values))


def _tell(refusal: Refusal) -> None:
    log.info("reaction_refused", rule=refusal.rule)
