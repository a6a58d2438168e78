"""Merkle proofs of RFC 6962: that an entry is in a tree, and that a tree is a prefix of another. Pure.

A proof is a list of node hashes. It is computed from the roots of complete subtrees, which never
change once their leaves exist: `node(level, index)` covers the leaves [index << level,
(index + 1) << level). Whoever has those (a table, tiles, a list) can prove anything about any size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NoReturn, Protocol

from ledger.errors import LedgerError
from ledger.merkle import EMPTY_ROOT, HASH_BYTES, node_hash


class BadProof(LedgerError):
    """A proof that does not prove what it was handed over for."""


class Nodes(Protocol):
    """Where the hashes of complete subtrees come from."""

    def node(self, level: int, index: int) -> bytes:
        """Root of the leaves [index << level, (index + 1) << level); level 0: a leaf hash."""
        ...


class HashTree:
    """All complete subtrees over a growing list of leaf hashes, in memory: two hashes a leaf."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """Add the hash of one leaf."""
        level = 0
        self._levels[0].append(leaf)
        while len(self._levels[level]) % 2 == 0:
            left, right = self._levels[level][-2:]
            level += 1
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(node_hash(left, right))

    def node(self, level: int, index: int) -> bytes:
        """As `Nodes`. Raises IndexError: that subtree is not complete."""
        if level < 0 or index < 0:
            raise IndexError(f"no subtree at level {level}, {index}")
        return self._levels[level][index]


def tree_root(nodes: Nodes, size: int) -> bytes:
    """The root of the first `size` leaves."""
    return _fold(_roots(nodes, 0, size)) if size else EMPTY_ROOT


def inclusion_proof(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]): from the sibling of the leaf up. Raises ValueError: no such leaf."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    proof: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            proof.append(_fold(_roots(nodes, middle, stop)))
            stop = middle
        else:
            proof.append(_fold(_roots(nodes, start, middle)))
            start = middle
    proof.reverse()
    return proof


def consistency_proof(nodes: Nodes, old: int, new: int) -> list[bytes]:
    """PROOF(old, D[new]); empty if `old` is 0 or `new`. Raises ValueError: old > new, or negative."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} is no prefix of one of {new}")
    if old in (0, new):
        return []
    proof: list[bytes] = []
    start, stop = 0, new
    while stop != old:
        middle = start + _split(stop - start)
        if old <= middle:
            proof.append(_fold(_roots(nodes, middle, stop)))
            stop = middle
        else:
            proof.append(_fold(_roots(nodes, start, middle)))
            start = middle
    if start:
        proof.append(_fold(_roots(nodes, start, stop)))
    proof.reverse()
    return proof


def inclusion_root(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root of the tree of `size` in which `leaf` (a leaf hash) has this proof at `index`.

    Raises BadProof: no such place, or the proof has not the length it must have.
    """
    if not 0 <= index < size:
        _refuse(f"there is no leaf {index} in a tree of {size}")
    inner = (index ^ (size - 1)).bit_length()
    border = (index >> inner).bit_count()
    _check(proof, inner + border)
    root = leaf
    for level, sibling in enumerate(proof[:inner]):
        root = node_hash(sibling, root) if index >> level & 1 else node_hash(root, sibling)
    for sibling in proof[inner:]:
        root = node_hash(sibling, root)
    return root


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """That the tree of `size` with this root has the leaf hash `leaf` at `index`. Raises BadProof."""
    if inclusion_root(leaf, index, size, proof) != root:
        _refuse(f"the proof of leaf {index} leads to another root")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """That the tree of `old` leaves is a prefix of that of `new`, given the roots. Raises BadProof.

    Nothing can be proved of the tree of no leaves but its root: it is a prefix of every tree.
    """
    if not 0 <= old <= new:
        _refuse(f"a tree of {old} is no prefix of one of {new}")
    for size, root in ((old, old_root), (new, new_root)):
        if size == 0 and root != EMPTY_ROOT:
            _refuse("the root of an empty tree is SHA-256 of nothing")
    if old in (0, new):
        _check(proof, 0)
        if old == new and old_root != new_root:
            _refuse(f"two roots for one size, {old}")
        return
    # the largest complete subtree at the right edge of the old tree: RFC 9162, 2.1.4.2
    level = (old & -old).bit_length() - 1
    last = (old - 1) >> level
    inner = (last ^ ((new - 1) >> level)).bit_length()
    border = (last >> inner).bit_count()
    if last == 0:
        seed, rest = old_root, proof
        _check(proof, inner + border)
    else:
        _check(proof, 1 + inner + border)
        seed, rest = proof[0], proof[1:]
    old_side = new_side = seed
    for at, sibling in enumerate(rest[:inner]):
        if last >> at & 1:
            old_side, new_side = node_hash(sibling, old_side), node_hash(sibling, new_side)
        else:
            new_side = node_hash(new_side, sibling)
    for sibling in rest[inner:]:
        old_side, new_side = node_hash(sibling, old_side), node_hash(sibling, new_side)
    if old_side != old_root:
        _refuse(f"the proof leads to another root at {old}")
    if new_side != new_root:
        _refuse(f"the proof leads to another root at {new}")


def _split(size: int) -> int:
    """The largest power of two below `size` (> 1)."""
    return 1 << (size - 1).bit_length() - 1


def _roots(nodes: Nodes, start: int, stop: int) -> Iterator[bytes]:
    """The complete subtrees that make up the leaves [start, stop), left to right.

    `start` is where a subtree of RFC 6962 begins, so each is at most as large as the one before.
    """
    while start < stop:
        level = (stop - start).bit_length() - 1
        yield nodes.node(level, start >> level)
        start += 1 << level


def _fold(roots: Iterable[bytes]) -> bytes:
    """One root over subtrees of falling size."""
    right, *rest = reversed(list(roots))
    for left in rest:
        right = node_hash(left, right)
    return right


def _check(proof: Sequence[bytes], length: int) -> None:
    if len(proof) != length:
        _refuse(f"a proof of {len(proof)} hashes where there must be {length}")
    if any(len(node) != HASH_BYTES for node in proof):
        _refuse(f"a proof holds hashes of {HASH_BYTES} bytes")


def _refuse(why: str) -> NoReturn:
    raise BadProof(why)
