"""The Merkle tree of RFC 6962, grown by many leaves at a time in O(log n) memory."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

sha256 = hashlib.sha256


def leaf_hashes(leaves: Sequence[bytes]) -> list[bytes]:
    """SHA-256(0x00 || leaf) of each."""
    return [sha256(b"\x00" + leaf).digest() for leaf in leaves]


class Tree:
    """One node a level, or none: the roots of the complete subtrees at the right edge."""

    def __init__(self) -> None:
        self.size = 0
        self._levels: list[bytes | None] = []

    def extend(self, hashes: Sequence[bytes]) -> None:
        """Add leaf hashes, in order."""
        self.size += len(hashes)
        level = 0
        while hashes:
            if level == len(self._levels):
                self._levels.append(None)
            waiting = self._levels[level]
            if waiting is not None:
                hashes = [waiting, *hashes]
            self._levels[level] = hashes[-1] if len(hashes) % 2 else None
            pairs = iter(hashes)
            # an odd one out is dropped here: it waits for its sibling
            hashes = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]
            level += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        root: bytes | None = None
        for node in self._levels:
            if node is not None:
                root = node if root is None else sha256(b"\x01" + node + root).digest()
        return sha256(b"").digest() if root is None else root
