"""What every follower of a log does: keep its place, apply what was verified, wait, try again, stop.

Where the entries come from is the business of `consumer` (a stream and its owner) and `local` (a
store in this process). Neither ever takes an entry out of turn, and the place in the log is
committed by the sink together with whatever the entries caused.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog
from sqlalchemy.exc import OperationalError

from ledger.errors import LedgerError, LogDiverged, Unavailable
from ledger.feed import OwnerHead, Sink, Verified
from ledger.feed.worker import Backoff, Worker
from ledger.merkle import Frontier

#: Entries in one `Sink.apply`, and bytes gathered for it.
BATCH_ENTRIES_MAX: Final = 5_000
BATCH_BYTES_MAX: Final = 8 * 1024 * 1024
#: A stopped log is looked at again: an operator may have decided.
RECHECK_SECONDS: Final = 2.0
RETRY_SECONDS: Final = (0.05, 2.0)
WARNINGS_KEPT: Final = 20

logger = structlog.get_logger()


class RootsDiffer(LedgerError):
    """Up to `head.size` the entries received are not the owner's, though each looks right by itself."""

    def __init__(self, head: OwnerHead) -> None:
        super().__init__(f"the entries received have another root at size {head.size} than the owner's")
        self.head = head


@dataclass(slots=True)
class FollowState:
    """For status pages: where a follower is and what is wrong, if anything."""

    log: str
    next_index: int = 0
    #: the longest this log has been heard to be
    known_size: int = 0
    #: up to this size the owner's root was found equal to that of what was applied
    agreed_size: int = 0
    #: entries arrive, or would if there were any
    following: bool = False
    #: what is being tried again
    trouble: str | None = None
    #: why nothing of this log is applied any more until an operator decides
    stopped: str | None = None
    #: lies of the stream that were found and set right, newest last
    warnings: deque[str] = field(default_factory=lambda: deque(maxlen=WARNINGS_KEPT))
    warning_count: int = 0

    @property
    def behind(self) -> int:
        """Entries known of and not yet applied."""
        return max(0, self.known_size - self.next_index)


class Following(ABC):
    """One log on its way into one sink. `run` ends only by being cancelled."""

    def __init__(self, log: str, sink: Sink, *, batch_entries: int = BATCH_ENTRIES_MAX) -> None:
        self.state = FollowState(log)
        self._log = log
        self._sink = sink
        self._batch_entries = batch_entries
        self._frontier = Frontier()
        self._owner_head: OwnerHead | None = None
        self._backoff = Backoff(*RETRY_SECONDS)
        self._worker: Worker

    async def run(self) -> None:
        """Follow for ever. Whatever goes wrong is logged, shown in `state` and tried again, except divergence."""
        with Worker(f"follow {self._log}") as self._worker:
            diverged: str | None = None
            while True:
                try:
                    if diverged is not None:
                        await self._worker.call(self._sink.stop, self._log, diverged)
                        diverged = None
                    if await self._may_follow():
                        await self._follow()
                    else:
                        await asyncio.sleep(RECHECK_SECONDS)
                except LogDiverged as error:
                    diverged = self.state.stopped = str(error)
                    logger.error("log_diverged", log=self._log, next_index=self.state.next_index, exc_info=error)
                except Exception as error:  # noqa: BLE001  # told, and tried again: nothing may end this loop
                    await self._wait_after(error)
                finally:
                    self.state.following = False

    @abstractmethod
    async def _follow(self) -> None:
        """Take in entries from `state.next_index` on, for as long as it goes well."""

    async def _may_follow(self) -> bool:
        """Go to the place the sink has committed; False if the log was stopped there."""
        position = await self._worker.call(self._sink.position, self._log)
        self._frontier = position.frontier.copy()
        self._owner_head = None
        self.state.next_index = position.next_index
        self.state.agreed_size = min(self.state.agreed_size, position.next_index)
        if position.error != self.state.stopped:
            logger.warning("log_stopped" if position.error else "log_released", log=self._log)
        self.state.stopped = position.error
        return position.error is None

    async def _wait_after(self, error: Exception) -> None:
        self.state.trouble = str(error) if isinstance(error, LedgerError) else f"{type(error).__name__}, see the log"
        seconds = self._backoff.next()
        attempt = self._backoff.attempt
        if attempt & (attempt - 1) == 0:  # the first, second, fourth, eighth…
            expected = isinstance(error, Unavailable | OperationalError)
            tell = logger.warning if expected else logger.error
            tell("follow_retries", log=self._log, attempt=attempt, retry_seconds=round(seconds, 2), exc_info=error)
        await asyncio.sleep(seconds)

    def _heard_of(self, size: int) -> None:
        self.state.known_size = max(self.state.known_size, size)

    def _goes_well(self) -> None:
        self.state.following = True
        self.state.trouble = None

    def _warn(self, warning: str, index: int) -> None:
        """The stream lied and was found out."""
        self.state.warnings.append(warning)
        self.state.warning_count += 1
        logger.error("stream_lied", log=self._log, index=index, exc_info=LogDiverged(warning))

    # ------------------------------------------------------------------------- in the worker

    def _commit(self, entries: Sequence[Verified]) -> tuple[Frontier, int | None]:
        """Apply entries that begin at our place; the new place, and the size whose root was found equal.

        Raises RootsDiffer before anything is applied.
        """
        frontier = self._frontier.copy()
        hashes = [entry.leaf_hash for entry in entries]
        head = self._owner_head
        if head is None or not frontier.size < head.size <= frontier.size + len(hashes):
            frontier.extend(hashes)
            agreed = None
        else:
            upto = head.size - frontier.size
            frontier.extend(hashes[:upto])
            if frontier.root() != head.root:
                raise RootsDiffer(head)
            frontier.extend(hashes[upto:])
            agreed = head.size
        self._sink.apply(self._log, entries, frontier)
        return frontier, agreed

    # ---------------------------------------------------------------------------- on the loop

    def _committed(self, frontier: Frontier, agreed: int | None) -> None:
        self._frontier = frontier
        self.state.next_index = frontier.size
        self._heard_of(frontier.size)
        if agreed is not None:
            self._agreed(agreed)
        self._backoff.reset()

    def _agreed(self, size: int) -> None:
        self.state.agreed_size = size
        self._owner_head = None
