"""A write service over the wire: receipts, batches, the log itself, health, reflection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
import structlog
from sqlalchemy.exc import OperationalError

from ledger.entry import decode
from ledger.merkle import Frontier, leaf_hash
from ledger.rpc import commands as rpc_commands
from ledger.store.sql import SqlStore
from ledger_api.common.v1 import common_pb2
from ledger_api.placement.v1 import placement_pb2
from services.placement.events import IntentAgreementSigned
from tests.support.given import AGENCY
from tests.support.rpc import SERVICES, Failure, Served, context, serving, valid_request
from tests.support.samples import sample
from tests.support.stores import append

ORIGIN = "ledger.local/placement"
MESSAGES = placement_pb2.DESCRIPTOR.message_types_by_name


@pytest.fixture
def store(tmp_path: Path) -> Any:
    store = SqlStore.open(f"sqlite:///{tmp_path}/placement.db", ORIGIN)
    yield store
    store.close()


@pytest.fixture
async def placement(store: SqlStore) -> AsyncIterator[Served]:
    async with serving("placement", store) as served:
        yield served


def signed(agreement: str, **about: Any) -> Any:
    request = valid_request(MESSAGES["SignIntentAgreementRequest"], **about)
    request.signed.agreement = agreement
    return request


def batch_of(count: int, **about: Any) -> Any:
    batch = placement_pb2.BatchRequest()
    for at in range(count):
        batch.items.add().sign_intent_agreement.CopyFrom(signed(f"AG-{at}", **about))
    return batch


# ------------------------------------------------------------------------------------------- receipts


async def test_a_command_is_answered_with_the_place_of_its_entry(placement: Served) -> None:
    receipt = await placement.call("SignIntentAgreement", signed("AG-1", request_id="r-1"))
    [row] = placement.store.read(0, 10)
    entry = decode(row.leaf)
    assert (receipt.log, receipt.index, receipt.duplicate) == (ORIGIN, 0, False)
    assert (receipt.leaf_hash, receipt.recorded) == (leaf_hash(row.leaf), entry.recorded)
    assert receipt.subject == entry.subject == f"agreement/{AGENCY}/datong-hugong/intent/AG-1"
    assert (entry.request, entry.agency, entry.actor) == ("r-1", AGENCY, context().actor)
    assert (entry.source, entry.type) == (ORIGIN, "placement.IntentAgreementSigned.v1")


@pytest.mark.parametrize("service", SERVICES)
async def test_every_command_of_every_service_is_recorded_or_refused_for_a_reason(service: str, tmp_path: Path) -> None:
    """Each method once, with valid content, on one growing log: none fails, and none is silent."""
    store = SqlStore.open(f"sqlite:///{tmp_path}/{service}.db", f"ledger.local/{service}")
    async with serving(service, store) as served:
        refusals = {}
        for method in served.descriptor.methods:
            if method.output_type.name == "Receipt":
                size = store.head().size
                try:
                    receipt = await served.call(method.name, valid_request(method.input_type))
                    assert receipt.duplicate or store.head().size > size, method.name
                except Failure as failure:
                    refusals[method.name] = failure.rule
                    assert store.head().size == size
    store.close()
    impossible = {"facts_disagree", "later_entries_depend", "not_live", "other_fact", "other_identity", "no_planned"}
    assert all(
        rule.startswith(("already_", "needs_")) or rule in impossible or rule == "no_such_stream"
        for rule in refusals.values()
    ), refusals


async def test_a_correction_over_the_wire(placement: Served) -> None:
    await placement.call("SignIntentAgreement", signed("AG-2025-0001"))
    request = placement_pb2.CorrectRequest(context=context(), entry=0, reason="wage mistyped")
    request.intent_agreement_signed.CopyFrom(signed("AG-2025-0001").signed)
    request.intent_agreement_signed.expected_wage_fen = 430_000
    receipt = await placement.call("Correct", request)
    assert (receipt.index, receipt.duplicate) == (2, False)
    assert [decode(row.leaf).type.split(".")[1] for row in placement.store.read(0, 10)] == [
        "IntentAgreementSigned",
        "EntryRetracted",
        "IntentAgreementSigned",
    ]


async def test_a_retraction_over_the_wire(placement: Served) -> None:
    await placement.call("SignIntentAgreement", signed("AG-1"))
    request = common_pb2.RetractRequest(context=context(request_id="r-1"), entry=0, reason="entered twice")
    first = await placement.call("Retract", request)
    assert (first.index, first.duplicate) == (1, False)
    again = await placement.call("Retract", request)
    assert (again.index, again.leaf_hash, again.duplicate) == (1, first.leaf_hash, True)


async def test_an_absent_field_is_unknown_and_not_empty(placement: Served) -> None:
    request = signed("AG-1")
    for name in ("position", "work_region", "expected_wage_fen", "template", "employer_name"):
        request.signed.ClearField(name)
    await placement.call("SignIntentAgreement", request)
    [row] = placement.store.read(0, 1)
    fact = sample(IntentAgreementSigned, agreement="AG-1")
    assert set(__import__("json").loads(row.leaf)["data"]) == {
        name for name in fact.__struct_fields__ if getattr(fact, name) is not None
    }


# -------------------------------------------------------------------------------------------- batches


async def test_a_batch_of_a_thousand_moves_the_head_once(placement: Served, store: SqlStore) -> None:
    moves: list[int] = []
    with counting_commits(store, moves):
        answer = await placement.call("Batch", batch_of(1_000))
    assert [result.receipt.index for result in answer.results] == list(range(1_000))
    assert moves == [1_000]
    assert store.head().size == 1_000
    frontier = Frontier()
    frontier.extend(row.leaf_hash for row in store.read(0, 1_000))
    assert store.head().frontier.root() == frontier.root()


async def test_a_batch_sent_again_is_answered_the_same_and_records_nothing(placement: Served) -> None:
    batch = batch_of(100)
    for at, item in enumerate(batch.items):
        item.sign_intent_agreement.context.request_id = f"row:{at}"
    first = await placement.call("Batch", batch)
    again = await placement.call("Batch", batch)
    for one, other in zip(first.results, again.results, strict=True):
        assert other.receipt.duplicate
        other.receipt.duplicate = False
        assert one == other
    assert placement.store.head().size == 100


async def test_each_item_of_a_batch_has_a_result_of_its_own(placement: Served) -> None:
    batch = batch_of(3)
    withdraw = valid_request(MESSAGES["WithdrawIntentAgreementRequest"])
    batch.items[1].withdraw_intent_agreement.CopyFrom(withdraw)
    answer = await placement.call("Batch", batch)
    assert [result.WhichOneof("result") for result in answer.results] == ["receipt", "refusal", "receipt"]
    told = answer.results[1].refusal
    assert (told.rule, dict(told.details)) == ("needs_signed", {"needs": "signed"})
    assert told.message
    assert not told.message_zh.isascii()


async def test_concurrent_calls_are_all_answered_with_places_of_their_own(placement: Served) -> None:
    receipts = await asyncio.gather(
        *(placement.call("SignIntentAgreement", signed(f"AG-{at}")) for at in range(64)),
        *(placement.call("Batch", batch_of(10, agency=f"agency-{at}")) for at in range(4)),
    )
    singles = [receipt.index for receipt in receipts[:64]]
    batches = [[result.receipt.index for result in answer.results] for answer in receipts[64:]]
    assert sorted(singles + [index for batch in batches for index in batch]) == list(range(104))
    assert all(batch == list(range(batch[0], batch[0] + 10)) for batch in batches)


# -------------------------------------------------------------------------------------------- the log


async def test_read_entries_streams_the_stored_bytes(placement: Served, store: SqlStore) -> None:
    await placement.call("Batch", batch_of(30))
    rows = list(store.read(0, 30))
    for start, stop in ((0, 30), (7, 19), (29, 99), (0, 2**53)):
        [page] = await placement.read(start, stop)
        assert page.start == start
        assert list(page.leaves) == [row.leaf for row in rows[start:stop]]
    assert await placement.read(30, 40) == []
    assert await placement.read(5, 5) == []
    assert await placement.read(9, 3) == []


async def test_read_entries_shows_even_bytes_that_are_no_entry(placement: Served, store: SqlStore) -> None:
    """What is stored is what is shown: whoever reads it judges it."""
    rows = append(store, 3)
    [page] = await placement.read(0, 3)
    assert list(page.leaves) == [row.leaf for row in rows]


async def test_pages_are_bounded_by_count_and_by_bytes(
    placement: Served, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = append(store, 2_500)
    pages = await placement.read(0, 2_500)
    assert [page.start for page in pages] == [0, 1_000, 2_000]
    assert [leaf for page in pages for leaf in page.leaves] == [row.leaf for row in rows]
    monkeypatch.setattr(rpc_commands, "PAGE_BYTES", 10_000)
    pages = await placement.read(0, 2_500)
    assert all(sum(map(len, page.leaves)) < 10_100 for page in pages)
    assert [leaf for page in pages for leaf in page.leaves] == [row.leaf for row in rows]
    assert [page.start for page in pages[1:]] == [
        sum(len(before.leaves) for before in pages[: at + 1]) for at in range(len(pages) - 1)
    ]


async def test_the_head_is_the_size_and_root_of_what_can_be_read(placement: Served, store: SqlStore) -> None:
    head = await placement.call("GetHead", common_pb2.GetHeadRequest())
    assert (head.log, head.size, head.last_recorded) == (ORIGIN, 0, "")
    await placement.call("Batch", batch_of(5))
    head = await placement.call("GetHead", common_pb2.GetHeadRequest())
    frontier = Frontier()
    frontier.extend(leaf_hash(leaf) for page in await placement.read(0, head.size) for leaf in page.leaves)
    assert (head.size, head.root) == (5, frontier.root())
    assert head.last_recorded == next(iter(store.read(4, 5))).recorded


# ---------------------------------------------------------------------------------------------- faults


async def test_a_database_that_is_away_is_unavailable_and_says_when_to_come_back(
    placement: Served, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError("BEGIN IMMEDIATE", {"secret": "x"}, Exception("disk I/O error"))

    with monkeypatch.context() as patch:
        patch.setattr(store, "transaction", away)
        with pytest.raises(Failure) as raised:
            await placement.call("SignIntentAgreement", signed("AG-1"))
    assert (raised.value.code, raised.value.rule) == (grpc.StatusCode.UNAVAILABLE, "unavailable")
    assert raised.value.retry_seconds == 0.5
    assert "disk" not in raised.value.message
    assert store.head().size == 0
    await placement.call("SignIntentAgreement", signed("AG-1"))


async def test_a_bug_is_internal_and_shows_nothing_but_the_call(
    placement: Served, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ValueError("secret detail")

    monkeypatch.setattr(store, "transaction", broken)
    with structlog.testing.capture_logs() as lines, pytest.raises(Failure) as raised:
        await placement.call("SignIntentAgreement", signed("AG-1"))
    assert raised.value.code is grpc.StatusCode.INTERNAL
    assert "secret" not in raised.value.message
    [line] = [line for line in lines if line["event"] == "call"]
    assert line["call"] in raised.value.message


async def test_every_call_leaves_one_line(placement: Served) -> None:
    with structlog.testing.capture_logs() as lines:
        await placement.call("SignIntentAgreement", signed("AG-1"))
        with pytest.raises(Failure):
            await placement.call("SignIntentAgreement", signed(""))
        with pytest.raises(Failure):
            await placement.send("SignIntentAgreement", b"\xff")
        await placement.read(0, 1)
    calls = [(line["method"].rpartition("/")[2], line["code"], line.get("rule")) for line in lines]
    assert calls == [
        ("SignIntentAgreement", "OK", None),
        ("SignIntentAgreement", "INVALID_ARGUMENT", "malformed"),
        ("SignIntentAgreement", "INVALID_ARGUMENT", "malformed"),
        ("ReadEntries", "OK", None),
    ]
    assert all(line["seconds"] >= 0 for line in lines)
    assert not any("AG-1" in str(line) or "pr_" in str(line) for line in lines)


async def test_a_call_that_is_given_up_leaves_a_line_too(placement: Served, store: SqlStore) -> None:
    with structlog.testing.capture_logs() as lines:
        with store.transaction(), pytest.raises(Failure) as raised:  # the writer has to wait
            await placement.call("SignIntentAgreement", signed("AG-1"), timeout=0.2)
        assert raised.value.code is grpc.StatusCode.DEADLINE_EXCEEDED
        for _ in range(200):
            if lines:
                break
            await asyncio.sleep(0.01)
    assert [(line["event"], line["code"]) for line in lines] == [("call", "CANCELLED")]


@contextmanager
def counting_commits(store: SqlStore, sizes: list[int]) -> Any:
    """The size of the log after each commit of the block that moved the head."""
    from sqlalchemy import event

    def committed(connection: Any) -> None:
        size = connection.exec_driver_sql("SELECT size FROM head").scalar()
        if not sizes or size != sizes[-1]:
            sizes.append(size)

    remove: Callable[[], None] = lambda: event.remove(store.engine, "commit", committed)  # noqa: E731
    event.listen(store.engine, "commit", committed)
    try:
        yield
    finally:
        remove()
