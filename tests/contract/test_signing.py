"""The signer signs what it has read back, once a size, and never against what it signed before."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from ledger.append import Ask, Book, Rules
from ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from ledger.merkle import leaf_hash
from ledger.note import Signer as Key
from ledger.proofs import consistency_proof, inclusion_proof, verify_consistency, verify_inclusion
from ledger.rpc.proofs import StoredNodes
from ledger.signing import HighWater, Signer, WillNotSign
from ledger.store.checkpoints import CheckpointStore
from ledger.store.sql import SqlStore
from services.followup import decider
from services.followup.commands import OpenIssue
from services.followup.events import CATALOGUE, IssueOpened

ORIGIN = "ledger.example/followup"
KEY = Key.from_seed(ORIGIN, bytes(range(32)))


class Place(SimpleNamespace):
    """A log, its signer and the folder they live in."""

    folder: Path
    store: SqlStore
    checkpoints: CheckpointStore
    signer: Signer

    def grow(self, count: int) -> None:
        issue = IssueOpened(
            programme="p", region="630121", person="pr_" + "0" * 32, kind="wages", opened_on="2025-01-01"
        )
        with self.store.transaction() as transaction:
            Book(Rules(CATALOGUE, decider.decide)).write(
                transaction, [[Ask(OpenIssue(issue=issue), "a", "st_1")] * count]
            )

    def damage(self, statement: str) -> None:
        """What nobody may do: past the triggers, as somebody with the file in his hands can."""
        with self.store.engine.begin() as connection:
            for trigger in ("entries_refuse_update", "entries_refuse_delete"):
                connection.execute(text(f"DROP TRIGGER {trigger}"))
            connection.execute(text(statement))


def open_place(folder: Path) -> Place:
    store = SqlStore.open(f"sqlite:///{folder / 'log.sqlite'}", ORIGIN)
    checkpoints = CheckpointStore(store.engine, store.readers)

    def sign(size: int, root: bytes) -> str:
        return sign_checkpoint(Checkpoint(ORIGIN, size, root), KEY).decode()

    signer = Signer(store, checkpoints, sign, HighWater(folder / "signed"))
    return Place(folder=folder, store=store, checkpoints=checkpoints, signer=signer)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    opened = open_place(tmp_path)
    yield opened
    opened.store.close()


def test_an_empty_log_is_not_signed(place: Place) -> None:
    assert place.signer.sign_once() is None


def test_what_is_signed_is_the_head_and_verifies(place: Place) -> None:
    place.grow(3)
    signed = place.signer.sign_once()
    assert signed is not None
    opened = open_checkpoint(signed.note.encode(), [KEY.key]).checkpoint
    assert (opened.size, opened.root) == (3, place.store.head().frontier.root())


def test_a_log_that_did_not_grow_is_not_signed_again(place: Place) -> None:
    place.grow(3)
    assert place.signer.sign_once() is not None
    assert place.signer.sign_once() is None
    assert [signed.size for signed in place.checkpoints.all()] == [3]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE entries SET leaf = CAST(replace(CAST(leaf AS TEXT), 'wages', 'wagez') AS BLOB) WHERE idx = 1",
        "UPDATE entries SET leaf_hash = zeroblob(32) WHERE idx = 1",
        "DELETE FROM entries WHERE idx = 1",
        "UPDATE head SET frontier = zeroblob(length(frontier))",
    ],
)
def test_a_row_changed_between_writing_and_signing_is_found(place: Place, damage: str) -> None:
    place.grow(3)
    place.damage(damage)
    with pytest.raises(WillNotSign):
        place.signer.sign_once()
    assert place.checkpoints.latest() is None


def test_a_restored_backup_is_not_signed_anew(place: Place, tmp_path: Path) -> None:
    place.grow(3)
    place.signer.sign_once()
    place.store.close()
    backup = tmp_path / "backup"
    backup.mkdir()
    for file in tmp_path.glob("log.sqlite*"):
        shutil.copy(file, backup / file.name)
    later = open_place(tmp_path)
    later.grow(2)
    later.signer.sign_once()
    later.store.close()

    shutil.copy(tmp_path / "signed", backup / "signed")  # the record beside the key is not in the backup
    restored = open_place(backup)
    with pytest.raises(WillNotSign, match="old backup"):
        restored.signer.sign_once()
    restored.grow(2)  # other entries at the same places
    with pytest.raises(WillNotSign, match="another root"):
        restored.signer.sign_once()
    restored.store.close()


def test_a_missing_record_of_what_was_signed_is_a_reason_not_to_sign(place: Place) -> None:
    place.grow(1)
    place.signer.sign_once()
    (place.folder / "signed").unlink()
    place.grow(1)
    with pytest.raises(WillNotSign, match="missing"):
        place.signer.sign_once()


def test_proofs_from_stored_nodes_lead_to_the_signed_roots(place: Place) -> None:
    sizes = []
    for step in (1, 254, 1, 1, 300, 43, 500):
        place.grow(step)
        signed = place.signer.sign_once()
        assert signed is not None
        sizes.append(signed.size)
    heads = {signed.size: signed.root for signed in place.checkpoints.all()}
    nodes = StoredNodes(place.checkpoints)
    leaves = [leaf_hash(entry.leaf) for entry in place.store.read(0, sizes[-1])]
    for size in sizes:
        for index in {0, size // 2, size - 1}:
            verify_inclusion(leaves[index], index, size, inclusion_proof(nodes, index, size), heads[size])
    for old, new in itertools.pairwise(sizes):
        verify_consistency(old, new, heads[old], heads[new], consistency_proof(nodes, old, new))


def test_checkpoints_cannot_be_changed(place: Place) -> None:
    place.grow(1)
    place.signer.sign_once()
    with pytest.raises(Exception, match="append-only"), place.store.engine.begin() as connection:
        connection.execute(text("UPDATE checkpoints SET root = zeroblob(32)"))
