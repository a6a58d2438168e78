"""The broker away, half open, or robbed of everything it held: commands go on, and all comes back.

Each test hands in workbooks of its own, and checks all that the tests of this file ever handed in.
"""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.books import Programme, added, plain_programme
from tests.e2e.checks import check_projection, check_streams, read_logs
from tests.support.ledger import REGISTER_LOGS, Ledger

PROGRAMME = "broker"
#: the first of the workbooks; others have other people in them
FIRST = 2_000
#: how soon after the fault all is level again (docs/operating/lag-grows.md says that it goes on by itself)
BACK_SECONDS_MAX = 10.0


@pytest.fixture(scope="module")
def handed_in() -> list[Programme]:
    """Every workbook so far."""
    return []


@pytest.fixture
def ledger(shared_ledger: Ledger) -> Ledger:
    """Up, whatever the test before it left dead, and level."""
    shared_ledger.up()
    shared_ledger.wait_projected()
    return shared_ledger


def hand_in(ledger: Ledger, handed_in: list[Programme], *, wait: bool = True) -> Programme:
    """One more workbook, recorded whatever the broker does."""
    programme = plain_programme(ledger.folder, FIRST + len(handed_in), 20)
    report = ledger.hand_in(programme.path, wait=wait, programme=PROGRAMME)
    assert sum(numbers["recorded"] for numbers in report["sheets"].values()) == programme.rows
    handed_in.append(programme)
    return programme


def figures(ledger: Ledger) -> dict[str, Any]:
    """All figures but for the cut."""
    return {one["id"]: one for one in ledger.figures("--programme", PROGRAMME, "--to", "2025-12-31")["figures"]}


def check_holds(ledger: Ledger, handed_in: list[Programme], folder: Path) -> None:
    ledger.wait_projected(BACK_SECONDS_MAX)
    logs = read_logs(ledger)
    check_streams(ledger, logs)
    check_projection(ledger, logs, folder)
    counted = figures(ledger)
    for name in handed_in[0].members:
        assert counted[name]["counted"] == added(handed_in, name), name


def logs_of(status: Any) -> dict[str, Any]:
    return {log["log"].rpartition("/")[2]: log for log in status["logs"]}


def test_without_a_broker_commands_succeed_and_lag_shows_until_it_is_back(
    ledger: Ledger, handed_in: list[Programme], tmp_path: Path
) -> None:
    hand_in(ledger, handed_in)
    level, signed = ledger.wait_projected(), added(handed_in, "agreements_signed")
    ledger.kill("nats")
    hand_in(ledger, handed_in, wait=False)

    status = ledger.status()
    assert {process["name"]: process["state"] for process in status["processes"]}["nats"] == "dead"
    for name in REGISTER_LOGS:
        log = logs_of(status)[name]
        assert log["size"] > level[name].size
        assert log["published"] == log["ingested"] == level[name].size
        assert log["lag_entries"] == log["size"] - level[name].size
        assert log["lag_seconds"] > 0
    # what is projected is still answered, and says how far it goes
    answer = ledger.figures("agreements_signed", "--programme", PROGRAMME)
    assert answer["figures"][0]["value"] == signed
    assert answer["cut"]["ledger.local/placement"] == level["placement"].size

    ledger.up()
    check_holds(ledger, handed_in, tmp_path)
    assert all(log["lag_seconds"] == 0 for log in ledger.status()["logs"])


def test_a_broker_that_no_longer_answers_delays_and_loses_nothing(
    ledger: Ledger, handed_in: list[Programme], tmp_path: Path
) -> None:
    frozen = ledger.pids()["nats"]
    os.kill(frozen, signal.SIGSTOP)
    hand_in(ledger, handed_in, wait=False)
    assert logs_of(ledger.status())["placement"]["lag_entries"] > 0
    os.kill(frozen, signal.SIGCONT)
    check_holds(ledger, handed_in, tmp_path)


def test_jetstream_robbed_of_its_folder_while_down_is_filled_again_from_the_logs(
    ledger: Ledger, handed_in: list[Programme], tmp_path: Path
) -> None:
    hand_in(ledger, handed_in)
    ledger.wait_projected()
    before = figures(ledger)
    ledger.down()
    shutil.rmtree(ledger.home.nats / "store")
    ledger.up()
    assert figures(ledger) == before
    check_holds(ledger, handed_in, tmp_path)


def test_jetstream_robbed_of_its_folder_while_up_is_filled_again_after_an_up(
    ledger: Ledger, handed_in: list[Programme], tmp_path: Path
) -> None:
    hand_in(ledger, handed_in)
    ledger.wait_projected()
    before = figures(ledger)
    # in one move: while it is taken away piece by piece, the broker makes pieces of it anew, as it does now
    (ledger.home.nats / "store").rename(tmp_path / "gone")
    shutil.rmtree(tmp_path / "gone")
    assert figures(ledger) == before
    hand_in(ledger, handed_in, wait=False)
    assert "refill" in ledger.up().err
    check_holds(ledger, handed_in, tmp_path)
    hand_in(ledger, handed_in)


def test_a_broker_that_lost_its_last_messages_gets_them_again(
    ledger: Ledger, handed_in: list[Programme], tmp_path: Path
) -> None:
    store = ledger.home.nats / "store"
    ledger.kill("nats")
    shutil.copytree(store, tmp_path / "kept")
    ledger.up()
    hand_in(ledger, handed_in)
    ledger.wait_projected()
    ledger.kill("nats")
    shutil.rmtree(store)
    shutil.copytree(tmp_path / "kept", store)
    ledger.up()
    check_holds(ledger, handed_in, tmp_path)
