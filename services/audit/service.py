"""Audit on the wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, TypeVar

from google.protobuf.message import Message

from ledger.rpc.paging import size_of_page
from ledger.rpc.server import Behaviour
from ledger_api.audit.v1 import audit_pb2 as pb
from ledger_api.common.v1 import common_pb2
from services.audit.answers import Cut, FigureAnswer, Member
from services.audit.finding import Finding
from services.audit.findings import PAGE_MAX as FINDINGS_MAX
from services.audit.findings import FindingQueries
from services.audit.findings_wire import (
    asked_from,
    cases_message,
    counts_message,
    finding_message,
    findings_place,
    findings_token,
)
from services.audit.parameters import region_code
from services.audit.queries import PAGE_MAX, AuditQueries, rule_of
from services.audit.records import records_of
from services.audit.statement import Publication, member_line
from services.audit.wire import (
    as_of_from,
    cut_message,
    head_message,
    json_bytes,
    member_message,
    page_place,
    page_token,
    parameters_from,
    question,
    rule_message,
)
from services.outcomes.catalogue import load
from services.outcomes.projector import Outcomes
from services.outcomes.rulebook import load as load_rules
from services.outcomes.rulebook import touching
from services.outcomes.schema import schema

SERVICE = pb.DESCRIPTOR.services_by_name["AuditService"]
PAGE_DEFAULT = 500
#: Lines in one message of a stream; one line alone is far below the limit of a message.
CHUNK_LINES = 2_000
CHUNK_BYTES = 1024 * 1024
#: Findings in one message of a stream: each is about a kilobyte.
CHUNK_FINDINGS = 1_000

T = TypeVar("T")


class AuditService:
    """Answers from the outcomes database. Queries run in threads; the event loop stays free."""

    def __init__(self, queries: AuditQueries, outcomes: Outcomes) -> None:
        self._queries = queries
        self._findings = FindingQueries(queries.engine)
        self._outcomes = outcomes

    def behaviours(self) -> dict[str, Behaviour]:
        """One for each method of AuditService."""
        return {
            "ListFigures": self._list_figures,
            "GetFigure": self._get_figure,
            "ListMembers": self._list_members,
            "GetRecord": self._get_record,
            "GetEntry": self._get_entry,
            "GetCut": self._get_cut,
            "ReadMembers": self._read_members,
            "GetSignedCut": self._get_signed_cut,
            "MakeStatement": self._make_statement,
            "ReadLog": self._read_log,
            "GetRule": self._get_rule,
            "ListFindings": self._list_findings,
            "ReadFindings": self._read_findings,
            "CountFindings": self._count_findings,
        }

    async def _list_figures(self, _request: Any) -> Message:
        return pb.ListFiguresResponse(figures=[rule_message(rule) for rule in load().values()])

    async def _get_figure(self, request: Any) -> Message:
        answer = await asyncio.to_thread(self._figure, request)
        return pb.GetFigureResponse(cut=cut_message(answer.cut), figure_json=json_bytes(answer.to_json()))

    def _figure(self, request: Any) -> FigureAnswer:
        rule = rule_of(request.id)
        parameters = parameters_from(rule, request.parameters)
        as_of = as_of_from(request.as_of)
        cut = None if as_of is None else self._queries.resolve_cut(as_of)
        return self._queries.figure(rule, parameters, cut)

    async def _list_members(self, request: Any) -> Message:
        cut, members, token = await asyncio.to_thread(self._members, request)
        return pb.ListMembersResponse(
            cut=cut_message(cut), members=[member_message(member) for member in members], next_page_token=token
        )

    def _members(self, request: Any) -> tuple[Cut, list[Member], str]:
        rule = rule_of(request.id)
        parameters = parameters_from(rule, request.parameters)
        asked = question(request, parameters)
        place = page_place(request, asked)
        cut = place.cut if place else self._queries.resolve_cut(as_of_from(request.as_of))
        size = size_of_page(request.page_size, default=PAGE_DEFAULT, most=PAGE_MAX)
        members = self._queries.members(rule, parameters, cut, place.after if place else None, size)
        token = page_token(asked, cut, members[-1]) if len(members) == size else ""
        return cut, members, token

    async def _get_record(self, request: Any) -> Message:
        as_of = as_of_from(request.as_of)
        cut, records = await asyncio.to_thread(records_of, self._outcomes, request.person, as_of)
        wanted = [record for name, record in records.items() if request.programme in ("", name)]
        return pb.GetRecordResponse(cut=cut_message(cut), records_json=wanted)

    async def _get_entry(self, request: Any) -> Message:
        entry = await asyncio.to_thread(self._queries.entry, request.log, request.index)
        return pb.GetEntryResponse(leaf=entry.leaf, leaf_hash=entry.leaf_hash, cut=cut_message(entry.cut))

    async def _get_cut(self, request: Any) -> Message:
        as_of = as_of_from(request.as_of)
        now = await asyncio.to_thread(self._queries.held)
        cut = now.cut if as_of is None else await asyncio.to_thread(self._queries.resolve_cut, as_of)
        return pb.GetCutResponse(cut=cut_message(cut), stopped=dict(now.stopped), parked=now.parked)

    async def _read_members(self, request: Any) -> AsyncIterator[Message]:
        rule = rule_of(request.id)
        if request.rule:
            rule = await asyncio.to_thread(self._queries.published_rule, request.id, request.rule)
        parameters = parameters_from(rule, request.parameters)
        cut = await asyncio.to_thread(self._queries.resolve_cut, dict(request.cut.sizes))
        async for page in _each(self._queries.all_members(rule, parameters, cut)):
            for lines in _chunks(map(member_line, page)):
                yield pb.MembersPage(lines=lines)

    async def _get_signed_cut(self, request: Any) -> Message:
        signed = await asyncio.to_thread(self._queries.signed_cut, as_of_from(request.as_of))
        heads = [head_message(head) for head in signed.heads]
        return pb.GetSignedCutResponse(cut=cut_message(signed.cut), heads=heads, held=cut_message(signed.held))

    async def _make_statement(self, request: Any) -> Message:
        rule = rule_of(request.id)
        parameters = parameters_from(rule, request.parameters)
        publication = Publication(request.publisher, request.supersedes)
        stated, signed = await asyncio.to_thread(
            self._queries.statement, rule, parameters, publication, as_of_from(request.as_of)
        )
        return pb.MakeStatementResponse(
            cut=cut_message(signed.cut),
            body=stated.body,
            figure_json=json_bytes(stated.answer.to_json()),
            heads=[head_message(head) for head in signed.heads],
        )

    async def _read_log(self, request: Any) -> AsyncIterator[Message]:
        async for start, leaves in _each(self._queries.log_pages(request.log, request.start, request.stop)):
            yield common_pb2.EntriesPage(start=start, leaves=leaves)

    async def _get_rule(self, request: Any) -> Message:
        rule = rule_of(request.id)
        return pb.GetRuleResponse(
            rule=rule_message(rule), prelude=rule.prelude.encode(), figure=rule.sql.encode(), schema=schema()
        )

    async def _list_findings(self, request: Any) -> Message:
        cut, found, token = await asyncio.to_thread(self._some_findings, request)
        return pb.ListFindingsResponse(
            cut=cut_message(cut), findings=[finding_message(one) for one in found], next_page_token=token
        )

    def _some_findings(self, request: Any) -> tuple[Cut, list[Finding], str]:
        asked = asked_from(request)
        place = findings_place(request)
        cut = place.cut if place else self._queries.resolve_cut(as_of_from(request.as_of))
        size = size_of_page(request.page_size, default=PAGE_DEFAULT, most=FINDINGS_MAX)
        found = self._findings.page(asked, cut, place.after if place else None, size)
        return cut, found, findings_token(request, cut, found[-1]) if len(found) == size else ""

    async def _read_findings(self, request: Any) -> AsyncIterator[Message]:
        asked = asked_from(request.question)
        cut = await asyncio.to_thread(self._queries.resolve_cut, as_of_from(request.question.as_of))
        async for page in _each(self._findings.pages(asked, cut)):
            for at in range(0, len(page), CHUNK_FINDINGS):
                yield pb.FindingsPage(findings=[finding_message(one) for one in page[at : at + CHUNK_FINDINGS]])

    async def _count_findings(self, request: Any) -> Message:
        return await asyncio.to_thread(self._counted_findings, request)

    def _counted_findings(self, request: Any) -> Message:
        touch, rules = touching(rule_of(id).id for id in (request.figures or load())), load_rules()
        cut = self._queries.resolve_cut(as_of_from(request.as_of))
        wanted = sorted(rules if request.every_rule else {id for ids in touch.values() for id in ids})
        groups = {id: self._findings.counts(rules[id], cut) for id in wanted}
        where = request.programme, region_code(request.region)
        return pb.CountFindingsResponse(
            cut=cut_message(cut),
            figures=counts_message(groups, touch, *where),
            cases=cases_message(groups, rules, *where),
        )


def _chunks(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """As many lines at a time as go into one message."""
    chunk: list[bytes] = []
    size = 0
    for line in lines:
        chunk.append(line)
        size += len(line)
        if len(chunk) == CHUNK_LINES or size >= CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


async def _each(pages: Iterator[T]) -> AsyncIterator[T]:
    """The pages of an iterator that blocks, each fetched in a thread."""
    while (page := await asyncio.to_thread(next, pages, None)) is not None:
        yield page
