"""The database of a vault: what is deleted leaves no copy behind.

SQLite zeroes freed cells only when told to, and from the first insert on: a page that was split
without it keeps copies of the cells that moved. Even so, splits of an index in random order left one
blind value in about 2,500 in free space (tried), so the index is rebuilt after a deletion. Old pages
stay in the write-ahead log until that is emptied. PostgreSQL has no such means: there a deleted row
leaves the files with vacuum and the recycling of its write-ahead log.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Table, event
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError

from ledger.errors import LedgerError, Unavailable, UnsafeStore
from ledger.store import Transaction
from ledger.store.engine import BUSY_TIMEOUT_MS
from ledger.store.sql import SqlStore
from services.registry.tables import BLIND_INDEX

log = structlog.get_logger()


class VaultFailed(LedgerError):
    """A statement on the vault failed. Which values it held is told to nobody."""


def keep_no_traces(engine: Engine) -> None:
    """Every connection from now on zeroes what it deletes, and no error quotes a parameter."""
    engine.hide_parameters = True
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _zero_what_is_deleted)
        engine.dispose()  # those opened before did not hear of it


def _zero_what_is_deleted(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    [on] = cursor.execute("PRAGMA secure_delete = ON").fetchone()
    cursor.close()
    if on != 1:
        raise UnsafeStore("SQLite does not know secure_delete=ON: what is erased would stay in its file")


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, values in column order, in one statement."""
    if not rows:
        return
    columns = ", ".join(column.name for column in table.columns)
    into = f"INSERT INTO {table.name} ({columns})"
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"{into} VALUES ({', '.join('?' * len(table.columns))})", list(rows))
    else:
        # an array a column: one round trip for any number of rows
        arrays = ", ".join(f"%s::{column.type.compile(connection.dialect)}[]" for column in table.columns)
        connection.exec_driver_sql(f"{into} SELECT * FROM unnest({arrays})", tuple(map(list, zip(*rows, strict=True))))


def rebuild_after_deletion(connection: Connection) -> None:
    """Within the deleting transaction: leave no copy in the free space of a page."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"REINDEX {BLIND_INDEX.name}")


def empty_write_ahead_log(engine: Engine, wait_ms: int = BUSY_TIMEOUT_MS) -> bool:
    """After a commit that deleted: move all pages to the database file and cut the log to nothing.

    False: readers were in the way for `wait_ms`; the next erasure or start tries again. PostgreSQL
    looks after its own, so there it is always True.
    """
    if engine.dialect.name != "sqlite":
        return True
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(wait_ms)}")
        busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.close()
    finally:
        raw.close()
    if busy:
        log.error("erasure_traces_remain", reason="write_ahead_log_in_use")
    return not busy


@contextmanager
def own_transaction(store: SqlStore) -> Iterator[Transaction]:
    """An append transaction apart from the appender's, for what must see its result before it commits.

    The head row is locked, so the appender waits. Raises Unavailable: the database is away.
    """
    try:
        with store.transaction() as transaction, no_values_in_errors():
            yield transaction
    except (OperationalError, InterfaceError) as error:
        log.error("append_failed", error=type(error.orig).__name__, count=1)
        raise Unavailable("the ledger's database cannot take entries right now; try again") from None


@contextmanager
def no_values_in_errors() -> Iterator[None]:
    """Errors of statements become VaultFailed, but for those that say the database is away."""
    try:
        yield
    except (OperationalError, InterfaceError):
        raise
    except SQLAlchemyError as error:
        raise VaultFailed(f"a statement on the vault failed: {type(error).__name__}") from None
