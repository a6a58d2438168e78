"""A write service on the wire: its commands, its batch and its log, from the .proto file and the structs.

Nothing here is written for one service: the method `OpenClass` takes an `OpenClassRequest`, which
holds a context and the fields of the command struct `OpenClass`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

import msgspec
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.message import Message

from ledger import refusals
from ledger.append import Ask, Receipt, Result
from ledger.decider import Command, Correct, Retract
from ledger.errors import Kind, Refusal, Refused
from ledger.event import Catalogue
from ledger.handling import Appender
from ledger.rpc.checks import Malformed, check, check_itself, unknown_field
from ledger.rpc.quick import Quick, quick_reader
from ledger.rpc.server import Behaviour, ChecksRequests
from ledger.rpc.status import VIOLATIONS_SHOWN
from ledger.rpc.wire import reader
from ledger.store import Store, StoredEntry
from ledger_api.common.v1 import common_pb2 as pb

ITEMS_MAX: Final = 1_000
PAGE_ENTRIES: Final = 1_000
PAGE_BYTES: Final = 1_000_000

Read = Callable[[Any], Command]


class _Context(msgspec.Struct, frozen=True, kw_only=True):
    """ledger_api.common.v1.Context: who asks, and how a repeat is recognised."""

    request_id: str
    agency: str
    actor: str
    expected_revision: int | None = None
    group: str
    unstated: str

    def ask(self, command: Command) -> Ask:
        """What is asked with this command."""
        paths = tuple(self.unstated.split(",")) if self.unstated else ()
        return Ask(command, self.agency, self.actor, self.request_id, self.expected_revision, self.group, paths)


_quick_context = quick_reader(pb.Context.DESCRIPTOR, _Context)
_read_context = reader(pb.Context.DESCRIPTOR, _Context)


class CommandService:
    """The behaviours of one write service's commands."""

    def __init__(
        self, service: ServiceDescriptor, commands: Iterable[type[Command]], catalogue: Catalogue, appender: Appender
    ) -> None:
        self._appender = appender
        self._known = {command.__name__: command for command in commands}
        self._events = {event.__name__: event for event in catalogue.names}
        self._reads: dict[str, Read] = {}
        self._quick: dict[str, Quick] = {}
        self._items: dict[str, str] = {}
        methods = {method.name: method for method in service.methods}
        asked = {**self._known, "Retract": Retract} if "Retract" in methods else self._known
        for name, command in asked.items():
            self._reads[name] = reader(methods[name].input_type, command)
            self._quick[name] = quick_reader(methods[name].input_type, command)
        if "Correct" in methods:
            self._reads["Correct"] = self._read_correction
        if "Batch" in methods:
            items = methods["Batch"].input_type.fields_by_name["items"].message_type
            for field in items.fields if items else ():
                if field.message_type is not None:
                    self._items[field.name] = field.message_type.name.removesuffix("Request")

    def behaviours(self) -> dict[str, Behaviour]:
        """One for each command, and the batch if the service has one."""
        mine: dict[str, Behaviour] = {name: self._single(name) for name in self._reads}
        if self._items:
            mine["Batch"] = ChecksRequests(self._batch)
        return mine

    def _single(self, name: str) -> Behaviour:
        async def handle(request: Any) -> Message:
            ask = self._ask(name, request, request, clean=unknown_field(request) is None)
            [result] = await self._appender.submit([ask])
            if isinstance(result, Refusal):
                raise Refused(result)
            return receipt_message(result)

        return ChecksRequests(handle)

    async def _batch(self, request: Any) -> Message:
        check_itself(request)
        if not 1 <= len(request.items) <= ITEMS_MAX:
            message = f"a batch holds 1 to {ITEMS_MAX} items, not {len(request.items)}"
            raise Malformed([("items", "batch_size", message)])
        results: list[Result | Refused] = []
        asks: list[Ask] = []
        taken: list[int] = []
        clean = unknown_field(request) is None
        for at, item in enumerate(request.items):
            try:
                asks.append(self._item(item, clean=clean))
                taken.append(at)
                results.append(_UNDECIDED)
            except Refused as error:
                results.append(error)
        asks, taken = self._without_broken_groups(request, results, asks, taken)
        if asks:
            for at, result in zip(taken, await self._appender.submit(asks), strict=True):
                results[at] = _as_the_caller_counts(result, taken)
        answer = pb.BatchResponse()
        for told in results:
            _set_item_result(answer.results.add(), told)
        return answer

    def _item(self, item: Any, *, clean: bool) -> Ask:
        field = item.WhichOneof("command")
        if field is None:
            check(item)  # raises: a command is required
        return self._ask(self._items[field], getattr(item, field), item, clean=clean)

    @staticmethod
    def _without_broken_groups(
        request: Any, results: list[Result | Refused], asks: list[Ask], taken: list[int]
    ) -> tuple[list[Ask], list[int]]:
        """A malformed item takes the rest of its group with it."""
        broken: dict[str, int] = {}
        for at, result in enumerate(results):
            if isinstance(result, Refused):
                item = request.items[at]
                field = item.WhichOneof("command")
                if field is not None and getattr(item, field).context.group:
                    broken.setdefault(getattr(item, field).context.group, at)
        if not broken:
            return asks, taken
        kept = [(ask, at) for ask, at in zip(asks, taken, strict=True) if ask.group not in broken]
        for ask, at in zip(asks, taken, strict=True):
            if ask.group in broken:
                results[at] = refusals.group_refused(ask.group, broken[ask.group])
        return [ask for ask, _ in kept], [at for _, at in kept]

    def _ask(self, name: str, request: Any, sent: Message, *, clean: bool) -> Ask:
        """What a request asks. `sent`: it, or the item it stands in. Raises Refused: it is malformed."""
        if clean and name in self._quick:
            about = _quick_context(request.context)
            command = self._quick[name](request) if about else None
            if command:
                asked: Ask = about.ask(command)
                return asked
        check(sent, clean=clean)
        context: _Context = _read_context(request.context)
        return context.ask(self._reads[name](request))

    def _read_correction(self, request: Any) -> Command:
        field = request.WhichOneof("fact")
        message = getattr(request, field)
        fact = reader(message.DESCRIPTOR, self._events[message.DESCRIPTOR.name])(message)
        return Correct(entry=request.entry, reason=request.reason, fact=fact)


_UNDECIDED: Final = Refusal("undecided", Kind.CONFLICT, "", "")


def receipt_message(receipt: Receipt) -> pb.Receipt:
    """A receipt on the wire."""
    message = pb.Receipt()
    _set_receipt(message, receipt)
    return message


def _set_receipt(message: pb.Receipt, receipt: Receipt) -> None:
    """Field by field: a third of the time of handing them to the constructor."""
    message.log = receipt.log
    message.index = receipt.index
    message.leaf_hash = receipt.leaf_hash
    message.recorded = receipt.recorded
    message.duplicate = receipt.duplicate
    message.subject = receipt.subject
    message.corrected = receipt.corrected


def _as_the_caller_counts(result: Result, taken: Sequence[int]) -> Result:
    """A refused group names an item: among those that were decided, which leaves malformed ones out."""
    if isinstance(result, Refusal) and result.rule == "group_refused":
        return refusals.group_refused(result.details["group"], taken[int(result.details["item"])])
    return result


def _set_item_result(message: pb.ItemResult, result: Result | Refused) -> None:
    if isinstance(result, Receipt):
        _set_receipt(message.receipt, result)
        return
    refusal = result.refusal if isinstance(result, Refused) else result
    told = message.refusal
    told.rule = refusal.rule
    told.message = refusal.message
    told.message_zh = refusal.zh
    told.details.update(refusal.details)
    if isinstance(result, Malformed):
        for field, rule, text in result.violations[:VIOLATIONS_SHOWN]:
            told.violations.add(field=field, rule=rule, message=text)


def log_behaviours(store: Store) -> Mapping[str, Behaviour]:
    """What every log answers: its entries and its head."""

    async def read_entries(request: Any) -> AsyncIterator[Message]:
        entries = store.read(request.start, request.stop)
        while page := await asyncio.to_thread(_page, entries):
            yield pb.EntriesPage(start=page[0].index, leaves=[entry.leaf for entry in page])

    async def get_head(request: Any) -> Message:
        head = await asyncio.to_thread(store.head)
        return pb.Head(log=head.origin, size=head.size, root=head.frontier.root(), last_recorded=head.last_recorded)

    return {"ReadEntries": read_entries, "GetHead": get_head}


def _page(entries: Iterable[StoredEntry]) -> Sequence[StoredEntry]:
    page: list[StoredEntry] = []
    total = 0
    for entry in islice(entries, PAGE_ENTRIES):
        page.append(entry)
        total += len(entry.leaf)
        if total >= PAGE_BYTES:
            break
    return page
