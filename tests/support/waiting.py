"""Waiting for something another process does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(look: Callable[[], T | None], seconds_max: float = 20.0) -> T:
    """The first true answer of `look`. Raises TimeoutError."""
    deadline = time.monotonic() + seconds_max
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing within {seconds_max} s")
        time.sleep(0.01)
