"""The life of the processes: never started, up, killed, healed, down, and what the verbs say meanwhile."""

from __future__ import annotations

import signal
import socket
from pathlib import Path
from typing import Any

from tests.e2e import books, sample
from tests.e2e.books import plain_programme
from tests.support.ledger import LOGS, NAMES, Ledger
from tests.support.waiting import wait_until

LOG_KEYS = {"log", "size", "published", "ingested", "lag_entries", "lag_seconds"}


def states(status: Any) -> dict[str, str]:
    assert set(status) == {"processes", "logs"}
    assert all(set(process) == {"name", "pid", "state"} for process in status["processes"])
    assert all(set(log) == LOG_KEYS for log in status["logs"])
    return {process["name"]: process["state"] for process in status["processes"]}


def sizes(status: Any) -> dict[str, int]:
    return {log["log"].rpartition("/")[2]: log["size"] for log in status["logs"]}


def test_where_nothing_was_ever_started_every_verb_says_what_to_do(fresh_ledger: Ledger, tmp_path: Path) -> None:
    file = books.write(tmp_path, "register", 招聘活动=[books.fair("ZP-1")])
    for ran in (
        fresh_ledger.run("figures", code=3),
        fresh_ledger.run("members", "agreements_signed", code=3),
        fresh_ledger.importing(file).end(),
    ):
        assert ran.code == 3
        assert "→" in ran.err
        assert "ledgerctl up" in ran.err
        assert not ran.out
    status = fresh_ledger.status()
    assert states(status) == dict.fromkeys(NAMES, "stopped")
    assert sizes(status) == dict.fromkeys(LOGS, 0)
    fresh_ledger.down()
    assert not fresh_ledger.data.exists(), "asking alone made a data folder"


def test_up_is_ready_when_it_returns_and_down_leaves_nothing(fresh_ledger: Ledger, tmp_path: Path) -> None:
    ledger = fresh_ledger
    # one that is killed half way is finished by the next two, whichever of them is first
    half_way = ledger.start("up", "--detach")
    wait_until(lambda: ledger.leftovers() or not half_way.running)
    half_way.kill()
    half_way.end()
    verbs = [ledger.start("up", "--detach") for _ in range(2)]
    assert [verb.end().code for verb in verbs] == [0, 0]
    ledger.hand_in(sample.write(tmp_path))  # at once, without waiting for anything
    status = ledger.status()
    assert states(status) == dict.fromkeys(NAMES, "running")
    assert {process["name"]: process["pid"] for process in status["processes"]} == ledger.pids()
    assert set(ledger.leftovers()) == set(ledger.pids().values()), "more processes than one of each"

    pids = ledger.pids()
    ledger.up()
    assert ledger.pids() == pids, "up replaced what was running"

    ledger.down()
    assert not ledger.leftovers()
    status = ledger.status()
    assert states(status) == dict.fromkeys(NAMES, "stopped")
    assert sizes(status)["training"] == 31
    ledger.down()

    for refused in (ledger.run("figures", code=3), ledger.importing(sample.write(tmp_path, "again")).end()):
        assert refused.code == 3
        assert "→" in refused.err
        assert "ledgerctl up" in refused.err


def test_status_answers_with_every_process_dead_and_up_heals(shared_ledger: Ledger, tmp_path: Path) -> None:
    ledger, programme = shared_ledger, plain_programme(tmp_path, 1_500, 30)
    ledger.hand_in(programme.path, programme="healed")
    before = ledger.figures("--to", "2025-12-31")
    level = ledger.wait_projected()
    assert set(ledger.kill(*NAMES)) == set(NAMES)
    assert not ledger.leftovers()

    status = ledger.status()
    assert states(status) == dict.fromkeys(NAMES, "dead")
    assert {process["pid"] for process in status["processes"]} == {None}
    assert sizes(status) == {name: state.size for name, state in level.items()}
    assert "dead" in ledger.run("status", "--check", code=1).out
    assert ledger.run("figures", code=3).err.count("→") == 1

    # meanwhile somebody else took a port
    port = ledger.home.ports["placement"]
    with socket.create_server(("127.0.0.1", port)):
        ledger.up()
        assert ledger.home.ports["placement"] != port
        assert states(ledger.status()) == dict.fromkeys(NAMES, "running")
        assert ledger.figures("--to", "2025-12-31") == before
        report = ledger.hand_in(programme.path, programme="healed")
    assert sum(numbers["already"] for numbers in report["sheets"].values()) == programme.rows


def test_an_interrupted_import_is_finished_by_the_same_command(shared_ledger: Ledger, tmp_path: Path) -> None:
    ledger, programme = shared_ledger, plain_programme(tmp_path, 90, 600)
    before = ledger.lag()["training"].size
    importing = ledger.importing(programme.path, programme="interrupted")
    wait_until(lambda: ledger.lag()["training"].size > before or not importing.running)
    importing.signal(signal.SIGINT)
    ran = importing.end()
    assert ran.code == 130
    assert ran.json["interrupted"] is True
    done = sum(numbers["recorded"] for numbers in ran.json["sheets"].values())
    assert 0 < done < programme.rows
    report = ledger.hand_in(programme.path, programme="interrupted")
    assert sum(numbers["already"] for numbers in report["sheets"].values()) == done
    assert ledger.figure("agreements_signed", "--programme", "interrupted")["value"] == 600
