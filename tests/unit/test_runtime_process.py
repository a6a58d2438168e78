"""The life of a process, seen from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ledgerctl.embedded.ready import service_serves
from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[2]
Launch = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    """Start the fake service, or `code` that calls `run`."""
    children: list[subprocess.Popen[bytes]] = []

    def start(code: str | None = None, **settings: str) -> subprocess.Popen[bytes]:
        outer = {key: value for key, value in os.environ.items() if not key.startswith("LEDGER_")}
        told = {
            "LEDGER_NAME": "placement",
            "LEDGER_DATABASE_URL": "sqlite://",
            "LEDGER_KEY_DIR": str(tmp_path),
            "LEDGER_READY_FILE": str(tmp_path / "run" / "placement.json"),
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'gen'}",
        }
        command = ["-c", code] if code else ["-m", "tests.support.fake_service"]
        child = subprocess.Popen(
            [sys.executable, *command], env=outer | told | settings, stderr=subprocess.PIPE, stdout=subprocess.PIPE
        )
        children.append(child)
        return child

    yield start
    for child in children:
        child.kill()
        child.communicate()


def ready(tmp_path: Path) -> dict[str, Any] | None:
    file = tmp_path / "run" / "placement.json"
    return json.loads(file.read_text()) if file.exists() else None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_service_says_when_it_serves_and_ends_in_good_order(
    launch: Launch, tmp_path: Path, number: signal.Signals
) -> None:
    child = launch()
    told = wait_until(lambda: ready(tmp_path))
    assert (told["name"], told["pid"]) == ("placement", child.pid)
    assert told["started"].endswith("Z")
    assert service_serves(told["address"])

    child.send_signal(number)
    assert child.wait(10) == 0
    assert ready(tmp_path) is None


def test_kill_9_leaves_the_ready_file_whose_pid_tells_the_truth(launch: Launch, tmp_path: Path) -> None:
    child = launch()
    wait_until(lambda: ready(tmp_path))
    child.kill()
    child.wait(10)
    left = ready(tmp_path)
    assert left is not None
    assert left["pid"] == child.pid


def test_unusable_settings_are_said_in_words_and_exit_2(launch: Launch) -> None:
    child = launch(LEDGER_LISTEN="0.0.0.0:7000")
    _, said = child.communicate(timeout=20)
    assert child.returncode == 2
    assert b"LEDGER_LISTEN" in said
    assert b"Traceback" not in said


def test_a_failure_to_start_is_logged_and_exits_1(launch: Launch, tmp_path: Path) -> None:
    (tmp_path / "fail").touch()
    child = launch()
    _, said = child.communicate(timeout=20)
    assert child.returncode == 1
    last = json.loads(said.splitlines()[-1])
    assert (last["event"], last["error"]) == ("process_failed", "ledger.errors.Unavailable: told to fail")


def test_a_service_that_ends_unasked_has_failed(launch: Launch) -> None:
    child = launch(
        "from ledger.runtime.process import run\nasync def serve(settings, process): pass\nrun('placement', serve)"
    )
    _, said = child.communicate(timeout=20)
    assert child.returncode == 1
    assert b"process_ended_unasked" in said


def test_a_second_signal_cuts_a_slow_end_short(launch: Launch, tmp_path: Path) -> None:
    child = launch(
        "import asyncio\n"
        "from ledger.runtime.process import run\n"
        "async def serve(settings, process):\n"
        "    process.ready('127.0.0.1:1')\n"
        "    await asyncio.Event().wait()\n"
        "run('placement', serve)"
    )
    wait_until(lambda: ready(tmp_path))
    child.send_signal(signal.SIGTERM)
    assert child.stderr is not None
    while b"process_stopping" not in child.stderr.readline():
        pass
    child.send_signal(signal.SIGTERM)
    assert child.wait(10) == 1
