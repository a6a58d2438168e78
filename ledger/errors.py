"""Every way in which the ledger says no.

    LedgerError
    ├── Refusal            a command cannot be recorded; the caller can do something about it
    ├── UnreadableEntry    stored or received bytes are not an entry we can read
    ├── UnsafeStore        the database would lose acknowledged entries: the service will not start
    ├── LogDiverged        two copies of one log differ: reading or publishing it stops
    └── Unavailable        something we depend on is away; trying again may help

Which of two refusals wins: a malformed request is refused before it is compared with a repeat of
its request id, that before the expected revision, and that before the decision itself. Two things
show only when the entry is written, and come last: that it is too long, or holds a control character.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class LedgerError(Exception):
    """The root of all errors this project raises on purpose."""


class Kind(Enum):
    """What the caller should make of a refusal; `ledger.rpc.status` maps each to one gRPC code."""

    MALFORMED = "malformed"  # the request itself is wrong: repair it
    IMPOSSIBLE = "impossible"  # cannot be so, given what this aggregate already records
    NOT_FOUND = "not_found"  # what it speaks of is not recorded here
    CONFLICT = "conflict"  # somebody else was first: look again and decide anew
    REUSED = "reused"  # this request id already stands for something else
    FORBIDDEN = "forbidden"  # only another agency may do this


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command cannot be recorded. A value, not an exception: deciders return it.

    `rule` is stable and machine-readable; `message` says in English what to do; `zh` the same for
    clerks; `details` are strings safe to show anyone.
    """

    rule: str
    kind: Kind
    message: str
    zh: str
    details: dict[str, str] = field(default_factory=dict)


class Refused(LedgerError):
    """A refusal on its way to the caller."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.rule}: {refusal.message}")
        self.refusal = refusal


class UnreadableEntry(LedgerError):
    """Bytes that are not an entry of this format, or of a type nobody here knows."""


class UnsafeStore(LedgerError):
    """A database setting under which acknowledged entries can be lost in a power cut."""


class LogDiverged(LedgerError):
    """Two copies of one log differ at an index. Nobody may choose between them silently."""


class Unavailable(LedgerError):
    """A database, broker or service is away. Nothing was lost; the call may be repeated."""
