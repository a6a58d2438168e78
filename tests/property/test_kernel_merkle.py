"""The frontier against a naive recursive tree, straight from RFC 6962, section 2.1."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.merkle import EMPTY_ROOT, Frontier, leaf_hash, node_hash


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962: split at the largest power of two smaller than n."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + naive_root(leaves[:split]) + naive_root(leaves[split:])).digest()


def test_every_size_up_to_300_has_the_root_of_the_naive_tree() -> None:
    leaves = [b"leaf %d" % at for at in range(300)]
    frontier = Frontier()
    for size in range(301):
        assert frontier.root() == naive_root(leaves[:size])
        assert (frontier.size, len(frontier.nodes)) == (size, size.bit_count())
        if size < 300:
            frontier.append(leaf_hash(leaves[size]))


#: Test vectors of certificate-transparency (merkletree_test): leaves, and the root at each size.
CT_LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_vectors_of_certificate_transparency_hold() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    frontier = Frontier()
    for leaf, root in zip(CT_LEAVES, CT_ROOTS, strict=True):
        frontier.append(leaf_hash(bytes.fromhex(leaf)))
        assert frontier.root().hex() == root


def test_a_leaf_is_never_a_node() -> None:
    """The prefixes see to it: two hashes side by side are not the leaf of the same bytes."""
    assert leaf_hash(b"a" * 64) != node_hash(b"a" * 32, b"a" * 32)


@settings(print_blob=True, deadline=None)
@given(st.lists(st.binary(max_size=8), max_size=70), st.data())
def test_a_frontier_can_be_packed_anywhere_and_go_on(leaves: list[bytes], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(leaves)))
    frontier = Frontier()
    frontier.extend(map(leaf_hash, leaves[:cut]))
    packed = frontier.pack()
    assert len(packed) == 32 * cut.bit_count()
    again = Frontier.unpack(cut, packed)
    again.extend(map(leaf_hash, leaves[cut:]))
    assert (again.size, again.root()) == (len(leaves), naive_root(leaves))


@settings(print_blob=True, deadline=None)
@given(st.lists(st.binary(max_size=8), max_size=40))
def test_a_copy_grows_alone(leaves: list[bytes]) -> None:
    frontier = Frontier()
    frontier.extend(map(leaf_hash, leaves))
    before = (frontier.size, frontier.root(), frontier.pack())
    frontier.copy().append(leaf_hash(b"more"))
    assert (frontier.size, frontier.root(), frontier.pack()) == before


@pytest.mark.parametrize(
    ("size", "packed"),
    [
        (0, b"\x00" * 32),
        (1, b""),
        (1, b"\x00" * 64),
        (3, b"\x00" * 32),
        (1, b"\x00" * 31),
        (3, b"\x00" * 63),
        (1, b"\x00" * 33),
    ],
)
def test_bytes_that_do_not_fit_the_size_are_refused(size: int, packed: bytes) -> None:
    with pytest.raises(ValueError, match="frontier"):
        Frontier.unpack(size, packed)
