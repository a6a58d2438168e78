"""What a verb prints: data on standard output, everything said about it on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

from ledgerctl.failures import BadInput, Failure

Align = Literal["left", "right"]
#: a column of words is not made narrower than this
READABLE: Final = 12


def say(text: str) -> None:
    """One line about what is going on, on standard error."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def out(text: str) -> None:
    """Plain text on standard output."""
    print(text)  # noqa: T201


def write_file(path: Path, data: bytes) -> None:
    """What was asked for as a file. Raises BadInput: it cannot be written there."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise BadInput(f"写不了文件 · cannot write {path}: {error.strerror}", "name another place") from error


def print_json(value: object) -> None:
    """One JSON document on standard output; Chinese stays readable."""
    out(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))


def print_json_lines(values: Iterable[object]) -> None:
    """One JSON document a line."""
    for value in values:
        out(json.dumps(value, ensure_ascii=False))


def print_failure(failure: Failure) -> None:
    """What happened and what to do next."""
    say(f"✗ {failure.message}")
    if failure.remedy:
        say(f"  → {failure.remedy}")


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str = "",
    align: Mapping[str, Align] | None = None,
    styles: Mapping[str, str] | None = None,
    whole: Collection[str] = (),
    spare: Sequence[str] = (),
) -> list[str]:
    """A table on standard output, as wide as the terminal; numbers are grouped and to the right.

    `align` names columns that are not to the left; `styles` gives cells with that very text a rich
    style, e.g. `{"dead": "bold red"}`. Cells of `whole` columns (ids, places) are never broken, so that
    they can be copied; where it is too narrow, `spare` columns are left out, the first of them first.
    Returns the columns that are shown.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    width = Console().width if sys.stdout.isatty() else _columns()
    texts = [[_shown(value) for value in row] for row in rows]
    kept = _fitting(columns, texts, width, whole, spare)
    table = Table(title=title or None, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for at in kept:
        column = columns[at]
        justify = (align or {}).get(column, "left")
        if column in whole:
            table.add_column(column, justify=justify, no_wrap=True, min_width=_widest(column, at, texts))
        else:
            table.add_column(column, justify=justify, overflow="fold")
    for row in texts:
        table.add_row(*(Text(row[at], style=(styles or {}).get(row[at], "")) for at in kept))
    # rather a line that the terminal breaks than an id that nobody can copy
    Console(width=max(width, _needed(columns, texts, kept, whole))).print(table)
    return [columns[at] for at in kept]


def _columns() -> int:
    said = os.environ.get("COLUMNS", "")
    return int(said) if said.isdecimal() and int(said) > 0 else 200


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _fitting(
    columns: Sequence[str], rows: Sequence[Sequence[str]], width: int, whole: Collection[str], spare: Sequence[str]
) -> list[int]:
    """Places of the columns that are shown."""
    kept = list(range(len(columns)))
    for name in spare:
        if _needed(columns, rows, kept, whole) <= width:
            break
        kept.remove(columns.index(name))
    return kept


def _needed(columns: Sequence[str], rows: Sequence[Sequence[str]], kept: Sequence[int], whole: Collection[str]) -> int:
    """Characters the columns take: all of the `whole` ones, of the others as much as still reads well."""
    widths = (_widest(columns[at], at, rows) for at in kept)
    sure = sum(wide if columns[at] in whole else min(wide, READABLE) for at, wide in zip(kept, widths, strict=True))
    return sure + 2 * (len(kept) - 1)


def _widest(column: str, at: int, rows: Sequence[Sequence[str]]) -> int:
    from rich.cells import cell_len

    return max([cell_len(column), *(cell_len(row[at]) for row in rows)])
