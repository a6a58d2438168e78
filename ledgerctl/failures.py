"""How a verb fails: what happened, what to do next, and the exit code scripts rely on.

0 ok · 1 findings or refused rows · 2 usage or unreadable input · 3 the ledger cannot be reached ·
70 an error of ours · 130 interrupted.
"""

from __future__ import annotations

import sys
from enum import IntEnum

from ledger.errors import LedgerError, Unavailable


class ExitCode(IntEnum):
    """What the exit code of every verb means."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    UNREACHABLE = 3
    INTERNAL = 70
    INTERRUPTED = 130


class Failure(Exception):
    """A verb ends without having done its work. `remedy` says what to do next."""

    exit_code = ExitCode.FINDINGS

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class BadInput(Failure):
    """What was asked or handed in cannot be used."""

    exit_code = ExitCode.USAGE


class Unreachable(Failure):
    """The ledger, or a part of it that is needed, does not answer."""

    exit_code = ExitCode.UNREACHABLE


def understand(error: Exception) -> Failure | None:
    """What went wrong between us and the ledger, in words; None for what is not of that kind."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, Unavailable):
        return _unreachable(str(error))
    if isinstance(error, LedgerError):
        return Failure(f"台账拒绝 · the ledger says no: {error}")
    grpc = sys.modules.get("grpc")  # if nobody imported it, it did not raise either
    if grpc is None or not isinstance(error, grpc.RpcError) or not hasattr(error, "code"):
        return None
    code, details = error.code(), error.details() if hasattr(error, "details") else ""
    if code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
        return _unreachable(f"{code.name}: {details}")
    return Failure(f"台账拒绝 · the ledger says no: {code.name}: {details}")


def _unreachable(why: str) -> Unreachable:
    return Unreachable(
        f"连接不上台账服务 · the ledger does not answer ({why})",
        "ledgerctl status 查看进程 shows what runs; ledgerctl up --detach 启动 starts what is dead",
    )
