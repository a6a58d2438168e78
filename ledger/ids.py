"""Identifiers, handed in like time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

Ids = Callable[[int], Iterator[str]]
"""`n` fresh identifiers, unique in the world."""


#: any hex digit to one whose upper two bits are 10, as RFC 9562 wants them
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


def uuid7s(n: int) -> Iterator[str]:
    """UUID version 7 (RFC 9562): a millisecond clock, then 74 random bits.

    The clock part keeps the index on event ids growing at its right edge.
    """
    millis = f"{time.time_ns() // 1_000_000:012x}"
    prefix = f"{millis[:8]}-{millis[8:]}-7"
    random = os.urandom(10 * n).hex()
    for at in range(0, 20 * n, 20):
        r = random[at : at + 20]
        yield f"{prefix}{r[:3]}-{_VARIANT[r[3]]}{r[4:7]}-{r[7:19]}"


def reference(prefix: str) -> str:
    """A random reference such as `pr_5d0c…`: 128 bits that say nothing about whom they stand for."""
    return f"{prefix}_{os.urandom(16).hex()}"
