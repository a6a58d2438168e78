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
PUBLISH_SECONDS_MAX: Final = 120.0


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
def service(name: str, folder: Path, nats_url: str, **environment: str) -> Iterator[Ready]:
    """A service as it runs anywhere, on SQLite, in a `folder` of its own. `database_of` says where."""
    folder.mkdir(exist_ok=True)
    told = {
        "LEDGER_DATABASE_URL": f"sqlite:///{database_of(folder)}",
        "LEDGER_NATS_URL": nats_url,
        "LEDGER_KEY_DIR": str(folder / "keys"),
        "LEDGER_LOG_FORMAT": "json",
    }
    with process(["-m", f"services.{name}"], folder, told | environment) as ready:
        yield ready


def database_of(folder: Path) -> Path:
    """The database of the service that runs in this folder."""
    return folder / "service.sqlite"


def cpu_seconds(pid: int) -> float:
    """Processor time a process has used, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def published(folder: Path) -> None:
    """Return once the relay of the service in this folder has nothing left to do."""
    deadline = time.monotonic() + PUBLISH_SECONDS_MAX
    with closing(sqlite3.connect(database_of(folder))) as connection:
        while not connection.execute("SELECT published = size FROM relay, head").fetchone()[0]:
            if time.monotonic() > deadline:
                raise RuntimeError(f"the relay is not done after {PUBLISH_SECONDS_MAX:g} s")
            time.sleep(LOOK_SECONDS)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def rss_mb(pid: int) -> float:
    """Memory a process holds, in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def size_of_log(folder: Path) -> int:
    """How many entries the log of the service in this folder holds."""
    with closing(sqlite3.connect(database_of(folder))) as connection:
        size: int = connection.execute("SELECT size FROM head").fetchone()[0]
    return size
