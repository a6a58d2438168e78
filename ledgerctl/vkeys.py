"""The public keys of an embedded ledger's logs, from its data folder: no process need run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ledger.note import VerifierKey
from ledger.runtime.signing_key import PUBLIC, UnusableKey, read_vkey
from ledgerctl.failures import BadInput


def vkeys(data_dir: Path) -> Mapping[str, VerifierKey]:
    """Service → key of its log, by name. Raises BadInput: there are none, or one cannot be read."""
    files = sorted((data_dir / "keys").glob(f"*/{PUBLIC}"))
    if not files:
        raise BadInput(
            f"{data_dir} 里没有日志公钥 · {data_dir} holds no keys of logs",
            "ledgerctl up --detach starts a ledger, and each log makes its key; --data-dir names another folder",
        )
    try:
        return {path.parent.name: read_vkey(path) for path in files}
    except UnusableKey as error:
        raise BadInput(f"公钥无法读取 · {error}", "it is written anew when the log's service starts") from error
