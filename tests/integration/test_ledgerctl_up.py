"""The command line starts, shows, heals and stops the real services."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import wait_until

NAMES = ["nats", "registry", "training", "placement", "followup", "publication", "outcomes", "audit"]
LOGS = [f"ledger.local/{name}" for name in NAMES[1:6]]
COMMAND = [sys.executable, "-m", "ledgerctl"]


class Ledger:
    """`ledgerctl` on one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*COMMAND, *arguments, "--data-dir", str(self.folder)], capture_output=True, text=True, timeout=100
        )
        assert done.returncode == expect, done.stderr
        return done

    def status(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.run("status", "--json").stdout)
        return told

    def states(self) -> dict[str, str]:
        return {process["name"]: process["state"] for process in self.status()["processes"]}

    def pids(self) -> dict[str, int]:
        return {process["name"]: process["pid"] for process in self.status()["processes"]}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "var")
    yield ledger
    ledger.run("down")


def test_up_status_kill_heal_down(ledger: Ledger) -> None:
    told = json.loads(ledger.run("up", "--detach", "--json").stdout)
    assert [process["name"] for process in told["processes"]] == NAMES
    status = ledger.status()
    assert ledger.states() == dict.fromkeys(NAMES, "running")
    assert [log["log"] for log in status["logs"]] == LOGS
    assert all(log["size"] == log["published"] == log["ingested"] for log in status["logs"])

    before = ledger.pids()
    for name in ("placement", "nats"):
        os.kill(before[name], signal.SIGKILL)
    wait_until(lambda: list(ledger.states().values()).count("dead") == 2)
    assert ledger.states()["placement"] == "dead"

    assert "started nats, placement" in ledger.run("up", "--detach").stderr
    after = ledger.pids()
    assert {name for name in NAMES if after[name] != before[name]} == {"placement", "nats"}

    ledger.run("down")
    assert ledger.states() == dict.fromkeys(NAMES, "stopped")
    assert set(ledger.pids().values()) == {None}
    assert [log["log"] for log in ledger.status()["logs"]] == LOGS, "status answers with dead processes too"


@pytest.mark.parametrize("ended_by", ["ctrl-c", "down"])
def test_up_stays_until_it_is_ended(ledger: Ledger, ended_by: str) -> None:
    # a session of its own, as a terminal would give it: Ctrl-C reaches this process and its children
    with subprocess.Popen(
        [*COMMAND, "up", "--data-dir", str(ledger.folder)], stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as up:
        assert up.stderr is not None
        assert "the ledger is up" in up.stderr.readline()
        assert ledger.states() == dict.fromkeys(NAMES, "running")
        if ended_by == "ctrl-c":
            os.killpg(up.pid, signal.SIGINT)
        else:
            ledger.run("down")
        assert up.wait(60) == (130 if ended_by == "ctrl-c" else 0)
    assert ledger.states() == dict.fromkeys(NAMES, "stopped")


def test_ctrl_c_while_starting_leaves_nothing_behind(ledger: Ledger) -> None:
    with subprocess.Popen(
        [*COMMAND, "up", "--data-dir", str(ledger.folder)], stderr=subprocess.DEVNULL, start_new_session=True
    ) as up:
        wait_until(lambda: (ledger.folder / "run" / "registry.pid").exists())
        os.killpg(up.pid, signal.SIGINT)
        assert up.wait(60) == 130
    assert "running" not in ledger.states().values()
    assert "starting" not in ledger.states().values()
