"""Bringing back entries that a database lost, byte for byte, from a copy that still has them.

A database restored from a backup lacks what was recorded since. Others saw it, and it was signed: the log may
only go on from there. So the missing entries are appended again exactly as they were, from the projector's copy
or from an export, and only if the whole copy has the roots that this log's head and its last checkpoint have.
"""

from __future__ import annotations

import gzip
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from ledger.checkpoint import open_checkpoint
from ledger.feed import Verified
from ledger.feed.verify import Suspect, row_of, verify
from ledger.merkle import Frontier, leaf_hash
from ledger.note import MalformedNote, UnverifiedNote
from ledger.runtime.signing_key import PUBLIC, UnusableKey, read_vkey
from ledger.signing import HighWater, grow
from ledger.store import Head
from ledger.store.checkpoints import CheckpointStore, SignedHead
from ledger.store.engine import open_engine
from ledger.store.sql import SqlStore
from ledgerctl.embedded.home import Home
from ledgerctl.failures import BadInput, Failure

#: What was signed last, beside the key (ledger.runtime.write_service).
SIGNED: Final = "signed"
ENTRIES_AT_ONCE: Final = 5_000


class Recovered(NamedTuple):
    """Entries [start, stop) were brought back; equal: none were missing. `signed`: up to here they were signed."""

    log: str
    start: int
    stop: int
    signed: int
    checkpoints: int


def recover(home: Home, service: str, copy: Path) -> Recovered:
    """Append to a service's log what it lost. `copy`: an outcomes database, or entries.jsonl[.gz] of an export.

    Raises Failure: the copy is of another history, or does not reach what was signed. BadInput: no such copy.
    Nothing is written before all of it was verified.
    """
    origin = home.origin(service)
    url = f"sqlite:///{home.database(service)}"
    if not home.database(service).exists():
        raise BadInput(f"没有数据库 · there is no database {home.database(service)}", "restore it from a backup first")
    signed = HighWater(home.keys(service) / SIGNED).read()
    store = SqlStore(open_engine(url), open_engine(url, immediate=False))
    try:
        head = store.head()
        wanted = {head.size: head.frontier.root()}
        if signed is not None and signed.size >= head.size:
            wanted[signed.size] = signed.root
        stop = _verified(origin, leaves_of(copy, origin), wanted)
        _append(store, origin, islice(leaves_of(copy, origin), head.size, None))
        brought = _bring_checkpoints(store, origin, copy, home.keys(service) / PUBLIC)
        return Recovered(origin, head.size, max(stop, head.size), signed.size if signed else 0, brought)
    finally:
        store.close()


def leaves_of(copy: Path, origin: str) -> Iterator[bytes]:
    """The stored bytes of a log, from its first entry on. Raises BadInput: the file cannot be read."""
    try:
        if copy.name.endswith((".jsonl", ".jsonl.gz")):
            with gzip.open(copy) if copy.suffix == ".gz" else copy.open("rb") as lines:
                for line in lines:
                    yield line.removesuffix(b"\n")
            return
        with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as connection:
            query = "SELECT leaf FROM entries WHERE log = ? ORDER BY idx"
            for (leaf,) in connection.execute(query, (origin,)):
                yield bytes(leaf)
    except (OSError, EOFError, zlib.error, sqlite3.DatabaseError) as error:
        raise BadInput(
            f"读不到 {copy} · cannot read {copy}: {error}", "give an outcomes.sqlite, or entries.jsonl of an export"
        ) from error


def _verified(origin: str, leaves: Iterable[bytes], wanted: dict[int, bytes]) -> int:
    """How many entries the copy has, if it is this log's history. `wanted`: size → root it must have there."""
    frontier = Frontier()
    waiting = dict(sorted(wanted.items()))
    for index, leaf in enumerate(leaves):
        _expect(origin, frontier, waiting)
        found = verify(origin, index, leaf)
        if isinstance(found, Suspect):
            raise Failure(
                f"副本第 {index} 条不可信 · entry {index} of the copy cannot be verified: {found.reason}",
                "take another copy; nothing was changed",
            )
        frontier.append(leaf_hash(leaf))
    _expect(origin, frontier, waiting)
    if waiting:
        size = max(waiting)
        raise Failure(
            f"副本不够 · the copy has {frontier.size} entries of {origin}, and {size} are known to have been there",
            "another copy may have more: another outcomes database, or an export; nothing was changed",
        )
    return frontier.size


def _expect(origin: str, frontier: Frontier, waiting: dict[int, bytes]) -> None:
    root = waiting.pop(frontier.size, None)
    if root is not None and root != frontier.root():
        raise Failure(
            f"副本与日志不是同一历史 · the copy is of another history: its first {frontier.size} entries are not those "
            f"of {origin}",
            "docs/operating/diverged.md, case C; nothing was changed",
        )


def _append(store: SqlStore, origin: str, leaves: Iterator[bytes]) -> None:
    while page := list(islice(leaves, ENTRIES_AT_ONCE)):
        with store.transaction() as transaction:
            frontier = transaction.head.frontier.copy()
            rows = []
            for index, leaf in enumerate(page, frontier.size):
                found = verify(origin, index, leaf)
                assert isinstance(found, Verified)  # as it was a moment ago
                rows.append(row_of(found))
            frontier.extend(row.leaf_hash for row in rows)
            transaction.append(rows, [], Head(origin, frontier, rows[-1].recorded))


def _bring_checkpoints(store: SqlStore, origin: str, copy: Path, vkey: Path) -> int:
    """Keep the log's own checkpoints that an outcomes database still has; returns how many.

    Statements stand on them. Raises Failure: one is not signed by the log, or not over these entries.
    """
    if copy.name.endswith((".jsonl", ".jsonl.gz")):
        return 0
    kept = CheckpointStore(store.engine, store.readers)
    latest = kept.latest()
    frontier = latest.frontier.copy() if latest is not None else Frontier()
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as connection:
        query = "SELECT size, note FROM checkpoints WHERE log = ? AND size > ? ORDER BY size"
        notes = connection.execute(query, (origin, frontier.size)).fetchall()
    for size, note in notes:
        nodes = grow(frontier, (hashed for _, _, hashed in store.leaves(frontier.size, size)))
        try:
            stated = open_checkpoint(note.encode(), [read_vkey(vkey)]).checkpoint
        except (MalformedNote, UnverifiedNote, UnusableKey) as error:
            raise Failure(
                f"检查点签名不符 · the copy's checkpoint of {size} is not signed by {origin}: {error}", str(vkey)
            ) from error
        root = frontier.root()
        if (stated.origin, stated.size, stated.root) != (origin, frontier.size, root):
            raise Failure(
                f"检查点与条目不符 · the copy's checkpoint of {size} is not over these entries", "ledgerctl fsck"
            )
        kept.add(SignedHead(frontier.copy(), root, note), nodes)
    return len(notes)
