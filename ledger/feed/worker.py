"""A thread of one's own for calls that block, and how long to wait before trying again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Worker:
    """Runs blocking calls one at a time in one thread.

    A call under way is waited for even when its caller is cancelled, so that nothing touches the
    database any more once the task that made the call is over.
    """

    def __init__(self, name: str) -> None:
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the function returns or raises."""
        future = asyncio.wrap_future(self._threads.submit(function, *args, **kwargs))
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            await asyncio.wait({future})
            if not future.cancelled():
                future.exception()  # looked at, so that nobody complains that it was not
            raise

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(wait=False)


class Backoff:
    """Waits that double from `first` to `longest` seconds, each made shorter by chance by up to half."""

    def __init__(self, first: float, longest: float) -> None:
        self._first = first
        self._longest = longest
        self.attempt = 0

    def next(self) -> float:
        """How long to wait now."""
        wait = min(self._longest, self._first * 2.0 ** min(self.attempt, 30))
        self.attempt += 1
        return wait * random.uniform(0.5, 1.0)  # spreading load, not keeping secrets

    def reset(self) -> None:
        """Something worked."""
        self.attempt = 0
