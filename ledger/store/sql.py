"""A log in SQLite or PostgreSQL, from the same code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, select, update

from ledger.errors import LogDiverged
from ledger.merkle import Frontier
from ledger.store import Head, Leaf, Relayed, StoredEntry, StoredRequest, Transaction, check_contiguous
from ledger.store.engine import open_engine
from ledger.store.migrate import one_at_a_time, upgrade
from ledger.store.tables import HEAD, RELAY

PAGE_ROWS = 1_000
#: Rows in one INSERT on SQLite.
ROWS_AT_ONCE = 128
_COLUMNS = "idx, leaf, leaf_hash, event_id, stream, revision, type, agency, recorded"


class _Insert:
    """Rows into one table, as each driver likes it best.

    psycopg sends `executemany` as one pipeline. sqlite3 lets go of the interpreter at every row of it,
    and beside a busy event loop waits each time to get it back: there, one statement takes many rows.
    """

    def __init__(self, table: str, columns: str, *, sqlite: bool) -> None:
        self._into = f"INSERT INTO {table} ({columns}) VALUES "
        self._row = f"({', '.join(['?' if sqlite else '%s'] * (columns.count(',') + 1))})"
        self._rows_at_once = ROWS_AT_ONCE if sqlite else 1
        # the driver, too, keeps as many prepared by their text
        self._statements: dict[int, str] = {}

    def run(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert the rows, in order."""
        if self._rows_at_once == 1:
            if rows:
                connection.exec_driver_sql(self._statement(1), [tuple(row) for row in rows])
            return
        for start in range(0, len(rows), self._rows_at_once):
            some = rows[start : start + self._rows_at_once]
            connection.exec_driver_sql(self._statement(len(some)), tuple(chain.from_iterable(some)))

    def _statement(self, rows: int) -> str:
        if rows not in self._statements:
            self._statements[rows] = self._into + ", ".join([self._row] * rows)
        return self._statements[rows]


class _Dialect:
    """The few statements that must be fast, as each driver wants them."""

    def __init__(self, engine: Engine) -> None:
        self.sqlite = engine.dialect.name == "sqlite"
        mark = "?" if self.sqlite else "%s"
        self.insert_entries = _Insert("entries", _COLUMNS, sqlite=self.sqlite)
        self.insert_requests = _Insert("requests", "agency, request_id, request_hash, about_index", sqlite=self.sqlite)
        lock = "" if self.sqlite else " FOR UPDATE"
        self.lock_head = f"SELECT origin, size, frontier, last_recorded FROM head{lock}"
        self.move_head = f"UPDATE head SET size = {mark}, frontier = {mark}, last_recorded = {mark}"
        one = "IN (SELECT value FROM json_each(?))" if self.sqlite else "= ANY(%s)"
        self.by_stream = f"SELECT {_COLUMNS} FROM entries WHERE stream {one} ORDER BY stream, revision"
        self.by_range = f"SELECT {_COLUMNS} FROM entries WHERE idx >= {mark} AND idx < {mark} ORDER BY idx"
        self.leaves_by_range = (
            f"SELECT idx, leaf, leaf_hash FROM entries WHERE idx >= {mark} AND idx < {mark} ORDER BY idx"
        )
        self.by_index = f"SELECT {_COLUMNS} FROM entries WHERE idx {one}"
        self.by_request = (
            f"SELECT agency, request_id, request_hash, about_index FROM requests WHERE agency = {mark} "
            f"AND request_id {one}"
        )

    def many(self, values: Sequence[Any]) -> Any:
        """A list as one parameter."""
        return msgspec.json.encode(list(values)).decode() if self.sqlite else list(values)


class _Append:
    """An append under way on one connection."""

    def __init__(self, connection: Connection, dialect: _Dialect) -> None:
        self.connection: Connection | None = connection
        self._sql = connection
        self._dialect = dialect
        origin, size, frontier, last_recorded = connection.exec_driver_sql(dialect.lock_head).one()
        self.head = Head(origin, Frontier.unpack(size, bytes(frontier)), last_recorded)

    def streams(self, names: Sequence[str]) -> Mapping[str, Sequence[StoredEntry]]:
        found: dict[str, list[StoredEntry]] = {}
        for row in self._rows(self._dialect.by_stream, names):
            found.setdefault(row.stream, []).append(row)
        return found

    def entries(self, indices: Sequence[int]) -> Mapping[int, StoredEntry]:
        return {row.index: row for row in self._rows(self._dialect.by_index, indices)}

    def _rows(self, statement: str, values: Sequence[Any]) -> Iterator[StoredEntry]:
        if values:
            result = self._sql.exec_driver_sql(statement, (self._dialect.many(values),))
            yield from (StoredEntry(*row) for row in result)

    def requests(self, keys: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], StoredRequest]:
        by_agency: dict[str, list[str]] = {}
        for agency, request_id in keys:
            by_agency.setdefault(agency, []).append(request_id)
        found = {}
        for agency, ids in by_agency.items():
            for row in self._sql.exec_driver_sql(self._dialect.by_request, (agency, self._dialect.many(ids))):
                found[row[0], row[1]] = StoredRequest(row[0], row[1], bytes(row[2]), row[3])
        return found

    def append(self, entries: Sequence[StoredEntry], requests: Sequence[StoredRequest], head: Head) -> None:
        check_contiguous(self.head, entries, head)
        self._dialect.insert_entries.run(self._sql, entries)
        self._dialect.insert_requests.run(self._sql, requests)
        self._sql.exec_driver_sql(self._dialect.move_head, (head.size, head.frontier.pack(), head.last_recorded))
        self.head = head


class SqlStore:
    """One log in one database. `open` creates or migrates the tables."""

    def __init__(self, engine: Engine, readers: Engine) -> None:
        self.engine = engine
        self.readers = readers
        self._dialect = _Dialect(engine)

    @classmethod
    def open(cls, url: str, origin: str, folders: Sequence[Path] = ()) -> SqlStore:
        """The log of `origin` in the database at `url`. `folders`: migrations of further tables.

        Raises UnsafeStore (settings that lose data) and LogDiverged (the database holds another log).
        """
        engine = open_engine(url)
        try:
            upgrade(engine, folders)
            with engine.begin() as connection:
                _claim(connection, origin)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, open_engine(url, immediate=False))

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self.engine.begin() as connection:
            yield _Append(connection, self._dialect)

    def head(self) -> Head:
        with self.readers.begin() as connection:
            row = connection.execute(select(HEAD)).one()
        return Head(row.origin, Frontier.unpack(row.size, bytes(row.frontier)), row.last_recorded)

    def read(self, start: int, stop: int) -> Iterator[StoredEntry]:
        for page in self._pages(self._dialect.by_range, start, stop):
            yield from map(StoredEntry._make, page)

    def leaves(self, start: int, stop: int) -> Iterator[Leaf]:
        for page in self._pages(self._dialect.leaves_by_range, start, stop):
            for index, leaf, leaf_hash in page:
                yield index, bytes(leaf), bytes(leaf_hash)

    def _pages(self, by_range: str, start: int, stop: int) -> Iterator[Sequence[Any]]:
        """Rows of entries [start, stop), the index first, `PAGE_ROWS` at a time."""
        start = max(start, 0)
        while start < stop:
            with self.readers.begin() as connection:
                rows = connection.exec_driver_sql(by_range, (start, min(stop, start + PAGE_ROWS))).all()
            if not rows:
                return
            yield rows
            start = rows[-1][0] + 1

    def relayed(self) -> Relayed:
        with self.readers.begin() as connection:
            row = connection.execute(select(RELAY)).one()
        return Relayed(row.published, row.owner, row.epoch, row.lease_until, row.error)

    def take_relay(self, owner: str, now: float, until: float) -> Relayed | None:
        with self.engine.begin() as connection:
            row = connection.execute(select(RELAY).with_for_update()).one()
            if row.owner == owner:
                epoch = row.epoch
            elif row.lease_until < now:
                epoch = row.epoch + 1
            else:
                return None
            connection.execute(update(RELAY).values(owner=owner, epoch=epoch, lease_until=until))
        return Relayed(row.published, owner, epoch, until, row.error)

    def move_relay(self, epoch: int, published: int, error: str | None) -> bool:
        with self.engine.begin() as connection:
            moved = connection.execute(
                update(RELAY).where(RELAY.c.epoch == epoch).values(published=published, error=error)
            )
        return moved.rowcount == 1

    def close(self) -> None:
        self.engine.dispose()
        self.readers.dispose()


def _claim(connection: Connection, origin: str) -> None:
    """Make an empty database the log of `origin`. Raises LogDiverged: it is another log's."""
    one_at_a_time(connection)
    held = connection.execute(select(HEAD.c.origin)).scalar()
    if held is None:
        connection.execute(HEAD.insert().values(one=1, origin=origin, size=0, frontier=b"", last_recorded=""))
        connection.execute(RELAY.insert().values(one=1, published=0, owner="", epoch=0, lease_until=0.0))
    elif held != origin:
        raise LogDiverged(f"the database holds the log {held}, not {origin}; check the database setting")
