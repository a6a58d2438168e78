"""Holding the entries applied against what their logs signed.

For each log the newest checkpoint is fetched from its owner once a second and its signature checked.
When everything it covers has been applied, the root of those entries must be the signed one. It is
computed from the last checkpoint that was found right, so a check costs as many hashes as entries
came since. A root that differs, or a signature that is wrong, stops the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import func, insert, select

from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.errors import LogDiverged
from ledger.merkle import Frontier
from ledger.note import MalformedNote, UnverifiedNote, VerifierKey
from services.outcomes.database import Database
from services.outcomes.tables import CHECKPOINTS, ENTRIES, POSITIONS

#: Hashes read at once.
PAGE_HASHES: Final = 10_000


def believed(log: str, note: bytes, key: VerifierKey) -> Checkpoint:
    """The checkpoint in a note of this log. Raises LogDiverged: its key did not sign it."""
    try:
        checkpoint = open_checkpoint(note, [key]).checkpoint
    except (MalformedNote, UnverifiedNote) as error:
        raise LogDiverged(f"the checkpoint of {log} is not signed by the key known for it: {error}") from error
    if checkpoint.origin != log:
        raise LogDiverged(f"the checkpoint given for {log} is one of {checkpoint.origin}")
    return checkpoint


class CheckpointLedger:
    """The checkpoints found right, in the outcomes database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def accept(self, checkpoint: Checkpoint, note: bytes) -> bool:
        """Keep a checkpoint whose signature was verified, if its root is that of the entries applied.

        False: not all it covers has been applied yet. Raises LogDiverged: the roots differ.
        """
        log, size = checkpoint.origin, checkpoint.size
        with self._database.read() as connection:
            held = select(CHECKPOINTS).where(CHECKPOINTS.c.log == log, CHECKPOINTS.c.size <= size)
            before = connection.execute(held.order_by(CHECKPOINTS.c.size.desc()).limit(1)).one_or_none()
            applied = connection.execute(select(POSITIONS.c.next_index).where(POSITIONS.c.log == log)).scalar()
            if (applied or 0) < size:
                return False
            frontier = Frontier.unpack(before.size, bytes(before.frontier)) if before is not None else Frontier()
            while frontier.size < size:
                page = select(ENTRIES.c.leaf_hash).where(ENTRIES.c.log == log, ENTRIES.c.idx >= frontier.size)
                page = page.where(ENTRIES.c.idx < min(size, frontier.size + PAGE_HASHES)).order_by(ENTRIES.c.idx)
                hashes = [bytes(value) for value in connection.execute(page).scalars()]
                if not hashes:
                    raise LogDiverged(f"entry {frontier.size} of {log} is missing from the copy")
                frontier.extend(hashes)
        if frontier.root() != checkpoint.root:
            raise LogDiverged(f"the root that {log} signed for size {size} is not that of the entries applied")
        if before is None or before.size < size:
            row = {"log": log, "size": size, "root": checkpoint.root, "frontier": frontier.pack()}
            with self._database.write() as connection:
                connection.execute(insert(CHECKPOINTS).values(note=note.decode(), **row))
        return True

    def newest(self) -> Mapping[str, int]:
        """Log → size of its newest checkpoint that was found right."""
        with self._database.read() as connection:
            largest = select(CHECKPOINTS.c.log, func.max(CHECKPOINTS.c.size)).group_by(CHECKPOINTS.c.log)
            return dict(connection.execute(largest).tuples().all())
