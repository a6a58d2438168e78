"""The foreground `up`: it restarts what dies, says so, and stops everything at the end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledgerctl.embedded import control
from ledgerctl.embedded.home import Home
from ledgerctl.embedded.layout import SUPERVISOR
from ledgerctl.embedded.supervise import BackOff, Supervisor
from ledgerctl.failures import Failure
from tests.support.embedded import NAMES, SERVICES, fake_ledger, pids
from tests.support.waiting import wait_until


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with fake_ledger(tmp_path) as home:
        yield home


class Running:
    """A supervisor in a thread of its own."""

    def __init__(self, home: Home) -> None:
        self.said: list[str] = []
        self.ready = threading.Event()
        self.supervisor = Supervisor(home, self.said.append, SERVICES)
        self._thread = threading.Thread(target=self.supervisor.run, args=[self.ready.set])

    def __enter__(self) -> Running:
        self._thread.start()
        assert self.ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self.supervisor.asked_to_stop.set()
        self._thread.join(30)
        assert not self._thread.is_alive()


def test_what_dies_is_restarted_and_said_and_all_is_stopped_at_the_end(home: Home) -> None:
    with Running(home) as running:
        before = pids(home)
        home.slot("beta").signal(signal.SIGKILL)
        wait_until(lambda: "已恢复 beta up again" in running.said)
        assert running.said[0] == "! beta 已停 died by signal 9; 重新启动 starting it again in 0.5 s"
        after = pids(home)
        assert after["beta"] not in (None, before["beta"])
        assert after["alpha"] == before["alpha"]
    assert pids(home) == dict.fromkeys(NAMES)
    assert not home.slot(SUPERVISOR).alive


def test_a_second_supervisor_is_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledgerctl.embedded.slot.LOCK_PATIENCE_SECONDS", 0.05)
    with Running(home), pytest.raises(Failure, match="another ledgerctl up"):
        Supervisor(home, lambda _: None, SERVICES).run(lambda: None)


def test_up_beside_a_supervisor_heals_and_leaves_it_alone(home: Home) -> None:
    with Running(home) as running:
        found = control.start(home, running.said.append, SERVICES)
        assert found.started == []
        assert home.slot(SUPERVISOR).alive


def test_a_supervisor_whose_start_fails_leaves_nothing_behind(home: Home) -> None:
    home.create(["beta"])
    (home.keys("beta") / "fail").touch()
    with pytest.raises(control.StartFailed):
        Supervisor(home, lambda _: None, SERVICES).run(lambda: None)
    assert pids(home) == dict.fromkeys(NAMES)


def test_tries_get_rarer_until_a_process_proves_steady() -> None:
    back_off = BackOff()
    now = 1000.0
    waits = []
    for _ in range(8):
        back_off.died(now)
        assert not back_off.due(now)
        now += back_off.delay_seconds
        waits.append(back_off.delay_seconds)
        assert back_off.due(now)
        back_off.tried(now)
    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30]
    back_off.died(now + 61)
    assert back_off.delay_seconds == 0.5
