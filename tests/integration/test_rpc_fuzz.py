"""Requests that are valid but for one thing, made from the message descriptors.

The oracle: whatever is sent, the answer is a receipt or a refusal with a reason; never INTERNAL or
UNKNOWN, never silence, and after a refusal nothing is recorded.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

import grpc
import pytest

from ledger.store.sql import SqlStore
from ledger_api.common.v1 import common_pb2
from tests.support.fuzz import NUMBERS, mutations, valid_bytes
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
SEEDS: Final = range(8)


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
                answer = await served.attempt(method, request)
                if isinstance(answer, Failure):
                    has_a_reason(answer, f"{method} {what} seed {seed}: {request!r}")
                    assert store.head().size == size, (method, what, seed)
                else:
                    accepted += 1
                    if method == "Batch":
                        all_have_reasons(answer)
        assert store.head().size == len(list(store.read(0, 10**9)))
    store.close()
    assert sent > 500
    assert 0.05 < accepted / sent < 0.95, (accepted, sent)


async def fill_the_log(served: Served) -> None:
    """Something of everything, so that corrections and steps find what they speak of."""
    for method in served.descriptor.methods:
        if method.output_type.name == "Receipt" and method.name not in ("Retract", "Correct"):
            answer = await served.attempt(method.name, valid_bytes(method.input_type))
            if isinstance(answer, Failure):
                has_a_reason(answer, method.name)


def has_a_reason(failure: Failure, told: str) -> None:
    assert failure.code in ANSWERS, (told, failure)
    assert failure.rule, told
    assert failure.message, told
    assert not failure.zh.isascii(), told


def all_have_reasons(answer: bytes) -> None:
    for result in common_pb2.BatchResponse.FromString(answer).results:
        if result.WhichOneof("result") == "refusal":
            assert result.refusal.rule
            assert result.refusal.message
            assert not result.refusal.message_zh.isascii()
        else:
            assert result.receipt.leaf_hash


@pytest.mark.parametrize("seed", range(15))
async def test_a_range_of_entries_may_be_anything(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    store = SqlStore.open(f"sqlite:///{tmp_path}/fuzz.db", "ledger.local/training")
    async with serving("training", store) as served:
        await served.call("OpenClass", valid_request(SERVICES["training"].methods_by_name["OpenClass"].input_type))
        request = common_pb2.ReadEntriesRequest(start=chance.choice(NUMBERS), stop=chance.choice(NUMBERS))
        if min(request.start, request.stop) < 0:
            with pytest.raises(Failure) as raised:
                await served.read_with(request.SerializeToString())
            assert raised.value.code is grpc.StatusCode.INVALID_ARGUMENT
        else:
            pages = await served.read_with(request.SerializeToString())
            assert [page.start for page in pages] == ([0] if request.start == 0 < request.stop else [])
    store.close()
