"""Publication on the wire: figures are counted by audit, signed here, and recorded."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import msgspec
from google.protobuf.message import Message

from ledger.append import Ask, Rules
from ledger.decider import Command
from ledger.errors import Kind, Refusal, Refused
from ledger.handling import Appender
from ledger.note import Signer, parse_note, sign_note
from ledger.refusals import other_agency
from ledger.rpc.commands import receipt_message
from ledger.rpc.paging import place_of, size_of_page, token
from ledger.rpc.server import Behaviour
from ledger.runtime.write_service import OpenLog
from ledger_api.audit.v1 import audit_pb2
from ledger_api.publication.v1 import publication_pb2 as pb
from services.publication.auditor import Auditor
from services.publication.commands import DrawSample, PublishFigure, RestateFigure, SettleFinding, VerifyMember
from services.publication.database import RuleTexts
from services.publication.decider import decide
from services.publication.events import CATALOGUE, FigurePublished, FigureRestated, FindingSettled, Grade
from services.publication.published import Published, Shelf
from services.publication.statement import Statement, text_sha256

SERVICE = pb.DESCRIPTOR.services_by_name["PublicationService"]
RULES = Rules(CATALOGUE, decide)
#: what is recorded as it is asked; figures are stated, and findings looked up, by the service itself
RECORDED: tuple[type[Command], ...] = (DrawSample, VerifyMember)
PAGE_DEFAULT = 100
PAGE_MAX = 500


def behaviours(log: OpenLog, auditor: Auditor, key: Signer) -> dict[str, Behaviour]:
    """One for each method of PublicationService."""
    texts = RuleTexts(log.store.engine, log.store.readers)
    service = PublicationService(log.appender, Shelf(log.store), auditor, key, texts)
    return {**log.behaviours(SERVICE, RECORDED), **service.behaviours()}


class PublicationService:
    """What only publication answers; its log answers like any other. `key` signs the statements.

    `texts`: where the rules are kept that figures were published by.
    """

    def __init__(self, appender: Appender, shelf: Shelf, auditor: Auditor, key: Signer, texts: RuleTexts) -> None:
        self._appender = appender
        self._shelf = shelf
        self._auditor = auditor
        self._key = key
        self._texts = texts
        self._recording = asyncio.Lock()

    def behaviours(self) -> dict[str, Behaviour]:
        """One for each method but those of the log."""
        return {
            "PublishFigure": self._publish,
            "RestateFigure": self._restate,
            "SettleFinding": self._settle,
            "GetPublished": self._get,
            "GetRuleText": self._get_rule_text,
            "ListPublished": self._list,
        }

    async def _publish(self, request: Any) -> Message:
        text, stated = await self._state(self._question(request))
        published = FigurePublished(**self._said(text, stated))
        return await self._record(request, PublishFigure(published=published), published)

    async def _restate(self, request: Any) -> Message:
        before = (await asyncio.to_thread(self._shelf.get, request.supersedes)).figure
        earlier = text_sha256(parse_note(before.statement.encode()).text)
        text, stated = await self._state(self._question(request, earlier))
        restated = FigureRestated(**self._said(text, stated), supersedes=request.supersedes, reason=request.reason)
        return await self._record(request, RestateFigure(published=restated), restated)

    async def _settle(self, request: Any) -> Message:
        finding = await self._auditor.finding(request.rule, request.key)
        if finding is None:
            raise Refused(no_such_finding(request.rule, request.key))
        settled = FindingSettled(
            programme=finding.programme or None,
            rule=finding.rule,
            rule_version=finding.version,
            key=finding.key,
            kind=request.kind,
            reason=request.reason,
            evidence_log=finding.log,
            evidence_entry=finding.index,
        )
        context = request.context
        [result] = await self._appender.submit(
            [Ask(SettleFinding(settled=settled), context.agency, context.actor, "", None)]
        )
        if isinstance(result, Refusal):
            raise Refused(result)
        return receipt_message(result)

    async def _state(self, question: audit_pb2.MakeStatementRequest) -> tuple[str, Statement]:
        """What to sign. The rule it was counted by is kept first: the statement is to be proven after it changed."""
        text, stated = await self._auditor.statement(question)
        if await asyncio.to_thread(self._texts.missing, [stated.rule_sha256, stated.schema_sha256]):
            await asyncio.to_thread(self._texts.keep, await self._auditor.texts(stated))
        return text, stated

    def _question(self, request: Any, supersedes: str = "") -> audit_pb2.MakeStatementRequest:
        return audit_pb2.MakeStatementRequest(
            id=request.id,
            parameters=request.parameters,
            as_of=request.as_of if request.HasField("as_of") else None,
            publisher=self._key.name,
            supersedes=supersedes,
        )

    def _said(self, text: str, stated: Statement) -> dict[str, Any]:
        """The fields of the fact: what the statement says, and the statement, signed."""
        return {
            "programme": stated.parameters.get("programme"),
            "region": stated.parameters.get("region"),
            "figure": stated.figure,
            "parameters": stated.parameters_json,
            "rule_sha256": stated.rule_sha256,
            "rule_version": stated.rule_version,
            "unit": stated.unit,
            "grade": cast(Grade, stated.grade),
            "value": stated.value,
            "matched": stated.matched,
            "counted": stated.counted,
            "persons": stated.persons,
            "cut": stated.cut_json,
            "statement": sign_note(text, [self._key]).decode(),
        }

    async def _record(self, request: Any, command: Command, figure: FigurePublished) -> Message:
        context = request.context
        revision = context.expected_revision if context.HasField("expected_revision") else None
        # no request id: the statement of a repeat is of a later cut, and would be refused as other content
        ask = Ask(command, context.agency, context.actor, "", revision)
        # one log gives one answer to one question: who reads a statement does not see which agency asked
        async with self._recording:
            standing = await asyncio.to_thread(self._shelf.standing, figure)
            if standing is not None and standing.agency != context.agency:
                raise Refused(other_agency(standing.agency))
            [result] = await self._appender.submit([ask])
        if isinstance(result, Refusal):
            raise Refused(result)
        return receipt_message(result)

    async def _get(self, request: Any) -> Message:
        return message_of(await asyncio.to_thread(self._shelf.get, request.index))

    async def _get_rule_text(self, request: Any) -> Message:
        data = await asyncio.to_thread(self._texts.get, request.sha256)
        if data is None:
            raise Refused(_no_such_rule(request.sha256))
        return pb.RuleText(data=data)

    async def _list(self, request: Any) -> Message:
        size = size_of_page(request.page_size, default=PAGE_DEFAULT, most=PAGE_MAX)
        after = place_of(request.page_token, int)
        found = await asyncio.to_thread(
            lambda: self._shelf.find(
                request.figure,
                request.programme,
                standing=request.standing,
                after=-1 if after is None else after,
                limit=size,
            )
        )
        going_on = token(found[-1].entry.index) if len(found) == size else ""
        return pb.ListPublishedResponse(figures=[message_of(one) for one in found], next_page_token=going_on)


def no_such_finding(rule: str, key: str) -> Refusal:
    """Audit finds nothing of that name: it was set right meanwhile, or the name is another one."""
    return Refusal(
        "no_such_finding",
        Kind.NOT_FOUND,
        f"audit has no finding {key} under {rule} now; ledgerctl findings --rule {rule} lists those there are",
        f"规则 {rule} 下现无此发现 {key}；ledgerctl findings --rule {rule} 列出现有的",
        {"rule": rule, "key": key},
    )


def _no_such_rule(sha256: str) -> Refusal:
    return Refusal(
        "no_such_rule",
        Kind.NOT_FOUND,
        f"nothing was published here by the rule {sha256[:12]}…, or before texts of rules were kept",
        f"此处没有按规则 {sha256[:12]}… 公布的指标,或公布时尚未留存规则全文",
        {"rule": sha256},
    )


def message_of(published: Published) -> pb.PublishedFigure:
    """A published figure on the wire."""
    entry, figure, superseded_by = published
    message = pb.PublishedFigure(
        index=entry.index,
        leaf_hash=entry.leaf_hash,
        recorded=entry.recorded,
        agency=entry.agency,
        subject=entry.stream,
        cut=audit_pb2.Cut(sizes=msgspec.json.decode(figure.cut)),
        superseded_by=superseded_by,
    )
    for name in figure.__struct_fields__:
        value = getattr(figure, name)
        if name != "cut" and value is not None:
            setattr(message, name, value)
    return message
