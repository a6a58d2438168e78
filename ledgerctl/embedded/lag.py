"""How far each log has come, read from the databases alone: it answers with every process dead.

Tables: ledger/store/tables.py. `positions` stands in the database of whoever follows a log: outcomes,
which projects all of them, and the services that react to another's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ledgerctl.embedded.home import Home
from ledgerctl.embedded.layout import SERVICES, Service

PROJECTION = "outcomes"
BUSY_SECONDS = 5.0
#: How a relay's error begins where it stopped for somebody to decide (ledger/feed/relay.py). Anything
#: else it is trying again by itself.
DIVERGED = ("stream diverges", "log behind its stream")


@dataclass(frozen=True)
class LogState:
    """One log: entries recorded, handed to the stream, applied to the projection."""

    log: str
    size: int
    published: int
    ingested: int
    lag_entries: int
    lag_seconds: float
    """Age of the oldest entry that is not applied yet; 0.0 if all are."""
    error: str | None = None
    """What stopped publishing or following it, until somebody decides; None: nothing."""
    trouble: str | None = None
    """What publishing it is waiting for; it goes on by itself."""


@dataclass(frozen=True)
class _Written:
    """What the owning service's database says."""

    origin: str
    size: int = 0
    published: int = 0
    oldest_waiting: str | None = None
    relay_error: str | None = None
    unreadable: str | None = None


@dataclass(frozen=True)
class _Followed:
    """How far a database has followed each log, and what stopped it; or why it cannot be read."""

    positions: Mapping[str, tuple[int, str | None]]
    unreadable: str | None = None


def read_lag(home: Home, now: float, services: Sequence[Service] = SERVICES) -> list[LogState]:
    """The state of each log at `now` (Unix seconds)."""
    # applied before recorded: entries that arrive in between show as lag, never as less than none
    followed = {
        service.name: _read_followed(home.database(service.database))
        for service in services
        if service.database == service.name
    }
    return [_state(home, service, followed, now) for service in services if service.owns_log]


def _state(home: Home, service: Service, followed: Mapping[str, _Followed], now: float) -> LogState:
    origin = home.origin(service.name)
    projected = followed.get(PROJECTION, _Followed({}))
    ingested, _ = projected.positions.get(origin, (0, None))
    written = _read_written(home.database(service.name), origin, ingested)
    relay_stopped = written.relay_error is not None and written.relay_error.startswith(DIVERGED)
    errors = [written.unreadable, written.relay_error if relay_stopped else None, projected.unreadable]
    for follower, known in followed.items():
        _, stopped = known.positions.get(origin, (0, None))
        errors.append(f"{follower} no longer follows it: {stopped}" if stopped else None)
    return LogState(
        log=written.origin,
        size=written.size,
        published=written.published,
        ingested=ingested,
        lag_entries=max(0, written.size - ingested),
        lag_seconds=_age_seconds(written.oldest_waiting, now),
        error="; ".join(filter(None, errors)) or None,
        trouble=None if relay_stopped else written.relay_error,
    )


def _read_written(database: Path, origin: str, ingested: int) -> _Written:
    if not database.exists():
        return _Written(origin)
    try:
        with closing(_open(database)) as connection:
            head = _one(connection, "SELECT origin, size FROM head")
            if head is None:
                return _Written(origin)
            relay = _one(connection, "SELECT published, error FROM relay")
            waiting = _one(connection, "SELECT recorded FROM entries WHERE idx = ?", ingested)
    except sqlite3.Error as error:
        return _Written(origin, unreadable=f"{database} cannot be read: {error}")
    published, trouble = relay or (0, None)
    return _Written(head[0], head[1], published, waiting[0] if waiting else None, trouble)


def _read_followed(database: Path) -> _Followed:
    if not database.exists():
        return _Followed({})
    try:
        with closing(_open(database)) as connection:
            if not _has(connection, "positions"):
                return _Followed({})
            rows = connection.execute("SELECT log, next_index, error FROM positions").fetchall()
    except sqlite3.Error as error:
        return _Followed({}, f"{database} cannot be read: {error}")
    return _Followed({log: (next_index, error) for log, next_index, error in rows})


def _open(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True, timeout=BUSY_SECONDS)


def _one(connection: sqlite3.Connection, statement: str, *values: Any) -> tuple[Any, ...] | None:
    """The first row; None also where the table is not there yet, because the service never started."""
    table = statement.split(" FROM ")[1].split()[0]
    if not _has(connection, table):
        return None
    row: tuple[Any, ...] | None = connection.execute(statement, values).fetchone()
    return row


def _has(connection: sqlite3.Connection, table: str) -> bool:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone()
    return found is not None


def _age_seconds(recorded: str | None, now: float) -> float:
    if recorded is None:
        return 0.0
    return round(max(0.0, now - datetime.fromisoformat(recorded).timestamp()), 3)
