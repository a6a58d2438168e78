"""The projector goes through all that a log signed, in order, and answers for any of it, however late it was built."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.errors import LogDiverged
from ledger.note import Signer, VerifierKey
from services.audit.database import open_reader
from services.audit.parameters import parameters_for
from services.audit.queries import AuditQueries, rule_of
from services.audit.statement import Publication
from services.outcomes import checkpoints
from services.outcomes.checkpoints import CheckpointLedger
from services.outcomes.projector import Outcomes
from services.outcomes.watch import CheckpointWatch
from tests.support import books as make
from tests.support.exports import PUBLISHER, key_of
from tests.support.logs import LogBuilder
from tests.support.outcomes import apply_all

ORIGIN = "ledger.local/placement"
SIZES = (3, 4, 9, 12)


def log_of(size: int, twist: int = -1) -> LogBuilder:
    """A log of agreements; `twist`: the one that names another person."""
    log = LogBuilder(ORIGIN)
    for number in range(size):
        log.add(make.signed(str(number), "b" if number == twist else "a", "2024-03-05"))
    return log


def notes_of(log: LogBuilder, sizes: Sequence[int] = SIZES, key: Signer | None = None) -> list[bytes]:
    key = key or key_of(ORIGIN)
    return [sign_checkpoint(Checkpoint(ORIGIN, size, log.frontier_at(size).root()), key) for size in sizes]


class Owner:
    """Gives out its notes, at most two at a time."""

    def __init__(self, notes: list[bytes]) -> None:
        self.notes = notes
        self.asked: list[int] = []

    async def fetch(self, beyond: int) -> list[bytes]:
        self.asked.append(beyond)
        return [note for note in self.notes if int(note.split(b"\n")[1]) > beyond][:2]


@pytest.fixture
def outcomes(tmp_path: Path) -> Iterator[Outcomes]:
    opened = Outcomes.open(f"sqlite:///{tmp_path / 'outcomes.db'}")
    yield opened
    opened.close()


def watch(outcomes: Outcomes, owner: Owner) -> CheckpointWatch:
    return CheckpointWatch(ORIGIN, owner.fetch, lambda: key_of(ORIGIN).key, outcomes)


async def all_looked(watching: CheckpointWatch) -> None:
    while await watching.look():
        pass


def held(outcomes: Outcomes) -> list[int]:
    with outcomes.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT size FROM checkpoints ORDER BY size").all()
    return [row[0] for row in rows]


def stated(tmp_path: Path, size: int) -> str:
    audit = AuditQueries(open_reader(f"sqlite:///{tmp_path / 'outcomes.db'}"))
    rule = rule_of("agreements_signed")
    answer, _ = audit.statement(rule, parameters_for(rule), Publication(PUBLISHER), {ORIGIN: size})
    return answer.body


async def test_a_database_built_late_states_what_an_early_one_stated(outcomes: Outcomes, tmp_path: Path) -> None:
    log = log_of(12)
    apply_all(outcomes, log)
    await all_looked(watch(outcomes, Owner(notes_of(log))))
    assert held(outcomes) == list(SIZES)
    for size in SIZES:
        assert f"\ninput {ORIGIN} {size} " in stated(tmp_path, size)
        assert f"\nvalue {size}\n" in stated(tmp_path, size)


async def test_what_is_not_applied_yet_waits_and_is_not_fetched_again(outcomes: Outcomes) -> None:
    log, owner = log_of(12), Owner(notes_of(log_of(12)))
    outcomes.apply(ORIGIN, log.verified(0, 8), log.frontier_at(8))
    watching = watch(outcomes, owner)
    await all_looked(watching)
    assert held(outcomes) == [3, 4]
    asked = list(owner.asked)
    assert await watching.look() is False
    assert owner.asked == asked
    outcomes.apply(ORIGIN, log.verified(8), log.frontier_at(12))
    await all_looked(watching)
    assert held(outcomes) == list(SIZES)


async def test_a_root_of_other_entries_stops_it_and_those_before_are_kept(outcomes: Outcomes) -> None:
    apply_all(outcomes, log_of(12))
    with pytest.raises(LogDiverged, match="for size 9 "):
        await all_looked(watch(outcomes, Owner(notes_of(log_of(12, twist=5)))))
    assert held(outcomes) == [3, 4]


async def test_a_checkpoint_of_another_key_stops_it(outcomes: Outcomes) -> None:
    log = log_of(12)
    apply_all(outcomes, log)
    forged = notes_of(log, [3], Signer.from_seed(ORIGIN, bytes(32)))
    with pytest.raises(LogDiverged, match="not signed by the key known for it"):
        await all_looked(watch(outcomes, Owner(forged)))


async def test_after_a_restart_another_root_for_a_size_that_is_held_stops_it(outcomes: Outcomes) -> None:
    apply_all(outcomes, log_of(12))
    await all_looked(watch(outcomes, Owner(notes_of(log_of(12)))))
    with pytest.raises(LogDiverged, match="for size 4 "):
        await all_looked(watch(outcomes, Owner([*notes_of(log_of(12), [3]), *notes_of(log_of(12, twist=3), [4])])))


async def test_what_is_held_is_not_verified_again(outcomes: Outcomes, monkeypatch: pytest.MonkeyPatch) -> None:
    log = log_of(12)
    apply_all(outcomes, log)
    await all_looked(watch(outcomes, Owner(notes_of(log, SIZES[:3]))))
    verified: list[bytes] = []
    real = checkpoints.believed

    def believed(log: str, note: bytes, key: VerifierKey) -> Checkpoint:
        verified.append(note)
        return real(log, note, key)

    monkeypatch.setattr(checkpoints, "believed", believed)
    await all_looked(watch(outcomes, Owner(notes_of(log))))
    assert verified == notes_of(log, SIZES[3:])
    assert CheckpointLedger(outcomes.database).newest() == {ORIGIN: 12}
