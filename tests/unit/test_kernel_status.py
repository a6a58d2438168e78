"""Errors on the wire: every way of saying no has its status."""

from __future__ import annotations

import inspect
from typing import Any

import grpc
import pytest
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, LocalizedMessage, RetryInfo
from google.rpc.status_pb2 import Status

from ledger import errors, refusals
from ledger.errors import Kind, LedgerError, Refusal, Refused, Unavailable
from ledger.rpc.checks import Malformed
from ledger.rpc.status import CODES, FAULTS, status_of

ERRORS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, LedgerError) and kind not in (LedgerError, Refused)
]


def unpacked(status: Status, kind: Any) -> list[Any]:
    out = []
    for packed in status.details:
        message = kind()
        if packed.Unpack(message):
            out.append(message)
    return out


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_refusal_has_a_code_of_its_own(kind: Kind) -> None:
    code, status = status_of(Refused(Refusal("a_rule", kind, "do this", "这样做", {"entry": "7"})), "c0ffee")
    assert code is CODES[kind]
    assert status.code == code.value[0]
    assert status.message == "do this"
    [info], [local] = unpacked(status, ErrorInfo), unpacked(status, LocalizedMessage)
    assert (info.reason, info.domain) == ("a_rule", "placement-ledger")
    assert dict(info.metadata) == {"entry": "7", "call": "c0ffee"}
    assert (local.locale, local.message) == ("zh-CN", "这样做")


def test_no_two_kinds_share_a_code_and_none_is_a_fault() -> None:
    assert len(set(CODES.values())) == len(Kind)
    assert not set(CODES.values()) & {grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.OK}


@pytest.mark.parametrize("kind", ERRORS)
def test_every_other_error_has_a_code_and_shows_nothing_of_its_inside(kind: type[LedgerError]) -> None:
    code, status = status_of(kind("secret detail"), "c0ffee")
    assert (code, FAULTS[kind][1]) == (FAULTS[kind][0], status_reason(status))
    if kind is not Unavailable:  # its messages are written for the caller
        assert "secret" not in str(status)
        assert "c0ffee" in status.message


def status_reason(status: Status) -> str:
    [info] = unpacked(status, ErrorInfo)
    return str(info.reason)


def test_an_error_nobody_listed_is_internal_and_shows_nothing() -> None:
    class Unlisted(LedgerError):
        """Raised by somebody who did not read this page."""

    code, status = status_of(Unlisted("secret detail"), "c0ffee")
    assert code is grpc.StatusCode.INTERNAL
    assert "secret" not in str(status)
    assert status_reason(status) == "internal"


def test_an_error_derived_from_a_listed_one_has_its_code() -> None:
    class Elsewhere(Unavailable):
        """A kind of being away."""

    assert status_of(Elsewhere("away"), "c0ffee")[0] is grpc.StatusCode.UNAVAILABLE


def test_what_may_help_to_repeat_says_when() -> None:
    _, status = status_of(Unavailable("try again"), "c0ffee")
    [retry] = unpacked(status, RetryInfo)
    assert retry.retry_delay.ToMilliseconds() == 500


def test_a_malformed_request_names_its_fields() -> None:
    error = Malformed([("opened.region", "string.pattern", "six digits"), ("context", "required", "needed")])
    code, status = status_of(error, "c0ffee")
    [bad] = unpacked(status, BadRequest)
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert [(v.field, v.reason) for v in bad.field_violations] == [
        ("opened.region", "string.pattern"),
        ("context", "required"),
    ]


def test_a_status_fits_into_the_metadata_of_a_call_however_much_is_wrong() -> None:
    """Clients take 8 KB of trailing metadata by default, and answer with an error of their own beyond."""
    error = Malformed([(f"persons[{at}].id_number", "string.pattern", "x" * 300) for at in range(1_000)])
    _, status = status_of(error, "c0ffee")
    assert len(status.SerializeToString()) * 4 / 3 < 7_000
    [bad] = unpacked(status, BadRequest)
    assert bad.field_violations[0].field == "persons[0].id_number"
    assert "1000" in status.message


ARGUMENTS = {"int": 1, "str": "x", "Sequence[str]": ["x"]}


@pytest.mark.parametrize("make", [made for _, made in inspect.getmembers(refusals, inspect.isfunction)])
def test_every_refusal_of_the_kernel_speaks_both_languages(make: Any) -> None:
    parameters = inspect.signature(make).parameters.values()
    refusal = make(*(ARGUMENTS[str(parameter.annotation)] for parameter in parameters))
    assert refusal.rule == make.__name__
    assert refusal.message.isascii()
    assert not refusal.zh.isascii()
    assert all(isinstance(value, str) for value in refusal.details.values())
