"""What an answer does not know yet: entries that are recorded and not projected, and logs its cut leaves out.

Read from the logs' own databases, so that it is known although a process may be dead.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from ledger_api.audit.v1 import audit_pb2 as pb
from ledgerctl.embedded.home import Home
from ledgerctl.embedded.lag import LogState, read_lag

#: what is published is no part of any figure
NOT_COUNTED: Final = "publication"
SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


def look(data_dir: Path) -> list[LogState]:
    """How far each log is; to be taken before the question, so that what arrives meanwhile is never told as missing."""
    return read_lag(Home(data_dir), time.time())


def notes(logs: Iterable[LogState], cut: Mapping[str, int], asked: pb.AsOf | None) -> list[str]:
    """One line for each log of which the cut lacks something it could hold, Chinese first. `asked`: None is now."""
    now = datetime.now(SHANGHAI)
    found = []
    for log in logs:
        missing = log.size - cut.get(log.log, 0)
        if log.log.endswith(f"/{NOT_COUNTED}") or missing <= 0:
            continue
        if asked is not None and asked.HasField("cut"):
            if log.log not in asked.cut.sizes:
                found.append(
                    f"截面未含日志 {log.log}（现有 {log.size:,} 条），其记录均未计入 · "
                    f"the cut reads nothing of log {log.log} ({log.size:,} entries): none of it is counted"
                )
        elif log.lag_entries and (asked is None or _could_be_before(asked.date, log, now)):
            waiting = missing if asked is None else log.lag_entries
            found.append(
                f"日志 {log.log} 有 {waiting:,} 条已登记、尚未汇总，未计入 · "
                f"{waiting:,} entries of log {log.log} are recorded and not projected yet: not counted"
            )
    return found


def _could_be_before(day: str, log: LogState, now: datetime) -> bool:
    """Whether the oldest entry that waits was recorded by the end of that day in Shanghai."""
    return (now - timedelta(seconds=log.lag_seconds)).date() <= date.fromisoformat(day)
