"""A process's place: alive is what the kernel says, never what a file says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledgerctl.embedded.slot import AlreadyRuns, Slot
from tests.support.waiting import wait_until

SLEEPER = [sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"]


@pytest.fixture
def slot(tmp_path: Path) -> Iterator[Slot]:
    slot = Slot("placement", tmp_path / "placement.pid", tmp_path / "placement.json")
    yield slot
    slot.signal(signal.SIGKILL)


def start(slot: Slot, tmp_path: Path, argv: list[str] = SLEEPER) -> int:
    slot.start(argv, os.environ, tmp_path, tmp_path / "log")
    return wait_until(lambda: slot.pid)


def test_a_started_process_is_alive_until_it_ends(slot: Slot, tmp_path: Path) -> None:
    assert (slot.alive, slot.died) == (False, False)
    pid = start(slot, tmp_path)
    assert os.getpgid(pid) == pid, "Ctrl-C in our terminal must not reach it"
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not slot.alive)
    assert slot.died
    assert slot.pid is None
    assert slot.exit_code() == -signal.SIGKILL


def test_what_it_says_goes_to_its_log(slot: Slot, tmp_path: Path) -> None:
    start(slot, tmp_path)
    wait_until(lambda: (tmp_path / "log").read_text() == "up\n")


def test_a_pid_that_now_belongs_to_somebody_else_is_neither_alive_nor_signalled(slot: Slot, tmp_path: Path) -> None:
    with subprocess.Popen(SLEEPER, stdout=subprocess.DEVNULL) as stranger:
        (tmp_path / "placement.pid").write_text(f"{stranger.pid}\n")
        assert not slot.alive
        assert slot.died
        slot.signal(signal.SIGKILL)
        assert stranger.poll() is None
        stranger.kill()


def test_a_second_start_is_refused_while_the_first_lives(
    slot: Slot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledgerctl.embedded.slot.LOCK_PATIENCE_SECONDS", 0.05)
    pid = start(slot, tmp_path)
    with pytest.raises(AlreadyRuns):
        start(slot, tmp_path)
    assert slot.pid == pid


def test_a_process_stopped_on_purpose_did_not_die(slot: Slot, tmp_path: Path) -> None:
    start(slot, tmp_path)
    slot.signal(signal.SIGTERM)
    wait_until(lambda: not slot.alive)
    slot.clear()
    assert not slot.died


def test_the_ready_file_counts_only_if_the_living_process_wrote_it(slot: Slot, tmp_path: Path) -> None:
    ready = tmp_path / "placement.json"
    pid = start(slot, tmp_path)
    ready.write_text(f'{{"pid": {pid + 1}, "address": "127.0.0.1:1"}}')
    assert slot.ready() is None
    ready.write_text(f'{{"pid": {pid}, "address": "127.0.0.1:1"}}')
    assert slot.ready() == {"pid": pid, "address": "127.0.0.1:1"}
    slot.signal(signal.SIGKILL)
    wait_until(lambda: not slot.alive)
    assert slot.ready() is None


def test_a_place_can_be_occupied_by_the_process_itself(slot: Slot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledgerctl.embedded.slot.LOCK_PATIENCE_SECONDS", 0.05)
    held = slot.occupy()
    assert slot.pid == os.getpid()
    with pytest.raises(AlreadyRuns):
        slot.occupy()
    slot.clear()
    os.close(held)
    assert not slot.alive


def test_a_long_log_is_turned_over_at_a_start(slot: Slot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledgerctl.embedded.slot.LOG_BYTES_MAX", 10)
    log = tmp_path / "log"
    log.write_text("a log of more than ten bytes")
    start(slot, tmp_path)
    wait_until(lambda: log.read_text() == "up\n")
    assert (tmp_path / "log.old").read_text() == "a log of more than ten bytes"
