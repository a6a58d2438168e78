"""A sheet as read: where its header row is, which columns it has, and its rows one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ledgerctl.registers import dates
from ledgerctl.registers.headers import names_of
from ledgerctl.registers.layout import ADDED_HEADERS, Column, Sheet
from ledgerctl.registers.problems import Caution
from ledgerctl.registers.text import Cell, header_of, is_blank, plain, scale_of

Cells = Sequence[Cell]

_IN_1904: dict[Callable[..., Any], Callable[..., Any]] = {dates.day: dates.day_1904, dates.month: dates.month_1904}


@dataclass(frozen=True, slots=True)
class Bound:
    """A column found in this table: its place in a row, and its reader made ready for this table."""

    place: int
    column: Column
    read: Callable[[Cell], Any]


@dataclass(slots=True)
class Oddities:
    """What only a workbook has. Rows count from 1, places as in a row's cells.

    `covered`: cells that lie under a merged cell and are not its first; `faults`: cells that hold an
    Excel error (`error`) or a formula whose result was never stored (`formula`).
    """

    date1904: bool = False
    covered: dict[int, set[int]] = field(default_factory=dict)
    faults: dict[int, dict[int, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Table:
    """A sheet that can be read. `rows` gives (row number, cells) of every row below the header, once."""

    sheet: Sheet
    header_row: int
    header: Cells
    bound: tuple[Bound, ...]
    rows: Iterator[tuple[int, Cells]]
    oddities: Oddities
    warnings: list[Caution]

    def original_columns(self) -> list[int]:
        """Places of the columns to hand back: all but those that an earlier rejected workbook added."""
        return [place for place, cell in enumerate(self.header) if header_of(cell) not in ADDED_HEADERS]


@dataclass(frozen=True, slots=True)
class NoHeader:
    """The required headers stand in no one row. `missing`: those that the row nearest to a header row lacks."""

    missing: tuple[str, ...]
    nearest_row: int
    any_content: bool


def _bind(sheet: Sheet, header: Cells, row: int, date1904: bool) -> tuple[tuple[Bound, ...], list[Caution]]:
    columns = {column.header: column for column in sheet.columns}
    bound: dict[str, Bound] = {}
    warnings: list[Caution] = []
    for place, (cell, name) in enumerate(zip(header, names_of(sheet, header), strict=True)):
        if name in bound:
            warnings.append(
                Caution(row, f"列「{name}」重复，只读取第一个", f"column {name} occurs twice; the first is read")
            )
        elif name in columns:
            column = columns[name]
            read = _IN_1904.get(column.read, column.read) if date1904 else column.read
            bound[name] = Bound(place, column, partial(read, scale=scale_of(cell)) if column.scaled else read)
        elif name not in ADDED_HEADERS and not is_blank(cell):
            shown = plain(cell)[:40]
            warnings.append(Caution(row, f"未识别的列「{shown}」，已忽略", f"unknown column {shown}: ignored"))
    return tuple(bound.values()), warnings


def find_table(sheet: Sheet, rows: Iterable[tuple[int, Cells]], oddities: Oddities) -> Table | NoHeader:
    """Take rows up to the first that holds all required headers; the rest are the table's."""
    required = set(sheet.required)
    known = {column.header for column in sheet.columns}
    rows = iter(rows)
    nearest, nearest_row, most, any_content = required, 0, 0, False
    for number, cells in rows:
        names = set(names_of(sheet, cells))
        if required <= names:
            bound, warnings = _bind(sheet, cells, number, oddities.date1904)
            return Table(sheet, number, cells, bound, rows, oddities, warnings)
        any_content = any_content or not names <= {""} or any(not is_blank(cell) for cell in cells)
        if len(known & names) > most:
            nearest, nearest_row, most = required - names, number, len(known & names)
    missing = tuple(header for header in sheet.required if header in nearest)
    return NoHeader(missing, nearest_row, any_content)
