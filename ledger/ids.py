"""Identifiers, handed in like time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

Ids = Callable[[int], Iterator[str]]
"""`n` fresh identifiers, unique in the world."""


def uuid7s(n: int) -> Iterator[str]:
    """UUID version 7 (RFC 9562): a millisecond clock, then 74 random bits.

    The clock part keeps the index on event ids growing at its right edge.
    """
    millis = f"{time.time_ns() // 1_000_000:012x}"
    random = os.urandom(10 * n).hex()
    for at in range(0, 20 * n, 20):
        r = random[at : at + 20]
        variant = "89ab"[int(r[3], 16) & 3]
        yield f"{millis[:8]}-{millis[8:]}-7{r[:3]}-{variant}{r[4:7]}-{r[7:19]}"


def reference(prefix: str) -> str:
    """A random reference such as `pr_5d0c…`: 128 bits that say nothing about whom they stand for."""
    return f"{prefix}_{os.urandom(16).hex()}"
