"""Engines that would rather not start than lose an acknowledged entry in a power cut.

Tried with real power cuts: SQLite in WAL mode loses acknowledged commits with `synchronous=NORMAL`,
and in its default rollback mode even with FULL; PostgreSQL loses them with `synchronous_commit=off`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.pool import QueuePool

from ledger.errors import UnsafeStore

BUSY_TIMEOUT_MS = 10_000
#: PostgreSQL settings and the values under which an acknowledged commit survives.
SAFE_POSTGRES = {
    "synchronous_commit": {"on", "remote_write", "remote_apply"},
    "fsync": {"on"},
    "full_page_writes": {"on"},
}


def open_engine(url: str, *, immediate: bool = True) -> Engine:
    """An engine for `sqlite:///…` or `postgresql+psycopg://…`.

    `immediate`: SQLite transactions take the write lock at once, so that what was read cannot
    change before it is acted upon. Readers pass False. Raises UnsafeStore at connect.
    """
    backend = make_url(url).get_backend_name()
    if backend == "sqlite":
        return _open_sqlite(url, "BEGIN IMMEDIATE" if immediate else "BEGIN")
    if backend == "postgresql":
        engine = create_engine(url, isolation_level="READ COMMITTED", pool_pre_ping=True)
        event.listen(engine, "connect", _check_postgres)
        return engine
    raise UnsafeStore(f"{backend} is not a database this ledger keeps a log in; use sqlite or postgresql+psycopg")


def _open_sqlite(url: str, begin: str) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=5,
        # the driver's own implicit BEGIN comes too late: two increments gave one
        connect_args={"autocommit": True} if _driver_has_autocommit() else {"isolation_level": None},
    )

    def connected(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        mode = cursor.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        cursor.execute("PRAGMA synchronous = FULL")
        level = cursor.execute("PRAGMA synchronous").fetchone()[0]
        cursor.execute("PRAGMA foreign_keys = ON")
        # else INSERT OR REPLACE deletes rows behind the back of the triggers that refuse it
        cursor.execute("PRAGMA recursive_triggers = ON")
        cursor.close()
        if mode != "wal" or level < 2:
            raise UnsafeStore(f"SQLite runs with journal_mode={mode}, synchronous={level}; WAL and FULL are needed")

    def begun(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)
    return engine


def _driver_has_autocommit() -> bool:
    import sqlite3

    return hasattr(sqlite3, "LEGACY_TRANSACTION_CONTROL")


def _check_postgres(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        for setting, safe in SAFE_POSTGRES.items():
            cursor.execute(f"SHOW {setting}")
            value = cursor.fetchone()[0]
            if value not in safe:
                connection.rollback()
                raise UnsafeStore(
                    f"PostgreSQL runs with {setting}={value}; one of {', '.join(sorted(safe))} is needed, "
                    "or a power cut loses entries that were acknowledged"
                )
    connection.rollback()
