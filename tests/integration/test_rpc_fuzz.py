"""Requests that are valid but for one thing, made from the message descriptors.

The oracle: whatever is sent, the answer is a receipt or a refusal with a reason; never INTERNAL or
UNKNOWN, never silence, and after a refusal nothing is recorded.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import grpc
import pytest
from google.protobuf.descriptor import FieldDescriptor

from ledger.rpc.wire import message_class
from ledger.store.sql import SqlStore
from ledger_api.common.v1 import common_pb2
from tests.support.rpc import SERVICES, Failure, Served, serving, valid_request

#: What a caller may be told. Everything else is a bug of ours.
ANSWERS: Final = {
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.ABORTED,
    grpc.StatusCode.ALREADY_EXISTS,
    grpc.StatusCode.PERMISSION_DENIED,
}
TEXTS: Final = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\x1f",
    "\x7f",
    "\\u0000",
    "\\",
    '"',
    "x" * 200,
    "x" * 201,
    "医" * 200,
    "😀" * 200,
    "\u202e",
    "\ufeff",
    "%",
    "%2F",
    "/",
    "a/b",
    "../..",
    "'; DROP TABLE entries; --",
    "2025-02-29",
    "2025-13-01",
    "0000-01-01",
    "9999-12-31",
    "pr_" + "0" * 32,
    "pr_" + "0" * 31,
    "99010119900101001X",
    "630121",
    "${x}",
    "null",
    "NaN",
    "1e400",
    "-1",
]
NUMBERS: Final = [0, 1, -1, 2**31 - 1, 2**31, 2**53 - 1, 2**53, 2**63 - 1, -(2**63)]
SEEDS: Final = range(8)

Mutation = Callable[[random.Random], bytes]


def mutations(service: str) -> Iterator[tuple[str, str, Mutation]]:
    """(method, what is changed, how): every field of every request, at every depth."""
    for method in SERVICES[service].methods:
        if method.name == "ReadEntries":
            continue
        for path in paths(method.input_type):
            yield method.name, ".".join(path), changing(method.input_type, path)
        yield method.name, "(bytes)", damaging(method.input_type)


def paths(message: Any, depth: int = 0) -> Iterator[tuple[str, ...]]:
    for field in message.fields:
        yield (field.name,)
        if field.message_type is not None and depth < 4:
            for deeper in paths(field.message_type, depth + 1):
                yield (field.name, *deeper)


def changing(message: Any, path: tuple[str, ...]) -> Mutation:
    def change(chance: random.Random) -> bytes:
        request = valid_request(message, request_id=chance.choice(["", "r-1", f"r-{chance.random()}"]))
        inner: Any = request
        for name in path[:-1]:
            field = inner.DESCRIPTOR.fields_by_name[name]
            inner = getattr(inner, name)[0] if field.is_repeated else getattr(inner, name)
        change_field(inner, inner.DESCRIPTOR.fields_by_name[path[-1]], chance)
        return bytes(request.SerializeToString())

    return change


def change_field(message: Any, field: FieldDescriptor, chance: random.Random) -> None:
    how = chance.choice(["clear", "unknown", "value", "value", "value", "value"])
    if how == "clear":
        message.ClearField(field.name)
    elif how == "unknown":
        message.MergeFromString(b"\xa0\x06\x01")
    elif field.is_repeated:
        del getattr(message, field.name)[:]
    elif field.message_type is not None:
        getattr(message, field.name).CopyFrom(message_class(field.message_type)())
    elif field.type == FieldDescriptor.TYPE_STRING:
        setattr(message, field.name, chance.choice(TEXTS))
    elif field.type == FieldDescriptor.TYPE_BOOL:
        setattr(message, field.name, not getattr(message, field.name))
    else:
        small = field.type == FieldDescriptor.TYPE_INT32
        setattr(message, field.name, chance.choice([n for n in NUMBERS if not small or -(2**31) <= n < 2**31]))


def damaging(message: Any) -> Mutation:
    """Bytes flipped, cut or added in a valid request."""

    def damage(chance: random.Random) -> bytes:
        sent = bytearray(valid_request(message).SerializeToString() or b"\x00")
        at = chance.randrange(len(sent))
        match chance.randrange(3):
            case 0:
                sent[at] ^= 1 << chance.randrange(8)
            case 1:
                del sent[at:]
            case _:
                sent[at:at] = chance.randbytes(chance.randrange(1, 6))
        return bytes(sent)

    return damage


@pytest.mark.parametrize("service", SERVICES)
async def test_whatever_is_sent_is_recorded_or_refused_for_a_reason(service: str, tmp_path: Path) -> None:
    store = SqlStore.open(f"sqlite:///{tmp_path}/fuzz.db", f"ledger.local/{service}")
    sent = accepted = 0
    async with serving(service, store) as served:
        await fill_the_log(served)
        for method, what, mutate in mutations(service):
            for seed in SEEDS if what == "(bytes)" else range(2):
                request = mutate(random.Random(f"{service}/{method}/{what}/{seed}"))
                size = store.head().size
                sent += 1
                try:
                    answer = await served.send(method, request)
                    accepted += 1
                    if method == "Batch":
                        all_have_reasons(answer)
                except Failure as failure:
                    told = f"{method} {what} seed {seed}: {failure}\n{request!r}"
                    assert failure.code in ANSWERS, told
                    assert failure.rule, told
                    assert failure.message, told
                    assert not failure.zh.isascii(), told
                    assert store.head().size == size, told
        assert store.head().size == len(list(store.read(0, 10**9)))
    store.close()
    assert sent > 500
    assert 0.05 < accepted / sent < 0.95, (accepted, sent)


async def fill_the_log(served: Served) -> None:
    """Something of everything, so that corrections and steps find what they speak of."""
    for method in served.descriptor.methods:
        if method.output_type.name == "Receipt" and method.name not in ("Retract", "Correct"):
            try:
                await served.call(method.name, valid_request(method.input_type))
            except Failure as failure:
                assert failure.code in ANSWERS, (method.name, failure)


def all_have_reasons(answer: bytes) -> None:
    for result in common_pb2.BatchResponse.FromString(answer).results:
        if result.WhichOneof("result") == "refusal":
            assert result.refusal.rule
            assert result.refusal.message
            assert not result.refusal.message_zh.isascii()
        else:
            assert result.receipt.leaf_hash


@pytest.mark.parametrize("seed", range(30))
async def test_a_range_of_entries_may_be_anything(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    store = SqlStore.open(f"sqlite:///{tmp_path}/fuzz.db", "ledger.local/training")
    async with serving("training", store) as served:
        await served.call("OpenClass", valid_request(SERVICES["training"].methods_by_name["OpenClass"].input_type))
        request = common_pb2.ReadEntriesRequest(start=chance.choice(NUMBERS), stop=chance.choice(NUMBERS))
        try:
            pages = await served.read_with(request.SerializeToString())
        except Failure as failure:
            assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
            assert min(request.start, request.stop) < 0
        else:
            assert [page.start for page in pages] == ([0] if request.start == 0 < request.stop else [])
    store.close()
