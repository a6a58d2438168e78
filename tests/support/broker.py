"""A real nats-server for tests: started from the wheel in milliseconds, killed and robbed at will.

from tests.support.broker import nats_server      # one for all tests of a module; use your own slug
from tests.support.broker import own_nats         # one to kill, restart and take the data from
"""

from __future__ import annotations

import ctypes
import json
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

START_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1


class NatsServer:
    """One nats-server on a free loopback port, which it keeps over restarts. Its files are under `folder`."""

    def __init__(self, folder: Path, *, jetstream: str = "", authorization: str = "") -> None:
        self.folder = folder
        self.data = folder / "jetstream"
        self.port = -1
        self._jetstream = jetstream
        self._authorization = authorization
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns when it takes connections."""
        self.folder.mkdir(parents=True, exist_ok=True)
        ports = self.folder / "ports"
        shutil.rmtree(ports, ignore_errors=True)
        ports.mkdir()
        config = self.folder / "nats.conf"
        config.write_text(
            f'listen: "127.0.0.1:{self.port}"\n'
            f'ports_file_dir: "{ports}"\n'
            "max_payload: 128KB\n"
            f'jetstream {{ store_dir: "{self.data}", sync_interval: always, max_file_store: 2GB, '
            f"max_memory_store: 64MB, {self._jetstream} }}\n"
            f"{self._authorization}\n"
        )
        with (self.folder / "nats.log").open("ab") as log:
            self._process = subprocess.Popen(
                [_binary(), "-c", str(config)], stdout=log, stderr=log, preexec_fn=_die_with_parent
            )
        until = time.monotonic() + START_SECONDS
        while not (found := list(ports.glob("*.ports"))) or not found[0].stat().st_size:
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((self.folder / "nats.log").read_text())
            time.sleep(0.005)
        self.port = int(json.loads(found[0].read_text())["nats"][0].rpartition(":")[2])

    def kill(self) -> None:
        """As a power cut would, as far as the process goes."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """In good order."""
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """Kill it and start it again on the same port with the same data."""
        self.kill()
        self.start()

    def delete_data(self) -> None:
        """Everything JetStream has stored, gone. Stop the server first."""
        shutil.rmtree(self.data, ignore_errors=True)

    def save_data(self) -> None:
        """Put the data aside, to come back to by `restore_data`: how a broker loses its last seconds."""
        shutil.rmtree(self.folder / "saved", ignore_errors=True)
        shutil.copytree(self.data, self.folder / "saved")

    def restore_data(self) -> None:
        """Go back to what `save_data` put aside. Stop the server first."""
        self.delete_data()
        shutil.copytree(self.folder / "saved", self.data)

    def pause(self) -> None:
        """Half-open: connections stay, nothing is answered."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on after `pause`."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(START_SECONDS)
            self._process = None


def _binary() -> str:
    found = shutil.which("nats-server", path=sysconfig.get_path("scripts")) or shutil.which("nats-server")
    if found is None:
        raise RuntimeError("nats-server is not installed; it comes with the development requirements")
    return found


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path_factory.mktemp("nats"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_nats(tmp_path: Path) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path / "nats")
    server.start()
    yield server
    server.kill()
