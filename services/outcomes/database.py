"""The outcomes database, open: one writer, many readers, and rows in bulk.

SQLite runs in WAL with `synchronous=FULL`, like the logs. The tables could be rebuilt after a lost
commit, and position and rows are one transaction either way, so NORMAL would never be wrong; but
then a cut that a figure was already given for could be gone after a power cut, and FULL costs one
fsync a transaction: nothing beside a batch of thousands, and a few milliseconds on a live one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, Connection, Engine, LargeBinary, Table, event, inspect, select

from ledger.errors import LedgerError
from ledger.store.engine import open_engine
from services.outcomes.tables import METADATA, SCHEMA, VERSION, Row, definitions_hash

#: Pages of the hot B-trees (persons come in no order) stay in memory: 64 MiB, in KiB as SQLite wants it.
_WRITER_CACHE_KIB: Final = 64 * 1024
#: Pages written again in the next batch are copied to the database once, not once a batch: 64 MiB.
_CHECKPOINT_PAGES: Final = 16 * 1024
#: "outc": whoever writes these tables on PostgreSQL holds this lock until its transaction ends.
_WRITER_LOCK: Final = 0x6F757463


class WrongSchema(LedgerError):
    """The database was written by another version of this code. It is rebuilt, never migrated."""


class Database:
    """Engines and the few statements that must be fast, as each driver wants them."""

    def __init__(self, url: str) -> None:
        self._writer = open_engine(url)
        self._reader = open_engine(url, immediate=False)
        self.sqlite = self._writer.dialect.name == "sqlite"
        if self.sqlite:
            event.listen(self._writer, "connect", _tune_writer)
        self._writing = threading.Lock()
        self._inserts: dict[str, str] = {}
        #: an identifier, in double quotes where it is a word of SQL
        self.quote: Final = self._writer.dialect.identifier_preparer.quote
        #: one parameter in a statement for `exec_driver_sql`
        self.mark: Final = "?" if self.sqlite else "%s"
        #: follows a column: its value is one of a list given as one parameter by `many`
        self.in_many: Final = "IN (SELECT value FROM json_each(?))" if self.sqlite else "= ANY(%s)"

    def prepare(self) -> None:
        """Create the tables in an empty database. Raises WrongSchema: other tables are there."""
        with self.write() as connection:
            names = set(inspect(connection).get_table_names())
            if not names:
                METADATA.create_all(connection)
                row = {"one": 1, "version": VERSION, "definitions": definitions_hash()}
                connection.execute(SCHEMA.insert().values(row))
                return
            found = connection.execute(select(SCHEMA)).one_or_none() if SCHEMA.name in names else None
        where = self._writer.url.render_as_string(hide_password=True).removeprefix("sqlite:///")
        if found is None:
            raise WrongSchema(
                "数据库中已有其他表,不是成果库;请为成果库指定一个空数据库 / "
                "this database holds other tables and is not an outcomes database: name an empty one"
            )
        if (found.version, found.definitions) != (VERSION, definitions_hash()):
            raise WrongSchema(
                f"成果库 {where} 的表结构(版本 {found.version})与本程序(版本 {VERSION})不符;请移走旧库后重新启动,"
                "程序会从各日志重建,不会丢失任何记录,步骤见 docs/operating/rebuild-outcomes.md / "
                f"the outcomes database {where} has tables of version {found.version} ({found.definitions[:12]}), this "
                f"program needs version {VERSION} ({definitions_hash()[:12]}): move the old database away and start "
                "again; it is rebuilt from the logs and nothing is lost (docs/operating/rebuild-outcomes.md)"
            )

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that no other writer of this database overlaps."""
        # threads of this process queue up here: SQLite's own lock is waited for by polling
        with self._writing, self._writer.begin() as connection:
            if not self.sqlite:
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_WRITER_LOCK,))
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and changes nothing."""
        with self._reader.connect() as connection:
            if not self.sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @property
    def reader(self) -> Engine:
        """The engine of `read`, for whoever runs statements of its own."""
        return self._reader

    def many(self, values: Sequence[Any]) -> Any:
        """A list as one parameter."""
        return msgspec.json.encode(list(values)).decode() if self.sqlite else list(values)

    def insert(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows (values in column order) in one statement."""
        if not rows:
            return
        statement = self._inserts.get(table.name)
        if statement is None:
            statement = self._inserts[table.name] = self._insert_statement(table)
        if self.sqlite:
            connection.exec_driver_sql(statement, list(rows))
        else:
            connection.exec_driver_sql(statement, tuple(map(list, zip(*rows, strict=True))))

    def _insert_statement(self, table: Table) -> str:
        columns = ", ".join(self.quote(column.name) for column in table.columns)
        into = f"INSERT INTO {self.quote(table.name)} ({columns})"
        if self.sqlite:
            return f"{into} VALUES ({', '.join('?' * len(table.columns))})"
        # an array a column: one round trip and one plan for any number of rows
        arrays = ", ".join(f"%s::{_array_type(column.type)}" for column in table.columns)
        return f"{into} SELECT * FROM unnest({arrays})"

    def close(self) -> None:
        """Let go of all connections."""
        self._writer.dispose()
        self._reader.dispose()


def _array_type(column_type: object) -> str:
    if isinstance(column_type, LargeBinary):
        return "bytea[]"
    return "bigint[]" if isinstance(column_type, BigInteger) else "text[]"


def _tune_writer(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA cache_size = -{_WRITER_CACHE_KIB}")
    cursor.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    cursor.close()
