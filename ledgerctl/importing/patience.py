"""Waiting for a service that is being restarted, instead of giving up on half a register."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from ledger.errors import Unavailable
from ledgerctl.printers import say

T = TypeVar("T")

PATIENCE_SECONDS: Final = 30.0
PAUSE_SECONDS: Final = 0.5


async def patiently(name: str, call: Callable[[], Awaitable[T]], seconds: float = PATIENCE_SECONDS) -> T:
    """Call again while the service is away, for at most so long. Raises Unavailable.

    Only for calls that may be repeated: everything an import sends is decided by upsert.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    told = False
    while True:
        try:
            return await call()
        except Unavailable:
            if loop.time() >= deadline:
                raise
            if not told:
                say(f"… 等待 {name} 服务 · waiting for {name}, which does not answer")
                told = True
            await asyncio.sleep(PAUSE_SECONDS)
