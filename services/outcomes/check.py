"""Is the projection what its own verified copies say? `python -m services.outcomes.check URL [LOG]`.

Every copy is hashed and shredded again, and the rows that come out are compared with the rows that
are there. Findings are printed as JSON lines `{"check","place","message"}`, progress as
`{"done","all"}`; exit 0: nothing found, 1: something.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Table, func, select

from ledger.feed import Verified
from ledger.feed.verify import Suspect, verify
from ledger.merkle import Frontier, leaf_hash
from services.outcomes.database import Database
from services.outcomes.ingest import shred
from services.outcomes.tables import CHECKPOINTS, ENTRIES, PARKED, POSITIONS, TABLES

PAGE_ENTRIES: Final = 5_000


class Finding(NamedTuple):
    """Something that differs: which comparison, where, and how."""

    check: str
    place: str
    message: str


class Progress(NamedTuple):
    """Copies read of those there are."""

    done: int
    all: int


def check_projection(database: Database, only: str | None = None) -> Iterator[Finding | Progress]:
    """Copies, positions, checkpoints and event tables of every log (or one)."""
    with database.read() as connection:
        positions = connection.execute(select(POSITIONS).order_by(POSITIONS.c.log)).all()
        for row in positions:
            if only in (None, row.log):
                yield from _check_log(connection, row.log, row.next_index, bytes(row.frontier))


def _check_log(connection: Connection, log: str, size: int, packed: bytes) -> Iterator[Finding | Progress]:
    frontier = Frontier()
    signed = {
        row.size: bytes(row.root)
        for row in connection.execute(select(CHECKPOINTS.c.size, CHECKPOINTS.c.root).where(CHECKPOINTS.c.log == log))
    }
    blocked: dict[str, int] = {}
    counted: dict[str, int] = {}
    while frontier.size < size:
        page = _page(connection, log, frontier.size)
        if not page:
            yield Finding("copies", f"{log} entry {frontier.size}", "is missing from the copy")
            return
        batch = []
        for index, leaf, hashed in page:
            place = f"{log} entry {index}"
            verified = verify(log, index, leaf)
            if index != frontier.size:
                yield Finding("copies", f"{log} entry {frontier.size}", "is missing from the copy")
                return
            if leaf_hash(leaf) != hashed or isinstance(verified, Suspect):
                yield Finding("copies", place, "its bytes do not have the hash stored beside them, or are no entry")
                return
            batch.append(verified)
            frontier.append(hashed)
            if frontier.size in signed and signed[frontier.size] != frontier.root():
                yield Finding("copies", place, "the copies up to here do not have the root that was signed")
        yield from _compare(connection, log, batch, blocked, counted)
        yield Progress(frontier.size, size)
    if frontier.pack() != packed:
        yield Finding("positions", log, "the position's tree is not that of the copies")
    yield from _surplus(connection, log, counted)


def _page(connection: Connection, log: str, start: int) -> list[tuple[int, bytes, bytes]]:
    query = select(ENTRIES.c.idx, ENTRIES.c.leaf, ENTRIES.c.leaf_hash).where(ENTRIES.c.log == log)
    query = query.where(ENTRIES.c.idx >= start).order_by(ENTRIES.c.idx).limit(PAGE_ENTRIES)
    return [(index, bytes(leaf), bytes(hashed)) for index, leaf, hashed in connection.execute(query)]


def _compare(
    connection: Connection, log: str, batch: Sequence[Verified], blocked: dict[str, int], counted: dict[str, int]
) -> Iterator[Finding]:
    """The rows a page of entries comes to, against those there are."""
    shredded = shred(log, batch, blocked)
    for _, index, subject, _ in shredded.parked:
        blocked.setdefault(subject, index)
    wanted: dict[Table, list[tuple[Any, ...]]] = {ENTRIES: shredded.copies, PARKED: shredded.parked}
    wanted |= {table.table: rows for table, rows in shredded.rows.items()}
    for table, rows in wanted.items():
        counted[table.name] = counted.get(table.name, 0) + len(rows)
        within = (table.c.log == log, table.c.idx.between(batch[0].index, batch[-1].index))
        held = [tuple(row) for row in connection.execute(select(table).where(*within).order_by(table.c.idx))]
        if held == rows:
            continue
        places = sorted({row[1] for row in set(held) ^ set(rows)})
        what = "rows that the entries do not come to, or lacks some that they do"
        yield Finding("tables", f"{log} entry {places[0]}", f"{table.name} holds {what} ({len(places)} entries)")


def _surplus(connection: Connection, log: str, counted: dict[str, int]) -> Iterator[Finding]:
    """Rows of entries that there are none of."""
    tables = {table.table for table in TABLES.values()} | {ENTRIES, PARKED}
    for table in sorted(tables, key=lambda one: one.name):
        held = connection.execute(select(func.count()).select_from(table).where(table.c.log == log)).scalar_one()
        if held != counted.get(table.name, 0):
            yield Finding(
                "tables", log, f"{table.name} holds {held} rows, the entries come to {counted.get(table.name, 0)}"
            )


def main(arguments: Sequence[str]) -> int:
    """Run the check and print what it says."""
    if not 1 <= len(arguments) <= 2:
        print("usage: python -m services.outcomes.check DATABASE_URL [LOG]", file=sys.stderr)  # noqa: T201
        return 2
    database = Database(arguments[0])
    found = 0
    try:
        for said in check_projection(database, arguments[1] if len(arguments) > 1 else None):
            found += isinstance(said, Finding)
            print(msgspec.json.encode(said._asdict()).decode(), flush=True)  # noqa: T201
    finally:
        database.close()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
