"""Catching up from nothing: the outcomes process as it runs anywhere, its peers serving a programme's logs."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import create_engine

from bench import rig
from bench.outcome import Outcome
from bench.programme import ENTRIES_A_PERSON, write_logs
from ledger.entry import decode
from ledger.store import StoredEntry
from ledger.store.sql import SqlStore
from services.outcomes.tables import ENTRIES

AT_LEAST_A_SECOND: Final = 12_000
ENTRIES_WANTED: Final = 200_000
#: What the process may grow by between a quarter of the way and the end.
GROWTH_MAX_MB: Final = 64
LOOK_SECONDS: Final = 0.05
CATCH_UP_SECONDS_MAX: Final = 300.0
SKETCH_ENTRIES_AT_ONCE: Final = 5_000


class _CaughtUp(NamedTuple):
    entries: int
    seconds: float
    cpu_seconds: float
    growth_mb: float
    rss_mb: float


def measure(folder: Path, *, quick: bool) -> list[Outcome]:
    """Entries a second from the first asked for to the last record written."""
    people = ENTRIES_WANTED // (10 if quick else 1) // ENTRIES_A_PERSON
    (folder / "logs").mkdir()
    urls = write_logs(folder / "logs", people)
    sketch = _bare(folder / "bare.sqlite", urls)
    ours = _catch_up(folder, urls)
    rate = ours.entries / ours.seconds
    return [
        Outcome(
            path="projector",
            what=f"catching up with {ours.entries:,} entries: verify, store, shred, records",
            unit="entries/s",
            ours=rate,
            beside={"bare copies, decoded and stored, nothing shredded": sketch},
            ratio=rate / sketch,
            floor=f"{AT_LEAST_A_SECOND:,} entries/s, growing by at most {GROWTH_MAX_MB} MB",
            met=rate >= AT_LEAST_A_SECOND and ours.growth_mb <= GROWTH_MAX_MB,
            notes=[
                f"{ours.rss_mb:.0f} MB at the end, {ours.growth_mb:+.0f} MB since a quarter of the way",
                f"{ours.cpu_seconds:.1f} s of processor time in {ours.seconds:.1f} s; owners and broker beside it",
                "no peer: nothing known to us does this job",
            ],
        )
    ]


def _catch_up(folder: Path, urls: Mapping[str, str]) -> _CaughtUp:
    with ExitStack() as stack:
        nats = stack.enter_context(rig.broker(folder))
        peers, total = {}, 0
        for origin, url in urls.items():
            name = origin.rpartition("/")[2]
            home = folder / name
            home.mkdir()
            Path(url.removeprefix("sqlite:///")).rename(rig.database_of(home))
            owner = stack.enter_context(rig.service(name, home, nats.url))
            peers[origin] = {"slug": name, "address": owner.address}
            total += rig.size_of_log(home)
        for origin in urls:
            rig.published(folder / origin.rpartition("/")[2])
        told = json.dumps(peers)
        outcomes = stack.enter_context(rig.service("outcomes", folder / "outcomes", nats.url, LEDGER_PEERS=told))
        return _watch(outcomes.pid, rig.database_of(folder / "outcomes"), total)


def _watch(pid: int, database: Path, total: int) -> _CaughtUp:
    began, used = time.perf_counter(), rig.cpu_seconds(pid)
    early = 0.0
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        while True:
            applied = connection.execute("SELECT coalesce(sum(next_index), 0) FROM positions").fetchone()[0]
            stale = connection.execute("SELECT count(*) FROM stale_records").fetchone()[0]
            took = time.perf_counter() - began
            if not early and applied >= total // 4:
                early = rig.rss_mb(pid)
            if applied == total and not stale:
                now = rig.rss_mb(pid)
                return _CaughtUp(total, took, rig.cpu_seconds(pid) - used, now - early, now)
            if took > CATCH_UP_SECONDS_MAX:
                raise RuntimeError(f"{applied} of {total} entries applied after {took:.0f} s")
            time.sleep(LOOK_SECONDS)


def _bare(file: Path, urls: Mapping[str, str]) -> float:
    """Decode the envelope, keep the bytes: entries a second."""
    engine = create_engine(f"sqlite:///{file}")
    ENTRIES.create(engine)
    engine.dispose()
    copied = 0
    began = time.perf_counter()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        for origin, url in urls.items():
            store = SqlStore.open(url, origin)
            try:
                size = store.head().size
                for start in range(0, size, SKETCH_ENTRIES_AT_ONCE):
                    rows = [_copy(row) for row in store.read(start, start + SKETCH_ENTRIES_AT_ONCE)]
                    connection.execute("BEGIN IMMEDIATE")
                    connection.executemany(f"INSERT INTO entries VALUES ({', '.join('?' * len(rows[0]))})", rows)
                    connection.execute("COMMIT")
                copied += size
            finally:
                store.close()
    return copied / (time.perf_counter() - began)


def _copy(row: StoredEntry) -> tuple[str, int, bytes, bytes, str, str, str, str]:
    entry = decode(row.leaf)
    return entry.source, entry.index, row.leaf, row.leaf_hash, entry.type, entry.agency, entry.subject, entry.recorded
