"""A witness cosigns what goes on from what it cosigned before, and nothing else, whatever it is shown."""

from __future__ import annotations

import random

import pytest

from ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from ledger.errors import Refused
from ledger.note import Kind, Signature, Signer
from ledger.policy import parse_policy
from ledger.proofs import HashTree, consistency_proof, tree_root
from ledger.store.sql import SqlStore
from ledger.store.witness import Witness
from tests.support.stores import Backend, database

__all__ = ["database"]

LOG = Signer.from_seed("ledger.example/placement", bytes(range(32)))
OTHER = Signer.from_seed("ledger.example/training", bytes(range(1, 33)))
KEY = Signer.from_seed("ledger.other/followup/witness", bytes(range(2, 34)), Kind.COSIGNATURE_V1)
NOW = 1_750_000_000


def leaves(count: int, twist: int = -1) -> HashTree:
    """A tree of `count` leaves; `twist`: the leaf that is another one."""
    return HashTree(bytes([at % 251, at == twist]) * 16 for at in range(count))


def note(tree: HashTree, size: int, signer: Signer = LOG) -> bytes:
    return sign_checkpoint(Checkpoint(signer.name, size, tree_root(tree, size)), signer)


def witness_in(database: Backend) -> Witness:
    store = database.open()
    assert isinstance(store, SqlStore)
    return Witness(store.engine, KEY, {LOG.name: LOG.key}.get, clock=lambda: NOW)


@pytest.fixture
def witness(database: Backend) -> Witness:
    return witness_in(database)


def add(witness: Witness, tree: HashTree, old: int, new: int) -> Signature:
    return witness.add_checkpoint(old, consistency_proof(tree, old, new), note(tree, new))


def refused(witness: Witness, old: int, proof: list[bytes], shown: bytes) -> str:
    with pytest.raises(Refused) as error:
        witness.add_checkpoint(old, proof, shown)
    return error.value.refusal.rule


def test_it_cosigns_a_log_that_grows_and_its_cosignature_counts_for_a_quorum(witness: Witness) -> None:
    tree = leaves(40)
    size = 0
    for new in (1, 7, 8, 8, 40):
        line = add(witness, tree, size, new)
        size = new
        cosigned = note(tree, new) + f"{line}\n".encode()
        assert KEY.key in open_checkpoint(cosigned, [LOG.key, KEY.key]).keys
        assert line.timestamp == NOW
    policy = parse_policy(f"log {LOG.key}\nwitness w {KEY.key}\nquorum w\n".encode())
    assert policy.accept(cosigned).checkpoint.size == 40


def test_a_wrong_old_size_is_answered_with_the_right_one(witness: Witness) -> None:
    tree = leaves(10)
    add(witness, tree, 0, 7)
    with pytest.raises(Refused) as error:
        add(witness, tree, 3, 10)
    assert error.value.refusal.rule == "other_size"
    assert error.value.refusal.details == {"size": "7"}


def test_another_root_of_the_same_size_is_never_cosigned(witness: Witness) -> None:
    add(witness, leaves(7), 0, 7)
    assert refused(witness, 7, [], note(leaves(7, twist=3), 7)) == "other_size"


def test_a_log_that_was_rewritten_is_not_cosigned(witness: Witness) -> None:
    add(witness, leaves(7), 0, 7)
    rewritten = leaves(12, twist=3)
    assert refused(witness, 7, consistency_proof(rewritten, 7, 12), note(rewritten, 12)) == "inconsistent"


def test_a_smaller_log_is_not_cosigned(witness: Witness) -> None:
    tree = leaves(12)
    add(witness, tree, 0, 12)
    assert refused(witness, 12, [], note(tree, 7)) == "malformed_checkpoint"
    assert refused(witness, 7, [], note(tree, 7)) == "other_size"


def test_a_log_it_does_not_know_or_a_key_that_is_not_the_logs_is_refused(witness: Witness) -> None:
    tree = leaves(3)
    assert refused(witness, 0, [], note(tree, 3, OTHER)) == "unknown_log_key"
    forged = Signer.from_seed(LOG.name, bytes(32))
    assert refused(witness, 0, [], note(tree, 3, forged)) == "not_signed"
    assert refused(witness, 0, [], b"no note") == "malformed_checkpoint"


def test_a_proof_that_was_touched_is_refused_and_nothing_is_remembered(witness: Witness) -> None:
    tree = leaves(100)
    add(witness, tree, 0, 37)
    proof = consistency_proof(tree, 37, 100)
    at = random.randrange(len(proof))
    broken = [*proof[:at], bytes([proof[at][0] ^ 1]) + proof[at][1:], *proof[at + 1 :]]
    assert refused(witness, 37, broken, note(tree, 100)) == "inconsistent"
    add(witness, tree, 37, 100)


def test_what_it_cosigned_outlives_the_process(database: Backend) -> None:
    add(witness_in(database), leaves(7), 0, 7)
    assert refused(witness_in(database), 0, [], note(leaves(7, twist=1), 7)) == "other_size"
