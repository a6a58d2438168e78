"""The Merkle tree of RFC 6962, as a right-edge frontier that grows a leaf at a time.

A frontier is the list of the roots of the perfect subtrees that make up the tree, left to right:
one for every set bit of the size, largest first. It is all that is needed to append and to know
the root, and it takes O(log n) bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

_sha256 = hashlib.sha256
HASH_BYTES: Final = 32
EMPTY_ROOT: Final = _sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 || leaf)."""
    return _sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return _sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a tree of `size` leaves."""

    __slots__ = ("nodes", "size")

    def __init__(self, size: int = 0, nodes: Iterable[bytes] = ()) -> None:
        self.size = size
        self.nodes: list[bytes] = list(nodes)
        if len(self.nodes) != size.bit_count():
            raise ValueError(f"a tree of {size} has {size.bit_count()} frontier nodes, not {len(self.nodes)}")

    def append(self, leaf: bytes) -> None:
        """Add the hash of one leaf."""
        self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add the hashes of leaves, in order."""
        nodes = self.nodes
        for node in leaves:
            self.size += 1
            size = self.size
            while not size & 1:  # it is the right half of a perfect subtree: join the two
                node = _sha256(b"\x01" + nodes.pop() + node).digest()
                size >>= 1
            nodes.append(node)

    def root(self) -> bytes:
        """The root hash of the tree."""
        if not self.nodes:
            return EMPTY_ROOT
        root = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            root = node_hash(node, root)
        return root

    def copy(self) -> Frontier:
        """An independent frontier of the same tree."""
        return Frontier(self.size, self.nodes)

    def pack(self) -> bytes:
        """The nodes, concatenated: what the head row stores."""
        return b"".join(self.nodes)

    @classmethod
    def unpack(cls, size: int, packed: bytes) -> Frontier:
        """The frontier that `pack` wrote. Raises ValueError if it does not fit the size."""
        if len(packed) != size.bit_count() * HASH_BYTES:
            raise ValueError(f"{len(packed)} bytes are not the frontier of a tree of {size}")
        return cls(size, (packed[at : at + HASH_BYTES] for at in range(0, len(packed), HASH_BYTES)))
