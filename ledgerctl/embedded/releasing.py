"""Letting stopped followers of a log go on, once what stopped them was mended.

A follower that found its log contradicting itself writes why into its own database and applies nothing more
of it. Only an operator lifts that, and what was lifted is written down beside the data.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Final, NamedTuple

from ledger.clock import stamp, system
from ledgerctl.embedded.home import Home
from ledgerctl.embedded.layout import SERVICES, Service

#: Kept in the data folder: one line a release.
RECORD: Final = "releases.jsonl"
BUSY_SECONDS: Final = 10.0


class Stopped(NamedTuple):
    """A process that no longer follows a log, and what it said why."""

    follower: str
    error: str


def stopped_followers(home: Home, origin: str, services: Sequence[Service] = SERVICES) -> list[Stopped]:
    """Who stopped following the log `origin`. Raises sqlite3.DatabaseError: a database cannot be read."""
    found: list[Stopped] = []
    for service in services:
        if service.database != service.name or not home.database(service.name).exists():
            continue
        with closing(_open(home, service.name, "ro")) as connection:
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'positions'").fetchone():
                query = "SELECT error FROM positions WHERE log = ? AND error IS NOT NULL"
                found += [Stopped(service.name, error) for (error,) in connection.execute(query, (origin,))]
    return found


def release(home: Home, origin: str, followers: Sequence[Stopped], reason: str) -> None:
    """Let these go on, and write down that and why. A follower that was stopped anew meanwhile stays stopped.

    Raises sqlite3.DatabaseError, OSError.
    """
    for stopped in followers:
        # written down first: what is lifted without a record would look as if it had never been
        _write_down(home, origin, stopped, reason)
        with closing(_open(home, stopped.follower, "rw")) as connection, connection:
            lifted = "UPDATE positions SET error = NULL WHERE log = ? AND error = ?"
            connection.execute(lifted, (origin, stopped.error))


def _write_down(home: Home, origin: str, stopped: Stopped, reason: str) -> None:
    line = {"at": stamp(system()), "log": origin, **stopped._asdict(), "reason": reason}
    with open(home.root / RECORD, "a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _open(home: Home, name: str, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{home.database(name)}?mode={mode}", uri=True, timeout=BUSY_SECONDS)
    connection.execute("PRAGMA synchronous = FULL")
    return connection
