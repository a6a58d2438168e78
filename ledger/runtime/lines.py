"""Where log lines go: to a file, those of one turn of an event loop in one write."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from contextlib import suppress
from typing import BinaryIO


class Lines:
    """The end of structlog's pipeline. Any thread may write.

    A service answers many calls in one turn of its loop, and each write is a system call during which
    another thread takes the interpreter: so lines up to `info` wait for the end of the turn. What is
    worse goes out at once, after all before it.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._waiting: deque[bytes] = deque()
        self._writing = threading.Lock()

    def info(self, line: bytes) -> None:
        """Write at the end of this turn of the loop, or at once where no loop runs."""
        self._waiting.append(line)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.flush()
            return
        if len(self._waiting) == 1:
            loop.call_soon(self.flush)

    def error(self, line: bytes) -> None:
        """Write at once."""
        self._waiting.append(line)
        self.flush()

    debug = info
    warning = critical = error

    def flush(self) -> None:
        """Write what waits. A full disk or a closed pipe is no reason to fail whoever says something."""
        with self._writing, suppress(OSError):
            lines = []
            while self._waiting:
                lines.append(self._waiting.popleft())
            if lines:
                self._file.write(b"\n".join((*lines, b"")))
                self._file.flush()
