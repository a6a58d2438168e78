"""Bare group commits: the rows of a log into its tables, with nothing around them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import create_engine

from ledger.store import StoredEntry
from ledger.store.tables import METADATA
from tests.support.postgres import new_database

Rows = Sequence[tuple[Any, ...]]
GroupCommit = Callable[[Rows], float]
"""Commits the rows in one transaction; the seconds it took."""

COLUMNS: Final = "idx, leaf, leaf_hash, event_id, stream, revision, type, agency, recorded"
#: as the ledger makes it: one row beside the entries, rewritten by every transaction
HEAD: Final = "INSERT INTO head (one, origin, size, frontier, last_recorded) VALUES (1, 'bare', 0, '', '')"


def rows_of(database: Path, start: int, stop: int) -> Rows:
    """Entries [start, stop) as a service has stored them in its SQLite database."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(
            f"SELECT {COLUMNS} FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx", (start, stop)
        ).fetchall()


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
        insert = _insert("?")

        def group_commit(rows: Rows) -> float:
            began = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(insert, rows)
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
        insert = _insert("%s")
        try:
            with engine.begin() as connection:
                connection.exec_driver_sql(HEAD)

            def group_commit(rows: Rows) -> float:
                began = time.perf_counter()
                with engine.begin() as connection:
                    connection.exec_driver_sql(insert, list(rows))
                    connection.exec_driver_sql("UPDATE head SET size = size + %s", (len(rows),))
                return time.perf_counter() - began

            yield group_commit
        finally:
            engine.dispose()


def _insert(mark: str) -> str:
    return f"INSERT INTO entries ({COLUMNS}) VALUES ({', '.join([mark] * len(StoredEntry._fields))})"
