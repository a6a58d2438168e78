"""Calling a service: one channel, deadlines always set, errors told apart."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final, TypeVar

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import ErrorInfo, LocalizedMessage

from ledger.errors import LedgerError, Unavailable
from ledger.feed import OwnerHead
from ledger.rpc.agreed import MESSAGE_BYTES_MAX, read_details
from ledger.rpc.wire import message_class
from ledger_api.common.v1 import common_pb2 as pb

#: A call may be sent again by itself although it was recorded (the answer was lost): whoever calls
#: gives a request id, or asks for something that has a natural key.
SERVICE_CONFIG: Final = """{"methodConfig": [{"name": [{}], "retryPolicy": {
    "maxAttempts": 4, "initialBackoff": "0.2s", "maxBackoff": "2s", "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE"]}}]}"""

UNREACHABLE: Final = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)


class CallRefused(LedgerError):
    """A service answered no. `rule` is stable; `message` and `zh` say what to do."""

    def __init__(
        self, code: grpc.StatusCode, rule: str, message: str, zh: str, details: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{rule}: {message}")
        self.code, self.rule, self.message, self.zh = code, rule, message, zh
        self.details = dict(details or {})


def connect(address: str) -> grpc.aio.Channel:
    """A channel to `host:port`. Nothing is sent before the first call."""
    return grpc.aio.insecure_channel(
        address,
        options=[
            ("grpc.service_config", SERVICE_CONFIG),
            ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
            ("grpc.max_send_message_length", MESSAGE_BYTES_MAX),
            # a proxy in the environment is not meant for calls to ourselves
            ("grpc.enable_http_proxy", 0),
            # a service that was restarted is found again quickly
            ("grpc.max_reconnect_backoff_ms", 1_000),
        ],
    )


class Client:
    """The methods of one service, by name."""

    def __init__(self, channel: grpc.aio.Channel, service: ServiceDescriptor) -> None:
        self._channel = channel
        self._service = service
        self._calls: dict[str, Any] = {}

    async def call(self, method: str, request: Message, *, seconds: float = 20.0) -> Any:
        """The answer. Raises CallRefused (the service said no) and Unavailable (it was not reached)."""
        if method not in self._calls:
            described = self._service.methods_by_name[method]
            self._calls[method] = self._channel.unary_unary(
                f"/{self._service.full_name}/{method}",
                request_serializer=message_class(described.input_type).SerializeToString,
                response_deserializer=message_class(described.output_type).FromString,
            )
        try:
            return await self._calls[method](request, timeout=seconds)
        except grpc.aio.AioRpcError as error:
            raise told(error, self._service.full_name) from error

    async def stream(self, method: str, request: Message, *, seconds: float = 300.0) -> AsyncIterator[Any]:
        """The answers of a method that gives many. Raises CallRefused and Unavailable, also between two answers."""
        described = self._service.methods_by_name[method]
        call = self._channel.unary_stream(
            f"/{self._service.full_name}/{method}",
            request_serializer=message_class(described.input_type).SerializeToString,
            response_deserializer=message_class(described.output_type).FromString,
        )
        try:
            async for answer in call(request, timeout=seconds):
                yield answer
        except grpc.aio.AioRpcError as error:
            raise told(error, self._service.full_name) from error


class RemoteLog:
    """The entries of a log, from the service that owns it (see `ledger.feed.EntrySource`)."""

    def __init__(self, channel: grpc.aio.Channel, service: ServiceDescriptor) -> None:
        self._client = Client(channel, service)
        self._name = service.full_name
        self._read = channel.unary_stream(
            f"/{service.full_name}/ReadEntries",
            request_serializer=pb.ReadEntriesRequest.SerializeToString,
            response_deserializer=pb.EntriesPage.FromString,
        )

    async def read(self, start: int, stop: int) -> AsyncIterator[tuple[int, bytes]]:
        """(index, stored bytes) of entries [start, stop), in order. Raises Unavailable."""
        try:
            async for page in self._read(pb.ReadEntriesRequest(start=start, stop=stop), timeout=300.0):
                for offset, leaf in enumerate(page.leaves):
                    yield page.start + offset, leaf
        except grpc.aio.AioRpcError as error:
            raise Unavailable(f"{self._name} cannot be read: {error.code().name}") from error

    async def head(self) -> OwnerHead:
        """How long the log is, and its root at that size. Raises Unavailable."""
        try:
            head = await self._client.call("GetHead", pb.GetHeadRequest(), seconds=5.0)
        except CallRefused as error:
            raise Unavailable(str(error)) from error
        return OwnerHead(head.size, head.root)

    async def checkpoints(self, beyond: int) -> list[bytes]:
        """Signed notes of more entries than `beyond`, unverified, by size: as many as fit into one answer.

        Raises Unavailable.
        """
        request = pb.ListCheckpointsRequest(beyond=beyond)
        try:
            answer = await self._client.call("ListCheckpoints", request, seconds=5.0)
        except CallRefused as error:
            raise Unavailable(str(error)) from error
        return [checkpoint.note for checkpoint in answer.checkpoints]

    async def size(self) -> int:
        """How many entries the log holds. Raises Unavailable."""
        return (await self.head()).size


def told(error: grpc.aio.AioRpcError, name: str) -> LedgerError:
    """A failed call as one of our errors."""
    if error.code() in UNREACHABLE:
        return Unavailable(f"{name} does not answer ({error.code().name}); is the ledger up? try `ledgerctl status`")
    status = read_details(error)
    info, localized = ErrorInfo(reason=error.code().name.lower()), LocalizedMessage()
    for detail in status.details if status else ():
        if not detail.Unpack(info):
            detail.Unpack(localized)
    return CallRefused(error.code(), info.reason, error.details() or "", localized.message, info.metadata)


def service_named(name: str) -> ServiceDescriptor:
    """The descriptor of a write service such as `placement`, by the name of its process."""
    from importlib import import_module

    module = import_module(f"ledger_api.{name}.v1.{name}_pb2")
    descriptor: ServiceDescriptor = module.DESCRIPTOR.services_by_name[f"{name.capitalize()}Service"]
    return descriptor


T = TypeVar("T")


def batches(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """`items` in slices of at most `size`."""
    return [items[at : at + size] for at in range(0, len(items), size)]
