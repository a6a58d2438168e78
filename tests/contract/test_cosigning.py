"""A log has its checkpoints cosigned, whatever got lost on the way, and says so when a witness knows more than it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from ledger.append import Ask, Book, Rules
from ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from ledger.cosigning import CosignatureOf, WitnessIsAhead, WrongCosignature
from ledger.errors import Refused, Unavailable
from ledger.note import Kind
from ledger.note import Signer as Key
from ledger.rpc.client import CallRefused
from ledger.signing import HighWater, Signer
from ledger.store.checkpoints import CheckpointStore
from ledger.store.sql import SqlStore
from ledger.store.witness import Witness
from ledger_api.common.v1 import common_pb2 as pb
from services.followup import decider
from services.followup.commands import OpenIssue
from services.followup.events import CATALOGUE, IssueOpened

LOG = Key.from_seed("ledger.example/followup", bytes(range(32)))
WITNESS = Key.from_seed("ledger.other/placement/witness", bytes(range(1, 33)), Kind.COSIGNATURE_V1)
STRANGER = Key.from_seed("ledger.other/placement/witness", bytes(range(2, 34)), Kind.COSIGNATURE_V1)


class Place:
    """A log with its signer, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.store = SqlStore.open(f"sqlite:///{folder / 'log.sqlite'}", LOG.name)
        self.checkpoints = CheckpointStore(self.store.engine, self.store.readers)
        self._signer = Signer(self.store, self.checkpoints, _sign, HighWater(folder / "signed"))

    def grow(self) -> None:
        """One entry more, and a checkpoint over it."""
        issue = IssueOpened(programme="p", region="630121", person="pr_0", kind="wages", opened_on="2025-01-01")
        with self.store.transaction() as transaction:
            Book(Rules(CATALOGUE, decider.decide)).write(transaction, [[Ask(OpenIssue(issue=issue), "a", "st_1")]])
        assert self._signer.sign_once() is not None

    def cosigned(self) -> list[int]:
        """Sizes under which the witness's signature is, and is right."""
        found = []
        for signed in self.checkpoints.all():
            keys = open_checkpoint(self.checkpoints.cosigned(signed), [LOG.key, WITNESS.key]).keys
            found += [signed.size] if WITNESS.key in keys else []
        return found


class Wire:
    """A client of a witness. `lost`: answers that do not arrive though the witness has cosigned."""

    def __init__(self, witness: Witness) -> None:
        self._witness = witness
        self.away = False
        self.lost = 0

    async def call(self, _method: str, request: Any, *, seconds: float) -> Any:
        if self.away:
            raise Unavailable("the witness does not answer")
        try:
            line = self._witness.add_checkpoint(request.old_size, list(request.proof), request.checkpoint)
        except Refused as no:
            refusal = no.refusal
            raise CallRefused(
                grpc.StatusCode.ABORTED, refusal.rule, refusal.message, refusal.zh, refusal.details
            ) from no
        if self.lost:
            self.lost -= 1
            raise Unavailable("the connection broke")
        return pb.AddCheckpointResponse(signature=str(line))


def _sign(size: int, root: bytes) -> str:
    return sign_checkpoint(Checkpoint(LOG.name, size, root), LOG).decode()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    opened = Place(tmp_path / "log")
    yield opened
    opened.store.close()


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    store = SqlStore.open(f"sqlite:///{tmp_path / 'witness.sqlite'}", "ledger.other/placement")
    yield Wire(Witness(store.engine, WITNESS, {LOG.name: LOG.key}.get))
    store.close()


def asking(place: Place, wire: Wire, key: Key = WITNESS) -> Callable[[], Any]:
    """What a process does: it remembers nothing of an earlier one."""
    asked: Any = wire
    return CosignatureOf("ledger.other/placement", asked, lambda: key.key, LOG.key, place.checkpoints).catch_up


async def test_every_checkpoint_is_cosigned_also_those_of_the_time_the_witness_was_away(
    place: Place, wire: Wire
) -> None:
    catch_up = asking(place, wire)
    place.grow()
    await catch_up()
    wire.away = True
    for _ in range(3):
        place.grow()
    with pytest.raises(Unavailable):
        await catch_up()
    wire.away = False
    await catch_up()
    assert place.cosigned() == [1, 2, 3, 4]


async def test_of_a_new_witness_only_the_newest_checkpoint_is_asked(place: Place, wire: Wire) -> None:
    for _ in range(3):
        place.grow()
    await asking(place, wire)()
    assert place.cosigned() == [3]


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_cosignature_that_got_lost_is_asked_for_again(place: Place, wire: Wire, restarted: bool) -> None:
    catch_up = asking(place, wire)
    place.grow()
    await catch_up()
    wire.lost = 1
    place.grow()
    with pytest.raises(Unavailable):
        await catch_up()
    await (asking(place, wire) if restarted else catch_up)()
    assert place.cosigned() == [1, 2]


async def test_a_log_that_lost_what_was_cosigned_says_so(place: Place, wire: Wire, tmp_path: Path) -> None:
    for _ in range(2):
        place.grow()
        await asking(place, wire)()
    older = Place(tmp_path / "backup")
    older.grow()
    with pytest.raises(WitnessIsAhead, match="at 2 entries"):
        await asking(older, wire)()
    older.store.close()


async def test_a_signature_that_is_not_the_witnesss_is_not_kept(place: Place, wire: Wire) -> None:
    place.grow()
    with pytest.raises(WrongCosignature):
        await asking(place, wire, STRANGER)()
    assert place.cosigned() == []
