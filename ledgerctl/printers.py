"""What a verb prints: data on standard output, everything said about it on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from ledgerctl.failures import Failure

Align = Literal["left", "right"]


def say(text: str) -> None:
    """One line about what is going on, on standard error."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def out(text: str) -> None:
    """Plain text on standard output."""
    print(text)  # noqa: T201


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
) -> None:
    """A table on standard output, as wide as the terminal; numbers are grouped and to the right.

    `align` names columns that are not to the left; `styles` gives cells with that very text a rich
    style, e.g. `{"dead": "bold red"}`. Without a terminal no line is cut.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify=(align or {}).get(column, "left"), overflow="fold")
    for row in rows:
        cells = []
        for value in row:
            text = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
            cells.append(Text(text, style=(styles or {}).get(text, "")))
        table.add_row(*cells)
    width = None if sys.stdout.isatty() else int(os.environ.get("COLUMNS", "200"))
    Console(width=width).print(table)
