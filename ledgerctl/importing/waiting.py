"""Waiting until what was recorded is projected."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from ledger_api.audit.v1 import audit_pb2 as pb
from ledgerctl.failures import Unreachable
from ledgerctl.importing.patience import patiently
from ledgerctl.importing.progress import Waiting
from ledgerctl.session import Session

POLL_SECONDS: Final = 0.05
#: Nothing moved for so long: something is wrong that waiting does not mend.
STUCK_SECONDS: Final = 60.0


async def until_projected(session: Session, sizes: Mapping[str, int]) -> dict[str, int]:
    """Return the cut once it covers `sizes` (origin → entries), and say meanwhile how much is left.

    Raises Unreachable: it does not get there.
    """
    loop = asyncio.get_running_loop()
    moved, before = loop.time(), -1
    progress = Waiting("等待汇总 waiting for the projection")
    while True:
        answer = await patiently("audit", lambda: session.client("audit").call("GetCut", pb.GetCutRequest()))
        cut = dict(answer.cut.sizes)
        behind = {log: size - cut.get(log, 0) for log, size in sizes.items() if cut.get(log, 0) < size}
        left = sum(behind.values())
        progress.left(left)
        if not behind:
            return cut
        stopped = [f"{log}: {answer.stopped[log]}" for log in behind if log in answer.stopped]
        if left != before:
            moved, before = loop.time(), left
        if stopped or loop.time() - moved > STUCK_SECONDS:
            progress.left(0)
            why = f" ({'; '.join(stopped)})" if stopped else ""
            raise Unreachable(
                f"已登记,但有 {left:,} 条尚未汇总 · recorded, but {left:,} entries are not projected yet{why}",
                "记录不会丢失，ledgerctl status 可查看进度 · nothing is lost; ledgerctl status shows what is behind",
            )
        await asyncio.sleep(POLL_SECONDS)
