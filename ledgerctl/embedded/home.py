"""The data folder: what lies where, and which ports the processes were given.

ledger.json          format, host, ports, whether the services cosign each other's logs
ledger.lock          held while processes are started or stopped
nats/                nats.conf and JetStream's store
db/<service>.sqlite  the logs and the projection: the record
keys/<service>/      keys, readable by their owner only
run/<name>.pid       locked by the process as long as it lives
run/<name>.json      written by the process once it serves
log/<name>.log       what it said
releases.jsonl       stopped logs that an operator released, and why
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from ledgerctl.embedded.layout import BROKER, SERVICES, SUPERVISOR
from ledgerctl.embedded.ports import LOOPBACK
from ledgerctl.embedded.slot import Slot
from ledgerctl.failures import BadInput, Unreachable

FORMAT: Final = 1
DEFAULT_HOST: Final = "ledger.local"


class Home:
    """A data folder. Looking at it creates nothing; `create` does."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.nats = self.root / "nats"
        self.run = self.root / "run"
        self._file = self.root / "ledger.json"

    @property
    def exists(self) -> bool:
        """Whether a ledger was ever started here."""
        return self._file.exists()

    @property
    def host(self) -> str:
        """The agency's host, the first part of every origin."""
        return str(self._read().get("host", DEFAULT_HOST))

    @property
    def agency(self) -> str:
        """Whoever runs this ledger, where nobody is named: its host as an agency's name."""
        return self.host.replace(".", "-")

    @property
    def ports(self) -> Mapping[str, int]:
        """The ports chosen, by process; empty before the first start."""
        return {str(name): int(port) for name, port in self._read().get("ports", {}).items()}

    @property
    def cosigning(self) -> bool:
        """Whether every service is to have its checkpoints cosigned by the others."""
        return bool(self._read().get("cosigning", False))

    def origin(self, service: str) -> str:
        """The name of a service's log, e.g. `ledger.local/placement`."""
        return f"{self.host}/{service}"

    def address(self, name: str) -> str:
        """`host:port` of a process. Raises Unreachable where no ledger was started."""
        port = self.ports.get(name)
        if port is None:
            raise Unreachable(
                f"{self.root} 里没有台账 · there is no ledger in {self.root}",
                "ledgerctl up --detach starts one; --data-dir or LEDGER_DATA_DIR names another folder",
            )
        return f"{LOOPBACK}:{port}"

    @property
    def nats_url(self) -> str:
        """Where the broker listens."""
        return f"nats://{self.address(BROKER)}"

    def logs(self) -> list[str]:
        """The services that own a log and were started here."""
        return [service.name for service in SERVICES if service.owns_log and service.name in self.ports]

    def database(self, name: str) -> Path:
        """The SQLite file of a service."""
        return self.root / "db" / f"{name}.sqlite"

    def keys(self, name: str) -> Path:
        """The folder of a service's keys."""
        return self.root / "keys" / name

    def log(self, name: str) -> Path:
        """What a process said."""
        return self.root / "log" / f"{name}.log"

    def slot(self, name: str) -> Slot:
        """A process's place."""
        return Slot(name, self.run / f"{name}.pid", self.run / f"{name}.json")

    def slots(self, names: Collection[str]) -> list[Slot]:
        """The places of these processes, and of any other that once ran here (an older version's)."""
        others = sorted(path.stem for path in self.run.glob("*.pid") if path.stem not in (*names, SUPERVISOR))
        return [self.slot(name) for name in (*names, *others)]

    def create(self, owners_of_keys: Collection[str]) -> None:
        """Make the folders. Raises BadInput where that is impossible."""
        try:
            for folder in (self.root, self.nats, self.run, self.root / "db", self.root / "log"):
                folder.mkdir(parents=True, exist_ok=True)
            for folder in (self.root / "keys", *(self.keys(name) for name in owners_of_keys)):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise BadInput(
                f"数据文件夹不可用 · cannot use {self.root} as data folder: {error.strerror}",
                "用 --data-dir 另指定 · name another one with --data-dir",
            ) from error

    def remember(self, ports: Mapping[str, int]) -> None:
        """Keep the ports for later starts and other commands."""
        self._keep(ports=dict(ports))

    def remember_cosigning(self, wanted: bool) -> None:
        """Keep whether the services cosign each other's logs."""
        self._keep(cosigning=wanted)

    def _keep(self, **values: object) -> None:
        half = self._file.with_suffix(".half")
        kept = {"format": FORMAT, "host": self.host, "ports": {}} | self._read() | values
        half.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        half.replace(self._file)

    @contextmanager
    def locked(self, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Be the only one who starts or stops processes here. `on_wait` is called if another is at it."""
        handle = os.open(self.root / "ledger.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                on_wait()
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _read(self) -> dict[str, Any]:
        try:
            text = self._file.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        try:
            known = json.loads(text)
        except json.JSONDecodeError as error:
            raise BadInput(f"{self._file} is not JSON ({error})", "remove it: ledgerctl up writes it anew") from error
        if known.get("format") != FORMAT:
            raise BadInput(
                f"{self._file} 是另一版本写的 · {self._file} was written by another version",
                "用那个版本，或另指定数据文件夹 · use that version, or another data folder",
            )
        return dict(known)
