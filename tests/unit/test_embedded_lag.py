"""How far each log is, read from databases whose processes may all be dead."""

from __future__ import annotations

import inspect
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from ledger.clock import stamp
from ledger.feed import relay
from ledger.store.tables import METADATA
from ledgerctl.embedded.home import Home
from ledgerctl.embedded.lag import DIVERGED, LogState, read_lag
from ledgerctl.embedded.layout import Service

NOW = datetime(2026, 3, 5, 8, 0, tzinfo=UTC).timestamp()
PLACEMENT = Service("placement", "services.placement", owns_log=True, database="placement")
OUTCOMES = Service("outcomes", "services.outcomes", owns_log=False, database="outcomes")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    home.create([])
    return home


def write_log(home: Home, entries: int, published: int, error: str | None = None) -> None:
    database = home.database("placement")
    engine = create_engine(f"sqlite:///{database}")
    METADATA.create_all(engine)
    engine.dispose()
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("INSERT INTO head VALUES (1, 'ledger.local/placement', ?, x'', '')", (entries,))
        connection.execute("INSERT INTO relay VALUES (1, ?, '', 0, 0.0, ?)", (published, error))
        for index in range(entries):
            # entry n was recorded (100 - n) seconds ago
            values = (index, b"", b"", str(index), str(index), 1, "t", "a", stamp(NOW - 100 + index))
            connection.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


def write_position(home: Home, next_index: int, error: str | None = None) -> None:
    with closing(sqlite3.connect(home.database("outcomes"))) as connection, connection:
        connection.execute("CREATE TABLE positions (log, next_index, frontier, error)")
        row = ("ledger.local/placement", next_index, b"", error)
        connection.execute("INSERT INTO positions VALUES (?, ?, ?, ?)", row)


def read(home: Home) -> LogState:
    [state] = read_lag(home, NOW, [PLACEMENT, OUTCOMES])
    return state


def test_a_log_nobody_started_is_empty(home: Home) -> None:
    assert read(home) == LogState("ledger.local/placement", 0, 0, 0, 0, 0.0)


def test_lag_is_told_in_entries_and_in_seconds_since_the_oldest_waiting_one(home: Home) -> None:
    write_log(home, entries=10, published=8)
    write_position(home, next_index=7)
    assert read(home) == LogState("ledger.local/placement", 10, 8, 7, 3, 93.0)


def test_nothing_projected_yet_means_everything_waits(home: Home) -> None:
    write_log(home, entries=10, published=10)
    state = read(home)
    assert (state.ingested, state.lag_entries, state.lag_seconds) == (0, 10, 100.0)


def test_without_lag_the_seconds_are_zero(home: Home) -> None:
    write_log(home, entries=10, published=10)
    write_position(home, next_index=10)
    assert (read(home).lag_entries, read(home).lag_seconds) == (0, 0.0)


def test_a_relay_that_stopped_is_told_apart_from_one_that_waits(home: Home) -> None:
    write_log(home, entries=10, published=5, error="stream diverges: its last message is not entry 4 of the log")
    assert (read(home).error or "").startswith("stream diverges")
    assert read(home).trouble is None


def test_a_relay_that_tries_again_by_itself_has_not_stopped(home: Home) -> None:
    write_log(home, entries=10, published=5, error="the broker is away")
    assert (read(home).error, read(home).trouble) == (None, "the broker is away")


def test_the_words_by_which_a_stopped_relay_is_known_are_the_relays_own() -> None:
    raised = re.findall(r'raise LogDiverged\(\s*f"([^"]+)"', Path(inspect.getfile(relay)).read_text(encoding="utf-8"))
    assert raised
    assert all(text.startswith(DIVERGED) for text in raised)


def test_a_stopped_projection_is_told(home: Home) -> None:
    write_log(home, entries=10, published=10)
    write_position(home, next_index=5, error="entry 5 does not match its hash")
    assert read(home).error == "outcomes no longer follows it: entry 5 does not match its hash"


def test_a_database_that_cannot_be_read_is_told_and_hides_no_other(home: Home) -> None:
    write_log(home, entries=10, published=10)
    home.database("outcomes").write_bytes(b"not a database, but long enough to be looked at" * 100)
    state = read(home)
    assert (state.size, state.ingested) == (10, 0)
    assert "outcomes.sqlite cannot be read" in (state.error or "")


def test_reading_changes_nothing_and_waits_for_nobody(home: Home) -> None:
    write_log(home, entries=10, published=10)
    with closing(sqlite3.connect(home.database("placement"), isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE head SET size = 11")
        assert read(home).size == 10
        writer.execute("COMMIT")
    assert read(home).size == 11
