"""From plans to entries: resolved, sent in batches, settled row by row.

A row's commands share a group, so a row is recorded whole or not at all. What is sent is decided by
upsert in the service: sending it again after an interruption records nothing twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, Protocol

from ledger.rpc.client import service_named
from ledger.rpc.wire import fill, message_class
from ledger_api.common.v1 import common_pb2 as common
from ledgerctl.importing.patience import patiently
from ledgerctl.importing.resolve import References, Resolver
from ledgerctl.registers import Caution, Report, RowPlan
from ledgerctl.session import Session

ROWS_AT_ONCE: Final = 400
CHUNKS_UNDER_WAY: Final = 3

_OTHER_NAME_ZH = "该证件号码在登记库中另有姓名,请核对号码"
_OTHER_NAME_EN = "the registry holds this identity number under another name as well; check the number"


class Reached(Protocol):
    """Told, for every entry that was recorded or found, which log and index it has."""

    def __call__(self, log: str, index: int) -> None: ...


class Submission:
    """Hands in the plans of one file."""

    def __init__(self, session: Session, agency: str, actor: str, resolver: Resolver, reached: Reached) -> None:
        self._session = session
        self._agency = agency
        self._actor = actor
        self._resolver = resolver
        self._reached = reached
        self._forms = _Forms()

    async def run(self, plans: Iterator[RowPlan], report: Report, tick: Callable[[int], None]) -> None:
        """Record all plans and settle each in `report`; `tick` is told how many rows are done.

        When cancelled or when a service stays away, what is under way is settled before the error goes on.
        """
        under_way: set[asyncio.Task[None]] = set()
        try:
            while chunk := await asyncio.to_thread(lambda: list(islice(plans, ROWS_AT_ONCE))):
                under_way.add(asyncio.create_task(self._chunk(chunk, report, tick)))
                if len(under_way) >= CHUNKS_UNDER_WAY:
                    done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                    for task in done:
                        task.result()
        finally:
            # all are settled before the first error goes on; the others are its echoes
            ended = await asyncio.gather(*under_way, return_exceptions=True)
        for outcome in ended:
            if isinstance(outcome, BaseException):
                raise outcome

    async def _chunk(self, plans: Sequence[RowPlan], report: Report, tick: Callable[[int], None]) -> None:
        references = await self._resolver.resolve(plans)
        by_service: dict[str, list[tuple[RowPlan, References]]] = {}
        for plan, reference in zip(plans, references, strict=True):
            if reference.other_name:
                report.sheet(plan.sheet).warnings.append(Caution(plan.row, _OTHER_NAME_ZH, _OTHER_NAME_EN))
            by_service.setdefault(plan.service, []).append((plan, reference))
        for service, rows in by_service.items():
            await self._send(service, rows, report)
        tick(len(plans))

    async def _send(self, service: str, rows: Sequence[tuple[RowPlan, References]], report: Report) -> None:
        items, owners = [], []
        for at, (plan, reference) in enumerate(rows):
            context = common.Context(agency=self._agency, actor=self._actor, group=str(at))
            for command, facts in plan.facts(reference.person, reference.staff, reference.household):
                context.unstated = plan.unstated.get(command, "")
                items.append(self._forms.item(service, command, facts, context))
                owners.append(at)
        request = self._forms.batch(service, items)
        client = self._session.client(service)
        answer = await patiently(service, lambda: client.call("Batch", request, seconds=60.0))
        outcome: list[list[Any]] = [[] for _ in rows]
        for at, result in zip(owners, answer.results, strict=True):
            outcome[at].append(result)
        for (plan, _), results in zip(rows, outcome, strict=True):
            self._settle(plan, results, report)

    def _settle(self, plan: RowPlan, results: Sequence[Any], report: Report) -> None:
        refusals = [result.refusal for result in results if result.HasField("refusal")]
        if refusals:
            # the item that was refused itself says more than those that fell with it
            telling = next((refusal for refusal in refusals if refusal.rule != "group_refused"), refusals[0])
            violations = "; ".join(f"{violation.field}: {violation.message}" for violation in telling.violations)
            message = f"{telling.message} ({violations})" if violations else telling.message
            report.refuse(plan, telling.rule, telling.message_zh or message, message)
            return
        for result in results:
            self._reached(result.receipt.log, result.receipt.index)
        if all(result.receipt.duplicate for result in results):
            report.already(plan)
        else:
            report.recorded(plan, corrected=any(result.receipt.corrected for result in results))


class _Forms:
    """Builds batch items from facts, by the names of the .proto files."""

    def __init__(self) -> None:
        self._item_classes: dict[str, Any] = {}
        self._fields: dict[tuple[str, str], str] = {}

    def item(self, service: str, command: str, facts: dict[str, Any], context: common.Context) -> Any:
        """One BatchItem holding the command."""
        item = self._item_class(service)()
        request = getattr(item, self._fields[service, command])
        request.context.CopyFrom(context)
        for slot, fact in facts.items():
            message = getattr(request, slot)
            message.SetInParent()
            fill(message, fact)
        return item

    def batch(self, service: str, items: Sequence[Any]) -> Any:
        """A BatchRequest."""
        described = service_named(service).methods_by_name["Batch"].input_type
        return message_class(described)(items=items)

    def _item_class(self, service: str) -> Any:
        if service not in self._item_classes:
            batch = service_named(service).methods_by_name["Batch"].input_type
            described = batch.fields_by_name["items"].message_type
            if described is None:
                raise TypeError(f"{service} has no batch items")
            for field in described.fields:
                if field.message_type is not None:
                    self._fields[service, field.message_type.name.removesuffix("Request")] = field.name
            self._item_classes[service] = message_class(described)
        return self._item_classes[service]
