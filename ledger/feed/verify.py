"""The decisions of a follower, without I/O: is this the entry it claims to be, and is it the next one.

A message of a stream is taken for entry i only if its place is i + 1, its bytes hash to what its
header says, and the entry itself says that it is entry i of this log. Nothing else is believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ledger.entry import decode
from ledger.errors import UnreadableEntry
from ledger.feed import Verified
from ledger.merkle import leaf_hash
from ledger.store import StoredEntry


def row_of(found: Verified) -> StoredEntry:
    """The row of `entries` that the owner has of an entry."""
    entry = found.entry
    return StoredEntry(
        found.index,
        found.leaf,
        found.leaf_hash,
        entry.id,
        entry.subject,
        entry.revision,
        entry.type,
        entry.agency,
        entry.recorded,
    )


class Message(NamedTuple):
    """One message of a stream. What its headers claim is kept as received: "" where one is missing."""

    sequence: int
    leaf: bytes
    claimed_hash: str
    claimed_index: str


class Suspect(NamedTuple):
    """The bytes at this place are not the entry that belongs there."""

    index: int  # type: ignore[assignment]  # rather this name than tuple.index
    reason: str


class Hole(NamedTuple):
    """Entries up to `stop` (exclusive) are missing: the next message is further on."""

    stop: int


class Double(NamedTuple):
    """A message for an entry that was dealt with before."""

    index: int  # type: ignore[assignment]  # rather this name than tuple.index
    leaf_hash: bytes


@dataclass(slots=True)
class Run:
    """What the first messages of a delivery amount to: entries in order, until something is wrong.

    `used` says how many messages that is; `trouble`, if any, is about the one after them.
    """

    verified: list[Verified] = field(default_factory=list)
    doubles: list[Double] = field(default_factory=list)
    used: int = 0
    trouble: Hole | Suspect | None = None


def read_run(log: str, next_index: int, messages: Iterable[Message]) -> Run:
    """Verify messages of a stream, up to the first that is not the next entry of the log or a double."""
    run = Run()
    for message in messages:
        index = message.sequence - 1
        if index < next_index:
            run.doubles.append(Double(index, leaf_hash(message.leaf)))
        elif index > next_index:
            run.trouble = Hole(index)
            break
        else:
            verified = _verify_message(log, index, message)
            if isinstance(verified, Suspect):
                run.trouble = verified
                break
            run.verified.append(verified)
            next_index += 1
        run.used += 1
    return run


def _verify_message(log: str, index: int, message: Message) -> Verified | Suspect:
    verified = verify(log, index, message.leaf)
    if isinstance(verified, Suspect):
        return verified
    if verified.leaf_hash.hex() != message.claimed_hash:
        return Suspect(index, "its bytes do not hash to its Ledger-Hash")
    if str(index) != message.claimed_index:
        return Suspect(index, "its Ledger-Index is not its place in the stream")
    return verified


def verify(log: str, index: int, leaf: bytes) -> Verified | Suspect:
    """The entry in these bytes, if it says itself that it is entry `index` of `log`."""
    try:
        entry = decode(leaf)
    except UnreadableEntry:
        return Suspect(index, "its bytes are not an entry")
    if entry.source != log:
        return Suspect(index, "it names another log as its source")
    if entry.index != index:
        return Suspect(index, "it names another index as its place")
    return Verified(index, leaf, leaf_hash(leaf), entry)


def verify_all(log: str, start: int, leaves: Sequence[bytes]) -> list[Verified] | Suspect:
    """Entries [start, …) of a log from the hands of its owner, or the first that is none."""
    entries = []
    for index, leaf in enumerate(leaves, start):
        verified = verify(log, index, leaf)
        if isinstance(verified, Suspect):
            return verified
        entries.append(verified)
    return entries
