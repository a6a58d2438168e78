"""Bare group commits: the rows of a log into its tables, with nothing around them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import create_engine, insert, update

from ledger.entry import Entry, EventReader, decode, encode
from ledger.event import Event
from ledger.ids import uuid7s
from ledger.merkle import Frontier, leaf_hash
from ledger.store import StoredEntry
from ledger.store.engine import open_engine
from ledger.store.tables import ENTRIES, METADATA
from ledger.store.tables import HEAD as HEAD_ROW
from tests.support.postgres import new_database

Rows = Sequence[tuple[Any, ...]]
Statements = Sequence[tuple[Entry, Event]]
"""Entries and their events, as they were decoded: what rows are made of."""
GroupCommit = Callable[[Rows], float]
"""Commits the rows in one transaction; the seconds it took."""

COLUMNS: Final = "idx, leaf, leaf_hash, event_id, stream, revision, type, agency, recorded"
#: what a group commit of the ledger holds when many callers are about, a quarter of its most
ROWS_A_COMMIT: Final = 128
#: as the ledger makes it: one row beside the entries, rewritten by every transaction
HEAD: Final = "INSERT INTO head (one, origin, size, frontier, last_recorded) VALUES (1, 'bare', 0, '', '')"


def rows_of(database: Path, start: int, stop: int) -> Rows:
    """Entries [start, stop) as a service has stored them in its SQLite database."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(
            f"SELECT {COLUMNS} FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx", (start, stop)
        ).fetchall()


def statements_of(rows: Rows, reader: EventReader) -> Statements:
    """What the rows state: the same facts, not yet encoded."""
    entries = [decode(row[1]) for row in rows]
    return [(entry, reader.event(entry)) for entry in entries]


def make_rows(statements: Statements, frontier: Frontier) -> Rows:
    """The rows of these facts: canonical bytes, hashed, joined to the tree. No checks, no decisions."""
    rows = []
    for (entry, event), event_id in zip(statements, uuid7s(len(statements)), strict=True):
        leaf = encode(
            event=event,
            type=entry.type,
            actor=entry.actor,
            agency=entry.agency,
            id=event_id,
            index=entry.index,
            recorded=entry.recorded,
            request=entry.request,
            revision=entry.revision,
            source=entry.source,
            subject=entry.subject,
        )
        stored = (entry.subject, entry.revision, entry.type, entry.agency, entry.recorded)
        rows.append((entry.index, leaf, leaf_hash(leaf), event_id, *stored))
    frontier.extend(row[2] for row in rows)
    return rows


@contextmanager
def core_log(file: Path, reader: EventReader) -> Iterator[GroupCommit]:
    """A bare group commit in SQLite with the libraries that the ledger uses, as durable as the ledger's.

    The rows are made anew (encoded, hashed, joined to the tree) and inserted with SQLAlchemy Core,
    `ROWS_A_COMMIT` a transaction. Nothing is checked, nothing decided, nobody calls.
    """
    engine = open_engine(f"sqlite:///{file}")
    METADATA.create_all(engine)
    names = [column.name for column in ENTRIES.columns]
    frontier = Frontier()
    with engine.begin() as connection:
        connection.exec_driver_sql(HEAD)

    def group_commit(rows: Rows) -> float:
        statements = statements_of(rows, reader)
        began = time.perf_counter()
        for start in range(0, len(statements), ROWS_A_COMMIT):
            made = make_rows(statements[start : start + ROWS_A_COMMIT], frontier)
            with engine.begin() as connection:
                connection.execute(insert(ENTRIES), [dict(zip(names, row, strict=True)) for row in made])
                connection.execute(update(HEAD_ROW).values(size=frontier.size, frontier=frontier.pack()))
        return time.perf_counter() - began

    try:
        yield group_commit
    finally:
        engine.dispose()


@contextmanager
def sqlite_log(file: Path) -> Iterator[GroupCommit]:
    """The ledger's tables and indexes in SQLite, as durable as the ledger's: WAL, FULL."""
    engine = create_engine(f"sqlite:///{file}")
    METADATA.create_all(engine)
    engine.dispose()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(HEAD)
        statement = _insert("?")

        def group_commit(rows: Rows) -> float:
            began = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(statement, rows)
            connection.execute("UPDATE head SET size = size + ?", (len(rows),))
            connection.execute("COMMIT")
            return time.perf_counter() - began

        yield group_commit


@contextmanager
def postgres_log() -> Iterator[GroupCommit]:
    """The same in a PostgreSQL of its own, `fsync` and `synchronous_commit` on."""
    with new_database() as url:
        engine = create_engine(url)
        METADATA.create_all(engine)
        statement = _insert("%s")
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql(HEAD)

            def group_commit(rows: Rows) -> float:
                began = time.perf_counter()
                with engine.begin() as connection:
                    connection.exec_driver_sql(statement, list(rows))
                    connection.exec_driver_sql("UPDATE head SET size = size + %s", (len(rows),))
                return time.perf_counter() - began

            yield group_commit
        finally:
            engine.dispose()


def _insert(mark: str) -> str:
    return f"INSERT INTO entries ({COLUMNS}) VALUES ({', '.join([mark] * len(StoredEntry._fields))})"
