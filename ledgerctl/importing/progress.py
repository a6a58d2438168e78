"""How far an import is, on standard error: a line that changes on a terminal, one each ten seconds elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Final

from ledgerctl.printers import say

EVERY_SECONDS: Final = 10.0
TERMINAL_EVERY_SECONDS: Final = 0.2


class Progress:
    """Counts rows and says so now and then."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._rows = 0
        self._started = time.monotonic()
        self._said = self._started
        self._terminal = sys.stderr.isatty()

    def tick(self, rows: int) -> None:
        """So many more rows are done."""
        self._rows += rows
        now = time.monotonic()
        if now - self._said >= (TERMINAL_EVERY_SECONDS if self._terminal else EVERY_SECONDS):
            self._said = now
            self._show()

    def end(self) -> None:
        """Leave the terminal's line."""
        if self._terminal and self._rows:
            self._show()
            print(file=sys.stderr)  # noqa: T201

    def _show(self) -> None:
        rate = self._rows / max(time.monotonic() - self._started, 0.001)
        text = f"{self._what}: {self._rows:,} 行 rows, {rate:,.0f}/s"
        if self._terminal:
            print(f"\r{text}", end="", file=sys.stderr, flush=True)  # noqa: T201
        else:
            say(text)
