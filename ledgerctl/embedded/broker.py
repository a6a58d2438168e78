"""The embedded broker: which binary, and its configuration."""

from __future__ import annotations

import json
import shutil
import sysconfig
from pathlib import Path
from typing import Final

from ledgerctl.embedded.ports import LOOPBACK
from ledgerctl.failures import Failure

#: entries are at most 65,535 bytes; headers and protocol need little more
PAYLOAD_BYTES_MAX: Final = 128 * 1024
STORE_BYTES_MAX: Final = 64 * 2**30
MEMORY_BYTES_MAX: Final = 64 * 2**20


def find_binary() -> str:
    """The nats-server that came with the requirements, else one on the path. Raises Failure."""
    found = shutil.which("nats-server", path=sysconfig.get_path("scripts")) or shutil.which("nats-server")
    if found is None:
        raise Failure(
            "没有安装 nats-server · nats-server is not installed",
            "执行 make setup 安装 · make setup installs it into .venv with everything else",
        )
    return found


def has_its_store(store: Path) -> bool:
    """Whether the folder is still the one that the broker was started with.

    A broker whose folder was taken away goes on from memory, makes parts of it anew, and says nothing.
    """
    return _mark(store).exists()


def prepare_store(store: Path) -> None:
    """Before a start: keep a whole store; remove what a broker wrote after its folder was taken away.

    Nothing is lost: streams are filled again from the logs.
    """
    if not has_its_store(store):
        if store.exists():
            shutil.rmtree(store)
        _mark(store).parent.mkdir(parents=True)
        _mark(store).touch()


def _mark(store: Path) -> Path:
    return store / "jetstream" / ".made-by-ledgerctl"


def configuration(port: int, store: Path) -> str:
    """The server's configuration file: loopback, every acknowledged message on disk, limits said aloud.

    By default JetStream syncs every two minutes and takes three quarters of the disk.
    """
    return f"""# written by ledgerctl up; production: deploy/nats/nats.conf
server_name: ledger-embedded
listen: "{LOOPBACK}:{port}"
max_payload: {PAYLOAD_BYTES_MAX}
jetstream {{
    store_dir: {json.dumps(str(store), ensure_ascii=False)}
    sync_interval: always
    max_file_store: {STORE_BYTES_MAX}
    max_memory_store: {MEMORY_BYTES_MAX}
}}
"""
