"""Is the log what it says it is? Every byte is read and hashed; nothing is repaired.

A finding names the one place where something differs, the first such place of its kind, because what
comes after it usually follows from it. `docs/operating/` says what to do about each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from ledger.checkpoint import open_checkpoint
from ledger.entry import decode
from ledger.errors import UnreadableEntry
from ledger.merkle import Frontier, leaf_hash
from ledger.note import MalformedNote, UnverifiedNote, VerifierKey
from ledger.signing import grow
from ledger.store import Store, StoredEntry
from ledger.store.checkpoints import CheckpointStore, Node, SignedHead

#: Progress is told after so many entries.
TELL_EVERY: Final = 10_000
#: More findings of one kind than this are counted, not listed.
LISTED_MAX: Final = 20


class Finding(NamedTuple):
    """Something that differs. `check`: which comparison; `place`: where, e.g. `entry 17`."""

    check: str
    place: str
    message: str


Tell = Callable[[int, int], None]
"""(entries read, entries there are)."""


def check_log(
    store: Store, checkpoints: CheckpointStore, key: VerifierKey | None, tell: Tell = lambda _done, _all: None
) -> Iterator[Finding]:
    """Entries against their hashes, the tree, the head row, the checkpoints and the kept nodes.

    `key`: the log's own; None: signatures are not checked. O(checkpoints since the last one read) memory.
    """
    head = store.head()
    frontier = Frontier()
    nodes: list[Node] = []
    recorded = ""
    signed = _Signed(checkpoints, key)
    for entry in store.read(0, head.size):
        if entry.index != frontier.size:
            yield Finding("entries", f"entry {frontier.size}", "is missing: indices have a gap")
            return
        yield from _row(entry, head.origin, recorded)
        recorded = entry.recorded
        nodes += grow(frontier, (leaf_hash(entry.leaf),))
        yield from signed.reached(frontier)
        if len(nodes) >= LISTED_MAX or frontier.size == head.size:
            yield from _kept_nodes(checkpoints, nodes, signed.size)
            nodes.clear()
        if frontier.size % TELL_EVERY == 0:
            tell(frontier.size, head.size)
    tell(frontier.size, head.size)
    if frontier.size != head.size:
        yield Finding("head", f"size {head.size}", f"the log holds only {frontier.size} entries: its tail is gone")
    elif frontier.root() != head.frontier.root():
        yield Finding("head", f"size {head.size}", "the head row's root is not that of the entries")
    if head.last_recorded != recorded:
        yield Finding("head", f"size {head.size}", "the head row's last time is not that of the last entry")
    yield from signed.beyond(frontier.size)


def _row(entry: StoredEntry, origin: str, recorded_before: str) -> Iterator[Finding]:
    place = f"entry {entry.index}"
    if leaf_hash(entry.leaf) != entry.leaf_hash:
        yield Finding("entries", place, "its bytes do not have the hash stored beside them")
    try:
        envelope = decode(entry.leaf)
    except UnreadableEntry as error:
        yield Finding("entries", place, f"cannot be read: {error}")
        return
    stated = (
        envelope.source,
        envelope.index,
        envelope.id,
        envelope.subject,
        envelope.revision,
        envelope.type,
        envelope.agency,
        envelope.recorded,
    )
    kept = (
        origin,
        entry.index,
        entry.event_id,
        entry.stream,
        entry.revision,
        entry.type,
        entry.agency,
        entry.recorded,
    )
    if stated != kept:
        yield Finding("entries", place, "its columns do not say what its bytes say")
    if entry.recorded < recorded_before:
        yield Finding("entries", place, "was recorded before the entry before it")


def _kept_nodes(checkpoints: CheckpointStore, nodes: list[Node], signed_size: int) -> Iterator[Finding]:
    for node in nodes:
        if (node.index + 1) << node.level > signed_size:
            continue  # kept with the next checkpoint
        held = checkpoints.hashes(node.level, node.index, node.index + 1)
        if held != [node.hash]:
            yield Finding("nodes", f"level {node.level}, {node.index}", "is not the root of the entries below it")


class _Signed:
    """The checkpoints of the log, met one after the other as the tree grows."""

    def __init__(self, checkpoints: CheckpointStore, key: VerifierKey | None) -> None:
        self._waiting = checkpoints.all()
        self._key = key
        self._next = next(self._waiting, None)
        latest = checkpoints.latest()
        #: how much of the log is signed
        self.size = latest.size if latest is not None else 0

    def reached(self, frontier: Frontier) -> Iterator[Finding]:
        """What is wrong with the checkpoint of this very size, if there is one."""
        while self._next is not None and self._next.size == frontier.size:
            yield from self._check(self._next, frontier.root())
            self._next = next(self._waiting, None)

    def beyond(self, size: int) -> Iterator[Finding]:
        """Checkpoints of sizes that the log does not reach."""
        if self._next is not None:
            yield Finding(
                "checkpoints", f"checkpoint {self._next.size}", f"covers more than the {size} entries there are"
            )

    def _check(self, signed: SignedHead, root: bytes) -> Iterator[Finding]:
        place = f"checkpoint {signed.size}"
        if signed.root != root or signed.frontier.root() != root:
            yield Finding("checkpoints", place, "its root is not that of the entries: the log was rewritten")
        if self._key is None:
            return
        try:
            stated = open_checkpoint(signed.note.encode(), [self._key]).checkpoint
        except (MalformedNote, UnverifiedNote) as error:
            yield Finding("checkpoints", place, f"is not signed by the log's key: {error}")
            return
        if (stated.origin, stated.size, stated.root) != (self._key.name, signed.size, root):
            yield Finding("checkpoints", place, "its note states another origin, size or root")
