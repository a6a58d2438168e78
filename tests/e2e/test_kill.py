"""kill -9 of any process or of all of them, at any moment, while registers are handed in.

Nothing that was answered is lost, nothing is recorded twice, and the streams and the projection come
back to what the logs say. A run prints its seed; KILL_SEED=<seed> draws the same victims and moments.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.e2e.books import Programme, added, plain_programme
from tests.e2e.callers import Caller, check_answers
from tests.e2e.checks import Entry, check_checkpoints, check_projection, check_streams, read_logs
from tests.support.ledger import PROGRAMME, Ledger, Verb

#: of whom every workbook is made: some 250 rows
PEOPLE_PER_WORKBOOK = 80
#: a workbook of that size is handed in within this time; kills fall into it
WINDOW_SECONDS = 1.6
ALL = "all at once"
#: of the kills; the rest is for single processes, which take less time to heal
ALL_SHARE = 0.06


class Killer:
    """Draws who dies and when, and counts."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self.draw = random.Random(seed)
        self.kills: Counter[str] = Counter()
        self._ledger = ledger

    @property
    def total(self) -> int:
        return sum(self.kills.values())

    def strike(self) -> None:
        """Kill one living process, or all."""
        living = sorted(self._ledger.pids())
        if not living:
            return
        victim = ALL if self.draw.random() < ALL_SHARE else self.draw.choice(living)
        if self._ledger.kill(*(living if victim == ALL else [victim])):
            self.kills[victim] += 1

    def strike_within(self, seconds: float) -> None:
        """Let a random time pass, then strike. Not waiting for anything: the moment is what is drawn."""
        time.sleep(self.draw.uniform(0, seconds))
        self.strike()


def kill_while_importing(ledger: Ledger, killer: Killer, programme: Programme) -> None:
    """Hand one workbook in, through a few kills, until the import ends well."""
    importing = ledger.importing(programme.path, wait=killer.draw.random() < 0.5)
    for _ in range(killer.draw.choice((2, 3, 4, 5))):
        killer.strike_within(WINDOW_SECONDS / 3)
    heal(ledger, killer)
    hand_in_until_well(ledger, programme, importing)


def heal(ledger: Ledger, killer: Killer) -> None:
    """`up`, now and then with another kill right into it, until it says that all is up."""
    if killer.draw.random() < 0.3:
        starting = ledger.start("up", "--detach")
        killer.strike_within(WINDOW_SECONDS)
        assert starting.end().code in (0, 3)
    ledger.up()


def hand_in_until_well(ledger: Ledger, programme: Programme, importing: Verb) -> None:
    ran = importing.end()
    for _ in range(3):
        assert ran.code in (0, 3), ran
        if ran.code == 0:
            return
        assert "→" in ran.err, "an error without a remedy"
        ran = ledger.importing(programme.path, wait=False).end()
    raise AssertionError(f"the import does not come to an end: {ran}")


def check_all(ledger: Ledger, caller: Caller, programmes: Sequence[Programme], folder: Path) -> dict[str, list[Entry]]:
    """Everything that must hold once all are up again and the last import ended well."""
    ledger.wait_projected()
    logs = read_logs(ledger)
    check_answers(caller, ledger, logs)
    check_streams(ledger, logs)
    check_checkpoints(ledger, logs)
    check_projection(ledger, logs, folder)
    check_recorded_once(ledger, logs, programmes)
    return logs


def check_recorded_once(ledger: Ledger, logs: dict[str, list[Entry]], programmes: Sequence[Programme]) -> None:
    """Every row of every workbook is in the logs, and in the figures, exactly once."""
    ours = [entry for entries in logs.values() for entry in entries if entry.told["data"].get("programme") == PROGRAMME]
    types = Counter(entry.type for entry in ours)
    assert not any(entry.type == "EntryRetracted" for entries in logs.values() for entry in entries)
    working = added(programmes, "employment_starts")
    people = added(programmes, "training_completions")
    assert types == {
        "ClassOpened": len(programmes),
        **dict.fromkeys(("Enrolled", "AssessmentTaken", "TrainingEnded", "CertificateIssued"), people),
        "IntentAgreementSigned": people,
        **dict.fromkeys(("HealthCheckPassed", "EmploymentStarted", "VisitsPlanned"), working),
        **dict.fromkeys(("VisitCompleted", "WageObserved"), working),
        "MatchingEventHeld": len(programmes),
    }
    figures = {one["id"]: one for one in ledger.figures("--programme", PROGRAMME)["figures"]}
    for name in programmes[0].members:
        assert figures[name]["matched"] == figures[name]["counted"] == added(programmes, name), name
    members = [one["key"].split("/")[-1] for one in ledger.members("agreements_signed", "--programme", PROGRAMME)]
    assert sorted(members) == sorted(number for programme in programmes for number in programme.agreements)


def run_kills(ledger: Ledger, folder: Path, kills: int, seed: int) -> None:
    print(f"KILL_SEED={seed}")
    killer = Killer(ledger, seed)
    programmes: list[Programme] = []
    ledger.up()
    with Caller(ledger) as caller:
        while killer.total < kills:
            programmes.append(plain_programme(folder, len(programmes), PEOPLE_PER_WORKBOOK))
            kill_while_importing(ledger, killer, programmes[-1])
    print(f"{killer.total} kills: {dict(killer.kills)}; {len(programmes)} workbooks, {len(caller.answers)} receipts")
    logs = check_all(ledger, caller, programmes, folder)

    again = ledger.hand_in(*(programme.path for programme in programmes))
    rows = sum(programme.rows for programme in programmes)
    assert sum(numbers["already"] for numbers in again["sheets"].values()) == rows
    assert {service: state.size for service, state in ledger.wait_projected().items()} == {
        service: len(entries) for service, entries in logs.items()
    }


def drawn_seed() -> int:
    return int(os.environ.get("KILL_SEED") or random.SystemRandom().getrandbits(32))


@pytest.mark.timeout(600)
def test_fifty_kills_lose_nothing_and_double_nothing(fresh_ledger: Ledger, tmp_path: Path) -> None:
    run_kills(fresh_ledger, tmp_path, 50, drawn_seed())


@pytest.mark.nightly
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("run", range(4))
def test_many_kills_lose_nothing_and_double_nothing(fresh_ledger: Ledger, tmp_path: Path, run: int) -> None:
    run_kills(fresh_ledger, tmp_path, 75, drawn_seed() + run)
