"""`ledgerctl entry`: the exact bytes of one entry."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ledgerctl.options import DEFAULT_DATA_DIR, DataDir, Json


def run(
    log: Annotated[str, typer.Argument(metavar="LOG", help="Origin of the log, or just its service: placement.")],
    index: Annotated[int, typer.Argument(metavar="INDEX", min=0)],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: Json = False,
) -> None:
    """Show one entry 查看原始条目. `--json` prints the stored bytes and nothing else: they are what is hashed.

    \b
    Examples 示例:
      ledgerctl entry placement 12
      ledgerctl entry ledger.local/placement 12 --json
    """
    import hashlib
    import json
    import sys

    from ledgerctl.printers import out
    from ledgerctl.session import run_async

    leaf = run_async(_get(data_dir, log, index))
    if as_json:
        sys.stdout.buffer.write(leaf)
        return
    out(json.dumps(json.loads(leaf), ensure_ascii=False, indent=2))
    leaf_hash = hashlib.sha256(b"\x00" + leaf).hexdigest()
    out(f"SHA-256(0x00 || bytes) = {leaf_hash}")


async def _get(data_dir: Any, log: str, index: int) -> bytes:
    from ledger_api.audit.v1 import audit_pb2 as pb
    from ledgerctl.session import open_session

    async with open_session(data_dir) as session:
        origin = log if "/" in log else session.home.origin(log)
        answer = await session.client("audit").call("GetEntry", pb.GetEntryRequest(log=origin, index=index))
        leaf: bytes = answer.leaf
        return leaf
