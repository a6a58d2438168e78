"""Proofs against an implementation that follows the definitions of RFC 6962, 2.1, word for word."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from functools import cache

import pytest

from ledger.merkle import EMPTY_ROOT, Frontier
from ledger.proofs import (
    BadProof,
    HashTree,
    consistency_proof,
    inclusion_proof,
    inclusion_root,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

SMALL = 300
LARGE = 20_000
LEAVES = [hashlib.sha256(b"\x00leaf %d" % at).digest() for at in range(LARGE)]
TREE = HashTree(LEAVES)


@cache
def mth(start: int, stop: int) -> bytes:
    """MTH(D[start:stop]): the Merkle tree hash."""
    if start == stop:
        return hashlib.sha256().digest()
    if stop - start == 1:
        return LEAVES[start]
    middle = start + largest_power_of_two_below(stop - start)
    return hashlib.sha256(b"\x01" + mth(start, middle) + mth(middle, stop)).digest()


def largest_power_of_two_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def path(m: int, start: int, stop: int) -> list[bytes]:
    """PATH(m, D[start:stop]): the audit path, 2.1.1."""
    if stop - start == 1:
        return []
    k = largest_power_of_two_below(stop - start)
    if m < k:
        return [*path(m, start, start + k), mth(start + k, stop)]
    return [*path(m - k, start + k, stop), mth(start, start + k)]


def proof(m: int, n: int) -> list[bytes]:
    """PROOF(m, D[n]): the consistency proof, 2.1.2."""
    return subproof(m, 0, n, complete=True)


def subproof(m: int, start: int, stop: int, *, complete: bool) -> list[bytes]:
    n = stop - start
    if m == n:
        return [] if complete else [mth(start, stop)]
    k = largest_power_of_two_below(n)
    if m <= k:
        return [*subproof(m, start, start + k, complete=complete), mth(start + k, stop)]
    return [*subproof(m - k, start + k, stop, complete=False), mth(start, start + k)]


def test_roots_of_all_sizes_up_to_300_are_the_naive_ones_and_those_of_the_frontier() -> None:
    frontier = Frontier()
    for size in range(SMALL + 1):
        assert tree_root(TREE, size) == mth(0, size) == frontier.root()
        frontier.append(LEAVES[size])
    assert tree_root(TREE, 0) == EMPTY_ROOT


def test_inclusion_proofs_of_all_leaves_in_all_sizes_up_to_300_are_the_naive_ones_and_verify() -> None:
    for size in range(1, SMALL + 1):
        root = mth(0, size)
        for index in range(size):
            found = inclusion_proof(TREE, index, size)
            assert found == path(index, 0, size)
            verify_inclusion(LEAVES[index], index, size, found, root)


def test_consistency_proofs_between_all_sizes_up_to_300_are_the_naive_ones_and_verify() -> None:
    for new in range(1, SMALL + 1):
        for old in range(1, new + 1):
            found = consistency_proof(TREE, old, new)
            assert found == proof(old, new)
            verify_consistency(old, new, mth(0, old), mth(0, new), found)


def test_a_thousand_random_larger_trees_agree_with_the_naive_ones() -> None:
    dice = random.Random(6962)
    for _ in range(1_000):
        new = dice.randint(SMALL + 1, LARGE)
        old, index = dice.randint(1, new), dice.randrange(new)
        root = mth(0, new)
        assert tree_root(TREE, new) == root
        included, consistent = inclusion_proof(TREE, index, new), consistency_proof(TREE, old, new)
        assert included == path(index, 0, new)
        assert consistent == proof(old, new)
        verify_inclusion(LEAVES[index], index, new, included, root)
        verify_consistency(old, new, mth(0, old), root, consistent)


def test_the_empty_tree_is_a_prefix_of_every_tree_and_needs_no_proof() -> None:
    for new in (0, 1, 2, 77):
        assert consistency_proof(TREE, 0, new) == []
        verify_consistency(0, new, EMPTY_ROOT, mth(0, new), [])
    with pytest.raises(BadProof, match="empty"):
        verify_consistency(0, 5, mth(0, 1), mth(0, 5), [])
    with pytest.raises(BadProof, match="empty"):
        verify_consistency(0, 0, EMPTY_ROOT, mth(0, 1), [])


def mangled(proof: Sequence[bytes]) -> dict[str, list[bytes]]:
    """The same proof, wrong in every way a proof can be wrong."""
    wrong = {
        "one more": [*proof, b"\x00" * 32],
        "one more, first": [b"\x00" * 32, *proof],
        "twice": [*proof, *proof] or [b"\x01" * 32],
    }
    if proof:
        wrong |= {
            "one less": list(proof[:-1]),
            "first missing": list(proof[1:]),
            "none": [],
            "a short hash": [*proof[:-1], proof[-1][:-1]],
            "a long hash": [*proof[:-1], proof[-1] + b"\x00"],
        }
        for at in range(len(proof)):
            wrong[f"a bit of {at}"] = [*proof[:at], bytes([proof[at][0] ^ 1]) + proof[at][1:], *proof[at + 1 :]]
    if len(proof) > 1 and list(reversed(proof)) != list(proof):
        wrong["reversed"] = list(reversed(proof))
    return wrong


def test_wrong_inclusion_proofs_are_rejected() -> None:
    tried = 0
    for size in (1, 2, 3, 5, 8, 13, 100, 129, 255, 256, 257):
        root = mth(0, size)
        for index in {0, 1 % size, size // 2, size - 1}:
            good = inclusion_proof(TREE, index, size)
            leaf = LEAVES[index]
            cases = [(leaf, index, size, found, root) for found in mangled(good).values()]
            cases += [
                (LEAVES[index + 1], index, size, good, root),
                (leaf, index, size, good, mth(0, size + 1)),
                (leaf, size, size, good, root),
                (leaf, -1, size, good, root),
                (leaf, index, 0, good, root),
            ]
            if size > 1:
                cases.append((leaf, (index + 1) % size, size, good, root))
            for case in cases:
                tried += 1
                with pytest.raises(BadProof):
                    verify_inclusion(*case)
    assert tried > 400


def test_wrong_consistency_proofs_are_rejected() -> None:
    tried = 0
    for new in (2, 3, 5, 8, 13, 100, 129, 255, 256, 257):
        for old in {1, 2, new // 2, new - 1, new}:
            good = consistency_proof(TREE, old, new)
            roots = mth(0, old), mth(0, new)
            for name, found in mangled(good).items():
                tried += 1
                with pytest.raises(BadProof):
                    verify_consistency(old, new, *roots, found)
                    pytest.fail(f"{old} → {new}: {name}")
            wrong = [
                (old, new, mth(0, old + 1), roots[1]),
                (old, new, roots[0], mth(0, new + 1)),
                (old, new, roots[0], LEAVES[0] if new > 1 else LEAVES[1]),
                (new + 1, new, *roots),
                (-1, new, *roots),
            ]
            for case in wrong:
                tried += 1
                with pytest.raises(BadProof):
                    verify_consistency(*case, good)
    assert tried > 500


def test_a_proof_for_one_size_says_nothing_about_another() -> None:
    """A path of the right length for another size leads elsewhere or is refused, never to the root."""
    for size in range(2, 70):
        for index in range(size):
            good = inclusion_proof(TREE, index, size)
            for other in (size - 1, size + 1):
                try:
                    claimed = inclusion_root(LEAVES[index], index, other, good)
                except BadProof:
                    continue
                assert claimed != mth(0, other)


def test_what_is_not_there_cannot_be_proved() -> None:
    for index, size in ((5, 5), (-1, 5), (0, 0), (6, 5)):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_proof(TREE, index, size)
    for old, new in ((6, 5), (-1, 5)):
        with pytest.raises(ValueError, match="no prefix"):
            consistency_proof(TREE, old, new)
    for level, index in ((0, LARGE), (3, LARGE >> 3), (-1, 0), (0, -1)):
        with pytest.raises(IndexError):
            TREE.node(level, index)


def test_a_tree_can_be_asked_at_every_size_it_ever_had() -> None:
    growing = HashTree()
    for size in range(1, 40):
        growing.append(LEAVES[size - 1])
        assert growing.size == size
        for earlier in range(size + 1):
            assert tree_root(growing, earlier) == mth(0, earlier)
