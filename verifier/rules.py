"""The database of one check: a SQLite file in a temporary folder, and a stranger's rule run in it.

A rule may read the event tables and the cut, and nothing else: no other table, no other file, no
function that could give another answer tomorrow, no end of memory or time.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from verifier.findings import Contradicted, Malformed, NotEnough, shown
from verifier.shredding import EventType, Shredder
from verifier.statement import Rule, Statement, day_number

#: What every figure returns first.
COLUMNS = ("key", "person", "value", "counted", "reason", "log", "idx")
SECONDS_MAX = 3600.0

_CACHE_KIB = 24 * 1024
_HEAP_BYTES_MAX = 120 << 20
_TEXT_BYTES_MAX = 4 << 20
_STEPS_BETWEEN_LOOKS = 1_000_000
_FUNCTIONS = frozenset(
    "abs avg coalesce count cume_dist dense_rank first_value ifnull iif instr lag last_value lead length like lower"
    " ltrim max min nth_value ntile nullif percent_rank rank replace row_number rtrim sign substr substring sum"
    " total trim unicode upper".split()
)


def limit_memory() -> None:
    """Of this process, for all that SQLite does in it."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"PRAGMA hard_heap_limit = {_HEAP_BYTES_MAX}").fetchall()


class Database:
    """Event tables, the cut, and what was counted."""

    def __init__(self, folder: Path, types: Mapping[str, EventType]) -> None:
        # sorting and what a statement keeps aside go where there is room, not into memory
        os.environ["SQLITE_TMPDIR"] = str(folder)
        self._connection = sqlite3.connect(folder / "check.db", isolation_level=None)
        for pragma in (
            "journal_mode = OFF",
            "synchronous = OFF",
            "temp_store = FILE",
            f"cache_size = -{_CACHE_KIB}",
            "trusted_schema = OFF",
        ):
            self._connection.execute(f"PRAGMA {pragma}").fetchall()
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _TEXT_BYTES_MAX)
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self._tables = {kind.table: kind for kind in types.values()}
        self._connection.execute("CREATE TABLE cut (log TEXT PRIMARY KEY, size INTEGER)")
        for table, kind in self._tables.items():
            try:
                self._connection.execute(f"CREATE TABLE {_quoted(table)} ({', '.join(map(_quoted, kind.columns))})")
            except sqlite3.Error as error:
                raise Malformed(f"schema: {shown(str(error))}") from None
        self._connection.execute("CREATE TABLE _counted (person TEXT, value INTEGER)")
        self._read: dict[str, set[str]] = {}

    def close(self) -> None:
        """Its file goes with the folder."""
        self._connection.close()

    def put_counted(self, counted: list[tuple[str | None, int | None]]) -> None:
        """Put down (person, value) of counted members."""
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT INTO _counted VALUES (?, ?)", counted)
        self._connection.execute("COMMIT")

    def persons(self) -> int:
        """Distinct persons among the counted."""
        count: int = self._connection.execute("SELECT COUNT(DISTINCT person) FROM _counted").fetchone()[0]
        return count

    def value_at(self, place: int) -> int:
        """The counted value at a place, smallest first."""
        query = "SELECT value FROM _counted ORDER BY value LIMIT 1 OFFSET ?"
        value: int = self._connection.execute(query, (place,)).fetchone()[0]
        return value

    def put_cut(self, cut: Mapping[str, int]) -> None:
        """How much of each log is counted over."""
        self._connection.executemany("INSERT INTO cut VALUES (?, ?)", sorted(cut.items()))

    def put_rows(self, shredder: Shredder) -> None:
        """Store the rows that have come together, and forget them."""
        for table, rows in shredder.rows.items():
            if rows:
                columns = shredder.columns[table]
                marks = ", ".join("?" * len(columns))
                names = ", ".join(map(_quoted, columns))
                self._connection.execute("BEGIN")
                self._connection.executemany(f"INSERT INTO {_quoted(table)} ({names}) VALUES ({marks})", rows)
                self._connection.execute("COMMIT")
                rows.clear()

    def index(self, columns: Mapping[str, tuple[str, ...]]) -> None:
        """What rules look rows up by: streams, persons, and the entries that were retracted."""
        for table, names in columns.items():
            for key in (("subject",), ("person",), ("log", "entry"), ("into",)):
                if set(key) <= set(names):
                    on = ", ".join(map(_quoted, key))
                    self._connection.execute(
                        f"CREATE INDEX {_quoted('_'.join((table, *key)))} ON {_quoted(table)} ({on})"
                    )
        self._connection.execute("ANALYZE")

    def columns_read(self, rule: Rule, parameters: Mapping[str, Any]) -> dict[str, set[str]]:
        """The columns of event tables that the rule looks at. Raises Malformed: it cannot be run."""
        self._read.clear()
        for _ in self._run(rule, "EXPLAIN ", "SELECT * FROM members", parameters):
            pass
        if coverage := rule.header.get("coverage"):
            for _ in self._run(rule, "EXPLAIN ", f"SELECT * FROM {_quoted(coverage)}", parameters):
                pass
        return {table: columns for table, columns in self._read.items() if table != "cut"}

    def members(self, rule: Rule, parameters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
        """The rows of a rule, by key, log and index. Raises Malformed, NotEnough."""
        return self._run(rule, "", "SELECT * FROM members ORDER BY key, log, idx", parameters)

    def possible(self, rule: Rule, parameters: Mapping[str, Any]) -> int:
        """How many members there could have been: what a mean covers. Raises Malformed, NotEnough."""
        rows = list(self._run(rule, "", f"SELECT * FROM {_quoted(rule.header['coverage'])} LIMIT 2", parameters))
        if len(rows) != 1 or len(rows[0]) != 1 or not isinstance(rows[0][0], int):
            raise Malformed("the rule's coverage is not one number")
        return rows[0][0]

    def _run(self, rule: Rule, before: str, after: str, parameters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
        text = f"{before}WITH RECURSIVE {rule.prelude},\nmembers AS (\n{rule.figure}\n)\n{after}"
        deadline = time.monotonic() + SECONDS_MAX
        self._connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
        self._connection.set_authorizer(self._allow)
        try:
            try:
                cursor = self._connection.execute(text, parameters)
            finally:
                self._connection.set_authorizer(None)
            names = [column[0] for column in cursor.description]
            if not before and "FROM members" in after and names != [*COLUMNS, *rule.columns()]:
                raise Malformed(f"the rule does not return the columns of its header: {shown(', '.join(names))}")
            yield from cursor
        except (sqlite3.Error, sqlite3.Warning) as error:
            if "interrupted" in str(error):
                raise NotEnough(f"the rule took over {SECONDS_MAX:.0f} seconds") from None
            raise Malformed(f"the rule cannot be run: {shown(str(error))}") from None
        except MemoryError:
            raise NotEnough(f"the rule needs more than {_HEAP_BYTES_MAX} bytes of memory") from None
        finally:
            self._connection.set_progress_handler(None, 0)

    def _allow(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ and (first in self._tables or first == "cut"):
            self._read.setdefault(first or "", set()).add(second or "log")
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FUNCTIONS:
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY


def bound_parameters(statement: Statement) -> dict[str, Any]:
    """What a rule is given: days as numbers, texts as they are."""
    bound: dict[str, Any] = {name: value for name, value in statement.parameters.items() if name not in ("from", "to")}
    for name in ("from", "to"):
        on = statement.parameters[name]
        bound[f"{name}_day"] = None if on is None else day_number(on)
    return bound


def check_member(rule: Rule, row: tuple[Any, ...], exclusions: list[str]) -> None:
    """The laws of a member: counted, or left out for one of the reasons. Raises Contradicted."""
    key, person, value, counted, reason, log, index = row[:7]
    fits = (
        isinstance(key, str)
        and isinstance(person, str | None)
        and isinstance(value, int | None)
        and counted in (0, 1)
        and isinstance(log, str)
        and isinstance(index, int)
        and all(isinstance(detail, str | int | None) for detail in row[7:])
    )
    if not fits or (reason is None) != (counted == 1) or (reason is not None and reason not in exclusions):
        raise Contradicted(f"the rule {shown(rule.header['id'])} breaks its own laws: {shown(repr(row))}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', "") + '"'
