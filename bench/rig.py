"""Processes and folders of a measurement: started here, gone at its end however it ends."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

import msgspec

from tests.support.broker import NatsServer

START_SECONDS_MAX: Final = 30.0
STOP_SECONDS_MAX: Final = 10.0
LOOK_SECONDS: Final = 0.02


class Ready(msgspec.Struct):
    """What a process writes once it serves (ledger.runtime.process)."""

    pid: int
    address: str


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards. On the disk, not in memory: fsync must cost what it costs."""
    with tempfile.TemporaryDirectory(prefix="ledger-bench-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def broker(folder: Path) -> Iterator[NatsServer]:
    """A nats-server of our own, JetStream with `sync_interval: always`."""
    server = NatsServer(folder / "nats")
    server.start()
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def process(argv: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Iterator[Ready]:
    """A Python process that writes the file LEDGER_READY_FILE once it serves."""
    ready = folder / "ready.json"
    with ExitStack() as stack:
        said = stack.enter_context((folder / "process.log").open("wb"))
        started = subprocess.Popen(
            [sys.executable, *argv],
            env=os.environ | {"LEDGER_READY_FILE": str(ready), **environment},
            stdout=said,
            stderr=said,
        )
        stack.callback(_end, started)
        deadline = time.monotonic() + START_SECONDS_MAX
        while not ready.exists():
            if started.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{' '.join(argv)} does not serve:\n{(folder / 'process.log').read_text()[-4000:]}")
            time.sleep(LOOK_SECONDS)
        yield msgspec.json.decode(ready.read_bytes(), type=Ready)


@contextmanager
def followup(folder: Path, nats_url: str) -> Iterator[Ready]:
    """The followup service as it runs anywhere, on SQLite in `folder`."""
    folder.mkdir()
    environment = {
        "LEDGER_DATABASE_URL": f"sqlite:///{folder}/followup.sqlite",
        "LEDGER_NATS_URL": nats_url,
        "LEDGER_LOG_FORMAT": "json",
    }
    with process(["-m", "services.followup"], folder, environment) as ready:
        yield ready


def cpu_seconds(pid: int) -> float:
    """Processor time a process has used, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def size_of_log(database: Path) -> int:
    """How many entries a log in SQLite holds."""
    with closing(sqlite3.connect(database)) as connection:
        size: int = connection.execute("SELECT size FROM head").fetchone()[0]
    return size
