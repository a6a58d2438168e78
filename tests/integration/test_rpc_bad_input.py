"""Bad input: a clear refusal, nothing recorded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from ledger.rpc.agreed import MESSAGE_BYTES_MAX
from ledger.store.sql import SqlStore
from ledger_api.common.v1 import common_pb2
from ledger_api.training.v1 import facts_pb2, training_pb2
from tests.support.rpc import Failure, Served, context, serving, valid_request

ORIGIN = "ledger.local/training"
OPEN = training_pb2.DESCRIPTOR.message_types_by_name["OpenClassRequest"]
#: field number 100, a varint: no message of ours has it
UNKNOWN = b"\xa0\x06\x01"


@pytest.fixture
async def training(tmp_path: Path) -> AsyncIterator[Served]:
    store = SqlStore.open(f"sqlite:///{tmp_path}/training.db", ORIGIN)
    async with serving("training", store) as served:
        yield served
    store.close()


def opened(**about: Any) -> Any:
    return valid_request(OPEN, **about)


async def refusal(training: Served, method: str, request: Any, **how: Any) -> Failure:
    """How a call fails; asserts that it left nothing behind."""
    size = training.store.head().size
    with pytest.raises(Failure) as raised:
        if isinstance(request, bytes):
            await training.send(method, request, **how)
        else:
            await training.call(method, request, **how)
    assert training.store.head().size == size
    return raised.value


# ----------------------------------------------------------------------------------------- malformed


@pytest.mark.parametrize("junk", [b"\xff\xff\xff", b"\x0a\x7f\x01", b"\x12\x04\x0a\x02\xff\xfe", b"not protobuf"])
@pytest.mark.parametrize("method", ["OpenClass", "Batch", "GetHead"])
async def test_bytes_that_are_no_message_are_malformed(training: Served, method: str, junk: bytes) -> None:
    failure = await refusal(training, method, junk)
    assert (failure.code, failure.rule) == (grpc.StatusCode.INVALID_ARGUMENT, "malformed")
    assert failure.zh
    # a text that is not UTF-8, to a message that has no such field, is a field it does not know
    no_text = junk.startswith(b"\x12") and method != "OpenClass"
    assert failure.violations[0][1] == ("unknown_field" if no_text else "unparsable")


async def test_bytes_that_are_no_message_are_malformed_where_the_answer_is_a_stream(training: Served) -> None:
    with pytest.raises(Failure) as raised:
        await training.read_with(b"\xff\xff\xff")
    assert (raised.value.code, raised.value.rule) == (grpc.StatusCode.INVALID_ARGUMENT, "malformed")


@pytest.mark.parametrize(
    ("field", "value", "path", "rule"),
    [
        ("region", "6301", "opened.region", "string.pattern"),
        ("region", "", "opened.region", "string.pattern"),
        ("class_no", "", "opened.class_no", "string.min_len"),
        ("class_no", "x" * 201, "opened.class_no", "string.max_len"),
        ("kind", "evening", "opened.kind", "string.in"),
        ("opened_on", "2025-13-01", "opened.opened_on", "string.pattern"),
        ("opened_on", "5 March", "opened.opened_on", "string.pattern"),
        ("programme", "Datong", "opened.programme", "string.pattern"),
    ],
)
async def test_a_field_that_breaks_its_rule_is_named(
    training: Served, field: str, value: str, path: str, rule: str
) -> None:
    request = opened()
    setattr(request.opened, field, value)
    failure = await refusal(training, "OpenClass", request)
    assert (failure.code, failure.rule) == (grpc.StatusCode.INVALID_ARGUMENT, "malformed")
    assert failure.violations == ((path, rule),)
    assert path in failure.message
    assert path in failure.zh
    assert failure.metadata is not None
    assert len(failure.metadata["call"]) == 12


@pytest.mark.parametrize(
    ("about", "path"),
    [
        ({"agency": ""}, "context.agency"),
        ({"agency": "大通"}, "context.agency"),
        ({"actor": "张三"}, "context.actor"),
        ({"actor": ""}, "context.actor"),
        ({"request_id": "a b"}, "context.request_id"),
        ({"request_id": "x" * 81}, "context.request_id"),
        ({"expected_revision": -1}, "context.expected_revision"),
        ({"group": "g" * 81}, "context.group"),
        ({"unstated": "Opened"}, "context.unstated"),
    ],
)
async def test_a_context_that_breaks_its_rules_is_named(training: Served, about: dict[str, Any], path: str) -> None:
    failure = await refusal(training, "OpenClass", opened(**about))
    assert failure.violations[0][0] == path


async def test_everything_that_is_missing_is_named_at_once(training: Served) -> None:
    failure = await refusal(training, "OpenClass", training_pb2.OpenClassRequest())
    assert failure.violations == (("context", "required"), ("opened", "required"))


@pytest.mark.parametrize("day", ["2025-02-29", "2025-04-31", "0000-01-01"])
async def test_a_day_that_does_not_exist_is_refused(training: Served, day: str) -> None:
    request = opened()
    request.opened.opened_on = day
    failure = await refusal(training, "OpenClass", request)
    assert (failure.code, failure.rule) == (grpc.StatusCode.INVALID_ARGUMENT, "no_such_date")
    assert failure.metadata is not None
    assert failure.metadata["field"] == "opened_on"
    assert day in failure.zh


async def test_a_number_that_json_cannot_carry_is_refused(training: Served) -> None:
    request = valid_request(training_pb2.DESCRIPTOR.message_types_by_name["AttestStatisticRequest"])
    request.attested.value_milli = 2**53
    assert (await refusal(training, "AttestStatistic", request)).violations == (
        ("attested.value_milli", "int64.gte_lte"),
    )


async def test_a_control_character_is_refused(training: Served) -> None:
    request = opened()
    request.opened.place = "桥头镇\x00"
    failure = await refusal(training, "OpenClass", request)
    assert (failure.code, failure.rule) == (grpc.StatusCode.INVALID_ARGUMENT, "control_character")


# ------------------------------------------------------------------------------------- unknown fields


async def test_an_unknown_field_is_refused_wherever_it_is(training: Served) -> None:
    whole = opened().SerializeToString() + UNKNOWN
    failure = await refusal(training, "OpenClass", whole)
    assert (failure.code, failure.violations) == (grpc.StatusCode.INVALID_ARGUMENT, (("100", "unknown_field"),))

    nested = opened()
    nested.opened.MergeFromString(UNKNOWN)
    assert (await refusal(training, "OpenClass", nested)).violations == (("opened.100", "unknown_field"),)

    in_context = opened()
    in_context.context.MergeFromString(UNKNOWN)
    assert (await refusal(training, "OpenClass", in_context)).violations == (("context.100", "unknown_field"),)


@pytest.mark.parametrize("method", ["GetHead", "Batch", "Retract"])
async def test_an_unknown_field_is_refused_by_every_method(training: Served, method: str) -> None:
    request = valid_request(training.descriptor.methods_by_name[method].input_type).SerializeToString() + UNKNOWN
    assert (await refusal(training, method, request)).violations == (("100", "unknown_field"),)


async def test_an_unknown_field_is_refused_where_the_answer_is_a_stream(training: Served) -> None:
    with pytest.raises(Failure) as raised:
        await training.read_with(common_pb2.ReadEntriesRequest(stop=1).SerializeToString() + UNKNOWN)
    assert raised.value.violations == (("100", "unknown_field"),)


async def test_an_unknown_field_in_one_item_refuses_that_item_alone(training: Served) -> None:
    batch = training_pb2.BatchRequest()
    for at in range(3):
        item = batch.items.add()
        item.open_class.CopyFrom(opened())
        item.open_class.opened.class_no = f"class-{at}"
    batch.items[1].open_class.opened.MergeFromString(UNKNOWN)
    answer = await training.call("Batch", batch)
    assert [result.WhichOneof("result") for result in answer.results] == ["receipt", "refusal", "receipt"]
    told = answer.results[1].refusal
    assert told.rule == "malformed"
    assert told.message_zh
    assert [(v.field, v.rule) for v in told.violations] == [("open_class.opened.100", "unknown_field")]
    assert training.store.head().size == 2


# ------------------------------------------------------------------------------- size and deadline


async def test_a_message_that_is_too_large_is_refused(training: Served) -> None:
    request = opened()
    request.opened.place = "x" * (MESSAGE_BYTES_MAX + 1)
    failure = await refusal(training, "OpenClass", request)
    assert failure.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert await training.call("OpenClass", opened())


async def test_a_large_text_that_fits_into_a_message_is_refused_by_its_rule(training: Served) -> None:
    request = opened()
    request.opened.place = "x" * 3_000_000
    assert (await refusal(training, "OpenClass", request)).violations == (("opened.place", "string.max_len"),)


@pytest.mark.parametrize("method", ["OpenClass", "Batch", "GetHead"])
async def test_a_call_without_a_deadline_is_refused(training: Served, method: str) -> None:
    request = valid_request(training.descriptor.methods_by_name[method].input_type)
    failure = await refusal(training, method, request, timeout=None)
    assert (failure.code, failure.rule) == (grpc.StatusCode.INVALID_ARGUMENT, "missing_deadline")
    assert "超时" in failure.zh


async def test_a_stream_without_a_deadline_is_refused(training: Served) -> None:
    with pytest.raises(Failure) as raised:
        await training.read(0, 1, timeout=None)
    assert raised.value.rule == "missing_deadline"


# ------------------------------------------------------------------------------- requests and revisions


async def test_a_request_id_with_other_content_is_refused(training: Served) -> None:
    first = await training.call("OpenClass", opened(request_id="r-1"))
    other = opened(request_id="r-1")
    other.opened.provider = "another school"
    failure = await refusal(training, "OpenClass", other)
    assert (failure.code, failure.rule) == (grpc.StatusCode.ALREADY_EXISTS, "reused_request_id")
    assert failure.metadata is not None
    assert failure.metadata["request_id"] == "r-1"
    again = await training.call("OpenClass", opened(request_id="r-1"))
    assert (again.index, again.leaf_hash, again.duplicate) == (first.index, first.leaf_hash, True)


async def test_a_wrong_revision_is_refused(training: Served) -> None:
    await training.call("OpenClass", opened(expected_revision=0))
    other = opened(expected_revision=0)
    other.opened.provider = "another school"
    failure = await refusal(training, "OpenClass", other)
    assert (failure.code, failure.rule) == (grpc.StatusCode.ABORTED, "wrong_revision")
    assert failure.metadata is not None
    assert (failure.metadata["expected"], failure.metadata["actual"]) == ("0", "1")


async def test_what_is_impossible_is_refused(training: Served) -> None:
    request = valid_request(training_pb2.DESCRIPTOR.message_types_by_name["RevokeCertificateRequest"])
    failure = await refusal(training, "RevokeCertificate", request)
    assert (failure.code, failure.rule) == (grpc.StatusCode.FAILED_PRECONDITION, "needs_certified")


async def test_what_is_not_recorded_is_not_found(training: Served) -> None:
    failure = await refusal(training, "Retract", common_pb2.RetractRequest(context=context(), entry=7, reason="x"))
    assert (failure.code, failure.rule) == (grpc.StatusCode.NOT_FOUND, "no_such_entry")


async def test_what_another_agency_stated_is_forbidden(training: Served) -> None:
    await training.call("OpenClass", opened())
    request = common_pb2.RetractRequest(context=context(agency="xining-hrss"), entry=0, reason="x")
    failure = await refusal(training, "Retract", request)
    assert (failure.code, failure.rule) == (grpc.StatusCode.PERMISSION_DENIED, "other_agency")


# ------------------------------------------------------------------------------------------- batches


@pytest.mark.parametrize("count", [0, 1_001])
async def test_a_batch_of_none_or_too_many_is_refused(training: Served, count: int) -> None:
    batch = training_pb2.BatchRequest()
    for _ in range(count):
        batch.items.add().open_class.CopyFrom(opened())
    failure = await refusal(training, "Batch", batch)
    assert (failure.code, failure.violations) == (grpc.StatusCode.INVALID_ARGUMENT, (("items", "batch_size"),))
    assert str(count) in failure.message


async def test_an_item_without_a_command_is_refused_alone(training: Served) -> None:
    batch = training_pb2.BatchRequest()
    batch.items.add()
    batch.items.add().open_class.CopyFrom(opened())
    answer = await training.call("Batch", batch)
    assert [result.WhichOneof("result") for result in answer.results] == ["refusal", "receipt"]
    assert answer.results[0].refusal.violations[0].field == "command"


async def test_a_day_that_does_not_exist_refuses_its_item_alone(training: Served) -> None:
    batch = training_pb2.BatchRequest()
    for day in ("2025-02-28", "2025-02-29", "2025-03-01"):
        item = batch.items.add().open_class
        item.CopyFrom(opened())
        item.opened.class_no = day
        item.opened.opened_on = day
    answer = await training.call("Batch", batch)
    assert [result.WhichOneof("result") for result in answer.results] == ["receipt", "refusal", "receipt"]
    assert answer.results[1].refusal.rule == "no_such_date"
    assert dict(answer.results[1].refusal.details) == {"field": "opened_on"}


async def test_a_malformed_item_takes_the_rest_of_its_group_with_it(training: Served) -> None:
    batch = training_pb2.BatchRequest()
    for at, group in enumerate(["a", "b", "a", "", "b"]):
        item = batch.items.add().open_class
        item.CopyFrom(opened(group=group))
        item.opened.class_no = f"class-{at}"
    batch.items[2].open_class.opened.region = "six"
    answer = await training.call("Batch", batch)
    told = [result.refusal.rule or "recorded" for result in answer.results]
    assert told == ["group_refused", "recorded", "malformed", "recorded", "recorded"]
    assert dict(answer.results[0].refusal.details) == {"group": "a", "item": "2"}
    assert training.store.head().size == 3


async def test_the_item_that_refused_a_group_is_counted_as_the_caller_counts(training: Served) -> None:
    """Malformed items before it are left out of what is decided, and yet they are items."""
    batch = training_pb2.BatchRequest()
    for at, group in enumerate(["", "", "g", "g"]):
        item = batch.items.add()
        item.open_class.CopyFrom(opened(group=group))
        item.open_class.opened.class_no = f"class-{at}"
    batch.items[0].open_class.opened.region = "six"
    revoke = valid_request(training_pb2.DESCRIPTOR.message_types_by_name["RevokeCertificateRequest"], group="g")
    batch.items[3].revoke_certificate.CopyFrom(revoke)
    answer = await training.call("Batch", batch)
    told = [result.refusal.rule or "recorded" for result in answer.results]
    assert told == ["malformed", "recorded", "group_refused", "needs_certified"]
    assert dict(answer.results[2].refusal.details) == {"group": "g", "item": "3"}
    assert "item 3" in answer.results[2].refusal.message


async def test_a_batch_of_nothing_but_malformed_items_is_answered_item_by_item(training: Served) -> None:
    batch = training_pb2.BatchRequest(items=[training_pb2.BatchItem()] * 3)
    answer = await training.call("Batch", batch)
    assert [result.refusal.rule for result in answer.results] == ["malformed"] * 3


async def test_a_correction_without_a_fact_is_malformed(training: Served) -> None:
    request = training_pb2.CorrectRequest(context=context(), entry=0, reason="x")
    assert (await refusal(training, "Correct", request)).violations == (("fact", "required"),)
    request.class_opened.CopyFrom(facts_pb2.ClassOpened())
    assert (await refusal(training, "Correct", request)).violations[0][0].startswith("class_opened.")
