"""Waiting until everything recorded is projected and covered by signed checkpoints."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from ledger_api.audit.v1 import audit_pb2 as audit
from ledger_api.common.v1 import common_pb2 as common
from ledgerctl.failures import Unreachable
from ledgerctl.printers import say
from ledgerctl.session import Session

#: The service in whose log figures are published: no statement is counted over it.
PUBLICATION: Final = "publication"
POLL_SECONDS: Final = 0.1
#: Logs are signed once a second, and looked at once a second: longer than this is worth a word.
USUAL_SECONDS: Final = 3.0
#: Nothing moved for so long: something is wrong that waiting does not mend.
STUCK_SECONDS: Final = 60.0


async def recorded(session: Session) -> dict[str, int]:
    """Origin → entries of every log that figures are counted over. Raises Unavailable."""
    heads = [
        await session.client(name).call("GetHead", common.GetHeadRequest(), seconds=5.0)
        for name in session.home.logs()
        if name != PUBLICATION
    ]
    return {head.log: head.size for head in heads if head.size}


async def signed_cut(session: Session, point: audit.AsOf | None = None) -> dict[str, int]:
    """The newest cut not beyond a point of which every size was signed, without the log of publications."""
    answer = await session.client("audit").call("GetSignedCut", audit.GetSignedCutRequest(as_of=point))
    own = session.home.origin(PUBLICATION)
    return {log: size for log, size in sorted(answer.cut.sizes.items()) if log != own}


async def until_signed(session: Session, sizes: Mapping[str, int], stuck_seconds: float = STUCK_SECONDS) -> None:
    """Return once signed checkpoints cover `sizes` (origin → entries). Raises Unreachable: they do not get there."""
    clock = asyncio.get_running_loop().time
    began = moved = clock()
    before, told = -1, False
    while True:
        cut = await signed_cut(session)
        behind = {log: size - cut.get(log, 0) for log, size in sizes.items() if cut.get(log, 0) < size}
        if not behind:
            return
        left = sum(behind.values())
        if left != before:
            moved, before = clock(), left
        if not told and clock() - began > USUAL_SECONDS:
            say(f"等待检查点签名 · waiting until signed checkpoints cover {left:,} more entries of {', '.join(behind)}")
            told = True
            await _refuse_stopped(session, behind)
        if clock() - moved > stuck_seconds:
            await _refuse_stopped(session, behind)
            raise Unreachable(
                f"尚未签入检查点 · recorded, but not signed after {stuck_seconds:g} s: "
                + ", ".join(f"{log} {count:,}" for log, count in behind.items()),
                "nothing is lost; ledgerctl status 查看 shows what is behind or stopped",
            )
        await asyncio.sleep(POLL_SECONDS)


async def _refuse_stopped(session: Session, behind: Mapping[str, int]) -> None:
    answer = await session.client("audit").call("GetCut", audit.GetCutRequest())
    stopped = [f"{log}: {answer.stopped[log]}" for log in behind if log in answer.stopped]
    if stopped:
        raise Unreachable(
            f"日志已停止汇入,不出具数字 · a log is stopped, nothing is stated over it: {'; '.join(stopped)}",
            "docs/operating/diverged.md says what to do; ledgerctl fsck shows what differs",
        )
