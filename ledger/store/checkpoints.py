"""Signed heads of a log and the hashes that proofs are made of, beside the entries in their database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Engine, Row, func, insert, select

from ledger.merkle import Frontier
from ledger.store.tables import CHECKPOINTS, COSIGNATURES, ENTRIES, NODES

#: Subtree roots are kept at every eighth level, as in C2SP tlog-tiles.
TILE_LEVELS = 8


class SignedHead(NamedTuple):
    """A checkpoint as it was signed: `note` is the whole signed note."""

    frontier: Frontier
    root: bytes
    note: str

    @property
    def size(self) -> int:
        """How many entries it covers."""
        return self.frontier.size


class Node(NamedTuple):
    """The root of a complete subtree: of leaves [index << level, (index + 1) << level)."""

    level: int
    index: int  # type: ignore[assignment]  # rather this name than tuple.index
    hash: bytes


class CheckpointStore:
    """The tables `checkpoints` and `nodes` of one log. `writer` may be the appender's engine."""

    def __init__(self, writer: Engine, readers: Engine) -> None:
        self._writer = writer
        self._readers = readers

    def latest(self) -> SignedHead | None:
        """The newest checkpoint; None: none was signed yet."""
        with self._readers.begin() as connection:
            row = connection.execute(select(CHECKPOINTS).order_by(CHECKPOINTS.c.size.desc()).limit(1)).one_or_none()
        return _signed(row) if row is not None else None

    def covering(self, index: int) -> SignedHead | None:
        """The first checkpoint that covers the entry; None: there is none yet."""
        query = select(CHECKPOINTS).where(CHECKPOINTS.c.size > index).order_by(CHECKPOINTS.c.size).limit(1)
        with self._readers.begin() as connection:
            row = connection.execute(query).one_or_none()
        return _signed(row) if row is not None else None

    def at(self, size: int) -> SignedHead | None:
        """The checkpoint of exactly this size."""
        with self._readers.begin() as connection:
            row = connection.execute(select(CHECKPOINTS).where(CHECKPOINTS.c.size == size)).one_or_none()
        return _signed(row) if row is not None else None

    def beyond(self, size: int, limit: int) -> list[SignedHead]:
        """The next checkpoints of more entries than `size`, in order, at most `limit`."""
        query = select(CHECKPOINTS).where(CHECKPOINTS.c.size > size).order_by(CHECKPOINTS.c.size).limit(limit)
        with self._readers.begin() as connection:
            return [_signed(row) for row in connection.execute(query)]

    def all(self) -> Iterator[SignedHead]:
        """Every checkpoint, by size."""
        with self._readers.begin() as connection:
            for row in connection.execute(select(CHECKPOINTS).order_by(CHECKPOINTS.c.size)):
                yield _signed(row)

    def add(self, head: SignedHead, nodes: Sequence[Node]) -> None:
        """Keep a checkpoint and the subtree roots that became complete with it.

        Raises sqlalchemy.exc.IntegrityError: a checkpoint of this size exists.
        """
        with self._writer.begin() as connection:
            if nodes:
                rows = [{"level": node.level, "idx": node.index, "hash": node.hash} for node in nodes]
                connection.execute(insert(NODES), rows)
            connection.execute(
                insert(CHECKPOINTS).values(
                    size=head.size,
                    root=head.root,
                    frontier=head.frontier.pack(),
                    note=head.note,
                )
            )

    def cosigned(self, head: SignedHead) -> bytes:
        """The note of a checkpoint with the signatures of its witnesses under it."""
        query = select(COSIGNATURES.c.line).where(COSIGNATURES.c.size == head.size).order_by(COSIGNATURES.c.witness)
        with self._readers.begin() as connection:
            lines = connection.execute(query).scalars().all()
        return (head.note + "".join(f"{line}\n" for line in lines)).encode()

    def add_cosignature(self, size: int, witness: str, line: str) -> None:
        """Keep a witness's signature line, verified by the caller; one that is there stays as it is."""
        here = (COSIGNATURES.c.size == size, COSIGNATURES.c.witness == witness)
        with self._writer.begin() as connection:
            if connection.execute(select(COSIGNATURES.c.size).where(*here)).first() is None:
                connection.execute(insert(COSIGNATURES).values(size=size, witness=witness, line=line))

    def to_cosign(self, witness: str) -> SignedHead | None:
        """The first checkpoint beyond the last one a witness cosigned; the newest, if it cosigned none; None: none."""
        # from the end of the index on: a maximum would be looked for among all of them
        upto = select(COSIGNATURES.c.size).where(COSIGNATURES.c.witness == witness)
        upto = upto.order_by(COSIGNATURES.c.size.desc()).limit(1)
        newest = select(CHECKPOINTS.c.size - 1).order_by(CHECKPOINTS.c.size.desc()).limit(1)
        query = select(CHECKPOINTS).where(
            CHECKPOINTS.c.size > func.coalesce(upto.scalar_subquery(), newest.scalar_subquery())
        )
        with self._readers.begin() as connection:
            row = connection.execute(query.order_by(CHECKPOINTS.c.size).limit(1)).one_or_none()
        return _signed(row) if row is not None else None

    def hashes(self, level: int, start: int, stop: int) -> list[bytes]:
        """Roots of the complete subtrees [start, stop) of a level that is kept (0, 8, 16, …)."""
        if level == 0:
            query = select(ENTRIES.c.leaf_hash).where(ENTRIES.c.idx >= start, ENTRIES.c.idx < stop)
            query = query.order_by(ENTRIES.c.idx)
        else:
            query = select(NODES.c.hash).where(NODES.c.level == level, NODES.c.idx >= start, NODES.c.idx < stop)
            query = query.order_by(NODES.c.idx)
        with self._readers.begin() as connection:
            return [bytes(value) for value in connection.execute(query).scalars()]


def _signed(row: Row[Any]) -> SignedHead:
    frontier = Frontier.unpack(row.size, bytes(row.frontier))
    return SignedHead(frontier, bytes(row.root), row.note)
