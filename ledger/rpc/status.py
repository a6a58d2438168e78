"""Errors to gRPC statuses with `google.rpc` details, in one table."""

from __future__ import annotations

from typing import Final

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, LocalizedMessage, RetryInfo
from google.rpc.status_pb2 import Status

from ledger.errors import Kind, LedgerError, LogDiverged, Refused, Unavailable, UnreadableEntry, UnsafeStore
from ledger.rpc.checks import Malformed

DOMAIN: Final = "placement-ledger"

CODES: Final[dict[Kind, grpc.StatusCode]] = {
    Kind.MALFORMED: grpc.StatusCode.INVALID_ARGUMENT,
    Kind.IMPOSSIBLE: grpc.StatusCode.FAILED_PRECONDITION,
    Kind.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    Kind.CONFLICT: grpc.StatusCode.ABORTED,
    Kind.REUSED: grpc.StatusCode.ALREADY_EXISTS,
    Kind.FORBIDDEN: grpc.StatusCode.PERMISSION_DENIED,
}

#: Errors that are no refusal: their code and the reason shown. Nothing else of them is shown.
FAULTS: Final[dict[type[LedgerError], tuple[grpc.StatusCode, str]]] = {
    Unavailable: (grpc.StatusCode.UNAVAILABLE, "unavailable"),
    LogDiverged: (grpc.StatusCode.DATA_LOSS, "log_diverged"),
    UnreadableEntry: (grpc.StatusCode.DATA_LOSS, "unreadable_entry"),
    UnsafeStore: (grpc.StatusCode.INTERNAL, "unsafe_store"),
}

#: Clients refuse more than 8 KB of trailing metadata: what does not fit is counted, not listed.
VIOLATIONS_SHOWN: Final = 10


def status_of(error: LedgerError, call: str) -> tuple[grpc.StatusCode, Status]:
    """The code and the full status for an error; `call` is the id that the log line carries."""
    if isinstance(error, Refused):
        code, details = CODES[error.refusal.kind], _refusal_details(error, call)
        return code, Status(code=_number(code), message=error.refusal.message, details=details)
    listed = (FAULTS[kind] for kind in type(error).__mro__ if kind in FAULTS)
    code, reason = next(listed, (grpc.StatusCode.INTERNAL, "internal"))
    info = ErrorInfo(reason=reason, domain=DOMAIN, metadata={"call": call})
    details = [_packed(info)]
    if code is grpc.StatusCode.UNAVAILABLE:
        retry = RetryInfo()
        retry.retry_delay.FromMilliseconds(500)
        details.append(_packed(retry))
    message = str(error) if isinstance(error, Unavailable) else f"{reason}; tell the operator, call {call}"
    return code, Status(code=_number(code), message=message, details=details)


def _refusal_details(error: Refused, call: str) -> list[AnyMessage]:
    refusal = error.refusal
    details = [
        _packed(ErrorInfo(reason=refusal.rule, domain=DOMAIN, metadata={**refusal.details, "call": call})),
        _packed(LocalizedMessage(locale="zh-CN", message=refusal.zh)),
    ]
    if isinstance(error, Malformed):
        bad = BadRequest()
        for field, rule, message in error.violations[:VIOLATIONS_SHOWN]:
            bad.field_violations.add(field=field, description=message, reason=rule)
        details.append(_packed(bad))
    return details


def _packed(detail: BadRequest | ErrorInfo | LocalizedMessage | RetryInfo) -> AnyMessage:
    packed = AnyMessage()
    packed.Pack(detail)
    return packed


def _number(code: grpc.StatusCode) -> int:
    number: int = code.value[0]
    return number
