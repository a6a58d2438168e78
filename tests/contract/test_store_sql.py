"""What only a database can promise: triggers, safe settings, one log a database, migrations."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from ledger.errors import LogDiverged, UnsafeStore
from ledger.store import StoredRequest, engine
from ledger.store.engine import open_engine
from ledger.store.migrate import upgrade
from ledger.store.sql import SqlStore
from tests.support.postgres import postgres_url
from tests.support.stores import AGENCY, ORIGIN, Backend, append, database

__all__ = ["database", "postgres_url"]

# ------------------------------------------------------------------------------------------- triggers


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET agency = 'other' WHERE idx = 0",
        "UPDATE entries SET idx = 7 WHERE idx = 0",
        "DELETE FROM entries WHERE idx = 1",
        "DELETE FROM entries",
        "UPDATE requests SET about_index = 1",
        "DELETE FROM requests",
    ],
)
def test_entries_and_requests_cannot_be_changed_or_deleted(database: Backend, statement: str) -> None:
    store = database.open()
    rows = append(store, 2, requests=[StoredRequest(AGENCY, "r", b"\x01" * 32, 0)])
    with _plain(database.url) as outside, pytest.raises(DBAPIError, match="append-only"), outside.begin() as connection:
        connection.execute(text(statement))
    assert list(store.read(0, 10)) == rows


def test_postgresql_does_not_truncate_them_either(postgres_url: str) -> None:
    store = SqlStore.open(postgres_url, ORIGIN)
    rows = append(store, 2)
    for table in ("entries", "requests"):
        with _plain(postgres_url) as outside, pytest.raises(DBAPIError, match="append-only"):  # noqa: SIM117
            with outside.begin() as connection:
                connection.execute(text(f"TRUNCATE {table}"))
    assert list(store.read(0, 10)) == rows
    store.close()


def test_sqlite_replaces_no_entry_on_a_connection_of_ours(tmp_path: Path) -> None:
    """INSERT OR REPLACE deletes without a DELETE: its triggers run only if they are told to."""
    store = SqlStore.open(f"sqlite:///{tmp_path}/log.db", ORIGIN)
    rows = append(store, 2)
    with pytest.raises(DBAPIError, match="append-only"), store.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT OR REPLACE INTO entries"
                " SELECT idx, x'00', leaf_hash, event_id, stream, revision, type, agency, recorded FROM entries"
            )
        )
    assert list(store.read(0, 10)) == rows
    store.close()


# ---------------------------------------------------------------------------------- unsafe settings


def test_sqlite_in_memory_is_refused_as_unsafe() -> None:
    with pytest.raises(UnsafeStore, match="journal_mode=memory"):
        SqlStore.open("sqlite://", ORIGIN)


def test_sqlite_that_cannot_be_put_into_wal_mode_is_refused(tmp_path: Path) -> None:
    """Somebody else holds the database in rollback mode and reads: the mode cannot be changed."""
    path = tmp_path / "log.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE t (a)")
    other.commit()
    other.execute("BEGIN")
    other.execute("SELECT * FROM t").fetchall()
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Exception, match=r"journal_mode|locked"):
        patch.setattr(engine, "BUSY_TIMEOUT_MS", 1)
        SqlStore.open(f"sqlite:///{path}", ORIGIN)
    other.close()


@pytest.mark.parametrize(
    ("ignored", "told"),
    [("PRAGMA synchronous = FULL", "synchronous=1"), ("PRAGMA journal_mode = WAL", "journal_mode=delete")],
)
def test_sqlite_that_does_not_take_a_safe_setting_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ignored: str, told: str
) -> None:
    """A build or a VFS may ignore a pragma silently: what counts is what it says afterwards."""
    connect = sqlite3.connect

    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, parameters: Any = ()) -> Any:
            if sql == ignored:
                sql = {"synchronous": "PRAGMA synchronous = NORMAL", "journal_mode": "PRAGMA journal_mode"}[
                    ignored.split()[1]
                ]
            return super().execute(sql, parameters)

    class Deaf(sqlite3.Connection):
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

    monkeypatch.setattr("sqlite3.dbapi2.connect", lambda *args, **kw: connect(*args, **kw, factory=Deaf))
    with pytest.raises(UnsafeStore, match=told):
        SqlStore.open(f"sqlite:///{tmp_path}/log.db", ORIGIN)


def test_every_sqlite_connection_is_set_up_not_only_the_first(tmp_path: Path) -> None:
    store = SqlStore.open(f"sqlite:///{tmp_path}/log.db", ORIGIN)
    with store.engine.connect() as _held, store.engine.connect() as _also_held:
        levels = []
        for reader in (store.engine, store.readers):
            raw = reader.raw_connection()
            cursor = raw.cursor()
            levels.append(
                (cursor.execute("PRAGMA synchronous").fetchone(), cursor.execute("PRAGMA journal_mode").fetchone())
            )
            raw.close()
    assert levels == [((2,), ("wal",)), ((2,), ("wal",))]
    store.close()


def test_postgresql_without_synchronous_commit_is_refused(postgres_url: str) -> None:
    with _plain(postgres_url) as admin, admin.connect() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar()
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
        connection.commit()
    with pytest.raises(UnsafeStore, match="synchronous_commit=off"):
        SqlStore.open(postgres_url, ORIGIN)


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_postgresql_server_that_does_not_sync_is_refused(postgres_url: str, setting: str) -> None:
    SqlStore.open(postgres_url, ORIGIN).close()
    with _server_setting(postgres_url, setting, "off"), pytest.raises(UnsafeStore, match=f"{setting}=off"):
        SqlStore.open(postgres_url, ORIGIN)
    SqlStore.open(postgres_url, ORIGIN).close()


@pytest.mark.parametrize("url", ["mysql://localhost/x", "oracle://localhost/x"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(UnsafeStore, match="not a database this ledger keeps a log in"):
        open_engine(url)


# ------------------------------------------------------------------------------ opening and migrating


def test_a_database_of_another_log_is_refused_and_left_alone(database: Backend) -> None:
    rows = append(database.open(), 2)
    with pytest.raises(LogDiverged, match=r"ledger\.local/test, not ledger\.local/other"):
        SqlStore.open(database.url, "ledger.local/other")
    assert list(database.open().read(0, 10)) == rows


def test_migrations_run_twice_change_nothing(database: Backend) -> None:
    store = database.open()
    rows = append(store, 2)
    with _plain(database.url) as outside:
        before = _schema(outside)
        again = open_engine(database.url)
        upgrade(again)
        upgrade(again)
        again.dispose()
        assert _schema(outside) == before
    assert list(store.read(0, 10)) == rows


def test_processes_that_start_together_open_one_log(database: Backend) -> None:
    """Both migrate, both would write the head row: one does, the other finds it done."""
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: SqlStore.open(database.url, ORIGIN), range(4)))
    append(stores[0], 1)
    assert [store.head().size for store in stores] == [1] * 4
    for store in stores:
        store.close()


def test_a_migration_that_fails_leaves_no_half_a_schema(database: Backend, tmp_path: Path) -> None:
    folder = tmp_path / "versions"
    folder.mkdir()
    (folder / "0001_broken.py").write_text(
        "from alembic import op\n"
        "revision, down_revision, branch_labels, depends_on = 'x_0001', None, ('x',), None\n"
        "def upgrade():\n"
        "    op.execute('CREATE TABLE half (a INTEGER)')\n"
        "    op.execute('CREATE TABLE half (a INTEGER)')\n"
    )
    store = database.open()
    connecting = open_engine(database.url)
    with pytest.raises(DBAPIError):
        upgrade(connecting, [folder])
    connecting.dispose()
    with _plain(database.url) as outside:
        assert "half" not in _schema(outside)
    append(store, 1)


# -------------------------------------------------------------------------------------------- helpers


@contextmanager
def _plain(url: str) -> Iterator[Engine]:
    """The database as somebody without our code sees it."""
    outside = create_engine(url)
    try:
        yield outside
    finally:
        outside.dispose()


def _schema(outside: Engine) -> dict[str, list[str]]:
    inspector = inspect(outside)
    return {table: [column["name"] for column in inspector.get_columns(table)] for table in inspector.get_table_names()}


@contextmanager
def _server_setting(url: str, setting: str, value: str) -> Iterator[None]:
    """A setting of the whole server, until the end of the block."""
    with _plain(url) as outside:
        try:
            _set(outside, f"ALTER SYSTEM SET {setting} = {value}")
            _wait_until_new_connections_see(outside, setting, value)
            yield
        finally:
            _set(outside, f"ALTER SYSTEM RESET {setting}")
            _wait_until_new_connections_see(outside, setting, "on")


def _set(outside: Engine, statement: str) -> None:
    with outside.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(statement))
        connection.execute(text("SELECT pg_reload_conf()"))


def _wait_until_new_connections_see(outside: Engine, setting: str, value: str) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        outside.dispose()
        with outside.connect() as connection:
            if connection.execute(text(f"SHOW {setting}")).scalar() == value:
                return
    raise TimeoutError(f"{setting} did not become {value}")
