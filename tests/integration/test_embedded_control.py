"""Real processes come up, are healed, and go down; the services are fake, the broker is not."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledgerctl.embedded import control
from ledgerctl.embedded.home import Home
from ledgerctl.embedded.ready import is_ready
from ledgerctl.embedded.states import read_processes
from tests.support.embedded import NAMES, SERVICES, fake_ledger, pids
from tests.support.waiting import wait_until


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with fake_ledger(tmp_path) as home:
        yield home


@pytest.fixture
def said() -> list[str]:
    return []


def up(home: Home, said: list[str]) -> control.Started:
    return control.start(home, said.append, SERVICES)


def states(home: Home) -> dict[str, str]:
    return {process.name: process.state for process in read_processes(home, SERVICES)}


def kill(home: Home, *names: str) -> None:
    for name in names:
        home.slot(name).signal(signal.SIGKILL)
    wait_until(lambda: not any(home.slot(name).alive for name in names))


def test_up_returns_when_everything_serves_and_down_when_nothing_lives(home: Home, said: list[str]) -> None:
    assert up(home, said) == control.Started(NAMES, [])
    assert all(is_ready(home, name) for name in NAMES)
    assert states(home) == dict.fromkeys(NAMES, "running")

    ended = control.stop_all(home, said.append, SERVICES)
    assert sorted(ended.stopped) == sorted(NAMES)
    assert ended.killed == []
    assert states(home) == dict.fromkeys(NAMES, "stopped")
    assert said == []


def test_up_again_keeps_what_runs(home: Home, said: list[str]) -> None:
    up(home, said)
    before = pids(home)
    assert up(home, said) == control.Started([], NAMES)
    assert pids(home) == before


def test_up_heals_a_half_killed_ledger_and_keeps_its_addresses(home: Home, said: list[str]) -> None:
    up(home, said)
    before, ports = pids(home), home.ports
    kill(home, "nats", "beta")
    assert states(home) == {"nats": "dead", "alpha": "running", "beta": "dead", "outcomes": "running"}

    assert up(home, said) == control.Started(["nats", "beta"], ["alpha", "outcomes"])
    after = pids(home)
    assert (after["alpha"], after["outcomes"]) == (before["alpha"], before["outcomes"])
    assert home.ports == ports
    assert states(home) == dict.fromkeys(NAMES, "running")


def test_up_works_after_everything_was_killed(home: Home, said: list[str]) -> None:
    up(home, said)
    kill(home, *NAMES)
    assert states(home) == dict.fromkeys(NAMES, "dead")
    assert up(home, said).started == NAMES


def test_down_is_fine_where_nothing_runs_or_ever_ran(home: Home, said: list[str]) -> None:
    assert control.stop_all(home, said.append, SERVICES) == control.Stopped([], [])
    assert not home.root.exists()


def test_a_port_taken_meanwhile_is_chosen_anew_and_everybody_is_told(home: Home, said: list[str]) -> None:
    up(home, said)
    before = pids(home)
    kill(home, "beta")
    taken = home.ports["beta"]
    with socket.create_server(("127.0.0.1", taken)):
        up(home, said)
    assert home.ports["beta"] != taken
    assert states(home) == dict.fromkeys(NAMES, "running")
    after = pids(home)
    assert after["nats"] == before["nats"], "the broker knows nobody's address"
    assert after["alpha"] != before["alpha"], "alpha knew the old address of beta"
    assert said == ["beta 的端口已被占用，另选 · the port of beta is taken by another program: choosing anew"]


def test_a_service_that_fails_to_start_is_named_with_the_end_of_its_log(home: Home, said: list[str]) -> None:
    home.create(["beta"])
    (home.keys("beta") / "fail").touch()
    with pytest.raises(control.StartFailed) as failed:
        up(home, said)
    assert failed.value.exit_code == 3
    assert "beta ended while starting (exit code 1)" in failed.value.message
    assert "told to fail" in failed.value.message
    assert "ledgerctl up" in failed.value.remedy

    (home.keys("beta") / "fail").unlink()
    assert "beta" in up(home, said).started


def test_a_service_that_does_not_end_is_killed_and_named(home: Home, said: list[str]) -> None:
    up(home, said)
    home.slot("beta").signal(signal.SIGSTOP)
    ended = control.stop(home, said.append, SERVICES, grace_seconds=0.5)
    assert ended.killed == ["beta"]
    assert states(home) == dict.fromkeys(NAMES, "stopped")
    assert "beta did not end" in said[0]


def test_concurrent_ups_agree(home: Home, said: list[str]) -> None:
    found: list[control.Started] = []
    threads = [threading.Thread(target=lambda: found.append(up(home, said))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, found)) == sorted(map(str, [control.Started(NAMES, []), control.Started([], NAMES)]))


def test_a_process_of_an_older_layout_is_stopped_too(home: Home, said: list[str]) -> None:
    up(home, said)
    control.stop(home, said.append, SERVICES[1:])
    assert states(home) == dict.fromkeys(NAMES, "stopped")


def test_starting_is_fast(home: Home, said: list[str]) -> None:
    began = time.monotonic()
    up(home, said)
    assert time.monotonic() - began < 6


def test_a_process_too_young_to_be_known_by_its_id_is_still_ended_at_once(
    home: Home, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # the shell that becomes the process takes its time before it writes the pid
    monkeypatch.setattr("ledgerctl.embedded.slot._BECOME", 'sleep 0.3 && echo "$$" > "$0" && exec "$@"')
    home.create(["alpha"])
    slot = home.slot("alpha")
    slot.start(["sleep", "60"], {"PATH": "/usr/bin:/bin"}, home.root, home.log("alpha"))
    assert (slot.alive, slot.pid) == (True, None)
    began = time.monotonic()
    assert control.end([slot], 20) == []
    assert time.monotonic() - began < 5
