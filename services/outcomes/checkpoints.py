"""Holding the entries applied against what their logs signed.

Every checkpoint of a log is fetched from its owner, in order, and its signature checked. When everything it
covers has been applied, the root of those entries must be the signed one. It is computed from the checkpoint
before it, so a check costs as many hashes as entries came since. A root that differs, or a signature that is
wrong, stops the log. A database built from nothing goes through the checkpoints from the first one on, so
that it can answer for whatever was stated over any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, func, insert, select

from ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from ledger.errors import LogDiverged
from ledger.merkle import Frontier
from ledger.note import MalformedNote, UnverifiedNote, VerifierKey, parse_note
from services.outcomes.database import Database
from services.outcomes.tables import CHECKPOINTS, ENTRIES, POSITIONS

#: Hashes read at once.
PAGE_HASHES: Final = 10_000


class Signed(NamedTuple):
    """A checkpoint and the note it is in, its signature verified."""

    checkpoint: Checkpoint
    note: bytes


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
        return self.accept_all(checkpoint.origin, [Signed(checkpoint, note)]) == 1

    def accept_all(self, log: str, some: Sequence[Signed]) -> int:
        """Keep checkpoints of a log, ascending by size, as far as all they cover has been applied.

        Returns how many, from the first on, are kept now. Raises LogDiverged: the root of one is not that of
        the entries; those before it are kept.
        """
        rows: list[dict[str, Any]] = []
        accepted = 0
        wrong: int | None = None
        with self._database.read() as connection:
            held = _held(connection, log, [one.checkpoint.size for one in some])
            applied = connection.execute(select(POSITIONS.c.next_index).where(POSITIONS.c.log == log)).scalar() or 0
            frontier = Frontier()
            for checkpoint, note in some:
                size = checkpoint.size
                if size > applied:
                    break
                if size in held:
                    root = bytes(held[size].root)
                else:
                    frontier = _extended(connection, log, frontier, size)
                    root = frontier.root()
                if root != checkpoint.root:
                    wrong = size
                    break
                if size not in held:
                    row = {"log": log, "size": size, "root": root, "frontier": frontier.pack(), "note": note.decode()}
                    rows.append(row)
                accepted += 1
        if rows:
            with self._database.write() as connection:
                connection.execute(insert(CHECKPOINTS), rows)
        if wrong is not None:
            raise LogDiverged(f"the root that {log} signed for size {wrong} is not that of the entries applied")
        return accepted

    def read(self, log: str, notes: Iterable[bytes], key: VerifierKey) -> list[Signed]:
        """The checkpoints in notes of a log, by size; those that are held already are not verified again.

        Raises LogDiverged: its key did not sign one of them.
        """
        parsed: list[tuple[int, bytes]] = []
        for note in notes:
            try:
                parsed.append((parse_checkpoint(parse_note(note).text).size, note))
            except MalformedNote as error:
                raise LogDiverged(f"what {log} gave for a checkpoint is none: {error}") from error
        with self._database.read() as connection:
            held = _held(connection, log, [size for size, _ in parsed])
        known = {row.note.encode() for row in held.values()}
        return [
            Signed(parse_checkpoint(parse_note(note).text) if note in known else believed(log, note, key), note)
            for _, note in sorted(parsed)
        ]

    def newest(self) -> Mapping[str, int]:
        """Log → size of its newest checkpoint that was found right."""
        with self._database.read() as connection:
            largest = select(CHECKPOINTS.c.log, func.max(CHECKPOINTS.c.size)).group_by(CHECKPOINTS.c.log)
            return {row[0]: row[1] for row in connection.execute(largest)}


def _held(connection: Connection, log: str, sizes: Sequence[int]) -> Mapping[int, Row[Any]]:
    """Size → checkpoint kept, between the smallest and the largest of these sizes."""
    if not sizes:
        return {}
    within = CHECKPOINTS.c.size.between(min(sizes), max(sizes))
    found = connection.execute(select(CHECKPOINTS).where(CHECKPOINTS.c.log == log, within)).all()
    return {row.size: row for row in found}


def _extended(connection: Connection, log: str, reached: Frontier, size: int) -> Frontier:
    """The tree of the first `size` entries applied, from `reached` or from the largest checkpoint kept before it."""
    before = select(CHECKPOINTS).where(CHECKPOINTS.c.log == log, CHECKPOINTS.c.size <= size)
    row = connection.execute(before.order_by(CHECKPOINTS.c.size.desc()).limit(1)).one_or_none()
    frontier = reached.copy()
    if row is not None and row.size > frontier.size:
        frontier = Frontier.unpack(row.size, bytes(row.frontier))
    while frontier.size < size:
        page = select(ENTRIES.c.leaf_hash).where(ENTRIES.c.log == log, ENTRIES.c.idx >= frontier.size)
        page = page.where(ENTRIES.c.idx < min(size, frontier.size + PAGE_HASHES)).order_by(ENTRIES.c.idx)
        hashes = [bytes(value) for value in connection.execute(page).scalars()]
        if not hashes:
            raise LogDiverged(f"entry {frontier.size} of {log} is missing from the copy")
        frontier.extend(hashes)
    return frontier
