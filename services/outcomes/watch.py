"""Watching what a log signs: one watch a log, beside its follower, for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog

from ledger.errors import LogDiverged
from ledger.note import VerifierKey
from services.outcomes.checkpoints import CheckpointLedger, Signed
from services.outcomes.projector import Outcomes

#: How often a log's owner is asked for new checkpoints.
CHECKPOINT_SECONDS: Final = 1.0

log = structlog.get_logger()

Fetch = Callable[[int], Awaitable[Sequence[bytes]]]
"""Signed notes of more entries than so many, by size: a page, empty if there are none."""


class CheckpointWatch:
    """Takes every checkpoint of one log in order, also those signed before this database was built.

    `read_key`: the log's vkey, read when first needed. What cannot be compared yet, because the entries are
    still to come, waits here.
    """

    def __init__(self, origin: str, fetch: Fetch, read_key: Callable[[], VerifierKey], outcomes: Outcomes) -> None:
        self._origin = origin
        self._fetch = fetch
        self._read_key = read_key
        self._outcomes = outcomes
        self._ledger = CheckpointLedger(outcomes.database)
        self._waiting: list[Signed] = []
        self._reached = 0

    async def run(self) -> None:
        """Fetch, verify, compare. What is away is asked again; a contradiction stops the log."""
        told = ""
        while True:
            try:
                while await self.look():
                    pass
                told = ""
            except LogDiverged as error:
                await asyncio.to_thread(self._outcomes.stop, self._origin, str(error))
                if told != str(error):
                    log.error("checkpoint_contradicts", log=self._origin, exc_info=error)
                told = str(error)
                self._waiting = []
            except Exception as error:  # told, and tried again: nothing may end this loop
                if told != type(error).__name__:
                    log.warning("checkpoint_waits", log=self._origin, exc_info=error)
                told = type(error).__name__
            await asyncio.sleep(CHECKPOINT_SECONDS)

    async def look(self) -> bool:
        """Take the next page; False: there is nothing more that could be compared now.

        Raises LogDiverged. Unavailable, UnusableKey: asked again later.
        """
        if not self._waiting:
            notes = await self._fetch(self._reached)
            if not notes:
                return False
            self._waiting = await asyncio.to_thread(self._ledger.read, self._origin, notes, self._read_key())
        accepted = await asyncio.to_thread(self._ledger.accept_all, self._origin, self._waiting)
        if accepted:
            self._reached = self._waiting[accepted - 1].checkpoint.size
            self._waiting = self._waiting[accepted:]
        return not self._waiting
