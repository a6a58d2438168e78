"""Publication over gRPC: nothing is signed that audit was not asked for or that the logs did not sign."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio

from ledger.errors import Kind, Refusal, Refused
from ledger.note import open_note
from ledger.rpc.client import CallRefused
from ledger_api.audit.v1 import audit_pb2 as audit
from ledger_api.publication.v1 import publication_pb2 as pb
from services.publication.statement import text_sha256
from tests.support.published import COUNTED_OVER, ORIGIN, RULE_TEXT, SCHEMA_TEXT, Publishing, publishing
from tests.support.rpc import context


@pytest_asyncio.fixture
async def running(tmp_path: Path) -> AsyncIterator[Publishing]:
    async with publishing(tmp_path) as services:
        yield services


def publish(**about: Any) -> pb.PublishFigureRequest:
    parameters = audit.Parameters(programme="datong-hugong")
    return pb.PublishFigureRequest(context=context(**about), id="agreements_signed", parameters=parameters)


def restate(supersedes: int, reason: str = "late entry") -> pb.RestateFigureRequest:
    parameters = audit.Parameters(programme="datong-hugong")
    return pb.RestateFigureRequest(
        context=context(), id="agreements_signed", parameters=parameters, supersedes=supersedes, reason=reason
    )


async def refused(services: Publishing, method: str, request: Any) -> CallRefused:
    before = services.store.head().size
    with pytest.raises(CallRefused) as caught:
        await services.client.call(method, request)
    assert services.store.head().size == before
    return caught.value


async def test_a_published_figure_is_a_statement_signed_with_the_key_of_the_log(running: Publishing) -> None:
    receipt = await running.client.call("PublishFigure", publish())
    published = await running.client.call("GetPublished", pb.GetPublishedRequest(index=receipt.index))
    opened = open_note(published.statement.encode(), [running.key.key])
    assert opened.text == running.audit.body(running.audit.asked[0])
    assert running.audit.asked[0].publisher == ORIGIN
    assert (published.value, published.unit, published.counted, published.matched) == ("862", "份", 862, 906)
    assert dict(published.cut.sizes) == {COUNTED_OVER: 17_314}
    assert not published.HasField("region")
    assert not published.HasField("superseded_by")


async def test_another_value_is_refused_until_it_is_restated(running: Publishing) -> None:
    await running.client.call("PublishFigure", publish())
    first = running.audit.body(running.audit.asked[0])
    running.audit.counted, running.audit.size = 861, 17_400
    no = await refused(running, "PublishFigure", publish())
    assert (no.code, no.rule) == (grpc.StatusCode.FAILED_PRECONDITION, "needs_restatement")
    assert "862" in no.message
    assert "862" in no.zh
    receipt = await running.client.call("RestateFigure", restate(0))
    assert running.audit.asked[-1].supersedes == text_sha256(first)
    listed = await running.client.call("ListPublished", pb.ListPublishedRequest())
    assert [(one.index, one.value) for one in listed.figures] == [(0, "862"), (receipt.index, "861")]
    assert listed.figures[0].superseded_by == receipt.index
    assert (listed.figures[1].supersedes, listed.figures[1].reason) == (0, "late entry")
    standing = await running.client.call("ListPublished", pb.ListPublishedRequest(standing=True))
    assert [one.index for one in standing.figures] == [receipt.index]


async def test_publishing_again_records_nothing(running: Publishing) -> None:
    first = await running.client.call("PublishFigure", publish(request_id="a"))
    running.audit.size = 17_400
    again = await running.client.call("PublishFigure", publish(request_id="a"))
    assert (again.index, again.duplicate) == (first.index, True)


async def test_many_who_publish_at_once_publish_once(running: Publishing) -> None:
    receipts = await asyncio.gather(*(running.client.call("PublishFigure", publish()) for _ in range(20)))
    assert {receipt.index for receipt in receipts} == {0}
    assert sum(not receipt.duplicate for receipt in receipts) == 1


async def test_another_agency_cannot_answer_the_same_question_in_the_same_log(running: Publishing) -> None:
    await running.client.call("PublishFigure", publish())
    running.audit.counted = 861
    assert (await refused(running, "PublishFigure", publish(agency="xining-hrss"))).rule == "other_agency"


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("figure", "figure persons_trained"),
        ("publisher", "publisher ledger.local/other"),
        ("supersedes", f"supersedes {'1e' * 32}"),
        ("matched", "matched 1"),
        ("value", ""),
        ("input", f"input {ORIGIN} 3 {'A' * 43}="),
        ("input", f"input {COUNTED_OVER} 17314 {'A' * 43}="),
    ],
)
async def test_nothing_is_signed_that_was_not_asked_for_or_not_signed_by_its_log(
    running: Publishing, word: str, line: str
) -> None:
    await running.client.call("PublishFigure", publish())
    running.audit.lies = {word: line}
    no = await refused(running, "RestateFigure", restate(0))
    assert no.code is grpc.StatusCode.INTERNAL


async def test_a_checkpoint_of_another_size_is_not_enough(running: Publishing) -> None:
    running.audit.signed_size = 17_313
    assert (await refused(running, "PublishFigure", publish())).code is grpc.StatusCode.INTERNAL


async def test_what_audit_refuses_is_refused_in_its_words(running: Publishing) -> None:
    running.audit.refusal = Refused(Refusal("unknown_figure", Kind.NOT_FOUND, "no figure", "没有指标"))
    no = await refused(running, "PublishFigure", publish())
    assert (no.code, no.rule, no.message, no.zh) == (
        grpc.StatusCode.NOT_FOUND,
        "unknown_figure",
        "no figure",
        "没有指标",
    )


async def test_an_entry_that_publishes_nothing_is_not_shown_as_a_figure(running: Publishing) -> None:
    await running.client.call("PublishFigure", publish())
    running.audit.counted = 861
    await running.client.call("RestateFigure", restate(0))
    assert (await refused(running, "GetPublished", pb.GetPublishedRequest(index=1))).rule == "not_a_figure"
    assert (await refused(running, "GetPublished", pb.GetPublishedRequest(index=9))).rule == "no_such_entry"
    assert (await refused(running, "RestateFigure", restate(9))).rule == "no_such_entry"


async def test_a_list_goes_on_page_by_page(running: Publishing) -> None:
    for figure in ("a", "b", "c"):
        request = publish()
        request.id = figure
        await running.client.call("PublishFigure", request)
    seen, token = [], ""
    while True:
        asked = pb.ListPublishedRequest(page_size=2, page_token=token, programme="datong-hugong")
        answer = await running.client.call("ListPublished", asked)
        seen += [one.figure for one in answer.figures]
        token = answer.next_page_token
        if not token:
            break
    assert seen == ["a", "b", "c"]
    only = await running.client.call("ListPublished", pb.ListPublishedRequest(figure="b"))
    assert [one.figure for one in only.figures] == ["b"]
    none = await running.client.call("ListPublished", pb.ListPublishedRequest(programme="other"))
    assert not none.figures


async def test_the_rule_that_something_was_published_by_is_kept_also_after_it_changed(running: Publishing) -> None:
    await running.client.call("PublishFigure", publish())
    running.audit.rule_text, running.audit.counted = RULE_TEXT + b" -- as of today", 861
    await running.client.call("RestateFigure", restate(0))
    for text in (RULE_TEXT, running.audit.rule_text, SCHEMA_TEXT):
        request = pb.GetRuleTextRequest(sha256=hashlib.sha256(text).hexdigest())
        assert (await running.client.call("GetRuleText", request)).data == text
    unheard = pb.GetRuleTextRequest(sha256="0" * 64)
    assert (await refused(running, "GetRuleText", unheard)).rule == "no_such_rule"


async def test_a_statement_whose_rule_audit_does_not_show_is_not_signed(running: Publishing) -> None:
    running.audit.lies = {"rule": f"rule {'ab' * 32}"}
    assert (await refused(running, "PublishFigure", publish())).code is grpc.StatusCode.INTERNAL
