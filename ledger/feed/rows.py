"""Rows a reaction keeps, written for a whole batch at once: two statements a table, whatever its length."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, delete, insert

Row = dict[str, Any]


class RowsByEntry:
    """Rows that stand as long as the entry does that put them there.

    `entry` is the column that holds the entry's index; all rows of one batch come from one log.
    """

    def __init__(self, table: Table, entry: Column[int]) -> None:
        self._table = table
        self._entry = entry
        self._added: dict[int, list[Row]] = {}
        self._removed: list[int] = []

    def add(self, index: int, *rows: Row) -> None:
        """Rows that entry `index` puts there."""
        self._added.setdefault(index, []).extend(rows)

    def remove(self, index: int) -> None:
        """Entry `index` was retracted."""
        if self._added.pop(index, None) is None:
            self._removed.append(index)

    def write(self, connection: Connection, **where: str) -> None:
        """Delete and insert. `where`: further columns that narrow the deletion, such as log=…."""
        if self._removed:
            gone = delete(self._table).where(self._entry == bindparam("gone"))
            for name, value in where.items():
                gone = gone.where(self._table.c[name] == value)
            connection.execute(gone, [{"gone": index} for index in self._removed])
        rows = [row for rows in self._added.values() for row in rows]
        if rows:
            connection.execute(insert(self._table), rows)
