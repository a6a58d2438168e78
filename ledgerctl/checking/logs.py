"""One log's database, by itself and against the projector's copy and the stream."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from ledger.errors import Unavailable
from ledger.feed.jetstream import Broker
from ledger.fsck import LISTED_MAX, Finding, Tell, check_log
from ledger.runtime.signing_key import PUBLIC, UnusableKey, read_vkey
from ledger.store import Store
from ledger.store.checkpoints import CheckpointStore
from ledger.store.engine import open_engine
from ledger.store.sql import SqlStore
from ledgerctl.embedded.home import Home

#: The broker is asked for so long before the stream is left out.
BROKER_SECONDS = 3.0
#: Messages compared at once in a deep check.
MESSAGES = 2_000
#: What a database is made of, as SQL by kind and name.
_OBJECTS: Final = "SELECT type || ' ' || name, sql FROM sqlite_master WHERE sql IS NOT NULL"


def check_database(home: Home, service: str, tell: Tell) -> Iterator[Finding]:
    """Entries, tree, head, checkpoints and nodes of a service's log. A file that cannot be read is a finding."""
    url = f"sqlite:///{home.database(service)}"
    if not home.database(service).exists():
        yield Finding("database", service, "there is no database")
        return
    yield from _check_file(home.database(service))
    store = SqlStore(open_engine(url), open_engine(url, immediate=False))
    try:
        key = read_vkey(home.keys(service) / PUBLIC)
    except UnusableKey as error:
        yield Finding("keys", service, str(error))
        key = None
    try:
        yield from check_log(store, CheckpointStore(store.engine, store.readers), key, tell)
    except Exception as error:  # noqa: BLE001  # whatever keeps it from being read is what is wrong with it
        yield Finding("database", service, f"cannot be read to its end: {type(error).__name__}")
    finally:
        store.close()


def _check_file(path: Path) -> Iterator[Finding]:
    """The file as SQLite sees it, its indices included, and the triggers that keep entries from being changed."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            # what SQLite quotes of a damaged file need not be text
            connection.text_factory = partial(str, encoding="utf-8", errors="replace")
            for (said,) in connection.execute(f"PRAGMA integrity_check({LISTED_MAX})"):
                if said != "ok":
                    yield Finding("database", path.name, str(said).replace("\n", "; "))
            held = dict(connection.execute(_OBJECTS).fetchall())
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # its words may quote what is no text
        yield Finding("database", path.name, f"cannot be read: {error}")
        return
    for name, text in _made().items():
        if held.get(name) != text:
            yield Finding("database", name, "is gone, or is another than a log is made with")


@cache
def _made() -> dict[str, str]:
    """The tables, indices and triggers that every log is made with: the triggers keep entries unchanged."""
    with TemporaryDirectory(prefix="fsck-") as folder:
        fresh = Path(folder, "log.sqlite")
        SqlStore.open(f"sqlite:///{fresh}", "ledger.local/none").close()
        with closing(sqlite3.connect(fresh)) as connection:
            return dict(connection.execute(_OBJECTS).fetchall())


def check_copy(home: Home, service: str) -> Iterator[Finding]:
    """The projector's copy against the log, hash by hash."""
    origin = home.origin(service)
    log = _hashes(home, service, "SELECT idx, leaf_hash FROM entries ORDER BY idx", ())
    copy = _hashes(home, "outcomes", "SELECT idx, leaf_hash FROM entries WHERE log = ? ORDER BY idx", (origin,))
    try:
        for copied in copy:
            held = next(log, None)
            if held is None:
                yield Finding("copies", f"entry {copied[0]}", "is in the projection and not in the log")
                return
            if held != copied:
                yield Finding("copies", f"entry {held[0]}", "is another one in the projection than in the log")
                return
    except sqlite3.DatabaseError as error:
        yield Finding("copies", origin, f"cannot be compared: {error}")


def _hashes(home: Home, name: str, query: str, values: tuple[str, ...]) -> Iterator[tuple[int, bytes]]:
    path = home.database(name)
    if not path.exists():
        return
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        yield from connection.execute(query, values)


async def check_stream(home: Home, service: str, *, deep: bool) -> list[Finding]:
    """The stream against the log: its last message, or (deep) every one. Raises Unavailable: no broker."""
    url = f"sqlite:///{home.database(service)}"
    store = SqlStore(open_engine(url), open_engine(url, immediate=False))
    try:
        async with Broker(home.nats_url, name="fsck") as broker:
            await broker.wait_connected(BROKER_SECONDS)
            return await _compare(store, broker, service, deep=deep)
    finally:
        store.close()


async def _compare(store: Store, broker: Broker, service: str, *, deep: bool) -> list[Finding]:
    end = await broker.last(service)
    if end.sequence > store.head().size:
        return [Finding("stream", f"message {end.sequence}", "is beyond the end of the log")]
    if not end.sequence or end.leaf_hash is None:
        return []
    if not deep:
        [last] = store.read(end.sequence - 1, end.sequence)
        if last.leaf_hash != end.leaf_hash:
            return [Finding("stream", f"message {end.sequence}", f"is not entry {last.index} of the log")]
        return []
    entries = store.read(0, end.sequence)
    async with broker.subscribe(service, 1) as subscription:
        done = 0
        while done < end.sequence:
            messages = await subscription.take(MESSAGES, 5.0)
            if not messages:
                raise Unavailable(f"the stream gives nothing after message {done}")
            for message in messages:
                if message.sequence > end.sequence:
                    break
                done = message.sequence
                entry = next(entries)
                if entry.index != message.sequence - 1 or entry.leaf != message.leaf:
                    return [Finding("stream", f"message {message.sequence}", f"is not entry {entry.index} of the log")]
    return []
