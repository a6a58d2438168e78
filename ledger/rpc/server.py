"""The gRPC server of one process: checked calls, one log line each, health, a graceful stop.

Transport security has not arrived yet, so a server listens on loopback and nowhere else.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import grpc
import structlog
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as health_aio
from grpc_reflection.v1alpha import reflection

from ledger.errors import Kind, LedgerError, Refusal, Refused
from ledger.rpc.agreed import DETAILS_KEY, MESSAGE_BYTES_MAX
from ledger.rpc.checks import check, parse
from ledger.rpc.status import DOMAIN, status_of
from ledger.rpc.wire import message_class
from ledger.runtime.settings import is_loopback, split_address

CALLS_AT_ONCE_MAX: Final = 2_000

Unary = Callable[[Any], Awaitable[Message]]
Stream = Callable[[Any], AsyncIterator[Message]]


@dataclass(frozen=True, slots=True)
class ChecksRequests:
    """A behaviour that checks what it is asked itself: a batch item by item, a command while it is read."""

    answer: Unary


Behaviour = Unary | Stream | ChecksRequests

log = structlog.get_logger()


def handlers(service: ServiceDescriptor, behaviours: Mapping[str, Behaviour]) -> grpc.GenericRpcHandler:
    """The handlers of a service. Raises TypeError: a method has no behaviour, or the other way round."""
    methods = {method.name: method for method in service.methods}
    if methods.keys() != behaviours.keys():
        raise TypeError(f"{service.full_name}: {sorted(methods.keys() ^ behaviours.keys())} have no counterpart")
    return grpc.method_handlers_generic_handler(
        service.full_name,
        {name: _handler(f"/{service.full_name}/{name}", methods[name], behaviours[name]) for name in methods},
    )


def _handler(path: str, method: MethodDescriptor, behaviour: Behaviour) -> grpc.RpcMethodHandler[Any, Any]:
    # Requests come as bytes: what cannot be parsed gets an answer and a log line of ours.
    asked = message_class(method.input_type)
    serialise = message_class(method.output_type).SerializeToString
    if method.server_streaming:
        return grpc.unary_stream_rpc_method_handler(_streamed(path, asked, behaviour), None, serialise)  # type: ignore[arg-type]
    if not isinstance(behaviour, ChecksRequests):
        behaviour = _checked(behaviour)  # type: ignore[arg-type]
    return grpc.unary_unary_rpc_method_handler(_answered(path, asked, behaviour.answer), None, serialise)


def _checked(behaviour: Unary) -> ChecksRequests:
    async def answer(request: Message) -> Message:
        check(request)
        return await behaviour(request)

    return ChecksRequests(answer)


def _answered(path: str, asked: type[Message], behaviour: Unary) -> Callable[[bytes, Any], Awaitable[Message]]:
    async def handle(sent: bytes, context: Any) -> Message:
        started = time.perf_counter()
        try:
            _check_deadline(context)
            request = parse(asked, sent)
            answer = await behaviour(request)
        except LedgerError as error:
            await _refuse(context, path, started, error)
            raise  # abort has raised already; this tells the type checker so
        except asyncio.CancelledError:
            _note_cancelled(path, started)
            raise
        except Exception as error:  # told to the log; the caller learns its call id
            await _fail(context, path, started, error)
            raise
        log.info("call", method=path, code="OK", seconds=round(time.perf_counter() - started, 6))
        return answer

    return handle


def _streamed(path: str, asked: type[Message], behaviour: Stream) -> Callable[[bytes, Any], AsyncIterator[Message]]:
    async def handle(sent: bytes, context: Any) -> AsyncIterator[Message]:
        started = time.perf_counter()
        try:
            _check_deadline(context)
            request = parse(asked, sent)
            check(request)
            async for answer in behaviour(request):
                yield answer
        except LedgerError as error:
            await _refuse(context, path, started, error)
        except asyncio.CancelledError:
            _note_cancelled(path, started)
            raise
        except Exception as error:  # noqa: BLE001  # told to the log; the caller learns its call id
            await _fail(context, path, started, error)
        log.info("call", method=path, code="OK", seconds=round(time.perf_counter() - started, 6))

    return handle


def _check_deadline(context: Any) -> None:
    if context.time_remaining() is None:
        raise Refused(
            Refusal(
                "missing_deadline",
                Kind.MALFORMED,
                "set a deadline on the call (grpc-timeout); calls without one are not taken",
                "调用未设超时,不予受理",
            )
        )


def _note_cancelled(path: str, started: float) -> None:
    """The caller gave up, or its deadline passed. What it asked may be recorded all the same."""
    log.info("call", method=path, code="CANCELLED", seconds=round(time.perf_counter() - started, 6))


async def _refuse(context: Any, path: str, started: float, error: LedgerError) -> None:
    call = os.urandom(6).hex()
    code, status = status_of(error, call)
    rule = error.refusal.rule if isinstance(error, Refused) else type(error).__name__
    seconds = round(time.perf_counter() - started, 6)
    log.info("call", method=path, code=code.name, rule=rule, call=call, seconds=seconds)
    await context.abort(code, status.message, ((DETAILS_KEY, status.SerializeToString()),))


async def _fail(context: Any, path: str, started: float, error: Exception) -> None:
    call = os.urandom(6).hex()
    seconds = round(time.perf_counter() - started, 6)
    log.error("call", method=path, code="INTERNAL", call=call, seconds=seconds, exc_info=error)
    message = f"{DOMAIN} failed; nothing is known to be recorded; tell the operator, call {call}"
    await context.abort(grpc.StatusCode.INTERNAL, message)


class Server:
    """One listening server. `start` returns the address it got."""

    def __init__(self, services: Sequence[tuple[ServiceDescriptor, Mapping[str, Behaviour]]], *, reflect: bool) -> None:
        self._server = grpc.aio.server(
            options=[
                ("grpc.max_receive_message_length", MESSAGE_BYTES_MAX),
                ("grpc.max_send_message_length", MESSAGE_BYTES_MAX),
                # another process must not be able to share the port and take half of the calls
                ("grpc.so_reuseport", 0),
            ],
            maximum_concurrent_rpcs=CALLS_AT_ONCE_MAX,
        )
        self._health = health_aio.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        self._names = [service.full_name for service, _ in services]
        for service, behaviours in services:
            self._server.add_generic_rpc_handlers((handlers(service, behaviours),))
        if reflect:
            names = (*self._names, reflection.SERVICE_NAME, health_pb2.DESCRIPTOR.services_by_name["Health"].full_name)
            reflection.enable_server_reflection(names, self._server)

    async def start(self, listen: str) -> str:
        """Listen on `host:port` (port 0: any free one). Raises OSError: not loopback, or taken."""
        host, port = split_address(listen)
        if not is_loopback(host):
            raise OSError(f"{listen}: only loopback addresses are served until transport security is configured")
        try:
            got = self._server.add_insecure_port(listen)
        except RuntimeError:
            raise OSError(f"{listen}: cannot listen there; is the port {port} taken?") from None
        await self._server.start()
        for name in ("", *self._names):
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        return f"{listen.rpartition(':')[0]}:{got}"

    async def stop(self, grace_seconds: float = 5.0) -> None:
        """Take no new calls, let those under way finish."""
        await self._health.enter_graceful_shutdown()
        await self._server.stop(grace_seconds)
