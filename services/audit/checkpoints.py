"""Which cuts are signed: of each log the sizes at which it signed what is held here.

The projector keeps a checkpoint only if its log's key signed it and its root is that of the entries
held (`services.outcomes.checkpoints`), so a root read here is one that was computed here as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection, text

from ledger.errors import Unavailable
from services.audit.answers import Cut
from services.audit.database import AsOf, resolve
from services.audit.refusals import cut_not_signed, nothing_signed

#: Entries in one page, and about how many bytes at most.
PAGE_ENTRIES: Final = 2_000
PAGE_BYTES: Final = 1024 * 1024

_NOT_BEYOND: Final = text(
    "SELECT size, root, note FROM checkpoints WHERE log = :log AND size <= :size ORDER BY size DESC LIMIT 1"
)
_LEAVES: Final = text("SELECT idx, leaf FROM entries WHERE log = :log AND idx >= :start AND idx < :stop ORDER BY idx")
_NEXT: Final = text("SELECT size FROM checkpoints WHERE log = :log AND size > :size ORDER BY size LIMIT 1")


class Head(NamedTuple):
    """A head that its log signed; `note` is the whole checkpoint."""

    log: str
    size: int
    root: bytes
    note: str


class SignedCut(NamedTuple):
    """Heads by origin: `cut` are their sizes, logs without any left out. `held`: all that was asked about."""

    heads: tuple[Head, ...]
    held: Cut

    @property
    def cut(self) -> Cut:
        """Origin → size."""
        return {head.log: head.size for head in self.heads}

    def without(self, log: str) -> SignedCut:
        """The same, that log left out: no statement reads the log it is published in."""
        heads = tuple(head for head in self.heads if head.log != log)
        return SignedCut(heads, {name: size for name, size in self.held.items() if name != log})


def newest(connection: Connection, as_of: AsOf) -> SignedCut:
    """The newest signed cut not beyond a point. Raises Refused (bad_as_of, bad_parameter, unknown_log, cut_ahead)."""
    held = {log: size for log, size in resolve(connection, as_of).items() if size}
    found = (_head(connection, log, size) for log, size in sorted(held.items()))
    return SignedCut(tuple(head for head in found if head is not None), held)


def to_state(connection: Connection, as_of: AsOf, publisher: str) -> SignedCut:
    """The signed cut that a statement for a point is made at: for a cut of sizes that very cut, else the newest.

    `publisher`: the log it is published in, which no statement reads. A log that holds entries and has signed
    none of them is refused, never read as empty. Raises Refused as `newest` does; cut_not_signed, nothing_signed.
    """
    signed = newest(connection, as_of).without(publisher)
    if not signed.heads and not isinstance(as_of, Mapping):
        raise nothing_signed()
    have = signed.cut
    for log, size in signed.held.items():
        if log not in have or (isinstance(as_of, Mapping) and have[log] != size):
            later = connection.execute(_NEXT, {"log": log, "size": size}).scalar()
            raise cut_not_signed(log, size, have.get(log), later)
    if not signed.heads:
        raise nothing_signed()
    return signed


def read_page(connection: Connection, log: str, start: int, stop: int) -> list[bytes]:
    """The stored bytes of entries from `start` on, before `stop`: at least one. Raises Unavailable: it is missing."""
    asked = {"log": log, "start": start, "stop": min(stop, start + PAGE_ENTRIES)}
    leaves: list[bytes] = []
    total = 0
    for index, leaf in connection.execute(_LEAVES, asked):
        if index != start + len(leaves):
            break
        leaves.append(bytes(leaf))
        total += len(leaves[-1])
        if total >= PAGE_BYTES:
            break
    if not leaves:
        raise Unavailable(f"entry {start} of {log} is missing from the copy; rebuild the projection")
    return leaves


def _head(connection: Connection, log: str, size: int) -> Head | None:
    row = connection.execute(_NOT_BEYOND, {"log": log, "size": size}).one_or_none()
    return None if row is None else Head(log, row.size, bytes(row.root), row.note)
