"""A write service's commands on a real gRPC server, without its process: port 0, any store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, get_args

import grpc
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, LocalizedMessage, RetryInfo

from ledger.append import Book
from ledger.decider import Command
from ledger.handling import Appender
from ledger.rpc.agreed import read_details
from ledger.rpc.commands import CommandService, log_behaviours
from ledger.rpc.server import Behaviour, Server
from ledger.rpc.wire import fill, message_class
from ledger.store import Store
from ledger_api.common.v1 import common_pb2
from ledger_api.followup.v1 import followup_pb2
from ledger_api.placement.v1 import placement_pb2
from ledger_api.training.v1 import training_pb2
from services.followup.commands import FollowupCommand
from services.placement.commands import PlacementCommand
from services.training.commands import TrainingCommand
from tests.support.given import ACTOR, AGENCY, RULES
from tests.support.samples import CATALOGUES, sample, value_named

SERVICES: Final[Mapping[str, ServiceDescriptor]] = {
    "training": training_pb2.DESCRIPTOR.services_by_name["TrainingService"],
    "placement": placement_pb2.DESCRIPTOR.services_by_name["PlacementService"],
    "followup": followup_pb2.DESCRIPTOR.services_by_name["FollowupService"],
}
COMMANDS: Final[Mapping[str, tuple[type[Command], ...]]] = {
    "training": get_args(TrainingCommand),
    "placement": get_args(PlacementCommand),
    "followup": get_args(FollowupCommand),
}


@dataclass
class Failure(Exception):
    """A call that was answered with an error: its code and what its details say."""

    code: grpc.StatusCode
    message: str
    rule: str = ""
    zh: str = ""
    metadata: Mapping[str, str] | None = None
    #: (field, rule)
    violations: tuple[tuple[str, str], ...] = ()
    retry_seconds: float | None = None


@dataclass
class Served:
    """A running server, and a client of it."""

    address: str
    descriptor: ServiceDescriptor
    store: Store
    channel: grpc.aio.Channel

    async def call(self, method: str, request: Message, *, timeout: float | None = 10.0) -> Any:
        """The answer. Raises Failure."""
        answer = await self.send(method, request.SerializeToString(), timeout=timeout)
        return message_class(self.descriptor.methods_by_name[method].output_type).FromString(answer)

    async def send(self, method: str, request: bytes, *, timeout: float | None = 10.0) -> Any:
        """The same with whatever bytes, both ways."""
        try:
            return await self._method(self.channel.unary_unary, method)(request, timeout=timeout)
        except grpc.aio.AioRpcError as error:
            raise failure(error) from error

    async def attempt(self, method: str, request: bytes) -> bytes | Failure:
        """The answer to whatever bytes, or how the call fails."""
        try:
            return bytes(await self.send(method, request))
        except Failure as failure:
            return failure

    def _method(self, kind: Any, method: str) -> Any:
        """A method that takes and gives bytes as they are."""
        return kind(f"/{self.descriptor.full_name}/{method}")

    async def read(self, start: int, stop: int, *, timeout: float | None = 10.0) -> list[Any]:
        """The pages of ReadEntries. Raises Failure."""
        request = common_pb2.ReadEntriesRequest(start=start, stop=stop)
        return await self.read_with(request.SerializeToString(), timeout=timeout)

    async def read_with(self, request: bytes, *, timeout: float | None = 10.0) -> list[Any]:
        """The same with whatever bytes."""
        stream = self._method(self.channel.unary_stream, "ReadEntries")
        try:
            return [common_pb2.EntriesPage.FromString(page) async for page in stream(request, timeout=timeout)]
        except grpc.aio.AioRpcError as error:
            raise failure(error) from error


@asynccontextmanager
async def serving(service: str, store: Store, *, reflect: bool = False) -> AsyncIterator[Served]:
    """The commands and the log of a service; of what else it has (lists, proofs), only that it answers."""
    descriptor = SERVICES[service]
    appender = Appender(store, Book(RULES[service]))
    appender.start()
    commands = CommandService(descriptor, COMMANDS[service], RULES[service].catalogue, appender)
    behaviours = {**commands.behaviours(), **log_behaviours(store)}
    for method in descriptor.methods:
        behaviours.setdefault(method.name, _empty(method))
    server = Server([(descriptor, behaviours)], reflect=reflect)
    address = await server.start("127.0.0.1:0")
    # the default stops at 4 MB as well, and a test wants to see that the server does
    channel = grpc.aio.insecure_channel(address, options=[("grpc.max_receive_message_length", -1)])
    try:
        yield Served(address, descriptor, store, channel)
    finally:
        await channel.close()
        await server.stop(0)
        appender.stop()


def _empty(method: MethodDescriptor) -> Behaviour:
    async def answer(request: Any) -> Message:
        return message_class(method.output_type)()

    return answer


def failure(error: grpc.aio.AioRpcError) -> Failure:
    """What a failed call says, its google.rpc details unpacked."""
    told = Failure(error.code(), error.details() or "")
    status = read_details(error)
    for packed in status.details if status else ():
        info, local, bad, retry = ErrorInfo(), LocalizedMessage(), BadRequest(), RetryInfo()
        if packed.Unpack(info):
            told.rule, told.metadata = info.reason, dict(info.metadata)
        elif packed.Unpack(local):
            assert local.locale == "zh-CN"
            told.zh = local.message
        elif packed.Unpack(bad):
            told.violations = tuple((violation.field, violation.reason) for violation in bad.field_violations)
        elif packed.Unpack(retry):
            told.retry_seconds = retry.retry_delay.ToTimedelta().total_seconds()
    return told


def methods_of(service: str) -> list[MethodDescriptor]:
    """The methods that commands and the log make up: lists and proofs are somebody else's."""
    mine = {command.__name__ for command in COMMANDS[service]} | {
        "Retract",
        "Correct",
        "Batch",
        "GetHead",
        "ReadEntries",
    }
    return [method for method in SERVICES[service].methods if method.name in mine]


def context(**about: Any) -> common_pb2.Context:
    return common_pb2.Context(**({"agency": AGENCY, "actor": ACTOR} | about))


def valid_request(message: Descriptor, **about: Any) -> Any:
    """A request that is valid in itself; `about` goes into its context."""
    request: Any = message_class(message)()
    chosen: set[str] = set()
    for field in message.fields:
        if field.containing_oneof and field.has_presence and len(field.containing_oneof.fields) > 1:
            if field.containing_oneof.name in chosen:
                continue
            chosen.add(field.containing_oneof.name)
        _set(request, field, about)
    if message.name == "RecordVisitRequest":
        request.ClearField("attempted")
    return request


def _set(request: Any, field: FieldDescriptor, about: Mapping[str, Any]) -> None:
    if field.message_type is not None:
        name = field.message_type.name
        if name == "Context":
            request.context.CopyFrom(context(**about))
        elif field.is_repeated:
            getattr(request, field.name).append(valid_request(field.message_type, **about))
        elif name in _EVENTS:
            fill(getattr(request, field.name), sample(_EVENTS[name], full=True))
        else:
            getattr(request, field.name).CopyFrom(valid_request(field.message_type, **about))
    elif field.name in _SCALARS:
        setattr(request, field.name, _SCALARS[field.name])
    elif field.type == FieldDescriptor.TYPE_STRING and field.name not in _LEFT_OUT:
        setattr(request, field.name, value_named(field.name))


_EVENTS: Final = {event.__name__: event for catalogue in CATALOGUES.values() for event in catalogue.names}
_SCALARS: Final = {
    "subject": f"visit/{AGENCY}/datong-hugong/pr_{'5d0c' * 8}/2025-04-20/phone",
    "reason": "clerical",
    "on": "2025-03-05",
    "stop": 10,
}
_LEFT_OUT: Final = {"page_token"}
