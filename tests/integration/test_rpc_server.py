"""The server around a service: health, reflection, and where it listens."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from ledger.rpc.server import Server
from ledger.store.sql import SqlStore
from ledger_api.training.v1 import training_pb2
from tests.support.rpc import Failure, Served, serving


@pytest.fixture
def store(tmp_path: Path) -> Any:
    store = SqlStore.open(f"sqlite:///{tmp_path}/placement.db", "ledger.local/placement")
    yield store
    store.close()


@pytest.fixture
async def placement(store: SqlStore) -> AsyncIterator[Served]:
    async with serving("placement", store) as served:
        yield served


# --------------------------------------------------------------------------------- health, reflection


async def test_health_says_serving(placement: Served) -> None:
    stub: Any = health_pb2_grpc.HealthStub(placement.channel)
    for name in ("", "ledger_api.placement.v1.PlacementService"):
        answer = await stub.Check(health_pb2.HealthCheckRequest(service=name), timeout=5)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await stub.Check(health_pb2.HealthCheckRequest(service="other"), timeout=5)
    assert raised.value.code() is grpc.StatusCode.NOT_FOUND


async def test_health_says_not_serving_while_it_stops(store: SqlStore) -> None:
    server = Server([], reflect=False)
    address = await server.start("127.0.0.1:0")
    async with grpc.aio.insecure_channel(address) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        watching = stub.Watch(health_pb2.HealthCheckRequest(), timeout=10)
        assert (await watching.read()).status == health_pb2.HealthCheckResponse.SERVING
        stopping = asyncio.ensure_future(server.stop(2.0))
        assert (await watching.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
        watching.cancel()
        await stopping


def reflecting(channel: Any) -> Any:
    return reflection_pb2_grpc.ServerReflectionStub(channel)


async def services_told(channel: grpc.aio.Channel) -> set[str]:
    asked = reflection_pb2.ServerReflectionRequest(list_services="")
    async for answer in reflecting(channel).ServerReflectionInfo(iter([asked]), timeout=5):
        return {service.name for service in answer.list_services_response.service}
    return set()


async def test_reflection_tells_the_schema_if_it_may(store: SqlStore) -> None:
    async with serving("placement", store, reflect=True) as served:
        assert "ledger_api.placement.v1.PlacementService" in await services_told(served.channel)
        asked = reflection_pb2.ServerReflectionRequest(file_containing_symbol=served.descriptor.full_name)
        answers = [answer async for answer in reflecting(served.channel).ServerReflectionInfo(iter([asked]), timeout=5)]
        sent = answers[0].file_descriptor_response.file_descriptor_proto
        files = [FileDescriptorProto.FromString(file) for file in sent]
        assert any(file.package == "ledger_api.placement.v1" for file in files)


async def test_reflection_is_off_unless_told_otherwise(placement: Served) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await services_told(placement.channel)
    assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_method_that_does_not_exist_is_unimplemented(placement: Served) -> None:
    with pytest.raises(Failure) as raised:
        await placement.send("Nonsense", b"")
    assert raised.value.code is grpc.StatusCode.UNIMPLEMENTED


# ------------------------------------------------------------------------------------------ listening


@pytest.mark.parametrize(
    "listen", ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "10.0.0.1:7000", "example.org:0", "*:0", "[::ffff:192.0.2.1]:0"]
)
async def test_other_addresses_than_loopback_are_refused(listen: str) -> None:
    with pytest.raises(OSError, match="only loopback"):
        await Server([], reflect=False).start(listen)


@pytest.mark.parametrize("listen", ["unix:/tmp/x", "127.0.0.1", "127.0.0.1:port", ":0", "127.0.0.1:70000"])
async def test_what_is_no_address_is_refused(listen: str) -> None:
    with pytest.raises((ValueError, OSError)):
        await Server([], reflect=False).start(listen)


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "localhost:0", "127.9.9.9:0"])
async def test_loopback_addresses_are_served(listen: str) -> None:
    server = Server([], reflect=False)
    address = await server.start(listen)
    assert not address.endswith(":0")
    await server.stop(0)


async def test_a_port_that_is_taken_is_an_os_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="taken"):
            await Server([], reflect=False).start(f"127.0.0.1:{taken.getsockname()[1]}")


async def test_a_service_whose_methods_and_behaviours_differ_does_not_start() -> None:
    descriptor = training_pb2.DESCRIPTOR.services_by_name["TrainingService"]
    with pytest.raises(TypeError, match="GetHead"):
        Server([(descriptor, {})], reflect=False)
