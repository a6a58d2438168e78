"""A log in memory: the contract without durability, for tests and simulations."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection

from ledger.merkle import Frontier
from ledger.store import Head, Leaf, Relayed, StoredEntry, StoredRequest, Transaction, check_contiguous


class _Append:
    """Buffers what is appended until the block ends."""

    connection: Connection | None = None

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self.head = store.head()
        self.new: list[StoredEntry] = []
        self.new_requests: list[StoredRequest] = []

    def streams(self, names: Sequence[str]) -> Mapping[str, Sequence[StoredEntry]]:
        held = self._store.by_stream
        return {name: list(held[name]) for name in names if name in held}

    def entries(self, indices: Sequence[int]) -> Mapping[int, StoredEntry]:
        return {index: self._store.log[index] for index in indices if 0 <= index < len(self._store.log)}

    def requests(self, keys: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], StoredRequest]:
        held = self._store.accepted
        return {key: held[key] for key in keys if key in held}

    def append(self, entries: Sequence[StoredEntry], requests: Sequence[StoredRequest], head: Head) -> None:
        check_contiguous(self.head, entries, head)
        self._store.check_unused(entries, requests)
        self.new.extend(entries)
        self.new_requests.extend(requests)
        self.head = head


class MemoryStore:
    """One log, gone with the process."""

    def __init__(self, origin: str) -> None:
        self.log: list[StoredEntry] = []
        self.by_stream: dict[str, list[StoredEntry]] = {}
        self.accepted: dict[tuple[str, str], StoredRequest] = {}
        self.event_ids: set[str] = set()
        self._head = Head(origin, Frontier(), "")
        self._relay = Relayed(0, "", 0, 0.0, None)
        self._lock = threading.RLock()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self._lock:
            append = _Append(self)
            yield append
            for entry in append.new:
                self.log.append(entry)
                self.by_stream.setdefault(entry.stream, []).append(entry)
                self.event_ids.add(entry.event_id)
            for request in append.new_requests:
                self.accepted[request.agency, request.request_id] = request
            self._head = append.head

    def check_unused(self, entries: Sequence[StoredEntry], requests: Sequence[StoredRequest]) -> None:
        """What the unique indices of a database see to. Raises ValueError."""
        for entry in entries:
            held = self.by_stream.get(entry.stream)
            if entry.event_id in self.event_ids or (held and held[-1].revision >= entry.revision):
                raise ValueError(f"entry {entry.index} takes the place of another in its stream, or its id")
        for request in requests:
            if (request.agency, request.request_id) in self.accepted:
                raise ValueError(f"request {request.request_id} was accepted before")

    def head(self) -> Head:
        with self._lock:
            return Head(self._head.origin, self._head.frontier.copy(), self._head.last_recorded)

    def read(self, start: int, stop: int) -> Iterator[StoredEntry]:
        for index in range(max(start, 0), min(stop, len(self.log))):
            yield self.log[index]

    def leaves(self, start: int, stop: int) -> Iterator[Leaf]:
        for entry in self.read(start, stop):
            yield entry.index, entry.leaf, entry.leaf_hash

    def relayed(self) -> Relayed:
        with self._lock:
            return self._relay

    def take_relay(self, owner: str, now: float, until: float) -> Relayed | None:
        with self._lock:
            held = self._relay
            if held.owner == owner:
                self._relay = held._replace(lease_until=until)
            elif held.lease_until < now:
                self._relay = held._replace(owner=owner, epoch=held.epoch + 1, lease_until=until)
            else:
                return None
            return self._relay

    def move_relay(self, epoch: int, published: int, error: str | None) -> bool:
        with self._lock:
            if self._relay.epoch != epoch:
                return False
            self._relay = self._relay._replace(published=published, error=error)
            return True

    def close(self) -> None:
        """Nothing is held open."""
