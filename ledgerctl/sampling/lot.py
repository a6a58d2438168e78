"""Which members a lot draws. Pure; docs/reference/samples.md is the same in words.

    lot      = SHA-256("placement-ledger sample v1\n" origin "\n" size "\n" root "\n")
    rank     = SHA-256(lot ‖ key "\n" log "\n" index "\n")
    sample   = the members of least rank, in the order of their ranks
    sample_sha256 = SHA-256 of a line `log index key` for each, in that order

Texts are UTF-8, numbers decimal, `root` hex. The lot is a checkpoint that nobody could know when the
figure was published, so nobody could choose whom it would hit.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Sequence
from typing import NamedTuple

_FORMAT = "placement-ledger sample v1"


class Place(NamedTuple):
    """A member: its key under the rule, and the entry that states it."""

    key: str
    log: str
    index: int  # type: ignore[assignment]  # rather this name than tuple.index


class Seed(NamedTuple):
    """The checkpoint that is the lot. `root` in hex."""

    origin: str
    size: int
    root: str

    def lot(self) -> bytes:
        """What every rank is taken with."""
        return hashlib.sha256(f"{_FORMAT}\n{self.origin}\n{self.size}\n{self.root}\n".encode()).digest()


class Draw:
    """Keeps, of the members offered one by one, the `size` of least rank (all, if there are fewer)."""

    def __init__(self, seed: Seed, size: int) -> None:
        self._lot = seed.lot()
        self._size = size
        #: of those kept the one of greatest rank first
        self._kept: list[tuple[int, Place]] = []
        self.offered = 0

    def offer(self, member: Place) -> None:
        """Another member of the figure."""
        self.offered += 1
        ranked = (-_rank(self._lot, member), member)
        if len(self._kept) < self._size:
            heapq.heappush(self._kept, ranked)
        else:
            heapq.heappushpop(self._kept, ranked)

    def sample(self) -> list[Place]:
        """Those kept, in the order of their ranks."""
        return [member for _, member in sorted(self._kept, reverse=True)]


def sample_sha256(sample: Sequence[Place]) -> str:
    """The digest, in hex, by which a sample drawn again is recognised."""
    lines = "".join(f"{member.log} {member.index} {member.key}\n" for member in sample)
    return hashlib.sha256(lines.encode()).hexdigest()


def _rank(lot: bytes, member: Place) -> int:
    """SHA-256 as a number: in the order of its bytes."""
    return int.from_bytes(hashlib.sha256(lot + f"{member.key}\n{member.log}\n{member.index}\n".encode()).digest())
