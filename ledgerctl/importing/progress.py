"""How far an import is, on standard error: a line that changes on a terminal, one each ten seconds elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Final

from ledgerctl.printers import say

EVERY_SECONDS: Final = 10.0
TERMINAL_EVERY_SECONDS: Final = 0.2


class _Line:
    """Something said now and then: over and over in one line of a terminal, in lines of their own elsewhere."""

    def __init__(self) -> None:
        self._said = time.monotonic()
        self._terminal = sys.stderr.isatty()
        self._open = False

    def _due(self) -> bool:
        now = time.monotonic()
        if now - self._said < (TERMINAL_EVERY_SECONDS if self._terminal else EVERY_SECONDS):
            return False
        self._said = now
        return True

    def _show(self, text: str) -> None:
        if self._terminal:
            print(f"\r{text}\033[K", end="", file=sys.stderr, flush=True)  # noqa: T201
            self._open = True
        else:
            say(text)

    def _leave(self) -> None:
        if self._open:
            print(file=sys.stderr)  # noqa: T201
        self._open = False


class Progress(_Line):
    """Counts rows."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what
        self._rows = 0
        self._started = self._said

    def tick(self, rows: int) -> None:
        """So many more rows are done."""
        self._rows += rows
        if self._due():
            self._tell()

    def end(self) -> None:
        """Say where it ended, and leave the terminal's line."""
        if self._terminal and self._rows:
            self._tell()
        self._leave()

    def _tell(self) -> None:
        rate = self._rows / max(time.monotonic() - self._started, 0.001)
        self._show(f"{self._what}: {self._rows:,} 行 rows, {rate:,.0f}/s")


class Waiting(_Line):
    """Counts down."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what

    def left(self, entries: int) -> None:
        """So many entries are to come; with the last one the line is left."""
        if entries == 0:
            self._leave()
        elif self._due():
            self._show(f"{self._what}: {entries:,} 条 entries left")
